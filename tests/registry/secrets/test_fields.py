"""A secret in a model: sealed when it is assigned, opened only on purpose, and nowhere else to be seen."""

import copy
import io
import json
import logging
import pickle
import uuid
from typing import Any

import pytest
from django.core import serializers
from django.core.exceptions import FieldError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Value
from django.forms import modelform_factory
from django.forms.models import model_to_dict
from pytest_django.fixtures import Settings

from registry.people.actions import open_file
from registry.people.enums import Kind
from registry.people.models import Honouree, PrivateFacts
from registry.people.private import PRIVATE_FACTS
from registry.secrets.fields import DOTS, Sealed
from registry.secrets.sealing import CannotOpen
from tests.registry.conftest import Federation
from tests.registry.secrets.made import key, number

SECRET = number()
ADDRESS = "宁夏银川市西夏区某某路一号"


def person(federation: Federation, name: str = "马兰") -> Honouree:
    return open_file(Kind.INDIVIDUAL, name, actor=federation.registrar, union=federation.top)


@pytest.fixture
def facts(federation: Federation) -> PrivateFacts:
    """Somebody's number and address, read back from the database."""
    held = PrivateFacts(honouree=person(federation))
    held.put("identity_number", SECRET)
    held.put("address", ADDRESS)
    held.save()
    return PrivateFacts._base.get(pk=held.pk)


def test_it_is_stored_sealed_and_opens_on_purpose(facts: PrivateFacts) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT identity_number, address, phone FROM people_privatefacts")
        stored = cursor.fetchone()
    assert stored[0].startswith("1.aes.test.") and stored[1].startswith("1.aes.test.") and stored[2] is None
    sealed: Any = facts.identity_number
    assert sealed.reveal() == SECRET
    assert sealed.masked == f"640{'•' * 13}{SECRET[-2:]}" and facts.address.masked == DOTS
    assert facts.phone is None and facts.plain("phone") == ""
    assert facts.masked() == {"identity_number": sealed.masked, "address": DOTS}


def test_no_way_of_writing_it_down_shows_it(facts: PrivateFacts, caplog: pytest.LogCaptureFixture) -> None:
    sealed: Any = facts.identity_number
    logging.getLogger("anything").warning("%s %r %s", sealed, facts.__dict__, {"n": sealed})
    written = [
        str(sealed),
        repr(sealed),
        f"{sealed}",
        f"{sealed!r:>40}",
        str([sealed]),
        repr(vars(facts)),
        str(model_to_dict(facts, fields=PRIVATE_FACTS)),
        json.dumps({name: getattr(facts, name) for name in PRIVATE_FACTS}, default=str),
        pickle.dumps(facts).decode("latin-1"),
        pickle.dumps(sealed).decode("latin-1"),
        serializers.serialize("json", [facts]),
        serializers.serialize("json", [copy.copy(facts)]),
        str(PrivateFacts._base.values().get()),
        str(PrivateFacts._base.values_list("identity_number", flat=True).get()),
        caplog.text,
    ]
    for text in written:
        assert SECRET not in text and ADDRESS not in text and json.dumps(ADDRESS) not in text
    with pytest.raises(TypeError):
        json.dumps(sealed)
    with pytest.raises(TypeError):
        json.dumps({"n": sealed}, cls=DjangoJSONEncoder)


def test_a_pickled_secret_opens_where_the_keys_are(facts: PrivateFacts) -> None:
    again = pickle.loads(pickle.dumps(facts.identity_number))
    assert again == facts.identity_number and again.reveal() == SECRET and again.masked.startswith("640•")


def test_a_secret_moved_to_another_row_or_field_does_not_open(facts: PrivateFacts, federation: Federation) -> None:
    other = PrivateFacts(honouree=person(federation, "李强"))
    other.phone = facts.identity_number
    other.identity_number = facts.identity_number
    other.save()
    other = PrivateFacts._base.get(pk=other.pk)
    for name in ("phone", "identity_number"):
        with pytest.raises(CannotOpen, match="moved") as caught:
            getattr(other, name).reveal()
        assert caught.value.key_id == "test" and str(other.pk) in str(caught.value)
    PrivateFacts._base.filter(pk=facts.pk).update(address=F("identity_number"))
    with pytest.raises(CannotOpen):
        PrivateFacts._base.get(pk=facts.pk).plain("address")


def test_plaintext_has_no_way_into_the_column(facts: PrivateFacts) -> None:
    rows = PrivateFacts._base.filter(pk=facts.pk)
    with pytest.raises(TypeError, match="plaintext can't be stored"), transaction.atomic():
        rows.update(phone="13800138000")
    with pytest.raises(TypeError, match="a secret is text"):
        facts.phone = 13800138000
    with pytest.raises(ValueError, match="not a cipher text"), transaction.atomic():
        rows.update(phone=Sealed("13800138000"))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(phone=Value("13800138000"))
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE people_privatefacts SET phone = '13800138000'")
    facts.phone = "13800138000"
    facts.full_clean()
    facts.save()
    assert PrivateFacts._base.get(pk=facts.pk).plain("phone") == "13800138000"
    facts.phone = ""
    assert facts.phone is None


@pytest.mark.parametrize("lookup", ["exact", "iexact", "contains", "startswith", "in", "gt", "regex", "range", "year"])
def test_the_database_is_not_asked_for_a_secret(facts: PrivateFacts, lookup: str) -> None:
    with pytest.raises(FieldError, match="identity_number is encrypted.*blind index"):
        PrivateFacts._base.filter(**{f"identity_number__{lookup}": [SECRET] if lookup in ("in", "range") else SECRET})
    with pytest.raises(FieldError):
        Honouree._base.filter(**{f"private_facts__identity_number__{lookup}": [SECRET]})


def test_it_answers_whether_there_is_one(facts: PrivateFacts) -> None:
    rows = PrivateFacts._base
    assert rows.filter(identity_number__isnull=False, phone__isnull=True).get() == facts
    assert rows.filter(identity_number__cipher=facts.identity_number).exists()
    assert rows.filter(identity_number__under="1.aes.test.").exists()
    assert not rows.filter(identity_number__under="1.aes.tes_.").exists()


def test_deferred_and_refreshed_values_are_bound_to_their_row(facts: PrivateFacts) -> None:
    deferred = PrivateFacts._base.defer("identity_number").get()
    assert deferred.plain("identity_number") == SECRET
    facts.address = "另一处"
    facts.refresh_from_db()
    assert facts.plain("address") == ADDRESS
    unbound = PrivateFacts._base.values_list("identity_number", flat=True).get()
    assert isinstance(unbound, Sealed)
    with pytest.raises(CannotOpen, match="without its row"):
        unbound.reveal()


def test_fixtures_carry_cipher_texts_and_come_back(facts: PrivateFacts) -> None:
    dump = serializers.serialize("json", [facts])
    PrivateFacts._base.all().delete()
    for item in serializers.deserialize("json", io.StringIO(dump)):
        item.save()
    assert PrivateFacts._base.get().plain("identity_number") == SECRET
    forged = json.loads(dump)
    forged[0]["fields"]["phone"] = "13800138000"
    with pytest.raises(serializers.base.DeserializationError):
        list(serializers.deserialize("json", json.dumps(forged)))


def test_no_form_prints_it(facts: PrivateFacts) -> None:
    form = modelform_factory(PrivateFacts, fields="__all__")(instance=facts)
    assert set(form.fields) == {"honouree"} and SECRET not in form.as_p()


def test_many_rows_at_once(federation: Federation) -> None:
    people = [person(federation, f"马{index}") for index in range(3)]
    rows = [PrivateFacts(honouree=one, address=f"地址{one.pk}") for one in people]
    PrivateFacts._base.bulk_create(rows)
    assert {row.plain("address") for row in PrivateFacts._base.all()} == {f"地址{one.pk}" for one in people}
    for row in rows:
        row.put("phone", f"1380013{row.honouree_id:04d}")
    PrivateFacts._base.bulk_update(rows, ["phone", "phone_digest"])
    assert {row.plain("phone")[-4:] for row in PrivateFacts._base.all()} == {f"{one.pk:04d}" for one in people}


def test_a_secret_needs_its_row() -> None:
    with pytest.raises(ValueError, match="only for a row that has its pk"):
        PrivateFacts(id=None, phone="13800138000")
    held = PrivateFacts(id=uuid.uuid4(), phone="13800138000")
    assert held.plain("phone") == "13800138000" and "138" not in repr(held.__dict__["phone"])


def test_a_lost_key_is_an_error_and_not_an_empty_value(facts: PrivateFacts, settings: Settings) -> None:
    settings.SECRET_KEYS = key("new")
    with pytest.raises(CannotOpen, match="not in SECRET_KEYS.*test"):
        facts.masked()
    facts.save()
    settings.SECRET_KEYS = key("test", "another key under the same id")
    with pytest.raises(CannotOpen, match="wrong key"):
        facts.plain("identity_number")

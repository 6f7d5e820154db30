"""Private facts: who sets, sees, copies and erases them, and what the trail keeps of it."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import translation
from pytest_django.fixtures import Settings

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.honours.actions import confer
from registry.honours.models import Conferral
from registry.organisations.models import UnionNode
from registry.people import privacy
from registry.people.actions import close_file, open_file
from registry.people.enums import Kind
from registry.people.models import Honouree, PrivateFacts
from registry.people.privacy import (
    allow_reveal,
    conflicts_of,
    erase_private,
    export_own,
    find_by_identity,
    find_by_phone,
    reveal,
    set_private,
)
from registry.people.private import PRIVATE_FACTS
from registry.secrets.identity import Conflict
from registry.secrets.sealing import CannotOpen
from registry.secrets.uses import forget_uses
from tests.registry.conftest import Federation, officer
from tests.registry.secrets.made import key, number

FACTS = {
    "identity_number": number(),
    "phone": "19900001234",
    "address": "银川市西夏区某某小区",
    "bank_card": "4539578763621486",
    "illness": "某种慢性病",
    "income": "每月三千元",
}
REASON = "核对慰问名单"


@pytest.fixture(autouse=True)
def _fresh_uses() -> Iterator[None]:
    forget_uses()
    yield
    forget_uses()


@pytest.fixture
def person(federation: Federation) -> Honouree:
    """马兰, a woman of Yinchuan by her file, born 1965."""
    facts = {"sex": "male", "born": "1965"}
    return open_file(Kind.INDIVIDUAL, "马兰", actor=federation.registrar, union=federation.yinchuan, facts=facts)


@pytest.fixture
def administrator(federation: Federation) -> User:
    """The administrator at the top."""
    return officer("administrator", Role.ADMINISTRATOR, federation.top)


@pytest.fixture
def revealer(federation: Federation, administrator: User) -> User:
    """Yinchuan's registry officer, allowed to reveal."""
    allow_reveal(federation.city_registrar, actor=administrator, allowed=True, reason="负责慰问工作")
    return User.objects.get(pk=federation.city_registrar.pk)


def plaintexts_in(text: str) -> list[str]:
    """Which of the secrets stand in it, as they are or as JSON writes them."""
    return [secret for secret in FACTS.values() if secret in text or json.dumps(secret)[1:-1] in text]


def whole_database() -> str:
    """Every value of every table."""
    with connection.cursor() as cursor:
        parts = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            parts += [str(row) for row in cursor.fetchall()]
    return "\n".join(parts)


def test_facts_are_set_normalised_and_nowhere_in_plain(federation: Federation, person: Honouree) -> None:
    written = {**FACTS, "identity_number": f"'{FACTS['identity_number']} ", "phone": "+86 199-0000-1234"}
    outcome = set_private(person, actor=federation.city_registrar, **written)
    held = PrivateFacts._base.get(honouree=person)
    assert {name: held.plain(name) for name in PRIVATE_FACTS} == FACTS
    assert held.masked()["phone"] == "199••••••34" and held.masked()["illness"] == "•••"
    assert outcome.facts == held and outcome.conflicts == ()
    with translation.override("en"):
        assert [name for name, _warning in outcome.warnings] == ["identity_number"]
    assert plaintexts_in(whole_database()) == []
    assert plaintexts_in(repr(outcome)) == []


def test_the_trail_says_what_changed_and_not_to_what(federation: Federation, person: Honouree) -> None:
    set_private(person, actor=federation.registrar, reason="登记", phone=FACTS["phone"], address="甲")
    set_private(person, actor=federation.registrar, phone=FACTS["phone"], address="乙", income="")
    set_private(person, actor=federation.registrar, address=None)
    first, second, third = AuditEntry.objects.filter(verb="private.changed").order_by("pk")
    assert first.before == {"phone": None, "address": None} and first.after == {"phone": "•••", "address": "•••"}
    assert second.before == second.after == {"address": "•••"}
    assert third.before == {"address": "•••"} and third.after == {"address": None}
    assert first.reason == "登记" and first.scope_path == person.union.path
    set_private(person, actor=federation.registrar, phone=FACTS["phone"])
    assert AuditEntry.objects.filter(verb="private.changed").count() == 3
    assert verify_chain() is None


def test_what_is_not_named_stays(federation: Federation, person: Honouree) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    set_private(person, actor=federation.registrar, income="每月四千元", phone="")
    held = PrivateFacts._base.get(honouree=person)
    assert held.plain("income") == "每月四千元" and held.plain("identity_number") == FACTS["identity_number"]
    assert held.phone is None and held.phone_digest is None


def test_a_contradiction_is_returned_to_settle_and_nothing_is_overwritten(
    federation: Federation, person: Honouree
) -> None:
    woman = number(birth="19660101", sequence="002")
    outcome = set_private(person, actor=federation.registrar, identity_number=woman)
    told = (Conflict("sex", "male", "female"), Conflict("born", "1965", "1966-01-01"))
    assert outcome.conflicts == conflicts_of(person) == told
    person.refresh_from_db()
    assert (person.sex, person.born) == ("male", "1965")
    assert PrivateFacts._base.get().plain("identity_number") == woman


def test_all_bad_values_are_named_at_once_and_nothing_is_written(federation: Federation, person: Honouree) -> None:
    bad = {
        "identity_number": "6.40199E+17",
        "phone": "110",
        "bank_card": "1",
        "address": "宁" * 2001,
        "shoe_size": "42",
    }
    with pytest.raises(ValidationError) as caught:
        set_private(person, actor=federation.registrar, **{**bad, "income": "每月三千元"})
    with translation.override("en"):
        messages = caught.value.message_dict
    assert set(messages) == set(bad) and "Format the column as text" in messages["identity_number"][0]
    assert not PrivateFacts._base.exists() and not AuditEntry.objects.filter(verb="private.changed").exists()


def test_one_number_one_file(federation: Federation, person: Honouree) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    other = open_file(Kind.INDIVIDUAL, "马岚", actor=federation.registrar, union=federation.guyuan)
    for name, same in (("identity_number", FACTS["identity_number"][:6] + "650308001"), ("phone", "8619900001234")):
        with pytest.raises(ValidationError) as caught:
            set_private(other, actor=federation.registrar, **{name: same})
        assert caught.value.error_dict[name][0].code == "taken"
        assert "马兰" not in str(caught.value) and same not in str(caught.value)
    assert not PrivateFacts._base.filter(honouree=other).exists()
    set_private(person, actor=federation.registrar, identity_number=FACTS["identity_number"], phone=FACTS["phone"])


def test_the_database_itself_refuses_the_second_file(
    federation: Federation, person: Honouree, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two officers at the same moment: neither sees the other's file when it looks."""
    set_private(person, actor=federation.registrar, **FACTS)
    other = open_file(Kind.INDIVIDUAL, "马岚", actor=federation.registrar, union=federation.guyuan)
    monkeypatch.setattr(privacy, "_refuse_taken", lambda *_args: None)
    for name in ("identity_number", "phone"):
        with pytest.raises(ValidationError) as caught:
            set_private(other, actor=federation.registrar, **{name: FACTS[name]})
        assert caught.value.error_dict[name][0].code == "taken"
    held = PrivateFacts._base.get(honouree=person)
    with pytest.raises(IntegrityError), transaction.atomic():
        PrivateFacts._base.create(honouree=other, identity_digest=held.identity_digest)


def test_a_number_finds_its_file(federation: Federation, person: Honouree, settings: Settings) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    assert find_by_identity(FACTS["identity_number"]) == find_by_identity("640199650308001") == person
    assert find_by_phone("+86 19900001234") == person
    assert find_by_identity(number(sequence="003")) is None and find_by_phone("19900000000") is None
    with pytest.raises(ValidationError):
        find_by_identity("1")
    settings.SECRET_SUITE, settings.BLIND_KEY = "sm", f"{key('b9')},{settings.BLIND_KEY}"
    assert find_by_identity(FACTS["identity_number"]) == find_by_phone(FACTS["phone"]) == person
    other = open_file(Kind.INDIVIDUAL, "马岚", actor=federation.registrar, union=federation.guyuan)
    with pytest.raises(ValidationError):
        set_private(other, actor=federation.registrar, identity_number=FACTS["identity_number"])


def test_a_collective_has_no_private_facts(federation: Federation) -> None:
    team = open_file(Kind.COLLECTIVE, "某班组", actor=federation.registrar, union=federation.top)
    with pytest.raises(PermissionDenied):
        set_private(team, actor=federation.registrar, phone=FACTS["phone"])


def test_a_reveal_needs_a_reason_and_is_written_down(federation: Federation, person: Honouree, revealer: User) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    for reason in ("", "   ", "看看 "):
        with pytest.raises(ValidationError) as caught:
            reveal(person, "phone", actor=revealer, reason=reason)
        assert "reason" in caught.value.error_dict
    with pytest.raises(ValidationError):
        reveal(person, "name", actor=revealer, reason=REASON)
    assert not AuditEntry.objects.filter(verb="private.revealed").exists()
    assert {name: reveal(person, name, actor=revealer, reason=REASON) for name in PRIVATE_FACTS} == FACTS
    entries = AuditEntry.objects.filter(verb="private.revealed").order_by("pk")
    assert [entry.after for entry in entries] == [{"private_fact": name} for name in PRIVATE_FACTS]
    assert {(entry.actor, entry.reason, entry.scope_path) for entry in entries} == {("city", REASON, "T/Y/")}
    assert plaintexts_in(whole_database()) == [] and verify_chain() is None
    assert AuditEntry.objects.filter(verb="private.revealed", object_id=str(person.pk)).count() == 6


def test_a_reveal_of_nothing_is_written_down_too(person: Honouree, revealer: User) -> None:
    assert reveal(person, "phone", actor=revealer, reason=REASON) == ""
    assert AuditEntry.objects.filter(verb="private.revealed").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_reveal_that_could_be_undone_is_refused(federation: Federation, person: Honouree, revealer: User) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        reveal(person, "phone", actor=revealer, reason=REASON)
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        export_own(person, actor=revealer)
    assert reveal(person, "phone", actor=revealer, reason=REASON) == FACTS["phone"]


def test_a_secret_that_cannot_be_opened_is_no_empty_answer(
    federation: Federation, person: Honouree, revealer: User, settings: Settings
) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    settings.SECRET_KEYS = key("k7")
    with pytest.raises(CannotOpen, match="test"):
        reveal(person, "phone", actor=revealer, reason=REASON)
    with pytest.raises(CannotOpen):
        set_private(person, actor=federation.registrar, phone="19900009999")


def test_a_person_gets_the_own_copy(federation: Federation, person: Honouree, revealer: User) -> None:
    assert export_own(person, actor=revealer) == {}
    set_private(person, actor=federation.registrar, **{**FACTS, "illness": ""})
    copy = export_own(person, actor=revealer, reason="本人申请")
    assert copy == {name: text for name, text in FACTS.items() if name != "illness"}
    entry = AuditEntry.objects.filter(verb="private.exported").latest("pk")
    assert entry.after == {"private_facts": sorted(copy)} and entry.reason == "本人申请"
    with pytest.raises(PermissionDenied):
        export_own(person, actor=federation.registrar)


def test_facts_are_erased_and_the_honour_stays(federation: Federation, person: Honouree) -> None:
    confer(person, federation.title("劳动模范"), actor=federation.registrar, year=2020)
    set_private(person, actor=federation.registrar, **FACTS)
    for missing in ({"reason": "", "document": "申请书"}, {"reason": "本人要求", "document": " "}):
        with pytest.raises(ValidationError):
            erase_private(person, actor=federation.registrar, **missing)
    with pytest.raises(PermissionDenied):
        erase_private(person, actor=federation.auditor, reason="本人要求", document="申请书")
    erase_private(person, actor=federation.registrar, reason="本人要求", document="2026年3月申请书")
    assert not PrivateFacts._base.exists() and find_by_identity(FACTS["identity_number"]) is None
    assert Conferral.objects.filter(honouree=person).count() == 1 and Honouree._base.filter(pk=person.pk).exists()
    entry = AuditEntry.objects.get(verb="private.erased")
    assert entry.after == {"document": "2026年3月申请书"} and entry.before == dict.fromkeys(PRIVATE_FACTS, "•••")
    with pytest.raises(ValidationError):
        erase_private(person, actor=federation.registrar, reason="本人要求", document="申请书")


def test_a_file_closed_takes_its_facts_along(federation: Federation, person: Honouree) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    close_file(person, actor=federation.registrar, reason="录入错误")
    assert not PrivateFacts._base.exists() and plaintexts_in(whole_database()) == []


def test_the_permission_is_given_by_an_administrator_above_and_not_to_oneself(
    federation: Federation, administrator: User
) -> None:
    city = officer("cityadmin", Role.ADMINISTRATOR, federation.yinchuan)
    both = officer("both", Role.ADMINISTRATOR, federation.top)
    for actor, target in (
        (federation.registrar, federation.city_registrar),
        (federation.auditor, federation.city_registrar),
        (city, federation.registrar),
        (both, both),
    ):
        with pytest.raises(PermissionDenied):
            allow_reveal(target, actor=actor, allowed=True, reason="负责慰问工作")
    with pytest.raises(ValidationError):
        allow_reveal(federation.city_registrar, actor=city, allowed=True, reason="")
    allow_reveal(federation.city_registrar, actor=city, allowed=True, reason="负责慰问工作")
    allow_reveal(federation.city_registrar, actor=administrator, allowed=False, reason="不再负责")
    allow_reveal(federation.city_registrar, actor=administrator, allowed=False, reason="不再负责")
    entries = AuditEntry.objects.filter(verb="account.reveal").order_by("pk")
    assert [(entry.before, entry.after) for entry in entries] == [
        ({"reveal": False}, {"reveal": True}),
        ({"reveal": True}, {"reveal": False}),
    ]
    assert not User.objects.get(pk=federation.city_registrar.pk).has_perm("people.reveal_privatefacts")


PLACES = ("own", "above", "beside", "none")


@pytest.mark.parametrize("permitted", [True, False])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("role", [*Role, None])
def test_who_may_see_what(
    federation: Federation, person: Honouree, role: Role | None, place: str, permitted: bool
) -> None:
    """Every role at every place, with and without the permission: a registry officer over the file who also has it, nobody else."""
    set_private(person, actor=federation.registrar, **FACTS)
    nodes: dict[str, UnionNode] = {"own": federation.yinchuan, "above": federation.top, "beside": federation.guyuan}
    user = User.objects.create_user("somebody")
    if role and place in nodes:
        user = officer("officer", role, nodes[place])
    if permitted:
        user.user_permissions.add(_permission())
    user = User.objects.get(pk=user.pk)
    if role == Role.REGISTRAR and place in ("own", "above") and permitted:
        assert {field: reveal(person, field, actor=user, reason=REASON) for field in PRIVATE_FACTS} == FACTS
        assert export_own(person, actor=user) == FACTS
        return
    for field in PRIVATE_FACTS:
        with pytest.raises(PermissionDenied):
            reveal(person, field, actor=user, reason=REASON)
    with pytest.raises(PermissionDenied):
        export_own(person, actor=user)
    assert not AuditEntry.objects.filter(verb__in=("private.revealed", "private.exported")).exists()


@pytest.mark.parametrize("flags", [{"is_superuser": True}, {"is_staff": True}, {"is_active": False}])
def test_flags_alone_reveal_nothing(federation: Federation, person: Honouree, flags: dict[str, Any]) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    user = User.objects.create_user("flagged", **flags)
    user.user_permissions.add(_permission())
    with pytest.raises(PermissionDenied):
        reveal(person, "phone", actor=user, reason=REASON)


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("place", PLACES)
def test_who_may_set_and_erase(federation: Federation, person: Honouree, role: Role | None, place: str) -> None:
    set_private(person, actor=federation.registrar, address="甲")
    nodes = {"own": federation.yinchuan, "above": federation.top, "beside": federation.guyuan}
    user = officer("officer", role, nodes[place]) if role and place in nodes else User.objects.create_user("somebody")
    if role == Role.REGISTRAR and place in ("own", "above"):
        set_private(person, actor=user, address="乙")
        erase_private(person, actor=user, reason="本人要求", document="申请书")
        return
    with pytest.raises(PermissionDenied):
        set_private(person, actor=user, address="乙")
    with pytest.raises(PermissionDenied):
        erase_private(person, actor=user, reason="本人要求", document="申请书")
    assert PrivateFacts._base.get().plain("address") == "甲"


def test_a_scoped_request_must_say_whose_eyes(federation: Federation, person: Honouree) -> None:
    from registry.organisations.scoping import ScopeForgotten, scope_required

    set_private(person, actor=federation.registrar, **FACTS)
    guyuan = officer("guyuan", Role.REGISTRAR, federation.guyuan)
    with scope_required():
        with pytest.raises(ScopeForgotten):
            list(PrivateFacts.objects.all())
        assert PrivateFacts.objects.visible_to(federation.city_registrar).count() == 1
        assert PrivateFacts.objects.visible_to(guyuan).count() == 0
        outcome = set_private(person, actor=federation.city_registrar, phone="19900007777")
        assert outcome.facts.plain("phone") == "19900007777"


def test_a_dump_of_the_table_holds_cipher_texts(
    federation: Federation, person: Honouree, capsys: pytest.CaptureFixture[str]
) -> None:
    set_private(person, actor=federation.registrar, **FACTS)
    call_command("dumpdata", "people.PrivateFacts", "audit", "secrets")
    out = capsys.readouterr().out
    assert "1.aes.test." in out and plaintexts_in(out) == []


def _permission() -> Any:
    from django.contrib.auth.models import Permission

    return Permission.objects.get(codename="reveal_privatefacts")

"""Corrections that need two people."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from registry.accounts.models import User
from registry.accounts.rules import SamePerson
from registry.audit.models import AuditEntry
from registry.audit.queries import history_of
from registry.honours.models import Conferral
from registry.life.models import Proposal
from registry.life.proposing import (
    confirm_proposal,
    proposable,
    propose_fact,
    propose_honour,
    propose_private,
    refuse_proposal,
    withdraw_proposal,
)
from registry.life.queries import proposals_of, waiting_proposals
from registry.organisations.models import Region
from registry.people.actions import change_file
from registry.people.models import Honouree, PrivateFacts
from registry.transitions import WrongState
from tests.registry.conftest import Federation

NUMBER = "640199197803070021"


def checked(body: str) -> str:
    """Put the right check digit on an invented number."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return (
        body[:17] + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=False)) % 11]
    )


def test_a_clerk_proposes_and_the_officer_confirms(federation: Federation, person: Honouree, clerk: User) -> None:
    proposal = propose_fact(person, "born", "1961-03", actor=clerk, reason="身份证复印件", document="附件1")
    person.refresh_from_db()
    assert person.born == "1960-03"
    assert proposal.words == {"born": ["1960-03", "1961-03"]}
    assert list(waiting_proposals(federation.city_registrar)) == [proposal]
    assert not waiting_proposals(clerk).exists()
    with pytest.raises(SamePerson):
        confirm_proposal(proposal, actor=clerk)
    confirm_proposal(proposal, actor=federation.city_registrar)
    person.refresh_from_db()
    assert person.born == "1961-03"
    entry = history_of(person).filter(verb="file.changed").first()
    assert entry is not None
    assert "身份证复印件" in entry.reason
    with pytest.raises(WrongState):
        confirm_proposal(proposal, actor=federation.registrar)


def test_a_region_and_a_unit_are_proposed_as_they_are_kept(
    federation: Federation, person: Honouree, clerk: User
) -> None:
    region = Region.objects.get(pk="640105")
    confirm_proposal(propose_fact(person, "region", region, actor=clerk, reason="x"), actor=federation.registrar)
    confirm_proposal(
        propose_fact(person, "unit_name", "某机床公司", actor=clerk, reason="更名"), actor=federation.registrar
    )
    confirm_proposal(propose_fact(person, "name", "单雨清", actor=clerk, reason="x"), actor=federation.registrar)
    person.refresh_from_db()
    assert (person.region, person.unit_name, person.name) == (region, "某机床公司", "单雨清")


def test_a_refusal_says_why_and_a_proposer_may_take_it_back(
    federation: Federation, person: Honouree, clerk: User
) -> None:
    proposal = propose_fact(person, "position", "钳工", actor=clerk, reason="本人来电")
    with pytest.raises(ValidationError):
        refuse_proposal(proposal, actor=federation.registrar, reason="")
    refused = refuse_proposal(proposal, actor=federation.registrar, reason="与档案不符")
    assert (refused.state, refused.answer) == ("refused", "与档案不符")
    again = propose_fact(person, "position", "钳工", actor=clerk, reason="单位证明")
    with pytest.raises(PermissionDenied):
        withdraw_proposal(again, actor=federation.registrar, reason="x")
    assert withdraw_proposal(again, actor=clerk, reason="误").state == "withdrawn"
    person.refresh_from_db()
    assert person.position == "车工"


def test_who_may_propose_and_answer(federation: Federation, person: Honouree, clerk: User, receiver: User) -> None:
    for user in (receiver, federation.auditor):
        with pytest.raises(PermissionDenied):
            propose_fact(person, "born", "1961", actor=user, reason="x")
    with pytest.raises(PermissionDenied):
        propose_private(person, "phone", "13900000000", actor=clerk, reason="x")
    proposal = propose_fact(person, "born", "1961", actor=federation.registrar, reason="x")
    for user in (receiver, federation.auditor, clerk):
        with pytest.raises(PermissionDenied):
            confirm_proposal(proposal, actor=user)
        with pytest.raises(PermissionDenied):
            refuse_proposal(proposal, actor=user, reason="x")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proposal._base.filter(pk=proposal.pk).update(state="confirmed")


@pytest.mark.parametrize(
    ("fact", "value"),
    [("born", "1960-13"), ("born", "1960-03"), ("union", None), ("note", "x"), ("is_public", True), ("highest_rank", 5),
     ("name", ""), ("sex", "perhaps"), ("collective_state", "merged"), ("position", "长" * 121)],
)  # fmt: skip
def test_what_cannot_be_proposed(federation: Federation, person: Honouree, clerk: User, fact: str, value: Any) -> None:
    with pytest.raises(ValidationError):
        propose_fact(person, fact, value, actor=clerk, reason="x")
    assert not Proposal._base.exists()
    assert fact not in {"union", "note", "is_public"} & set(proposable(person))


def test_one_open_proposal_a_fact_and_a_stale_one_is_not_applied(
    federation: Federation, person: Honouree, clerk: User
) -> None:
    proposal = propose_fact(person, "position", "钳工", actor=clerk, reason="x")
    with pytest.raises(ValidationError, match="proposed already"):
        propose_fact(person, "position", "铣工", actor=federation.city_registrar, reason="x")
    change_file(person, actor=federation.registrar, facts={"position": "铣工"})
    with pytest.raises(ValidationError, match="changed since"):
        confirm_proposal(proposal, actor=federation.registrar)
    proposal.refresh_from_db()
    person.refresh_from_db()
    assert (proposal.state, person.position) == ("waiting", "铣工")


def test_an_honour_is_corrected_by_two(federation: Federation, person: Honouree) -> None:
    honour = Conferral._base.get(honouree=person)
    with pytest.raises(ValidationError, match="nothing is proposed"):
        propose_honour(honour, actor=federation.registrar, reason="x", year=1999)
    proposal = propose_honour(
        honour,
        actor=federation.registrar,
        reason="据证书",
        year=1998,
        certificate_number="银劳字第7号",
        title=honour.title,
    )
    assert set(proposal.words) == {"year", "certificate_number"}
    honour.refresh_from_db()
    assert honour.year == 1999
    confirm_proposal(proposal, actor=federation.city_registrar)
    honour.refresh_from_db()
    assert (honour.year, honour.certificate_number) == (1998, "银劳字第7号")
    person.refresh_from_db()
    assert person.latest_year == 1998


def test_a_private_fact_is_sealed_typed_twice_and_shown_to_nobody(
    federation: Federation, person: Honouree, clerk: User
) -> None:
    number = checked(NUMBER)
    with pytest.raises(ValidationError) as refusal:
        propose_private(
            person,
            "identity_number",
            number[:-1] + ("0" if number[-1] != "0" else "1"),
            actor=federation.registrar,
            reason="x",
        )
    assert number[:-1] not in str(refusal.value)
    proposal = propose_private(person, "identity_number", number, actor=federation.registrar, reason="身份证复印件")
    with pytest.raises(ValidationError, match="isn't what was proposed"):
        confirm_proposal(proposal, actor=federation.second, retyped=checked("640199197803070041"))
    with pytest.raises(ValidationError):
        confirm_proposal(proposal, actor=federation.second)
    confirm_proposal(proposal, actor=federation.second, retyped=f" {number.lower()} ")
    assert PrivateFacts._base.get(honouree=person).plain("identity_number") == number
    proposal.refresh_from_db()
    assert proposal.private_value is None
    refuse_proposal(
        propose_private(person, "phone", "13900000001", actor=federation.registrar, reason="x"),
        actor=federation.second, reason="空号",
    )  # fmt: skip
    with connection.cursor() as cursor:
        for table in ("life_proposal", "audit_auditentry"):
            cursor.execute(f"SELECT * FROM {table}")
            rows = str(cursor.fetchall())
            assert number not in rows
            assert "13900000001" not in rows
    assert not Proposal._base.filter(private_value__isnull=False).exists()
    assert proposals_of(person, clerk) == []
    assert len(proposals_of(person, federation.auditor)) == 2
    assert not AuditEntry.objects.filter(
        reason__contains="身份证复印件", object_type="people.honouree", verb="proposal.proposed"
    ).exists()

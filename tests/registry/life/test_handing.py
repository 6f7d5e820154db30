"""A file goes from union to union only when both agree."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from registry.accounts.models import User
from registry.accounts.rules import SamePerson
from registry.audit.queries import history_of, verify_chain
from registry.life.handing import accept_file, offer_file, return_file, withdraw_offer
from registry.life.models import Handover
from registry.life.queries import offered_to, waiting_offers
from registry.organisations.models import UnionNode
from registry.people.actions import change_file
from registry.people.models import Honouree
from registry.transitions import WrongState
from tests.registry.conftest import Federation


def test_an_offer_is_seen_by_both_and_accepted(federation: Federation, person: Honouree, receiver: User) -> None:
    offer = offer_file(
        person, federation.guyuan, actor=federation.city_registrar, note="工作调动", document="银工〔2024〕1号"
    )
    assert list(waiting_offers(receiver)) == [offer]
    assert offered_to(receiver, person.pk) == offer
    assert list(Handover.objects.visible_to(federation.city_registrar)) == [offer]
    assert not Honouree.objects.visible_to(receiver).filter(pk=person.pk).exists()
    accept_file(offer, actor=receiver)
    person.refresh_from_db()
    assert (person.union, person.region_id) == (federation.guyuan, "640400")
    assert Honouree.objects.visible_to(receiver).filter(pk=person.pk).exists()
    assert not Honouree.objects.visible_to(federation.city_registrar).filter(pk=person.pk).exists()
    assert offered_to(receiver, person.pk) is None
    entry = history_of(person)[0]
    assert (entry.verb, entry.before["union"], entry.after["union"]) == (
        "handover.accepted", "银川市总工会", "固原市总工会",
    )  # fmt: skip
    assert verify_chain() is None


def test_a_returned_offer_says_why_and_moves_nothing(federation: Federation, person: Honouree, receiver: User) -> None:
    offer = offer_file(person, federation.guyuan, actor=federation.city_registrar, note="工作调动")
    with pytest.raises(ValidationError):
        return_file(offer, actor=receiver, reason="")
    closed = return_file(offer, actor=receiver, reason="查无此人")
    assert (closed.state, closed.answer, closed.answered_by) == ("returned", "查无此人", receiver)
    person.refresh_from_db()
    assert person.union == federation.yinchuan
    with pytest.raises(WrongState):
        accept_file(offer, actor=receiver)
    offer_file(person, federation.guyuan, actor=federation.city_registrar, note="再次移交")


def test_the_offerer_takes_it_back(federation: Federation, person: Honouree, receiver: User) -> None:
    offer = offer_file(person, federation.guyuan, actor=federation.city_registrar, note="工作调动")
    with pytest.raises(PermissionDenied):
        withdraw_offer(offer, actor=receiver, reason="不是我的")
    withdraw_offer(offer, actor=federation.city_registrar, reason="误")
    with pytest.raises(WrongState):
        accept_file(offer, actor=receiver)
    with pytest.raises(WrongState):
        withdraw_offer(offer, actor=federation.city_registrar, reason="误")


def test_who_may_offer_and_answer(federation: Federation, person: Honouree, receiver: User, clerk: User) -> None:
    for user in (receiver, clerk, federation.auditor):
        with pytest.raises(PermissionDenied):
            offer_file(person, federation.guyuan, actor=user, note="x")
    offer = offer_file(person, federation.guyuan, actor=federation.registrar, note="工作调动")
    for user in (federation.city_registrar, clerk, federation.auditor):
        with pytest.raises(PermissionDenied):
            accept_file(offer, actor=user)
        with pytest.raises(PermissionDenied):
            return_file(offer, actor=user, reason="x")
    # The region's officer stands above both; who offered still can't accept.
    with pytest.raises(SamePerson):
        accept_file(offer, actor=federation.registrar)
    accept_file(offer, actor=federation.second)


def test_what_cannot_be_offered(federation: Federation, person: Honouree) -> None:
    closed = UnionNode.objects.create(
        code="C", name="某区总工会", kind="regional", path="T/C/", parent=federation.top, is_active=False
    )
    for to, note, words in (
        (federation.yinchuan, "x", "kept there already"), (closed, "x", "isn't active"), (federation.guyuan, " ", "reason"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=words):
            offer_file(person, to, actor=federation.registrar, note=note)


def test_one_open_offer_a_file(federation: Federation, person: Honouree) -> None:
    offer = offer_file(person, federation.guyuan, actor=federation.city_registrar, note="工作调动")
    with pytest.raises(ValidationError, match="offered already"):
        offer_file(person, federation.top, actor=federation.city_registrar, note="工作调动")
    twin = Handover(
        file=person, from_union=federation.yinchuan, to_union=federation.top, note="x", proposed_by=federation.second
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        Handover._base.filter(pk=offer.pk).update(state="accepted", confirmed_by=federation.city_registrar)


def test_a_file_that_moved_meanwhile_is_not_moved_again(
    federation: Federation, person: Honouree, receiver: User
) -> None:
    offer = offer_file(person, federation.guyuan, actor=federation.registrar, note="工作调动")
    change_file(person, actor=federation.registrar, facts={"union": federation.top})
    with pytest.raises(ValidationError, match="out of date"):
        accept_file(offer, actor=receiver)
    offer.refresh_from_db()
    assert offer.waits
    # Whoever keeps it now can clear the stale offer away and offer it anew.
    withdraw_offer(offer, actor=federation.second, reason="已转走")
    offer_file(person, federation.guyuan, actor=federation.second, note="再次移交")


def at_once(*deeds: Callable[[], Any]) -> list[str]:
    """Do several things at the same moment, each on a connection of its own; return what came of each."""
    gate, outcomes = threading.Barrier(len(deeds)), [""] * len(deeds)

    def run(place: int, deed: Callable[[], Any]) -> None:
        try:
            gate.wait(10)
            deed()
            outcomes[place] = "done"
        except Exception as error:
            outcomes[place] = type(error).__name__
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return outcomes


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_offers_at_once_one_stands(federation: Federation, person: Honouree) -> None:
    for _round in range(5):
        outcomes = at_once(
            lambda: offer_file(person, federation.guyuan, actor=federation.registrar, note="甲"),
            lambda: offer_file(person, federation.top, actor=federation.second, note="乙"),
        )
        assert sorted(outcomes) == ["ValidationError", "done"]
        open_offer = Handover._base.get(state="offered")
        withdraw_offer(open_offer, actor=federation.registrar, reason="再来")


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_of_accepting_returning_and_withdrawing_at_once_one_wins(
    federation: Federation, person: Honouree, receiver: User
) -> None:
    for _round in range(6):
        person.refresh_from_db()
        here, there = person.union, federation.guyuan if person.union == federation.yinchuan else federation.yinchuan
        offer = offer_file(person, there, actor=federation.registrar, note="工作调动")
        outcomes = at_once(
            lambda offer=offer: accept_file(offer, actor=federation.second),  # type: ignore[misc]
            lambda offer=offer: return_file(offer, actor=federation.second, reason="不收"),  # type: ignore[misc]
            lambda offer=offer: withdraw_offer(offer, actor=federation.registrar, reason="撤回"),  # type: ignore[misc]
        )
        assert sorted(outcomes) == ["WrongState", "WrongState", "done"]
        offer.refresh_from_db()
        person.refresh_from_db()
        assert person.union == (there if offer.state == "accepted" else here)
    assert verify_chain() is None

"""What happens to a file, and what follows for its status."""

from itertools import permutations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from registry.accounts.models import User
from registry.accounts.rules import SamePerson
from registry.audit.models import AuditEntry
from registry.audit.queries import history_of, verify_chain
from registry.honours.models import Conferral
from registry.life.actions import (
    confirm_event,
    correct_event,
    follow_facts,
    record_event,
    refuse_event,
    verify_file,
    withdraw_event,
)
from registry.life.enums import EventKind, Hold, Status
from registry.life.models import FileStatus, LifeEvent
from registry.life.proposing import confirm_proposal, propose_event_correction, propose_event_withdrawal
from registry.life.queries import for_eyes, standing_of, timeline_of, waiting_events
from registry.life.states import ENTITLED, PRIVATE, STEPS, kinds_of
from registry.life.timeline import play
from registry.people.actions import change_file, open_file
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.transitions import WrongState
from tests.registry.conftest import Federation


def happened(file: Honouree, kind: str, day: str, actor: User, **facts: Any) -> LifeEvent:
    """Record an event."""
    return record_event(file, kind, actor=actor, happened_on=day, **facts)


def test_every_event_has_its_step_and_every_status_is_reached() -> None:
    assert set(STEPS) == set(EventKind.values)
    assert {step.to for step in STEPS.values()} >= set(Status.values) | set(Hold.values)
    assert set(kinds_of(Kind.INDIVIDUAL)) | set(kinds_of(Kind.COLLECTIVE)) == set(EventKind.values)
    assert set(PRIVATE) == {"investigated", "suspended", "revoked", "restored"}
    assert not {Status.DECEASED, Status.ABROAD, Status.LOST, Status.DISSOLVED} & set(ENTITLED)


def test_a_life_from_work_to_death(federation: Federation, person: Honouree) -> None:
    actor = federation.registrar
    assert standing_of(person).status == ""
    happened(person, "employed", "1980", actor)
    retired = happened(person, "retired", "2015-03", actor, document="银退〔2015〕3号")
    assert (retired.old_status, retired.new_status) == ("at_work", "retired")
    assert standing_of(person).is_entitled
    died = happened(person, "died", "2020-05-01", actor)
    person.refresh_from_db()
    standing = standing_of(person)
    assert (person.died, standing.status, standing.since) == ("2020-05-01", "deceased", "2020-05-01")
    assert not standing.is_entitled
    with pytest.raises(ValidationError, match="isn't possible"):
        happened(person, "retired", "2021", actor)
    withdraw_event(died, actor=actor, reason="误报")
    person.refresh_from_db()
    assert (person.died, standing_of(person).status) == ("", "retired")
    assert verify_chain() is None


def test_a_death_is_not_written_over_a_date_that_stands_there(federation: Federation, person: Honouree) -> None:
    change_file(person, actor=federation.registrar, facts={"died": "2019"})
    died = happened(person, "died", "2019-11-02", federation.registrar)
    person.refresh_from_db()
    assert person.died == "2019"
    withdraw_event(died, actor=federation.registrar, reason="误报")
    person.refresh_from_db()
    assert person.died == "2019"
    assert standing_of(person).status == "deceased"


def test_a_typed_death_counts_without_an_event(
    federation: Federation, person: Honouree, django_capture_on_commit_callbacks: Any
) -> None:
    happened(person, "retired", "2015", federation.registrar)
    with django_capture_on_commit_callbacks(execute=True):
        change_file(person, actor=federation.registrar, facts={"died": "2019"})
    assert FileStatus.objects.get(file=person).status == "deceased"
    with pytest.raises(ValidationError, match="isn't possible"):
        happened(person, "lost", "2020", federation.registrar)
    happened(person, "recognised", "2021", federation.registrar)
    with django_capture_on_commit_callbacks(execute=True):
        change_file(person, actor=federation.registrar, facts={"died": ""})
    assert FileStatus.objects.get(file=person).status == "retired"


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_writing_down_does_not_matter(federation: Federation, person: Honouree, order: Any) -> None:
    life = (("employed", "1980"), ("lost", "1995"), ("found", "1995"), ("retired", "2010"))
    done, left = [], [life[index] for index in order]
    # What isn't possible yet is tried again once the rest is there.
    for _round in range(4):
        for kind, day in list(left):
            try:
                with transaction.atomic():
                    happened(person, kind, day, federation.registrar)
            except ValidationError:
                continue
            left.remove((kind, day))
            done.append(kind)
    assert len(done) == 4
    assert [
        (e.old_status, e.new_status) for e in LifeEvent._base.order_by("happened_on", "pk") if e.kind == "retired"
    ] == [("at_work", "retired")]
    assert standing_of(person).status == "retired"


def test_who_was_found_or_came_back_is_what_he_was_before(federation: Federation, person: Honouree) -> None:
    actor = federation.registrar
    for kind, day in (("retired", "2010"), ("emigrated", "2011"), ("lost", "2012")):
        happened(person, kind, day, actor)
    assert happened(person, "found", "2013", actor).new_status == "abroad"
    assert happened(person, "returned", "2014", actor).new_status == "retired"


@pytest.mark.parametrize(
    ("kind", "day", "field"),
    [("retired", "1950", "happened_on"), ("retired", "2999-01-01", "happened_on"), ("retired", "2020-13", "happened_on"),
     ("retired", "", "happened_on"), ("renamed", "2020", "kind"), ("nonsense", "2020", "kind"), ("suspended", "2020", "document")],
)  # fmt: skip
def test_what_cannot_be_is_refused(federation: Federation, person: Honouree, kind: str, day: str, field: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        happened(person, kind, day, federation.registrar)
    assert field in refusal.value.message_dict
    assert not LifeEvent._base.exists()
    assert not history_of(person).filter(verb__startswith="event.").exists()


def test_an_event_is_recorded_once(federation: Federation, person: Honouree) -> None:
    happened(person, "recognised", "2020", federation.registrar)
    with pytest.raises(ValidationError, match="recorded already"):
        happened(person, "recognised", "2020", federation.registrar)


def test_only_officers_of_the_file_record(
    federation: Federation, person: Honouree, receiver: User, clerk: User
) -> None:
    for user in (receiver, clerk, federation.auditor):
        with pytest.raises(PermissionDenied):
            happened(person, "retired", "2015", user)
        with pytest.raises(PermissionDenied):
            verify_file(person, actor=user, outcome="confirmed")


def test_an_investigation_waits_for_a_second_person(federation: Federation, person: Honouree) -> None:
    first, second = federation.registrar, federation.second
    event = happened(person, "investigated", "2024-02", first, document="银纪〔2024〕2号")
    assert standing_of(person).hold == ""
    assert (list(waiting_events(second)), list(waiting_events(first))) == ([event], [])
    with pytest.raises(SamePerson):
        confirm_event(event, actor=first)
    confirm_event(event, actor=second)
    standing = standing_of(person)
    assert (standing.status, standing.hold, standing.is_entitled) == ("", "investigated", False)
    with pytest.raises(WrongState):
        confirm_event(event, actor=federation.city_registrar)
    # Status goes on beside the hold.
    happened(person, "retired", "2024-03", first)
    assert (standing_of(person).status, standing_of(person).hold) == ("retired", "investigated")
    back = happened(person, "restored", "2024-06", second, document="银纪〔2024〕6号")
    confirm_event(back, actor=first)
    assert standing_of(person).hold == ""


def test_the_database_wants_the_second_person_too(federation: Federation, person: Honouree) -> None:
    event = happened(person, "suspended", "2024-02", federation.registrar, document="甲")
    for facts in ({"state": "in_force"}, {"state": "in_force", "confirmed_by": federation.registrar}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LifeEvent._base.filter(pk=event.pk).update(**facts)


def test_a_refused_or_withdrawn_proposal_leaves_nothing_behind(federation: Federation, person: Honouree) -> None:
    first, second = federation.registrar, federation.second
    event = happened(person, "suspended", "2024-02", first, document="甲")
    with pytest.raises(ValidationError):
        refuse_event(event, actor=second, reason=" ")
    refuse_event(event, actor=second, reason="证据不足")
    with pytest.raises(WrongState):
        confirm_event(event, actor=second)
    again = happened(person, "suspended", "2024-02", first, document="乙")
    withdraw_event(again, actor=first, reason="录入有误")
    assert standing_of(person).hold == ""


def test_a_private_event_in_force_is_changed_by_two_people_only(federation: Federation, person: Honouree) -> None:
    first, second = federation.registrar, federation.second
    event = confirm_event(happened(person, "suspended", "2024-02", first, document="甲"), actor=second)
    with pytest.raises(ValidationError, match="second person"):
        withdraw_event(event, actor=first, reason="误")
    with pytest.raises(ValidationError, match="second person"):
        correct_event(event, actor=first, reason="误", happened_on="2024-01")
    correction = propose_event_correction(event, actor=first, reason="文件日期", happened_on="2024-01")
    with pytest.raises(ValidationError, match="proposed already"):
        propose_event_withdrawal(event, actor=second, reason="误")
    confirm_proposal(correction, actor=second)
    event.refresh_from_db()
    assert event.happened_on == "2024-01"
    withdrawal = propose_event_withdrawal(event, actor=second, reason="误")
    with pytest.raises(SamePerson):
        confirm_proposal(withdrawal, actor=second)
    confirm_proposal(withdrawal, actor=first)
    assert standing_of(person).hold == ""


def test_who_need_not_know_of_a_hold_does_not(federation: Federation, person: Honouree, clerk: User) -> None:
    confirm_event(
        happened(person, "investigated", "2024-02", federation.registrar, document="银纪〔2024〕2号"),
        actor=federation.second,
    )
    happened(person, "retired", "2024-03", federation.registrar)
    assert [event.kind for event in timeline_of(person, clerk)] == ["retired"]
    assert for_eyes(standing_of(person), person, clerk).hold == ""
    assert [event.kind for event in timeline_of(person, federation.auditor)] == ["retired", "investigated"]
    told = str([(entry.before, entry.after, entry.reason) for entry in history_of(person)])
    assert "investigated" not in told
    assert "银纪" not in told
    assert AuditEntry.objects.filter(verb="lifeevent.recorded", object_type="life.lifeevent").exists()


def test_honours_are_revoked_one_by_one_before_the_person_is(federation: Federation, person: Honouree) -> None:
    with pytest.raises(ValidationError, match="in force"):
        happened(person, "revoked", "2024", federation.registrar, document="甲")
    Conferral._base.filter(honouree=person).update(is_revoked=True)
    event = happened(person, "revoked", "2024", federation.registrar, document="甲")
    confirm_event(event, actor=federation.second)
    assert standing_of(person).hold == "revoked"


def test_a_correction_keeps_the_reason_and_moves_the_death(federation: Federation, person: Honouree) -> None:
    event = happened(person, "died", "2020", federation.registrar)
    with pytest.raises(ValidationError):
        correct_event(event, actor=federation.registrar, reason="", happened_on="2020-04")
    with pytest.raises(ValidationError, match="another one"):
        correct_event(event, actor=federation.registrar, reason="据证明", kind="retired")
    correct_event(event, actor=federation.registrar, reason="据证明", happened_on="2020-04")
    person.refresh_from_db()
    assert person.died == "2020-04"
    withdraw_event(event, actor=federation.registrar, reason="误报")
    person.refresh_from_db()
    assert person.died == ""


def test_an_event_that_others_build_on_is_not_taken_from_under_them(federation: Federation, person: Honouree) -> None:
    lost = happened(person, "lost", "2012", federation.registrar)
    happened(person, "found", "2013", federation.registrar)
    with pytest.raises(ValidationError, match="isn't possible"):
        withdraw_event(lost, actor=federation.registrar, reason="误")
    lost.refresh_from_db()
    assert lost.in_force


def test_a_collective_is_renamed_merged_and_set_up_again(federation: Federation, collective: Honouree) -> None:
    actor = federation.registrar
    with pytest.raises(ValidationError, match="new name"):
        happened(collective, "renamed", "2010", actor)
    renamed = happened(collective, "renamed", "2010", actor, new_name="某公司焊接班")
    collective.refresh_from_db()
    assert (collective.name, collective.collective_state) == ("某公司焊接班", "renamed")
    assert [other.name for other in collective.other_names.all()] == ["某厂焊接班"]
    with pytest.raises(ValidationError, match="part of"):
        happened(collective, "absorbed", "2015", actor)
    happened(collective, "absorbed", "2015", actor, into_name="某集团")
    collective.refresh_from_db()
    assert (collective.collective_state, standing_of(collective).status) == ("merged", "absorbed")
    with pytest.raises(ValidationError, match="isn't possible"):
        happened(collective, "renamed", "2016", actor, new_name="甲班")
    happened(collective, "revived", "2018", actor)
    assert standing_of(collective).status == "active"
    # An earlier renaming, heard of later, doesn't touch today's name.
    happened(collective, "renamed", "2001", actor, new_name="某厂一班")
    collective.refresh_from_db()
    assert collective.name == "某公司焊接班"
    assert "某厂一班" in {other.name for other in collective.other_names.all()}
    withdraw_event(renamed, actor=actor, reason="误")
    collective.refresh_from_db()
    assert collective.name == "某厂焊接班"


def test_an_imported_state_holds_until_events_tell_more(federation: Federation, collective: Honouree) -> None:
    collective = change_file(collective, actor=federation.registrar, facts={"collective_state": "merged"})
    assert standing_of(collective).status == "merged"
    event = happened(collective, "dissolved", "2012", federation.registrar)
    collective.refresh_from_db()
    assert collective.collective_state == "dissolved"
    withdraw_event(event, actor=federation.registrar, reason="误")
    collective.refresh_from_db()
    assert (collective.collective_state, standing_of(collective).status) == ("merged", "merged")


def test_a_verification_says_who_when_and_what(federation: Federation, person: Honouree) -> None:
    status = verify_file(person, actor=federation.city_registrar, outcome="unreached", note="电话停机")
    assert (status.verified_on, status.verified_by, status.outcome) == (
        timezone.localdate(), federation.city_registrar, "unreached",
    )  # fmt: skip
    assert history_of(person)[0].verb == "file.verified"
    with pytest.raises(ValidationError):
        verify_file(person, actor=federation.registrar, outcome="perhaps")


def test_playing_is_pure() -> None:
    assert play([], imported="renamed")[0].status == "renamed"
    assert play([], died="1999")[0].status == "deceased"


def test_the_status_follows_events_that_a_merge_moved(federation: Federation, person: Honouree) -> None:
    actor = federation.registrar
    other = open_file("individual", "单雨晴", actor=actor, union=federation.yinchuan)
    verify_file(other, actor=actor, outcome="confirmed")
    happened(other, "recognised", "2001", actor)
    happened(person, "employed", "1980", actor)
    happened(person, "retired", "2015", actor)
    LifeEvent._base.filter(file=person).update(file=other)
    follow_facts([*range(5000), other.pk, person.pk])
    assert (standing_of(other).status, standing_of(person).status) == ("retired", "")
    assert [(one.old_status, one.new_status) for one in LifeEvent._base.order_by("happened_on")] == [
        ("", "at_work"), ("at_work", "at_work"), ("at_work", "retired"),
    ]  # fmt: skip

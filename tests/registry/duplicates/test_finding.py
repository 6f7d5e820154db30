"""The queue: all files in one run, changed ones as they change, judged pairs never again."""

from io import StringIO
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command

from bench.doubles import planted, write
from registry.audit.models import AuditEntry
from registry.duplicates.actions import judge_distinct, reopen, suspect, suspect_number_taken
from registry.duplicates.enums import Reason
from registry.duplicates.finding import find_all, look_at
from registry.duplicates.models import Suspicion, Trace
from registry.duplicates.queries import open_suspicions, suspicions_of, suspicions_visible_to, union_over
from registry.organisations.actions import add_unit, change_unit
from registry.organisations.models import UnionNode
from registry.people.actions import change_file
from registry.people.models import Honouree
from registry.people.privacy import set_private
from tests.registry.conftest import Federation
from tests.registry.duplicates.conftest import Open
from tests.registry.secrets.made import number


def pairs() -> set[tuple[int | None, int | None]]:
    return set(Suspicion._base.values_list("first", "second"))


def test_it_finds_planted_doubles_and_leaves_namesakes_alone(db: None) -> None:
    union = UnionNode.objects.create(code="T", name="总工会", kind="regional", path="T/")
    made = planted(1500, 90, seed=3)
    keys = write(made, union)
    found = find_all()
    wanted = {(keys[one], keys[other]) for one, other in made.doubles}
    hits = wanted & pairs()
    assert len(hits) / len(wanted) >= 0.95
    assert len(hits) / len(pairs()) >= 0.90
    assert found.files == 1500 and found.suspected == len(pairs()) and found.compared < 1500
    again = find_all()
    assert again.fresh == 0 and again.suspected == found.suspected


def test_a_changed_file_is_looked_at_again(pair: tuple[Honouree, Honouree], federation: Federation) -> None:
    first, second = pair
    assert not pairs()
    look_at([second.pk])
    assert not pairs(), "the other file isn't traced yet"
    look_at([first.pk, second.pk])
    assert pairs() == {(first.pk, second.pk)}
    row = Suspicion._base.get()
    assert {Reason.NAME, Reason.BORN_YEAR, Reason.UNIT_PART} & set(row.reasons)
    change_file(second, actor=federation.registrar, facts={"born": "1970"})
    look_at([second.pk])
    assert not pairs(), "nothing speaks for it any more"
    change_file(second, actor=federation.registrar, facts={"born": ""})
    look_at([second.pk])
    assert pairs() == {(first.pk, second.pk)}


@pytest.mark.django_db(transaction=True)
def test_the_worker_hears_of_changes(federation: Federation, open_person: Open) -> None:
    first = open_person("马万里", born="1950-02", unit_name="固原市运输公司")
    second = open_person("馬萬里", unit_name="固原运输公司")
    assert pairs() == {(first.pk, second.pk)}
    assert Trace.objects.filter(file=first).exists()


def test_a_former_unit_name_is_the_same_unit(federation: Federation, open_person: Open) -> None:
    unit = add_unit("银川橡胶厂", actor=federation.registrar, union=federation.yinchuan)
    change_unit(unit, actor=federation.registrar, name="宁夏神州轮胎有限公司")
    first = open_person("马万里", unit_name="银川橡胶厂")
    second = open_person("马万里", unit_name="宁夏神州轮胎有限公司")
    look_at([first.pk, second.pk])
    assert Reason.UNIT_FORMER in Suspicion._base.get().reasons


def test_a_judged_pair_never_comes_back(pair: tuple[Honouree, Honouree], federation: Federation) -> None:
    find_all()
    row = Suspicion._base.get()
    with pytest.raises(ValidationError):
        judge_distinct(row, actor=federation.registrar, why=" ")
    judge_distinct(row, actor=federation.registrar, why="本人说明")
    find_all()
    look_at([pair[0].pk])
    row.refresh_from_db()
    assert (
        row.state == "distinct" and row.decided_by == federation.registrar and not open_suspicions(federation.registrar)
    )
    assert AuditEntry.objects.filter(verb="duplicate.distinct").count() == 2
    with pytest.raises(ValidationError, match="decided meanwhile|已"):
        judge_distinct(row, actor=federation.registrar, why="又一次")
    reopen(row, actor=federation.registrar, why="看错了")
    assert list(suspicions_of(pair[0], federation.registrar)) == [row]


def test_who_sees_and_who_decides(federation: Federation, open_person: Open) -> None:
    facts: dict[str, Any] = {"born": "1950-02", "unit_name": "宁夏运输公司"}
    open_person("马万里", union=federation.yinchuan, **facts)
    open_person("马万里", union=federation.guyuan, **facts)
    find_all()
    row = Suspicion._base.get()
    assert list(suspicions_visible_to(federation.city_registrar)) == [row], "half of it is hers"
    with pytest.raises(PermissionDenied):
        judge_distinct(row, actor=federation.city_registrar, why="不是")
    with pytest.raises(PermissionDenied):
        judge_distinct(row, actor=federation.auditor, why="不是")
    assert row.first and row.second and union_over([row.first, row.second]) == federation.top


def test_an_officer_reports_a_pair_and_it_stays(federation: Federation, open_person: Open) -> None:
    one, other = open_person("马万里", born="1950"), open_person("周小梅", born="1950")
    row = suspect(one, other, actor=federation.registrar)
    assert suspect(other, one, actor=federation.second) == row
    find_all()
    look_at([one.pk])
    assert list(open_suspicions(federation.registrar)) == [row]
    with pytest.raises(ValidationError):
        suspect(one, one, actor=federation.registrar)
    with pytest.raises(PermissionDenied):
        suspect(one, other, actor=federation.auditor)


def test_a_number_that_another_file_holds_makes_a_pair_and_is_written_nowhere(
    federation: Federation, open_person: Open
) -> None:
    full = number("19680305", "002")
    holder, other = open_person("单雨晴"), open_person("周小梅")
    set_private(holder, actor=federation.registrar, identity_number=full)
    row = suspect_number_taken(other, full, actor=federation.registrar)
    assert row is not None and row.reasons == [Reason.NUMBER] and row.score == 100
    assert suspect_number_taken(holder, full, actor=federation.registrar) is None
    assert full not in str(list(Suspicion._base.values()))


def test_a_pair_found_by_its_number_is_shown_only_to_who_may_decide(federation: Federation, open_person: Open) -> None:
    full = number("19680305", "002")
    holder, other = open_person("单雨晴", union=federation.guyuan), open_person("周小梅", union=federation.yinchuan)
    set_private(holder, actor=federation.registrar, identity_number=full)
    suspect_number_taken(other, full, actor=federation.city_registrar)
    assert not suspicions_visible_to(federation.city_registrar), "who knows a number must not learn whose it is"
    assert suspicions_visible_to(federation.registrar).count() == 1


def test_the_command(pair: tuple[Honouree, Honouree]) -> None:
    said = StringIO()
    call_command("find_duplicates", stdout=said)
    assert Suspicion._base.count() == 1 and "2" in said.getvalue()
    call_command("find_duplicates", "--files", str(pair[0].pk), stdout=said)
    assert Suspicion._base.count() == 1

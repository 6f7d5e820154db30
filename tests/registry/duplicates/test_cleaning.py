"""Old records put right in bulk: every change shown first, chosen row by row, applied in chunks, taken back whole."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.duplicates import cleaning
from registry.duplicates.cleaners import titles_in_use
from registry.duplicates.cleaning import apply, apply_all, choose, discard, obstacles, propose_cleaning, undo, undo_all
from registry.duplicates.models import CleaningRow, CleaningRun
from registry.duplicates.queries import rows_of, runs_visible_to
from registry.honours.actions import confer, correct_conferral
from registry.honours.models import Conferral
from registry.organisations.actions import add_unit, change_unit
from registry.organisations.models import Unit
from registry.people.actions import change_file
from registry.people.models import Honouree, Post
from tests.registry.conftest import Federation
from tests.registry.duplicates.conftest import Open


def finish(run: CleaningRun, federation: Federation) -> CleaningRun:
    """Do what the worker does."""
    state = CleaningRun._base.get(pk=run.pk).state
    return (apply_all if state == "applying" else undo_all)(run.pk, federation.registrar)


def stored() -> Any:
    """What cleaning may change, as it stands."""
    files = list(Honouree._base.order_by("pk").values_list("pk", "unit_name", "unit", "headline", "highest_rank"))
    honours = list(Conferral._base.order_by("pk").values_list("pk", "title", "note"))
    return files, honours, list(Unit._base.values_list("pk", "name")), list(Post.objects.values_list("pk", "unit_name"))


@pytest.fixture
def old_honours(federation: Federation, open_person: Open) -> dict[str, Any]:
    """Three people with a title of the fifties; one of them has today's title for the same year too."""
    old, new = (
        federation.title("全国先进生产者", "national", is_historic=True),
        federation.title("全国劳动模范", "national"),
    )
    people = [open_person(name) for name in ("王进喜", "时传祥", "张百发")]
    for person in people:
        confer(person, old, actor=federation.registrar, year=1959)
    confer(people[2], new, actor=federation.registrar, year=1959)
    confer(people[0], old, actor=federation.registrar, year=2003)
    return {"old": old, "new": new, "people": people}


def propose_titles(old_honours: dict[str, Any], federation: Federation) -> CleaningRun:
    mapping = {old_honours["old"].pk: old_honours["new"].pk}
    return propose_cleaning("titles", actor=federation.registrar, union=federation.top, options={"mapping": mapping})


def test_titles_of_then_come_under_todays(old_honours: dict[str, Any], federation: Federation) -> None:
    assert [(title.name, number) for title, number in titles_in_use(federation.top, 1950, 2000)] == [
        ("全国先进生产者", 3), ("全国劳动模范", 1),
    ]  # fmt: skip
    before = stored()
    run = propose_titles(old_honours, federation)
    assert stored() == before, "nothing is written yet"
    rows = {row.subject: row for row in rows_of(run)}
    assert set(rows) == {"王进喜 1959", "时传祥 1959", "张百发 1959"} and not rows["张百发 1959"].possible
    assert not rows["张百发 1959"].chosen and rows["张百发 1959"].remark
    choose(run, [rows["时传祥 1959"].number], False, actor=federation.registrar)
    assert choose(run, None, True, actor=federation.registrar) == 2, "what is impossible stays out"
    choose(run, [rows["时传祥 1959"].number], False, actor=federation.registrar)
    apply(run, actor=federation.registrar, reason="历史称号归并")
    done = finish(run, federation)
    assert (done.state, done.done) == ("applied", 1)
    wang = old_honours["people"][0].conferrals.get(year=1959)
    assert wang.title == old_honours["new"] and "全国先进生产者" in wang.note
    old_honours["people"][0].refresh_from_db()
    assert old_honours["people"][0].headline == "全国先进生产者", "that of 2003 is the latest"
    entry = AuditEntry.objects.filter(object_type="honours.conferral", object_id=str(wang.pk)).latest("pk")
    assert (
        entry.verb == "honour.corrected"
        and "历史称号归并" in entry.reason
        and entry.before["title"] == "全国先进生产者"
    )
    undo(done, actor=federation.second, reason="映射有误")
    assert finish(run, federation).state == "undone"
    assert stored() == before and verify_chain() is None


def test_it_is_not_taken_back_over_later_work(old_honours: dict[str, Any], federation: Federation) -> None:
    run = propose_titles(old_honours, federation)
    apply(run, actor=federation.registrar, reason="归并")
    run = finish(run, federation)
    correct_conferral(old_honours["people"][0].conferrals.get(year=1959), actor=federation.registrar, note="另说")
    with pytest.raises(ValidationError, match="王进喜"):
        undo(run, actor=federation.registrar, reason="映射有误")
    assert len(obstacles(run)) == 1 and CleaningRun._base.get(pk=run.pk).state == "applied"


def test_what_changed_since_the_preview_is_left_alone(old_honours: dict[str, Any], federation: Federation) -> None:
    run = propose_titles(old_honours, federation)
    correct_conferral(
        old_honours["people"][0].conferrals.get(year=1959),
        actor=federation.registrar,
        title=federation.title("塞上工匠"),
    )
    apply(run, actor=federation.registrar, reason="归并")
    assert finish(run, federation).done == 1
    left = rows_of(run).get(subject="王进喜 1959")
    assert not left.applied and not left.chosen and left.remark


def test_it_goes_on_after_a_crash_with_nothing_twice(
    old_honours: dict[str, Any], federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cleaning, "CHUNK", 1)
    run = propose_titles(old_honours, federation)
    apply(run, actor=federation.registrar, reason="归并")
    assert cleaning.apply_chunk(run.pk, federation.registrar)
    assert CleaningRow.objects.filter(run=run, applied=True).count() == 1
    assert finish(run, federation).done == 2
    assert not cleaning.apply_chunk(run.pk, federation.registrar)
    notes = Conferral._base.filter(title=old_honours["new"], year=1959).values_list("note", flat=True)
    assert sorted(note.count("全国先进生产者") for note in notes) == [0, 1, 1]


def test_files_under_a_former_unit_name(federation: Federation, open_person: Open) -> None:
    unit = add_unit("银川橡胶厂", actor=federation.registrar, union=federation.yinchuan)
    change_unit(unit, actor=federation.registrar, name="宁夏神州轮胎有限公司")
    one = open_person("马万里", unit_name="银川橡胶厂", position="成型工")
    other = open_person("周小梅", unit_name="银川毛纺织厂")
    open_person("丁秀英", unit_name="宁夏神州轮胎有限公司")
    before = stored()
    names = {"names": [["银川毛纺织厂", "宁夏毛纺集团"]]}
    run = propose_cleaning("renamed", actor=federation.registrar, union=federation.top, options=names)
    assert {(row.subject, row.before, row.after) for row in rows_of(run)} == {
        ("马万里", "银川橡胶厂", "宁夏神州轮胎有限公司"), ("周小梅", "银川毛纺织厂", "宁夏毛纺集团"),
    }  # fmt: skip
    apply(run, actor=federation.registrar, reason="改名")
    run = finish(run, federation)
    one.refresh_from_db()
    other.refresh_from_db()
    assert (one.unit_name, one.unit) == ("宁夏神州轮胎有限公司", unit) and other.unit_name == "宁夏毛纺集团"
    assert one.posts.get().unit_name == "银川橡胶厂" and one.posts.get().position == "成型工"
    undo(run, actor=federation.registrar, reason="不对")
    finish(run, federation)
    assert stored() == before


def test_units_missing_from_the_register(federation: Federation, open_person: Open) -> None:
    known = add_unit("固原运输公司", actor=federation.registrar, union=federation.guyuan)
    for name, unit_name in (
        ("甲一", "银川市第一中学"),
        ("乙二", "银川市第一中学"),
        ("丙三", "固原运输公司"),
        ("丁四", "独此一家公司"),
    ):
        open_person(name, unit_name=unit_name, union=federation.yinchuan)
    spelled = [
        open_person(f"戊{sign}", unit_name=unit)
        for sign, unit in (("五", "宁夏神州轮胎有限公司"), ("六", "宁夏神州轮胎公司"))
    ]
    before = stored()
    run = propose_cleaning("units", actor=federation.registrar, union=federation.top)
    rows = {row.subject: row for row in rows_of(run)}
    assert set(rows) == {"银川市第一中学", "固原运输公司", "宁夏神州轮胎有限公司"}
    assert not rows["宁夏神州轮胎有限公司"].chosen and "宁夏神州轮胎公司" in rows["宁夏神州轮胎有限公司"].remark
    apply(run, actor=federation.registrar, reason="补单位")
    run = finish(run, federation)
    school = Unit._base.get(name="银川市第一中学")
    assert school.union == federation.yinchuan and school.files.everywhere("test").count() == 2
    assert known.files.everywhere("test").count() == 1 and not any(
        Honouree._base.get(pk=one.pk).unit_id for one in spelled
    )
    assert AuditEntry.objects.filter(verb="unit.added", object_label="银川市第一中学").exists()
    undo(run, actor=federation.registrar, reason="不对")
    finish(run, federation)
    assert stored() == before
    run = propose_cleaning("units", actor=federation.registrar, union=federation.top)
    apply(run, actor=federation.registrar, reason="补单位")
    run = finish(run, federation)
    change_file(spelled[0], actor=federation.registrar, facts={"unit": Unit._base.get(name="银川市第一中学")})
    with pytest.raises(ValidationError, match="银川市第一中学"):
        undo(run, actor=federation.registrar, reason="不对")


def test_who_may_and_when(old_honours: dict[str, Any], federation: Federation) -> None:
    mapping = {old_honours["old"].pk: old_honours["new"].pk}
    for actor in (federation.city_registrar, federation.auditor):
        with pytest.raises(PermissionDenied):
            propose_cleaning("titles", actor=actor, union=federation.top, options={"mapping": mapping})
    with pytest.raises(ValidationError):
        propose_cleaning(
            "titles", actor=federation.city_registrar, union=federation.yinchuan, options={"mapping": mapping}
        )
    for bad in (
        {},
        {"mapping": {old_honours["old"].pk: old_honours["old"].pk}},
        {"mapping": mapping, "since": 2000, "until": 1950},
    ):
        with pytest.raises(ValidationError):
            propose_cleaning("titles", actor=federation.registrar, union=federation.top, options=bad)
    run = propose_titles(old_honours, federation)
    assert not runs_visible_to(federation.city_registrar) and list(runs_visible_to(federation.auditor)) == [run]
    with pytest.raises(PermissionDenied):
        apply(run, actor=federation.city_registrar, reason="归并")
    with pytest.raises(ValidationError):
        apply(run, actor=federation.registrar, reason="")
    choose(run, None, False, actor=federation.registrar)
    with pytest.raises(ValidationError):
        apply(run, actor=federation.registrar, reason="归并")
    gone = discard(run, actor=federation.registrar)
    with pytest.raises(PermissionDenied):
        apply(gone, actor=federation.registrar, reason="归并")

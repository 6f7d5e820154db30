"""From a published list to files: read, matched, committed once, taken back whole."""

import json
import threading
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.db import connection

from registry.accounts.models import User
from registry.audit.queries import verify_chain
from registry.honours.actions import confer
from registry.honours.models import Conferral, HonourTitle
from registry.honours.queries import public_profile
from registry.intake import committing
from registry.intake.actions import answer, commit, discard, settle, undo, upload
from registry.intake.committing import commit_all, commit_chunk
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.queries import row_json, rows_of, status_counts
from registry.intake.tasks import forget_old_files, resume_stuck
from registry.intake.undoing import undo_all
from registry.organisations.models import Unit
from registry.people.models import Honouree

DEMO = Path(settings.BASE_DIR) / "cms" / "data" / "demo"
LIST = """姓名,性别,民族,工作单位,职务,荣誉称号,年度
丁一凡,男,汉族,银川市某机床厂,车工,自治区五一劳动奖章,2024
马秀兰（女，回族）,,,吴忠市某纺织厂,挡车工,自治区五一劳动奖章,2024
"""


def rows(batch: IntakeBatch) -> list[dict[str, Any]]:
    """The batch's rows as programs see them."""
    return [row_json(row) for row in rows_of(batch)]


def statuses(batch: IntakeBatch) -> list[str]:
    """The rows' statuses in order."""
    return [row.status for row in rows_of(batch)]


def committed(text: str, actor: User, **options: Any) -> IntakeBatch:
    """Upload and commit a list without doubts."""
    batch = commit(upload(text.encode(), "名单.csv", actor=actor, **options), actor=actor)
    batch = commit_all(batch.pk, actor)
    assert batch.state == BatchState.COMMITTED
    return batch


def test_the_demonstration_lists_become_one_file_a_person_and_again_change_nothing(registrar: User) -> None:
    for name in ("honourees.csv", "historic_honourees.csv"):
        call_command("intake", str(DEMO / name), actor="registrar", commit=True, stdout=StringIO())
    meng = Honouree.objects.get(name="孟泰")
    assert (meng.honour_count, meng.born, meng.died) == (3, "1898-08-17", "1967-09-30")
    assert Honouree.objects.get(name="赵梦桃小组").honour_count == 3
    profile = public_profile(Honouree.objects.get(name="王进喜").slug)
    assert profile is not None
    assert (profile.known_as, [(line.title, line.year) for line in profile.honours]) == (
        ["铁人"],
        [("全国先进生产者", 1959)],
    )
    assert Conferral.objects.count() == 184
    before = Honouree.objects.count()
    for name, number in (("honourees.csv", 140), ("historic_honourees.csv", 45)):
        out = StringIO()
        call_command("intake", str(DEMO / name), actor="registrar", json=True, stdout=out)
        assert [json.loads(line)["status"] for line in out.getvalue().splitlines()] == ["same"] * number
    assert Honouree.objects.count() == before
    assert verify_chain() is None


def test_a_dry_run_leaves_nothing_behind(registrar: User, tmp_path: Path) -> None:
    file = tmp_path / "名单.csv"
    file.write_text(LIST, encoding="gb18030")
    out = StringIO()
    call_command("intake", str(file), actor="registrar", json=True, stdout=out)
    first, second = (json.loads(line) for line in out.getvalue().splitlines())
    assert (first["status"], first["unit"], first["year"], first["level"]) == (
        "new",
        "银川市某机床厂",
        2024,
        "provincial",
    )
    assert (second["name"], second["sex"], second["ethnicity"]) == ("马秀兰", "female", "回族")
    assert not IntakeBatch.objects.exists()
    assert not Honouree.objects.exists()
    assert not list((Path(settings.PRIVATE_ROOT) / "intake").glob("*"))


def test_files_are_kept_by_the_city_the_unit_names(registrar: User) -> None:
    committed(LIST, registrar)
    assert Honouree.objects.get(name="丁一凡").union.region_id == "640100"
    assert Unit.objects.get(name="吴忠市某纺织厂").union.region_id == "640300"


def test_what_the_file_cannot_say_is_asked_once_and_remembered(registrar: User) -> None:
    text = "姓名,工作单位\n丁一凡,某机床厂\n于小雨,某医院\n"
    batch = upload(text.encode(), "a.csv", actor=registrar)
    assert batch.state == BatchState.ASKING
    assert "title" in {ask["key"] for ask in batch.asks}
    with pytest.raises(ValidationError):
        commit(batch, actor=registrar)
    batch = answer(batch, {"title": "最美工友", "level": "county", "year": "2023"}, actor=registrar)
    assert (batch.state, statuses(batch)) == (BatchState.CHECKING, ["new", "new"])
    commit_all(commit(batch, actor=registrar).pk, registrar)
    assert HonourTitle.objects.get(name="最美工友").level == "county"
    assert set(Conferral.objects.values_list("year", "level")) == {(2023, "county")}


def test_a_namesake_that_cannot_be_told_apart_is_a_doubt_settled_by_the_clerk(registrar: User) -> None:
    committed("姓名,荣誉称号,年度,地区\n王伟,自治区五一劳动奖章,2022,宁夏\n", registrar)
    text = "姓名,荣誉称号,年度,地区\n王伟,塞上工匠,2024,宁夏\n"
    batch = upload(text.encode(), "b.csv", actor=registrar)
    assert statuses(batch) == ["doubtful"]
    assert [proposal["name"] for proposal in rows_of(batch).get().matches] == ["王伟"]
    with pytest.raises(ValidationError):
        commit(batch, actor=registrar)
    same = settle(batch, [1], "match", actor=registrar)
    assert statuses(same) == ["changed"]
    commit_all(commit(same, actor=registrar).pk, registrar)
    assert Honouree.objects.get(name="王伟").honour_count == 2
    other = settle(upload(text.replace("2024", "2025").encode(), "c.csv", actor=registrar), [1], "new", actor=registrar)
    assert statuses(other) == ["new"]
    commit_all(commit(other, actor=registrar).pk, registrar)
    assert Honouree.objects.filter(name="王伟").count() == 2


def test_a_contradicting_birth_is_somebody_else_and_an_equal_one_the_same(registrar: User) -> None:
    head = "姓名,性别,出生年月,工作单位,荣誉称号,年度\n"
    committed(head + "李军,男,1970.05,银川市某厂,自治区五一劳动奖章,2018\n", registrar)
    batch = upload((head + "李军,男,1981.02,银川市某厂,塞上工匠,2024\n").encode(), "a.csv", actor=registrar)
    assert statuses(batch) == ["new"]
    batch = upload((head + "李军,男,1970年5月12日,另一厂,塞上工匠,2024\n").encode(), "a.csv", actor=registrar)
    assert statuses(batch) == ["changed"]
    changed = {one["field"]: (one["old"], one["new"]) for one in rows_of(batch).get().differences}
    assert changed["born"] == ("1970-05", "1970-05-12")
    assert changed["unit_name"] == ("银川市某厂", "另一厂")


def test_a_conflicting_fact_is_shown_and_not_overwritten_unless_accepted(registrar: User) -> None:
    head = "姓名,民族,出生年月,工作单位,荣誉称号,年度\n"
    committed(head + "何静,汉族,1970.05,银川市某厂,自治区五一劳动奖章,2018\n", registrar)
    batch = upload((head + "何静,汉族,1970.05,银川市某厂,自治区五一劳动奖章,2018\n").encode(), "a.csv", actor=registrar)
    assert statuses(batch) == ["same"]
    person = Honouree.objects.get(name="何静")
    Honouree.objects.filter(pk=person.pk).update(native_place="甘肃")
    text = "姓名,籍贯,出生年月,工作单位,荣誉称号,年度\n何静,宁夏中卫,1970.05,银川市某厂,自治区五一劳动奖章,2018\n"
    batch = upload(text.encode(), "b.csv", actor=registrar)
    assert statuses(batch) == ["same"]
    assert "conflict" in {message["code"] for message in rows_of(batch).get().messages}
    batch = settle(batch, [1], "match", actor=registrar, match=person.pk)
    commit_all(commit(batch, actor=registrar).pk, registrar)
    person.refresh_from_db()
    assert person.native_place == "宁夏中卫"


def test_an_inferred_year_is_settled_by_a_list_that_knows_it(registrar: User) -> None:
    head = "姓名,工作单位,荣誉称号,年度\n"
    committed(head + "孙小圣,银川市某厂,最美职工,2017?\n", registrar, answers={"level": "national"})
    assert Conferral.objects.get().year_inferred
    committed(head + "孙小圣,银川市某厂,最美职工,2017\n", registrar, answers={"level": "national"})
    assert not Conferral.objects.get().year_inferred


def test_a_city_officer_imports_for_the_city_only_and_learns_nothing_of_others(
    registrar: User, city_registrar: User
) -> None:
    committed("姓名,工作单位,荣誉称号,年度\n沈万里,固原市某厂,自治区五一劳动奖章,2022\n", registrar)
    text = "姓名,工作单位,荣誉称号,年度\n沈万里,固原市某厂,塞上工匠,2024\n丁一凡,银川市某厂,塞上工匠,2024\n沈万里,,塞上工匠,2023\n"
    batch = upload(text.encode(), "a.csv", actor=city_registrar)
    first, second, third = rows_of(batch)
    assert (first.status, second.status) == ("refused", "new")
    assert third.status == "doubtful"
    assert third.matches == []
    assert "固原" not in json.dumps(third.messages, ensure_ascii=False)
    with pytest.raises(PermissionDenied):
        undo(committed(LIST, registrar), actor=city_registrar, reason="x")


def test_a_file_that_is_no_list_is_refused_with_advice(registrar: User) -> None:
    batch = upload(b"%PDF-1.7 \x00\x01\x02", "名单.pdf", actor=registrar)
    assert batch.state == BatchState.REFUSED
    assert batch.refusal
    with pytest.raises(CommandError):
        call_command("intake", "/nonexistent.csv", actor="registrar")
    with pytest.raises(CommandError):
        call_command("intake", str(DEMO / "honourees.csv"), actor="nobody")


def test_the_whole_batch_is_taken_back(registrar: User) -> None:
    committed("姓名,工作单位,荣誉称号,年度\n丁一凡,银川市某机床厂,塞上工匠,2020\n", registrar)
    before = Honouree.objects.get(name="丁一凡")
    batch = committed(LIST, registrar)
    assert Honouree.objects.get(name="丁一凡").honour_count == 2
    with pytest.raises(ValidationError):
        undo(batch, actor=registrar, reason=" ")
    undo(batch, actor=registrar, reason="名单有误")
    undo_all(batch.pk, registrar)
    batch.refresh_from_db()
    assert batch.state == BatchState.UNDONE
    after = Honouree.objects.get(name="丁一凡")
    assert (after.honour_count, after.sex, after.latest_year) == (1, before.sex, 2020)
    assert not Honouree.objects.filter(name="马秀兰").exists()
    assert not Unit.objects.filter(name="吴忠市某纺织厂").exists()
    assert verify_chain() is None


def test_a_batch_on_which_later_work_depends_is_not_taken_back(registrar: User) -> None:
    batch = committed(LIST, registrar)
    holder = Honouree.objects.get(name="马秀兰")
    confer(holder, HonourTitle.objects.get(name="塞上工匠"), actor=registrar, year=2025)
    with pytest.raises(ValidationError, match="马秀兰"):
        undo(batch, actor=registrar, reason="名单有误")
    assert Honouree.objects.filter(name="丁一凡").exists()


def test_a_discarded_batch_takes_its_rows_and_its_file_along(registrar: User) -> None:
    batch = upload(LIST.encode(), "a.csv", actor=registrar)
    stored = Path(settings.PRIVATE_ROOT) / "intake" / batch.stored_as
    assert stored.stat().st_mode & 0o777 == 0o600
    discard(batch, actor=registrar)
    assert not stored.exists()
    assert not IntakeRow.objects.filter(batch=batch).exists()


def test_old_lists_are_deleted(registrar: User, settings: Any) -> None:
    batch = upload(LIST.encode(), "a.csv", actor=registrar)
    settings.INTAKE_KEEP_DAYS = 0
    assert forget_old_files() >= 1
    batch.refresh_from_db()
    assert batch.stored_as == ""


def big(number: int) -> str:
    """A list of so many invented people, each with a unit of its own."""
    lines = [f"甲{chr(0x4E00 + n // 100)}{chr(0x5000 + n % 100)},银川市第{n}厂,塞上工匠,2024" for n in range(number)]
    return "姓名,工作单位,荣誉称号,年度\n" + "\n".join(lines)


def test_a_worker_killed_in_mid_commit_loses_and_doubles_nothing(registrar: User) -> None:
    with patch.object(committing, "CHUNK", 10), patch("registry.intake.tasks.commit_batch"):
        batch = commit(upload(big(35).encode(), "a.csv", actor=registrar), actor=registrar)
        commit_chunk(batch.pk, registrar)
        with patch.object(committing, "record_first", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            commit_chunk(batch.pk, registrar, 10)
        assert Honouree.objects.count() == 10
        batch.refresh_from_db()
        assert (batch.state, batch.done) == (BatchState.COMMITTING, 10)
        commit_all(batch.pk, registrar)
        commit_all(batch.pk, registrar)
    assert (Honouree.objects.count(), Conferral.objects.count()) == (35, 35)
    assert status_counts(batch)["new"] == 35


def test_a_silent_batch_is_resumed_by_the_sweeper(registrar: User) -> None:
    with patch("registry.intake.tasks.commit_batch"):
        batch = commit(upload(big(5).encode(), "a.csv", actor=registrar), actor=registrar)
    assert resume_stuck() == 0
    IntakeBatch.objects.filter(pk=batch.pk).update(heartbeat="2026-01-01T00:00:00Z")
    assert resume_stuck() == 1
    assert Honouree.objects.count() == 5
    assert resume_stuck() == 0


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_workers_on_one_batch_double_nothing(registrar: User) -> None:
    with patch("registry.intake.tasks.commit_batch"):
        batch = commit(upload(big(60).encode(), "a.csv", actor=registrar), actor=registrar)

    def work() -> None:
        commit_all(batch.pk, registrar)
        connection.close()

    with patch.object(committing, "CHUNK", 7):
        threads = [threading.Thread(target=work) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (Honouree.objects.count(), Conferral.objects.count()) == (60, 60)
    assert verify_chain() is None

"""What is staged, what is left out, and what never leaves the kept file."""

import io
import logging
import time
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.accounts.models import User
from registry.intake.actions import answer, discard, kept_file, upload
from registry.intake.enums import BatchState
from registry.intake.export import template_workbook
from registry.intake.models import IntakeBatch, IntakeMemory, IntakeRow
from registry.intake.queries import Earlier, rows_of, same_file_before
from registry.intake.tasks import forget_old_files
from registry.people.models import Honouree
from registry.text.normalise import fold
from tests.registry.intake.steps import HEAD, commit_now, committed, staged, statuses, undone

# An area that no county bears; the check digit is right.
NUMBER, PHONE = "640199198503120016", "13900001234"


def test_the_template_comes_back_without_its_example(registrar: User) -> None:
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    sheet = book.worksheets[0]
    example = str(sheet.cell(2, 1).value)
    headings = [cell.value for cell in sheet[1]]
    given = {
        headings[0]: "丁一凡",
        "工作单位": "银川市某厂",
        "荣誉称号": "塞上工匠",
        "年度": "2024",
        "性别": "男",
    }
    sheet.append([given.get(str(heading), "") for heading in headings])
    assert sheet.data_validations.dataValidation
    out = io.BytesIO()
    book.save(out)
    batch = upload(out.getvalue(), "模板.xlsx", actor=registrar)
    assert [row.name for row in rows_of(batch)] == ["丁一凡"]
    assert any(line["text"].startswith(example) for line in batch.skipped)


def test_the_same_file_a_second_time_is_known(registrar: User, city_registrar: User) -> None:
    first = committed(HEAD + "丁一凡,男,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    again = staged(HEAD + "丁一凡,男,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert same_file_before(again, registrar) == Earlier(first)
    assert same_file_before(first, registrar) is None
    other = staged(HEAD + "于小雨,女,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert same_file_before(other, registrar) is None
    # Of another union's import only that there was one is told.
    below = staged(HEAD + "丁一凡,男,,银川市某厂,车工,塞上工匠,2024\n", city_registrar)
    assert same_file_before(below, city_registrar) == Earlier(None)
    # The one that came later is told of the earlier one, not the other way round; what was given up needs no telling.
    second = commit_now(again, registrar)
    assert same_file_before(IntakeBatch.objects.get(pk=first.pk), registrar) is None
    assert same_file_before(second, registrar) == Earlier(first)
    assert same_file_before(discard(below, actor=city_registrar), city_registrar) is None
    undone(first, registrar)
    assert same_file_before(second, registrar) is None


def test_nothing_at_all_is_refused_before_it_is_kept(registrar: User) -> None:
    with pytest.raises(ValidationError):
        upload("  \n", "", actor=registrar)
    assert not IntakeBatch.objects.exists()


def test_levels_are_remembered_for_the_next_list_but_titles_and_years_are_not(registrar: User) -> None:
    text = "姓名,工作单位,荣誉称号\n丁一凡,银川市某厂,最美工友\n"
    batch = staged(text, registrar)
    assert {ask["key"] for ask in batch.asks} == {"level:最美工友", "year"}
    answer(batch, {"level:最美工友": "city", "year": "2023"}, actor=registrar)
    assert list(IntakeMemory.objects.values_list("key", "value")) == [("level:最美工友", "city")]
    again = staged(text, registrar)
    assert {ask["key"] for ask in again.asks} == {"year"}
    assert rows_of(again).get().data["level"] == "city"


def test_questions_about_a_file_no_longer_kept_end_with_advice(registrar: User) -> None:
    batch = staged("姓名,工作单位\n丁一凡,某厂\n", registrar)
    IntakeBatch.objects.filter(pk=batch.pk).update(uploaded_at="2020-01-01T00:00:00Z")
    assert forget_old_files() == 1
    batch.refresh_from_db()
    with pytest.raises(ValidationError):
        answer(batch, {"title": "塞上工匠"}, actor=registrar)
    assert IntakeRow.objects.filter(batch=batch).exists()


def test_personal_numbers_stay_in_the_kept_file_wherever_the_list_has_them(
    registrar: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    text = (
        f"联系人 张三 {NUMBER} {PHONE}\n姓名,身份证号,手机,备注,工作单位,职务,荣誉称号,年度,随便\n"
        f"丁一凡,{NUMBER},{PHONE},身份证{NUMBER}电话{PHONE},银川市某厂,车工,塞上工匠,2024,{NUMBER}\n"
        f"于小雨{NUMBER},,,,银川市某厂{PHONE},{NUMBER},塞上工匠,2024,\n合计 {NUMBER}\n"
    )
    batch = staged(text, registrar, f"{NUMBER}名单.csv", source=f"来源 {NUMBER}")
    assert rows_of(batch).get(number=1).private is not None
    batch = commit_now(batch, registrar)
    assert {"丁一凡", "于小雨"} <= set(Honouree.objects.values_list("name", flat=True))
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            content = repr(cursor.fetchall())
            assert NUMBER not in content, table
            assert PHONE not in content, table
    assert NUMBER not in caplog.text
    assert PHONE not in caplog.text
    kept = Path(settings.PRIVATE_ROOT) / "intake" / batch.stored_as
    for path in (settings.VAR_DIR / "test").rglob("*"):
        if path.is_file():
            assert NUMBER.encode() not in path.read_bytes(), path
    assert NUMBER.encode() not in kept.read_bytes() and NUMBER.encode() in kept_file(batch)
    kept.unlink()


def test_ten_thousand_rows_are_checked_within_half_a_minute_and_cost_no_query_each(registrar: User) -> None:
    signs = [sign for sign in map(chr, range(0x5200, 0x5400)) if fold(sign) == sign][:100]
    lines = [f"甲{signs[n // 100]}{signs[n % 100]},男,,银川市第{n}厂,车工,塞上工匠,2024\n" for n in range(10_000)]
    began = time.perf_counter()
    with CaptureQueriesContext(connection) as asked:
        batch = staged(HEAD + "".join(lines), registrar)
    assert time.perf_counter() - began < 30
    assert len(asked) < 1_000
    assert (batch.total, set(statuses(batch))) == (10_000, {"new"})


def test_a_batch_given_up_can_not_be_taken_up_again(registrar: User) -> None:
    batch = discard(staged(HEAD + "丁一凡,男,,银川市某厂,车工,塞上工匠,2024\n", registrar), actor=registrar)
    assert batch.state == BatchState.DISCARDED
    with pytest.raises(PermissionDenied):
        answer(batch, {"year": "2024"}, actor=registrar)

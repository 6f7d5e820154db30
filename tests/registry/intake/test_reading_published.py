"""Lists as unions publish them, of every layout that came to mind: each is read whole and right, with at most one screen of questions."""

import io
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest

from registry.accounts.models import User
from registry.honours.models import Conferral
from registry.intake.actions import upload
from registry.intake.reading import Reading, read, read_text
from tests.registry.intake.lists import keys, pick
from tests.registry.intake.published import CASES, Case
from tests.registry.intake.steps import commit_now

pytestmark = pytest.mark.once


def reading_of(case: Case) -> Reading:
    return read_text(case.content) if isinstance(case.content, str) else read(case.content, case.filename)


@pytest.mark.parametrize("story", CASES)
def test_a_published_list_is_read_whole(story: str) -> None:
    case = CASES[story]
    reading = reading_of(case)
    assert [pick(row, *case.fields.split()) for row in reading.rows] == case.rows
    assert keys(reading) == case.asks


def test_one_title_with_and_without_its_year_is_one_honour(registrar: User) -> None:
    case = CASES["the same title with and without its year"]
    assert isinstance(case.content, bytes)
    commit_now(upload(case.content, case.filename, actor=registrar), registrar)
    assert sorted(Conferral._base_manager.values_list("honouree__name", "year")) == [("张伟", 2015), ("李敏", 2010)]


def test_a_year_is_not_taken_from_a_namesake_or_when_two_are_possible() -> None:
    head = "姓名,性别,单位,荣誉称号,年度\n"
    namesake = f"{head}张伟,男,甲公司,全国劳动模范,2015\n张伟,男,乙医院,全国劳动模范,\n李敏,女,丙厂,全国劳动模范,2010\n"
    twice = f"{head}张伟,男,甲公司,全国劳动模范,2010\n张伟,男,甲公司,全国劳动模范,2015\n张伟,男,甲公司,全国劳动模范,\n"
    assert read(namesake.encode(), "").rows[1].year is None
    assert read(twice.encode(), "").rows[2].year is None


def test_no_line_of_a_published_list_is_lost() -> None:
    for story, case in CASES.items():
        reading = reading_of(case)
        for sheet in reading.sheets:
            told = {row.source_row for row in reading.rows if row.sheet == sheet.name} | set(sheet.headings)
            told |= {skip.row for skip in sheet.skipped}
            if isinstance(case.content, str) and "\t" not in case.content:
                assert {number for number, line in enumerate(case.content.splitlines(), 1) if line.strip()} <= told, (
                    story
                )
            elif sheet.read and isinstance(case.content, bytes) and case.filename.endswith(".xlsx"):
                filled = {
                    row[0].row
                    for row in rows_of_sheet(case, sheet.name)
                    if any(cell.value not in (None, "") for cell in row)
                }
                assert filled <= told, story


def rows_of_sheet(case: Case, name: str) -> Iterator[tuple[Any, ...]]:
    assert isinstance(case.content, bytes)
    return openpyxl.load_workbook(io.BytesIO(case.content))[name].iter_rows()

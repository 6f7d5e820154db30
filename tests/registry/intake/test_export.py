"""Lists out: cells that run nothing."""

import csv
import io
from datetime import date

import openpyxl
import pytest

from registry.intake.export import csv_lines, xlsx

HEADINGS = ["姓名", "人数"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_cell_that_looks_like_a_formula_runs_nothing(start: str) -> None:
    cell = f"{start}1+1"
    text = "".join(csv_lines(HEADINGS, [[cell, 7]]))
    assert text.startswith("\ufeff"), "spreadsheets read the Chinese"
    assert list(csv.reader(io.StringIO(text[1:], newline=""))) == [HEADINGS, [f"'{cell}", "7"]]
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx(HEADINGS, [[cell, 7]]))).worksheets[0]
    heading, row = sheet.iter_rows()
    assert [one.value for one in heading] == HEADINGS
    assert row[0].data_type == "s"
    assert str(row[0].value).startswith("'")
    assert row[1].value == 7


def test_other_values_are_written_as_they_read() -> None:
    text = "".join(csv_lines(["甲", "乙", "丙", "丁"], [[None, date(2024, 5, 1), True, "马\x00秀兰"]]))
    assert list(csv.reader(io.StringIO(text[1:]))) == [["甲", "乙", "丙", "丁"], ["", "2024-05-01", "True", "马秀兰"]]

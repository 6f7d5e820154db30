"""Lists out: Chinese headings that the import reads back, and cells that run nothing."""

import csv
import io

import openpyxl
import pytest

from registry.accounts.models import User
from registry.honours.models import Conferral
from registry.intake.actions import upload
from registry.intake.listing import headings_of, list_csv, list_xlsx
from registry.people.models import Collective, Honouree, Person
from tests.registry.intake.steps import HEAD, committed, statuses

LIST = HEAD + "丁一凡,男,1985-03,银川市某厂,车工,塞上工匠,2024\n于小雨,女,1990-01,吴忠市某厂,钳工,塞上工匠,2023\n"


def rows_of_csv(text: str) -> list[dict[str, str]]:
    """Read an exported list as a spreadsheet does."""
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:])))


def test_an_exported_list_comes_back_as_what_is_already_there(registrar: User) -> None:
    committed(LIST, registrar)
    text = "".join(list_csv(Conferral.objects.order_by("pk")))
    first, second = rows_of_csv(text)
    assert (first["姓名"], first["性别"], first["级别"], first["年度"]) == ("丁一凡", "男", "省部级", "2024")
    assert second["工作单位"] == "吴忠市某厂"
    assert statuses(upload(text.encode(), "导出.csv", actor=registrar)) == ["same", "same"]


def test_each_kind_has_its_own_columns_in_both_formats(registrar: User) -> None:
    committed(LIST, registrar)
    for things in (Person.objects.order_by("pk"), Honouree.objects.order_by("pk"), Conferral.objects.order_by("pk")):
        sheet = openpyxl.load_workbook(io.BytesIO(list_xlsx(things))).worksheets[0]
        heading, *rows = sheet.iter_rows(values_only=True)
        assert list(heading) == headings_of(things.model)
        assert [row[heading.index("姓名")] for row in rows] == ["丁一凡", "于小雨"]
        assert [str(row[heading.index("年度")]) for row in rows] == ["2024", "2023"]
    assert "集体名称" in headings_of(Collective)
    with pytest.raises(LookupError):
        headings_of(User)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_a_cell_that_looks_like_a_formula_runs_nothing(registrar: User, start: str) -> None:
    committed(LIST, registrar)
    Honouree.objects.filter(name="丁一凡").update(position=f"{start}1+1")
    [row] = rows_of_csv("".join(list_csv(Person.objects.filter(name="丁一凡"))))
    assert row["职务"] == f"'{start}1+1"

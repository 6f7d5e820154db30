"""The statistics screen: who sees which numbers, where they lead, and what is handed out."""

import io
from datetime import date
from typing import Any
from xml.etree import ElementTree

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from cms.console.charts import MOST_ROWS, lying
from registry.honours.actions import confer
from registry.people.actions import change_file, open_file
from registry.people.models import Honouree
from registry.statistics.actions import catch_up
from registry.statistics.axes import Axis
from registry.statistics.queries import Counted, cross
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation

PAGE = "console_statistics"


@pytest.fixture
def counted(federation: Federation, files: dict[str, Honouree]) -> dict[str, Honouree]:
    """A woman who died in 2020 and a team, besides the two people; all counted."""
    woman = open_file(
        "individual", "丁一", actor=federation.registrar, union=federation.yinchuan,
        facts={"sex": "female", "died": "2020-01-01"},
    )  # fmt: skip
    team = open_file("collective", "丙班组", actor=federation.registrar, union=federation.guyuan)
    confer(woman, federation.title("全国劳动模范", "national"), actor=federation.registrar, year=1989)
    title = federation.title("工人先锋号", "city", for_collectives=True)
    confer(team, title, actor=federation.registrar, granted_on="2015-05-01", year=2015)
    change_file(files["guyuan"], actor=federation.registrar, facts={"sex": "male"})
    catch_up()
    return {**files, "woman": woman, "team": team}


def test_the_first_view(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    response = sign_in(federation.registrar).get(reverse(PAGE))
    assert [column.key for column in response.context["columns"]] == [1, 2, 3]
    assert [line["total"][0] for line in response.context["lines"]] == ["1", "2", "0", "0", "0"]
    assert [number for _label, number, _url in response.context["tiles"]] == ["3", "1", "1", "4"]
    assert response.context["total"][0] == "3"


def test_an_officer_sees_the_own_subtree(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.city_registrar)
    assert client.get(reverse(PAGE)).context["total"][0] == "2"
    # A union of another city isn't offered, and asking for it shows the own subtree.
    asked = client.get(reverse(PAGE), {"union": federation.guyuan.pk})
    assert asked.context["total"][0] == "2" and asked.context["form"].errors
    assert "固原市总工会" not in asked.content.decode()


def test_a_stranger_is_sent_away(federation: Federation, sign_in: SignIn, client: Any) -> None:
    federation.auditor.appointments.all().delete()
    assert client.get(reverse(PAGE)).status_code == 302
    assert sign_in(federation.auditor).get(reverse(PAGE)).status_code in (302, 403)


@pytest.mark.parametrize(
    ("query", "list_of"),
    [
        ({"of": "people", "rows": "level", "columns": "sex"}, Honouree),
        ({"of": "collectives", "rows": "union", "columns": "decade"}, Honouree),
        ({"of": "honours", "rows": "year", "columns": "life"}, None),
        ({"of": "people", "rows": "age", "columns": "region", "day": "2019-06-01"}, Honouree),
        ({"of": "honours", "rows": "level", "columns": "identity", "day": "2015-05-01"}, None),
    ],
)
def test_every_number_opens_its_rows(
    federation: Federation, counted: dict[str, Honouree], sign_in: SignIn, query: dict[str, str], list_of: Any
) -> None:
    client = sign_in(federation.registrar)
    response = client.get(reverse(PAGE), query)
    context = response.context
    cells = [cell for line in context["lines"] for cell in (*line["cells"], line["total"])]
    led = [(number, url) for number, url in [*cells, *context["totals"], context["total"]] if number != "0"]
    assert len(led) > 3
    for number, url in led:
        shown = client.get(url)
        assert len(shown.context["lines"]) == int(number), url
        assert shown.context["filters"].figure_words in shown.content.decode()
    tiles = [(number, url) for _label, number, url in context["tiles"] if number != "0"]
    assert all(len(client.get(url).context["lines"]) == int(number) for number, url in tiles)


def test_a_number_of_others_shows_only_what_one_may_see(
    federation: Federation, counted: dict[str, Honouree], sign_in: SignIn
) -> None:
    address = sign_in(federation.registrar).get(reverse(PAGE)).context["total"][1]
    shown = sign_in(federation.city_registrar).get(address)
    assert {str(line[0][0]) for line in shown.context["lines"]} == {"单雨晴", "丁一"}


def test_other_filters_keep_the_figure(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    address = client.get(reverse(PAGE)).context["total"][1]
    shown = client.get(f"{address}&sex=female")
    assert [str(line[0][0]) for line in shown.context["lines"]] == ["丁一"]
    assert 'type="hidden" name="figure"' in shown.content.decode()
    wrong = client.get(reverse("console_people"), {"figure": "people;or:1"})
    assert wrong.context["lines"] == [] and wrong.context["filters"].errors


def test_a_past_day(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    then = client.get(reverse(PAGE), {"day": "2019-12-31"})
    assert [number for _label, number, _url in then.context["tiles"]] == ["1", "0", "1", "2"]
    assert client.get(reverse(PAGE), {"day": "2020-01-01"}).context["tiles"][1][1] == "1"
    today = client.get(reverse(PAGE), {"day": f"{date.today():%Y-%m-%d}"})
    assert today.context["total"][0] == "3"
    for wrong in ("2999-01-01", "1066-01-01", "yesterday"):
        asked = client.get(reverse(PAGE), {"day": wrong})
        assert asked.context["form"].errors and asked.context["total"][0] == "3"


def test_the_same_fact_twice_is_refused_in_words(
    federation: Federation, counted: dict[str, Honouree], sign_in: SignIn
) -> None:
    response = sign_in(federation.registrar).get(reverse(PAGE), {"rows": "year", "columns": "decade"})
    assert response.status_code == 200 and "columns" in response.context["form"].errors


def test_what_is_handed_out(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    query = {"of": "honours", "rows": "level", "columns": "decade"}
    book = load_workbook(io.BytesIO(client.get(reverse(PAGE), {**query, "export": "xlsx"}).content))
    lines = list(book.worksheets[0].iter_rows(values_only=True))
    assert lines[-1][1:] == (4, 1, 1, 2) and lines[1][1] == 1
    text = client.get(reverse(PAGE), {**query, "export": "csv"}).content.decode()
    assert text.startswith("\ufeff") and text.rstrip().endswith("4,1,1,2")


def test_charts_can_be_read_by_a_machine(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    page = sign_in(federation.registrar).get(reverse(PAGE)).content.decode()
    drawn = [part.split("</svg>")[0] + "</svg>" for part in page.split("<svg ")[1:] if 'role="img"' in part[:200]]
    assert len(drawn) == 2
    for part in drawn:
        tree = ElementTree.fromstring(f"<svg {part}")
        assert {"title", "desc"} <= {child.tag for child in tree}
        named = tree.attrib["aria-labelledby"].split()
        assert [child.attrib["id"] for child in tree if child.tag in ("title", "desc")] == named
        assert not any("style" in element.attrib for element in tree.iter())
        widths = [float(element.attrib["width"]) for element in tree.iter("rect")]
        assert widths and all(0 < width <= 360 for width in widths)


def test_a_long_table_is_drawn_in_part(federation: Federation) -> None:
    title = federation.title("劳动模范", "city")
    for year in range(1950, 1950 + MOST_ROWS + 3):
        file = open_file("individual", f"甲{year}", actor=federation.registrar, union=federation.top)
        confer(file, title, actor=federation.registrar, year=year)
    catch_up()
    chart = lying("rows", "", cross(federation.registrar, Counted.PEOPLE, Axis.YEAR, Axis.LEVEL))
    assert (len(chart.bars), chart.left_out) == (MOST_ROWS, 3)


def test_changes_that_wait_are_told(federation: Federation, counted: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    assert client.get(reverse(PAGE)).context["waiting"] is False
    change_file(counted["woman"], actor=federation.registrar, facts={"sex": "male"})
    assert client.get(reverse(PAGE)).context["waiting"] is True


def test_the_page_asks_few_questions(
    federation: Federation, counted: dict[str, Honouree], sign_in: SignIn, django_assert_max_num_queries: Any
) -> None:
    client = sign_in(federation.registrar)
    client.get(reverse(PAGE))
    with django_assert_max_num_queries(30):
        client.get(reverse(PAGE), {"rows": "region", "columns": "ethnicity"})

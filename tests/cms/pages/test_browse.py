"""A visitor narrows the register."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from cms.pages import tallies
from cms.pages.tallies import whole
from registry.accounts.models import User
from registry.honours.queries import Filters
from registry.paging import encode
from registry.people.actions import set_withheld
from tests.cms.pages.conftest import MakeFile

NATIONAL, MEDAL, PIONEER = "national_model_worker", "national_labour_medal", "national_worker_pioneer"


def listed(client: Client, query: str = "") -> list[str]:
    """Return the names on the directory's page."""
    response = client.get(f"/honourees/{query}")
    assert response.status_code == 200, query
    return re.findall(r'class="card__link"[^>]*>([^<]+)<', response.content.decode())


@pytest.fixture
def three(make_file: MakeFile) -> None:
    make_file("王小梅", (NATIONAL, 2010), (MEDAL, 2020), region="640104", position="挡车工")
    make_file("李强", (MEDAL, 2010), region="640000")
    make_file("检修一班", (PIONEER, 2015), region="610000", kind="collective")


@pytest.mark.usefixtures("three")
def test_every_filter_narrows_and_year_level_and_title_hold_of_one_honour(client: Client) -> None:
    assert set(listed(client)) == {"王小梅", "李强", "检修一班"}
    assert set(listed(client, "?year=2010")) == {"王小梅", "李强"}
    assert listed(client, f"?year=2020&title={MEDAL}") == ["王小梅"]
    assert listed(client, f"?year=2020&title={NATIONAL}") == []
    assert set(listed(client, "?region=640000")) == {"王小梅", "李强"}
    assert listed(client, "?region=640100") == ["王小梅"]
    assert listed(client, "?kind=collective") == ["检修一班"]
    assert listed(client, "?level=county") == []


@pytest.mark.usefixtures("three")
def test_orders(client: Client) -> None:
    assert listed(client) == ["王小梅", "检修一班", "李强"]
    assert listed(client, "?sort=pinyin") == ["检修一班", "李强", "王小梅"]
    assert listed(client, "?sort=stroke") == ["王小梅", "李强", "检修一班"]


@pytest.mark.usefixtures("three")
def test_counts_are_of_distinct_holders_in_the_context_of_the_other_filters() -> None:
    counts = whole().counts
    assert counts["year"] == {"2010": 2, "2020": 1, "2015": 1}
    assert counts["level"] == {"national": 3}
    assert counts["kind"] == {"individual": 2, "collective": 1}
    narrowed = tallies.tally(Filters(year="2010"), tallies.whole())
    assert narrowed is not None
    assert narrowed.counts["title"] == {NATIONAL: 1, MEDAL: 1}
    assert narrowed.counts["year"] == counts["year"], "another year can still be chosen"


@pytest.mark.usefixtures("three")
def test_every_count_keeps_its_promise(client: Client) -> None:
    page = client.get("/honourees/?year=2010").context
    values = [value for group in page["facets"] for value in group.values if not value.selected]
    assert len(values) == 4
    for value in values:
        assert len(listed(client, value.url.removeprefix("/honourees/"))) == value.count, value


@pytest.mark.usefixtures("three")
def test_a_chip_takes_one_filter_away(client: Client) -> None:
    context = client.get("/honourees/?year=2010&kind=individual&sort=stroke").context
    assert [url for _label, url in context["chips"]] == [
        "/honourees/?kind=individual&sort=stroke",
        "/honourees/?year=2010&sort=stroke",
    ]
    assert context["clear_url"] == "/honourees/?sort=stroke"


def test_pages_follow_each_other_and_nobody_is_lost(client: Client, make_file: MakeFile) -> None:
    names = {make_file(f"工友{number}", (MEDAL, 2000 + number % 3)).name for number in range(30)}
    first = client.get("/honourees/?sort=pinyin").context
    second = client.get(first["pager"].next_url).context
    assert {card.name for card in [*first["cards"], *second["cards"]]} == names
    assert not second["pager"].next_url
    back = client.get(second["pager"].previous_url).context
    assert [card.name for card in back["cards"]] == [card.name for card in first["cards"]]
    assert not first["pager"].previous_url


@pytest.mark.parametrize(
    "query",
    [
        "?year=abc", "?year=99999", "?year=٢٠٢٠", "?level=%27", "?title=%00", "?region=6%25", "?region=" + "9" * 300,
        "?industry=%F0%9F%98%80",
        "?kind=x", "?sort=x", "?cursor=x", "?cursor=" + "A" * 5000, "?cursor=" + encode(["a", 5]), "?cursor=" + encode([2**61, 2**61]),
        "?cursor=" + encode([1, "x"]), "?cursor=" + encode([-(2**61), 1], back=True), "?sort=pinyin&cursor=" + encode([5, 5]), "?unknown=1",
    ],
)  # fmt: skip
@pytest.mark.usefixtures("three")
def test_damaged_addresses_show_a_page(client: Client, query: str) -> None:
    assert client.get("/honourees/" + query).status_code == 200


@pytest.mark.parametrize(
    ("rows", "query"), [(1, ""), (30, ""), (1, "?level=national"), (30, "?level=national&sort=stroke")]
)
def test_the_number_of_queries_does_not_grow(client: Client, make_file: MakeFile, rows: int, query: str) -> None:
    for number in range(rows):
        make_file(f"工友{number}", (MEDAL, 2000 + number), known_as=f"老{number}", region="640000")
    client.get("/honourees/" + query)
    with CaptureQueriesContext(connection) as seen:
        client.get("/honourees/" + query)
    assert len(seen) == (6 if query else 5), [one["sql"][:90] for one in seen]


def test_a_withheld_file_leaves_the_counts(
    client: Client, make_file: MakeFile, registrar: User, django_capture_on_commit_callbacks: object
) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    assert whole().total == 1
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        set_withheld(file, actor=registrar, withheld=True, reason="本人要求")
    assert whole().total == 0
    assert listed(client) == []


def test_a_large_register_is_counted_only_as_a_whole(
    monkeypatch: pytest.MonkeyPatch, three: None, client: Client
) -> None:
    monkeypatch.setattr(tallies, "LARGE_REGISTER", 2)
    assert tallies.tally(Filters(year="2010"), tallies.whole()) is None
    context = client.get("/honourees/?year=2010").context
    assert {value.count for group in context["facets"] for value in group.values} == {""}
    assert "2" in context["pager"].total_label


def test_labels_speak_the_visitors_language(client: Client, three: None) -> None:
    def titles() -> set[str]:
        groups = client.get("/honourees/").context["facets"]
        return {value.label for group in groups if group.key == "title" for value in group.values}

    assert "全国劳动模范" in titles()
    client.get("/language/en/", {"next": "/"})
    assert "National Model Worker" in titles()

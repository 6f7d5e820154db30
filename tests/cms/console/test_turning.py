"""The console's lists turn their pages by keyset, in every order they offer, and count to a cap."""

from typing import Any

import pytest
from django.urls import reverse
from django.utils import translation

from cms.console import base
from cms.console.turning import list_page, short_label
from registry.honours.actions import confer
from registry.honours.models import Conferral
from registry.organisations.actions import add_unit
from registry.paging import CappedCount, encode
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation

LISTS = (
    "console_people", "console_honours", "console_units", "console_titles", "console_audit", "console_unions", "console_imports",
)  # fmt: skip


@pytest.fixture
def many(federation: Federation, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven files with ties in everything, each with two honours, one of them without a year; pages of three."""
    monkeypatch.setattr("cms.console.base.ListScreen.page_size", 3)
    medal, prize = federation.title("自治区五一劳动奖章"), federation.title("国家奖", "national")
    for number in range(7):
        unit = add_unit(f"第{number // 2}厂", actor=federation.registrar, union=federation.yinchuan)
        facts = {"unit": unit, "unit_name": unit.name}
        file = open_file(
            "individual", "甲乙丙"[number % 3] * 2, actor=federation.registrar, union=federation.yinchuan, facts=facts
        )
        confer(file, medal, actor=federation.registrar, year=2020 + number % 2)
        confer(file, prize, actor=federation.registrar)


def shown(response: Any) -> list[int]:
    """The keys of the rows of a page."""
    assert response.status_code == 200
    return [row.pk for row in response.context["page"].rows]


@pytest.mark.parametrize("name", LISTS)
def test_every_list_turns_forwards_and_back_in_every_order_it_offers(
    federation: Federation, many: None, sign_in: SignIn, name: str
) -> None:
    client, address = sign_in(federation.registrar), reverse(name)
    view = client.get(address).context["view"]
    offered = {column.order for column in view.columns if column.order}
    offered |= {order.removeprefix("-") for order, _label in view.orders}
    for order in ("", *offered, *(f"-{one}" for one in offered)):
        first = page = client.get(address, {"order": order} if order else {})
        everything = list(page.context["view"].found().values_list("pk", flat=True))
        seen, pages = shown(page), [shown(page)]
        while page.context["next_url"]:
            page = client.get(address + page.context["next_url"])
            seen += shown(page)
            pages.append(shown(page))
            assert page.context["page"].start == len(seen) - len(pages[-1]) + 1
        assert seen == everything, order
        while page.context["previous_url"]:
            pages.pop()
            page = client.get(address + page.context["previous_url"])
            assert shown(page) == pages[-1], order
        assert shown(page) == shown(first)
        assert page.context["page"].start == 1


@pytest.mark.parametrize(
    "cursor",
    [
        "x", "4.x", "4.", "-1.W10", "４." + encode(["z", 1]), "4." + encode(["a"]), "9999999999999999." + encode([None, None]),
        "4." + encode(["zzzz", 2**62]), "0" * 4000, "\x00", "4." + encode(["甲", "甲"]),
    ],
)  # fmt: skip
def test_a_made_up_or_stale_place_opens_the_first_page(
    federation: Federation, many: None, sign_in: SignIn, cursor: str
) -> None:
    client, address = sign_in(federation.registrar), reverse("console_people")
    page = client.get(address, {"cursor": cursor})
    assert shown(page) == shown(client.get(address))
    assert (page.context["page"].start, page.context["previous_url"]) == (1, "")


def test_a_place_is_kept_while_the_list_changes_and_filters_go_along(
    federation: Federation, many: None, sign_in: SignIn
) -> None:
    client, address = sign_in(federation.registrar), reverse("console_people")
    page = client.get(address, {"year": "2020", "order": "stroke_key"})
    assert "year=2020" in page.context["next_url"]
    assert "order=stroke_key" in page.context["next_url"]
    second = client.get(address + page.context["next_url"])
    assert shown(second) == [row.pk for row in page.context["view"].found()[3:6]]
    assert "cursor" not in second.context["export_query"]
    assert all("cursor" not in heading["url"] for heading in second.context["headings"])
    open_file("individual", "一", actor=federation.registrar, union=federation.yinchuan)
    assert shown(client.get(address + page.context["next_url"])) == shown(second)


def test_a_list_of_one_county_shows_nobody_elses_page(federation: Federation, many: None, sign_in: SignIn) -> None:
    city = sign_in(federation.registrar).get(reverse("console_people")).context["next_url"]
    guyuan = open_file("individual", "丙丙", actor=federation.registrar, union=federation.guyuan)
    page = sign_in(federation.city_registrar).get(reverse("console_people") + city)
    assert guyuan.pk not in shown(page)


def page_rows() -> Any:
    """All files."""
    return Honouree._base.all()


def test_a_count_stops_and_says_so(
    federation: Federation, many: None, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sign_in(federation.registrar)
    monkeypatch.setattr(base, "CAP", 5)
    monkeypatch.setattr(base, "CAP_FILTERED", 2)
    page = client.get(reverse("console_people")).context["page"]
    narrowed = client.get(reverse("console_people"), {"year": "2020"}).context["page"]
    with translation.override("en"):
        assert (page.total, page.place) == ("more than 5 rows", "1 to 3")
        assert narrowed.total == "more than 2 rows"
        assert short_label(CappedCount(10_000, True)) == "10,000+"
        assert list_page(page_rows(), ("pk",), size=3).total == "7 rows"


def test_a_short_list_is_not_counted_again(federation: Federation, many: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        page = list_page(Conferral._base.filter(year=2020), ("-sort_year", "-pk"), size=50)
    assert page.count == CappedCount(4, False)
    assert page.place == ""


def test_honours_without_a_year_stand_at_the_end(federation: Federation, many: None, sign_in: SignIn) -> None:
    client, address = sign_in(federation.registrar), reverse("console_honours")
    years = [row.year for row in client.get(address).context["view"].found()]
    assert years == [2021] * 3 + [2020] * 4 + [None] * 7
    ranks = [row.rank for row in client.get(address, {"order": "rank"}).context["view"].found()]
    assert ranks == [4] * 7 + [5] * 7
    assert Honouree._base.count() == 7

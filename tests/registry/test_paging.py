"""Keyset paging walks every row once, both ways, and shrugs off made-up cursors."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Concat
from django.test.utils import CaptureQueriesContext

from registry.organisations.models import Region
from registry.paging import capped_count, decode, encode, keyset_page

pytestmark = pytest.mark.django_db
ORDER = ("level", "-code")


@pytest.fixture
def regions() -> list[str]:
    """Thirty rows with many equal leading values; returns the codes in order."""
    Region.objects.all().delete()
    for number in range(30):
        Region.objects.create(
            code=f"{900000 + number}", name="某地", short_name="某地", level=["city", "county"][number % 2]
        )
    return list(Region.objects.order_by(*ORDER).values_list("code", flat=True))


@pytest.fixture
def parents(regions: list[str]) -> None:
    """Every third region lies in one of two parents: many ties, and many without a value."""
    for parent in ("110000", "120000"):
        Region.objects.create(code=parent, name="上级", short_name="上级", level="province", pinyin=parent)
    for place, code in enumerate(regions):
        if place % 3 == 0:
            Region.objects.filter(pk=code).update(parent_id=("110000", "120000")[place % 2])


def walk(order: tuple[str, ...], rows: Any = None) -> tuple[list[str], list[str]]:
    """Every code forwards, then every code back again from the last page."""
    rows = Region.objects.all() if rows is None else rows
    seen: list[str] = []
    page = keyset_page(rows, order, size=7)
    while True:
        seen += [row.code for row in page.rows]
        if not page.next:
            break
        page = keyset_page(rows, order, cursor=page.next, size=7)
    back = [row.code for row in page.rows]
    while page.previous:
        page = keyset_page(rows, order, cursor=page.previous, size=7)
        back = [row.code for row in page.rows] + back
    return seen, back


@pytest.mark.parametrize("way", ["", "-"])
@pytest.mark.parametrize("key", ["parent_id", "parent__pinyin"])
def test_rows_without_a_value_are_the_smallest_either_way(parents: None, way: str, key: str) -> None:
    order = (f"{way}{key}", f"{way}pk")
    least = {
        code: (region is not None, region or "", code) for code, region in Region.objects.values_list("pk", "parent")
    }
    expected = sorted(least, key=lambda code: least[code], reverse=way == "-")
    seen, back = walk(order)
    assert seen == expected
    assert back == expected


def test_a_computed_key_is_walked_like_a_column(parents: None) -> None:
    rows = Region.objects.annotate(both=Concat("level", Value("-"), "name"))
    expected = list(rows.order_by(F("both").desc(), "-pk").values_list("pk", flat=True))
    assert walk(("-both", "-pk"), rows) == (expected, expected)


def test_ties_are_entered_by_one_comparison_of_rows(regions: list[str]) -> None:
    cursor = keyset_page(Region.objects.all(), ("level", "code"), size=7).next
    with CaptureQueriesContext(connection) as asked:
        keyset_page(Region.objects.all(), ("level", "code"), cursor=cursor, size=7)
    assert '("organisations_region"."level", "organisations_region"."code") > (' in asked[0]["sql"]
    assert " OR " not in asked[0]["sql"]


def test_going_back_to_a_beginning_that_has_lost_rows_shows_a_whole_page(regions: list[str]) -> None:
    second = keyset_page(
        Region.objects.all(), ORDER, cursor=keyset_page(Region.objects.all(), ORDER, size=7).next, size=7
    )
    Region.objects.filter(pk__in=regions[:4]).delete()
    page = keyset_page(Region.objects.all(), ORDER, cursor=second.previous, size=7)
    assert [row.code for row in page.rows] == regions[4:11]
    assert page.is_first


def test_a_moment_is_a_key_too(regions: list[str]) -> None:
    assert decode(encode([datetime(2026, 5, 1, tzinfo=UTC), 3]), 2) == (False, ["2026-05-01T00:00:00+00:00", 3])


def test_forwards_and_back_again(regions: list[str]) -> None:
    seen: list[str] = []
    cursor, back = "", ""
    while True:
        page = keyset_page(Region.objects.all(), ORDER, cursor=cursor, size=7)
        seen += [row.code for row in page.rows]
        if not page.next:
            break
        cursor, back = page.next, page.next
    assert seen == regions
    page = keyset_page(Region.objects.all(), ORDER, cursor=back, size=7)
    walked = [row.code for row in page.rows]
    while page.previous:
        page = keyset_page(Region.objects.all(), ORDER, cursor=page.previous, size=7)
        walked = [row.code for row in page.rows] + walked
    assert walked == regions
    assert page.previous == ""


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "//",
        "W10",
        encode(["a"]),
        encode([1, 2, 3]),
        encode(["city", None]),
        "A" * 5000,
        encode(["\x00", "1"]),
        "WzAsIlx1ZDgwMCIsIjEiXQ",
        "eyIwIjoxfQ",
        "WzUsImNpdHkiLCIxIl0",
        "WzAsMS41LCIxIl0",
        encode(["zzz", "zzz"]),
        encode(["a", "a"], back=True),
    ],
)
def test_a_made_up_cursor_starts_at_the_first_page(regions: list[str], cursor: str) -> None:
    page = keyset_page(Region.objects.all(), ORDER, cursor=cursor, size=5)
    assert [row.code for row in page.rows] == regions[:5]


def test_a_cursor_reads_back() -> None:
    assert decode(encode(["王", 3], back=True), 2) == (True, ["王", 3])


def test_a_count_stops_at_its_cap(regions: list[str]) -> None:
    assert (capped_count(Region.objects.all(), 10).number, capped_count(Region.objects.all(), 10).capped) == (10, True)
    assert (capped_count(Region.objects.all(), 30).number, capped_count(Region.objects.all(), 30).capped) == (30, False)

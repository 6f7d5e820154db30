"""Keyset paging walks every row once, both ways, and shrugs off made-up cursors."""

import pytest

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
    ["x", "//", "W10", encode(["a"]), encode([1, 2, 3]), encode(["city", None]), "A" * 5000, encode(["\x00", "1"])],
)
def test_a_made_up_cursor_starts_at_the_first_page(regions: list[str], cursor: str) -> None:
    page = keyset_page(Region.objects.all(), ORDER, cursor=cursor, size=5)
    assert [row.code for row in page.rows] == regions[:5]


def test_a_cursor_reads_back() -> None:
    assert decode(encode(["王", 3], back=True), 2) == (True, ["王", 3])


def test_a_count_stops_at_its_cap(regions: list[str]) -> None:
    assert (capped_count(Region.objects.all(), 10).number, capped_count(Region.objects.all(), 10).capped) == (10, True)
    assert (capped_count(Region.objects.all(), 30).number, capped_count(Region.objects.all(), 30).capped) == (30, False)

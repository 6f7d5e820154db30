"""Numbers and dates as published lists write them."""

import pytest

from registry.text.numerals import PartialDate, to_date, to_int


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("二〇二〇", 2020),
        ("二○二○", 2020),
        ("二零二零", 2020),
        ("二十三", 23),
        ("十", 10),
        ("十二", 12),
        ("１９９８", 1998),
        ("一千二百零三", 1203),
        ("两万五千", 25000),
        ("一万零三", 10003),
        ("廿三", 23),
        ("卅", 30),
        ("贰拾叁", 23),
        ("25万", 250000),
        ("三亿五千万", 350_000_000),
        ("一百零五", 105),
        (" 7 ", 7),
        ("", None),
        ("万", None),
        ("十月", None),
        ("王", None),
        ("九" * 40, None),
    ],
)
def test_a_number_is_read(text: str, number: int | None) -> None:
    assert to_int(text) == number


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020年11月", (2020, 11, None)),
        ("二〇二〇年", (2020, None, None)),
        ("二〇二〇", (2020, None, None)),
        ("一九五九年十月二十六日", (1959, 10, 26)),
        ("1923-10-08", (1923, 10, 8)),
        ("1923.10", (1923, 10, None)),
        ("２０２０/１１/３", (2020, 11, 3)),
        ("20201103", (2020, 11, 3)),
        ("202011", (2020, 11, None)),
        ("1959", (1959, None, None)),
        ("2014年度", (2014, None, None)),
        ("1956 年 4 月 30 日", (1956, 4, 30)),
        ("2000年2月29日", (2000, 2, 29)),
        ("2020年13月", None),
        ("2020.2.30", None),
        ("1923-00-01", None),
        ("1923-10-00", None),
        ("0001年", None),
        ("王", None),
        ("", None),
        ("二十三", None),
        ("2020年十万月", None),
    ],
)
def test_a_date_is_read_as_far_as_it_goes(text: str, day: tuple[int, int | None, int | None] | None) -> None:
    assert to_date(text) == (PartialDate(*day) if day else None)

"""Whatever a visitor types of a name or a text is among its terms, in an alphabet that every engine keeps whole."""

import csv
import random
import re
import sqlite3
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.text.normalise import HAN_CLASS
from registry.text.pinyin import SURNAMES, initials_of, name_readings
from search.analysis import (
    MAX_CHARACTERS,
    MAX_GROUPS,
    Kind,
    Rank,
    exact_keys,
    highlight,
    index_terms,
    matches,
    name_tiers,
    parse_query,
    rank_names,
)

DEMONSTRATION = Path(__file__).parents[2] / "cms" / "data" / "demo"
TOKENS = "unicode61 remove_diacritics 0 tokenchars '_'"
RARE = ["张㛃", "王𬭎", "䶮𠅤", "李𰻝𱍊", "赵\ue863", "葛〇々"]


def demonstration() -> list[dict[str, str]]:
    rows = []
    for path in sorted(DEMONSTRATION.glob("*honourees.csv")):
        with path.open(encoding="utf-8-sig") as file:
            rows += list(csv.DictReader(file))
    return rows


NAMES = [
    *dict.fromkeys(row["name"] for row in demonstration()),
    *RARE,
    "买买提·尼亚孜",
    "吕品",
    "乐单曾",
    "尉迟恭",
    "3号车间",
    "Anna Strong",
]
TEXTS = [" ".join(value for value in row.values() if value) for row in demonstration()]


def invented(count: int) -> Iterator[str]:
    rng = random.Random(20)
    letters = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英长乐朝晟茜重行吕绿女" + "".join(
        name for name in RARE if "\ue863" not in name
    )
    for _ in range(count):
        yield rng.choice(list(SURNAMES)) + "".join(rng.choices(letters, k=rng.randint(1, 3)))


def found(query: str, kind: Kind, text: str) -> bool:
    return matches(parse_query(query), index_terms(kind, text))


def test_every_part_of_a_name_finds_it() -> None:
    for name in [*NAMES, *invented(300)]:
        for run in re.findall(f"[{HAN_CLASS}]+", name):
            parts = {run[start : start + length] for length in range(1, 7) for start in range(len(run))}
            terms = index_terms(Kind.NAME, name)
            assert all(matches(parse_query(part), terms) for part in parts), name
        assert found(name, Kind.NAME, name) and found(name.replace("·", ""), Kind.NAME, name)


def test_every_reading_and_its_initials_find_a_name() -> None:
    for name in [name for name in [*NAMES, *invented(300)] if "\ue863" not in name]:
        terms = index_terms(Kind.NAME, name)
        for reading in name_readings(name):
            for typed in ("".join(reading), initials_of(reading)):
                assert matches(parse_query(typed), terms), (name, typed)
            if len(reading) <= MAX_GROUPS and len(" ".join(reading)) <= MAX_CHARACTERS:
                assert matches(parse_query(" ".join(reading)), terms), (name, reading)


def test_typing_pinyin_finds_a_name_at_every_letter() -> None:
    for name in NAMES[:40]:
        whole = "".join(name_readings(name)[0])
        terms = index_terms(Kind.NAME, name)
        assert all(matches(parse_query(whole[:length]), terms) for length in range(1, len(whole) + 1)), name


def test_every_part_of_a_text_finds_it() -> None:
    rng = random.Random(7)
    for text in TEXTS:
        terms = index_terms(Kind.TEXT, text)
        for run in re.findall(f"[{HAN_CLASS}]{{2,}}", text):
            for _ in range(5):
                start = rng.randrange(len(run) - 1)
                part = run[start : rng.randint(start + 2, len(run))]
                assert matches(parse_query(part), terms), (part, text)
        for number in re.findall(r"\d+", text):
            assert matches(parse_query(number), terms), (number, text)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("wangjinxi", "王进喜"),
        ("wang jin xi", "王进喜"),
        ("WANG Jin", "王进喜"),
        ("wjx", "王进喜"),
        ("wangj", "王进喜"),
        ("jinxi", "王进喜"),
        ("王jx", "王进喜"),
        ("wang进喜", "王进喜"),
        ("王 喜", "王进喜"),
        ("ｗｊｘ", "王进喜"),
        ("wáng jìnxǐ", "王进喜"),
        ("王進喜", "王进喜"),
        ("lü", "吕品"),
        ("lv pin", "吕品"),
        ("lu pin", "吕品"),
        ("lyupin", "吕品"),
        ("danxiongxin", "单雄信"),
        ("sxx", "单雄信"),
        ("dxx", "单雄信"),
        ("买买提 尼亚孜", "买买提·尼亚孜"),
        ("提尼", "买买提•尼亚孜"),
        ("xian fandian", "西安饭店"),
        ("anna", "Anna Strong"),
        ("3号", "3号车间"),
        ("xi'an", "西安车站"),
    ],
)
def test_what_visitors_type_finds_the_name(query: str, name: str) -> None:
    assert found(query, Kind.NAME, name)


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("王进军", "王进喜"),
        ("wangjun", "王进喜"),
        ("wang jing xi", "王进喜"),
        ("喜王", "王进喜"),
        ("jw", "王进喜"),
        ("2024", "王进喜"),
    ],
)
def test_what_is_not_there_is_not_found(query: str, name: str) -> None:
    assert not found(query, Kind.NAME, name)


def test_text_is_found_by_traditional_words_years_and_letters() -> None:
    text = "2024年获全国劳动模范称号，T3航站楼，第3次，Café"
    for query in ("勞動模範", "劳动模范 2024", "2024年", "第3次", "t3", "cafe", "caf", "称号"):
        assert found(query, Kind.TEXT, text), query
    for query in ("模劳", "号T", "2023", "劳动模范 2023", "afe"):
        assert not found(query, Kind.TEXT, text), query


@pytest.mark.parametrize("text", ["", " ", "\x00", "，。！?*\"'()-:^~", "😀🏅", "\u200b\ufeff", "·", "_", "\ud800"])
def test_nothing_typed_is_an_empty_query(text: str) -> None:
    query = parse_query(text)
    assert query.is_empty and not matches(query, index_terms(Kind.NAME, "王进喜")) and name_tiers(query) == ()
    assert index_terms(Kind.NAME, text) == index_terms(Kind.TEXT, text) == exact_keys(text) == []
    assert highlight("王进喜", query) == [("王进喜", False)] and rank_names(query, ["王进喜"]) is Rank.TEXT


def test_any_input_is_capped_and_never_raises() -> None:
    rng = random.Random(1)
    for typed in ("王" * 500, "x" * 500, "a 王 " * 200, "ﷺ" * 500, "\x00王\x00", "王" + "\u0301" * 400):
        query = parse_query(typed)
        assert len(query.groups) <= MAX_GROUPS and len(query.text) <= MAX_CHARACTERS
    for _ in range(500):
        typed = "".join(
            chr(rng.choice((rng.randrange(0x250), rng.randrange(0x10000), rng.randrange(0x110000)))) for _ in range(12)
        )
        query = parse_query(typed)
        segments = highlight(typed, query, rng.choice(list(Kind)))
        assert "".join(part for part, _ in segments) == typed
        assert query.is_empty or found(typed, Kind.NAME, typed), ascii(typed)


def test_every_term_is_one_token_of_fts5_and_of_a_whitespace_analyzer() -> None:
    rng = random.Random(2)
    samples = [*NAMES, "".join(map(chr, range(0xA0, 0x530))), "ئۇيغۇر ཞི་བ ᠮᠣᠩᠭᠣᠯ 한국 ひら 𝔸 𐍈 ǅ ﬁ ß ς"]
    samples += ["".join(chr(rng.randrange(0x20, 0x32400)) for _ in range(20)) for _ in range(500)]
    terms = {term for text in samples for kind in Kind for term in index_terms(kind, text)}
    assert all(term.split() == [term] and term == term.lower() for term in terms)
    connection = sqlite3.connect(":memory:")
    connection.execute(f'create virtual table page using fts5(terms, tokenize="{TOKENS}")')
    connection.execute("create virtual table vocabulary using fts5vocab(page, 'row')")
    storable = {term for term in terms if term.encode(errors="ignore").decode() == term}
    connection.execute("insert into page values (?)", (" ".join(sorted(storable)),))
    assert {row[0] for row in connection.execute("select term from vocabulary")} == storable
    for sign in string.whitespace + string.punctuation.replace("_", ""):
        assert not any(sign in term for term in terms)


def test_names_rank_exact_then_prefix_then_contained_then_pinyin_then_text() -> None:
    han = parse_query("進喜")
    names = {"进喜": Rank.EXACT, "进喜来": Rank.PREFIX, "王进喜": Rank.CONTAINS, "进希": Rank.TEXT}
    assert {name: rank_names(han, [name]) for name in names} == names
    assert rank_names(han, ["王五", "进喜"]) is Rank.EXACT
    for typed in ("wang jin xi", "wangjinxi", "wjx"):
        assert rank_names(parse_query(typed), ["王进喜"]) is Rank.PINYIN
    assert rank_names(parse_query("wangjin"), ["王进喜"]) is Rank.TEXT
    assert rank_names(parse_query("anna strong"), ["Anna Strong"]) is Rank.EXACT
    assert [tier.rank for tier in name_tiers(han)] == [Rank.EXACT, Rank.PREFIX, Rank.CONTAINS]
    assert exact_keys("吕品") == ["n_吕品", "w_lvpin", "i_lp", "w_lyupin", "w_lupin"]


@pytest.mark.parametrize(
    ("query", "text", "kind", "marked"),
    [
        ("劳动模范 2024", "他是勞動模範，劳动者，2024年", Kind.TEXT, ["勞動模範", "2024"]),
        ("劳动模范", "模范的劳动", Kind.TEXT, ["模范", "劳动"]),
        ("动模", "劳动，模范", Kind.TEXT, []),
        ("提尼", "买买提·尼亚孜", Kind.NAME, ["提", "尼"]),
        ("wangj", "王进喜", Kind.NAME, ["王进"]),
        ("wang xi", "王进喜", Kind.NAME, ["王", "喜"]),
        ("jx", "王进喜", Kind.NAME, ["进喜"]),
        ("wjx", "王进喜", Kind.TEXT, []),
        ("anna", "Anna Hanna", Kind.TEXT, ["Anna"]),
        ("王", "<b>王</b>", Kind.TEXT, ["王"]),
        ("ab", "ＡＢ班", Kind.TEXT, ["ＡＢ"]),
        ("航站", "T3航站楼", Kind.TEXT, ["航站"]),
        ("straße", "Große Straße", Kind.TEXT, ["Straße"]),
        ("t3", "新T3楼", Kind.TEXT, ["T3"]),
    ],
)
def test_matches_are_marked_in_the_original_text(query: str, text: str, kind: Kind, marked: list[str]) -> None:
    segments = highlight(text, parse_query(query), kind)
    assert [part for part, hit in segments if hit] == marked
    assert "".join(part for part, _ in segments) == text

"""Names are read as names: surnames by their own readings, every plausible one findable."""

import csv
from pathlib import Path

import pytest

from registry.text.pinyin import (
    COMPOUND_SURNAMES,
    GIVEN,
    MAX_READINGS,
    SURNAMES,
    full,
    initials,
    name_readings,
    plain,
    sort_key,
    surname,
    text_pinyin,
)

DEMONSTRATION = Path(__file__).parents[3] / "cms" / "data" / "demo"


@pytest.mark.parametrize(
    ("name", "reading"),
    [
        ("王进喜", "wang jin xi"),
        ("单雄信", "shan xiong xin"),
        ("單雄信", "shan xiong xin"),
        ("仇和", "qiu he"),
        ("曾国藩", "zeng guo fan"),
        ("解晓东", "xie xiao dong"),
        ("查良镛", "zha liang yong"),
        ("区寄", "ou ji"),
        ("盖叫天", "ge jiao tian"),
        ("尉迟恭", "yu chi gong"),
        ("万俟卨", "mo qi"),
        ("长孙无忌", "zhang sun wu ji"),
        ("澹台灭明", "tan tai mie ming"),
        ("万里", "wan li"),
        ("单于", "shan yu"),
        ("翟志刚", "zhai zhi gang"),
        ("吕品", "lv pin"),
        ("任长霞", "ren chang xia"),
        ("时传祥", "shi chuan xiang"),
        ("重庆长安汽车集团", "chong qing chang an qi che ji tuan"),
        ("3号车间", "3 hao che jian"),
        ("㛃𬭎", "jie hong"),
        ("買買提•尼亞孜", "mai mai ti ni ya zi"),
    ],
)
def test_a_name_is_read_as_one(name: str, reading: str) -> None:
    assert " ".join(name_readings(name)[0]).startswith(reading)


@pytest.mark.parametrize(
    ("name", "readings"),
    [
        ("乐嘉", {"yuejia", "lejia"}),
        ("覃辉", {"qinhui", "tanhui"}),
        ("翟明", {"zhaiming", "diming"}),
        ("吕品", {"lvpin", "lyupin", "lupin"}),
        ("牟其中", {"mouqizhong", "muqizhong"}),
        ("隗嚣", {"weixiao", "kuixiao"}),
        ("长孙明", {"zhangsunming", "changsunming"}),
    ],
)
def test_both_readings_of_a_surname_are_there(name: str, readings: set[str]) -> None:
    assert readings <= {"".join(reading) for reading in name_readings(name)}


def test_surnames_are_told_from_given_names() -> None:
    assert [
        surname(name)
        for name in ("欧阳修", "欧阳", "王进喜", "長孫無忌", "买买提·尼亚孜", "Anna Strong", "", "爱新觉罗溥仪")
    ] == [
        "欧阳",
        "欧",
        "王",
        "長孫",
        "买买提",
        "Anna",
        "",
        "爱新觉罗",
    ]


def test_the_tables_hold_plain_syllables() -> None:
    for table in (SURNAMES, GIVEN):
        for character, readings in table.items():
            assert len(character) == 1 and readings and len(set(readings)) == len(readings)
            assert all(reading.isascii() and reading.islower() for reading in readings)
    assert all(len(name) == len(readings) for name, readings in COMPOUND_SURNAMES.items())


def test_full_and_initials() -> None:
    assert (full("王进喜"), initials("王进喜"), initials("3号车间"), full("·"), initials("")) == (
        "wangjinxi",
        "wjx",
        "3hcj",
        "",
        "",
    )
    assert [plain(word) for word in ("lǚ", "LÜ", "Éva", "xǐ", "nüè", "abc")] == ["lv", "lv", "eva", "xi", "nve", "abc"]


def test_names_sort_by_syllables_then_characters_with_digits_and_latin_first() -> None:
    names = ["王伟", "汪伟", "万俟雪", "安明", "10号楼", "2号楼", "ABC班", "王进喜", "莫言", "王韦"]
    assert sorted(names, key=sort_key) == [
        "2号楼",
        "10号楼",
        "ABC班",
        "安明",
        "万俟雪",
        "莫言",
        "王进喜",
        "汪伟",
        "王伟",
        "王韦",
    ]
    assert sort_key("王进喜") == "wang jin xi 王进喜"


def test_ambiguous_organisations_do_not_multiply() -> None:
    readings = name_readings("乐单曾任吕覃翟牟" * 6)
    assert 1 <= len(readings) <= MAX_READINGS
    assert len(name_readings("行长乐朝单")) <= MAX_READINGS


def test_text_is_read_by_phrases() -> None:
    assert text_pinyin("重庆工人，2024年 OK") == "chong qing gong ren 2024 nian ok"


def test_the_honourees_of_the_demonstration_have_plain_readings() -> None:
    names = []
    for path in sorted(DEMONSTRATION.glob("*honourees.csv")):
        with path.open(encoding="utf-8-sig") as file:
            names += [row["name"] for row in csv.DictReader(file)]
    assert len(names) > 100
    for name in names:
        assert name_readings(name) and full(name).isascii() and full(name).isalnum(), name

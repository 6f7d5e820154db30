"""The reference data files: complete, unique, their links whole, and every published award title known."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ORGANISATIONS = ROOT / "registry/organisations/data"
PEOPLE = ROOT / "registry/people/data"
HONOURS = ROOT / "registry/honours/data"
DEMO = ROOT / "cms/data/demo"

LEVELS = {"national", "provincial", "city", "county", "unit"}
LEVELS_ZH = {"国家级": "national", "省部级": "provincial", "地市级": "city"}
HOLDERS = {"individual": {"individual"}, "collective": {"collective", "team"}}
NINGXIA = {
    "银川市": "兴庆区 西夏区 金凤区 永宁县 贺兰县 灵武市",
    "石嘴山市": "大武口区 惠农区 平罗县",
    "吴忠市": "利通区 红寺堡区 盐池县 同心县 青铜峡市",
    "固原市": "原州区 西吉县 隆德县 泾源县 彭阳县",
    "中卫市": "沙坡头区 中宁县 海原县",
}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def nodes(path: Path) -> list[dict[str, Any]]:
    data: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


def repeated(values: list[str]) -> list[str]:
    return [value for value, count in Counter(values).items() if count > 1]


@pytest.fixture(scope="module")
def regions() -> dict[str, dict[str, str]]:
    listed = rows(ORGANISATIONS / "regions.csv")
    assert repeated([row["code"] for row in listed]) == []
    return {row["code"]: row for row in listed}


@pytest.fixture(scope="module")
def titles() -> dict[str, dict[str, Any]]:
    listed = nodes(HONOURS / "titles.yaml")
    assert repeated([title["code"] for title in listed]) == []
    return {title["code"]: title for title in listed}


@pytest.fixture(scope="module")
def demo_awards() -> list[dict[str, str]]:
    return rows(DEMO / "honourees.csv") + rows(DEMO / "historic_honourees.csv")


def test_regions_cover_the_country(regions: dict[str, dict[str, str]]) -> None:
    assert Counter(row["level"] for row in regions.values()) == {"province": 34, "city": 333, "county": 2842}
    assert {"710000", "810000", "820000"} <= regions.keys()
    assert "640199" not in regions, "the area code of invented ID numbers must stay unassigned"


def test_regions_form_a_tree(regions: dict[str, dict[str, str]]) -> None:
    above = {"city": {"province"}, "county": {"province", "city"}}
    for code, row in regions.items():
        assert len(code) == 6 and code.isdigit()
        if row["level"] == "province":
            assert row["parent"] == ""
        else:
            assert regions[row["parent"]]["level"] in above[row["level"]], code
            assert regions[row["parent"]]["code"][:2] == code[:2]
    assert not {"市辖区", "县", "省直辖县级行政区划"} & {row["name"] for row in regions.values()}


def test_districts_of_municipalities_hang_from_the_province(regions: dict[str, dict[str, str]]) -> None:
    for code in ("110101", "120101", "310101", "500101", "500229", "419001", "429004", "469001", "659001"):
        assert regions[code]["parent"] == code[:2] + "0000"


def test_short_names_are_what_people_write(regions: dict[str, dict[str, str]]) -> None:
    expected = {
        "640000": "宁夏", "640100": "银川", "640104": "兴庆", "150000": "内蒙古", "450000": "广西", "650000": "新疆",
        "110000": "北京", "810000": "香港", "130133": "赵县", "220200": "吉林市", "222400": "延边", "532901": "大理市",
    }  # fmt: skip
    assert {code: regions[code]["short_name"] for code in expected} == expected
    upper = [row["short_name"] for row in regions.values() if row["level"] != "county"]
    assert repeated(upper) == []
    siblings = [row["parent"] + row["short_name"] for row in regions.values()]
    assert repeated(siblings) == []


def test_pinyin_reads_place_names(regions: dict[str, dict[str, str]]) -> None:
    expected = {"500000": "chong qing shi", "341500": "lu an shi", "140400": "chang zhi shi", "640303": "hong si bu qu"}
    assert {code: regions[code]["pinyin"] for code in expected} == expected
    for row in regions.values():
        assert len(row["pinyin"].split()) == len(row["name"])
        assert row["pinyin"].replace(" ", "").isascii()


def test_ningxia_is_complete(regions: dict[str, dict[str, str]]) -> None:
    cities = {row["name"]: code for code, row in regions.items() if row["parent"] == "640000"}
    assert cities.keys() == NINGXIA.keys()
    for city, counties in NINGXIA.items():
        assert {row["name"] for row in regions.values() if row["parent"] == cities[city]} == set(counties.split())


def test_the_union_tree_follows_the_regions(regions: dict[str, dict[str, str]]) -> None:
    listed = nodes(ORGANISATIONS / "unions.yaml")
    assert repeated([node["code"] for node in listed]) == []
    seen: dict[str, dict[str, Any]] = {}
    for node in listed:
        assert node.keys() == {"code", "name", "kind", "region", "parent"}
        assert node["region"] in regions
        assert node["parent"] in seen or (node["parent"] == "" and not seen), "parents come before children"
        seen[node["code"]] = node
    regional = {node["region"]: node for node in listed if node["kind"] == "regional"}
    assert regional.keys() == {code for code in regions if code.startswith("64")}
    for region, node in regional.items():
        assert node["name"] == regions[region]["name"] + "总工会"
        parent = regions[region]["parent"]
        assert node["parent"] == (regional[parent]["code"] if parent else "")
    industrial = [node for node in listed if node["kind"] == "industrial"]
    assert len(industrial) == 7 and len(regional) == 28
    assert {node["parent"] for node in industrial} == {"NX"}


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        (ORGANISATIONS / "industries.csv", list("ABCDEFGHIJKLMNOPQRST")),
        (PEOPLE / "ethnicities.csv", [f"{number:02d}" for number in range(1, 57)]),
        (PEOPLE / "political_statuses.csv", [f"{number:02d}" for number in range(1, 14)]),
        (PEOPLE / "education.csv", ["10", "11", "14", "20", "30", "40", "60", "70", "80", "90"]),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_code_tables_are_complete(path: Path, codes: list[str]) -> None:
    listed = rows(path)
    assert [row["code"] for row in listed] == codes
    for column in listed[0]:
        assert repeated([row[column] for row in listed]) == []
        assert all(row[column] for row in listed)


def test_ethnic_letter_codes_match_the_standard() -> None:
    letters = {row["name_zh"]: row["letter"] for row in rows(PEOPLE / "ethnicities.csv")}
    assert all(len(letter) == 2 and letter.isupper() for letter in letters.values())
    assert (letters["汉族"], letters["回族"], letters["东乡族"], letters["基诺族"]) == ("HA", "HU", "DX", "JN")


def test_own_code_tables() -> None:
    ownership = {row["code"]: row["sector"] for row in rows(ORGANISATIONS / "ownership.csv")}
    assert len(ownership) == 12
    assert set(ownership.values()) == {"public", "non_public", "organ", "institution", "social"}
    non_public = {code for code, sector in ownership.items() if sector == "non_public"}
    assert non_public == {"private", "foreign", "hmt", "cooperative", "individual"}
    classes = [row["code"] for row in rows(PEOPLE / "identity_classes.csv")]
    assert len(set(classes)) == len(classes) == 9
    assert {"industrial_worker", "migrant_worker", "enterprise_head", "new_employment"} <= set(classes)


def test_titles_are_well_formed(titles: dict[str, dict[str, Any]], regions: dict[str, dict[str, str]]) -> None:
    required = {"code", "name", "name_en", "level", "treatment", "holders", "conferred_by", "conferring_region"}
    required |= {"from_year", "historic", "aliases", "note", "source"}
    for code, title in titles.items():
        assert required <= title.keys() <= required | {"to_year", "successor", "ambiguous", "candidates"}, code
        assert title["level"] in LEVELS
        assert title["treatment"] in LEVELS | {""}
        assert title["holders"] and set(title["holders"]) <= {"individual", "collective", "team"}
        assert title["conferring_region"] in regions.keys() | {""}
        assert title["source"] in {"published list", "to be confirmed"} or title["source"][1:].isdigit()
        assert set(title.get("candidates", [])) <= titles.keys()
        assert bool(title.get("candidates")) == title.get("ambiguous", False)
        assert title.get("successor", code) in titles
        assert title.get("to_year", 9999) >= (title["from_year"] or 0)


def test_a_region_title_is_conferred_at_the_level_of_its_region(
    titles: dict[str, dict[str, Any]], regions: dict[str, dict[str, str]]
) -> None:
    expected = {"province": "provincial", "city": "city"}
    for title in titles.values():
        if title["conferring_region"]:
            assert title["level"] == expected[regions[title["conferring_region"]]["level"]]


def test_treatment_is_claimed_only_for_model_and_advanced_workers(titles: dict[str, dict[str, Any]]) -> None:
    treated = {title["name"]: title for title in titles.values() if title["treatment"]}
    assert all("劳动模范" in name or "先进工作者" in name for name in treated)
    assert all(title["treatment"] == title["level"] for title in treated.values())
    assert treated["全国绿化劳动模范"]["treatment"] == "provincial"


def test_no_name_or_alias_is_ambiguous(titles: dict[str, dict[str, Any]]) -> None:
    spellings = [name for title in titles.values() for name in [title["name"], *title["aliases"]]]
    assert repeated(["".join(filter(str.isalnum, name)) for name in spellings]) == []


def test_every_demonstration_award_has_its_title(
    titles: dict[str, dict[str, Any]], demo_awards: list[dict[str, str]]
) -> None:
    by_name = {name: title for title in titles.values() for name in [title["name"], *title["aliases"]]}
    assert len(demo_awards) == 185
    for award in demo_awards:
        title = by_name[award["award_title"]]
        assert title["level"] == LEVELS_ZH[award["award_level"]], award["award_title"]
        assert HOLDERS[award["kind"]] & set(title["holders"]), award["award_title"]
        if award["year"].isdigit():
            year = int(award["year"])
            assert (title["from_year"] or 0) <= year <= title.get("to_year", 9999), award


def test_the_undivided_title_is_flagged(titles: dict[str, dict[str, Any]]) -> None:
    flagged = [title for title in titles.values() if title.get("ambiguous")]
    assert [title["name"] for title in flagged] == ["全国劳动模范或全国先进工作者（来源未逐人区分）"]
    assert flagged[0]["candidates"] == ["national_model_worker", "national_advanced_worker"]


def test_stories_tell_of_known_honourees(demo_awards: list[dict[str, str]]) -> None:
    stories = json.loads((DEMO / "stories.json").read_text(encoding="utf-8"))
    assert len(stories) == 12
    assert {story["name"] for story in stories} <= {award["name"] for award in demo_awards}

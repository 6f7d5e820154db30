"""The public API: what it gives, what it refuses, and how often one may ask."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from registry.people.actions import set_withheld
from tests.registry.conftest import Federation
from tests.search.conftest import MakeFile

pytestmark = pytest.mark.django_db
BASE = "/api/v1"


def test_a_list_holds_public_facts(client: Client, make_file: MakeFile) -> None:
    file = make_file("单雨晴", unit_name="宁夏电力有限公司", position="高级工程师", region="640100", note="内部")
    answer = client.get(f"{BASE}/honourees", {"q": "shanyuqing"})
    assert answer.status_code == 200
    assert answer.json() == {
        "items": [
            {
                "slug": file.slug,
                "url": f"/honourees/{file.slug}/",
                "name": "单雨晴",
                "aliases": [],
                "kind": "individual",
                "unit": "宁夏电力有限公司",
                "position": "高级工程师",
                "region": "银川市",
                "headline": "自治区劳动模范",
                "headline_year": 2020,
                "honours": [{"title": "自治区劳动模范", "level": "provincial", "year": 2020}],
            }
        ],
        "total": 1,
        "total_capped": False,
        "next": "",
        "degraded": False,
    }


def test_filters_and_cursor(client: Client, make_file: MakeFile) -> None:
    for number, given in enumerate("一二三"):
        make_file("张" + given, year=2019 + number, region="640105" if number else "110000")
    assert [each["name"] for each in client.get(f"{BASE}/honourees", {"year": "2020"}).json()["items"]] == ["张二"]
    assert client.get(f"{BASE}/honourees", {"region": "640000"}).json()["total"] == 2
    assert client.get(f"{BASE}/honourees", {"kind": "collective"}).json()["total"] == 0
    names: list[str] = []
    cursor = ""
    while True:
        answer = client.get(f"{BASE}/honourees", {"size": "1", "cursor": str(cursor), "sort": "year"}).json()
        names += [each["name"] for each in answer["items"]]
        cursor = answer["next"]
        if not cursor:
            break
    assert names == ["张三", "张二", "张一"]


@pytest.mark.parametrize(
    "asked", [{"cursor": "made up"}, {"size": "0"}, {"year": "two"}, {"kind": "robot"}, {"sort": "x"}, {"q": "x" * 500}]
)
def test_nonsense_is_refused_in_words(client: Client, db: None, asked: dict[str, str]) -> None:
    answer = client.get(f"{BASE}/honourees", asked)
    assert answer.status_code == 422
    assert answer.json()["detail"]


def test_one_file(client: Client, make_file: MakeFile, federation: Federation) -> None:
    file = make_file("单雨晴", sex="female", native_place="宁夏中卫")
    found = client.get(f"{BASE}/honourees/{file.slug}").json()
    assert (found["name"], found["native_place"], found["honours"][0]["title"]) == (
        "单雨晴",
        "宁夏中卫",
        "自治区劳动模范",
    )
    set_withheld(file, withheld=True, actor=federation.registrar, reason="本人要求")
    for slug in (file.slug, "nobody", "a%00b", "..", "%E5%BC%A0"):
        answer = client.get(f"{BASE}/honourees/{slug}")
        assert answer.status_code == 404
        assert answer.json()["detail"]


def test_suggestions(client: Client, make_file: MakeFile) -> None:
    file = make_file("单雨晴", unit_name="宁夏电力有限公司")
    for text in ("单", "shan", "syq", "雨晴"):
        assert client.get(f"{BASE}/suggest", {"q": text}).json() == [
            {"label": "单雨晴", "url": file.get_absolute_url(), "detail": "宁夏电力有限公司 · 自治区劳动模范"}
        ]
    assert client.get(f"{BASE}/suggest", {"q": "电力"}).json() == []
    assert client.get(f"{BASE}/suggest").json() == []
    for number in range(10):
        make_file(f"单{'甲乙丙丁戊己庚辛壬癸'[number]}")
    assert len(client.get(f"{BASE}/suggest", {"q": "单"}).json()) == 8


def test_the_number_of_queries_does_not_grow(client: Client, make_file: MakeFile) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(f"{BASE}/honourees", {"q": "张"})
        return len(found)

    make_file("张三")
    one = queries()
    for given in "一二四五六":
        make_file("张" + given)
    assert queries() == one <= 10


def test_whoever_asks_too_often_waits(client: Client, db: None) -> None:
    codes = [client.get(f"{BASE}/honourees").status_code for _ in range(121)]
    assert codes == [200] * 120 + [429]
    answer = client.get(f"{BASE}/honourees", headers={"X-Forwarded-For": "203.0.113.7"})
    assert answer.status_code == 429, "an address that somebody merely claims doesn't count"
    assert answer.json()["detail"]
    assert client.get(f"{BASE}/honourees", REMOTE_ADDR="203.0.113.8").status_code == 200
    assert client.get(f"{BASE}/suggest", {"q": "a"}).status_code == 200


def test_the_documentation_keeps_to_the_policy(client: Client, db: None) -> None:
    answer = client.get(f"{BASE}/docs")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert "//cdn" not in html
    assert "swagger-ui-init.js" in html
    policy = answer.headers["Content-Security-Policy"]
    assert "'unsafe-inline'" not in policy
    assert "img-src 'self' data:" in policy
    assert client.get(f"{BASE}/openapi.json").json()["info"]["version"] == "1"


def test_an_unknown_address_answers_in_json(client: Client, db: None) -> None:
    for path in ("/api/v1/nothing", "/api/v2/honourees"):
        answer: Any = client.get(path)
        assert answer.status_code == 404
        assert answer.json()["detail"]

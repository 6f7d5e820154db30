"""The search page, as a visitor without scripts has it."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from registry.people.models import OtherName
from search import indexing, service, sources
from tests.search.conftest import MakeFile
from tests.search.test_indexing import FakeServer, fake

__all__ = ["fake"]
pytestmark = pytest.mark.django_db


def page(client: Client, **asked: Any) -> Any:
    answer = client.get("/search/", asked)
    assert answer.status_code == 200
    return answer


def test_a_hit_shows_who_it_is_with_the_words_marked(client: Client, make_file: MakeFile) -> None:
    file = make_file("单雨晴", unit_name="宁夏电力有限公司", position="高级工程师", region="640100")
    answer = page(client, q="单雨 工程师")
    html = answer.content.decode()
    assert "<mark>单雨</mark>晴" in html
    assert "高级<mark>工程师</mark>" in html
    assert file.get_absolute_url() in html
    assert "银川市 · 自治区劳动模范 · 2020" in html
    assert not any(value.selected for group in answer.context["facets"] for value in group.values)


def test_pinyin_marks_the_name(client: Client, make_file: MakeFile) -> None:
    make_file("单雨晴")
    assert "单<mark>雨晴</mark>" in page(client, q="yuqing").content.decode()


def test_filters_narrow_and_can_be_taken_away(client: Client, make_file: MakeFile) -> None:
    make_file("张三", year=2020)
    make_file("张四", year=2021)
    make_file("张五", year=2021, kind="individual", level="city", title="银川市劳动模范")
    answer = page(client, q="张", year="2021", sort="pinyin")
    groups = {group.key: group for group in answer.context["facets"]}
    assert {value.value: value.count for value in groups["year"].values} == {"2021": 2, "2020": 1}
    assert {value.value: value.count for value in groups["level"].values} == {"provincial": 1, "city": 1}
    assert [value.selected for value in groups["year"].values] == [True, False]
    assert groups["level"].values[0].url == "/search/?q=%E5%BC%A0&year=2021&level=provincial&sort=pinyin"
    ((label, away),) = answer.context["chips"]
    assert "2021" in label
    assert away == "/search/?q=%E5%BC%A0&sort=pinyin"
    assert [hit.card.name for hit in answer.context["results"]] == ["张四", "张五"]
    assert len(client.get(groups["level"].values[0].url).context["results"]) == 1


def test_nothing_asked_is_a_hint(client: Client, db: None) -> None:
    answer = page(client)
    assert answer.context["results"] == []
    assert answer.context["clear_url"] == "/honourees/"


def test_names_that_sound_alike_are_offered(client: Client, make_file: MakeFile) -> None:
    file = make_file("王进喜")
    answer = page(client, q="汪近熙")
    assert answer.context["results"] == []
    assert answer.context["suggestions"] == [("王进喜", file.get_absolute_url())]


def test_an_index_that_lags_shows_nobody_who_is_no_longer_public(client: Client, make_file: MakeFile) -> None:
    file = make_file("张三")
    type(file)._base.filter(pk=file.pk).update(is_public=False)
    assert service.find("张三").hits
    assert page(client, q="张三").context["results"] == []


def test_the_page_says_quietly_that_the_database_answers(client: Client, make_file: MakeFile, fake: FakeServer) -> None:
    make_file("张三")
    assert not page(client, q="张三").context["engine_notice"]
    fake.away = True
    answer = page(client, q="张三")
    assert answer.context["engine_notice"]
    assert str(answer.context["engine_notice"]) in answer.content.decode()
    assert len(answer.context["results"]) == 1


def test_the_number_of_queries_does_not_grow(client: Client, make_file: MakeFile) -> None:
    def queries() -> int:
        page(client, q="张", year="2020")
        with CaptureQueriesContext(connection) as found:
            page(client, q="张", year="2020")
        return len(found)

    files = [make_file("张三")]
    one = queries()
    files += [make_file("张" + given) for given in "一二四五六七八九"]
    for file in files:
        OtherName.objects.create(honouree=file, name="铁人", name_key="铁人", kind="known_as")
    indexing.refresh("honouree", [file.pk for file in files])
    assert queries() == one <= 12


def test_pages_follow_each_other(client: Client, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("search.views.SIZE", 2)
    for given in "一二三":
        make_file("张" + given)
    first = page(client, q="张").context["pager"]
    assert (first.previous_url, first.first_url) == ("", "")
    second = client.get(first.next_url).context
    assert len(second["results"]) == 1
    assert second["pager"].next_url == ""
    assert len(client.get(second["pager"].previous_url).context["results"]) == 2
    assert len(page(client, q="张", cursor="made up").context["results"]) == 2


FIELDS = ["q", "year", "level", "title", "region", "industry", "kind", "sort", "cursor"]
LONE = "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")
ODD = ["\x00", "'", LONE, "9" * 400, "-1", "0", "\u00b2", "<script>", "*" * 3000, "%", "\u0662\u0660\u0662\u0660"]


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("value", ODD)
def test_no_address_breaks_the_page(client: Client, db: None, name: str, value: str) -> None:
    html = page(client, **{"q": "张", name: value}).content.decode()
    assert "<script>" not in re.sub(r"<script (src|type)[^>]*>", "", html)
    assert escape("<script>") in html or value != "<script>" or name not in ("q", "level")


def test_the_index_can_be_adorned(client: Client, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []

    def adorn(cards: Any) -> Any:
        seen.append(len(cards))
        return cards

    monkeypatch.setattr(sources, "_adornments", [adorn])
    make_file("张三")
    page(client, q="张三")
    assert seen == [1]


def test_only_reading_is_allowed(client: Client, db: None) -> None:
    assert client.post("/search/").status_code == 405

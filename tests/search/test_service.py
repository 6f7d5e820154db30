"""The search server goes away and comes back; the visitor gets answers all the time."""

import logging
import time
from typing import Any

import pytest

from search import service
from search.engines.base import EngineAway
from tests.search.conftest import MakeFile
from tests.search.test_indexing import FakeServer, fake

__all__ = ["fake"]
pytestmark = pytest.mark.django_db


def test_the_database_answers_for_a_server_that_is_away(
    make_file: MakeFile, fake: FakeServer, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    make_file("张三")
    assert not service.find("张三").degraded
    fake.away = True
    with caplog.at_level(logging.WARNING, "search.service"):
        for _ in range(3):
            found = service.find("张三")
            assert (found.degraded, len(found.hits)) == (True, 1)
            assert [hit.title for hit in service.suggest("zhang")] == ["张三"]
        assert len(caplog.records) == 1, "said once"
        fake.away = False
        asked = fake.asked
        assert service.find("张三").degraded
        assert fake.asked == asked, "left alone for a while"
        monkeypatch.setattr(service.breaker, "_until", time.monotonic() - 1)
        assert not service.find("张三").degraded
        assert len(caplog.records) == 2


def test_after_the_pause_one_question_is_tried() -> None:
    breaker = service.Breaker()
    assert not breaker.is_open
    breaker.trip(EngineAway("timeout"))
    assert breaker.is_open
    breaker._until = 0.0
    assert not breaker.is_open
    assert breaker.is_open, "the others wait for the outcome"
    breaker.reset()
    assert not breaker.is_open


def test_a_real_connection_refused(make_file: MakeFile, settings: Any) -> None:
    settings.SEARCH_ENGINE = "elasticsearch"
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    make_file("张三")
    began = time.monotonic()
    found = service.find("张三")
    assert found.degraded
    assert len(found.hits) == 1
    assert time.monotonic() - began < 2


def test_cursors_lead_forth_and_back(make_file: MakeFile) -> None:
    for number in range(5):
        make_file("张" + "一二三四五"[number])
    for sort in ("relevance", "year", "pinyin", "stroke"):
        first = service.find("张", size=2, sort=sort)
        second = service.find("张", size=2, sort=sort, cursor=first.next)
        third = service.find("张", size=2, sort=sort, cursor=second.next)
        assert first.previous == third.next == ""
        assert len({hit.key for page in (first, second, third) for hit in page.hits}) == 5
        back = service.find("张", size=2, sort=sort, cursor=third.previous)
        assert back.hits == second.hits
        home = service.find("张", size=2, sort=sort, cursor=back.previous)
        assert (home.hits, home.previous) == (first.hits, "")
        assert service.find("张", size=2, sort=sort, cursor=home.next).hits == second.hits


@pytest.mark.parametrize(
    "cursor", ["x", "WzAsMSwyXQ", "WzAsInllYXIiLDk5OTk5LDFd", "=" * 99, "\x00", "WzAsInJlbGV2YW5jZSIsOSwxXQ"]
)
def test_made_up_cursors_are_refused(cursor: str) -> None:
    with pytest.raises(service.InvalidCursor):
        service.find("张", cursor=cursor)


def test_a_cursor_of_another_order_is_refused(make_file: MakeFile) -> None:
    make_file("张三")
    make_file("张四")
    cursor = service.find("张", size=1, sort="pinyin").next
    with pytest.raises(service.InvalidCursor):
        service.find("张", size=1, sort="stroke", cursor=cursor)

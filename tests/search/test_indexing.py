"""From a commit to a hit: what is indexed, when, and what happens when the server is away."""

import subprocess
import sys
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from registry.honours.actions import confer
from registry.honours.models import Conferral
from registry.honours.queries import Filters
from registry.people.actions import change_file, set_withheld
from registry.people.models import Honouree, OtherName
from search import indexing, service, sources
from search.engines.base import EngineAway
from search.engines.embedded import EmbeddedEngine
from search.models import SearchDebt, SearchEntry
from search.signals import announce_pages
from search.sources import build, honouree_documents, now_version, page_document
from search.tasks import replay_debts
from tests.registry.conftest import Federation
from tests.search.conftest import MakeFile

pytestmark = pytest.mark.django_db


class FakeServer:
    """A search server that can go away, and remembers what it was told."""

    name = "elasticsearch"

    def __init__(self) -> None:
        self.away = False
        self.asked = 0
        self.held: dict[str, str] = {}

    def _answer(self) -> None:
        self.asked += 1
        if self.away:
            raise EngineAway("connection refused")

    def index(self, documents: Any) -> None:
        self._answer()
        self.held |= {document.key: document.title for document in documents}

    def delete(self, keys: Any, version: int) -> None:
        self._answer()
        for key in keys:
            self.held.pop(key, None)

    def search(self, ask: Any) -> Any:
        self._answer()
        return EmbeddedEngine().search(ask)

    def suggest(self, query: Any, size: int) -> Any:
        self._answer()
        return EmbeddedEngine().suggest(query, size)


@pytest.fixture
def fake(settings: Any, monkeypatch: pytest.MonkeyPatch) -> FakeServer:
    settings.SEARCH_ENGINE = "elasticsearch"
    found = FakeServer()
    monkeypatch.setattr(service, "server", lambda: found)
    return found


@pytest.fixture
def pages() -> Iterator[dict[int, str]]:
    """A room that has pages."""
    held: dict[int, str] = {}

    def build_pages(ids: Any, version: int) -> list[Any]:
        return [
            page_document(pk, title=held[pk], url=f"/stories/{pk}/", text="治沙三十年", version=version)
            for pk in ids
            if pk in held
        ]

    before = sources.sources()
    sources.register("page", lambda: sorted(held), build_pages)
    yield held
    sources._sources.clear()
    sources._sources.update(before)


def keys(text: str, **more: Any) -> list[str]:
    return [hit.key for hit in service.find(text, **more).hits]


def test_a_new_honour_is_found_when_it_is_committed(make_file: MakeFile) -> None:
    file = make_file("单雨晴", unit_name="宁夏电力有限公司", position="高级工程师")
    for text in (
        "单雨晴",
        "雨晴",
        "shanyuqing",
        "danyuqing",
        "syq",
        "宁夏电力",
        "工程师 单",
        "自治区劳动模范",
        "2020年",
    ):
        assert keys(text) == [f"honouree:{file.pk}"], text
    assert keys("", filters=Filters(level="provincial", year="2020")) == [f"honouree:{file.pk}"]
    assert keys("", filters=Filters(level="national")) == []


def test_what_is_not_public_reaches_no_index(
    make_file: MakeFile, federation: Federation, django_capture_on_commit_callbacks: Any
) -> None:
    file = make_file("单雨晴", note="暗访记录")
    other = make_file("曾乐")
    assert "\u6697\u8bbf" not in SearchEntry.objects.get(key=f"honouree:{file.pk}").terms.split()
    with django_capture_on_commit_callbacks(execute=True):
        set_withheld(file, withheld=True, actor=federation.registrar, reason="本人要求")
    assert keys("单雨晴") == []
    assert keys("曾乐") == [f"honouree:{other.pk}"]
    assert not SearchEntry.objects.filter(key=f"honouree:{file.pk}").exists()


def test_a_new_name_replaces_the_old_one_which_stays_findable(
    make_file: MakeFile, federation: Federation, django_capture_on_commit_callbacks: Any
) -> None:
    file = make_file("张三")
    with django_capture_on_commit_callbacks(execute=True):
        change_file(file, actor=federation.registrar, facts={"name": "张叁"}, reason="更名")
    assert keys("张叁") == keys("张三") == keys("zhangsan") == [f"honouree:{file.pk}"]
    assert SearchEntry.objects.get(key=f"honouree:{file.pk}").title == "张叁"


def test_documents_are_built_in_bulk(make_file: MakeFile) -> None:
    ids = [make_file(name).pk for name in ("张三", "李四", "王五")]
    OtherName.objects.create(honouree_id=ids[0], name="铁人", name_key="铁人", kind="known_as")
    with CaptureQueriesContext(
        connection,
    ) as one:
        honouree_documents(ids[:1], 1)
    with CaptureQueriesContext(connection) as three:
        found = honouree_documents(ids, 1)
    assert len(one) == len(three) <= 8
    assert len(found) == 3
    assert build("honouree", [*ids, 999_999], 1)[1] == ["honouree:999999"]


def test_pages_come_from_the_room_that_has_them(pages: dict[int, str], django_capture_on_commit_callbacks: Any) -> None:
    pages[5] = "一棵树的三十年"
    with django_capture_on_commit_callbacks(execute=True):
        announce_pages([5])
    assert keys("治沙") == keys("一棵树") == ["page:5"]
    del pages[5]
    with django_capture_on_commit_callbacks(execute=True):
        announce_pages([5])
    assert keys("治沙") == []
    with pytest.raises(ValueError, match="secret"):
        sources.register("secret", list, lambda ids, version: [])


def test_comparing_names_what_is_missing_stale_and_extra_and_mends_it(make_file: MakeFile) -> None:
    lost, old, gone = (make_file(name) for name in ("张三", "李四", "王五"))
    SearchEntry.objects.filter(key=f"honouree:{lost.pk}").delete()
    Honouree._base.filter(pk=old.pk).update(position="焊工")
    Honouree._base.filter(pk=gone.pk).update(is_public=False)
    found = indexing.compare(service.embedded())
    assert (found.missing, found.stale, found.extra) == (
        [f"honouree:{lost.pk}"],
        [f"honouree:{old.pk}"],
        [f"honouree:{gone.pk}"],
    )
    with pytest.raises(CommandError, match="repair"):
        call_command("compare_index", stdout=StringIO())
    said = StringIO()
    call_command("compare_index", "--repair", stdout=said)
    assert "3 read again" in said.getvalue()
    assert not indexing.compare(service.embedded()).wrong
    assert keys("焊工") == [f"honouree:{old.pk}"]
    call_command("compare_index", stdout=StringIO())


def test_rebuilding_from_nothing(make_file: MakeFile, pages: dict[int, str]) -> None:
    file = make_file("单雨晴")
    pages[8] = "一棵树"
    SearchEntry.objects.all().delete()
    assert indexing.is_empty()
    said = StringIO()
    call_command("rebuild_index", "--engine", "embedded", stdout=said)
    assert "embedded: 2 documents" in said.getvalue()
    assert not indexing.is_empty()
    assert keys("单雨晴") == [f"honouree:{file.pk}"]
    assert keys("一棵树") == ["page:8"]


def test_who_loses_the_only_honour_leaves_the_index_for_good(make_file: MakeFile) -> None:
    file = make_file("单雨晴")
    Conferral._base.filter(honouree=file).update(is_revoked=True)
    Honouree._base.filter(pk=file.pk).update(is_public=False)
    for _ in range(2):
        indexing.refresh("honouree", [file.pk])
        assert keys("单雨晴") == []
    assert not SearchEntry.objects.exists()


def test_a_server_that_is_away_is_told_later(make_file: MakeFile, fake: FakeServer) -> None:
    first = make_file("张三")
    assert fake.held == {f"honouree:{first.pk}": "张三"}
    assert not SearchDebt.objects.exists()
    fake.away = True
    second = make_file("李四")
    asked = fake.asked
    make_file("王五")
    assert fake.asked == asked, "not asked again while it is known to be away"
    assert {debt.key.split(":")[0] for debt in SearchDebt.objects.all()} == {"honouree"}
    assert SearchDebt.objects.count() == 2
    assert keys("李四") == [f"honouree:{second.pk}"]
    assert replay_debts() == 0
    fake.away = False
    Honouree._base.filter(pk=second.pk).update(name="李肆")
    assert replay_debts() == 2
    assert fake.held[f"honouree:{second.pk}"] == "李肆", "what is told is what is true now"
    assert not SearchDebt.objects.exists()


def test_a_new_debt_survives_the_settling_of_an_older_one(make_file: MakeFile, fake: FakeServer) -> None:
    fake.away = True
    file = make_file("张三")
    key = f"honouree:{file.pk}"
    SearchDebt.objects.filter(key=key).update(version=now_version() + 60_000_000)
    fake.away = False
    indexing._tell([], [key], now_version())
    assert SearchDebt.objects.filter(key=key).exists()


def test_two_honours_of_one_holder_filter_together_only_when_one_has_both(
    make_file: MakeFile, federation: Federation, django_capture_on_commit_callbacks: Any
) -> None:
    file = make_file("张三", level="provincial", year=2019)
    with django_capture_on_commit_callbacks(execute=True):
        confer(file, federation.title("全国劳动模范（测试）", "national"), actor=federation.registrar, year=2021)
    assert keys("张三", filters=Filters(level="national", year="2021"))
    assert keys("张三", filters=Filters(level="national", year="2019")) == []


def test_what_is_the_same_is_not_written_again(make_file: MakeFile) -> None:
    file = make_file("张三")
    before = SearchEntry.objects.get()
    with CaptureQueriesContext(connection) as same:
        indexing.refresh("honouree", [file.pk])
    assert not [query for query in same if query["sql"].startswith(("INSERT", "DELETE"))]
    after = SearchEntry.objects.get()
    assert (after.digest, after.version > before.version) == (before.digest, True)
    SearchEntry.objects.update(terms="f_all")
    indexing.rebuild(service.embedded())
    assert SearchEntry.objects.get().terms == before.terms, "a rebuild mends what looks the same"


def test_the_worker_has_read_the_dictionaries_before_its_first_task() -> None:
    """In a process of its own, where nothing else has read them yet."""
    program = """
import time
import django
from django.conf import settings
settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
django.setup()
from django.core.management import call_command
from django_tasks_db.management.commands import db_worker
from search.sources import page_document

def first_task(worker):
    began = time.perf_counter()
    page_document(1, title="\u738b\u8fdb\u559c", url="", text="\u5927\u5e86\u94bb\u4e95")
    print(time.perf_counter() - began)

db_worker.Worker.run = first_task
db_worker.Worker.configure_signals = lambda worker: None
call_command("db_worker", "--no-reload")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert float(done.stdout) < 0.2, "the first change waits for nothing"

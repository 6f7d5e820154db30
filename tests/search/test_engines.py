"""One suite for every engine: the same hits, order, counts and facets as the plain reading of the rules."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from registry.honours.queries import Filters
from search import dsl, service
from search.analysis import parse_query
from search.documents import SORTS, SearchDocument
from search.engines.base import CAP, Ask, Engine, EngineAway
from search.engines.elasticsearch import ElasticsearchEngine
from tests.search.invented import FILTERS, QUERIES, document, documents, expected, expected_facets

pytestmark = pytest.mark.django_db
MADE = documents()
ENGINES = ["embedded", pytest.param("elasticsearch", marks=pytest.mark.elasticsearch)]
ALL = 2000


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, settings: Any) -> Iterator[Engine]:
    """An engine that holds the invented documents and nothing else."""
    settings.ELASTICSEARCH_TIMEOUT = 20
    found = service.engine_named(request.param)
    found.rebuild([MADE[:100], MADE[100:]])
    yield found


def settle(engine: Engine) -> None:
    """Make what was written findable."""
    if isinstance(engine, ElasticsearchEngine):
        engine.refresh()


def keys(engine: Engine, text: str, filters: Filters | None = None, **more: Any) -> list[str]:
    ask = Ask(parse_query(text), filters or Filters(), **{"size": ALL, **more})
    return [hit.key for hit in engine.search(ask).hits]


def test_every_query_finds_what_the_rules_say_in_their_order(engine: Engine) -> None:
    wrong = {text for text in QUERIES if keys(engine, text) != expected(parse_query(text), Filters(), MADE)}
    assert not wrong
    assert sum(bool(keys(engine, text)) for text in QUERIES) > len(QUERIES) * 0.7


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: str(filters.chosen()))
def test_filters_counts_and_facets(engine: Engine, filters: Filters) -> None:
    for text in ("", "王", "有限公司", "wang", "2020"):
        query = parse_query(text)
        answer = engine.search(Ask(query, filters, size=ALL, facets=True))
        wanted = expected(query, filters, MADE)
        assert [hit.key for hit in answer.hits] == wanted
        assert (answer.total, answer.total_capped, answer.more) == (len(wanted), False, False)
        assert answer.facets == expected_facets(query, filters, MADE)
        assert keys(engine, text, filters) == wanted, "with and without facets the same"


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("text", ["", "公司", "wang"])
def test_pages_forth_and_back_hold_every_hit_once(engine: Engine, text: str, sort: str) -> None:
    whole = keys(engine, text, sort=sort)
    query = parse_query(text)
    seen: list[str] = []
    page = engine.search(Ask(query, sort=sort, size=7))
    pages = [page]
    while page.more:
        page = engine.search(Ask(query, sort=sort, size=7, after=page.hits[-1].place))
        pages.append(page)
    seen = [hit.key for page in pages for hit in page.hits]
    assert seen == whole
    assert len(whole) == len(set(whole)) > 14
    for before, here in zip(pages, pages[1:], strict=False):
        back = engine.search(Ask(query, sort=sort, size=7, after=here.hits[0].place, back=True))
        assert back.hits == before.hits


@pytest.mark.parametrize("sort", ["year", "pinyin", "stroke"])
def test_orders(engine: Engine, sort: str) -> None:
    by_key = {each.key: each for each in MADE}
    found = [by_key[key] for key in keys(engine, "", sort=sort)]
    facts = {
        "year": lambda each: (-each.latest_year, each.position),
        "pinyin": lambda each: (each.pinyin_key.encode(), each.position),
        "stroke": lambda each: (each.stroke_key.encode(), each.position),
    }
    assert found == sorted(MADE, key=facts[sort])


def test_pages_can_be_left_out(engine: Engine) -> None:
    assert "page:900001" in keys(engine, "王进喜")
    assert keys(engine, "王进喜", honourees_only=True)[0] == "honouree:900001"
    assert not [key for key in keys(engine, "", honourees_only=True) if key.startswith("page")]


def test_the_nickname_and_the_exact_name_come_first(engine: Engine) -> None:
    for text in ("铁人", "王进喜", "wangjinxi", "wjx", "tieren"):
        assert keys(engine, text)[0] == "honouree:900001", text
    for reading in ("shanyuqing", "danyuqing"):
        assert keys(engine, reading)[0] == "honouree:900002"
    assert keys(engine, "tanyuqing") == []


def test_suggestions_look_into_names_alone(engine: Engine) -> None:
    assert [hit.title for hit in engine.suggest(parse_query("王进喜"), 8)][0] == "王进喜"
    found = engine.suggest(parse_query("tier"), 8)
    assert [hit.key for hit in found] == ["honouree:900001"]
    assert engine.suggest(parse_query("大庆"), 8) == []
    assert keys(engine, "大庆") == ["page:900001"]
    assert engine.suggest(parse_query(""), 8) == []
    assert len(engine.suggest(parse_query("w"), 3)) == 3


def test_an_older_version_never_replaces_a_newer_one(engine: Engine) -> None:
    old = document("honouree:5001", ["仲孙无忌"], version=10)
    new = replace(document("honouree:5001", ["仲孙有忌"]), version=20)
    engine.index([new])
    engine.index([old])
    engine.delete(["honouree:5001"], 15)
    settle(engine)
    assert keys(engine, "仲孙无忌") == []
    assert keys(engine, "仲孙有忌") == ["honouree:5001"]
    engine.delete(["honouree:5001", "honouree:777777"], 30)
    settle(engine)
    assert keys(engine, "仲孙有忌") == []
    assert keys(engine, "")  # the others stay


def test_a_change_of_honours_moves_and_recounts(engine: Engine) -> None:
    first = MADE[0]
    engine.index([replace(first, honours=(), highest_rank=0, latest_year=0, region="640105", version=9)])
    settle(engine)
    assert keys(engine, "王进喜", Filters(level="national")) == []
    assert keys(engine, "王进喜", Filters(region="640100")) == [first.key]


def test_a_rebuild_leaves_nothing_old_and_keeps_newer_changes(engine: Engine) -> None:
    changed = replace(MADE[3], version=50, title="Changed meanwhile")

    def batches() -> Iterator[list[SearchDocument]]:
        engine.index([changed])
        assert keys(engine, "单雨晴") == ["honouree:900002"], "searching goes on"
        yield [replace(each, version=40) for each in MADE[:10]]
        engine.delete([MADE[0].key], 60)

    assert engine.rebuild(batches()) == 10
    settle(engine)
    found = dict(engine.keys_and_digests())
    assert found.keys() == {each.key for each in MADE[1:10]}
    assert found[changed.key] == changed.digest
    assert engine.ping()


def test_counts_stop_at_the_cap(engine: Engine) -> None:
    many = [document(f"honouree:{10_000 + number}", [f"丁{number}"], texts=["纺织"]) for number in range(CAP + 5)]
    engine.index(many)
    settle(engine)
    answer = engine.search(Ask(parse_query("纺织"), size=5, facets=True))
    assert (answer.total, answer.total_capped, answer.more, len(answer.hits)) == (CAP, True, True, 5)
    assert answer.facets["kind"] == {"individual": CAP + 5}


def test_pages_of_very_many_hits_hold_every_hit_once(engine: Engine) -> None:
    many = [document(f"honouree:{10_000 + number}", [f"丁{number}"], texts=["纺织"]) for number in range(CAP + 5)]
    engine.index(many)
    settle(engine)
    query = parse_query("纺织")
    pages = [engine.search(Ask(query, size=400))]
    while pages[-1].more:
        pages.append(engine.search(Ask(query, size=400, after=pages[-1].hits[-1].place)))
    found = [hit.key for page in pages for hit in page.hits]
    assert found == [each.key for each in sorted(many, key=lambda each: each.position)]
    for before, here in zip(pages, pages[1:], strict=False):
        assert engine.search(Ask(query, size=400, after=here.hits[0].place, back=True)).hits == before.hits


def test_short_beginnings_of_pinyin_are_no_beginnings_of_anything_else(engine: Engine) -> None:
    """What stands before a term's kind (`p_`, `s_`, `w_`) is not to be found by typing it."""
    engine.index([document("honouree:6002", ["孙洋"]), document("honouree:6003", ["潘悦"])])
    settle(engine)
    everybody = len(keys(engine, ""))
    for text, wanted in (("sy", "honouree:6002"), ("py", "honouree:6003"), ("panyu", "honouree:6003")):
        found = keys(engine, text)
        assert wanted in found
        assert len(found) < everybody / 4


def test_beginnings_of_every_length_find_the_name(engine: Engine) -> None:
    for whole in ("wangjinxi", "shanyuqing", "wjx"):
        for end in range(1, len(whole) + 1):
            names = [hit.title for hit in engine.suggest(parse_query(whole[:end]), ALL)]
            assert ("单雨晴" if whole[0] == "s" else "王进喜") in names, whole[:end]


@pytest.mark.parametrize(
    "text",
    [
        "'",
        '"',
        "a' OR 1",
        "王:*",
        "&|!()",
        "\x00王",
        "% _",
        "\\",
        "NOT AND OR",
        "*",
        "^王",
        "长" * 500,
        "a" * 500,
        "䶮 𬭎",
        "😀",
    ],
)
def test_no_words_break_an_engine(engine: Engine, text: str) -> None:
    found = keys(engine, text)
    assert found == expected(parse_query(text), Filters(), MADE)


def test_terms_of_any_length_are_found_again(engine: Engine) -> None:
    name = "Llanfair" * 40
    engine.index([document("honouree:6001", [name], texts=["x" * 3000])])
    settle(engine)
    assert keys(engine, name[:100]) == ["honouree:6001"]
    assert keys(engine, "x" * 90) == ["honouree:6001"]


@pytest.mark.elasticsearch
def test_the_server_keeps_to_its_mapping(settings: Any) -> None:
    settings.ELASTICSEARCH_TIMEOUT = 20
    engine = ElasticsearchEngine()
    engine.rebuild([MADE[:5]])
    with pytest.raises(dsl.Trouble):
        dsl.client().index(index=engine.alias, document={"id_number": "1"})
    before = set(dsl.client().indices.get_alias(name=engine.alias))
    engine.rebuild([MADE[:5]])
    assert set(dsl.client().indices.get_alias(name=engine.alias)).isdisjoint(before)
    assert not dsl.client().indices.exists(index=sorted(before)[0])


@pytest.mark.elasticsearch
def test_a_broken_rebuild_harms_nobody_and_is_swept_away(settings: Any) -> None:
    settings.ELASTICSEARCH_TIMEOUT = 20
    engine = ElasticsearchEngine()
    engine.rebuild([MADE[:5]])

    def breaks() -> Iterator[list[SearchDocument]]:
        yield MADE[:2]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        engine.rebuild(breaks())
    settle(engine)
    assert len(keys(engine, "")) == 5
    engine.index([MADE[6]])
    engine.rebuild([MADE[:7]])
    assert len(keys(engine, "")) == 7
    assert len(dsl.client().indices.get(index=f"{engine.alias}-*")) == 1


def test_a_server_that_is_away_says_so(settings: Any) -> None:
    settings.ELASTICSEARCH_URL = "http://127.0.0.1:9"
    engine = ElasticsearchEngine()
    assert not engine.ping()
    for ask in (
        lambda: engine.search(Ask(parse_query("王"))),
        lambda: engine.index(MADE[:1]),
        lambda: engine.delete(["honouree:1"], 1),
        lambda: engine.suggest(parse_query("王"), 3),
        lambda: engine.rebuild([]),
    ):
        with pytest.raises(EngineAway):
            ask()

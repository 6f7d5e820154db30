"""The node of `tests/services/elasticsearch` can do what the search relies on."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.conf import settings
from elasticsearch import Elasticsearch
from elasticsearch.helpers import bulk, scan

pytestmark = pytest.mark.elasticsearch

MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "grams": {"type": "text", "analyzer": "whitespace"},
        "level": {"type": "keyword"},
        "year": {"type": "integer"},
        "suggest": {"type": "completion", "analyzer": "keyword"},
    },
}
WORKERS: list[dict[str, Any]] = [
    {"grams": "王 进 喜 王进 进喜", "level": "national", "year": 1959, "suggest": ["王进喜", "wangjinxi", "wjx"]},
    {"grams": "时 传 祥 时传 传祥", "level": "national", "year": 1959, "suggest": ["时传祥", "shichuanxiang"]},
    {"grams": "王 崇 伦 王崇 崇伦", "level": "province", "year": 1956, "suggest": ["王崇伦", "wangchonglun"]},
]


@pytest.fixture
def client() -> Iterator[Elasticsearch]:
    with Elasticsearch(settings.ELASTICSEARCH_URL, request_timeout=30) as connected:
        yield connected


@pytest.fixture
def index(client: Elasticsearch) -> Iterator[str]:
    name = f"{settings.SEARCH_INDEX_PREFIX}-node-1"
    client.indices.create(index=name, mappings=MAPPINGS, settings={"number_of_replicas": 0})
    assert write(client, name, version=2) == len(WORKERS)
    yield name
    client.indices.delete(index=name)


def write(client: Elasticsearch, index: str, *, version: int) -> int:
    """Write every worker under this version; return how many the server accepted."""
    rows = (
        {"_index": index, "_id": str(key), "version": version, "version_type": "external_gte", "_source": row}
        for key, row in enumerate(WORKERS)
    )
    accepted, _refused = bulk(client, rows, refresh=True, raise_on_error=False)
    return int(accepted)


def test_an_older_version_never_overwrites_a_newer_one(client: Elasticsearch, index: str) -> None:
    assert write(client, index, version=2) == len(WORKERS)
    assert write(client, index, version=1) == 0


def test_tokens_of_ours_are_found_as_they_are(client: Elasticsearch, index: str) -> None:
    answer = client.search(index=index, query={"match_phrase": {"grams": "王 进 喜"}})
    assert [hit["_id"] for hit in answer["hits"]["hits"]] == ["0"]


def test_facets_count_beyond_the_filter_on_the_hits(client: Elasticsearch, index: str) -> None:
    answer = client.search(
        index=index,
        query={"match": {"grams": "王"}},
        post_filter={"term": {"level": "national"}},
        aggs={"level": {"terms": {"field": "level"}}, "year": {"terms": {"field": "year"}}},
    )
    assert [hit["_id"] for hit in answer["hits"]["hits"]] == ["0"]
    counts = {bucket["key"]: bucket["doc_count"] for bucket in answer["aggregations"]["level"]["buckets"]}
    assert counts == {"national": 1, "province": 1}


@pytest.mark.parametrize("typed", ["王进", "wangj", "wjx"])
def test_suggestions_complete_characters_pinyin_and_initials(client: Elasticsearch, index: str, typed: str) -> None:
    suggest = {"names": {"prefix": typed, "completion": {"field": "suggest", "skip_duplicates": True}}}
    answer = client.search(index=index, suggest=suggest)
    assert [option["_id"] for option in answer["suggest"]["names"][0]["options"]] == ["0"]


def test_an_alias_moves_to_a_new_index_in_one_step(client: Elasticsearch, index: str) -> None:
    alias, second = f"{settings.SEARCH_INDEX_PREFIX}-node", f"{settings.SEARCH_INDEX_PREFIX}-node-2"
    client.indices.update_aliases(actions=[{"add": {"index": index, "alias": alias}}])
    client.indices.create(index=second, mappings=MAPPINGS, settings={"number_of_replicas": 0})
    client.indices.update_aliases(
        actions=[{"remove": {"index": index, "alias": alias}}, {"add": {"index": second, "alias": alias}}]
    )
    assert client.count(index=alias)["count"] == 0
    assert list(client.indices.get_alias(name=alias)) == [second]
    client.indices.delete(index=second)


def test_a_scan_passes_every_document(client: Elasticsearch, index: str) -> None:
    assert {hit["_id"] for hit in scan(client, index=index, size=1)} == {"0", "1", "2"}

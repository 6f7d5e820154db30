"""The only module that knows elasticsearch_dsl: the document, its mapping, the client, and what can go wrong."""

from functools import lru_cache
from typing import Any

from django.conf import settings
from elasticsearch import ApiError, Elasticsearch, NotFoundError, TransportError
from elasticsearch.helpers import BulkIndexError, scan, streaming_bulk
from elasticsearch_dsl import (
    A,
    Boolean,
    Document,
    Index,
    Integer,
    Keyword,
    Long,
    MetaField,
    Q,
    Search,
    Short,
    Text,
)

# A server that is away, refuses, has no such index, or took some and refused others.
Trouble = (TransportError, ApiError, BulkIndexError)
__all__ = [
    "A",
    "HonoureeDocument",
    "Index",
    "NotFoundError",
    "Q",
    "Search",
    "Trouble",
    "client",
    "index_name",
    "scan",
    "streaming_bulk",
]


class HonoureeDocument(Document):
    """A `SearchDocument` as the server keeps it. Terms come ready made from `search.analysis`."""

    key = Keyword()
    kind = Keyword()
    title = Keyword(index=False, doc_values=False)
    url = Keyword(index=False, doc_values=False)
    summary = Text(index=False)
    terms = Text(analyzer="whitespace", index_options="docs", norms=False)
    is_honouree = Boolean()
    region = Keyword()
    industry = Keyword()
    # What holds of one honour, by the facts in the order level, title, year; the parts joined by a bar.
    honour_l = Keyword()
    honour_t = Keyword()
    honour_y = Keyword()
    honour_lt = Keyword()
    honour_ly = Keyword()
    honour_ty = Keyword()
    honour_lty = Keyword()
    position = Long()
    highest_rank = Integer()
    latest_year = Short()
    pinyin_key = Keyword()
    stroke_key = Keyword()
    version = Long()
    digest = Keyword()

    class Meta:
        dynamic = MetaField("strict")


def index_name() -> str:
    """Return the alias that is searched."""
    return f"{settings.SEARCH_INDEX_PREFIX}-honourees"


@lru_cache(maxsize=4)
def _client(url: str, timeout: float, api_key: str, user: str, password: str, ca_certs: str) -> Elasticsearch:
    options: dict[str, Any] = {"request_timeout": timeout, "max_retries": 0, "retry_on_timeout": False}
    if api_key:
        options["api_key"] = api_key
    elif user:
        options["basic_auth"] = (user, password)
    if ca_certs:
        options["ca_certs"] = ca_certs
    return Elasticsearch(url, **options)


def client() -> Elasticsearch:
    """Return the client of the server in the settings; one for the process."""
    return _client(
        settings.ELASTICSEARCH_URL,
        settings.ELASTICSEARCH_TIMEOUT,
        settings.ELASTICSEARCH_API_KEY,
        settings.ELASTICSEARCH_USER,
        settings.ELASTICSEARCH_PASSWORD,
        settings.ELASTICSEARCH_CA_CERTS,
    )


def make_index(name: str) -> None:
    """Create an index with the mapping of the document, ready to be filled."""
    index = Index(name, using=client())
    index.document(HonoureeDocument)
    index.settings(
        number_of_shards=1,
        number_of_replicas=getattr(settings, "SEARCH_REPLICAS", 0),
        refresh_interval="100ms",
        # How long the version of a deleted document is remembered: longer than a rebuild takes.
        gc_deletes="1h",
    )
    index.create(using=client().options(request_timeout=30))

"""Search by an Elasticsearch server: hits in pages by `search_after`, counts by post_filter, a rebuild without a gap."""

import time
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from registry.honours.queries import Filters
from search import dsl
from search.analysis import Query, Rank, Term
from search.documents import (
    FACTS,
    HONOUR_FACTS,
    HONOUREES,
    IMPOSSIBLE,
    SearchDocument,
    combinations,
    filter_terms,
    plan,
    without,
    year_of,
)
from search.engines.base import CAP, Ask, EngineAway, Facets, Hit, SearchResult

SORT_FIELD = {"year": ("latest_year", True), "pinyin": ("pinyin_key", False), "stroke": ("stroke_key", False)}
SHOWN = ["key", "kind", "title", "url", "summary"]
MOST_VALUES = 4000
CHUNK = 500
LETTERS = {"level": "l", "title": "t", "year": "y"}
BULK_SECONDS = 30
P = ParamSpec("P")
R = TypeVar("R")


def _or_away(method: Callable[P, R]) -> Callable[P, R]:
    @wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return method(*args, **kwargs)
        except dsl.Trouble as error:
            raise EngineAway(f"{type(error).__name__}: {str(error)[:300]}") from error

    return call


class ElasticsearchEngine:
    """The engine on a server of its own. Writes go to the alias searched and, during a rebuild, to the coming one."""

    name = "elasticsearch"

    @property
    def alias(self) -> str:
        """What is searched."""
        return dsl.index_name()

    @property
    def coming(self) -> str:
        """What is being rebuilt; exists during a rebuild only."""
        return f"{self.alias}-coming"

    @_or_away
    def index(self, documents: Iterable[SearchDocument]) -> None:
        """Add or replace; an older version never replaces a newer one."""
        self._everywhere([_index_action(document) for document in documents])

    @_or_away
    def delete(self, keys: Iterable[str], version: int) -> None:
        """Remove what is no newer than the version."""
        self._everywhere([_delete_action(key, version) for key in keys])

    def _everywhere(self, actions: list[dict[str, Any]]) -> None:
        """Write to the alias, and to the coming index if a rebuild has begun: what it reads later is newer anyway."""
        if not actions:
            return
        if not dsl.client().indices.exists_alias(name=self.alias):
            # A versioned delete would make an index of that name in the alias's place.
            raise EngineAway("no index yet: run rebuild_index")
        names = [self.alias]
        if dsl.client().indices.exists_alias(name=self.coming):
            names.append(self.coming)
        for name in names:
            refused = self._bulk(name, actions)
            # The rebuild may have ended meanwhile: then the alias is the new index, and has it.
            if name == self.alias and refused:
                raise EngineAway(f"refused: {refused[0]}")

    def _bulk(self, name: str, actions: Iterable[dict[str, Any]]) -> list[str]:
        """Write in chunks. Returns what was refused for another reason than a newer version being there."""
        client = dsl.client().options(request_timeout=BULK_SECONDS)
        refused = []
        told = ({**action, "_index": name} for action in actions)
        # Without require_alias the server would make an index of that name, with a mapping guessed, where the alias belongs.
        for done, item in dsl.streaming_bulk(client, told, chunk_size=CHUNK, raise_on_error=False, require_alias=True):
            if not done:
                answer = next(iter(item.values()))
                gone = answer.get("result") == "not_found"
                if answer.get("status") != 409 and not gone:
                    refused.append(str(answer.get("error"))[:300])
        return refused

    @_or_away
    def search(self, ask: Ask) -> SearchResult:
        """Answer a question."""
        found = self._request(ask).execute()
        hits = [_hit(hit, ask) for hit in found.hits.hits][: ask.size]
        if ask.back:
            hits.reverse()
        number = int(found.hits.total.value)
        facets = _read_facets(found.to_dict()["aggregations"], ask.filters) if ask.facets else {}
        return SearchResult(hits, len(found.hits.hits) > ask.size, min(number, CAP), number > CAP, facets)

    def _request(self, ask: Ask) -> Any:
        asked = plan(ask.query, names_only=ask.names_only)
        required = [_any_of(group) for group in asked.groups]
        if ask.honourees_only:
            required.append(dsl.Q("term", is_honouree=True))
        narrowing = _filters(ask.filters)
        later = narrowing if ask.facets else []
        scored = ask.sort not in SORT_FIELD
        query = dsl.Q("bool", filter=[*required, *([] if ask.facets else narrowing)])
        if scored:
            query.should = [_tiers(asked.tiers)]
        request = dsl.Search(using=dsl.client(), index=self.alias).query(query)
        request = request.source(SHOWN).extra(size=ask.size + 1, track_total_hits=CAP + 1, track_scores=scored)
        if later:
            request = request.post_filter("bool", filter=later)
        if ask.facets:
            for fact in FACTS:
                request.aggs.bucket(fact, "filter", bool={"filter": _filters(without(ask.filters, fact))}).bucket(
                    "values", _facet(fact, ask.filters)
                )
        return _in_order(request, ask)

    @_or_away
    def suggest(self, query: Query, size: int) -> list[Hit]:
        """Return what a name may become while it is typed."""
        return [] if query.is_empty else self.search(Ask(query, size=size, names_only=True)).hits

    @_or_away
    def keys_and_digests(self) -> Iterator[tuple[str, str]]:
        """Yield every document's key and fingerprint."""
        client = dsl.client().options(request_timeout=BULK_SECONDS)
        client.indices.refresh(index=self.alias)
        rows = dsl.scan(client, index=self.alias, query={"_source": ["key", "digest"]}, size=5000)
        return iter([(row["_source"]["key"], row["_source"]["digest"]) for row in rows])

    @_or_away
    def rebuild(self, batches: Iterable[list[SearchDocument]]) -> int:
        """Fill a new index beside the old one and swap the alias in one step.

        Changes during the rebuild are written to both; the versions settle which came last. A rebuild that broke off
        is swept away by the next; two at a time make the first one fail.
        """
        client = dsl.client().options(request_timeout=BULK_SECONDS)
        before = self._indices()
        living = self._behind(self.alias)
        for name in before - living:
            client.indices.delete(index=name, ignore_unavailable=True)
        fresh = f"{self.alias}-{time.time_ns() // 1_000_000}"
        dsl.make_index(fresh)
        client.indices.put_alias(index=fresh, name=self.coming)
        number = 0
        for batch in batches:
            refused = self._bulk(self.coming, [_index_action(document) for document in batch])
            if refused:
                raise EngineAway(f"refused: {refused[0]}")
            number += len(batch)
        client.indices.refresh(index=fresh)
        actions: list[dict[str, Any]] = [{"remove": {"index": name, "alias": self.alias}} for name in living]
        actions += [{"add": {"index": fresh, "alias": self.alias}}]
        actions += [{"remove": {"index": fresh, "alias": self.coming}}]
        client.indices.update_aliases(actions=actions)
        for name in living:
            client.indices.delete(index=name, ignore_unavailable=True)
        return number

    def _indices(self) -> set[str]:
        found = dsl.client().indices.get(index=f"{self.alias}-*", ignore_unavailable=True, features="aliases")
        return {str(name) for name in found}

    def _behind(self, alias: str) -> set[str]:
        try:
            return {str(name) for name in dsl.client().indices.get_alias(name=alias)}
        except dsl.NotFoundError:
            return set()

    @_or_away
    def refresh(self) -> None:
        """Make what was written findable at once (by itself it takes a tenth of a second)."""
        dsl.client().options(request_timeout=BULK_SECONDS).indices.refresh(index=self.alias)

    def ping(self) -> bool:
        """Whether the server answers and has the index."""
        try:
            return bool(dsl.client().indices.exists_alias(name=self.alias))
        except dsl.Trouble:
            return False


def _index_action(document: SearchDocument) -> dict[str, Any]:
    held: dict[str, set[str]] = {}
    for honour in document.honours:
        for parts in combinations(honour):
            name = "honour_" + "".join(letter for letter, part in zip("lty", parts, strict=True) if part)
            held.setdefault(name, set()).add("|".join(part for part in parts if part))
    body = {
        "key": document.key,
        "kind": document.kind,
        "title": document.title,
        "url": document.url,
        "summary": document.summary,
        "terms": " ".join(document.terms),
        "is_honouree": HONOUREES in document.terms,
        "region": document.facets["region"],
        "industry": document.industry or None,
        "position": document.position,
        "highest_rank": document.highest_rank,
        "latest_year": document.latest_year,
        "pinyin_key": document.pinyin_key,
        "stroke_key": document.stroke_key,
        "version": document.version,
        "digest": document.digest,
        **{name: sorted(values) for name, values in held.items()},
    }
    return {"_op_type": "index", "_id": document.key, **_versioned(document.version), "_source": body}


def _delete_action(key: str, version: int) -> dict[str, Any]:
    return {"_op_type": "delete", "_id": key, **_versioned(version)}


def _versioned(version: int) -> dict[str, Any]:
    return {"version": version, "version_type": "external_gte"}


def _term(term: Term) -> Any:
    if term.prefix:
        return dsl.Q("prefix", terms={"value": term.text, "rewrite": "constant_score"})
    return dsl.Q("term", terms=term.text)


def _any_of(alternatives: Iterable[Iterable[Term]]) -> Any:
    several = [dsl.Q("bool", filter=[_term(term) for term in terms]) for terms in alternatives]
    return dsl.Q("bool", should=several, minimum_should_match=1)


def _tiers(tiers: Iterable[tuple[int, Any]]) -> Any:
    """Score by the best tier alone: `BEST - rank`, whole numbers that a float holds exactly."""
    scored = [dsl.Q("constant_score", filter=_any_of(any_of), boost=_score(rank)) for rank, any_of in tiers]
    rest = dsl.Q("constant_score", filter=dsl.Q("match_all"), boost=_score(Rank.TEXT))
    return dsl.Q("dis_max", queries=[*scored, rest])


def _score(rank: int) -> float:
    return float(int(Rank.TEXT) + 1 - int(rank))


def _filters(filters: Filters) -> list[Any]:
    """Return the filters as queries on keyword fields, by the same rules as `filter_terms`."""
    if IMPOSSIBLE in filter_terms(filters):
        return [dsl.Q("match_none")]
    # The terms are in the index anyway; the rules are then the same to the letter.
    return [dsl.Q("term", terms=term) for term in filter_terms(filters)]


def _facet(fact: str, filters: Filters) -> Any:
    if fact not in HONOUR_FACTS:
        return dsl.A("terms", field=fact, size=MOST_VALUES)
    chosen = [name for name in HONOUR_FACTS if name == fact or getattr(filters, name)]
    field = "honour_" + "".join(LETTERS[name] for name in chosen)
    if len(chosen) == 1:
        return dsl.A("terms", field=field, size=MOST_VALUES)
    pattern = "\\|".join("[^|]*" if name == fact else _literally(_value(filters, name)) for name in chosen)
    return dsl.A("terms", field=field, size=MOST_VALUES, include=pattern)


def _value(filters: Filters, name: str) -> str:
    return str(year_of(filters)) if name == "year" else str(getattr(filters, name))


def _literally(value: str) -> str:
    """Write a value for Lucene's regular expressions; made-up values find nothing."""
    return "".join(sign if sign.isalnum() or sign in "_" else "\\" + sign for sign in value if sign.isascii())


def _read_facets(answers: Any, filters: Filters) -> Facets:
    found: Facets = {}
    for fact in FACTS:
        buckets = {bucket["key"]: int(bucket["doc_count"]) for bucket in answers[fact]["values"]["buckets"]}
        if fact in HONOUR_FACTS:
            chosen = [name for name in HONOUR_FACTS if name == fact or getattr(filters, name)]
            which = chosen.index(fact)
            buckets = {key.split("|")[which]: number for key, number in buckets.items()}
        found[fact] = buckets
    return found


def _in_order(request: Any, ask: Ask) -> Any:
    field, falls = SORT_FIELD.get(ask.sort, ("_score", True))
    first = "desc" if falls != ask.back else "asc"
    request = request.sort({field: {"order": first}}, {"position": {"order": "desc" if ask.back else "asc"}})
    if ask.after is not None:
        value = _score(int(ask.after[0])) if field == "_score" else ask.after[0]
        request = request.extra(search_after=[value, ask.after[1]])
    return request


def _hit(hit: Any, ask: Ask) -> Hit:
    value, position = hit.sort
    place = int(Rank.TEXT) + 1 - int(value) if ask.sort not in SORT_FIELD else value
    key, kind, title, url, summary = (str(getattr(hit._source, name, "")) for name in SHOWN)
    return Hit(key, kind, title, url, summary, (place, int(position)))

"""Counts beside the filters. One statement counts every fact; it runs at most once a minute on a large register."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.core.cache import cache
from django.db import connection
from django.db.models import CharField, Count, QuerySet, Value
from django.db.models.functions import Cast

from cms.pages.shapes import Tally
from registry.honours.models import Conferral
from registry.honours.queries import Filters, filtered
from registry.organisations.regions import region_prefix

TIMEOUT = 60
KEPT = 24 * 3600
SLOW_SECONDS = 0.3
LARGE_REGISTER = 50_000
OF_HONOURS = {"year": "year", "level": "level", "title": "title__code"}
OF_FILES = {"kind": "kind", "region": "region_id", "industry": "industry_id"}
_VERSION = "pages:tally:version"


def forget(**_signal: Any) -> None:
    """Let the next reader count anew, because files changed (receiver of `honourees_changed`)."""
    try:
        cache.incr(_VERSION)
    except ValueError:
        cache.set(_VERSION, 1, None)


def tally(filters: Filters, everything: Tally) -> Tally | None:
    """Return the counts under these filters, each fact counted without its own filter, so that another value can be chosen.

    None on a register of more than `LARGE_REGISTER` files when something is filtered: there only the whole (`everything`) is counted.
    """
    if not filters.chosen():
        return everything
    return None if everything.total > LARGE_REGISTER else _kept(filters)


def whole() -> Tally:
    """Return the counts of the whole public register."""
    return _kept(Filters())


def _kept(filters: Filters) -> Tally:
    key = "pages:tally:" + "|".join(
        f"{name}={value.encode().hex()}" for name, value in sorted(filters.chosen().items())
    )
    version = cache.get(_VERSION, 0)
    held: tuple[int, float, Tally] | None = cache.get(key)
    if held and (fresh := time.time() - held[1] < TIMEOUT) and (held[0] == version or held[2].seconds > SLOW_SECONDS):
        return held[2]

    def renew() -> Tally:
        began = time.perf_counter()
        counted = replace(_count(filters), seconds=time.perf_counter() - began)
        cache.set(key, (version, time.time(), counted), KEPT if not filters.chosen() else TIMEOUT)
        return counted

    if held and held[2].seconds > SLOW_SECONDS and not fresh:
        # Counting a very large register takes seconds: the visitor reads the last counts, nobody waits.
        if cache.add(key + ":renewing", 1, TIMEOUT):
            threading.Thread(target=_aside, args=(renew,), daemon=True).start()
        return held[2]
    return renew()


def _aside(renew: Callable[[], Tally]) -> None:
    try:
        renew()
    finally:
        connection.close()


def _count(filters: Filters) -> Tally:
    parts = [_by_honours(fact, field, filters) for fact, field in OF_HONOURS.items()]
    parts += [_by_files(fact, field, filters) for fact, field in OF_FILES.items()]
    counts: dict[str, dict[str, int]] = {fact: {} for fact in (*OF_HONOURS, *OF_FILES)}
    for fact, value, number in parts[0].union(*parts[1:], all=True):
        counts[fact][value] = number
    return Tally(counts)


def _by_honours(fact: str, field: str, filters: Filters) -> QuerySet[Any, Any]:
    """Count holders per value of a fact of honours; year, level and title must hold of one and the same honour."""
    honours = Conferral._base.filter(is_revoked=False, honouree__is_public=True, **{f"{field}__isnull": False})
    if filters.kind:
        honours = honours.filter(honouree__kind=filters.kind)
    if filters.region:
        honours = honours.filter(honouree__region__code__startswith=region_prefix(filters.region))
    if filters.industry:
        honours = honours.filter(honouree__industry=filters.industry)
    for other, column in OF_HONOURS.items():
        value = getattr(filters, other)
        if value and other != fact:
            honours = honours.filter(**{column: year_number(value) if other == "year" else value})
    return _grouped(honours, fact, field, Count("honouree", distinct=True))


def _by_files(fact: str, field: str, filters: Filters) -> QuerySet[Any, Any]:
    files = filtered(replace(filters, **{fact: ""})).filter(**{f"{field}__isnull": False})
    return _grouped(files, fact, field, Count("pk"))


def _grouped(rows: QuerySet[Any], fact: str, field: str, number: Count) -> QuerySet[Any, Any]:
    named = rows.annotate(fact=Value(fact, output_field=CharField()), value=Cast(field, CharField()))
    counted: QuerySet[Any, Any] = (
        named.order_by().values("fact", "value").annotate(number=number).values_list("fact", "value", "number")
    )
    return counted


def year_number(text: str) -> int:
    """Read a year of a filter; -1, which no honour has, when it isn't one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else -1

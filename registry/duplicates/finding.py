"""Finding doubles: all files in one run, or those that changed. Only files that share a key are compared (`keys`)."""

import logging
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q

from registry.bulk import insert_rows
from registry.duplicates.enums import Reason, SuspicionState
from registry.duplicates.evidence import DOUBT, Facts, Verdict, compare
from registry.duplicates.gathering import count_bearers, facts_of, parts
from registry.duplicates.keys import keys_of
from registry.duplicates.models import Suspicion, Trace
from registry.people.models import Honouree

logger = logging.getLogger(__name__)
CHUNK = 2000
PAIRS = 20_000
KEPT = 25_000
# A key that more files share tells too little; they share better ones with their doubles.
MOST_OF_A_KEY = 400

Pair = tuple[int, int]


@dataclass
class Found:
    """What a run came to."""

    files: int = 0
    compared: int = 0
    suspected: int = 0
    fresh: int = 0
    crowded: int = 0


def ordered(one: int, other: int) -> Pair:
    """Return two keys, the smaller first."""
    return (one, other) if one < other else (other, one)


def look_at(ids: Iterable[int]) -> Found:
    """Trace these files anew, compare them with those that share a key, and bring their suspicions up to date."""
    wanted = set(ids)
    mine = facts_of(wanted)
    keys = trace(mine, wanted)
    holders: dict[int, set[int]] = defaultdict(set)
    every = {key for several in keys.values() for key in several}
    for part in parts(every):
        for key, pk in Trace.objects.filter(key__in=part).order_by().values_list("key", "file"):
            holders[key].add(pk)
    pairs = {
        ordered(pk, other)
        for pk, several in keys.items()
        for key in several
        if len(holders[key]) <= MOST_OF_A_KEY
        for other in holders[key]
        if other != pk
    }
    facts = mine | facts_of({pk for pair in pairs for pk in pair} - set(mine))
    verdicts = _judge(pairs, facts)
    fresh = note(verdicts)
    gone = Suspicion._base.filter(Q(first__in=wanted) | Q(second__in=wanted), state=SuspicionState.OPEN)
    _forget(row for row in gone.values_list("pk", "first", "second") if (row[1], row[2]) not in verdicts)
    return Found(len(mine), len(pairs), len(verdicts), fresh)


def find_all(tell: Callable[[Found], None] = lambda _found: None) -> Found:
    """Trace and compare every file; suspicions that nothing speaks for any more go, judged ones stay. `tell` hears of the progress."""
    found = Found()
    cache = _Cache()
    last = 0
    while ids := list(Honouree._base.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
        facts = facts_of(ids)
        trace(facts, ids)
        cache.add(facts)
        found.files += len(facts)
        last = ids[-1]
        tell(found)
    Trace.objects.filter(~Exists(Honouree._base.filter(pk=OuterRef("file"))))._raw_delete("default")
    suspected: set[Pair] = set()
    for pairs in _candidates(found):
        verdicts = _judge(pairs, cache.get({pk for pair in pairs for pk in pair}))
        found.fresh += note(verdicts)
        found.compared += len(pairs)
        suspected |= set(verdicts)
        found.suspected = len(suspected)
        tell(found)
    rows = Suspicion._base.filter(state=SuspicionState.OPEN).order_by().values_list("pk", "first", "second")
    _forget(row for row in list(rows) if (row[1], row[2]) not in suspected)
    if found.crowded:
        logger.info("%d keys are shared by more than %d files and were passed over", found.crowded, MOST_OF_A_KEY)
    return found


@transaction.atomic
def trace(facts: dict[int, Facts], ids: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Write the keys of these files in place of the earlier ones; return them."""
    for part in parts(ids):
        Trace.objects.filter(file__in=part)._raw_delete("default")  # nothing hangs on a trace
    keys = {pk: keys_of(one) for pk, one in facts.items()}
    insert_rows(Trace, ("file", "key"), ((pk, key) for pk, several in keys.items() for key in several))
    return keys


def note(verdicts: dict[Pair, Verdict]) -> int:
    """Put pairs into the queue, or bring their score up to date while they are open; judged ones stay as they are. Return the new ones."""
    fresh = 0
    for part in parts(verdicts, 500):
        with transaction.atomic():
            firsts = {first for first, _second in part}
            known = {
                (row.first_id, row.second_id): row for row in Suspicion._base.filter(first__in=firsts) if row.second_id
            }
            new = [pair for pair in part if pair not in known]
            Suspicion._base.bulk_create(
                [_suspicion(pair, verdicts[pair]) for pair in new], ignore_conflicts=True, batch_size=500
            )
            fresh += len(new)
            for pair in part:
                row, verdict = known.get(pair), verdicts[pair]
                if row and row.state == SuspicionState.OPEN and _differs(row, verdict):
                    Suspicion._base.filter(pk=row.pk, state=SuspicionState.OPEN).update(
                        score=verdict.points,
                        reasons=[str(one) for one in verdict.reasons],
                        by_number=Reason.NUMBER in verdict.reasons,
                    )
    return fresh


def _suspicion(pair: Pair, verdict: Verdict) -> Suspicion:
    reasons = [str(one) for one in verdict.reasons]
    by_number = Reason.NUMBER in verdict.reasons
    return Suspicion(first_id=pair[0], second_id=pair[1], score=verdict.points, reasons=reasons, by_number=by_number)


def _differs(row: Suspicion, verdict: Verdict) -> bool:
    if row.reported_by_id and row.score > verdict.points:
        return False
    return row.score != verdict.points or row.reasons != [str(one) for one in verdict.reasons]


def _judge(pairs: Iterable[Pair], facts: dict[int, Facts]) -> dict[Pair, Verdict]:
    pairs = list(pairs)
    count_bearers(facts[pk] for pk in {pk for pair in pairs for pk in pair} if pk in facts)
    found = {}
    for first, second in pairs:
        one, other = facts.get(first), facts.get(second)
        verdict = compare(one, other) if one and other else None
        if verdict and verdict.points >= DOUBT:
            found[first, second] = verdict
    return found


def _forget(rows: Iterable[tuple[int, int, int]]) -> None:
    for part in parts(row[0] for row in rows):
        Suspicion._base.filter(pk__in=part, state=SuspicionState.OPEN, reported_by=None).delete()


def _candidates(found: Found) -> Iterator[set[Pair]]:
    """Yield the pairs that share a key, some thousands at a time; a pair may come again."""
    shared = Trace.objects.order_by().values("key").annotate(number=Count("pk")).filter(number__gt=1).values("key")
    rows = Trace.objects.filter(key__in=shared).order_by("key", "file").values_list("key", "file")
    pairs: set[Pair] = set()
    for _key, several in _groups(rows.iterator(chunk_size=20_000)):
        if len(several) > MOST_OF_A_KEY:
            found.crowded += 1
            continue
        pairs |= {(one, other) for at, one in enumerate(several) for other in several[at + 1 :]}
        if len(pairs) >= PAIRS:
            yield pairs
            pairs = set()
    if pairs:
        yield pairs


def _groups(rows: Iterable[tuple[int, int]]) -> Iterator[tuple[int, list[int]]]:
    now, several = 0, list[int]()
    for key, pk in rows:
        if key != now:
            if len(several) > 1:
                yield now, several
            now, several = key, []
        if not several or several[-1] != pk:
            several.append(pk)
    if len(several) > 1:
        yield now, several


class _Cache:
    """Facts at hand: all of a small register, the latest used of a large one."""

    def __init__(self) -> None:
        self.facts: OrderedDict[int, Facts] = OrderedDict()

    def add(self, facts: dict[int, Facts]) -> None:
        self.facts.update(facts)
        while len(self.facts) > KEPT:
            self.facts.popitem(last=False)

    def get(self, ids: set[int]) -> dict[int, Facts]:
        missing = facts_of(ids - self.facts.keys())
        found = {pk: self.facts[pk] for pk in ids & self.facts.keys()} | missing
        self.add(missing)
        return found

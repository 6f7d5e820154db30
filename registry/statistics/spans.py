"""From a file and its honours to the spans that count.

What can be known of a past day: which honours were in force, by their dates or years and the days of their revocations; who had died.
A date of which only the year or the month is known counts from its first day. An honour without date and year counts now, on no past day.
Everything else about a holder (union, region, industry, sex, party…) is taken as the register has it now.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from registry.honours.enums import RANK
from registry.honours.models import Conferral
from registry.life.enums import EventState, Status
from registry.life.models import LifeEvent
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.statistics import dimensions as d
from registry.statistics.dimensions import FOREVER, NOW, UNKNOWN, Life

# The columns of a span in the order in which they are computed, stored and compared.
STORED = (
    "file", "conferral", "kind", "since", "until", "files", "honours", "industry_union_id", "level", "year", "union_id", "region",
    "industry", "identity", "sex", "ethnicity", "born", "party", "life",
)  # fmt: skip
FILE_FACTS = (
    "pk", "kind", "union_id", "industry_union_id", "region_id", "industry_id", "identity_class", "sex", "ethnicity_id", "born",
    "political_status_id", "died",
)  # fmt: skip
HONOUR_FACTS = (
    "honouree_id", "pk", "level", "treatment_level", "year", "granted_on", "is_revoked", "revocation__decided_on",
)  # fmt: skip
Row = tuple[Any, ...]


class Held(NamedTuple):
    """An honour with its place among a file's honours and the days between which it is in force."""

    height: tuple[int, int, int, int]
    since: int
    until: int
    pk: int
    level: int
    year: int


LIVES: dict[str, Life] = {
    Status.AT_WORK: Life.LIVING,
    Status.LAID_OFF: Life.LIVING,
    Status.RETIRED: Life.RETIRED,
    Status.DECEASED: Life.DECEASED,
}


def life_courses(files: Iterable[Sequence[Any]]) -> dict[int, list[tuple[int, Life]]]:
    """Return by file (rows of `FILE_FACTS`) what became of the person: `(from which day, state)` in the order of time.

    Who isn't in it lives. The one place that knows where this is recorded: in the events of a life, and as the file's date of death.
    Settling abroad and being out of touch leave somebody living or retired as before; nothing comes after a death.
    """
    people = {file[0]: file[11] for file in files if file[1] == Kind.INDIVIDUAL}
    courses: dict[int, list[tuple[int, Life]]] = defaultdict(list)
    events = LifeEvent._base.filter(file__in=people, state=EventState.IN_FORCE, new_status__in=LIVES)
    for file, day, status in events.order_by("happened_on", "pk").values_list("file_id", "happened_on", "new_status"):
        courses[file].append((d.day_number(day), LIVES[status]))
    for file, died in people.items():
        if died:
            courses[file].append((d.day_number(died), Life.DECEASED))
    return {file: list(_until_death(sorted(course, key=lambda each: each[0]))) for file, course in courses.items()}


def _until_death(course: list[tuple[int, Life]]) -> Iterable[tuple[int, Life]]:
    for day, state in course:
        yield day, state
        if state == Life.DECEASED:
            return


def spans_of(ids: Sequence[int]) -> list[Row]:
    """Return the spans of these files (columns of `STORED`), as the register has them now; nothing for a file that is gone."""
    files = list(Honouree._base.filter(pk__in=ids).values_list(*FILE_FACTS))
    held: dict[int, list[Held]] = defaultdict(list)
    for honour in Conferral._base.filter(honouree__in=ids).values_list(*HONOUR_FACTS):
        one = _held(*honour[1:])
        if one.since < one.until:
            held[honour[0]].append(one)
    lives = life_courses(files)
    return [row for file in files for row in _of_file(file, held.get(file[0], []), lives.get(file[0], []))]


def _held(pk: int, level: str, treatment: str, year: int | None, granted: str, revoked: bool, decided: Any) -> Held:
    since = d.day_number(granted or (str(year) if year else ""))
    until = FOREVER
    if revoked:
        # Whose revocation has no day is in force on no day that could be named.
        until = int(f"{decided:%Y%m%d}") if decided else since
    # The order of `honours.standing.apply_standing`.
    height = (RANK[level], RANK[treatment], year or 0, -pk)
    return Held(height, since, until, pk, RANK[level], year or UNKNOWN)


def _of_file(file: Sequence[Any], held: list[Held], course: list[tuple[int, Life]]) -> Iterable[Row]:
    pk, kind, union, industry_union, region, industry, identity, sex, ethnicity, born, party, _died = file
    number, place = d.KIND_NUMBER[kind], (union, d.number_of(region), d.industry_number(industry))
    if kind == Kind.COLLECTIVE:
        personal: Row = (d.COLLECTIVE,) * 3
        course = []
    else:
        personal = (d.IDENTITIES[identity], d.SEXES[sex], d.number_of(ethnicity))
    for honour, since, until, highest, life in _runs(held, course):
        last: Row = (d.COLLECTIVE,) * 3
        if kind != Kind.COLLECTIVE:
            age = d.DECEASED if life == Life.DECEASED else int(born[:4]) if born else UNKNOWN
            last = (age, d.number_of(party), life)
        facts = (honour.level, honour.year) if honour else (UNKNOWN, UNKNOWN)
        counts = (int(highest), 1 if honour else 0)
        yield (
            pk, honour.pk if honour else 0, number, since, until, *counts, industry_union, *facts, *place, *personal, *last,
        )  # fmt: skip


def _runs(held: list[Held], course: list[tuple[int, Life]]) -> Iterable[tuple[Held | None, int, int, bool, Life]]:
    """Yield `(honour, since, until, highest, life)`: as long as nothing changes for an honour it is one run."""
    if len(held) == 1 and not course and held[0].until == FOREVER:
        return [(held[0], held[0].since, FOREVER, True, Life.LIVING)]
    days = sorted({NOW, FOREVER, *(day for one in held for day in (one.since, one.until)), *(day for day, _ in course)})
    open_: dict[Held | None, tuple[int, bool, Life]] = {}
    done = []
    for day, _next in pairwise(days):
        life = max((state for state in course if state[0] <= day), default=(0, Life.LIVING), key=lambda each: each[0])[
            1
        ]
        active: list[Held | None] = [one for one in held if one.since <= day < one.until]
        highest = max((one for one in active if one), default=None)
        if day == NOW and not active:
            active = [None]
        for one in list(open_):
            if one not in active or open_[one][1:] != (one == highest, life):
                since, was_highest, state = open_.pop(one)
                done.append((one, since, day, was_highest, state))
        for one in active:
            if one not in open_:
                open_[one] = (day, one == highest, life)
    return [*done, *((one, since, FOREVER, highest, life) for one, (since, highest, life) in open_.items())]

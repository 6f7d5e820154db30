"""The same tables, counted the plain way: every file the officer sees, one after the other, in Python. Shares nothing with the room."""

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import Any

from registry.honours.enums import RANK
from registry.honours.models import Conferral
from registry.people.models import Honouree

Fact = Callable[[Honouree, int, int, bool], Any]


def fully(partial: str) -> str:
    """The first day of a partial date."""
    return partial + "-01-01"[len(partial) - 4 :] if partial else ""


def in_force(honour: Conferral, day: date | None) -> bool:
    """Whether it is in force now, or was known to be on the day."""
    revocation = getattr(honour, "revocation", None)
    if day is None:
        return not honour.is_revoked
    since = fully(honour.granted_on or (str(honour.year) if honour.year else ""))
    if not since or since > day.isoformat():
        return False
    return not honour.is_revoked or (revocation is not None and revocation.decided_on > day)


FACTS: dict[str, Fact] = {
    "level": lambda file, level, year, dead: level,
    "year": lambda file, level, year, dead: year,
    "sex": lambda file, level, year, dead: (
        -1 if file.kind == "collective" else {"": 0, "male": 1, "female": 2}[file.sex]
    ),
    "life": lambda file, level, year, dead: -1 if file.kind == "collective" else 3 if dead else 1,
    "union": lambda file, level, year, dead: file.union_id,
    "industry": lambda file, level, year, dead: ord(file.industry_id) - 64 if file.industry_id else 0,
    "ethnicity": lambda file, level, year, dead: (
        -1 if file.kind == "collective" else int(file.ethnicity_id) if file.ethnicity_id else 0
    ),
}


def plainly(user: Any, of: str, row: str, column: str, day: date | None = None) -> dict[tuple[Any, Any], int]:
    """Count `of` (people, collectives, honours) by two facts in what the officer sees."""
    found: Counter[tuple[Any, Any]] = Counter()
    for file in Honouree.objects.visible_to(user):
        dead = bool(file.died) and (day is None or fully(file.died) <= day.isoformat())
        held = [one for one in Conferral._base.filter(honouree=file) if in_force(one, day)]
        if of == "honours":
            counted = [(RANK[one.level], one.year or 0) for one in held]
        elif file.kind != {"people": "individual", "collectives": "collective"}[of]:
            continue
        else:
            best = max(held, key=lambda c: (RANK[c.level], RANK[c.treatment_level], c.year or 0, -c.pk), default=None)
            counted = [(RANK[best.level], best.year or 0)] if best else [(0, 0)] if day is None else []
        for level, year in counted:
            found[FACTS[row](file, level, year, dead), FACTS[column](file, level, year, dead)] += 1
    return dict(found)

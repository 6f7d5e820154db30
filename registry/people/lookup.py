"""Finding files by what an officer types: a part of a name, of another name or of the unit, the pinyin or its initials.

On PostgreSQL the parts stand in GIN indexes (one and two characters each, `grams`), so that a word is found among a million files
without reading them; SQLite reads the rows.
"""

from typing import Any

from django.db import connection
from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value
from django.db.models.functions import Replace

from registry.people.models import OtherName
from registry.text.normalise import fold

INITIALS = 6
# More matches than this, and walking the list in its order finds a page of them sooner than gathering them all.
FEW = 1000
SPELLED = Replace("pinyin_key", Value(" "), Value(""))


def named(rows: QuerySet[Any], word: str) -> QuerySet[Any]:
    """Keep the files whose name, other name, unit, pinyin (shan yu qing, shanyuqing) or initials (syq) fit the word."""
    ways = _ways(rows, word)
    found: set[int] = set()
    for way in ways:
        found |= set(way.order_by().values_list("pk", flat=True)[: FEW + 1])
        if len(found) > FEW:
            break
    if len(found) <= FEW:
        return rows.filter(pk__in=found)
    fits = Q()
    for way in ways:
        fits |= Q(pk__in=way.order_by().values("pk"))
    return rows.filter(fits)


def grams(word: str) -> list[str]:
    """Return the parts by which an index finds a word: every two characters side by side, or the only one."""
    return sorted({word[place : place + 2] for place in range(max(len(word) - 1, 1))})


def _ways(rows: QuerySet[Any], word: str) -> list[QuerySet[Any]]:
    key = fold(word)
    others = OtherName.objects.filter(_with_grams(["name_key"], key), name_key__contains=key)
    found = [
        rows.filter(_with_grams(WRITTEN, key), name_key__contains=key),
        rows.filter(_with_grams(WRITTEN, word), unit_name__contains=word),
        rows.filter(pk__in=others.order_by().values("honouree_id")),
    ]
    letters = "".join(word.lower().split())
    if letters.isascii() and letters.isalpha():
        found.append(rows.alias(spelled=SPELLED).filter(spelled__startswith=letters))
        if len(letters) <= INITIALS:
            found.append(rows.filter(pinyin_key__regex="^" + "[a-z]* ".join(letters) + "[a-z]* "))
    return found


WRITTEN = ["name_key", "unit_name"]


def _with_grams(columns: list[str], word: str) -> Any:
    """Say it as the index has it; nothing on SQLite, or of an empty word."""
    if connection.vendor != "postgresql" or not word:
        return Q()
    text: Any = F(columns[0])
    for column in columns[1:]:
        text = Func(
            text,
            F(column),
            function="",
            template="(%(expressions)s)",
            arg_joiner=" || ' ' || ",
            output_field=TextField(),
        )
    parts = Func(text, function="grams", output_field=TextField())
    wanted = Func(
        *map(Value, grams(word)), function="ARRAY", template="ARRAY[%(expressions)s]", output_field=TextField()
    )
    return Func(parts, wanted, function="", template="%(expressions)s", arg_joiner=" @> ", output_field=BooleanField())

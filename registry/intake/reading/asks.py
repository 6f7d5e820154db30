"""What a list can't say, asked once for the whole file."""

from collections import Counter
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.cells import level_word
from registry.intake.reading.context import Context
from registry.intake.reading.model import Answers, Ask, Reading, ReadRow

LEVELS: tuple[tuple[str, Any], ...] = (
    ("national", _("national level")),
    ("provincial", _("provincial level")),
    ("city", _("city level")),
    ("county", _("county level")),
    ("unit", _("unit level")),
)


def ask_what_is_missing(
    reading: Reading, answers: Answers, documents: list[tuple[str, ...]], lines: list[str], named: Context
) -> None:
    """Add the questions for title, year, level and the order of dates, and mark the rows that wait for them.

    `named` is what the file's own name says; it is only proposed, never taken.
    """
    titles = tuple(dict.fromkeys(title for document in [*documents, named.document] for title in document))
    context = " / ".join(dict.fromkeys(lines))[:300]
    usable = [row for row in reading.rows if not row.failed]
    _ask_title(reading, usable, titles, context)
    _ask_year(reading, usable, context, named.year)
    _ask_levels(reading, usable, answers)
    waiting = [row for row in reading.rows if "date_order" in row.asks]
    if waiting:
        options = (("dmy", _("day first: 03/04 is 3 April")), ("mdy", _("month first: 03/04 is 4 March")))
        reading.asks.append(
            Ask("date_order", _("Which comes first in dates like 03/04/2020?"), "choice", options, len(waiting))
        )


def _ask_title(reading: Reading, rows: list[ReadRow], titles: tuple[str, ...], context: str) -> None:
    missing = [row for row in rows if not row.title]
    if not missing:
        return
    for row in missing:
        row.asks.append("title")
    reading.asks.append(
        Ask(
            "title",
            _("Which award does this list give?"),
            "choice" if len(titles) > 1 else "text",
            tuple((title, title) for title in titles),
            len(missing),
            context,
        )  # fmt: skip
    )


def _ask_year(reading: Reading, rows: list[ReadRow], context: str, proposed: int | None) -> None:
    known = Counter(row.sheet for row in rows if "year" in row.cells and row.year)
    sizes = Counter(row.sheet for row in rows)
    waiting = 0
    for row in rows:
        if row.year is not None or any(message.code in ("year_unknown", "date_order") for message in row.messages):
            continue
        if known[row.sheet] * 2 > sizes[row.sheet]:
            row.say("warning", "year", _("The year is missing."), "year_missing")
            continue
        row.asks.append("year")
        waiting += 1
    options = ((str(proposed), str(proposed)),) if proposed else ()
    if waiting:
        reading.asks.append(
            Ask("year", _("In which year were these honours given?"), "text", options, waiting, context)
        )


def _ask_levels(reading: Reading, rows: list[ReadRow], answers: Answers) -> None:
    missing = Counter(row.title for row in rows if row.title and not row.level)
    for title, count in missing.items():
        key = f"level:{title}"
        reading.asks.append(
            Ask(key, _("Which level confers “%(title)s”?"), "choice", LEVELS, count, title, {"title": title})
        )
        for row in rows:
            if row.title == title and not row.level:
                row.asks.append(key)
    if any(not row.title and not row.level for row in rows) and not level_word(str(answers.get("level", ""))):
        untitled = [row for row in rows if not row.title and not row.level]
        reading.asks.append(
            Ask("level", _("Which level conferred the honours of this list?"), "choice", LEVELS, len(untitled))
        )
        for row in untitled:
            row.asks.append("level")

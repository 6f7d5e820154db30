"""What a row is honoured for: titles, years, levels, one row an award; facts from headings where the row says nothing."""

import re
from collections.abc import Iterator
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.cells import level_word, mask, quote, treatment_in
from registry.intake.reading.context import Context
from registry.intake.reading.dates import Found, in_future, is_unknown, read_years, years_in
from registry.intake.reading.model import Answers, ReadRow
from registry.intake.reading.record import Cells, is_nothing, say_doubt
from registry.intake.reading.titles import (
    AMBIGUOUS,
    by_a_ministry,
    clean_title,
    expand,
    is_title,
    kind_of,
    level_of,
    region_of,
    split_titles,
)
from registry.text.numerals import PartialDate

AWARD = "award:"
"""Begins the key of a column that is headed by an award itself."""
_YOUNGEST = 14
TICK = re.compile(r"[√✓✔是有1１○●*★]|获得|已获")


class Awards:
    """Makes one row an award of a row that has its holder. `answers` are those given; `two_digits` as in `RowMaker`."""

    def __init__(self, answers: Answers, two_digits: set[str]) -> None:
        self.answers, self.two_digits = answers, two_digits
        self.order = str(answers.get("date_order", ""))

    def of(self, row: ReadRow, cells: Cells, context: Context) -> Iterator[ReadRow]:
        """Yield the row once for each award and year it names."""
        titles = [clean_title(part) for part in split_titles(self._title_text(cells))] if cells.text("title") else []
        years = self._years(row, cells)
        by_column = list(self._by_column(cells))
        if len(titles) > 1 and any(year is not None for _title, year in titles):
            pairs = [(title, year) for title, year in titles]
        elif len(titles) > 1 and len(years) > 1 and len(titles) != len(years):
            pairs = [(title, None) for title, _year in titles]
            row.say("warning", "year", _("It is not clear which year belongs to which award."), "years_unmatched")
        elif len(titles) > 1 and len(years) == len(titles):
            pairs = [(title, year) for (title, _own), year in zip(titles, years, strict=True)]
        else:
            first = titles or [("", None)]
            pairs = [(title, year if year is not None else own) for title, own in first for year in (years or [None])]
        if by_column:
            pairs = [*(pair for pair in pairs if pair[0]), *by_column]
        if len(pairs) > 1:
            row.say(
                "info",
                "year" if len(years) > 1 else "title",
                _("One line named %(count)d awards; each became a row."),
                "several_awards",
                count=len(pairs),
            )
        for title, year in pairs:
            one = replace(
                row, cells=dict(row.cells), messages=list(row.messages), asks=list(row.asks),
                former_names=list(row.former_names), known_as=list(row.known_as), title=title,
            )  # fmt: skip
            self._award(one, cells, context, year)
            yield one

    def _by_column(self, cells: Cells) -> Iterator[tuple[str, int | None]]:
        """Yield title and year of every filled cell under a heading that is an award."""
        for key, values in cells.values.items():
            value = values[0].strip()
            if key.startswith(AWARD) and not is_nothing(value):
                for year in (None,) if TICK.fullmatch(value) else read_years(values[0]).years or (None,):
                    yield key.removeprefix(AWARD), year

    def _title_text(self, cells: Cells) -> str:
        return "；".join(value for value in cells.values["title"] if not is_nothing(value.strip()))

    def _years(self, row: ReadRow, cells: Cells) -> list[int | None]:
        text = cells.first("year")
        if not text.strip():
            return []
        found = read_years(text, self.order, "year" in self.two_digits)
        if found.doubt == "range":
            row.say(
                "info", "year", _("“%(value)s” is a span; its last year was taken."), "year_span", value=quote(text)
            )
        elif found.doubt == "several":
            row.say("warning", "year", _("“%(value)s” holds more than years."), "year_doubtful", value=quote(text))
        elif found.doubt:
            date = PartialDate(found.years[0]) if found.years else None
            say_doubt(row, "year", Found(date, False, found.doubt), text)
        if found.inferred and found.years:
            row.year_inferred = True
            row.say("info", "year", _("The list marks “%(value)s” as inferred."), "year_inferred", value=quote(text))
        if found.unknown:
            row.say("info", "year", _("The list says that the year is not known."), "year_unknown")
        row.granted_on = found.date
        return list(found.years)

    def _award(self, row: ReadRow, cells: Cells, context: Context, year: int | None) -> None:
        self._title(row, context)
        row.year = year
        says_unknown = any(message.code == "year_unknown" for message in row.messages)
        if row.year is None and not says_unknown and not cells.text("year"):
            row.year = context.year
            if row.year is None and context.date_year:
                row.year, row.year_inferred = context.date_year, True
                row.say("info", "year", _("The year was taken from the date above the list."), "year_from_date")
            answer = years_in(str(self.answers.get("year", "")))
            if row.year is None and answer:
                row.year = answer[0]
        self._check_year(row)
        self._level(row, cells)
        row.region = (
            row.region or context.region or context.document_region or (region_of(row.title) if row.title else "")
        )

    def _check_year(self, row: ReadRow) -> None:
        """Refuse an award of the future; doubt one of a child."""
        when = row.granted_on if row.granted_on and row.granted_on.year == row.year else None
        when = when or (PartialDate(row.year) if row.year is not None else None)
        if when and in_future(when):
            row.say(
                "error",
                "year",
                _("The award lies in the future: %(year)d. Correct the date."),
                "year_future",
                year=when.year,
            )
        if row.born and row.year is not None and row.year - row.born.year < _YOUNGEST:
            row.say(
                "warning",
                "born",
                _("By these dates the person was %(age)d years old when honoured. Check both dates."),
                "age_odd",
                age=row.year - row.born.year,
            )

    def _title(self, row: ReadRow, context: Context) -> None:
        given = row.title
        if not row.title:
            row.title = context.title
        elif context.document and not level_of(row.title) and not AMBIGUOUS.search(row.title):
            whole = expand(row.title, context.document, "")
            if whole != row.title and whole in context.document:
                row.title = whole
                row.say(
                    "info",
                    "title",
                    _("“%(short)s” was completed by the heading of the list."),
                    "title_completed",
                    short=quote(given),
                )
        if not row.title and "title" in self.answers:
            row.title = clean_title(str(self.answers["title"]))[0]
        row.title = mask(row.title)
        if row.title and AMBIGUOUS.search(row.title):
            row.say(
                "warning",
                "title",
                _("The source does not say which of the two awards it was; it stays as written."),
                "title_ambiguous",
            )
        elif row.title and given and not is_title(row.title) and not kind_of(row.title):
            row.say("info", "title", _("“%(title)s” is no usual award title."), "title_unusual", title=quote(row.title))

    def _level(self, row: ReadRow, cells: Cells) -> None:
        text, treatment = cells.text("level"), cells.text("treatment")
        row.level = level_word(text)
        inferred = level_of(row.title) if row.title else ""
        if text and not row.level:
            row.level = inferred if not is_unknown(text) else row.level
            row.say(
                "warning",
                "level",
                _("“%(value)s” was not understood and left out."),
                "not_understood",
                value=quote(text),
            )
        answer = level_word(str(self.answers.get(f"level:{row.title}", "") or self.answers.get("level", "")))
        if not row.level:
            row.level = answer or inferred
            if row.level == inferred and inferred == "national" and by_a_ministry(row.title):
                row.say(
                    "warning", "level", _("“%(title)s” sounds national but is often conferred by a ministry; please check the level."),
                    "level_doubtful", title=quote(row.title),
                )  # fmt: skip
        elif inferred and inferred != row.level and not by_a_ministry(row.title):
            row.say(
                "info",
                "level",
                _("The level in the list differs from what the title suggests; the list was followed."),
                "level_differs",
            )
        row.treatment = level_word(treatment) or treatment_in(treatment) or treatment_in(row.note)

"""From cells under headings to rows: names, units, titles, years, and a remark on all that is doubtful."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.intake.reading import columns
from registry.intake.reading.cells import (
    education_of,
    ethnicity_of,
    is_identity_number,
    kind_word,
    level_word,
    mask,
    quote,
    sex_of,
    status_of,
    treatment_in,
)
from registry.intake.reading.context import Context
from registry.intake.reading.dates import Found, is_unknown, read_date, read_years, years_in
from registry.intake.reading.formats import NumberText
from registry.intake.reading.model import Answers, ReadRow
from registry.intake.reading.names import Named, is_organisation, is_person, read_name, split_names
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
from registry.intake.reading.units import split_unit_position
from registry.text.normalise import clean_name
from registry.text.numerals import PartialDate

PRIVATE = frozenset({"identity_number", "phone"})
_PLAIN = ("native_place", "document_number", "certificate_number", "source", "note")
_EMPTY = re.compile(r"(?:无|/|\\|-+|—+|暂无|未载|不详|空|nan|none|null|n/a)?", re.IGNORECASE)


@lru_cache(maxsize=8_192)
def is_nothing(text: str) -> bool:
    """Say whether a cell only says that nothing is there: 无, —, /."""
    return len(text) < 6 and _EMPTY.fullmatch(text) is not None


@dataclass
class Cells:
    """The cells of one source row by column key; `labels` says under which heading each stood."""

    values: dict[str, list[str]]
    labels: dict[str, str]

    def text(self, key: str, joint: str = "、") -> str:
        """Return the cells of one key joined, each once; empty when they only say that there is nothing."""
        given = self.values.get(key)
        if not given:
            return ""
        if len(given) == 1:
            value = tidy(given[0])
            return "" if is_nothing(value) else value
        kept = [value for value in dict.fromkeys(map(tidy, given)) if not is_nothing(value)]
        return joint.join(kept)

    def first(self, key: str) -> str:
        """Return the first cell of a key that is not blank, as it stands (a number stays `NumberText`)."""
        return next((value for value in self.values.get(key, []) if value.strip()), "")

    def has(self, key: str) -> bool:
        """Say whether the table has such a column, filled in this row or not."""
        return key in self.values


@lru_cache(maxsize=8_192)
def tidy(text: str) -> str:
    """Return a text cell in one line, without blanks between Chinese characters."""
    return clean_name(re.sub(r"\s*[\r\n]+\s*", "", text)) if text else ""


def gather(values: list[str], group: dict[int, str], labels: dict[int, str]) -> Cells:
    """Sort one source row by column key."""
    found: dict[str, list[str]] = {}
    named: dict[str, str] = {}
    for place in sorted(group):
        key = group[place]
        found.setdefault(key, []).append(values[place] if place < len(values) else "")
        named.setdefault(key, labels.get(place, ""))
    return Cells(found, named)


def raw_cells(values: list[str], group: dict[int, str], labels: dict[int, str]) -> dict[str, str]:
    """Return the cells as they stand by key, unknown ones by heading; without private numbers."""
    raw: dict[str, str] = {}
    for place, value in enumerate(values):
        key = group.get(place) or (labels.get(place) and f"?{labels[place]}") or ""
        if key and key not in PRIVATE and value.strip():
            raw[key] = f"{raw[key]}\n{mask(value)}" if key in raw else mask(str(value))
    return raw


class RowMaker:
    """Makes the rows of one table. `answers` are those given; `two_digits` holds keys of date columns with 1975.05."""

    def __init__(self, sheet: str, answers: Answers, keys: set[str], two_digits: set[str]) -> None:
        self.sheet, self.answers, self.keys, self.two_digits = sheet, answers, keys, two_digits
        self.order = str(answers.get("date_order", ""))

    def make(self, number: int, cells: Cells, raw: dict[str, str], context: Context) -> Iterator[ReadRow]:
        """Yield the rows of one source row: one a name, one an award, one a year."""
        names = self._names(cells, context)
        for name in names:
            row = ReadRow(number, self.sheet, dict(raw))
            if len(names) > 1:
                row.say(
                    "info",
                    "name",
                    _("One cell held %(count)d names; each became a row."),
                    "several_names",
                    count=len(names),
                )
            self._person(row, cells, context, name)
            yield from self._awards(row, cells, context)

    def _names(self, cells: Cells, context: Context) -> list[str]:
        text = cells.first("name") or cells.first(columns.COLLECTIVE_NAME) or cells.first("org_name")
        if cells.first("name") and context.kind != "collective" and kind_of(cells.first("title")) != "collective":
            names = split_names(text)
            if len(names) > 1 and not (len(names) == 2 and re.fullmatch(r"\s*\S{1,2}\s+\S{1,2}\s*", text)):
                return names
        return [text]

    # -- who -------------------------------------------------------------------------------------------------------

    def _person(self, row: ReadRow, cells: Cells, context: Context, name: str) -> None:
        self._private(row, cells)
        unit_is_name = not name.strip() and not (self.keys & {"name"}) and bool(cells.text("unit"))
        if unit_is_name:
            name = cells.text("unit")
        evidence = self._kind(row, cells, context, name)
        named = read_name(name, person=False if row.kind == "collective" else (True if evidence else None))
        row.name, row.former_names, row.known_as = named.name, named.former_names, named.known_as
        if not row.kind and row.name:
            row.kind = self._kind_by_name(row, cells, named)
        self._facts(row, cells, named)
        self._unit(row, cells, named, unit_is_name)
        self._dates(row, cells)
        for key in _PLAIN:
            kept = [value for value in cells.values.get(key, []) if not is_nothing(value.strip())]
            setattr(row, key, mask("；".join(re.sub(r"\s+", " ", value).strip() for value in dict.fromkeys(kept))))
        row.region = cells.text("region", "")
        for key in ("former_names", "known_as"):
            parts = [
                clean_name(part)
                for part in re.split(r"[、，,;；/\n]+", cells.text(key))
                if not is_nothing(part.strip())
            ]
            setattr(row, key, list(dict.fromkeys([*getattr(row, key), *(part for part in parts if part != row.name)])))
        if named.note:
            row.note = "；".join(part for part in (row.note, "；".join(mask(note) for note in named.note)) if part)
        if named.dead:
            row.say("info", "name", _("The list says that the person has died."), "died")
        self._check_name(row)

    def _private(self, row: ReadRow, cells: Cells) -> None:
        number, phone = cells.first("identity_number"), cells.first("phone")
        row.identity_number, row.phone = re.sub(r"\s+", "", number), re.sub(r"\s+", " ", phone).strip()
        if isinstance(number, NumberText) and len(number) > 15:
            row.identity_number = ""
            row.say(
                "warning", "identity_number",
                _("The spreadsheet kept this number as a quantity and lost its last digits. Format the column as text."), "digits_lost",
            )  # fmt: skip
        for key, values in cells.values.items():
            if key not in PRIVATE and any(len(value) > 13 and is_identity_number(value) for value in values):
                row.say(
                    "warning", key, _("An identity number stands in this column; it was left out."), "identity_in_text"
                )

    def _kind(self, row: ReadRow, cells: Cells, context: Context, name: str) -> bool:
        """Set the kind by column, title or section; return whether facts of a person stand in the row."""
        title = cells.text("title") or context.title
        bare = re.sub(r"[（(][^（）()]*[)）]", "", name)
        evidence = bool(cells.text("sex") or cells.text("ethnicity") or cells.text("born") or row.identity_number)
        organisation = is_organisation(bare) and not is_person(bare)
        said = kind_word(cells.first("kind"))
        by_title = kind_of(title) or (context.kind if not cells.text("title") else "")
        if said:
            row.kind = said
        elif cells.first(columns.COLLECTIVE_NAME) and not cells.first("name"):
            row.kind = "collective"
        elif by_title == "individual" and organisation and not evidence:
            row.kind = "collective"
            row.say(
                "warning",
                "name",
                _("The award is one for people, but “%(name)s” reads like a collective."),
                "kind_doubtful",
                name=quote(name),
            )
        elif by_title == "collective" and evidence and is_person(bare):
            row.kind = "individual"
            row.say(
                "warning",
                "name",
                _("The award is one for collectives, but “%(name)s” reads like a person."),
                "kind_doubtful",
                name=quote(name),
            )
        elif by_title:
            row.kind = by_title
        return evidence

    def _kind_by_name(self, row: ReadRow, cells: Cells, named: Named) -> str:
        if named.sex or named.ethnicity or is_person(row.name):
            return "individual"
        if is_organisation(row.name) or cells.first("org_name"):
            return "collective"
        if cells.text("position") or cells.text("sex"):
            return "individual"
        return "individual" if is_person(row.name, strict=False) and self.keys & {"name"} else ""

    def _check_name(self, row: ReadRow) -> None:
        if not row.name:
            wanted = not row.unit or row.kind == "individual"
            row.say("error" if wanted else "warning", "name", _("The name is missing."), "name_missing")
        elif is_identity_number(row.name) or row.name.isdecimal():
            row.name = mask(row.name)
            row.say("error", "name", _("“%(name)s” is no name."), "name_wrong", name=quote(row.name))
        elif row.kind == "individual" and not is_person(row.name, strict=False):
            row.say(
                "warning",
                "name",
                _("“%(name)s” does not look like a person's name."),
                "name_doubtful",
                name=quote(row.name),
            )
        elif "\ufffd" in row.name or "?" in row.name or "？" in row.name:
            row.say("warning", "name", _("A character of the name is missing."), "name_damaged")

    # -- facts -----------------------------------------------------------------------------------------------------

    def _facts(self, row: ReadRow, cells: Cells, named: Named) -> None:
        row.sex, row.ethnicity = named.sex, named.ethnicity
        row.political_status, row.education = named.political_status, named.education
        self._fact(row, cells, "sex", sex_of)
        self._fact(row, cells, "ethnicity", ethnicity_of)
        self._fact(row, cells, "political_status", status_of, keep=True)
        self._fact(row, cells, "education", education_of, keep=True)
        for part in re.split(r"[，,、;；/\s]+", cells.text("facts")):
            row.sex = row.sex or sex_of(part)
            row.ethnicity = row.ethnicity or ethnicity_of(part)

    def _fact(self, row: ReadRow, cells: Cells, key: str, reader: Any, *, keep: bool = False) -> None:
        text = cells.text(key)
        if not text or is_unknown(text):
            return
        found = reader(text)
        if not found and key == "ethnicity" and re.search(r"(?:未识别|外籍|穿青人)", text):
            found = text
        if found or keep:
            told = getattr(row, key)
            if told and found and told != found:
                row.say(
                    "warning", key, _("The name cell says otherwise than the column, which was taken."), "contradiction"
                )
            setattr(row, key, found or mask(text))
        else:
            row.say(
                "warning", key, _("“%(value)s” was not understood and left out."), "not_understood", value=quote(text)
            )

    def _unit(self, row: ReadRow, cells: Cells, named: Named, unit_is_name: bool) -> None:
        joint, position = cells.text("unit_position", " "), cells.text("position")
        row.unit = cells.text("unit", " ")
        department = cells.text("department", "")
        if department and department not in row.unit:
            row.unit += department
        if not position and row.kind != "collective" and not (self.keys & {"position"}):
            position = cells.text("identity_class")
        if joint and row.kind == "collective":
            row.unit = row.unit or joint
        elif joint:
            unit, post, sure = split_unit_position(
                re.sub(r"\s*\n\s*", " ", " ".join(cells.values["unit_position"])).strip()
            )
            row.unit, position = row.unit or tidy(unit), position or tidy(post)
            self._unsure(row, joint, sure)
        elif row.unit and not position and row.kind != "collective" and not (self.keys & {"position"}):
            unit, post, sure = split_unit_position(
                " ".join(cells.values.get("unit", [])) if not department else row.unit
            )
            if unit and post and sure:
                row.unit, position = tidy(unit), tidy(post)
                row.say("info", "unit", _("The unit held the position too; it was parted."), "unit_parted")
        row.position = "" if row.kind == "collective" and unit_is_name else position
        if named.note and not row.unit and row.kind != "collective":
            self._unit_from_note(row, named)

    def _unit_from_note(self, row: ReadRow, named: Named) -> None:
        """What stood in brackets behind the name may be unit and position: `张三（某某公司车工）`."""
        unit, post, sure = split_unit_position("、".join(named.note))
        if unit and ((post and sure) or is_organisation(unit)):
            row.unit, row.position = tidy(unit), row.position or tidy(post)
            named.note.clear()
        elif not row.position and len(named.note) == 1 and len(post) <= 12 and post and not unit:
            row.position = post
            named.note.clear()

    def _unsure(self, row: ReadRow, text: str, sure: bool) -> None:
        if not sure:
            row.say(
                "info", "unit", _("Where the unit ends and the position begins in “%(value)s” is not sure."), "unit_unsplit", value=quote(text)
            )  # fmt: skip

    def _dates(self, row: ReadRow, cells: Cells) -> None:
        for key in ("born", "died"):
            text = cells.first(key)
            if not text.strip():
                continue
            found = read_date(text, past=key == "born", order=self.order, two_digits=key in self.two_digits)
            self._doubt(row, key, found, text)
            value = found.date
            if value and value.day == 1 and columns.WITHOUT_DAY.search(cells.labels.get(key, "")):
                value = PartialDate(value.year, value.month)
            setattr(row, key, value)
        if row.born and row.died and row.died.year < row.born.year:
            row.say("warning", "died", _("The date of death lies before the date of birth."), "dates_crossed")

    def _doubt(self, row: ReadRow, key: str, found: Found, text: str) -> None:
        if found.doubt == "order":
            row.asks.append("date_order")
            row.say(
                "warning", key, _("“%(value)s” may be day and month or month and day."), "date_order", value=quote(text)
            )
        elif found.doubt == "month":
            row.say(
                "warning",
                key,
                _("“%(value)s” may be January or October; only the year was taken."),
                "month_doubtful",
                value=quote(text),
            )
        elif found.doubt == "serial":
            row.say(
                "info",
                key,
                _("“%(value)s” is a day number of the spreadsheet and was read as a date."),
                "serial_date",
                value=quote(text),
            )
        elif found.doubt in ("impossible", "unread"):
            row.say("warning", key, _("The date “%(value)s” was not understood."), "date_unread", value=quote(text))
        if found.inferred and found.date:
            row.say("info", key, _("The list marks “%(value)s” as inferred."), "date_inferred", value=quote(text))

    # -- what for --------------------------------------------------------------------------------------------------

    def _awards(self, row: ReadRow, cells: Cells, context: Context) -> Iterator[ReadRow]:
        titles = [clean_title(part) for part in split_titles(self._title_text(cells))] if cells.text("title") else []
        years = self._years(row, cells)
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
            self._doubt(row, "year", Found(None, False, found.doubt), text)
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
        self._level(row, cells)
        row.region = (
            row.region or context.region or context.document_region or (region_of(row.title) if row.title else "")
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

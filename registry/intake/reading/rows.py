"""From cells under headings to rows: whose row it is, names, units, dates, and a remark on all that is doubtful."""

import re
from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from registry.intake.reading import columns
from registry.intake.reading.awards import Awards
from registry.intake.reading.cells import (
    education_of,
    ethnicity_of,
    has_hidden,
    is_identity_number,
    kind_word,
    mask,
    quote,
    sex_of,
    status_of,
    without_hidden,
)
from registry.intake.reading.context import Context
from registry.intake.reading.dates import in_future, is_unknown, read_date
from registry.intake.reading.formats import NumberText
from registry.intake.reading.model import Answers, Message, ReadRow
from registry.intake.reading.names import Named, is_organisation, is_person, read_name, split_names
from registry.intake.reading.private import compare_private, is_other_number, take_private
from registry.intake.reading.record import PRIVATE, Cells, is_nothing, say_doubt, tidy
from registry.intake.reading.titles import kind_of
from registry.intake.reading.units import split_unit_position
from registry.text.normalise import clean_name
from registry.text.numerals import PartialDate

_NUMBERED = ("document_number", "certificate_number")
_LONGEST = {"name": 120, "unit": 200, "position": 120}
_MARKUP = re.compile(r"<\s*[/!?a-zA-Z]|[{}]|javascript:", re.IGNORECASE)
_NO_NAME = re.compile(r"[<>{}=@^~$%|\\]|https?:|www\.")
_APOSTROPHE = re.compile(r"\s*['’`](?=\d)")
_PLAIN = ("native_place", "document_number", "certificate_number", "source", "note")


class RowMaker:
    """Makes the rows of one table. `answers` are those given; `two_digits` holds keys of date columns with 1975.05."""

    def __init__(self, sheet: str, answers: Answers, keys: set[str], two_digits: set[str]) -> None:
        self.sheet, self.answers, self.keys, self.two_digits = sheet, answers, keys, two_digits
        self.order = str(answers.get("date_order", ""))
        self.awards = Awards(answers, two_digits)

    def make(self, number: int, cells: Cells, raw: dict[str, str], context: Context) -> Iterator[ReadRow]:
        """Yield the rows of one source row: one a name, one an award, one a year."""
        said = _tidied(cells)
        names = self._names(cells, context)
        for name in names:
            row = ReadRow(number, self.sheet, dict(raw), messages=list(said))
            if len(names) > 1:
                row.say(
                    "info",
                    "name",
                    _("One cell held %(count)d names; each became a row."),
                    "several_names",
                    count=len(names),
                )
            self._person(row, cells, context, name)
            compare_private(row)
            _check_texts(row)
            yield from self.awards.of(row, cells, context)

    def _names(self, cells: Cells, context: Context) -> list[str]:
        text = cells.first("name") or cells.first(columns.COLLECTIVE_NAME) or cells.first("org_name")
        if cells.first("name") and context.kind != "collective" and kind_of(cells.first("title")) != "collective":
            names = split_names(text)
            if len(names) > 1:
                return names
        return [text]

    # -- who -------------------------------------------------------------------------------------------------------

    def _person(self, row: ReadRow, cells: Cells, context: Context, name: str) -> None:
        take_private(row, cells)
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
        if not row.unit and row.kind != "collective":
            row.unit = context.unit
        self._dates(row, cells)
        for key in _PLAIN:
            kept = [value for value in cells.values.get(key, []) if not is_nothing(value.strip())]
            text = "；".join(re.sub(r"\s+", " ", value).strip() for value in dict.fromkeys(kept))
            setattr(row, key, text if key in _NUMBERED and is_other_number(text) else mask(text))
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
        elif len(row.name) > _LONGEST["name"]:
            row.say(
                "error",
                "name",
                _("The name has %(length)d characters; at most %(limit)d are possible. Correct the cell."),
                "name_long",
                length=len(row.name),
                limit=_LONGEST["name"],
            )
        elif is_identity_number(row.name) or row.name.isdecimal() or _NO_NAME.search(row.name):
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
            say_doubt(row, key, found, text)
            value = found.date
            if value and value.day == 1 and columns.WITHOUT_DAY.search(cells.labels.get(key, "")):
                value = PartialDate(value.year, value.month)
            if value and in_future(value):
                row.say(
                    "error",
                    key,
                    _("“%(value)s” lies in the future. Correct the date."),
                    "date_future",
                    value=quote(text),
                )
                value = None
            setattr(row, key, value)
        if row.born and row.died and row.died.year < row.born.year:
            row.say("warning", "died", _("The date of death lies before the date of birth."), "dates_crossed")


def _tidied(cells: Cells) -> list[Message]:
    """Take marks that nobody sees and leading apostrophes out of the cells; return the remarks on it."""
    said: list[Message] = []
    for key, values in cells.values.items():
        for place, value in enumerate(values):
            if key in PRIVATE or isinstance(value, NumberText) or not value:
                continue
            if has_hidden(value):
                value = values[place] = without_hidden(value)
                text = _("Marks that can't be seen were taken out. Compare the cell with the source.")
                said.append(Message("warning", key, text, "hidden_marks"))
            if _APOSTROPHE.match(value):
                values[place] = _APOSTROPHE.sub("", value, count=1)
                said.append(Message("info", key, _("An apostrophe before the number was taken off."), "apostrophe"))
    return said


def _check_texts(row: ReadRow) -> None:
    """Put personal numbers out of the texts of a row, and say which text is too long or holds program text."""
    for key in ("name", "unit", "position"):
        text = mask(getattr(row, key))
        setattr(row, key, text.replace("***", "").strip() or text)
        if key != "name" and len(text) > _LONGEST[key]:
            row.say(
                "warning",
                key,
                _("The text has %(length)d characters; only the first %(limit)d are kept."),
                "too_long",
                length=len(text),
                limit=_LONGEST[key],
            )
        if key != "name" and _MARKUP.search(text):
            row.say("warning", key, _("“%(value)s” holds program text. Correct the cell."), "markup", value=quote(text))

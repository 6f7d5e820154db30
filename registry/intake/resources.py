"""Files and honours as tables, by `import_export`: what a list is compared with, cell by cell.

Cells are plain text. `given` turns a staged row into cells, `cells` a file or an honour; equal text means equal facts.
Nothing is saved here: the commit writes in chunks (`committing.py`).
"""

from collections.abc import Mapping
from typing import Any

from import_export import resources
from import_export.fields import Field
from import_export.widgets import Widget

from registry.honours.models import Conferral
from registry.intake.columns import EDUCATIONS, HEADINGS, KINDS, LEVELS, SEXES
from registry.people.models import Collective, Honouree, Person

PERSONAL = ("sex", "ethnicity", "born", "died", "native_place", "political_status", "education")
COMMON = ("region", "unit_name", "position")
HONOUR = ("year", "treatment_level", "granted_on", "document_number", "certificate_number", "source", "note")
# What a staged row calls the fact, where it differs from the model.
ROW_KEYS = {"unit_name": "unit", "region": "region_code", "treatment_level": "treatment"}


class Text(Widget):
    """A value as text; empty when there is none."""

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Write a value down."""
        return "" if value is None else str(value)

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        """Read a cell."""
        return "" if value is None else str(value).strip()


class Word(Text):
    """A choice: its code in the database, its Chinese word in the table."""

    def __init__(self, words: Mapping[str, str]) -> None:
        """Take the words by code."""
        super().__init__()
        self.words = words

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        """Write the word."""
        return self.words.get(value or "", "")


def column(name: str, attribute: str = "", widget: Widget | None = None) -> Field:
    """Make a field with its Chinese heading."""
    return Field(attribute=attribute or name, column_name=HEADINGS[name], widget=widget or Text(), default="")


class Table(resources.ModelResource):
    """What all of them share."""

    # The fields that a list is compared by; they are compared by code, not by word.
    compared: tuple[str, ...] = ()

    class Meta:
        abstract = True

    def cells(self, thing: Any) -> dict[str, str]:
        """Return the compared facts of a file or an honour by field name, as a staged row would give them."""
        return {name: self._plain(thing, name) for name in self.compared}

    def given(self, facts: Mapping[str, Any]) -> dict[str, str]:
        """Return the compared facts that a staged row gives."""
        clean = self._text.clean
        return {name: clean(facts[ROW_KEYS.get(name, name)]) for name in self.compared}

    _text = Text()

    def _plain(self, thing: Any, name: str) -> str:
        if name == "region":
            return thing.region_id or ""
        if name == "political_status":
            return thing.political_status.short_name if thing.political_status else ""
        return self._text.render(getattr(thing, name))


class FileTable(Table):
    """What persons' and collectives' files share."""

    region = column("region", "region__name")
    unit_name = column("unit_name")
    position = column("position")
    title = column("title", "headline")
    year = column("year", "headline_year")

    class Meta:
        model = Honouree
        fields = ("region", "unit_name", "position", "title", "year")


class PersonResource(FileTable):
    """A person's file."""

    compared = (*PERSONAL, *COMMON)
    name = column("name")
    former_names = Field(column_name=HEADINGS["former_names"])
    known_as = Field(column_name=HEADINGS["known_as"])
    sex = column("sex", widget=Word(SEXES))
    ethnicity = column("ethnicity", "ethnicity__name")
    born = column("born")
    died = column("died")
    native_place = column("native_place")
    political_status = column("political_status", "political_status__short_name")
    education = column("education", widget=Word(EDUCATIONS))

    class Meta:
        model = Person
        fields = ("name", "former_names", "known_as", *PERSONAL, "region", "unit_name", "position", "title", "year")
        export_order = fields

    def dehydrate_former_names(self, file: Any) -> str:
        """Join the former names."""
        return "、".join(other.name for other in file.other_names.all() if other.kind == "former")

    def dehydrate_known_as(self, file: Any) -> str:
        """Join the names the person is known by."""
        return "、".join(other.name for other in file.other_names.all() if other.kind == "known_as")


class CollectiveResource(FileTable):
    """A collective's file."""

    compared = COMMON
    name = column("collective_name", "name")

    class Meta:
        model = Collective
        fields = ("name", "region", "unit_name", "position", "title", "year")
        export_order = ("name", "region", "unit_name", "title", "year")


class HonourResource(Table):
    """An honour with its holder: as a list of honourees is published."""

    compared = HONOUR
    name = column("name", "honouree__name")
    kind = column("kind", "honouree__kind", Word(KINDS))
    sex = column("sex", "honouree__sex", Word(SEXES))
    ethnicity = column("ethnicity", "honouree__ethnicity__name")
    region = column("region", "region__name")
    unit_name = column("unit_name")
    position = column("position")
    title = column("title", "title__name")
    level = column("level", widget=Word(LEVELS))
    treatment_level = column("treatment_level", widget=Word(LEVELS))
    year = column("year")
    granted_on = column("granted_on")
    document_number = column("document_number")
    certificate_number = column("certificate_number")
    source = column("source")
    note = column("note")

    class Meta:
        model = Conferral
        fields = (
            "name", "kind", "sex", "ethnicity", "region", "unit_name", "position", "title", "level", "treatment_level", "year",
            "granted_on", "document_number", "certificate_number", "source", "note",
        )  # fmt: skip
        export_order = fields


PERSONS, COLLECTIVES, HONOURS = PersonResource(), CollectiveResource(), HonourResource()


def table_of(kind: str) -> Table:
    """Return the table for a kind of file."""
    return PERSONS if kind == "individual" else COLLECTIVES

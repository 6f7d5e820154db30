"""Any files or honours as a table with Chinese headings that the next import reads back: on `resources.py` and `export.py`.

The queryset says who may see what: narrow it by `visible_to` before. Only the facts that `resources.py` names leave the registry.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from registry.honours.models import Conferral
from registry.intake.export import csv_lines, xlsx
from registry.intake.resources import CollectiveResource, FileResource, HonourResource, PersonResource, Table
from registry.people.models import Collective, Honouree, Person

TABLES: dict[Any, type[Table]] = {
    Person: PersonResource,
    Collective: CollectiveResource,
    Honouree: FileResource,
    Conferral: HonourResource,
}
JOINS: dict[Any, tuple[str, ...]] = {Conferral: ("honouree__ethnicity", "title", "region")}
FILE_JOINS = ("ethnicity", "political_status", "region")


def headings_of(model: Any) -> list[str]:
    """Return the Chinese headings for persons, collectives, files of both kinds, or honours; `LookupError` for another model."""
    if model not in TABLES:
        raise LookupError(f"no table for {model.__name__}")
    headings: list[str] = TABLES[model]().get_export_headers(selected_fields=None)
    return headings


def table_rows(things: QuerySet[Any]) -> Iterator[list[str]]:
    """Give a row of plain text for each file or honour, fetched a thousand at a time."""
    table = TABLES[things.model]()
    fields = table.get_export_fields()
    found = things.select_related(*JOINS.get(things.model, FILE_JOINS))
    if things.model is not Conferral:
        found = found.prefetch_related("other_names")
    for thing in found.iterator(chunk_size=1000):
        yield [str(table.export_field(field, thing)) for field in fields]


def list_csv(things: QuerySet[Any]) -> Iterable[str]:
    """Give the queryset as CSV, line by line, formulas neutralised."""
    return csv_lines(headings_of(things.model), table_rows(things))


def list_xlsx(things: QuerySet[Any]) -> bytes:
    """Give the queryset as a workbook, formulas neutralised."""
    return xlsx(headings_of(things.model), table_rows(things))

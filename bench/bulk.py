"""Filling tables by the million: COPY on PostgreSQL, `executemany` on SQLite, the indexes and foreign keys made again afterwards."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

CHUNK = 20_000
# Text and numbers alone: nothing in the invented rows needs escaping but what is missing.
NOTHING = r"\N"


def constants(blank: models.Model, varying: Sequence[str]) -> dict[str, Any]:
    """Return column and stored value of every field of a model that doesn't vary, as the blank instance has them."""
    found: dict[str, Any] = {}
    for field in blank._meta.concrete_fields:
        if field.generated or field.column in varying:
            continue
        value = field.pre_save(blank, add=True)
        if not field.primary_key:
            found[str(field.column)] = field.get_db_prep_save(value, connection)
    return found


def write(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], same: dict[str, Any]
) -> None:
    """Write rows of these columns; the columns of `same` have one value in all of them."""
    names = ", ".join(connection.ops.quote_name(name) for name in (*columns, *same))
    table = connection.ops.quote_name(model._meta.db_table)
    given = iter(rows)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            tail = "".join(f"\t{_text(value)}" for value in same.values()) + "\n"
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                while chunk := list(islice(given, CHUNK)):
                    copy.write("".join("\t".join(map(_text, row)) + tail for row in chunk))
        else:
            marks = ", ".join(["?"] * (len(columns) + len(same)))
            rest = tuple(same.values())
            while chunk := list(islice(given, CHUNK)):
                cursor.cursor.connection.executemany(
                    f"INSERT INTO {table} ({names}) VALUES ({marks})", [(*row, *rest) for row in chunk]
                )


def _text(value: Any) -> str:
    if value is None:
        return NOTHING
    return ("t" if value else "f") if isinstance(value, bool) else str(value)


@contextmanager
def without_indexes(*written: type[models.Model]) -> Iterator[None]:
    """Take the indexes and foreign keys of the tables away, and make them again afterwards, all in one transaction."""
    tables = [model._meta.db_table for model in written]
    with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        drop, make = _postgresql(cursor, tables) if connection.vendor == "postgresql" else _sqlite(cursor, tables)
        for statement in drop:
            cursor.execute(statement)
        yield
        for statement in make:
            cursor.execute(statement)
        for statement in connection.ops.sequence_reset_sql(no_style(), list(written)):
            cursor.execute(statement)


def analyse() -> None:
    """Let the planner know what is there now."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def _postgresql(cursor: Any, tables: Sequence[str]) -> tuple[list[str], list[str]]:
    cursor.execute(
        "SELECT conrelid::regclass::text, quote_ident(conname), pg_get_constraintdef(oid) FROM pg_constraint"
        " WHERE contype = 'f' AND conrelid::regclass::text = ANY(%s)",
        [list(tables)],
    )
    keys = cursor.fetchall()
    cursor.execute(
        "SELECT quote_ident(i.indexname), i.indexdef FROM pg_indexes i WHERE i.tablename = ANY(%s) AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint c WHERE c.conindid = quote_ident(i.indexname)::regclass)",
        [list(tables)],
    )
    indexes = cursor.fetchall()
    drop = [f"ALTER TABLE {table} DROP CONSTRAINT {name}" for table, name, _how in keys]
    drop += [f"DROP INDEX {name}" for name, _how in indexes]
    make = ["SET LOCAL maintenance_work_mem = '512MB'", *(how for _name, how in indexes)]
    return drop, make + [f"ALTER TABLE {table} ADD CONSTRAINT {name} {how}" for table, name, how in keys]


def _sqlite(cursor: Any, tables: Sequence[str]) -> tuple[list[str], list[str]]:
    marks = ", ".join(["%s"] * len(tables))
    cursor.execute(
        f"SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name IN ({marks})",
        list(tables),
    )
    indexes = cursor.fetchall()
    return [f'DROP INDEX "{name}"' for name, _how in indexes], [how for _name, how in indexes]

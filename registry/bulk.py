"""Many rows quickly: COPY where the database has it, one prepared statement elsewhere.

Django's `bulk_update` builds a CASE per row and column, and `bulk_create` an object and a statement of thousands of parameters, which
cost more than the writing.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, router, transaction


def write_columns(model: Any, things: Sequence[Any], names: Iterable[str]) -> None:
    """Write these fields of these saved objects, one prepared UPDATE for all of them, in one transaction. No signals are sent."""
    if not things:
        return
    using = router.db_for_write(model)
    connection = connections[using]
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    sql = f"UPDATE {quote(model._meta.db_table)} SET {columns} WHERE {quote(model._meta.pk.column)} = %s"  # noqa: S608  # names from the models
    values = [
        [*(field.get_db_prep_save(getattr(thing, field.attname), connection) for field in fields), thing.pk]
        for thing in things
    ]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.executemany(sql, values)


def insert_rows(model: Any, names: Sequence[str], rows: Iterable[Sequence[Any]], *, alias: str | None = None) -> None:
    """Insert rows of plain values, in the order of these fields, by COPY on PostgreSQL and one prepared INSERT elsewhere.

    No defaults, signals or checks but the database's own; the caller has a transaction, and keys from `next_keys`.
    """
    connection = connections[alias or router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    columns = ", ".join(quote(field.column) for field in fields)
    table = quote(model._meta.db_table)
    lines = _stored(fields, rows, connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", lines)
        else:
            marks = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", list(lines))  # noqa: S608  # names from the models


def update_rows(model: Any, names: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Update rows of plain values, the key in front, by a temporary table on PostgreSQL and one prepared UPDATE elsewhere."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    table, key = quote(model._meta.db_table), quote(fields[0].column)
    lines = _stored(fields, rows, connection)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            sets = ", ".join(f"{quote(field.column)} = %s" for field in fields[1:])
            sql = f"UPDATE {table} SET {sets} WHERE {key} = %s"  # noqa: S608  # names from the models
            cursor.executemany(sql, [(*line[1:], line[0]) for line in lines])
            return
        columns = ", ".join(quote(field.column) for field in fields)
        sets = ", ".join(f"{quote(field.column)} = news.{quote(field.column)}" for field in fields[1:])
        cursor.execute(f"CREATE TEMPORARY TABLE news ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA")  # noqa: S608
        _copy(cursor, f"COPY news ({columns}) FROM STDIN", lines)
        cursor.execute(f"UPDATE {table} SET {sets} FROM news WHERE {table}.{key} = news.{key}")  # noqa: S608
        cursor.execute("DROP TABLE news")


def next_keys(model: Any, number: int) -> range | list[int]:
    """Take so many new keys of a table; the caller's transaction writes the rows."""
    connection = connections[router.db_for_write(model)]
    table, column = model._meta.db_table, model._meta.pk.column
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
                [f'"{table}"', column, number],
            )
            return [row[0] for row in cursor.fetchall()]
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        row = cursor.fetchone()
        last = row[0] if row else 0
        return range(last + 1, last + 1 + number)


def _copy(cursor: Any, statement: str, lines: Iterable[Sequence[Any]]) -> None:
    with cursor.copy(statement) as copy:
        for line in lines:
            copy.write_row(line)


def _stored(fields: Sequence[Any], rows: Iterable[Sequence[Any]], connection: Any) -> Iterable[Sequence[Any]]:
    """Turn the values of the few kinds of field into what the driver stores; all others are plain already."""
    turns = [(place, turn) for place, field in enumerate(fields) if (turn := _turn(field, connection))]
    for row in rows:
        line = list(row)
        for place, turn in turns:
            if line[place] is not None:
                line[place] = turn(line[place])
        yield line


def _turn(field: Any, connection: Any) -> Callable[[Any], Any] | None:
    kind = field.get_internal_type()
    if kind == "JSONField":
        return _json
    if kind == "UUIDField" and connection.vendor != "postgresql":
        return _hex
    if kind == "DateTimeField":
        return connection.ops.adapt_datetimefield_value  # type: ignore[no-any-return]
    return _cipher if hasattr(field, "place_in") else None


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _json(value: Any) -> str:
    return _ENCODE(value)


def _hex(value: Any) -> str:
    return str(value.hex)


def _cipher(value: Any) -> Any:
    return value.cipher


def delete_rows(model: Any, name: str, keys: Iterable[Any]) -> None:
    """Delete the rows whose field has one of these values, and nothing else: what still refers to them makes the database refuse."""
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    column = quote(model._meta.get_field(name).column)
    sql = f"DELETE FROM {quote(model._meta.db_table)} WHERE {column}"  # noqa: S608  # names from the model
    values = list(keys)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"{sql} = ANY(%s)", [values])
        else:
            cursor.executemany(f"{sql} = %s", [(value,) for value in values])

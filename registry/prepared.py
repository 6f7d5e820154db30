"""Queries compiled once. What a busy public page asks for is always the same statement; compiling it anew costs more than running it."""

import copy
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)

# Marks that no constant of a query equals. They fit the smallest integer column: for what doesn't, Django compiles "nothing matches".
TEXT = "\ue000prepared:"
NUMBER, STEP = 31_000, 100


@dataclass(frozen=True)
class _Statement:
    query: Any
    compiler: Any
    sql: str
    parameters: tuple[Any, ...]
    slots: tuple[tuple[int, str, int], ...]
    converters: Any


class Prepared(Generic[M]):
    """A queryset whose SQL is made at its first use in the process; afterwards only values are put in.

    `build` gets a placeholder for each name in `kinds` and returns a queryset of model instances; a kind is `str`, `int`, or a number n for
    a list of integers (for `__in`), asked n at a time; what is not used of the n is filled with -1, which is no key. A value must reach the
    statement as it is: exact comparisons and `__in`, not `startswith` or `None`.

    >>> of_file = Prepared(lambda pk: Source.objects.filter(honouree=pk), pk=int)
    >>> of_file(pk=7)
    """

    def __init__(self, build: Callable[..., QuerySet[M]], **kinds: type[str] | type[int] | int) -> None:
        self.build = build
        self.kinds = kinds
        self._statements: dict[str, _Statement] = {}

    def __call__(self, **values: str | int | Sequence[int]) -> list[M]:
        """Return the rows. Raises `KeyError` for a missing value."""
        for name, size in self.kinds.items():
            if isinstance(size, int) and len(values[name]) > size:  # type: ignore[arg-type]
                several: Any = values[name]
                parts = (several[start : start + size] for start in range(0, len(several), size))
                return [row for part in parts for row in self(**{**values, name: part})]
        return self._run({name: self._spread(name, values[name]) for name in self.kinds})

    def _run(self, given: dict[str, list[Any]]) -> list[M]:
        database = connections[DEFAULT_DB_ALIAS]
        statement = self._statements.get(database.vendor)
        if statement is None:
            statement = self._statements[database.vendor] = self._compile()
        parameters = list(statement.parameters)
        for position, name, index in statement.slots:
            parameters[position] = type(parameters[position])(given[name][index])
        compiler = copy.copy(statement.compiler)
        compiler.connection = database
        compiler.get_converters = lambda _columns: statement.converters
        compiler.as_sql = lambda *_arguments, **_options: (statement.sql, tuple(parameters))
        query = copy.copy(statement.query)
        query.get_compiler = lambda *_arguments, **_options: compiler
        rows: QuerySet[M] = QuerySet(model=query.model, query=query, using=DEFAULT_DB_ALIAS)
        return list(rows)

    def _spread(self, name: str, value: Any) -> list[Any]:
        size = self.kinds[name]
        return [*value, *[-1] * (size - len(value))] if isinstance(size, int) else [value]

    def _compile(self) -> _Statement:
        placeholders: dict[Any, tuple[str, int]] = {}
        arguments: dict[str, Any] = {}
        for number, (name, kind) in enumerate(self.kinds.items()):
            length = kind if isinstance(kind, int) else 1
            marks = [TEXT + name if kind is str else NUMBER + number * STEP + index for index in range(length)]
            placeholders |= {mark: (name, index) for index, mark in enumerate(marks)}
            arguments[name] = marks if isinstance(kind, int) else marks[0]
        rows = self.build(**arguments)
        if rows._iterable_class is not QuerySet(rows.model)._iterable_class or rows._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise TypeError("a prepared query returns model instances and prefetches nothing")
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, parameters = compiler.as_sql()
        slots = tuple(
            (position, *placeholders[value])
            for position, value in enumerate(parameters)
            if isinstance(value, str | int) and value in placeholders
        )
        if {name for _position, name, _index in slots} != set(self.kinds):
            raise TypeError("every value must stand in the statement as it was given")
        converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        return _Statement(rows.query, compiler, sql, tuple(parameters), slots, converters)

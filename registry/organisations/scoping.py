"""An officer sees the own subtree only, and a query that forgets to say so fails instead of leaking.

While a console or API request of a signed-in officer is served, `scope_required` is set. A queryset of a scoped model then refuses to run
until it has been narrowed by `visible_to(user)` or explicitly opened by `everywhere(reason)`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q

_required: ContextVar[bool] = ContextVar("scope_required", default=False)


class ScopeForgotten(RuntimeError):
    """A scoped model was queried during an officer's request without saying whose eyes it is for."""


@contextmanager
def scope_required(required: bool = True) -> Iterator[None]:
    """Switch the guard on (or off) for the block."""
    token = _required.set(required)
    try:
        yield
    finally:
        _required.reset(token)


def scope_filter(user: Any, fields: tuple[str, ...]) -> Q | None:
    """Return the condition that keeps what lies under the user's nodes; None when that is everything.

    The nodes are named by their ids: the database then knows how many rows each has, and needn't join the tree to every row.
    """
    from registry.organisations.rules import nodes_of, paths_of, sees_everything

    if sees_everything(user):
        return None
    nodes = nodes_of(user)
    condition = Q(pk__in=[])
    for name in fields:
        key = name.removesuffix("__path")
        if nodes is None or key == name:
            for path in paths_of(user):
                condition |= Q(**{f"{name}__startswith": path})
            continue
        # Nothing but an industry's union can be an industry union.
        ids = [pk for pk, kind in nodes if kind == "industrial" or not key.endswith("industry_union")]
        if ids:
            condition |= Q(**{f"{key}__in": ids})
    return condition


class ScopedQuerySet(models.QuerySet[Any]):
    """A queryset that knows whether it has been narrowed to an officer's subtree."""

    scope_fields: ClassVar[tuple[str, ...]] = ("union__path", "industry_union__path")
    _scoped = False

    def visible_to(self, user: Any) -> Self:
        """Keep what lies under the nodes where the user holds a role today."""
        condition = scope_filter(user, getattr(self.model, "SCOPE_FIELDS", self.scope_fields))
        found = self.all() if condition is None else self.filter(condition)
        found._scoped = True
        return found

    def everywhere(self, reason: str) -> Self:
        """Open the whole table on purpose; the reason is for the reader of the code."""
        found = self.all()
        found._scoped = bool(reason)
        return found

    def _clone(self) -> Self:
        clone: Self = super()._clone()  # type: ignore[misc]  # private in the stubs
        clone._scoped = self._scoped
        return clone

    def _check_scope(self) -> None:
        if _required.get() and not self._scoped:
            raise ScopeForgotten(f"{self.model.__name__}: say visible_to(user) or everywhere(reason)")

    def _fetch_all(self) -> None:
        if self._result_cache is None:
            self._check_scope()
        super()._fetch_all()

    def iterator(self, chunk_size: int | None = None) -> Iterator[Any]:
        """Refuse like every other way of reading."""
        self._check_scope()
        return super().iterator(chunk_size)

    def count(self) -> int:
        """Refuse like every other way of reading."""
        self._check_scope()
        return super().count()

    def exists(self) -> bool:
        """Refuse like every other way of reading."""
        self._check_scope()
        return super().exists()

    def aggregate(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Refuse like every other way of reading."""
        self._check_scope()
        return super().aggregate(*args, **kwargs)

    def update(self, **kwargs: Any) -> int:
        """Refuse like every way of reading; a write must be narrowed too."""
        self._check_scope()
        return super().update(**kwargs)

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse like every way of reading; a deletion must be narrowed too."""
        self._check_scope()
        return super().delete()


ScopedManager = models.Manager.from_queryset(ScopedQuerySet)


class Scoped:
    """Mixed into scoped models: whether a value is taken already is asked of the whole table, whoever asks; nothing is shown."""

    def validate_unique(self, exclude: Any = None) -> None:
        """Look through the whole table."""
        with scope_required(False):
            super().validate_unique(exclude=exclude)  # type: ignore[misc]

    def validate_constraints(self, exclude: Any = None) -> None:
        """Look through the whole table."""
        with scope_required(False):
            super().validate_constraints(exclude=exclude)  # type: ignore[misc]

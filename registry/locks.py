"""One reader-and-writer of a derived copy at a time, so that an older reading of the facts never wins."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

# PostgreSQL's advisory locks, one for each copy.
SEARCH_INDEX = 5_072_019
STATISTICS = 5_072_020


@contextmanager
def one_at_a_time(copy: int) -> Iterator[None]:
    """Open a transaction that excludes others on the same copy: SQLite's do so by themselves, PostgreSQL needs a lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [copy])
        yield

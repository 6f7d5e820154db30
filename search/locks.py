"""One reader-and-writer of the index at a time, so that an older reading of the facts never wins."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ADVISORY_LOCK = 5_072_019


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Open a transaction that excludes others of its kind: SQLite's do so by themselves, PostgreSQL needs a lock."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        yield

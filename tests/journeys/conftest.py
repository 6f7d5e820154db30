"""The demonstration, loaded once for every module that asks."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Load the demonstration through `load_demo`, and take it back after the module."""
    with django_db_blocker.unblock():
        cache.clear()
        with transaction.atomic():
            call_command("load_demo", verbosity=0)
            # What waits for the end of the transaction will not come in a test; nothing here needs it.
            connection.run_on_commit = []
            yield
            transaction.set_rollback(True)
        cache.clear()

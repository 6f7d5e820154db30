"""Schemathesis asks the API whatever its own description allows, and some of what it doesn't."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.cache import cache
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, configuration, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from tests.search.conftest import MakeFile

# What Hypothesis remembers belongs with the other leavings of tests.
configuration.set_hypothesis_home_dir(str(Path(django_settings.PRIVATE_ROOT).parent / "hypothesis"))


@pytest.fixture
def _connection_stays() -> Iterator[None]:
    """A whole request would close the connection that holds the test's transaction; Django's own client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("_connection_stays")
@pytest.mark.parametrize("path", ["/api/v1/honourees", "/api/v1/honourees/{slug}", "/api/v1/suggest"])
def test_the_api_keeps_its_word(make_file: MakeFile, path: str) -> None:
    make_file("单雨晴")
    described = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    asked = []

    @settings(max_examples=25, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path]["GET"].as_strategy())
    def ask(case: Any) -> None:
        cache.clear()
        # No schema says which cursors were made here; another one is refused.
        case.call_and_validate(headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance])
        asked.append(case)

    ask()
    assert len(asked) >= 10

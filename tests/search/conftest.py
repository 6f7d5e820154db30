"""A few people of the registry that search knows."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from registry.honours.actions import confer
from registry.organisations.models import Region
from registry.people.actions import open_file
from registry.people.models import Honouree
from search import service
from tests.registry.conftest import Federation, federation

__all__ = ["federation"]
MakeFile = Callable[..., Honouree]


@pytest.fixture(autouse=True)
def _engine_of_the_database(settings: Any) -> None:
    """The real server is asked by the shared suite (`test_engines`), with an index of its own; here it would outlive a test."""
    settings.SEARCH_ENGINE = "embedded"


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> Iterator[None]:
    """Counts of the throttle and names of filters don't outlive a test; nor does a broken server."""
    cache.clear()
    service.breaker = service.Breaker()
    yield
    cache.clear()


@pytest.fixture
def make_file(federation: Federation, django_capture_on_commit_callbacks: Any) -> MakeFile:
    """Open a file with an honour and let the news travel, as a commit does."""

    def make(
        name: str,
        *,
        kind: str = "individual",
        title: str = "自治区劳动模范",
        level: str = "provincial",
        year: int = 2020,
        region: str = "",
        **facts: Any,
    ) -> Honouree:
        if region:
            facts["region"] = Region.objects.get(code=region)
        with django_capture_on_commit_callbacks(execute=True):
            file = open_file(kind, name, actor=federation.registrar, union=federation.yinchuan, facts=facts)
            confer(file, federation.title(title, level), actor=federation.registrar, year=year)
        file.refresh_from_db()
        return file

    return make

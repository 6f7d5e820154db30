"""A small register, as the public sees it."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.cache import cache

from cms.pages import demo
from registry.accounts.models import User
from registry.honours.actions import confer
from registry.honours.models import HonourTitle
from registry.honours.reference import load_reference
from registry.organisations.models import Region
from registry.organisations.queries import top_node
from registry.people.actions import open_file, set_details
from registry.people.models import Honouree

Honour = tuple[str, int | None]
MakeFile = Callable[..., Honouree]


@pytest.fixture(autouse=True)
def _counts_are_forgotten() -> Iterator[None]:
    """Kept counts outlive a test's transaction; every test begins without."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def registrar(db: None) -> User:
    """The registry officer of the whole region; the reference data and the demonstration's pages are there."""
    load_reference()
    demo.load_accounts()
    demo.load_site()
    return User.objects.get(username="registrar")


@pytest.fixture
def make_file(registrar: User) -> MakeFile:
    """Return `make_file(name, (title code, year), ..., kind=, region=, known_as=, **facts)`."""

    def make(
        name: str, *honours: Honour, kind: str = "individual", region: str = "", known_as: str = "", **facts: Any
    ) -> Honouree:
        if region:
            facts["region"] = Region.objects.get(code=region)
        file = open_file(kind, name, actor=registrar, union=top_node(), facts=facts)
        for title, year in honours:
            confer(file, HonourTitle.objects.get(code=title), actor=registrar, year=year)
        if known_as:
            set_details(file, actor=registrar, other_names=[("known_as", known_as)], sources=["工人报 2020-05-01"])
        return Honouree._base.get(pk=file.pk)

    return make

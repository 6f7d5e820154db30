"""The federation of the registry's tests, a few files, and signed-in officers."""

from collections.abc import Callable

import pytest
from django.test import Client

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.actions import confer
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.registry.conftest import Federation, federation, officer

__all__ = ["federation"]
SignIn = Callable[[User], Client]


@pytest.fixture
def sign_in() -> SignIn:
    """Return a client signed in as a user."""

    def make(user: User) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user, backend="registry.organisations.backends.RoleBackend")
        return client

    return make


@pytest.fixture
def files(federation: Federation) -> dict[str, Honouree]:
    """One person in each city, both with an honour."""
    made = {}
    medal = federation.title("自治区五一劳动奖章")
    for key, name, union in (("yinchuan", "单雨晴", federation.yinchuan), ("guyuan", "马万里", federation.guyuan)):
        file = open_file(
            "individual", name, actor=federation.registrar, union=union, facts={"unit_name": f"{name}的单位"}
        )
        confer(file, medal, actor=federation.registrar, year=2022)
        file.refresh_from_db()
        made[key] = file
    return made


@pytest.fixture
def administrator(federation: Federation) -> User:
    """A system administrator of the whole tree."""
    return officer("administrator", Role.ADMINISTRATOR, federation.top)

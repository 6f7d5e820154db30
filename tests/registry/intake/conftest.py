"""The reference data and an officer for the whole region."""

from pathlib import Path
from typing import Any

import pytest

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.reference import load_reference
from registry.organisations.actions import appoint
from registry.organisations.models import UnionNode
from registry.organisations.queries import top_node


@pytest.fixture(autouse=True)
def private_root(settings: Any, tmp_path: Path) -> Path:
    """A folder of the test's own for uploaded lists."""
    settings.PRIVATE_ROOT = tmp_path / "private"
    return settings.PRIVATE_ROOT  # type: ignore[no-any-return]


@pytest.fixture
def registrar(db: None) -> User:
    """A registry officer of the region."""
    load_reference()
    user = User.objects.create_user("registrar")
    appoint(user, Role.REGISTRAR, top_node(), actor=None)
    return user


@pytest.fixture
def city_registrar(registrar: User) -> User:
    """A registry officer of Yinchuan."""
    user = User.objects.create_user("yinchuan-registrar")
    appoint(user, Role.REGISTRAR, UnionNode.objects.get(region="640100"), actor=None)
    return user

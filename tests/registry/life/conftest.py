"""A person and a collective of the small federation, and officers on both sides of a handover."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.actions import confer
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.registry.conftest import Federation, officer


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """Messages are compared in English, whatever the catalogues say."""
    with translation.override("en"):
        yield


@pytest.fixture
def person(federation: Federation) -> Honouree:
    """An invented person of Yinchuan with a city honour."""
    file = open_file(
        "individual", "单雨晴", actor=federation.registrar, union=federation.yinchuan,
        facts={"sex": "female", "born": "1960-03", "unit_name": "某机床厂", "position": "车工"},
    )  # fmt: skip
    confer(file, federation.title("银川市劳动模范", "city"), actor=federation.registrar, year=1999)
    file.refresh_from_db()
    return file


@pytest.fixture
def collective(federation: Federation) -> Honouree:
    """An invented collective of Yinchuan."""
    return open_file("collective", "某厂焊接班", actor=federation.registrar, union=federation.yinchuan)


@pytest.fixture
def receiver(federation: Federation) -> User:
    """The registry officer of Guyuan."""
    return officer("guyuan", Role.REGISTRAR, federation.guyuan)


@pytest.fixture
def clerk(federation: Federation) -> User:
    """An editor of Yinchuan: sees files, changes none."""
    return officer("clerk", Role.EDITOR, federation.yinchuan)

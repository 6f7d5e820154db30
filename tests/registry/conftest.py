"""A small federation: Ningxia, Yinchuan and Guyuan, with officers."""

from dataclasses import dataclass

import pytest

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.enums import Level
from registry.honours.models import HonourTitle
from registry.organisations.actions import appoint
from registry.organisations.models import Region, UnionNode
from registry.organisations.queries import region_names
from registry.text.normalise import fold


@dataclass
class Federation:
    """The nodes and people of the tests."""

    top: UnionNode
    yinchuan: UnionNode
    guyuan: UnionNode
    registrar: User
    second: User
    city_registrar: User
    auditor: User

    def title(self, name: str, level: str = Level.PROVINCIAL, **facts: object) -> HonourTitle:
        """Make an award title."""
        code = f"title-{HonourTitle.objects.count() + 1}"
        title, _ = HonourTitle.objects.get_or_create(
            name=name, defaults={"code": code, "name_key": fold(name), "level": level, **facts}
        )
        return title


def officer(username: str, role: Role, node: UnionNode) -> User:
    """Make a user appointed to a role at a node."""
    user = User.objects.create_user(username, password="a long pass phrase")
    appoint(user, role, node, actor=None)
    return user


@pytest.fixture
def federation(db: None) -> Federation:
    """Ningxia with two cities and four officers."""
    regions = {}
    for code, name, short, level, parent in (
        ("640000", "宁夏回族自治区", "宁夏", "province", None),
        ("640100", "银川市", "银川", "city", "640000"),
        ("640105", "西夏区", "西夏", "county", "640100"),
        ("640400", "固原市", "固原", "city", "640000"),
        ("110000", "北京市", "北京", "province", None),
    ):
        regions[code] = Region.objects.get_or_create(
            code=code, defaults={"name": name, "short_name": short, "level": level, "parent_id": parent}
        )[0]
    region_names.cache_clear()
    top = UnionNode.objects.create(code="T", name="自治区总工会", kind="regional", path="T/", region=regions["640000"])
    yinchuan = UnionNode.objects.create(
        code="Y", name="银川市总工会", kind="regional", path="T/Y/", parent=top, region=regions["640100"]
    )
    guyuan = UnionNode.objects.create(
        code="G", name="固原市总工会", kind="regional", path="T/G/", parent=top, region=regions["640400"]
    )
    return Federation(
        top=top,
        yinchuan=yinchuan,
        guyuan=guyuan,
        registrar=officer("registrar", Role.REGISTRAR, top),
        second=officer("second", Role.REGISTRAR, top),
        city_registrar=officer("city", Role.REGISTRAR, yinchuan),
        auditor=officer("auditor", Role.AUDITOR, top),
    )

"""The federation with a county, an industry's union, and files with every kind of fact."""

from dataclasses import dataclass, field
from typing import Any

import pytest

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.actions import confer, confirm_revocation, propose_revocation
from registry.honours.models import Conferral
from registry.organisations.models import Region, UnionNode
from registry.people.actions import open_file
from registry.people.models import Honouree
from registry.statistics.actions import catch_up
from tests.registry.conftest import Federation, officer


@dataclass
class Register:
    """The federation and its files by name."""

    federation: Federation
    county: UnionNode
    industrial: UnionNode
    files: dict[str, Honouree] = field(default_factory=dict)

    def open(self, name: str, union: UnionNode, *, kind: str = "individual", **facts: Any) -> Honouree:
        """Open a file."""
        self.files[name] = open_file(kind, name, actor=self.federation.registrar, union=union, facts=facts)
        return self.files[name]

    def honour(self, name: str, level: str, **facts: Any) -> Conferral:
        """Give an honour of this level."""
        file = self.files[name]
        title = self.federation.title(
            f"{level}级荣誉{'集体' if file.kind == 'collective' else ''}", level,
            for_individuals=file.is_person, for_collectives=not file.is_person,
        )  # fmt: skip
        return confer(file, title, actor=self.federation.registrar, **facts)

    def revoke(self, conferral: Conferral, decided_on: Any) -> None:
        """Take an honour back by two people."""
        proposed = propose_revocation(
            conferral, actor=self.federation.registrar, grounds="fraud", explanation="弄虚作假", decided_by="授予机关",
            decided_level=conferral.level, decided_on=decided_on, document_number="撤〔2020〕1号",
        )  # fmt: skip
        confirm_revocation(proposed, actor=self.federation.second)

    def officer_of(self, *nodes: UnionNode) -> User:
        """Return an officer of these nodes."""
        user = officer(f"officer-{'-'.join(str(node.pk) for node in nodes)}", Role.REGISTRAR, nodes[0])
        for node in nodes[1:]:
            user.appointments.create(role=Role.REGISTRAR, node=node)
        return user


@pytest.fixture
def register(federation: Federation) -> Register:
    """Five people and a collective; counted."""
    county = UnionNode.objects.create(
        code="X", name="西夏区总工会", kind="regional", path="T/Y/X/", parent=federation.yinchuan, region_id="640105"
    )
    industrial = UnionNode.objects.create(
        code="I", name="机械冶金工会", kind="industrial", path="T/I/", parent=federation.top
    )
    made = Register(federation, county, industrial)
    regions = {region.pk: region for region in Region.objects.filter(pk__in=["640100", "640105", "640400", "110000"])}
    made.open("王一", federation.yinchuan, sex="male", born="1965-03-08", region=regions["640100"])
    made.open("李二", county, sex="female", born="1990", region=regions["640105"], industry_union=industrial)
    made.open("张三", federation.guyuan, sex="male", born="1930", died="2010-06", region=regions["640400"])
    made.open("刘四", federation.top, sex="female", region=regions["110000"])
    made.open("陈五", county)
    made.open("先锋班组", federation.guyuan, kind="collective", region=regions["640400"])
    made.honour("王一", "county", year=1995)
    made.honour("王一", "national", year=2005, granted_on="2005-04-28")
    made.honour("李二", "provincial", year=2019)
    made.honour("张三", "city", year=1960)
    made.honour("刘四", "provincial")
    made.honour("先锋班组", "provincial", year=2001)
    catch_up()
    return made

"""Two files of one person, the federation, and everything that can hang on a file."""

from collections.abc import Callable
from typing import Any

import pytest

from registry.honours.actions import confer
from registry.people.actions import open_file, set_details
from registry.people.models import Honouree, Post
from tests.registry.conftest import Federation, federation

__all__ = ["federation"]
Open = Callable[..., Honouree]


@pytest.fixture
def open_person(federation: Federation) -> Open:
    """Open a person's file at the top: `open_person("王进喜", born="1923-10", unit_name="…", union=…)`."""

    def make(name: str, *, union: Any = None, kind: str = "individual", **facts: Any) -> Honouree:
        return open_file(kind, name, actor=federation.registrar, union=union or federation.top, facts=facts)

    return make


@pytest.fixture
def pair(federation: Federation, open_person: Open) -> tuple[Honouree, Honouree]:
    """The same woman twice: 单雨晴 with two honours, and 單雨晴 with one of them and another, from two lists."""
    first = open_person(
        "单雨晴", born="1968", unit_name="银川市第一中学", position="教师", sex="female", native_place="陕西"
    )
    second = open_person("單雨晴", born="1968-03", unit_name="银川一中", position="高级教师", sex="female", note="另表")
    medal, model = federation.title("自治区五一劳动奖章"), federation.title("自治区劳动模范")
    confer(first, medal, actor=federation.registrar, year=2001, document_number="宁工发〔2001〕1号", source="甲表")
    confer(first, model, actor=federation.registrar, year=2005)
    confer(
        second,
        medal,
        actor=federation.registrar,
        year=2001,
        document_number="宁工发〔2001〕7号",
        source="乙表",
        position="组长",
    )
    confer(second, model, actor=federation.registrar, year=2010, source="乙表")
    set_details(
        first, actor=federation.registrar, other_names=[("known_as", "单老师")], sources=["甲表"],
        posts=[Post(unit_name="银川市实验小学", since="1988")],
    )  # fmt: skip
    set_details(
        second, actor=federation.registrar, other_names=[("known_as", "单老师"), ("former", "单晴")], sources=["甲表", "乙表"],
        posts=[Post(unit_name="银川市实验小学", since="1989"), Post(unit_name="银川市教育局", since="2011")],
    )  # fmt: skip
    first.refresh_from_db()
    second.refresh_from_db()
    return first, second

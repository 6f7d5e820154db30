"""Queries compiled once: the same rows as the ordinary way, value after value, and no compiling in between."""

from typing import Any
from unittest import mock

import pytest
from django.db.models.sql.compiler import SQLCompiler

from registry.honours.actions import confer
from registry.honours.queries import Filters, filtered, public_honourees, public_profile
from registry.people.actions import open_file
from registry.people.models import Honouree, OtherName
from registry.prepared import Prepared
from tests.registry.conftest import Federation


def honoured(federation: Federation, name: str) -> Honouree:
    """Make an invented person with one honour."""
    file = open_file("individual", name, actor=federation.registrar, union=federation.yinchuan)
    confer(file, federation.title("自治区五一劳动奖章"), actor=federation.registrar, year=2022)
    file.refresh_from_db()
    return file


def test_gives_what_the_ordinary_query_gives_for_each_value(federation: Federation) -> None:
    people = [honoured(federation, name) for name in ("马建国", "杨秀兰")]
    by_name: Prepared[Honouree] = Prepared(lambda name: public_honourees().filter(name=name), name=str)
    for person in people:
        assert by_name(name=person.name) == list(public_honourees().filter(name=person.name)) == [person]
    assert by_name(name="没有此人") == []
    assert by_name(name="'; --%s") == []


def test_a_long_list_is_asked_in_parts_and_a_short_one_is_filled_up(federation: Federation) -> None:
    people = [honoured(federation, f"职工{sign}") for sign in "甲乙丙丁戊"]
    by_keys: Prepared[Honouree] = Prepared(lambda keys: public_honourees().filter(pk__in=keys), keys=2)
    keys = [person.pk for person in people]
    assert sorted(file.pk for file in by_keys(keys=keys)) == sorted(keys)
    assert by_keys(keys=keys[:1]) == people[:1]
    assert by_keys(keys=[]) == []


def test_a_second_call_compiles_nothing(federation: Federation) -> None:
    person = honoured(federation, "马建国")
    public_profile(person.slug)
    with mock.patch.object(SQLCompiler, "as_sql", side_effect=AssertionError("compiled again")):
        profile = public_profile(person.slug)
    assert profile is not None and profile.name == "马建国" and len(profile.honours) == 1


def test_a_value_that_does_not_reach_the_statement_as_given_is_refused_when_it_is_made() -> None:
    for build in (
        lambda name: OtherName.objects.filter(name__startswith=name),
        lambda name: OtherName.objects.all(),
    ):
        prepared: Prepared[Any] = Prepared(build, name=str)
        with pytest.raises(TypeError):
            prepared(name="王")


def test_what_it_cannot_keep_is_refused() -> None:
    for rows in (filtered(Filters()).values("pk"), filtered(Filters()).prefetch_related("posts")):
        prepared: Prepared[Any] = Prepared(lambda rows=rows: rows)
        with pytest.raises(TypeError):
            prepared()

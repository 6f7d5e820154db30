"""The file on a past day; which honour led to which; what a file lists with dates."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from unittest import mock

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from registry.accounts.models import User
from registry.audit.queries import history_of
from registry.honours.actions import confer, correct_conferral, remove_conferral
from registry.honours.models import Conferral
from registry.honours.queries import honours_of
from registry.life.actions import confirm_event, record_event, withdraw_event
from registry.life.lists import remove_line, remove_post, save_line, save_post
from registry.life.models import Headship, Membership, StaffCount
from registry.life.queries import as_of, bases, levels_in_use, next_for, standing_of
from registry.organisations.models import Appointment
from registry.people.actions import change_file, close_file, open_file, set_details, set_withheld
from registry.people.models import Honouree, Post
from tests.registry.conftest import Federation


@pytest.fixture
def long_in_office(federation: Federation) -> None:
    """The officers have been there for years."""
    Appointment.objects.update(starts_on=date(2020, 1, 1))


@contextmanager
def on(day: str) -> Iterator[None]:
    """Let it be ten o'clock of a day, local time."""
    moment = timezone.make_aware(datetime.fromisoformat(f"{day}T10:00"))
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


def test_the_file_as_it_was_on_a_day(federation: Federation, long_in_office: None) -> None:
    actor = federation.registrar
    with on("2024-01-10"):
        file = open_file(
            "individual", "单雨晴", actor=actor, union=federation.yinchuan, facts={"born": "1960", "position": "车工"}
        )
        first = confer(file, federation.title("银川市劳动模范", "city"), actor=actor, year=1999)
    with on("2024-03-01"):
        change_file(file, actor=actor, facts={"born": "1961", "position": "班长"})
        set_details(file, actor=actor, sources=["某报"])
    with on("2024-03-01"):
        change_file(file, actor=actor, facts={"born": "1962"})
    with on("2024-05-02"):
        correct_conferral(first, actor=actor, year=2000)
        second = confer(file, federation.title("自治区劳动模范"), actor=actor, year=2005)
        retired = record_event(file, "retired", actor=actor, happened_on="2020")
        set_withheld(file, actor=actor, withheld=True, reason="核查")
    with on("2024-06-01"):
        remove_conferral(second, actor=actor, reason="误")
        withdraw_event(retired, actor=actor, reason="误")
        change_file(file, actor=actor, facts={"name": "单雨清", "union": federation.guyuan})
    file = Honouree.objects.get(pk=file.pk)

    assert as_of(file, date(2024, 1, 9)) is None
    then = as_of(file, date(2024, 1, 10))
    assert then is not None
    assert {name: then.facts[name] for name in ("name", "born", "position", "union", "withheld")} == {
        "name": "单雨晴", "born": "1960", "position": "车工", "union": "银川市总工会", "withheld": False,
    }  # fmt: skip
    assert (then.lists["sources"], then.honours, then.standing.status) == ([], ["银川市劳动模范 1999"], "")
    assert {"name", "born", "position", "union", "withheld", "sources"} <= then.differs

    then = as_of(file, date(2024, 3, 1))
    assert then is not None
    assert (then.facts["born"], then.facts["position"], then.lists["sources"]) == ("1962", "班长", ["某报"])
    assert then.honours == ["银川市劳动模范 1999"]

    then = as_of(file, date(2024, 5, 31))
    assert then is not None
    assert sorted(then.honours) == ["自治区劳动模范 2005", "银川市劳动模范 2000"]
    assert (then.standing.status, then.facts["withheld"]) == ("retired", True)

    now = as_of(file, timezone.localdate())
    assert now is not None
    assert (now.facts["name"], now.facts["union"], now.honours, now.differs) == (
        "单雨清", "固原市总工会", ["银川市劳动模范 2000"], set(),
    )  # fmt: skip
    assert now.standing.status == ""


def test_a_file_without_a_beginning_in_the_trail_is_shown_as_far_as_it_is_known(
    federation: Federation, long_in_office: None
) -> None:
    with on("2023-01-01"):
        file = Honouree(
            kind="individual", name="甲", name_key="甲", slug="jia-x", union=federation.yinchuan, born="1950"
        )
        file.save()
    with on("2024-01-01"):
        change_file(file, actor=federation.registrar, facts={"born": "1951"})
    file.refresh_from_db()
    then = as_of(file, date(2023, 6, 1))
    assert then is not None
    assert then.facts["born"] == "1950"


def test_each_honour_names_the_lower_one_that_made_it_possible(federation: Federation, person: Honouree) -> None:
    actor = federation.registrar
    federation.title("某县劳动模范", "county")
    confer(person, federation.title("自治区劳动模范"), actor=actor, year=2005)
    confer(person, federation.title("全国劳动模范", "national"), actor=actor, year=2010)
    confer(person, federation.title("银川市工匠", "city"), actor=actor, year=2012)
    person.refresh_from_db()
    levels = levels_in_use("individual")
    assert [rank for rank, _titles in levels] == [2, 3, 4, 5]
    found = {basis.honour.title.name: basis for basis in bases(honours_of(person), levels)}
    chain = {name: str(basis.lower) if basis.lower else "" for name, basis in found.items()}
    # An honour of 2012 made nothing possible that was given before; the county's step is missing below the city's.
    assert chain == {
        "全国劳动模范": "自治区劳动模范 2005", "自治区劳动模范": "银川市劳动模范 1999", "银川市劳动模范": "", "银川市工匠": "",
    }  # fmt: skip
    assert {name for name, basis in found.items() if basis.skipped} == {"银川市劳动模范", "银川市工匠"}


def test_what_comes_next_follows_the_titles_in_the_list(federation: Federation, person: Honouree) -> None:
    federation.title("自治区劳动模范")
    federation.title("北京市劳动模范", region_id="110000")
    federation.title("自治区先进生产者", is_historic=True)
    levels = levels_in_use("individual", "640100")
    after = next_for(person, levels, standing_of(person))
    assert (after.level, after.titles) == ("provincial", ("自治区劳动模范",))
    # Nobody gives a provincial title to collectives here.
    assert levels_in_use("collective") == []
    confer(person, federation.title("全国劳动模范", "national"), actor=federation.registrar, year=2010)
    person.refresh_from_db()
    assert next_for(person, levels_in_use("individual"), standing_of(person)).is_highest


def test_the_dead_and_the_suspended_are_eligible_for_nothing(federation: Federation, person: Honouree) -> None:
    federation.title("自治区劳动模范")
    event = record_event(person, "suspended", actor=federation.registrar, happened_on="2024", document="甲")
    confirm_event(event, actor=federation.second)
    assert next_for(person, levels_in_use("individual"), standing_of(person)).not_entitled


def test_posts_are_kept_with_their_dates(federation: Federation, person: Honouree, clerk: User) -> None:
    actor = federation.city_registrar
    post = save_post(person, actor=actor, unit_name="某厂", position="学徒", since="1978", until="1980-05")
    with pytest.raises(ValidationError, match="before the beginning"):
        save_post(person, actor=actor, post=post, unit_name="某厂", since="1980", until="1979")
    with pytest.raises(ValidationError):
        save_post(person, actor=actor, unit_name="某厂", position="学徒")
    with pytest.raises(ValidationError, match="has ended"):
        save_post(person, actor=actor, unit_name="乙厂", until="1999", is_present=True)
    save_post(person, actor=actor, unit_name="乙厂", position="厂长", since="1990", is_present=True, reason="任免文件")
    save_post(person, actor=actor, post=post, unit_name="某厂", position="工人", since="1978", until="1980")
    person.refresh_from_db()
    assert (person.unit_name, person.position) == ("乙厂", "厂长")
    assert {(one.unit_name, one.position, one.until) for one in Post.objects.filter(honouree=person)} == {
        ("某厂", "工人", "1980"), ("乙厂", "厂长", ""),
    }  # fmt: skip
    with pytest.raises(PermissionDenied):
        save_post(person, actor=clerk, unit_name="丙厂")
    remove_post(post, actor=actor, reason="误")
    assert history_of(person)[0].before["posts"] != history_of(person)[0].after["posts"]


def test_heads_counts_and_members_of_a_collective(
    federation: Federation, collective: Honouree, person: Honouree, clerk: User
) -> None:
    actor = federation.registrar
    save_line(collective, Headship(), actor=actor, name="甲某", since="1990", until="2000")
    save_line(collective, Headship(), actor=actor, name="乙某", since="2000")
    count = save_line(collective, StaffCount(), actor=actor, counted_on="2010", staff=30, women=8)
    latest = save_line(collective, StaffCount(), actor=actor, counted_on="2020", staff=25)
    member = save_line(collective, Membership(), actor=actor, person=person, part="班长", since="1985", until="1999")
    collective.refresh_from_db()
    assert (collective.head, collective.staff_count) == ("乙某", 25)
    assert str(person.memberships.get()) == "单雨晴 · 某厂焊接班"
    for line, values, words in (
        (StaffCount(), {"counted_on": "2020", "staff": 3}, "of this date"),
        (StaffCount(), {"counted_on": "2021", "staff": 3, "women": 4}, "more than the whole"),
        (Headship(), {"name": "乙某", "since": "2000"}, "entered already"),
        (Membership(), {"person": person, "since": "1985"}, "entered already"),
        (Membership(), {"person": collective}, "a person"),
        (Membership(), {"person": person, "since": "1999", "until": "1985"}, "before the beginning"),
    ):
        with pytest.raises(ValidationError, match=words):
            save_line(collective, line, actor=actor, **values)
    with pytest.raises(PermissionDenied):
        save_line(collective, count, actor=clerk, staff=31)
    with pytest.raises(ValidationError):
        save_line(person, Headship(), actor=actor, name="甲")
    remove_line(latest, actor=actor, reason="误")
    remove_line(member, actor=actor, reason="误")
    collective.refresh_from_db()
    assert collective.staff_count == 30
    assert history_of(collective).filter(verb="collective.listed").count() == 7


def test_a_file_opened_by_mistake_goes_with_its_life(federation: Federation, collective: Honouree) -> None:
    record_event(collective, "founded", actor=federation.registrar, happened_on="1990")
    save_line(collective, StaffCount(), actor=federation.registrar, counted_on="2010", staff=30)
    close_file(collective, actor=federation.registrar, reason="误开")
    assert not StaffCount.objects.exists()
    assert not Conferral._base.filter(honouree=collective.pk).exists()

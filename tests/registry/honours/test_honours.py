"""From opening a file to revoking an honour."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from registry.accounts.rules import SamePerson
from registry.audit.queries import history_of, verify_chain
from registry.events import honourees_changed
from registry.honours.actions import (
    confer,
    confirm_revocation,
    correct_conferral,
    propose_revocation,
    remove_conferral,
    withdraw_revocation,
)
from registry.honours.models import Conferral, Revocation
from registry.honours.queries import Filters, filtered, public_honourees, public_profile
from registry.people.actions import change_file, close_file, open_file, set_details, set_withheld
from registry.people.models import Honouree, Person, Post
from tests.registry.conftest import Federation

REVOKED: dict[str, Any] = {
    "grounds": "fraud",
    "explanation": "事迹严重失实",
    "decided_by": "自治区总工会",
    "decided_level": "provincial",
    "decided_on": date(2026, 5, 1),
    "document_number": "宁工发〔2026〕9号",
}


@pytest.fixture
def holder(federation: Federation) -> Honouree:
    """An invented person with one provincial honour."""
    file = open_file(
        "individual", "单雨晴", actor=federation.registrar, union=federation.yinchuan, facts={"sex": "female"}
    )
    confer(file, federation.title("自治区五一劳动奖章"), actor=federation.registrar, year=2022)
    file.refresh_from_db()
    return file


def test_a_file_gets_its_keys_and_a_lasting_address(federation: Federation) -> None:
    file = open_file("individual", "张　三", actor=federation.registrar, union=federation.yinchuan)
    assert file.name == "张三"
    assert file.slug.startswith("zhang-san-")
    changed = change_file(file, actor=federation.registrar, facts={"name": "张叁"}, reason="更名")
    assert changed.slug == file.slug
    assert [other.name for other in changed.other_names.all()] == ["张三"]


def test_a_surname_with_two_readings_sorts_by_the_surname_reading(holder: Honouree) -> None:
    assert holder.pinyin_key.startswith("shan ")


def test_standing_is_derived_and_three_facts_stay_apart(federation: Federation, holder: Honouree) -> None:
    medal = federation.title("全国五一劳动奖章", "national")
    confer(holder, medal, actor=federation.registrar, year=2024, treatment_level="provincial")
    holder.refresh_from_db()
    assert (holder.highest_rank, holder.treatment_rank, holder.latest_year, holder.honour_count) == (5, 4, 2024, 2)
    assert (holder.headline, holder.is_public) == ("全国五一劳动奖章", True)


def test_the_same_honour_is_given_once_a_year(federation: Federation, holder: Honouree) -> None:
    title = federation.title("自治区五一劳动奖章")
    with pytest.raises(ValidationError):
        confer(holder, title, actor=federation.registrar, year=2022)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conferral._base.create(honouree=holder, title=title, level="provincial", year=2022)
    confer(holder, title, actor=federation.registrar, year=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Conferral._base.create(honouree=holder, title=title, level="provincial", year=None)


def test_a_title_for_collectives_is_not_given_to_a_person(federation: Federation, holder: Honouree) -> None:
    flag = federation.title("自治区工人先锋号", for_individuals=False, for_collectives=True)
    with pytest.raises(ValidationError):
        confer(holder, flag, actor=federation.registrar, year=2024)


def test_facts_of_the_wrong_kind_are_refused_by_form_and_database(federation: Federation, holder: Honouree) -> None:
    with pytest.raises(ValidationError):
        open_file("collective", "某班组", actor=federation.registrar, union=federation.top, facts={"sex": "male"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Honouree._base.filter(pk=holder.pk).update(kind="collective")


def test_another_citys_officer_may_not_write(federation: Federation, holder: Honouree) -> None:
    stranger = federation.auditor
    with pytest.raises(PermissionDenied):
        change_file(holder, actor=stranger, facts={"position": "x"})
    with pytest.raises(PermissionDenied):
        open_file("individual", "李四", actor=federation.city_registrar, union=federation.guyuan)
    with pytest.raises(PermissionDenied):
        change_file(holder, actor=federation.city_registrar, facts={"union": federation.guyuan})


def test_revocation_takes_two_people_hides_and_keeps(federation: Federation, holder: Honouree) -> None:
    conferral = holder.conferrals.get()
    revocation = propose_revocation(conferral, actor=federation.registrar, **REVOKED)
    assert public_honourees().filter(pk=holder.pk).exists()
    with pytest.raises(SamePerson):
        confirm_revocation(revocation, actor=federation.registrar)
    with pytest.raises(IntegrityError), transaction.atomic():
        Revocation._base.filter(pk=revocation.pk).update(confirmed_by=federation.registrar)
    confirm_revocation(revocation, actor=federation.second)
    holder.refresh_from_db()
    assert not holder.is_public
    assert public_profile(holder.slug) is None
    assert Conferral._base.get(pk=conferral.pk).is_revoked
    withdraw_revocation(revocation, actor=federation.second, reason="复议撤销原决定")
    assert public_profile(holder.slug) is not None
    assert verify_chain() is None


def test_only_the_conferring_level_revokes(federation: Federation, holder: Honouree) -> None:
    conferral = holder.conferrals.get()
    with pytest.raises(PermissionDenied):
        propose_revocation(conferral, actor=federation.city_registrar, **REVOKED)
    with pytest.raises(ValidationError):
        propose_revocation(conferral, actor=federation.registrar, **{**REVOKED, "decided_level": "city"})


def test_a_revocation_of_one_honour_leaves_the_other_public(federation: Federation, holder: Honouree) -> None:
    confer(holder, federation.title("银川市劳动模范", "city"), actor=federation.registrar, year=2019)
    first = holder.conferrals.get(year=2022)
    confirm_revocation(propose_revocation(first, actor=federation.registrar, **REVOKED), actor=federation.second)
    profile = public_profile(holder.slug)
    assert profile is not None
    assert [line.title for line in profile.honours] == ["银川市劳动模范"]


def test_an_honour_entered_by_mistake_is_removed_with_a_reason(federation: Federation, holder: Honouree) -> None:
    conferral = holder.conferrals.get()
    with pytest.raises(ValidationError):
        remove_conferral(conferral, actor=federation.registrar, reason="")
    with pytest.raises(ValidationError):
        close_file(holder, actor=federation.registrar, reason="重复建档")
    remove_conferral(conferral, actor=federation.registrar, reason="误录")
    holder.refresh_from_db()
    close_file(holder, actor=federation.registrar, reason="重复建档")
    assert not Person.objects.filter(name="单雨晴").exists()


def test_a_correction_is_dated_and_shows_old_and_new(federation: Federation, holder: Honouree) -> None:
    correct_conferral(holder.conferrals.get(), actor=federation.registrar, year=2023, reason="据文件更正")
    entry = history_of(holder.conferrals.get()).first()
    assert entry is not None
    assert (entry.before, entry.after, entry.reason) == ({"year": 2022}, {"year": 2023}, "据文件更正")
    holder.refresh_from_db()
    assert holder.latest_year == 2023


def test_withholding_takes_the_page_down_and_needs_a_reason(federation: Federation, holder: Honouree) -> None:
    with pytest.raises(ValidationError):
        set_withheld(holder, actor=federation.registrar, withheld=True, reason="")
    set_withheld(holder, actor=federation.registrar, withheld=True, reason="本人撤回公开授权")
    assert public_profile(holder.slug) is None
    set_withheld(holder, actor=federation.registrar, withheld=False, reason="本人重新授权")
    assert public_profile(holder.slug) is not None


def test_details_are_replaced_and_recorded(federation: Federation, holder: Honouree) -> None:
    set_details(
        holder, actor=federation.registrar, other_names=[("known_as", "铁娘子"), ("known_as", "铁娘子")],
        posts=[Post(unit_name="某厂", position="车工", since="1999-03")], sources=["某报 2022-05-01"],
    )  # fmt: skip
    profile = public_profile(holder.slug)
    assert profile is not None
    assert profile.known_as == ["铁娘子"]
    assert [post.unit for post in profile.posts] == ["某厂"]
    assert profile.sources == ["某报 2022-05-01"]


def test_year_level_and_title_must_hold_of_one_honour(federation: Federation, holder: Honouree) -> None:
    confer(holder, federation.title("银川市劳动模范", "city"), actor=federation.registrar, year=2019)
    assert filtered(Filters(year="2022", level="provincial")).count() == 1
    assert filtered(Filters(year="2019", level="provincial")).count() == 0
    assert filtered(Filters(year="２０２２")).count() == 0
    assert filtered(Filters(year="99999999999999999999")).count() == 0


@pytest.mark.django_db(transaction=True)
def test_news_is_sent_after_commit_and_a_failing_listener_undoes_nothing(federation: Federation) -> None:
    heard: list[list[int]] = []

    def listener(sender: object, ids: list[int], **kwargs: object) -> None:
        heard.append(ids)
        raise RuntimeError("listener fails")

    honourees_changed.connect(listener)
    try:
        with transaction.atomic():
            file = open_file("individual", "王五", actor=federation.registrar, union=federation.top)
            assert heard == []
    finally:
        honourees_changed.disconnect(listener)
    assert heard == [[file.pk]]
    assert Honouree._base.filter(pk=file.pk).exists()

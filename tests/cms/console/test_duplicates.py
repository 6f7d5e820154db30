"""The queue of possible duplicates, two files side by side, merging and the way back, and who may."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.accounts.enums import Role
from registry.duplicates.finding import find_all
from registry.duplicates.models import Merge, Suspicion
from registry.people.actions import open_file
from registry.people.models import Honouree
from registry.people.privacy import set_private
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation, officer
from tests.registry.duplicates.conftest import open_person, pair
from tests.registry.secrets.made import number

__all__ = ["open_person", "pair"]
Pair = tuple[Honouree, Honouree]


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def words(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def suspicion(pair: Pair) -> Suspicion:
    find_all()
    return Suspicion._base.get()


@pytest.fixture
def desk(federation: Federation, sign_in: SignIn) -> Client:
    return sign_in(federation.registrar)


def test_the_queue_lists_filters_and_exports(desk: Client, suspicion: Suspicion, federation: Federation) -> None:
    page = words(desk.get(url("console_duplicates")))
    assert "單雨晴" in page and url("console_duplicate", suspicion.pk) in page and "银川一中" in page
    assert "單雨晴" in words(
        desk.get(url("console_duplicates") + "?q=单雨晴&kind=individual&mine=yes&least=&state=open")
    )
    for empty in ("?q=别人", "?kind=collective", "?state=distinct"):
        assert "單雨晴" not in words(desk.get(url("console_duplicates") + empty))
    assert "單雨晴" in desk.get(url("console_duplicates") + "?export=csv").getvalue().decode()


def test_the_front_counts_what_can_be_decided(
    desk: Client, suspicion: Suspicion, sign_in: SignIn, federation: Federation
) -> None:
    address = f"{url('console_duplicates')}?mine=yes"
    assert address in words(desk.get(url("wagtailadmin_home")))
    assert address not in words(sign_in(federation.city_registrar).get(url("wagtailadmin_home")))


def test_side_by_side_with_a_choice_per_fact(
    desk: Client, suspicion: Suspicion, pair: Pair, federation: Federation
) -> None:
    set_private(pair[0], actor=federation.registrar, address="银川市某街1号", phone="13900000001")
    page = words(desk.get(url("console_duplicate", suspicion.pk)))
    for name in ("take-name", "take-born", "take-unit_name", "take-position", "take-phone"):
        assert f'name="{name}"' in page
    assert 'name="take-sex"' not in page, "both say the same"
    assert "13900000001" not in page and "某街" not in page, "private facts are masked"
    assert "宁工发〔2001〕1号" in page and "宁工发〔2001〕7号" in page and page.count('name="keep"') == 2


def test_merge_from_the_screen_and_back(desk: Client, suspicion: Suspicion, pair: Pair, client: Client) -> None:
    first, second = pair
    address = url("console_duplicate", suspicion.pk)
    form = {"do": "merge", "keep": "second", "take-name": "first", "take-position": "second", "reason": "同一人"}
    refused = desk.post(address, form)
    assert refused.status_code == 422 and "同一人" in words(refused), "the box isn't ticked, and nothing typed is lost"
    assert desk.post(address, {**form, "sure": "yes", "reason": ""}).status_code == 422
    assert not Merge._base.exists()
    answer = desk.post(address, {**form, "sure": "yes"})
    merge = Merge._base.get()
    assert answer["Location"] == url("console_merge", merge.pk) and merge.kept_id == second.pk
    second.refresh_from_db()
    assert (second.name, second.position) == ("单雨晴", "高级教师")
    old = client.get(first.get_absolute_url())
    assert old.status_code == 301 and old["Location"] == second.get_absolute_url()
    assert client.get(second.get_absolute_url()).status_code == 200
    assert desk.get(address).status_code == 404
    assert merge.gone_name in words(desk.get(url("console_merges") + "?q=单雨晴&state=done"))
    page = desk.get(url("console_merge", merge.pk))
    assert first.slug in words(page) and 'name="reason"' in words(page)
    assert desk.post(url("console_merge", merge.pk), {"reason": ""}).status_code == 422
    assert desk.post(url("console_merge", merge.pk), {"reason": "认错人"}).status_code == 302
    assert client.get(first.get_absolute_url()).status_code == 200
    assert words(desk.get(url("console_merge", merge.pk))).count('name="reason"') == 0
    assert words(desk.get(address))


def test_what_stands_against_taking_it_back_is_said(desk: Client, suspicion: Suspicion, pair: Pair) -> None:
    desk.post(
        url("console_duplicate", suspicion.pk), {"do": "merge", "keep": "first", "reason": "同一人", "sure": "yes"}
    )
    pair[0].conferrals.get(year=2010).delete()
    page = words(desk.get(url("console_merge", Merge._base.get().pk)))
    assert "mw-list" in page and 'name="reason"' not in page
    assert desk.post(url("console_merge", Merge._base.get().pk), {"reason": "认错人"}).status_code == 422


def test_not_the_same_and_again(desk: Client, suspicion: Suspicion) -> None:
    address = url("console_duplicate", suspicion.pk)
    assert desk.post(address, {"do": "distinct", "why": " "}).status_code == 422
    assert desk.post(address, {"do": "distinct", "why": "本人说明"})["Location"] == url("console_duplicates")
    assert "本人说明" in words(desk.get(address))
    assert str(suspicion.pk) in words(desk.get(url("console_duplicates") + "?state=distinct"))
    assert desk.post(address, {"do": "reopen", "why": "看错了"})["Location"] == address
    suspicion.refresh_from_db()
    assert suspicion.state == "open"
    assert desk.post(address, {"do": "nonsense"}).status_code == 302


def test_who_may(suspicion: Suspicion, sign_in: SignIn, federation: Federation) -> None:
    address = url("console_duplicate", suspicion.pk)
    for stranger, status in (
        (federation.city_registrar, 404),
        (federation.auditor, 302),
        (officer("e", Role.EDITOR, federation.top), 302),
    ):
        assert sign_in(stranger).get(address).status_code == status
        assert sign_in(stranger).post(address, {"do": "merge", "sure": "yes", "reason": "x"}).status_code == status
    assert not Merge._base.exists() and Client().get(address).status_code == 302


def test_half_a_pair_shows_nothing_private_and_cannot_be_decided(federation: Federation, sign_in: SignIn) -> None:
    facts = {"born": "1950-02", "unit_name": "宁夏运输公司", "note": "内部备注"}
    for union in (federation.yinchuan, federation.guyuan):
        open_file(
            "individual",
            "马万里",
            actor=federation.registrar,
            union=union,
            facts={**facts, "note": f"内部{union.code}"},
        )
    find_all()
    row = Suspicion._base.get()
    clerk = sign_in(federation.city_registrar)
    queue, page = words(clerk.get(url("console_duplicates"))), words(clerk.get(url("console_duplicate", row.pk)))
    assert "固原市总工会" in queue and "固原市总工会" in page and "内部Y" in page and "内部G" not in page
    assert "自治区总工会" in page and 'name="do" value="merge"' in page and "take-" not in page
    assert clerk.post(url("console_duplicate", row.pk), {"do": "distinct", "why": "不是"}).status_code == 302
    row.refresh_from_db()
    assert row.state == "open"


def test_an_officer_reports_a_pair(desk: Client, pair: Pair) -> None:
    address = url("console_duplicate_report", pair[0].pk)
    assert desk.post(address, {"code": "zzzzzzzz"}).status_code == 422
    assert desk.post(address, {"code": pair[0].code}).status_code == 422
    answer = desk.post(address, {"code": pair[1].code.upper()})
    assert answer["Location"] == url("console_duplicate", Suspicion._base.get().pk)


def test_a_number_that_another_file_holds_reports_the_pair(desk: Client, pair: Pair, federation: Federation) -> None:
    full = number("19680305", "002")
    set_private(pair[0], actor=federation.registrar, identity_number=full)
    answer = desk.post(url("console_private_change", pair[1].pk), {"identity_number": full, "reason": "核对证件"})
    assert answer.status_code == 422
    row = Suspicion._base.get()
    assert row.by_number and row.score == 100 and {row.first_id, row.second_id} == {file.pk for file in pair}

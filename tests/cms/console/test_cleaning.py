"""Bulk cleaning from the screens: settings, every change shown, ticks, apply, take back."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.duplicates.cleaning import apply_all, undo_all
from registry.duplicates.models import CleaningRun
from registry.honours.actions import confer
from registry.honours.models import HonourTitle
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation
from tests.registry.duplicates.conftest import Open, open_person

__all__ = ["open_person"]


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def words(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def desk(federation: Federation, sign_in: SignIn) -> Client:
    return sign_in(federation.registrar)


@pytest.fixture
def old(federation: Federation, open_person: Open) -> tuple[HonourTitle, HonourTitle, list[Honouree]]:
    titles = (
        federation.title("全国先进生产者", "national", is_historic=True),
        federation.title("全国劳动模范", "national"),
    )
    people = [open_person(name, unit_name="银川橡胶厂") for name in ("王进喜", "时传祥")]
    for person in people:
        confer(person, titles[0], actor=federation.registrar, year=1959)
    return *titles, people


def test_titles_from_settings_to_undo(
    desk: Client, old: tuple[HonourTitle, HonourTitle, list[Honouree]], federation: Federation
) -> None:
    former, today, people = old
    address = url("console_cleaning_add", "titles")
    assert "全国先进生产者" in words(desk.get(address))
    settings = {"union": federation.top.pk, "since": 1950, "until": 2000}
    assert desk.post(address, settings).status_code == 422, "nothing is mapped"
    answer = desk.post(address, {**settings, f"title{former.pk}": today.pk})
    run = CleaningRun._base.get()
    assert answer["Location"] == url("console_cleaning_run", run.pk)
    page = words(desk.get(answer["Location"]))
    assert "王进喜 1959" in page and "全国劳动模范" in page and page.count('name="row"') == 2
    first = run.rows.get(subject="时传祥 1959")
    shown = [row.number for row in run.rows.all()]
    desk.post(answer["Location"], {"do": "choose", "shown": shown, "row": [first.number], "here": "p=1"})
    assert list(run.rows.filter(chosen=True)) == [first]
    desk.post(answer["Location"], {"do": "none"})
    assert desk.post(answer["Location"], {"do": "apply", "reason": "归并"}).status_code == 302
    assert CleaningRun._base.get().state == "proposed", "nothing is ticked"
    desk.post(answer["Location"], {"do": "all"})
    desk.post(answer["Location"], {"do": "apply", "reason": "归并"})
    assert CleaningRun._base.get().state == "applying" and "<progress" in words(desk.get(answer["Location"]))
    apply_all(run.pk, federation.registrar)
    assert today.conferrals.count() == 2
    for show in ("", "chosen", "out", "remarks", "nonsense"):
        assert desk.get(f"{answer['Location']}?show={show}").status_code == 200
    assert desk.get(url("console_cleaning_undo", run.pk)).status_code == 200
    assert desk.post(url("console_cleaning_undo", run.pk), {"reason": "有误"}).status_code == 302
    undo_all(run.pk, federation.registrar)
    assert former.conferrals.count() == 2 and "王进喜" in words(desk.get(answer["Location"]))
    assert str(run.pk) in words(desk.get(url("console_cleaning") + "?kind=titles&state=undone"))


def test_units_and_names(desk: Client, old: object, federation: Federation) -> None:
    top = {"union": federation.top.pk}
    answer = desk.post(url("console_cleaning_add", "units"), {**top, "at_least": 2})
    assert "银川橡胶厂" in words(desk.get(answer["Location"]))
    desk.post(answer["Location"], {"do": "discard"})
    assert CleaningRun._base.get().state == "discarded"
    address = url("console_cleaning_add", "renamed")
    assert "没有横线" in words(desk.post(address, {**top, "names": "没有横线"}))
    assert desk.post(address, {**top, "names": ""}).status_code == 422, "there is nothing to put right"
    answer = desk.post(address, {**top, "names": "银川橡胶厂 ｜ 宁夏神州轮胎"})
    assert "宁夏神州轮胎" in words(desk.get(answer["Location"]))
    assert desk.get(url("console_cleaning_add", "nonsense")).status_code == 404


def test_who_may(
    old: tuple[HonourTitle, HonourTitle, list[Honouree]], desk: Client, sign_in: SignIn, federation: Federation
) -> None:
    settings = {"union": federation.top.pk, "since": 1950, "until": 2000, f"title{old[0].pk}": old[1].pk}
    run_url = desk.post(url("console_cleaning_add", "titles"), settings)["Location"]
    clerk, auditor = sign_in(federation.city_registrar), sign_in(federation.auditor)
    assert clerk.get(run_url).status_code == 404
    assert clerk.post(url("console_cleaning_add", "titles"), settings).status_code == 422, "not her union"
    assert auditor.get(run_url).status_code == 200 and 'value="apply"' not in words(auditor.get(run_url))
    assert auditor.post(run_url, {"do": "apply", "reason": "x"}).status_code == 302
    assert auditor.get(url("console_cleaning_add", "titles")).status_code == 302
    assert CleaningRun._base.get().state == "proposed"

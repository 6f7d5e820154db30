"""The screens of a life in a browser: nothing sticks out at a phone's width, axe finds nothing in them, the keyboard is enough."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from registry.accounts.models import User
from registry.life.actions import confirm_event, record_event, verify_file
from registry.life.handing import offer_file
from registry.life.lists import save_line, save_post
from registry.life.models import Headship, LifeEvent, Membership, StaffCount
from registry.life.proposing import propose_fact, propose_private
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.registry.conftest import Federation

LONG = "宁夏回族自治区某某机床制造与精密加工有限责任公司第一分公司焊接车间"


def signed_in(page: Page, site: LiveServer, user: User) -> Page:
    """Give the browser the session of a user."""
    client = Client()
    client.force_login(user, backend="registry.organisations.backends.RoleBackend")
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": site.url}])
    return page


@pytest.fixture
def screens(federation: Federation, files: dict[str, Honouree]) -> dict[str, str]:
    """Files with a full life, and the addresses of their screens."""
    first, second, person = federation.registrar, federation.second, files["yinchuan"]
    group = open_file("collective", LONG, actor=first, union=federation.yinchuan)
    record_event(person, "retired", actor=first, happened_on="2015-03", document=LONG, note=LONG)
    confirm_event(record_event(person, "investigated", actor=first, happened_on="2020", document="甲"), actor=second)
    waiting = record_event(person, "restored", actor=second, happened_on="2021", document="乙")
    save_post(person, actor=first, unit_name=LONG * 3, position="车工", since="1980", until="2015-03")
    verify_file(person, actor=first, outcome="changed", note=LONG)
    proposal = propose_fact(person, "unit_name", LONG * 4, actor=second, reason=LONG)
    private = propose_private(person, "phone", "13900000000", actor=second, reason="本人来电")
    for line, values in (
        (Headship(), {"name": "甲某", "since": "1990"}), (StaffCount(), {"counted_on": "2010", "staff": 30, "women": 8}),
        (Membership(), {"person": person, "part": "班长"}),
    ):  # fmt: skip
        save_line(group, line, actor=first, **values)
    offer = offer_file(group, federation.guyuan, actor=second, note=LONG)
    today = person.created_at.astimezone().date().isoformat()
    return {
        "person": reverse("console_file", args=[person.pk]) + f"?on={today}",
        "collective": reverse("console_file", args=[group.pk]),
        "waiting": reverse("console_waiting"),
        "handover": reverse("console_handover", args=[offer.pk]),
        "accept": reverse("console_handover_accept", args=[offer.pk]),
        "event": reverse("console_event_add", args=[group.pk]),
        "confirm": reverse("console_event_confirm", args=[waiting.pk]),
        "facts": reverse("console_propose", args=[person.pk]),
        "fact": reverse("console_propose_fact", args=[person.pk, "born"]),
        "proposal": reverse("console_proposal", args=[proposal.pk]),
        "retype": reverse("console_proposal_confirm", args=[private.pk]),
        "post": reverse("console_post_add", args=[person.pk]),
        "member": reverse("console_line_add", args=[group.pk, "members"]),
    }


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("width", [390, 1280])
def test_axe_finds_nothing_and_nothing_sticks_out(
    site: LiveServer, federation: Federation, screens: dict[str, str], page_at: Callable[..., Page], width: int
) -> None:
    page = signed_in(page_at(width), site, federation.registrar)
    for name, address in screens.items():
        answer = page.goto(site.url + address)
        assert answer is not None
        assert answer.status == 200, name
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        found = Axe().run(page, context={"include": [["#main .mw-panel, #main .mw-form, #main .mw-toolbar"]]})
        assert found.violations_count == 0, f"{name} at {width}: {found.generate_report()}"


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_an_event_is_recorded_with_the_keyboard_alone(
    site: LiveServer, federation: Federation, screens: dict[str, str], page_at: Callable[..., Page]
) -> None:
    page = signed_in(page_at(1280), site, federation.registrar)
    page.goto(site.url + screens["event"])
    page.focus("#id_kind")
    page.keyboard.press("End")
    page.locator("#id_kind").select_option("dissolved")
    page.keyboard.press("Tab")
    page.keyboard.type("2019-06")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/files/\d+/#life$"))
    assert LifeEvent._base.filter(kind="dissolved", happened_on="2019-06", state="in_force").exists()

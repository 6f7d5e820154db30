"""The public pages in a browser: nothing for axe to find, nothing wider than the phone, and all of it without scripts."""

from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.cache import cache
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from cms.pages import demo
from cms.pages.models import DirectoryPage, StoryIndexPage
from registry.accounts.models import User
from registry.honours.actions import confer
from registry.honours.models import HonourTitle
from registry.honours.reference import load_reference
from registry.organisations.models import Region
from registry.organisations.queries import top_node
from registry.people.actions import open_file, set_details

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WIDTHS = (390, 1280)
LONG = "阿卜杜拉·买买提江·库尔班"
STORY = {
    "headline": "一双手",
    "summary": "她带出了十二个徒弟。",
    "body": ["她进厂那年十八岁。", "后来她带徒弟。"],
    "timeline": [{"year": 1990, "text": "进厂"}, {"year": 2020, "text": "获奖章"}],
    "quote": "活儿要对得起人。",
    "sources": ["工人报 2020-05-01"],
}


@pytest.fixture
def public(site: LiveServer) -> dict[str, str]:
    """A register of a few people with one story and one article; the addresses of every shape of page."""
    cache.clear()
    load_reference()
    demo.load_accounts()
    directory, stories = demo.load_site()
    registrar = User.objects.get(username="registrar")
    region = Region.objects.get(code="640104")
    files = []
    people = [
        ("individual", "王小梅"),
        ("individual", LONG),
        *(("individual", f"工友{number}") for number in range(26)),
        ("collective", "检修一班"),
    ]
    for number, (kind, name) in enumerate(people):
        facts = {"unit_name": f"第{number}车间", "position": "挡车工", "region": region}
        file = open_file(kind, name, actor=registrar, union=top_node(), facts=facts)
        title = "national_worker_pioneer" if kind == "collective" else "national_labour_medal"
        confer(file, HonourTitle.objects.get(code=title), actor=registrar, year=2000 + number % 20)
        files.append(file)
    set_details(files[0], actor=registrar, other_names=[("known_as", "铁梅")], sources=["工人报 2020-05-01"])
    demo._publish(DirectoryPage.objects.get(pk=directory.pk), demo.story_page(files[0], STORY))
    demo.load_campaign(StoryIndexPage.objects.get(pk=stories.pk))
    return {
        "home": "/",
        "browse": "/honourees/",
        "narrowed": "/honourees/?year=2001&kind=individual",
        "nobody": "/honourees/?level=county",
        "story": files[0].get_absolute_url(),
        "facts": files[1].get_absolute_url(),
        "collective": files[-1].get_absolute_url(),
        "stories": "/stories/",
        "article": "/stories/red-may-2026/",
        "missing": "/honourees/nobody/",
        "sign in": "/accounts/login/",
    }


def no_violations(page: Page, where: str) -> None:
    """Let axe look at the page."""
    found = Axe().run(page)
    assert found.violations_count == 0, f"{where}: {found.generate_report()}"


@pytest.mark.parametrize("width", WIDTHS)
def test_axe_finds_nothing_and_nothing_sticks_out(
    site: LiveServer, public: dict[str, str], page_at: Callable[..., Page], width: int
) -> None:
    page = page_at(width)
    for name, address in public.items():
        page.goto(site.url + address)
        expect(page.locator("h1")).to_have_count(1)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), name
        no_violations(page, f"{name} at {width}")


@pytest.mark.parametrize("width", WIDTHS)
def test_everything_works_without_scripts(
    site: LiveServer, public: dict[str, str], page_at: Callable[..., Page], width: int
) -> None:
    page = page_at(width, java_script_enabled=False)
    page.goto(site.url + "/")
    page.get_by_role("link", name="2001").first.click()
    expect(page.locator(".chip").first).to_contain_text("2001")
    page.locator(".card__link", has_text=LONG).click()
    expect(page.locator("h1")).to_have_text(LONG)
    page.goto(site.url + "/honourees/")
    first = page.locator(".card__link").all_inner_texts()
    page.locator("a[rel=next]").click()
    second = page.locator(".card__link").all_inner_texts()
    assert second
    assert not set(first) & set(second)
    page.locator("a.tongue[lang=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert "/honourees/" in page.url, "the visitor stays on the page"


def test_the_keyboard_alone_gets_to_a_person(
    site: LiveServer, public: dict[str, str], page_at: Callable[..., Page]
) -> None:
    page = page_at(1280)
    page.goto(site.url + "/honourees/?sort=pinyin")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    for _ in range(40):
        page.keyboard.press("Tab")
        if "card__link" in page.evaluate("document.activeElement.className"):
            break
    name = page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text(name)


def test_a_suggestion_is_taken_with_the_keyboard(
    site: LiveServer, public: dict[str, str], page_at: Callable[..., Page]
) -> None:
    page = page_at(390)
    page.goto(site.url + "/")
    assert page.request.get(f"{site.url}/api/v1/suggest?q=wxm").status == 200
    box = page.locator("#search")
    box.press_sequentially("wangxiaomei", delay=20)
    option = page.locator("[role=option]").first
    expect(option).to_contain_text("王小梅")
    box.press("ArrowDown")
    expect(box).to_have_attribute("aria-activedescendant", option.get_attribute("id") or "")
    box.press("Enter")
    expect(page.locator("h1")).to_have_text("王小梅")


def test_a_profile_prints_on_paper(site: LiveServer, public: dict[str, str], page_at: Callable[..., Page]) -> None:
    page = page_at(1280)
    page.goto(site.url + public["story"])
    page.emulate_media(media="print")
    expect(page.locator("nav.masthead__nav")).not_to_be_visible()
    expect(page.locator("h1")).to_be_visible()
    assert len(page.pdf()) > 10_000


def test_a_page_is_light(site: LiveServer, public: dict[str, str], page_at: Callable[..., Page]) -> None:
    page = page_at(390)
    sizes: list[int] = []
    page.on("response", lambda response: sizes.append(int(response.headers.get("content-length") or 0)))
    page.goto(site.url + "/honourees/", wait_until="networkidle")
    assert len(sizes) > 5
    assert sum(sizes) < 60_000

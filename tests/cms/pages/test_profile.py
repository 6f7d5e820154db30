"""Everybody in the register has a page at a stable address, with or without a story."""

import json
import re
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wagtail.models import PageViewRestriction

from cms.pages import demo
from cms.pages.models import DirectoryPage, ProfilePage
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.actions import confirm_revocation, propose_revocation
from registry.honours.models import Conferral
from registry.organisations.actions import appoint
from registry.organisations.queries import top_node
from registry.people.actions import set_withheld
from registry.people.models import Honouree
from tests.cms.pages.conftest import MakeFile

MEDAL, NATIONAL = "national_labour_medal", "national_model_worker"
STORY = {
    "headline": "一双手",
    "summary": "她带出了十二个徒弟。",
    "body": ["她进厂那年十八岁。", "a < b & c"],
    "timeline": [{"year": 1990, "text": "进厂"}],
    "quote": "活儿要对得起人。",
    "sources": ["工人报"],
}


def tell(file: Honouree, **more: Any) -> ProfilePage:
    """Publish a story about a file."""
    page = demo.story_page(file, {**STORY, **more})
    demo._publish(DirectoryPage.objects.get(), page)
    published: ProfilePage = ProfilePage.objects.get(pk=page.pk)
    return published


def test_registry_facts_alone_make_a_page(client: Client, make_file: MakeFile) -> None:
    file = make_file(
        "王小梅",
        (NATIONAL, 2010),
        (MEDAL, None),
        known_as="铁梅",
        unit_name="西夏纺织厂",
        position="挡车工",
        born="1965-03",
    )
    text = client.get(file.get_absolute_url()).content.decode()
    for fact in (
        "王小梅",
        "铁梅",
        "西夏纺织厂",
        "挡车工",
        "全国劳动模范",
        "2010",
        "全国五一劳动奖章",
        "工人报 2020-05-01",
    ):
        assert fact in text, fact
    assert "一双手" not in text


def test_a_story_takes_the_address_over_and_gives_it_back(client: Client, make_file: MakeFile) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    address = file.get_absolute_url()
    page = tell(file)
    text = client.get(address).content.decode()
    for part in (
        "一双手",
        "她带出了十二个徒弟",
        "活儿要对得起人",
        "她进厂那年十八岁",
        "a &lt; b &amp; c",
        "进厂",
        "全国五一劳动奖章",
    ):
        assert part in text, part
    assert page.get_url() == address
    page.unpublish()
    text = client.get(address).content.decode()
    assert "一双手" not in text
    assert "全国五一劳动奖章" in text


def test_a_file_without_honours_has_no_page(client: Client, make_file: MakeFile) -> None:
    response = client.get(make_file("王小梅").get_absolute_url())
    assert response.status_code == 404
    assert 'role="search"' in response.content.decode()


def test_withholding_takes_a_published_story_down(client: Client, make_file: MakeFile, registrar: User) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    tell(file)
    set_withheld(file, actor=registrar, withheld=True, reason="本人要求")
    assert client.get(file.get_absolute_url()).status_code == 404
    assert "王小梅" not in client.get("/").content.decode()
    assert "王小梅" not in client.get("/stories/").content.decode()
    assert file.slug not in client.get("/sitemaps/honourees-0.xml").content.decode()


def test_revoking_the_only_honour_takes_the_page_down(client: Client, make_file: MakeFile, registrar: User) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    tell(file)
    second = User.objects.create_user("second")
    appoint(second, Role.REGISTRAR, top_node(), actor=None)
    revocation = propose_revocation(
        Conferral._base.get(honouree=file),
        actor=registrar,
        grounds="fraud",
        explanation="材料不实",
        decided_by="中华全国总工会",
        decided_level="national",
        decided_on=date(2024, 1, 2),
        document_number="总工发〔2024〕1号",
    )
    assert client.get(file.get_absolute_url()).status_code == 200, "nothing is hidden before the second person confirms"
    confirm_revocation(revocation, actor=second)
    assert client.get(file.get_absolute_url()).status_code == 404


def test_a_story_behind_a_login_asks_for_it(client: Client, make_file: MakeFile) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    PageViewRestriction.objects.create(page=tell(file), restriction_type=PageViewRestriction.LOGIN)
    response = client.get(file.get_absolute_url())
    assert response.status_code == 302
    assert "login" in response["Location"]


def test_machines_can_read_who_it_is(client: Client, make_file: MakeFile) -> None:
    file = make_file("王</script>梅", (MEDAL, 2020), position="挡车工", unit_name="西夏纺织厂")
    response = client.get(file.get_absolute_url())
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', response.content.decode(), re.S)
    assert found
    about = json.loads(found[1])
    assert about["@type"] == "Person"
    assert about["name"] == file.name
    assert about["award"] == ["全国五一劳动奖章 2020"]
    assert about["worksFor"]["name"] == "西夏纺织厂"
    assert about["url"] == f"http://testserver{file.get_absolute_url()}"
    assert "unsafe-inline" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("rows", [1, 30])
def test_the_number_of_queries_does_not_grow(client: Client, make_file: MakeFile, rows: int) -> None:
    file = make_file(
        "王小梅", *((MEDAL, 1990 + number) for number in range(rows)), known_as="铁梅", unit_name="厂", region="640000"
    )
    for number in range(rows):
        make_file(f"工友{number}", (MEDAL, file.latest_year), known_as=f"老{number}", unit_name="厂", region="640000")
    address = file.get_absolute_url()
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    assert len(seen) == 9, [one["sql"][:90] for one in seen]
    tell(file)
    client.get(address)
    with CaptureQueriesContext(connection) as seen:
        client.get(address)
    assert len(seen) == 10, [one["sql"][:90] for one in seen]


def test_neighbours_are_of_the_same_unit_year_and_region(client: Client, make_file: MakeFile) -> None:
    file = make_file("王小梅", (MEDAL, 2020), unit_name="西夏纺织厂", region="640104")
    make_file("同厂", (MEDAL, 2001), unit_name="西夏纺织厂")
    make_file("同年", (MEDAL, 2020))
    make_file("同区", (MEDAL, 2002), region="640104")
    profile = client.get(file.get_absolute_url()).context["profile"]
    assert [card.name for card in profile.same_unit] == ["同厂"]
    assert [card.name for card in profile.same_year] == ["同年"]
    assert [card.name for card in profile.same_region] == ["同区"]


def test_an_unknown_address_is_our_own_404(client: Client, registrar: User) -> None:
    for address in ("/honourees/nobody/", "/nothing/", "/uploads/images/none.jpg"):
        response = client.get(address)
        assert response.status_code == 404
        assert 'role="search"' in response.content.decode()

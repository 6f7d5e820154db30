"""Every published honouree of the demonstration has a page with the honours of the lists, and no others."""

import csv
from collections import defaultdict

import pytest
from django.core.management import call_command
from django.test import Client

from cms.pages.demo import FOLDER, LISTS
from cms.pages.models import ArticlePage, ProfilePage
from registry.accounts.models import User
from registry.honours.models import Conferral, HonourTitle, TitleAlias
from registry.people.models import Honouree
from registry.text.normalise import clean_name, fold

pytestmark = [pytest.mark.usefixtures("demonstration"), pytest.mark.django_db]
Award = tuple[str, int | None]


def title_name(written: str) -> str:
    """Return the title that a list's spelling means."""
    alias = TitleAlias.objects.filter(name_key=fold(written)).select_related("title").first()
    found = alias.title if alias else HonourTitle.objects.filter(name_key=fold(written)).first()
    assert found, written
    return found.name


def published() -> dict[tuple[str, str], set[Award]]:
    """Return what the lists say: the awards of every name and kind."""
    found: dict[tuple[str, str], set[Award]] = defaultdict(set)
    for name in LISTS:
        with (FOLDER / name).open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                year = row["year"].rstrip("?？")
                found[(clean_name(row["name"]), row["kind"])].add(
                    (title_name(row["award_title"]), int(year) if year else None)
                )
    return found


def test_every_honouree_has_a_page_with_exactly_the_published_honours(client: Client) -> None:
    lists = published()
    assert len(lists) > 150
    wrong = {}
    for (name, kind), awards in lists.items():
        files = Honouree._base.filter(name=name, kind=kind, is_public=True)
        shown: set[Award] = set()
        for file in files:
            response = client.get(file.get_absolute_url())
            assert response.status_code == 200, name
            shown |= {(line.title, line.year) for line in response.context["profile"].honours}
            text = response.content.decode()
            assert all(line.title in text for line in response.context["profile"].honours)
        if shown != awards:
            wrong[name] = (shown, awards)
    assert not wrong
    assert Conferral._base.count() == sum(len(awards) for awards in lists.values())


def test_one_person_has_one_file() -> None:
    people = [name for name, kind in published() if kind == "individual"]
    assert Honouree._base.filter(kind="individual").count() == len(people)


def test_the_stories_and_the_campaign_are_published(client: Client) -> None:
    pages = ProfilePage.objects.live().select_related("honouree")
    assert len(pages) == 12
    for page in pages:
        text = client.get(page.get_url()).content.decode()
        assert page.headline in text
        assert page.summary in text
    assert client.get(ArticlePage.objects.get().get_url()).status_code == 200


def test_loading_again_changes_nothing() -> None:
    def state() -> tuple[int, ...]:
        return tuple(model.objects.count() for model in (ProfilePage, ArticlePage, User)) + (
            Honouree._base.count(),
            Conferral._base.count(),
        )

    before = state()
    call_command("load_demo", verbosity=0)
    assert state() == before


def test_the_demonstration_accounts_sit_where_they_belong() -> None:
    nodes = {user.username: [a.node.name for a in user.appointments.all()] for user in User.objects.all()}
    assert nodes["yinchuan-registrar"] == ["银川市总工会"]
    for name in ("registrar", "secretary", "reviewer", "editor", "auditor", "admin"):
        assert nodes[name] == ["宁夏回族自治区总工会"], name
    assert not any(user.has_usable_password() for user in User.objects.filter(username__in=nodes))

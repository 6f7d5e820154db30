"""Editors, reviewers and secretaries at the console's page screens: the file is chosen in the own subtree only."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from wagtail.models import Page, Site

from cms.console.setup import ensure_groups
from cms.pages.models import DirectoryPage, HomePage, ProfilePage
from registry.accounts.enums import Role
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation, officer


@pytest.fixture
def directory(federation: Federation) -> DirectoryPage:
    """The directory of a small site, with the roles' groups and the review workflow."""
    cache.clear()
    ensure_groups()
    root = Page.get_first_root_node()
    Site.objects.all().delete()
    root.get_children().delete()
    home = root.__class__.objects.get(pk=root.pk).add_child(
        instance=HomePage(title="首页", slug="front", hero_title="劳模")
    )
    Site.objects.create(hostname="localhost", root_page=home, is_default_site=True)
    ensure_groups()
    made: DirectoryPage = home.add_child(instance=DirectoryPage(title="名录", slug="honourees"))
    return made


def body(file: Honouree, **more: str) -> dict[str, str]:
    """What the page editor's form sends."""
    return {
        "title": file.name, "slug": file.slug, "honouree": str(file.pk), "headline": "一双手", "summary": "她带出了十二个徒弟。",
        "quote": "", "sources": "", "body-count": "0", "seo_title": "", "search_description": "", "go_live_at": "", "expire_at": "",
        "comments-TOTAL_FORMS": "0", "comments-INITIAL_FORMS": "0", "comments-MIN_NUM_FORMS": "0", "comments-MAX_NUM_FORMS": "0",
        **more,
    }  # fmt: skip


def write(client: Client, directory: DirectoryPage, file: Honouree, **more: str) -> Any:
    """Send the form for a new profile."""
    address = reverse("wagtailadmin_pages:add", args=["pages", "profilepage", directory.pk])
    assert client.get(address).status_code == 200
    return client.post(address, body(file, **more))


def test_a_story_goes_from_the_editor_through_review_to_the_persons_address(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    editor = sign_in(officer("editor", Role.EDITOR, federation.top))
    reviewer = sign_in(officer("reviewer", Role.REVIEWER, federation.top))
    file = files["yinchuan"]
    sent = write(editor, directory, file, **{"action-submit": "Submit"})
    assert sent.status_code == 302
    page = ProfilePage.objects.get(honouree=file)
    assert not page.live
    for client in (editor, reviewer):
        assert client.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).status_code == 200
    assert "review" in reviewer.get("/console/").content.decode()
    task = page.current_workflow_task_state
    approve = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    assert editor.post(approve).status_code in (302, 403)
    assert not ProfilePage.objects.get(pk=page.pk).live
    reviewer.post(approve)
    assert ProfilePage.objects.get(pk=page.pk).live
    assert "她带出了十二个徒弟" in Client().get(file.get_absolute_url()).content.decode()
    assert (
        f"/console/pages/{page.pk}/edit/"
        in sign_in(federation.registrar).get(reverse("console_file", args=[file.pk])).content.decode()
    )


def test_name_and_address_of_a_story_are_the_files_when_left_empty(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    editor = sign_in(officer("editor", Role.EDITOR, federation.top))
    assert write(editor, directory, files["yinchuan"], title="", slug="").status_code == 302
    page = ProfilePage.objects.get()
    assert (page.title, page.slug) == ("单雨晴", files["yinchuan"].slug)
    without = write(editor, directory, files["guyuan"], title="", slug="", honouree="")
    assert without.status_code == 200
    assert ProfilePage.objects.count() == 1


def test_nobody_adds_to_the_root_above_the_site(
    federation: Federation, directory: DirectoryPage, sign_in: SignIn
) -> None:
    root = Page.get_first_root_node()
    editor = sign_in(officer("editor", Role.EDITOR, federation.top))
    assert editor.get(reverse("wagtailadmin_pages:add_subpage", args=[root.pk])).status_code in (302, 403)
    assert editor.get(reverse("wagtailadmin_pages:add_subpage", args=[directory.pk])).status_code in (200, 302)


def test_an_editor_may_not_publish_past_the_reviewer(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    editor = sign_in(officer("editor", Role.EDITOR, federation.top))
    write(editor, directory, files["yinchuan"], **{"action-publish": "Publish"})
    assert not ProfilePage.objects.filter(live=True).exists()


def test_a_city_editor_chooses_in_the_own_subtree_whatever_is_sent(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    editor = sign_in(officer("editor", Role.EDITOR, federation.yinchuan))
    other = files["guyuan"]
    refused = write(editor, directory, other)
    assert refused.status_code == 200
    assert not ProfilePage.objects.exists()
    answer = editor.get(reverse("file_chooser:chosen", args=[other.pk]))
    assert answer.status_code == 404
    assert editor.get(reverse("file_chooser:chosen", args=[files["yinchuan"].pk])).status_code == 200
    results = editor.get("/console/file_chooser/results/", {"q": "马"})
    assert "马万里" not in results.content.decode()
    assert "单雨晴" in editor.get("/console/file_chooser/results/", {"q": "单"}).content.decode()
    for word in ("shanyuqing", "shan yu", "syq", "的单位"):
        assert "单雨晴" in editor.get("/console/file_chooser/results/", {"q": word}).content.decode(), word
    assert editor.post("/console/file_chooser/create/", {"name": "x"}).status_code in (302, 403, 404)
    assert Honouree.objects.count() == 2


def test_a_city_editor_leaves_the_stories_of_other_subtrees_alone(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    everywhere = sign_in(officer("editor", Role.EDITOR, federation.top))
    write(everywhere, directory, files["guyuan"])
    page = ProfilePage.objects.get(honouree=files["guyuan"])
    address = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert everywhere.post(address, body(files["guyuan"], headline="改过")).status_code == 302
    first, second = page.revisions.order_by("pk")
    compare = reverse("wagtailadmin_pages:revisions_compare", args=[page.pk, first.pk, second.pk])
    assert everywhere.get(compare).status_code == 200
    city = sign_in(officer("city-editor", Role.EDITOR, federation.yinchuan))
    assert city.get(address).status_code in (302, 403)
    city.post(address, body(files["guyuan"], headline="乱写"))
    assert page.revisions.count() == 2
    for name in ("delete", "unpublish", "copy"):
        assert city.get(reverse(f"wagtailadmin_pages:{name}", args=[page.pk])).status_code in (302, 403), name

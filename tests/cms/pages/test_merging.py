"""Stories in a merge: one moves with its drafts, of two the chosen one stays, and the other comes back with the undo."""

from django.test import Client

from cms.pages import demo
from cms.pages.models import DirectoryPage, ProfilePage
from registry.accounts.models import User
from registry.duplicates.merging import merge_files, undo_merge
from registry.people.models import Honouree
from tests.cms.pages.conftest import MakeFile

MEDAL = ("national_model_worker", 1979)
STORY = {"headline": "好榜样", "summary": "一句话", "body": ["正文"], "timeline": [], "quote": "", "sources": []}


def story(file: Honouree, headline: str) -> ProfilePage:
    """Publish a story, with a draft that says more."""
    page = demo.story_page(file, {**STORY, "headline": headline})
    DirectoryPage.objects.get().add_child(instance=page)
    page.save_revision().publish()
    page.headline = f"{headline}（草稿）"
    page.save_revision()
    found: ProfilePage = ProfilePage.objects.get(pk=page.pk)
    return found


def stands(file: Honouree) -> tuple[str, str, bool, str]:
    """Headline as published, as drafted, whether it is live, and the address."""
    page = ProfilePage.objects.get(honouree=file)
    return page.headline, page.get_latest_revision_as_object().headline, page.live, page.url


def test_a_story_moves_with_its_drafts_and_back(make_file: MakeFile, registrar: User, client: Client) -> None:
    first, second = make_file("单雨晴", MEDAL), make_file("單雨晴", MEDAL)
    story(second, "好榜样")
    before = stands(second)
    merge = merge_files(first, second, actor=registrar, reason="同一人")
    assert stands(first) == (*before[:3], first.get_absolute_url())
    assert "好榜样" in client.get(first.get_absolute_url()).content.decode()
    assert client.get(second.get_absolute_url())["Location"] == first.get_absolute_url()
    ProfilePage.objects.get().get_latest_revision().publish()
    assert ProfilePage.objects.get().honouree_id == first.pk, "a draft of before is about the kept file"
    undo_merge(merge, actor=registrar, reason="认错人")
    assert stands(second)[3] == second.get_absolute_url() and not ProfilePage.objects.filter(honouree=first).exists()


def test_of_two_stories_the_chosen_one_stays_and_both_come_back(make_file: MakeFile, registrar: User) -> None:
    first, second = make_file("单雨晴", MEDAL), make_file("單雨晴", MEDAL)
    story(first, "甲稿")
    story(second, "乙稿")
    before = stands(first), stands(second)
    for choices, headline in (({}, "甲稿"), ({"story": "gone"}, "乙稿")):
        merge = merge_files(first, second, actor=registrar, reason="同一人", choices=choices)
        assert stands(first)[0] == headline and ProfilePage.objects.count() == 1
        undo_merge(merge, actor=registrar, reason="认错人")
        assert (stands(first), stands(second)) == before

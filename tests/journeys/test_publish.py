"""An editor tells a person's story: draft, review, publication at the person's own address, withdrawal."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.cache import cache
from django.test import Client
from wagtail.models import GroupApprovalTask, GroupPagePermission, Task, Workflow, WorkflowPage, WorkflowTask

from cms.pages import demo
from cms.pages.models import DirectoryPage, ProfilePage
from registry.accounts.models import User
from registry.honours.actions import confer
from registry.honours.models import HonourTitle
from registry.honours.reference import load_reference
from registry.organisations.queries import top_node
from registry.people.actions import open_file
from registry.people.models import Honouree

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Iterator[Honouree]:
    cache.clear()
    load_reference()
    demo.load_accounts()
    demo.load_site()
    registrar = User.objects.get(username="registrar")
    file = open_file("individual", "王小梅", actor=registrar, union=top_node(), facts={"position": "挡车工"})
    confer(file, HonourTitle.objects.get(code="national_labour_medal"), actor=registrar, year=2020)
    yield Honouree._base.get(pk=file.pk)
    cache.clear()


@pytest.fixture
def reviewed(person: Honouree) -> DirectoryPage:
    """The directory, under which a page is published only after a reviewer approved it."""
    reviewers = Group.objects.get_or_create(name="reviewers of the test")[0]
    User.objects.get(username="reviewer").groups.add(reviewers)
    task = GroupApprovalTask.objects.create(name="review", active=True)
    task.groups.add(reviewers)
    workflow = Workflow.objects.create(name="review", active=True)
    WorkflowTask.objects.create(workflow=workflow, task=Task.objects.get(pk=task.pk), sort_order=0)
    directory: DirectoryPage = DirectoryPage.objects.get()
    publish = Permission.objects.get(codename="publish_page", content_type__app_label="wagtailcore")
    GroupPagePermission.objects.create(group=reviewers, page=directory, permission=publish)
    WorkflowPage.objects.create(page=directory, workflow=workflow)
    return directory


STORY = {
    "headline": "一双手",
    "summary": "她带出了十二个徒弟。",
    "body": ["她进厂那年十八岁。"],
    "timeline": [],
    "quote": "",
    "sources": [],
}


def test_a_story_waits_for_the_reviewer_and_then_stands_at_the_persons_address(
    client: Client, person: Honouree, reviewed: DirectoryPage
) -> None:
    address = person.get_absolute_url()
    editor, reviewer = (User.objects.get(username=name) for name in ("editor", "reviewer"))
    page = demo.story_page(person, STORY)
    page.live, page.has_unpublished_changes = False, True
    reviewed.add_child(instance=page)
    page.save_revision(user=editor)

    state = page.get_workflow().start(page, editor)
    assert "她进厂那年十八岁" not in client.get(address).content.decode(), "a draft is not shown"
    assert not state.current_task_state.task.specific.user_can_access_editor(page, User.objects.get(username="auditor"))

    state.current_task_state.specific.approve(user=reviewer)
    text = client.get(address).content.decode()
    assert "她进厂那年十八岁" in text
    assert "全国五一劳动奖章" in text
    assert ProfilePage.objects.get(pk=page.pk).live
    assert address in client.get("/stories/").content.decode()

    ProfilePage.objects.get(pk=page.pk).unpublish()
    text = client.get(address).content.decode()
    assert "她进厂那年十八岁" not in text
    assert "全国五一劳动奖章" in text


def test_a_visitor_comes_from_the_front_page_to_the_person(client: Client, person: Honouree) -> None:
    front = client.get("/").content.decode()
    assert 'href="/honourees/?year=2020"' in front
    narrowed = client.get("/honourees/?year=2020").content.decode()
    assert person.get_absolute_url() in narrowed
    profile = client.get(person.get_absolute_url())
    assert "挡车工" in profile.content.decode()
    [honour] = profile.context["profile"].honours
    assert client.get(honour.browse_url).context["cards"][0].name == "王小梅"

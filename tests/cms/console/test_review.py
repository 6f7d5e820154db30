"""Reviewers decide on the stories of their own subtree; what is about no file waits for those at the top."""

from datetime import date
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from wagtail.models import GroupApprovalTask, Page, Task, TaskState, Workflow, WorkflowTask

from cms.console.setup import ensure_groups
from cms.pages.models import ArticlePage, DirectoryPage, ProfilePage, ScopedApproval, StoryIndexPage
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.cms.console.test_editors import directory, write
from tests.registry.conftest import Federation, officer

__all__ = ["directory"]
Stories = dict[str, ProfilePage]


@pytest.fixture
def stories(federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn) -> Stories:
    """A story of either city, both waiting for review."""
    editor = sign_in(officer("editor", Role.EDITOR, federation.top))
    for file in files.values():
        write(editor, directory, file, **{"action-submit": "Submit"})
    made = {key: ProfilePage.objects.get(honouree=file) for key, file in files.items()}
    assert all(page.current_workflow_task_state for page in made.values())
    return made


@pytest.fixture
def reviewer(federation: Federation) -> User:
    """The reviewer of Yinchuan."""
    return officer("city-reviewer", Role.REVIEWER, federation.yinchuan)


def decision(page: Page, do: str = "approve", of: Page | None = None) -> str:
    """The address of a decision upon a page; with `of` the task state of another page."""
    state = (of or page).current_workflow_task_state
    return reverse("wagtailadmin_pages:workflow_action", args=[page.pk, do, state.pk])


def waits(page: ProfilePage) -> bool:
    """Whether nothing was decided."""
    fresh = ProfilePage.objects.get(pk=page.pk)
    return not fresh.live and fresh.workflow_in_progress and fresh.current_workflow_task_state.status == "in_progress"


def test_a_city_reviewer_decides_on_the_own_citys_stories_only(
    stories: Stories, reviewer: User, sign_in: SignIn
) -> None:
    client, own, other = sign_in(reviewer), stories["yinchuan"], stories["guyuan"]
    for do in ("approve", "reject"):
        assert client.post(decision(other, do), {"comment": "?"}).status_code in (302, 403)
        assert waits(other), do
        client.post(decision(own, do, of=other), {"comment": "?"})
        assert waits(other), f"{do} by way of the own page's address"
        assert waits(own)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[other.pk])).status_code in (302, 403)
    assert client.get(reverse("wagtailadmin_pages:edit", args=[own.pk])).status_code == 200
    client.post(decision(own))
    assert ProfilePage.objects.get(pk=own.pk).live


def test_the_front_lists_what_waits_for_this_reviewer(
    federation: Federation, stories: Stories, reviewer: User, sign_in: SignIn
) -> None:
    front = sign_in(reviewer).get("/console/").content.decode()
    assert decision(stories["yinchuan"]) in front
    assert decision(stories["guyuan"]) not in front
    assert list(TaskState.objects.reviewable_by(reviewer)) == [stories["yinchuan"].current_workflow_task_state]
    report = sign_in(reviewer).get(reverse("wagtailadmin_reports:workflow"), {"reviewable": "true"})
    assert [state.object_id for state in report.context["object_list"]] == [str(stories["yinchuan"].pk)]
    everywhere = officer("reviewer", Role.REVIEWER, federation.top)
    front = sign_in(everywhere).get("/console/").content.decode()
    assert decision(stories["guyuan"]) in front
    sign_in(everywhere).post(decision(stories["guyuan"]))
    assert ProfilePage.objects.get(pk=stories["guyuan"].pk).live


def test_a_role_of_another_kind_elsewhere_doesnt_widen_the_review(
    federation: Federation, stories: Stories, reviewer: User, sign_in: SignIn
) -> None:
    """Reviewer in one city, auditor of the whole tree: sees everything, decides on the city."""
    reviewer.appointments.create(role=Role.AUDITOR, node=federation.top, starts_on=date(2020, 1, 1))
    user = User.objects.get(pk=reviewer.pk)
    sign_in(user).post(decision(stories["guyuan"]))
    assert waits(stories["guyuan"])
    assert [state.object_id for state in map(_state, TaskState.objects.reviewable_by(user))] == [
        str(stories["yinchuan"].pk)
    ]


def _state(task_state: TaskState) -> Any:
    return task_state.workflow_state


def test_a_draft_that_names_another_citys_file_isnt_the_citys(
    stories: Stories, files: dict[str, Honouree], reviewer: User, sign_in: SignIn
) -> None:
    own = stories["yinchuan"]
    stories["guyuan"].delete()
    draft = own.get_latest_revision()
    draft.content["honouree"] = files["guyuan"].pk
    draft.save()
    assert not TaskState.objects.reviewable_by(reviewer).exists()
    sign_in(reviewer).post(decision(own))
    assert waits(own)


def test_stories_of_other_subtrees_are_neither_locked_nor_hidden(
    federation: Federation, stories: Stories, sign_in: SignIn
) -> None:
    client = sign_in(officer("city-secretary", Role.SECRETARY, federation.yinchuan))
    for key, allowed in (("guyuan", False), ("yinchuan", True)):
        page = stories[key]
        client.post(reverse("wagtailadmin_pages:lock", args=[page.pk]))
        assert ProfilePage.objects.get(pk=page.pk).locked is allowed, key
        privacy = client.post(
            reverse("wagtailadmin_pages:set_privacy", args=[page.pk]), {"restriction_type": "login", "password": ""}
        )
        assert (privacy.status_code == 200) is allowed, key
        assert page.view_restrictions.exists() is allowed, key


def test_a_city_secretary_publishes_stories_of_the_city(
    federation: Federation, files: dict[str, Honouree], directory: DirectoryPage, sign_in: SignIn
) -> None:
    client = sign_in(officer("city-secretary", Role.SECRETARY, federation.yinchuan))
    write(client, directory, files["guyuan"], **{"action-publish": "Publish"})
    assert not ProfilePage.objects.exists()
    write(client, directory, files["yinchuan"], **{"action-publish": "Publish"})
    assert ProfilePage.objects.get().live
    sign_in(officer("guyuan-secretary", Role.SECRETARY, federation.guyuan)).post(
        reverse("wagtailadmin_pages:unpublish", args=[ProfilePage.objects.get().pk])
    )
    assert ProfilePage.objects.get().live


def test_an_article_is_decided_on_at_the_top(
    federation: Federation, directory: DirectoryPage, reviewer: User, sign_in: SignIn
) -> None:
    index = directory.get_parent().add_child(instance=StoryIndexPage(title="故事", slug="stories"))
    article = index.add_child(instance=ArticlePage(title="五一", slug="may", date=date(2024, 5, 1), live=False))
    article.save_revision()
    article.get_workflow().start(article, None)
    city = sign_in(reviewer)
    assert city.post(decision(article)).status_code in (302, 403)
    assert city.post(reverse("wagtailadmin_pages:unpublish", args=[index.pk])).status_code in (302, 403)
    assert not ArticlePage.objects.get().live
    assert StoryIndexPage.objects.get().live
    assert not TaskState.objects.reviewable_by(reviewer).exists()
    sign_in(officer("reviewer", Role.REVIEWER, federation.top)).post(decision(article))
    assert ArticlePage.objects.get().live


def test_whoever_holds_no_role_decides_nothing(stories: Stories) -> None:
    state = stories["yinchuan"].current_workflow_task_state
    nobody = User.objects.create_user("nobody")
    for user in (nobody, User.objects.create_superuser("root")):
        with pytest.raises(PermissionDenied):
            state.task.specific.on_action(state, user, "approve")
    assert state.task.specific.get_actions(stories["yinchuan"], AnonymousUser()) == []


def test_what_waits_at_wagtails_own_task_is_handed_over(stories: Stories, reviewer: User) -> None:
    ours, page = ScopedApproval.objects.get(), stories["yinchuan"]
    plain = GroupApprovalTask.objects.create(name=ours.name)
    plain.groups.set(ours.groups.all())
    WorkflowTask.objects.update(task=Task.objects.get(pk=plain.pk))
    TaskState.objects.update(task=Task.objects.get(pk=plain.pk))
    ours.delete()
    for _time in range(2):
        ensure_groups()
        assert not GroupApprovalTask.objects.filter(name=plain.name).exists()
        assert [type(task.specific) for task in Workflow.objects.get(active=True).tasks] == [ScopedApproval]
        assert type(ProfilePage.objects.get(pk=page.pk).current_workflow_task) is ScopedApproval
    assert [state.revision.object_id for state in TaskState.objects.reviewable_by(reviewer)] == [str(page.pk)]

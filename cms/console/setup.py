"""Groups and the review workflow: editors write, reviewers and secretaries publish. Safe to run again."""

from itertools import product

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Site,
    TaskState,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from cms.pages.models import ScopedApproval
from registry.accounts.enums import Role
from registry.organisations.groups import role_group

PAGES = {
    Role.EDITOR: ("add", "change"),
    Role.REVIEWER: ("change", "publish"),
    Role.SECRETARY: ("add", "change", "publish", "lock", "unlock"),
}
FILES = {
    Role.EDITOR: ("add", "change", "choose"),
    Role.SECRETARY: ("add", "change", "choose"),
    Role.REVIEWER: ("choose",),
}
ADMINISTRATOR = (("wagtailcore", "site"), ("wagtailredirects", "redirect"), ("wagtailcore", "collection"))
WORKFLOW = "Review"


def ensure_groups() -> None:
    """Give the roles' groups what they may do with pages, pictures and documents, and set the review workflow on the whole site."""
    root = Page.get_first_root_node()
    # On the sites' front pages where there are any, so that nobody sees or adds to the nameless root above them.
    tops = [site.root_page for site in Site.objects.select_related("root_page")] or [root]
    for role, kinds in PAGES.items():
        group = role_group(role)
        GroupPagePermission.objects.filter(group=group).exclude(page__in=tops).delete()
        for page, kind in product(tops, kinds):
            permission = Permission.objects.get(content_type__app_label="wagtailcore", codename=f"{kind}_page")
            GroupPagePermission.objects.get_or_create(group=group, page=page, permission=permission)
    for role, kinds in FILES.items():
        _allow_files(role_group(role), kinds)
    for label, model in ADMINISTRATOR:
        content = ContentType.objects.get(app_label=label, model=model)
        role_group(Role.ADMINISTRATOR).permissions.add(*Permission.objects.filter(content_type=content))
    _workflow(root)


def _allow_files(group: Group, kinds: tuple[str, ...]) -> None:
    collection = Collection.get_first_root_node()
    for model, choose in (("picture", "choose_image"), ("paper", "choose_document")):
        for kind in kinds:
            codename = choose if kind == "choose" else f"{kind}_{model}"
            permission = Permission.objects.filter(content_type__app_label="media", codename=codename).first()
            if permission is not None:
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )


def _workflow(root: Page) -> None:
    Workflow.objects.exclude(name=WORKFLOW).update(active=False)
    WorkflowPage.objects.exclude(workflow__name=WORKFLOW).delete()
    workflow, _fresh = Workflow.objects.get_or_create(name=WORKFLOW)
    task, _new = ScopedApproval.objects.get_or_create(name=WORKFLOW)
    task.groups.set([role_group(Role.REVIEWER), role_group(Role.SECRETARY)])
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    _take_over(task)
    WorkflowPage.objects.get_or_create(page=root, defaults={"workflow": workflow})


def _take_over(task: ScopedApproval) -> None:
    """Hand what waits at, and was decided by, Wagtail's plain group task over to ours, and remove that one."""
    for plain in GroupApprovalTask.objects.filter(name=WORKFLOW):
        TaskState.objects.filter(task=plain).update(task=task)
        plain.delete()

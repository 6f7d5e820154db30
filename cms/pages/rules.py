"""Who may work on which page. A story is judged by the file it is about; every other page belongs to the whole site."""

from typing import Any

from django.db.models import Q, QuerySet
from wagtail.models import Page, PagePermissionTester

from registry.accounts.enums import Role
from registry.organisations.rules import appointments_of
from registry.people.models import Honouree

REVIEWERS = (Role.REVIEWER, Role.SECRETARY)
# What reaches the public, or keeps others from it.
PUBLISHING = {"publish", "lock", "unlock", "bulk_delete"}


def files_of(page: Any) -> set[int]:
    """Return the keys of the files a story is about: the one it shows and the one its newest draft names; empty for another page."""
    story = page.specific
    if not hasattr(story, "honouree_id"):
        return set()
    draft = story.latest_revision.content.get("honouree") if story.latest_revision else None
    return {int(key) for key in (story.honouree_id, draft) if key}


def reviews_everything(user: Any) -> bool:
    """Whether the user reviews at the top of the union tree."""
    return any(path.count("/") == 1 for path in _reviewing(user))


def reviewable_files(user: Any) -> QuerySet[Honouree]:
    """The files in the subtrees where the user is reviewer or secretary today."""
    fits = Q(pk__in=[])
    for path in _reviewing(user):
        fits |= Q(union__path__startswith=path) | Q(industry_union__path__startswith=path)
    found: QuerySet[Honouree] = Honouree.objects.visible_to(user).filter(fits)
    return found


def may_edit(user: Any, page: Any) -> bool:
    """A story is edited by those who may see its file; whether the role's group may edit at all is Wagtail's question."""
    keys = files_of(page)
    return not keys or Honouree.objects.visible_to(user).filter(pk__in=keys).count() == len(keys)


def may_review(user: Any, page: Any) -> bool:
    """Approve, publish, lock: a reviewer or secretary of the file's union or of one above; of any other page, those of the top."""
    if reviews_everything(user):
        return True
    keys = files_of(page)
    return bool(keys) and reviewable_files(user).filter(pk__in=keys).count() == len(keys)


class PageRights(PagePermissionTester):
    """What Wagtail's groups allow, less what lies outside the user's subtree."""

    def __init__(self, user: Any, page: Page) -> None:
        """Take away what the rules don't allow. Wagtail asks a superuser nothing and gives one no set."""
        super().__init__(user, page)
        granted: set[str] = getattr(self, "permissions", set())
        self.publishes = "publish" in granted
        if not granted or reviews_everything(user):
            return
        if not may_edit(user, page):
            self.permissions: set[str] = set()
        elif not may_review(user, page):
            self.permissions = granted - PUBLISHING

    def can_publish_subpage(self) -> bool:
        """Below the directory lie stories only; each is judged by its own file when it is published."""
        if self.user.is_superuser or not getattr(self.page.specific_class, "holds_stories", False):
            return bool(super().can_publish_subpage())
        return bool(self.user.is_active) and self.publishes


def _reviewing(user: Any) -> set[str]:
    return {path for role, path in appointments_of(user) if role in REVIEWERS}

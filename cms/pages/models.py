"""Public pages. A record is not a page: a `ProfilePage` points at a file and shows what the registry's public query hands it."""

from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import BigIntegerField, CharField, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import AbstractGroupApprovalTask, Page, PageViewRestriction, TaskState

from cms.pages.blocks import StoryBlocks
from cms.pages.fields import HonoureePanel, ProfileForm
from cms.pages.rules import PageRights, may_review, reviewable_files, reviews_everything
from media.models import Picture
from registry.organisations.scoping import scope_required
from registry.people.models import Honouree
from registry.prepared import Prepared

_ANY_RESTRICTION = Prepared(lambda: PageViewRestriction.objects.order_by()[:1])


class Kept:
    """Mixed into the page types: whoever asks Wagtail what a user may do with a page is told what the rules leave of it."""

    def permissions_for_user(self, user: Any) -> PageRights:
        """Narrow what the groups allow to the user's subtree."""
        return PageRights(user, self)

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """As Wagtail's; while nothing is restricted, as usual, one small query instead of two."""
        none: QuerySet[PageViewRestriction] = PageViewRestriction.objects.none()
        if not _ANY_RESTRICTION():
            return none
        found: QuerySet[PageViewRestriction] = super().get_view_restrictions()  # type: ignore[misc]  # a mixin of pages
        return found


class HomePage(Kept, Page):
    """The front page."""

    hero_title = models.CharField(_("headline"), max_length=60)
    hero_intro = models.CharField(_("one sentence"), max_length=200, blank=True)
    hero_image = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )

    content_panels = [
        *Page.content_panels,
        FieldPanel("hero_title"),
        FieldPanel("hero_intro"),
        FieldPanel("hero_image"),
    ]
    template = "home.html"
    max_count = 1
    subpage_types = ["pages.DirectoryPage", "pages.StoryIndexPage"]

    class Meta:
        verbose_name = _("home page")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add counts, the person of the day and the latest stories."""
        from cms.pages.context import home_context

        return {**super().get_context(request, *args, **kwargs), **home_context()}


class DirectoryPage(Kept, Page):
    """The directory of all honourees: browse by year, level, title, region, industry, kind."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    template = "browse.html"
    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.ProfilePage"]
    holds_stories = True

    class Meta:
        verbose_name = _("directory")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the filtered, sorted, keyset-paged list."""
        from cms.pages.browse import browse_context

        return {**super().get_context(request, *args, **kwargs), **browse_context(request, self)}


class ProfilePage(Kept, Page):
    """A person's or collective's story, at the address the registry gave the file."""

    honouree = models.OneToOneField(Honouree, models.PROTECT, related_name="profile_page", verbose_name=_("file"))
    headline = models.CharField(_("headline"), max_length=80, blank=True)
    summary = models.TextField(_("one sentence why"), max_length=400, blank=True)
    quote = models.CharField(_("quotation"), max_length=200, blank=True)
    body = StreamField(StoryBlocks(), verbose_name=_("story"), blank=True)
    sources = models.TextField(_("sources"), blank=True, help_text=_("One a line."))

    content_panels = [
        *Page.content_panels,
        HonoureePanel("honouree"),
        MultiFieldPanel([FieldPanel("headline"), FieldPanel("summary"), FieldPanel("quote")], heading=_("In short")),
        FieldPanel("body"),
        FieldPanel("sources"),
    ]
    base_form_class = ProfileForm
    template = "profile.html"
    parent_page_types = ["pages.DirectoryPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    @classmethod
    def from_serializable_data(cls, data: Any, check_fks: bool = True, strict_fks: bool = False) -> Any:
        """Read a draft; whether its file still exists is asked of the whole table, whoever looks."""
        with scope_required(False):
            return super().from_serializable_data(data, check_fks=check_fks, strict_fks=strict_fks)

    def get_url_parts(self, request: HttpRequest | None = None) -> tuple[int, str, str] | None:
        """The address is the file's, wherever the page lies in the tree."""
        parts = super().get_url_parts(request)
        if parts is None:
            return None
        site, root, _path = parts
        return site, root, self.honouree.get_absolute_url()

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        """Take title and slug over from the file when they are empty, before they are checked."""
        if self.honouree_id:
            self.slug = getattr(self, "slug", "") or self.honouree.slug
            self.title = getattr(self, "title", "") or self.honouree.name
        super().full_clean(*args, **kwargs)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the registry's public facts."""
        from cms.pages.context import profile_context

        return {**super().get_context(request, *args, **kwargs), **profile_context(request, self.honouree, self)}


class StoryIndexPage(Kept, Page):
    """All stories, newest first."""

    intro = models.CharField(_("introduction"), max_length=300, blank=True)

    content_panels = [*Page.content_panels, FieldPanel("intro")]
    template = "stories.html"
    max_count = 1
    parent_page_types = ["pages.HomePage"]
    subpage_types = ["pages.ArticlePage"]

    class Meta:
        verbose_name = _("stories")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add the paged list of stories."""
        from cms.pages.context import stories_context

        return {**super().get_context(request, *args, **kwargs), **stories_context(request, self)}


class ArticlePage(Kept, Page):
    """News, a campaign's article, a story about several people."""

    date = models.DateField(_("date"))
    author = models.CharField(_("author"), max_length=60, blank=True)
    summary = models.CharField(_("summary"), max_length=300, blank=True)
    picture = models.ForeignKey(
        Picture, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("picture")
    )
    body = StreamField(StoryBlocks(), verbose_name=_("text"))

    content_panels = [
        *Page.content_panels,
        FieldPanel("date"),
        FieldPanel("author"),
        FieldPanel("summary"),
        FieldPanel("picture"),
        FieldPanel("body"),
    ]
    template = "article.html"
    parent_page_types = ["pages.StoryIndexPage"]
    subpage_types: list[str] = []

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Hand the template what it names."""
        from cms.pages.context import article_context

        return {**super().get_context(request, *args, **kwargs), **article_context(request, self)}


class ScopedApproval(AbstractGroupApprovalTask):
    """The review: by the chosen groups' members, each for the stories of the own subtree, those of the top for every page.

    Wagtail's view of a decision runs no hook, and takes page and task state from the address without asking whether they belong
    together; so each method asks the rule, and the last one asks it of the page that the state is about.
    """

    class Meta:
        verbose_name = _("review within the own subtree")
        verbose_name_plural = _("reviews within the own subtree")

    def user_can_access_editor(self, obj: Any, user: Any) -> bool:
        """Open the editor."""
        return bool(super().user_can_access_editor(obj, user)) and may_review(user, obj)

    def locked_for_user(self, obj: Any, user: Any) -> bool:
        """While the page waits, only its reviewers edit it."""
        return bool(super().locked_for_user(obj, user)) or not may_review(user, obj)

    def user_can_lock(self, obj: Any, user: Any) -> bool:
        """Keep other reviewers out."""
        return bool(super().user_can_lock(obj, user)) and may_review(user, obj)

    def get_actions(self, obj: Any, user: Any) -> list[tuple[str, Any, bool]]:
        """Decide."""
        return super().get_actions(obj, user) if may_review(user, obj) else []

    def on_action(self, task_state: TaskState, user: Any, action_name: str, **kwargs: Any) -> Any:
        """Decide, if the state's own page allows it."""
        page = task_state.workflow_state.content_object
        if action_name not in {name for name, _label, _modal in self.get_actions(page, user)}:
            raise PermissionDenied
        return super().on_action(task_state, user, action_name, **kwargs)

    def get_task_states_user_can_moderate(self, user: Any, **kwargs: Any) -> QuerySet[TaskState]:
        """What waits for this reviewer: both the story as it stands and its draft are about files of the own subtree."""
        states: QuerySet[TaskState] = super().get_task_states_user_can_moderate(user, **kwargs)
        if reviews_everything(user):
            return states
        files = reviewable_files(user).values("pk")
        stories = ProfilePage.objects.filter(honouree__in=files).annotate(key=Cast("pk", CharField())).values("key")
        drafts = TaskState.objects.alias(
            named=Cast(KeyTextTransform("honouree", "revision__content"), BigIntegerField())
        ).filter(
            workflow_state__content_type=ContentType.objects.get_for_model(ProfilePage),
            workflow_state__object_id__in=stories,
            named__in=files,
        )
        return states.filter(pk__in=drafts.values("pk"))

    @classmethod
    def get_description(cls) -> Any:
        """Say whom it asks."""
        return _("Members of the chosen groups decide on the stories of their own subtree")

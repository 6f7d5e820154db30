"""Screens of what a file lists with dates: a person's posts; a collective's heads, staff counts, members."""

from typing import Any

from django import forms
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console import life_forms
from cms.console.life import OfFileDeed
from registry.life import lists
from registry.life.models import LISTS, Headship, Membership, StaffCount
from registry.people.models import Honouree, Post


class PostAdd(OfFileDeed):
    """Add a post."""

    form_class = life_forms.PostForm
    page_title = gettext_lazy("Add a post")
    submit = gettext_lazy("Save the post")

    def present(self) -> Post | None:
        """The post that is changed; none while one is added."""
        return None

    def allowed(self) -> bool:
        """The officer of a person's file."""
        return super().allowed() and self.file.is_person

    def do(self, clean: dict[str, Any]) -> str:
        """Save."""
        lists.save_post(self.file, actor=self.request.user, post=self.present(), **clean)  # type: ignore[arg-type]
        return _("Saved.")


class OfPost(OfFileDeed):
    """A deed about one post."""

    @cached_property
    def entry(self) -> Post:
        """The post, or 404."""
        files = Honouree.objects.visible_to(self.request.user).values("pk")
        found = Post.objects.select_related("honouree__union", "honouree__industry_union", "unit").filter(
            pk=self.kwargs["pk"], honouree__in=files
        )
        if not found:
            raise Http404
        return found[0]

    @cached_property
    def file(self) -> Honouree:
        """Its holder."""
        return self.entry.honouree


class PostChange(OfPost, PostAdd):
    """Change a post."""

    page_title = gettext_lazy("Change the post")

    def present(self) -> Post | None:
        """This one."""
        return self.entry

    def arguments(self) -> dict[str, Any]:
        """The post as it is."""
        return {
            "initial": {name: getattr(self.entry, name) for name in ("unit_name", "position", "since", "until")}
            | {"is_present": self._is_present()}
        }

    def _is_present(self) -> bool:
        post, file = self.entry, self.file
        return not post.until and (post.unit_name, post.position) == (file.unit_name, file.position)


class PostRemove(OfPost):
    """Remove a post."""

    form_class = life_forms.ReasonOnly
    danger = True
    page_title = gettext_lazy("Remove the post")
    submit = gettext_lazy("Remove the post")

    def intro(self) -> str:
        """Which."""
        return str(self.entry)

    def do(self, clean: dict[str, Any]) -> str:
        """Remove."""
        lists.remove_post(self.entry, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Removed.")


LINE_FORMS: dict[str, tuple[type[forms.Form], Any, Any]] = {
    "heads": (life_forms.HeadForm, gettext_lazy("Add a head"), gettext_lazy("Change the head")),
    "staff": (life_forms.StaffForm, gettext_lazy("Add a staff count"), gettext_lazy("Change the staff count")),
    "members": (life_forms.MemberForm, gettext_lazy("Add a member"), gettext_lazy("Change the member")),
}


class LineAdd(OfFileDeed):
    """Add a head, a staff count or a member to a collective."""

    line: Any = None

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """By the list."""
        return LINE_FORMS[self.kwargs["list"]][0]

    def get_page_title(self) -> str:
        """What is done."""
        return str(LINE_FORMS[self.kwargs["list"]][1 if self.line is None else 2])

    def allowed(self) -> bool:
        """The officer of a collective's file."""
        if self.kwargs["list"] not in LINE_FORMS:
            raise Http404
        return super().allowed() and not self.file.is_person

    def arguments(self) -> dict[str, Any]:
        """The line as it is."""
        user = {"user": self.request.user} if self.kwargs["list"] == "members" else {}
        return {"initial": self.initial(), **user}

    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        line = self.line
        if line is None:
            return {}
        values = {name: getattr(line, name) for name in self.form_class.base_fields}
        return values | ({"person": line.person.code} if isinstance(line, Membership) else {})

    def do(self, clean: dict[str, Any]) -> str:
        """Save."""
        line = LISTS[self.kwargs["list"]]() if self.line is None else self.line
        lists.save_line(self.file, line, actor=self.request.user, **clean)  # type: ignore[arg-type]
        return _("Saved.")


class OfLine(OfFileDeed):
    """A deed about one line of a collective."""

    @cached_property
    def line(self) -> Headship | StaffCount | Membership:
        """The line, or 404."""
        model = LISTS.get(self.kwargs["list"])
        if model is None:
            raise Http404
        files = Honouree.objects.visible_to(self.request.user).values("pk")
        found = model.objects.select_related("collective__union", "collective__industry_union").filter(
            pk=self.kwargs["pk"], collective__in=files
        )
        if not found:
            raise Http404
        line: Headship | StaffCount | Membership = found[0]
        return line

    @cached_property
    def file(self) -> Honouree:
        """Its collective."""
        return self.line.collective


class LineChange(OfLine, LineAdd):
    """Change a line."""


class LineRemove(OfLine):
    """Remove a line."""

    form_class = life_forms.ReasonOnly
    danger = True
    page_title = gettext_lazy("Remove the entry")
    submit = gettext_lazy("Remove the entry")

    def intro(self) -> str:
        """Which."""
        return str(self.line)

    def do(self, clean: dict[str, Any]) -> str:
        """Remove."""
        lists.remove_line(self.line, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Removed.")

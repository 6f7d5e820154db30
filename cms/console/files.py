"""A person's or collective's file: on one screen, opened, changed, withheld, deleted."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms import CheckboxInput
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import FormScreen, Screen
from cms.console.file_list import PLURALS, file_url, list_url
from cms.console.forms import KINDS, PortraitForm, ReasonForm, region_words
from cms.console.life_panel import life_context
from media.actions import remove_portrait, set_portrait
from registry.audit.queries import history_of
from registry.honours.queries import honours_of
from registry.honours.rules import may_confirm_revocation, may_revoke
from registry.organisations.queries import units_named
from registry.organisations.rules import home_node, may_enter_console
from registry.people.actions import change_file, close_file, facts_of_kind, open_file, set_details, set_withheld
from registry.people.enums import Kind
from registry.people.models import Honouree, Post
from registry.people.rules import may_edit_file, may_open_file
from registry.text.normalise import fold


class OfFile(Screen):
    """A screen about one file that the user may see."""

    @cached_property
    def file(self) -> Honouree:
        """The file, or 404 outside the subtree."""
        rows = Honouree.objects.visible_to(self.request.user).select_related(
            "union", "industry_union", "region", "unit"
        )
        found: Honouree | None = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def allowed(self) -> bool:
        """Whoever may edit the file."""
        return may_enter_console(self.request.user) and may_edit_file(self.request.user, self.file)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """List, then the file."""
        return [(PLURALS[Kind(self.file.kind)], list_url(self.file.kind)), (self.file.name, file_url(self.file))]


class FileScreen(OfFile):
    """Everything about one file."""

    template_name = "console/file.html"
    header_icon = "user"

    def allowed(self) -> bool:
        """Whoever may see it."""
        return may_enter_console(self.request.user) and bool(self.file)

    def get_page_title(self) -> str:
        """The name."""
        return self.file.name

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(PLURALS[Kind(self.file.kind)], list_url(self.file.kind))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, honours, details, history."""
        user, file = self.request.user, self.file
        honours = honours_of(file)
        for conferral in honours:
            conferral.honouree = file
        pending = [c.revocation for c in honours if hasattr(c, "revocation") and not c.revocation.is_confirmed]
        page = getattr(file, "profile_page", None)
        return {
            **super().get_context_data(**kwargs),
            "file": file,
            "facts": self._facts(),
            "honours": honours,
            "may_edit": may_edit_file(user, file),
            "may_revoke": {conferral.pk for conferral in honours if may_revoke(user, conferral)},
            "may_confirm": {revocation.pk for revocation in pending if may_confirm_revocation(user, revocation)},
            "profile_page": page,
            "portrait": getattr(file, "portrait", None),
            "history": history_of(file)[:50],
            **life_context(user, file, self.request.GET.get("on", "")),
        }

    def _facts(self) -> list[tuple[str, Any]]:
        file = self.file
        skipped = {"note", "unit"}
        found = [(_("file number"), file.code), (_("keeping union"), file.union)]
        for name in facts_of_kind(file.kind):
            if name not in skipped:
                field: Any = Honouree._meta.get_field(name)
                shown = getattr(file, f"get_{name}_display", None)
                value = shown() if shown else getattr(file, name)
                found.append((str(field.verbose_name), value if value not in (None, "") else "—"))
        return found


def keep_what_is_not_typed(file: Honouree, posts: list[Post]) -> None:
    """Give retyped posts the unit and the attesting year that the present ones have: the form doesn't show them."""
    present = {(post.unit_name, post.position): post for post in file.posts.all()}
    for post in posts:
        if kept := present.get((post.unit_name, post.position)):
            post.unit_id, post.seen_in = kept.unit_id, kept.seen_in


class FileFormScreen(FormScreen):
    """Opening or changing a file."""

    kind: str = Kind.INDIVIDUAL

    def arguments(self) -> dict[str, Any]:
        """The form offers the own subtree."""
        return {"user": self.request.user, "initial": self.initial()}

    def initial(self) -> dict[str, Any]:
        """What the form begins with."""
        return {}

    @staticmethod
    def facts(clean: dict[str, Any], kind: str) -> dict[str, Any]:
        """The form's values under the file's names; a known unit is linked."""
        facts = {name: clean[name] for name in facts_of_kind(kind) if name in clean}
        units = list(units_named(clean["unit_name"])[:2]) if clean["unit_name"] else []
        facts["unit"] = units[0] if len(units) == 1 else None
        return facts

    @staticmethod
    def details(clean: dict[str, Any]) -> dict[str, Any]:
        """The lists that hang on a file."""
        return {name: clean[name] for name in ("other_names", "posts", "sources") if name in clean}


class FileAdd(FileFormScreen):
    """Open a file."""

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """By kind."""
        return KINDS[Kind(self.kwargs["kind"])]

    def allowed(self) -> bool:
        """Registry officers."""
        return self.kwargs["kind"] in Kind.values and may_open_file(self.request.user)

    def get_page_title(self) -> str:
        """What is done."""
        return _("Open a person's file") if self.kwargs["kind"] == Kind.INDIVIDUAL else _("Open a collective's file")

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(PLURALS[Kind(self.kwargs["kind"])], list_url(self.kwargs["kind"]))]

    def initial(self) -> dict[str, Any]:
        """The own union."""
        node = home_node(self.request.user)  # type: ignore[arg-type]
        return {"union": node.pk if node else None}

    def act(self, clean: dict[str, Any]) -> str:
        """Open it; somebody of the same name is shown first."""
        kind = self.kwargs["kind"]
        self._check_namesakes(kind, clean)
        file = open_file(
            kind, clean["name"], actor=self.request.user, union=clean["union"],  # type: ignore[arg-type]
            facts=self.facts(clean, kind), reason=clean["reason"],
        )  # fmt: skip
        set_details(file, actor=self.request.user, **self.details(clean))  # type: ignore[arg-type]
        return file_url(file)

    def _check_namesakes(self, kind: str, clean: dict[str, Any]) -> None:
        if clean["same_name_checked"]:
            return
        rows = Honouree.objects.visible_to(self.request.user).filter(kind=kind, name_key=fold(clean["name"]))
        namesakes = list(rows[:5])
        if namesakes:
            self.namesakes = namesakes
            names = ", ".join(f"{file.name} ({file.unit_name or file.union})" for file in namesakes)
            raise ValidationError(
                _(
                    "There is a file of this name already: %(names)s. Look at it first; tick the box if this is somebody else."
                )
                % {"names": names}
            )

    def refused(self, form: Any, refusal: ValidationError) -> None:
        """Offer the box once a namesake was found."""
        super().refused(form, refusal)
        if getattr(self, "namesakes", None):
            form.fields["same_name_checked"].widget = CheckboxInput()


class FileChange(OfFile, FileFormScreen):
    """Change a file."""

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """By kind."""
        return KINDS[Kind(self.file.kind)]

    def get_page_title(self) -> str:
        """What is done."""
        return _("Change the file")

    def initial(self) -> dict[str, Any]:
        """The file as it is."""
        file = self.file
        values = {name: getattr(file, name) for name in facts_of_kind(file.kind)}
        values |= {"name": file.name, "union": file.union_id, "region": self._region()}
        values["other_names"] = "\n".join(
            f"{other.get_kind_display()}: {other.name}" for other in file.other_names.all()
        )
        posts = [(post.unit_name, post.position, post.since, post.until) for post in file.posts.all()]
        values["posts"] = "\n".join(" | ".join(post).rstrip(" |") for post in posts)
        values["sources"] = "\n".join(source.title for source in file.sources.all())
        return values

    def _region(self) -> str:
        return region_words(self.file.region)

    def act(self, clean: dict[str, Any]) -> str:
        """Change facts and lists in their actions."""
        user: Any = self.request.user
        facts = {**self.facts(clean, self.file.kind), "name": clean["name"], "union": clean["union"]}
        if clean["unit_name"] == self.file.unit_name:
            facts["unit"] = self.file.unit
        details = self.details(clean)
        if "posts" in details:
            keep_what_is_not_typed(self.file, details["posts"])
        file = change_file(self.file, actor=user, facts=facts, reason=clean["reason"])
        set_details(file, actor=user, reason=clean["reason"], **details)
        return file_url(file)


class FileWithhold(OfFile, FormScreen):
    """Take a file off the public pages, or put it back."""

    form_class = ReasonForm

    def get_page_title(self) -> str:
        """What is done."""
        return _("Show to the public again") if self.file.withheld else _("Withhold from the public")

    def intro(self) -> str:
        """What will happen."""
        if self.file.withheld:
            return _("The public page and the search entry come back at once.")
        return _("The public page and the search entry go at once; the file and its honours stay.")

    def act(self, clean: dict[str, Any]) -> str:
        """Do it."""
        set_withheld(self.file, actor=self.request.user, withheld=not self.file.withheld, reason=clean["reason"])  # type: ignore[arg-type]
        return file_url(self.file)


class FilePortrait(OfFile, FormScreen):
    """Give the file a portrait."""

    form_class = PortraitForm
    page_title = gettext_lazy("Portrait")
    submit = gettext_lazy("Save the portrait")

    def intro(self) -> str:
        """What is there now."""
        if hasattr(self.file, "portrait"):
            return _("The new picture takes the place of the present one.")
        return _("Without a portrait the public page shows the surname as a seal.")

    def act(self, clean: dict[str, Any]) -> str:
        """Check, clean and keep it."""
        user: Any = self.request.user
        set_portrait(self.file, clean["file"], actor=user, credit=clean["credit"], consent=clean["consent"])
        return file_url(self.file)


class FilePortraitRemove(OfFile, FormScreen):
    """Take the portrait away."""

    form_class = ReasonForm
    danger = True
    page_title = gettext_lazy("Remove the portrait")
    submit = gettext_lazy("Remove the portrait")

    def act(self, clean: dict[str, Any]) -> str:
        """Remove."""
        user: Any = self.request.user
        remove_portrait(self.file, actor=user, reason=clean["reason"])
        return file_url(self.file)


class FileClose(OfFile, FormScreen):
    """Delete a file opened by mistake."""

    form_class = ReasonForm
    danger = True
    submit = gettext_lazy("Delete the file")

    def get_page_title(self) -> str:
        """What is done."""
        return _("Delete a file opened by mistake")

    def intro(self) -> str:
        """What will happen."""
        return _("Only a file without honours can be deleted. The audit trail keeps what it said.")

    def act(self, clean: dict[str, Any]) -> str:
        """Do it."""
        kind = self.file.kind
        close_file(self.file, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return list_url(kind)

"""People and collectives: list, the file on one screen, changing it."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Replace
from django.forms import CheckboxInput
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.forms import KINDS, FileFilter, PortraitForm, ReasonForm, region_words
from media.actions import remove_portrait, set_portrait
from registry.audit.queries import history_of
from registry.honours.models import Conferral
from registry.honours.queries import honours_of, level_label, region_prefix
from registry.honours.rules import may_confirm_revocation, may_revoke
from registry.organisations.queries import units_named
from registry.organisations.rules import home_node, may_enter_console
from registry.people.actions import change_file, close_file, facts_of_kind, open_file, set_details, set_withheld
from registry.people.enums import Kind
from registry.people.models import Honouree, Post
from registry.people.rules import may_edit_file, may_open_file
from registry.text.normalise import fold

PLURALS = {Kind.INDIVIDUAL: gettext_lazy("People"), Kind.COLLECTIVE: gettext_lazy("Collectives")}


def file_url(file: Any) -> str:
    """The address of a file's screen."""
    return reverse("console_file", args=[file.pk])


def list_url(kind: str) -> str:
    """The address of the list of a kind."""
    return reverse("console_people" if kind == Kind.INDIVIDUAL else "console_collectives")


def named(rows: QuerySet[Any], word: str) -> QuerySet[Any]:
    """Keep the files whose name, other name, unit, pinyin (shan yu qing, shanyuqing) or initials (syq) fit the word."""
    key = fold(word)
    fits = Q(name_key__contains=key) | Q(unit_name__contains=word) | Q(other_names__name_key__contains=key)
    letters = "".join(word.lower().split())
    if letters.isascii() and letters.isalpha():
        rows = rows.alias(spelled=Replace("pinyin_key", Value(" "), Value("")))
        fits |= Q(spelled__startswith=letters)
        if len(letters) <= INITIALS:
            fits |= Q(pinyin_key__regex="^" + "[a-z]* ".join(letters) + "[a-z]* ")
    return rows.filter(pk__in=rows.filter(fits).order_by().values("pk"))


INITIALS = 6
PUBLICITY: dict[str, dict[str, Any]] = {
    "yes": {"is_public": True},
    "withheld": {"withheld": True},
    "none": {"withheld": False, "is_public": False},
}


class FileList(ListScreen):
    """The files of the user's subtree."""

    kind: str = Kind.INDIVIDUAL
    header_icon = "user"
    filter_form = FileFilter
    default_order = ("pinyin_key", "pk")
    orders = (
        ("pinyin_key", gettext_lazy("by pinyin")),
        ("stroke_key", gettext_lazy("by strokes")),
        ("-latest_year", gettext_lazy("latest honour first")),
        ("-highest_rank", gettext_lazy("highest honour first")),
    )
    columns = (
        Column(gettext_lazy("Name"), lambda file: file.name, "pinyin_key", file_url),
        Column(gettext_lazy("Sex"), lambda file: file.get_sex_display(), short=True),
        Column(gettext_lazy("Unit"), lambda file: file.unit_name),
        Column(gettext_lazy("Post"), lambda file: file.position),
        Column(gettext_lazy("Highest honour"), lambda file: file.headline),
        Column(gettext_lazy("Level"), lambda file: level_label(file.highest_rank), "highest_rank", short=True),
        Column(gettext_lazy("Latest honour"), lambda file: file.latest_year or "", "latest_year", short=True),
        Column(gettext_lazy("Honours"), lambda file: file.honour_count, "honour_count", short=True),
        Column(gettext_lazy("Region"), lambda file: file.region or "", short=True),
        Column(gettext_lazy("Keeping union"), lambda file: file.union),
        Column(
            gettext_lazy("Public"),
            lambda file: _("withheld") if file.withheld else _("yes") if file.is_public else _("no"),
            short=True,
        ),
    )

    def allowed(self) -> bool:
        """Everybody with an appointment sees the own subtree."""
        return may_enter_console(self.request.user)

    def get_page_title(self) -> str:
        """People, or collectives."""
        return str(PLURALS[Kind(self.kind)])

    @property
    def export_name(self) -> str:  # type: ignore[override]
        """Named by kind."""
        return self.kind

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """What registry officers can do here."""
        if not may_open_file(self.request.user):
            return []
        return [
            (_("Open a file"), reverse("console_file_add", args=[self.kind])),
            (_("Import a list"), reverse("console_import_add")),
        ]

    def filter_arguments(self) -> dict[str, Any]:
        """The filter offers the own subtree's unions and regions."""
        return {"user": self.request.user, "kind": self.kind}

    def rows(self) -> QuerySet[Any]:
        """The kind's files in the subtree."""
        found: QuerySet[Any] = (
            Honouree.objects.visible_to(self.request.user).filter(kind=self.kind).select_related("region", "union")
        )
        return found

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By word, honour, place, union, publicity. A revoked honour doesn't count, as everywhere else."""
        if word := chosen.get("q"):
            rows = named(rows, word)
        honour = {name: chosen[name] for name in ("level", "title", "year") if name in chosen}
        if honour:
            rows = rows.filter(Exists(Conferral._base.filter(honouree=OuterRef("pk"), is_revoked=False, **honour)))
        if "union" in chosen:
            rows = rows.filter(union__path__startswith=chosen["union"].path)
        if "region" in chosen:
            rows = rows.filter(region__code__startswith=region_prefix(chosen["region"].code))
        rows = rows.filter(**{name: chosen[name] for name in ("sex", "ethnicity") if name in chosen})
        return rows.filter(**PUBLICITY[chosen["public"]]) if "public" in chosen else rows


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

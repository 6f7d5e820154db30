"""Honours and award titles: list, confer, correct, remove, revoke."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen
from cms.console.file_list import file_url, in_region, of_union
from cms.console.files import OfFile
from cms.console.filters import HonourFilter, WordFilter
from cms.console.forms import HonourForm, ReasonForm, RevocationForm, TitleForm, region_words
from registry.honours.actions import (
    confer,
    confirm_revocation,
    propose_revocation,
    remove_conferral,
    save_title,
    withdraw_revocation,
)
from registry.honours.models import BY_RANK, Conferral, HonourTitle
from registry.honours.rules import may_confirm_revocation, may_edit_titles, may_revoke
from registry.life.proposing import propose_honour
from registry.organisations.rules import may_enter_console
from registry.people.lookup import named
from registry.people.models import Honouree
from registry.people.rules import may_edit_file
from registry.text.normalise import fold


class HonourList(ListScreen):
    """The honours of the user's subtree, revoked ones too."""

    page_title = gettext_lazy("Honours")
    header_icon = "success"
    export_name = "honours"
    filter_form = HonourFilter
    default_order = ("-sort_year", "-pk")
    columns = (
        Column(
            gettext_lazy("Holder"),
            lambda row: row.honouree.name,
            "honouree__pinyin_key",
            lambda row: file_url(row.honouree),
        ),
        Column(gettext_lazy("Award title"), lambda row: row.title.name),
        Column(gettext_lazy("Conferring level"), lambda row: row.get_level_display(), "rank", short=True),
        Column(gettext_lazy("Treatment level"), lambda row: row.get_treatment_level_display(), short=True),
        Column(gettext_lazy("Year"), lambda row: row.year or "", "sort_year"),
        Column(gettext_lazy("Unit then"), lambda row: row.unit_name),
        Column(gettext_lazy("Document number"), lambda row: row.document_number),
        Column(gettext_lazy("State"), lambda row: _("revoked") if row.is_revoked else _("in force"), short=True),
        Column(gettext_lazy("Source"), lambda row: row.source),
    )

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    def filter_arguments(self) -> dict[str, Any]:
        """The filter offers the own subtree's unions and regions."""
        return {"user": self.request.user}

    def rows(self) -> QuerySet[Any]:
        """The subtree's honours."""
        found: QuerySet[Any] = Conferral.objects.visible_to(self.request.user).select_related("honouree", "title")
        return found

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By holder, title, level, year, place, state."""
        if "q" in chosen:
            holders = named(Honouree.objects.visible_to(self.request.user), chosen["q"])
            rows = rows.filter(honouree__in=holders.order_by().values("pk"))
        if "figure" in chosen:
            rows = rows.filter(pk__in=chosen["figure"].rows())
        if "union" in chosen:
            rows = rows.filter(of_union(chosen, "honouree__"))
        if "region" in chosen:
            rows = rows.filter(in_region(chosen["region"].code, "honouree__"))
        rows = rows.filter(**{name: chosen[name] for name in ("title", "level", "year") if name in chosen})
        if "revoked" in chosen:
            rows = rows.filter(is_revoked=chosen["revoked"] == "yes")
        if "waiting" in chosen:
            waiting = {"revocation__isnull": False, "revocation__confirmed_by__isnull": True}
            rows = rows.filter(**waiting)
        if chosen.get("waiting") == "me":
            proposed = rows.exclude(revocation__proposed_by=self.request.user).select_related(
                "revocation", "honouree__union"
            )
            mine = [row.pk for row in proposed if may_confirm_revocation(self.request.user, row.revocation)]
            rows = rows.filter(pk__in=mine)
        return rows


class Confer(OfFile, FormScreen):
    """Give an honour to the holder of a file."""

    form_class = HonourForm
    page_title = gettext_lazy("Add an honour")

    def arguments(self) -> dict[str, Any]:
        """The present unit and post are those of the honour, unless said otherwise."""
        return {"kind": self.file.kind, "initial": {"unit_name": self.file.unit_name, "position": self.file.position}}

    def act(self, clean: dict[str, Any]) -> str:
        """Confer."""
        title, reason = clean.pop("title"), clean.pop("reason")
        for name in ("level", "treatment_level", "conferred_by"):
            if not clean[name]:
                del clean[name]
        confer(self.file, title, actor=self.request.user, reason=reason, **clean)  # type: ignore[arg-type]
        return file_url(self.file)


class OfHonour(OfFile):
    """A screen about one honour that the user may see."""

    @cached_property
    def conferral(self) -> Conferral:
        """The honour, or 404 outside the subtree."""
        rows = Conferral.objects.visible_to(self.request.user).select_related("honouree__union", "title")
        found: Conferral | None = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def file(self) -> Honouree:
        """Its holder."""
        return self.conferral.honouree

    def allowed(self) -> bool:
        """Whoever may edit the holder's file."""
        return may_enter_console(self.request.user) and may_edit_file(self.request.user, self.file)

    def intro(self) -> str:
        """Which honour."""
        return f"{self.file.name} · {self.conferral}"


class Correct(OfHonour, FormScreen):
    """Propose to correct an honour's facts; a second person confirms."""

    form_class = HonourForm
    page_title = gettext_lazy("Correct an honour")
    submit = gettext_lazy("Propose the correction")
    success = gettext_lazy("Proposed. A second person must confirm it.")

    def intro(self) -> str:
        """Which honour, and who answers."""
        waits = _("Nothing changes until a registry officer other than you confirms it.")
        return f"{super().intro()} · {waits}"

    def arguments(self) -> dict[str, Any]:
        """The honour as it is."""
        initial = {name: getattr(self.conferral, name) for name in HonourForm.base_fields if name != "reason"}
        return {"kind": self.file.kind, "initial": {**initial, "region": region_words(self.conferral.region)}}

    def act(self, clean: dict[str, Any]) -> str:
        """Propose."""
        clean["level"] = clean["level"] or self.conferral.level
        propose_honour(self.conferral, actor=self.request.user, **clean)  # type: ignore[arg-type]
        return file_url(self.file)


class Remove(OfHonour, FormScreen):
    """Remove an honour entered by mistake."""

    form_class = ReasonForm
    danger = True
    page_title = gettext_lazy("Remove an honour entered by mistake")
    submit = gettext_lazy("Remove the honour")

    def act(self, clean: dict[str, Any]) -> str:
        """Remove."""
        remove_conferral(self.conferral, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return file_url(self.file)


class ProposeRevocation(OfHonour, FormScreen):
    """Record that the conferring level has revoked an honour."""

    form_class = RevocationForm
    danger = True
    page_title = gettext_lazy("Propose to record a revocation")
    submit = gettext_lazy("Propose the revocation")

    def allowed(self) -> bool:
        """The conferring level."""
        return may_enter_console(self.request.user) and may_revoke(self.request.user, self.conferral)

    def arguments(self) -> dict[str, Any]:
        """The conferring level decides."""
        return {"initial": {"decided_level": self.conferral.level, "decided_by": self.conferral.conferred_by}}

    def act(self, clean: dict[str, Any]) -> str:
        """Propose."""
        propose_revocation(self.conferral, actor=self.request.user, **clean)  # type: ignore[arg-type]
        return file_url(self.file)


class ConfirmRevocation(OfHonour, FormScreen):
    """Confirm as the second person."""

    form_class = forms.Form
    danger = True
    page_title = gettext_lazy("Confirm the revocation")
    submit = gettext_lazy("Confirm the revocation")

    def allowed(self) -> bool:
        """A second registry officer."""
        revocation = getattr(self.conferral, "revocation", None)
        return (
            may_enter_console(self.request.user)
            and revocation is not None
            and may_confirm_revocation(self.request.user, revocation)
        )

    def intro(self) -> str:
        """What was proposed and what will happen."""
        revocation = self.conferral.revocation
        return _(
            "%(honour)s: %(grounds)s. %(explanation)s (%(by)s, %(document)s). The public page loses this honour at once."
        ) % {
            "honour": super().intro(),
            "grounds": revocation.get_grounds_display(),
            "explanation": revocation.explanation,
            "by": revocation.decided_by,
            "document": revocation.document_number,
        }

    def act(self, clean: dict[str, Any]) -> str:
        """Confirm."""
        confirm_revocation(self.conferral.revocation, actor=self.request.user)  # type: ignore[arg-type]
        return file_url(self.file)


class WithdrawRevocation(OfHonour, FormScreen):
    """Take a proposed or confirmed revocation back."""

    form_class = ReasonForm
    page_title = gettext_lazy("Withdraw the revocation")
    submit = gettext_lazy("Withdraw the revocation")

    def allowed(self) -> bool:
        """Whoever could have proposed it, while there is one."""
        there = hasattr(self.conferral, "revocation")
        return may_enter_console(self.request.user) and there and may_revoke(self.request.user, self.conferral)

    def act(self, clean: dict[str, Any]) -> str:
        """Withdraw."""
        withdraw_revocation(self.conferral.revocation, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return file_url(self.file)


class TitleList(ListScreen):
    """Award titles."""

    page_title = gettext_lazy("Award titles")
    header_icon = "tag"
    export_name = "titles"
    filter_form = WordFilter
    default_order = ("name", "pk")
    columns = (
        Column(
            gettext_lazy("Award title"),
            lambda row: row.name,
            "name",
            lambda row: reverse("console_title", args=[row.pk]),
        ),
        Column(gettext_lazy("Level"), lambda row: row.get_level_display(), "rank", short=True),
        Column(gettext_lazy("Treatment level"), lambda row: row.get_treatment_level_display(), short=True),
        Column(gettext_lazy("Conferred by"), lambda row: row.conferred_by),
        Column(gettext_lazy("Historic"), lambda row: _("yes") if row.is_historic else ""),
        Column(gettext_lazy("Other spellings"), lambda row: ", ".join(alias.name for alias in row.aliases.all())),
    )

    def may_follow(self) -> bool:
        """A title's screen is its form."""
        return may_edit_titles(self.request.user)

    def allowed(self) -> bool:
        """Everybody with an appointment reads them."""
        return may_enter_console(self.request.user)

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """The region's officers add titles."""
        return [(_("Add a title"), reverse("console_title_add"))] if may_edit_titles(self.request.user) else []

    def rows(self) -> QuerySet[Any]:
        """All titles."""
        return HonourTitle.objects.annotate(rank=BY_RANK).prefetch_related("aliases")

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By name or spelling."""
        key = fold(chosen["q"]) if "q" in chosen else ""
        if not key:
            return rows
        return rows.filter(pk__in=rows.filter(name_key__contains=key) | rows.filter(aliases__name_key__contains=key))


class TitleChange(FormScreen):
    """Add or change an award title."""

    form_class = TitleForm  # type: ignore[assignment]

    def allowed(self) -> bool:
        """Registry officers at the top of the tree."""
        return may_edit_titles(self.request.user)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Award titles"), reverse("console_titles"))]

    @cached_property
    def title(self) -> HonourTitle:
        """The title, or a new one."""
        return get_object_or_404(HonourTitle, pk=self.kwargs["pk"]) if "pk" in self.kwargs else HonourTitle()

    def get_page_title(self) -> str:
        """Its name."""
        return self.title.name or _("Add a title")

    def arguments(self) -> dict[str, Any]:
        """The title as it is."""
        spellings = "\n".join(alias.name for alias in self.title.aliases.all()) if self.title.pk else ""
        return {"instance": self.title, "initial": {"aliases": spellings}}

    def act(self, clean: dict[str, Any]) -> str:
        """Save through the action."""
        save_title(self.title, actor=self.request.user, aliases=clean["aliases"])  # type: ignore[arg-type]
        return reverse("console_titles")

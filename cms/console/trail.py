"""The audit trail."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, ListScreen, Screen
from cms.console.filters import AuditFilter
from cms.console.words import actor_words, kind_words, line, verb_words
from registry.accounts.enums import Role
from registry.audit.queries import verify_chain
from registry.intake.reasons import reason_words
from registry.organisations.queries import audit_visible_to
from registry.organisations.rules import holds, may_read_audit


class Trail(ListScreen):
    """Who did what, when, to what."""

    page_title = gettext_lazy("Audit trail")
    header_icon = "history"
    export_name = "audit"
    filter_form = AuditFilter
    default_order = ("-pk",)
    columns = (
        Column(
            gettext_lazy("Time"),
            lambda row: row.at.astimezone().strftime("%Y-%m-%d %H:%M:%S"),
            "",
            lambda row: reverse("console_entry", args=[row.pk]),
            short=True,
        ),
        Column(gettext_lazy("Who"), lambda row: actor_words(row.actor), short=True),
        Column(gettext_lazy("Action"), lambda row: verb_words(row.verb), short=True),
        Column(gettext_lazy("Kind of object"), lambda row: kind_words(row.object_type), short=True),
        Column(gettext_lazy("Object"), lambda row: row.object_label),
        Column(gettext_lazy("Reason"), lambda row: reason_words(row.reason)),
    )

    def allowed(self) -> bool:
        """Auditors, administrators, registry officers."""
        return may_read_audit(self.request.user)

    def rows(self) -> QuerySet[Any]:
        """The subtree's entries."""
        return audit_visible_to(self.request.user)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By person, action, kind, dates."""
        if "q" in chosen:
            rows = rows.filter(object_label__contains=chosen.pop("q"))
        names = {
            "actor": "actor__icontains", "verb": "verb", "kind": "object_type", "since": "at__gte", "until": "at__lt",
        }  # fmt: skip
        # Days are ranges of moments, which an index can enter.
        for key, days in (("since", 0), ("until", 1)):
            if key in chosen:
                chosen[key] = timezone.make_aware(datetime.combine(chosen[key], time.min) + timedelta(days=days))
        return rows.filter(**{names[key]: value for key, value in chosen.items()})

    def export_columns(self) -> list[tuple[str, Callable[[Any], Any]]]:
        """Besides the screen's columns: what changed, and the hash."""
        return [
            *super().export_columns(),
            (_("Before"), lambda row: line(row.before, row.object_type)),
            (_("After"), lambda row: line(row.after, row.object_type)),
            (_("Hash"), lambda row: row.hash),
        ]

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Auditors verify."""
        return [(_("Verify the trail"), reverse("console_verify"))] if may_verify(self.request.user) else []


class Entry(Screen):
    """One entry with what changed."""

    template_name = "console/entry.html"
    header_icon = "history"
    page_title = gettext_lazy("Audit entry")

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The trail."""
        return [(_("Audit trail"), reverse("console_audit"))]

    def allowed(self) -> bool:
        """As the list."""
        return may_read_audit(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The entry, or 404 outside the subtree."""
        entry = audit_visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if entry is None:
            raise Http404
        return {**super().get_context_data(**kwargs), "entry": entry}


class Verify(Screen):
    """Recompute every hash."""

    template_name = "console/verify.html"
    header_icon = "history"
    page_title = gettext_lazy("Verify the trail")

    def allowed(self) -> bool:
        """Auditors and administrators."""
        return may_verify(self.request.user)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Verify and say the result."""
        broken = verify_chain()
        if broken:
            text = _(
                "%(chain)s, entry %(position)s doesn't fit (%(why)s). Keep the database as it is and tell the administrator."
            )
            messages.error(request, text % {"chain": broken.chain, "position": broken.position, "why": broken.why})
        else:
            messages.success(request, _("Every entry fits the one before it: the trail is whole."))
        return redirect("console_verify")


def may_verify(user: Any) -> bool:
    """Auditors and system administrators."""
    return holds(user, Role.AUDITOR, Role.ADMINISTRATOR)

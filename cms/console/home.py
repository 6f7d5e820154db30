"""The console's front: what waits for me, and how much there is. Every number leads to its rows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import TaskState

from cms.console.filters import UNFINISHED
from registry.accounts.enums import Role
from registry.honours.models import Conferral, Revocation
from registry.honours.rules import may_confirm_revocation
from registry.intake.queries import batches_visible_to, unfinished
from registry.organisations.rules import holds
from registry.people.enums import Kind
from registry.people.models import Honouree

REVOCATION = ("conferral__honouree__union",)


@dataclass(frozen=True)
class Number:
    """A number, what it counts, and where its rows are."""

    number: int
    label: str
    url: str
    detail: str = ""


def waiting(user: Any) -> list[Number]:
    """What waits for this user; zeros are left out."""
    found = []
    if holds(user, Role.REGISTRAR):
        mine = unfinished(batches_visible_to(user).filter(uploaded_by=user))
        found.append(
            Number(
                mine.count(),
                _("imports to finish"),
                f"{reverse('console_imports')}?state={UNFINISHED}&mine=yes",
                _("questions, doubts or not committed yet"),
            )
        )
        revocations = Revocation.objects.visible_to(user).filter(confirmed_by=None).exclude(proposed_by=user)
        ours = [one for one in revocations.select_related(*REVOCATION) if may_confirm_revocation(user, one)]
        found.append(
            Number(
                len(ours),
                _("revocations to confirm"),
                f"{reverse('console_honours')}?waiting=me",
                _("a second person is needed"),
            )
        )
    tasks = TaskState.objects.reviewable_by(user)
    found.append(
        Number(tasks.count(), _("pages to review"), reverse("wagtailadmin_reports:workflow"), _("submitted by editors"))
    )
    return [one for one in found if one.number]


def figures(user: Any) -> list[Number]:
    """How much there is in the user's subtree."""
    files = Honouree.objects.visible_to(user)
    return [
        Number(files.filter(kind=Kind.INDIVIDUAL).count(), _("people"), reverse("console_people")),
        Number(files.filter(kind=Kind.COLLECTIVE).count(), _("collectives"), reverse("console_collectives")),
        Number(Conferral.objects.visible_to(user).count(), _("honours"), reverse("console_honours")),
        *_withheld(files),
    ]


def _withheld(files: Any) -> list[Number]:
    found = []
    for kind, label, name in (
        (Kind.INDIVIDUAL, _("people withheld from the public"), "console_people"),
        (Kind.COLLECTIVE, _("collectives withheld from the public"), "console_collectives"),
    ):
        number = files.filter(kind=kind, withheld=True).count()
        if number:
            found.append(Number(number, label, f"{reverse(name)}?public=withheld"))
    return found


class FrontPanel(Component):
    """The panel on the console's front."""

    name = "front"
    order = 10
    template_name = "console/front.html"

    def get_context_data(self, parent_context: Any) -> dict[str, Any]:
        """Numbers for the signed-in user."""
        request: HttpRequest = parent_context["request"]
        return {"waiting": waiting(request.user), "figures": figures(request.user)}

"""The console's front: what waits for me, and how much there is. Every number leads to its rows."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from wagtail.admin.ui.components import Component
from wagtail.models import TaskState

from cms.console.file_list import PUBLICITY
from cms.console.filters import UNFINISHED
from cms.console.turning import CAP, CAP_FILTERED, short_label
from registry.accounts.enums import Role
from registry.duplicates.queries import decidable, open_suspicions
from registry.holders.queries import waiting_for
from registry.holders.rules import may_read_requests
from registry.honours.models import Conferral, Revocation
from registry.honours.rules import may_confirm_revocation
from registry.intake.queries import batches_visible_to, unfinished, waiting_batches
from registry.life.queries import own_proposals, waiting_events, waiting_offers, waiting_proposals
from registry.organisations.rules import holds
from registry.paging import CappedCount, capped_count
from registry.people.enums import Kind
from registry.people.models import Honouree

REVOCATION = ("conferral__honouree__union",)


@dataclass(frozen=True)
class Number:
    """A number, what it counts, and where its rows are. Like the lists it stops at a cap."""

    count: CappedCount
    label: str
    url: str
    detail: str = ""

    @property
    def number(self) -> str:
        """The number as it is shown."""
        return short_label(self.count)


def waiting(user: Any) -> list[Number]:
    """What waits for this user; zeros are left out."""
    found = []
    if holds(user, Role.REGISTRAR):
        mine = unfinished(batches_visible_to(user).filter(uploaded_by=user))
        found.append(
            Number(
                capped_count(mine, CAP_FILTERED),
                _("imports to finish"),
                f"{reverse('console_imports')}?state={UNFINISHED}&mine=yes",
                _("questions, doubts or not committed yet"),
            )
        )
        found.append(
            Number(
                capped_count(waiting_batches(user), CAP_FILTERED),
                _("lists with private facts to confirm"),
                f"{reverse('console_imports')}?state=waiting",
                _("a second person is needed"),
            )
        )
        revocations = Revocation.objects.visible_to(user).filter(confirmed_by=None).exclude(proposed_by=user)
        first = list(revocations.select_related(*REVOCATION)[:CAP_FILTERED])
        ours = [one for one in first if may_confirm_revocation(user, one)]
        found.append(
            Number(
                CappedCount(len(ours), len(first) == CAP_FILTERED),
                _("revocations to confirm"),
                f"{reverse('console_honours')}?waiting=me",
                _("a second person is needed"),
            )
        )
        found += _of_lives(user)
        doubles = decidable(open_suspicions(user), user)
        found.append(
            Number(
                capped_count(doubles, CAP_FILTERED),
                _("possible duplicates to decide"),
                f"{reverse('console_duplicates')}?mine=yes",
                _("one person, one file"),
            )
        )
    found.append(
        Number(
            capped_count(own_proposals(user), CAP),
            _("my proposals that wait for others"),
            f"{reverse('console_waiting')}#own-title",
        )
    )
    found.append(
        Number(
            capped_count(waiting_for(user), CAP_FILTERED) if may_read_requests(user) else CappedCount(0, False),
            _("requests for corrections"),
            f"{reverse('console_requests')}?state=open",
            _("honourees wait for a reply"),
        )
    )
    tasks = TaskState.objects.reviewable_by(user)
    found.append(
        Number(
            capped_count(tasks, CAP),
            _("pages to review"),
            reverse("wagtailadmin_reports:workflow"),
            _("submitted by editors"),
        )
    )
    return [one for one in found if one.count.number]


def _of_lives(user: Any) -> list[Number]:
    address = reverse("console_waiting")
    needed = _("a second person is needed")
    return [
        Number(capped_count(waiting_offers(user), CAP), _("files offered to us"), f"{address}#offers-title"),
        Number(capped_count(waiting_events(user), CAP), _("events to confirm"), f"{address}#events-title", needed),
        Number(
            capped_count(waiting_proposals(user), CAP),
            _("corrections to answer"),
            f"{address}#corrections-title",
            needed,
        ),
    ]


def figures(user: Any) -> list[Number]:
    """How much there is in the user's subtree."""
    files = Honouree.objects.visible_to(user)
    return [
        Number(capped_count(files.filter(kind=Kind.INDIVIDUAL), CAP), _("people"), reverse("console_people")),
        Number(capped_count(files.filter(kind=Kind.COLLECTIVE), CAP), _("collectives"), reverse("console_collectives")),
        Number(capped_count(Conferral.objects.visible_to(user), CAP), _("honours"), reverse("console_honours")),
        *_withheld(files),
    ]


def _withheld(files: Any) -> list[Number]:
    found = []
    for kind, label, name in (
        (Kind.INDIVIDUAL, _("people withheld from the public"), "console_people"),
        (Kind.COLLECTIVE, _("collectives withheld from the public"), "console_collectives"),
    ):
        count = capped_count(files.filter(kind=kind, **PUBLICITY["withheld"]), CAP_FILTERED)
        if count.number:
            found.append(Number(count, label, f"{reverse(name)}?public=withheld"))
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

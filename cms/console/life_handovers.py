"""Screens of a handover: offer, read, accept, return, withdraw."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console import life_forms
from cms.console.base import Screen
from cms.console.forms import region_words
from cms.console.life import Deed, OfFileDeed
from cms.console.life_panel import handover_facts
from registry.honours.queries import honours_of
from registry.life import handing, rules
from registry.life.models import Handover
from registry.life.queries import offered_to
from registry.organisations.rules import may_enter_console
from registry.people.models import Honouree


class Offer(OfFileDeed):
    """Offer a file to another union."""

    form_class = life_forms.OfferForm
    page_title = gettext_lazy("Hand the file over")
    submit = gettext_lazy("Offer the file")

    def allowed(self) -> bool:
        """The keeping union's officer."""
        return may_enter_console(self.request.user) and rules.may_offer(self.request.user, self.file)

    def arguments(self) -> dict[str, Any]:
        """Every active union but the present one."""
        return {"file": self.file}

    def intro(self) -> str:
        """What happens."""
        return _(
            "The receiving union sees the file and accepts it, or returns it with a reason. Until then it stays where it is."
        )

    def do(self, clean: dict[str, Any]) -> str:
        """Offer."""
        handing.offer_file(self.file, clean.pop("to_union"), actor=self.request.user, **clean)  # type: ignore[arg-type]
        return _("Offered. The receiving union will find it among what waits.")


def handover_seen(user: Any, pk: int) -> Handover:
    """A handover that the user may see on either side, or 404."""
    rows = Handover.objects.visible_to(user).select_related(
        "from_union", "to_union", "proposed_by", "confirmed_by", "answered_by", "file__union", "file__region",
        "file__industry_union",
    )  # fmt: skip
    found: Handover | None = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class HandoverScreen(Screen):
    """One handover: for the receiving union the place where it reads the offered file."""

    template_name = "console/handover.html"
    header_icon = "redirect"

    @cached_property
    def handover(self) -> Handover:
        """The handover, or 404."""
        return handover_seen(self.request.user, self.kwargs["pk"])

    def allowed(self) -> bool:
        """Both sides."""
        return may_enter_console(self.request.user) and bool(self.handover)

    def get_page_title(self) -> str:
        """Whose."""
        return _("Handover of %(name)s") % {"name": self.handover.file.name}

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """What waits."""
        return [(_("What waits"), reverse("console_waiting"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The offer, the file's public facts, its honours."""
        user, handover = self.request.user, self.handover
        may_open = Honouree.objects.visible_to(user).filter(pk=handover.file_id).exists()
        # Until it is answered both sides see the file; afterwards only the side that keeps it.
        sees = may_open or offered_to(user, handover.file_id) is not None
        return {
            **super().get_context_data(**kwargs),
            "handover": handover,
            "may_open": may_open,
            "facts": handover_facts(handover) if sees else [],
            "honours": [one for one in honours_of(handover.file) if not one.is_revoked] if sees else [],
            "may_answer": rules.may_answer_offer(user, handover),
            "may_withdraw": rules.may_withdraw_offer(user, handover),
        }


class OfHandover(Deed):
    """An answer to an offer."""

    @cached_property
    def handover(self) -> Handover:
        """The handover, or 404."""
        return handover_seen(self.request.user, self.kwargs["pk"])

    def may(self) -> bool:
        """The receiving union's officer."""
        return rules.may_answer_offer(self.request.user, self.handover)

    def allowed(self) -> bool:
        """By the rule."""
        return may_enter_console(self.request.user) and self.may()

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The handover."""
        return [(_("What waits"), reverse("console_waiting")), (self.handover.file.name, self.back())]

    def back(self) -> str:
        """The handover."""
        return reverse("console_handover", args=[self.handover.pk])

    def intro(self) -> str:
        """From where to where."""
        return f"{self.handover} · {self.handover.note}"


class HandoverAccept(OfHandover):
    """Accept."""

    form_class = life_forms.AcceptForm
    page_title = gettext_lazy("Accept the file")
    submit = gettext_lazy("Accept the file")

    def arguments(self) -> dict[str, Any]:
        """The receiving union's region."""
        return {"initial": {"region": region_words(self.handover.to_union.region)}}

    def do(self, clean: dict[str, Any]) -> str:
        """Accept."""
        handing.accept_file(self.handover, actor=self.request.user, region=clean["region"])  # type: ignore[arg-type]
        return _("Accepted. The file is kept by %(union)s now.") % {"union": self.handover.to_union}


class HandoverReturn(OfHandover):
    """Return."""

    form_class = life_forms.ReasonOnly
    page_title = gettext_lazy("Return the file")
    submit = gettext_lazy("Return the file")

    def do(self, clean: dict[str, Any]) -> str:
        """Return."""
        handing.return_file(self.handover, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Returned.")


class HandoverWithdraw(OfHandover):
    """Take the offer back."""

    form_class = life_forms.ReasonOnly
    page_title = gettext_lazy("Withdraw the offer")
    submit = gettext_lazy("Withdraw the offer")

    def may(self) -> bool:
        """The offering union's officer."""
        return rules.may_withdraw_offer(self.request.user, self.handover)

    def do(self, clean: dict[str, Any]) -> str:
        """Withdraw."""
        handing.withdraw_offer(self.handover, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Withdrawn.")

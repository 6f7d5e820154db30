"""Screens of a file's life: events, verification, and everything that waits for an answer."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console import life_forms
from cms.console.base import FormScreen, Screen
from cms.console.file_list import file_url
from cms.console.files import OfFile
from cms.console.life_panel import event_line
from registry.accounts.rules import SamePerson
from registry.fields import partial_date_label
from registry.life import actions, proposing, rules
from registry.life.models import LifeEvent
from registry.life.queries import own_proposals, waiting_events, waiting_offers, waiting_proposals
from registry.organisations.rules import may_enter_console
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.transitions import WrongState

WAITING_SHOWN = 100


class Deed(FormScreen):
    """A form screen whose deed can come too late, or be the wrong person's: both are said at the form. Subclasses give `do` and `back`."""

    def do(self, clean: dict[str, Any]) -> str:
        """Do it; return what to say, empty for nothing."""
        raise NotImplementedError

    def back(self) -> str:
        """Where to go afterwards."""
        raise NotImplementedError

    def act(self, clean: dict[str, Any]) -> str:
        """Do it and go back."""
        try:
            said = self.do(clean)
        except (WrongState, SamePerson) as late:
            raise ValidationError(str(late)) from late
        if said:
            messages.success(self.request, said)
        return self.back()


class OfFileDeed(OfFile, Deed):
    """A deed about one file."""

    def back(self) -> str:
        """The file, at its life; somebody who can't see it any more goes to what waits."""
        return f"{file_url(self.file)}#life"


def become_part(user: Any, words: str) -> dict[str, Any]:
    """Read what a collective became part of: a file, where one bears the name or number, else a name."""
    if not words:
        return {}
    found = life_forms.find_files(user, words, Kind.COLLECTIVE)
    return {"into": found[0]} if len(found) == 1 else {"into_name": words}


class EventAdd(OfFileDeed):
    """Record an event."""

    form_class = life_forms.EventForm
    page_title = gettext_lazy("Record an event")
    submit = gettext_lazy("Record the event")

    def arguments(self) -> dict[str, Any]:
        """The events of this kind of file."""
        return {"file": self.file, "initial": {"kind": self.request.GET.get("kind", "")}}

    def intro(self) -> str:
        """What follows."""
        return _(
            "The status follows from the events and is never typed. Investigation, suspension, revocation and restoration wait for a second"
            " person."
        )

    def do(self, clean: dict[str, Any]) -> str:
        """Record."""
        clean |= become_part(self.request.user, clean.pop("into", ""))
        event = actions.record_event(self.file, clean.pop("kind"), actor=self.request.user, **clean)  # type: ignore[arg-type]
        return _("Recorded. A second person must confirm it.") if event.waits else _("Recorded.")


class OfEvent(OfFileDeed):
    """A deed about one event of a file that the user may see."""

    @cached_property
    def event(self) -> LifeEvent:
        """The event, or 404."""
        rows = LifeEvent.objects.visible_to(self.request.user).select_related("file__union", "file__industry_union")
        found: LifeEvent | None = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or (found.is_private and not rules.may_see_holds(self.request.user, found.file)):
            raise Http404
        return found

    @cached_property
    def file(self) -> Honouree:
        """Its file."""
        return self.event.file

    def may(self) -> bool:
        """Whether this may be done to the event."""
        raise NotImplementedError

    def allowed(self) -> bool:
        """By the rule."""
        return may_enter_console(self.request.user) and self.may()

    def intro(self) -> str:
        """Which event."""
        event = self.event
        facts = [event.get_kind_display(), partial_date_label(event.happened_on), event.document, event.note]
        return f"{self.file.name} · " + " · ".join(filter(None, facts))


class EventConfirm(OfEvent):
    """Confirm as the second person."""

    form_class = forms.Form
    page_title = gettext_lazy("Confirm the event")
    submit = gettext_lazy("Confirm the event")

    def may(self) -> bool:
        """A second officer."""
        return rules.may_confirm_event(self.request.user, self.event)

    def do(self, clean: dict[str, Any]) -> str:
        """Confirm."""
        actions.confirm_event(self.event, actor=self.request.user)  # type: ignore[arg-type]
        return _("Confirmed.")


class EventRefuse(OfEvent):
    """Refuse as the second person."""

    form_class = life_forms.ReasonOnly
    danger = True
    page_title = gettext_lazy("Refuse the event")
    submit = gettext_lazy("Refuse the event")

    def may(self) -> bool:
        """A second officer."""
        return rules.may_confirm_event(self.request.user, self.event)

    def do(self, clean: dict[str, Any]) -> str:
        """Refuse."""
        actions.refuse_event(self.event, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Refused.")


class EventCorrect(OfEvent):
    """Correct an event; of a private one, propose it."""

    form_class = life_forms.EventCorrection
    page_title = gettext_lazy("Correct the event")

    def may(self) -> bool:
        """The officer, while it is in force."""
        return rules.may_correct_event(self.request.user, self.event)

    def arguments(self) -> dict[str, Any]:
        """The event as it is."""
        return {"initial": {name: getattr(self.event, name) for name in ("happened_on", "document", "note")}}

    def do(self, clean: dict[str, Any]) -> str:
        """Correct, or propose to."""
        user: Any = self.request.user
        if self.event.is_private:
            proposing.propose_event_correction(self.event, actor=user, **clean)
            return _("Proposed. A second person must confirm it.")
        actions.correct_event(self.event, actor=user, **clean)
        return _("Corrected.")


class EventWithdraw(OfEvent):
    """Withdraw an event; a private one that is in force, propose it."""

    form_class = life_forms.ReasonOnly
    danger = True
    page_title = gettext_lazy("Withdraw the event")
    submit = gettext_lazy("Withdraw the event")

    def may(self) -> bool:
        """The officer."""
        user = self.request.user
        return rules.may_withdraw_event(user, self.event) or rules.may_correct_event(user, self.event)

    def do(self, clean: dict[str, Any]) -> str:
        """Withdraw, or propose to."""
        user: Any = self.request.user
        if rules.may_withdraw_event(user, self.event):
            actions.withdraw_event(self.event, actor=user, reason=clean["reason"])
            return _("Withdrawn.")
        proposing.propose_event_withdrawal(self.event, actor=user, reason=clean["reason"])
        return _("Proposed. A second person must confirm it.")


class Verify(OfFileDeed):
    """Write down that the file was checked."""

    form_class = life_forms.VerifyForm
    page_title = gettext_lazy("Verify the file")
    submit = gettext_lazy("Write the verification down")

    def intro(self) -> str:
        """What is written."""
        return _("Today's date and your name are written on the file.")

    def do(self, clean: dict[str, Any]) -> str:
        """Write it down."""
        actions.verify_file(self.file, actor=self.request.user, **clean)  # type: ignore[arg-type]
        return _("The verification is written down.")


class Waiting(Screen):
    """Everything about files that waits for this user."""

    template_name = "console/waiting.html"
    header_icon = "time"
    page_title = gettext_lazy("What waits")

    def allowed(self) -> bool:
        """Everybody with an appointment; who is no officer finds the own proposals."""
        return may_enter_console(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Offers, events, proposals to answer; the own ones that wait for others."""
        user = self.request.user
        events = waiting_events(user).select_related("file__union", "file__industry_union", "proposed_by")
        proposals = waiting_proposals(user).select_related("file", "proposed_by", "conferral__title", "event")
        offers = waiting_offers(user).select_related("file", "from_union", "to_union", "proposed_by")
        own = own_proposals(user).select_related("file")
        return {
            **super().get_context_data(**kwargs),
            "offers": offers.order_by("pk")[:WAITING_SHOWN],
            "events": [event_line(user, event) for event in events.order_by("pk")[:WAITING_SHOWN]],
            "proposals": proposals.order_by("pk")[:WAITING_SHOWN],
            "own": own.order_by("-pk")[:WAITING_SHOWN],
        }

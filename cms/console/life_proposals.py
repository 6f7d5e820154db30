"""Screens of corrections that one proposes and another answers."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console import life_forms
from cms.console.files import OfFile
from cms.console.forms import region_words
from cms.console.life import OfFileDeed
from cms.console.life_panel import label_of, proposal_lines
from registry.life import proposing, rules
from registry.life.models import Proposal
from registry.organisations.rules import may_enter_console
from registry.people.models import Honouree
from registry.people.private import PRIVATE_FACTS


class ProposeChoose(OfFile):
    """Choose the fact to be corrected."""

    template_name = "console/propose.html"
    page_title = gettext_lazy("Propose a correction")

    def allowed(self) -> bool:
        """Whoever works with the file."""
        return may_enter_console(self.request.user) and rules.may_propose(self.request.user, self.file)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts with their addresses."""
        private = rules.may_propose_private(self.request.user, self.file)
        choices = life_forms.fact_choices(self.file, private)
        facts = [(label, reverse("console_propose_fact", args=[self.file.pk, name])) for name, label in choices]
        return {**super().get_context_data(**kwargs), "facts": facts, "file": self.file}


class Propose(OfFileDeed):
    """Propose another value for one fact."""

    form_class = life_forms.ProposeForm
    submit = gettext_lazy("Propose the correction")

    def allowed(self) -> bool:
        """Whoever works with the file; private facts, those who may enter them."""
        user = self.request.user
        private = rules.may_propose_private(user, self.file)
        if not (may_enter_console(user) and rules.may_propose(user, self.file)):
            return False
        if self.kwargs["fact"] not in dict(life_forms.fact_choices(self.file, private)):
            raise Http404
        return True

    def get_page_title(self) -> str:
        """What is done."""
        return _("Propose a correction")

    def intro(self) -> str:
        """Who answers."""
        return _("Nothing changes until a registry officer other than you confirms it.")

    def arguments(self) -> dict[str, Any]:
        """The fact as it is; a private one stays hidden."""
        fact = self.kwargs["fact"]
        if fact in PRIVATE_FACTS:
            value: Any = ""
        elif fact == "region":
            value = region_words(self.file.region)
        else:
            value = getattr(self.file, fact)
        return {"file": self.file, "fact": fact, "initial": {"value": value}}

    def do(self, clean: dict[str, Any]) -> str:
        """Propose."""
        propose = proposing.propose_private if self.kwargs["fact"] in PRIVATE_FACTS else proposing.propose_fact
        value = clean.pop("value")
        try:
            propose(self.file, self.kwargs["fact"], value, actor=self.request.user, **clean)  # type: ignore[arg-type]
        except ValidationError as refusal:
            errors = getattr(refusal, "error_dict", {})
            if self.kwargs["fact"] in errors:
                raise ValidationError({"value": errors[self.kwargs["fact"]]}) from refusal
            raise
        return _("Proposed. A registry officer will answer.")


class OfProposal(OfFile):
    """A screen about one proposal that the user may see."""

    @cached_property
    def proposal(self) -> Proposal:
        """The proposal, or 404."""
        rows = Proposal.objects.visible_to(self.request.user).select_related(
            "file__union",
            "file__industry_union",
            "proposed_by",
            "confirmed_by",
            "answered_by",
            "conferral__title",
            "event",
        )
        found: Proposal | None = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None or not rules.may_see_proposal(self.request.user, found):
            raise Http404
        return found

    @cached_property
    def file(self) -> Honouree:
        """Its file."""
        return self.proposal.file

    def subject(self) -> str:
        """What it is about."""
        proposal = self.proposal
        return " · ".join(
            str(one) for one in (self.file.name, proposal.get_kind_display(), proposal.conferral, proposal.event) if one
        )


class ProposalScreen(OfProposal):
    """One proposal."""

    template_name = "console/proposal.html"
    header_icon = "edit"
    page_title = gettext_lazy("Proposed correction")

    def allowed(self) -> bool:
        """Whoever sees it."""
        return may_enter_console(self.request.user) and bool(self.proposal)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Old and new, who, and what may be done."""
        return {
            **super().get_context_data(**kwargs),
            "proposal": self.proposal,
            "subject": self.subject(),
            "changed": proposal_lines(self.proposal),
            "may_answer": rules.may_answer_proposal(self.request.user, self.proposal),
            "may_withdraw": rules.may_withdraw_proposal(self.request.user, self.proposal),
        }


class ProposalDeed(OfProposal, OfFileDeed):
    """An answer to a proposal."""

    def may(self) -> bool:
        """A second officer."""
        return rules.may_answer_proposal(self.request.user, self.proposal)

    def allowed(self) -> bool:
        """By the rule."""
        return may_enter_console(self.request.user) and self.may()

    def intro(self) -> str:
        """What would change."""
        changed = "; ".join(f"{label}: {old} → {new}" for label, old, new in proposal_lines(self.proposal))
        return " · ".join(filter(None, (self.subject(), changed, self.proposal.reason, self.proposal.document)))

    def back(self) -> str:
        """The proposal."""
        return reverse("console_proposal", args=[self.proposal.pk])


class ProposalConfirm(ProposalDeed):
    """Confirm as the second person."""

    page_title = gettext_lazy("Confirm the correction")
    submit = gettext_lazy("Confirm the correction")

    @property
    def form_class(self) -> type[forms.Form]:  # type: ignore[override]
        """A private value is typed again."""
        return life_forms.RetypeForm if self.proposal.private_value else forms.Form

    def do(self, clean: dict[str, Any]) -> str:
        """Confirm."""
        try:
            proposing.confirm_proposal(self.proposal, actor=self.request.user, retyped=clean.get("retyped", ""))  # type: ignore[arg-type]
        except ValidationError as refusal:
            # Named after the fact, which this form doesn't have.
            if hasattr(refusal, "error_dict") and "retyped" not in refusal.error_dict:
                raise ValidationError(self._said(refusal)) from refusal
            raise
        return _("Confirmed; the correction is made.")

    @staticmethod
    def _said(refusal: ValidationError) -> list[str]:
        return [
            f"{label_of(name)}: {message}" if name in refusal.error_dict and name != "__all__" else message
            for name, found in refusal.message_dict.items()
            for message in found
        ]


class ProposalRefuse(ProposalDeed):
    """Refuse as the second person."""

    form_class = life_forms.ReasonOnly
    danger = True
    page_title = gettext_lazy("Refuse the correction")
    submit = gettext_lazy("Refuse the correction")

    def do(self, clean: dict[str, Any]) -> str:
        """Refuse."""
        proposing.refuse_proposal(self.proposal, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Refused. The proposer reads your reason.")


class ProposalWithdraw(ProposalDeed):
    """Take the own proposal back."""

    form_class = life_forms.ReasonOnly
    page_title = gettext_lazy("Withdraw the proposal")
    submit = gettext_lazy("Withdraw the proposal")

    def may(self) -> bool:
        """Whoever proposed it."""
        return rules.may_withdraw_proposal(self.request.user, self.proposal)

    def do(self, clean: dict[str, Any]) -> str:
        """Withdraw."""
        proposing.withdraw_proposal(self.proposal, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return _("Withdrawn.")

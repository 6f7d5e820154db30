"""A person's private facts: masked, entered, seen for half a minute with a reason, handed out as a copy, erased."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables

from cms.console.accounts import AccountScreen, account_url
from cms.console.base import FormScreen
from cms.console.files import OfFile
from cms.console.forms import ReasonForm
from cms.forms import show_refusal
from cms.private_facts import LABELS, copy_file
from registry.duplicates.actions import suspect_number_taken
from registry.people import privacy
from registry.people.private import PRIVATE_FACTS, PrivateFacts
from registry.people.rules import (
    REVEAL,
    may_allow_reveal,
    may_open_file,
    may_reveal_private,
    may_see_file,
    may_set_private,
)
from registry.secrets.sealing import CannotOpen

SHOWN_SECONDS = 30
LONG = ("address", "illness", "income")


def private_url(file: Any) -> str:
    """The address of the screen."""
    return reverse("console_private", args=[file.pk])


class RevealForm(forms.Form):
    """Which fact, and why it has to be seen."""

    fact = forms.ChoiceField(label=gettext_lazy("What you need to see"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("It stays in the trail, and the person whose file it is can read it."),
    )

    def __init__(self, *args: Any, held: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fact"].choices = [(name, LABELS[name]) for name in held]  # type: ignore[attr-defined]


class PrivateForm(forms.Form):
    """New values. What stands there isn't shown; an empty field leaves it as it is."""

    def __init__(self, *args: Any, held: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in PRIVATE_FACTS:
            widget = forms.Textarea({"rows": 2}) if name in LONG else forms.TextInput()
            widget.attrs["autocomplete"] = "off"
            self.fields[name] = forms.CharField(
                label=LABELS[name],
                required=False,
                max_length=2000,
                widget=widget,
                help_text=_("There is one; leave empty to keep it.") if name in held else "",
            )
        if held:
            choices = [(name, LABELS[name]) for name in held]
            self.fields["remove"] = forms.MultipleChoiceField(
                label=_("Take away"), required=False, choices=choices, widget=forms.CheckboxSelectMultiple
            )
        self.fields["reason"] = forms.CharField(label=_("Reason or source"), required=False, max_length=300)


class EraseForm(ReasonForm):
    """Why, and which paper asks for it."""

    document = forms.CharField(label=gettext_lazy("Paper that asks for it"), max_length=200)


class OfPrivate(OfFile):
    """A screen about a person's private facts."""

    header_icon = "lock"

    @cached_property
    def held(self) -> PrivateFacts | None:
        """The stored facts; 404 for a collective."""
        if not self.file.is_person:
            raise Http404
        return PrivateFacts._base.filter(honouree=self.file).first()

    @property
    def names(self) -> tuple[str, ...]:
        """Which facts are there."""
        return tuple(name for name in PRIVATE_FACTS if self.held and getattr(self.held, name))

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """List, file, private facts."""
        return [*super().crumbs, (_("Private facts"), private_url(self.file))]


@method_decorator((never_cache, sensitive_post_parameters()), name="dispatch")
class Private(OfPrivate):
    """Masked facts; one of them in plain after a reason, for half a minute."""

    template_name = "console/private.html"
    page_title = gettext_lazy("Private facts")

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """List, then the file."""
        return super().crumbs[:-1]

    @sensitive_variables()
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show one fact."""
        form = RevealForm(request.POST, held=self.names)
        shown, status = None, 422
        if form.is_valid():
            clean = form.cleaned_data
            try:
                text = privacy.reveal(self.file, clean["fact"], actor=request.user, reason=clean["reason"])  # type: ignore[arg-type]
            except ValidationError as refusal:
                show_refusal(form, refusal)
            except CannotOpen as error:
                form.add_error(None, _("It can't be read: its key (%(key)s) is missing here.") % {"key": error.key_id})
            else:
                shown, status, form = (LABELS[clean["fact"]], text), 200, RevealForm(held=self.names)
        answer = self.render_to_response(self.get_context_data(form=form, shown=shown), status=status)
        if shown:
            # Without scripts too the text leaves the screen by itself.
            answer["Refresh"] = f"{SHOWN_SECONDS}; url={private_url(self.file)}"
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Masked facts, conflicts, and what this user may do."""
        user = self.request.user
        held, damaged = self.held, ""
        masked: dict[str, str] = {}
        told: tuple[Any, ...] = ()
        try:
            masked = held.masked() if held else {}
            told = privacy.conflicts_of(self.file)
        except CannotOpen as error:
            damaged = error.key_id
        may_reveal = may_reveal_private(user, self.file)
        return {
            **super().get_context_data(**kwargs),
            "file": self.file,
            "facts": [(LABELS[name], masked.get(name, "•••")) for name in self.names],
            "conflicts": [(conflict, self._label(conflict.fact)) for conflict in told],
            "damaged": damaged,
            "form": kwargs.get("form") or RevealForm(held=self.names),
            "shown": kwargs.get("shown"),
            "seconds": SHOWN_SECONDS,
            "may_reveal": may_reveal,
            "may_set": may_set_private(user, self.file),
        }

    def _label(self, fact: str) -> str:
        field: Any = self.file._meta.get_field(fact)
        return str(field.verbose_name)


@method_decorator((never_cache, sensitive_post_parameters()), name="dispatch")
class PrivateChange(OfPrivate, FormScreen):
    """Enter private facts, or take some away."""

    page_title = gettext_lazy("Enter private facts")
    form_class = PrivateForm

    def allowed(self) -> bool:
        """The registry officer of a person's file."""
        return may_set_private(self.request.user, self.file)

    def arguments(self) -> dict[str, Any]:
        """Which facts are there, not what they say."""
        return {"held": self.names}

    def act(self, clean: dict[str, Any]) -> str:
        """Set what was typed; warnings and conflicts are said afterwards."""
        facts: dict[str, str | None] = {name: clean[name] for name in PRIVATE_FACTS if clean.get(name)}
        facts |= dict.fromkeys(set(clean.get("remove", ())) - set(facts), "")
        if not facts:
            raise ValidationError(_("Nothing was typed and nothing is to be taken away."))
        outcome = privacy.set_private(self.file, actor=self.request.user, reason=clean["reason"], **facts)  # type: ignore[arg-type]
        messages.success(self.request, _("Saved."))
        for name, warning in outcome.warnings:
            messages.warning(self.request, f"{LABELS[name]}: {warning}")
        if outcome.conflicts:
            messages.warning(self.request, _("The number contradicts the file. Nothing was overwritten: see below."))
        return private_url(self.file)

    def refused(self, form: Any, refusal: ValidationError) -> None:
        """Where another file holds the number, both go into the queue of duplicates, for an officer over both."""
        number = form.cleaned_data.get("identity_number", "")
        super().refused(form, refusal)
        told = getattr(refusal, "error_dict", {}).get("identity_number", [])
        if any(one.code == "taken" for one in told):
            suspect_number_taken(self.file, number, actor=self.request.user)  # type: ignore[arg-type]
            form.add_error(
                None, _("The two files were put among the possible duplicates, for an officer over both of them.")
            )


class PrivateErase(OfPrivate, FormScreen):
    """Erase all private facts."""

    page_title = gettext_lazy("Erase all private facts")
    form_class = EraseForm
    submit = gettext_lazy("Erase")
    danger = True
    success = gettext_lazy("The private facts are erased. The file and its honours stay.")

    def intro(self) -> str:
        """What will happen."""
        return _("Everything private is erased and can't be brought back. The file and its honours stay.")

    def allowed(self) -> bool:
        """The registry officer of a file that holds some."""
        return may_set_private(self.request.user, self.file) and bool(self.names)

    def act(self, clean: dict[str, Any]) -> str:
        """Erase."""
        privacy.erase_private(self.file, actor=self.request.user, **clean)  # type: ignore[arg-type]
        return private_url(self.file)


@method_decorator(never_cache, name="dispatch")
class PrivateCopy(OfPrivate, FormScreen):
    """The person's own copy."""

    page_title = gettext_lazy("Copy for the person")
    form_class = ReasonForm
    submit = gettext_lazy("Download the copy")

    def intro(self) -> str:
        """What it is for."""
        return _(
            "All private facts in plain, for the person whose they are. The trail keeps who took the copy and why."
        )

    def allowed(self) -> bool:
        """Whoever may reveal."""
        return may_reveal_private(self.request.user, self.file) and bool(self.names)

    @sensitive_variables()
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand out the file."""
        form = self.form()
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        facts = privacy.export_own(self.file, actor=request.user, reason=form.cleaned_data["reason"])  # type: ignore[arg-type]
        return copy_file(self.file.name, facts, name=self.file.code)


class FindForm(forms.Form):
    """A number to look a file up by; sent by POST, so that it stands in no address and no log."""

    number = forms.CharField(
        label=gettext_lazy("Identity number or phone"), max_length=40, widget=forms.TextInput({"autocomplete": "off"})
    )


@method_decorator((never_cache, sensitive_post_parameters()), name="dispatch")
class Find(FormScreen):
    """Find the file that holds a number."""

    page_title = gettext_lazy("Find by number")
    header_icon = "search"
    form_class = FindForm
    submit = gettext_lazy("Find")

    def allowed(self) -> bool:
        """Registry officers."""
        return may_open_file(self.request.user)

    @sensitive_variables()
    def act(self, clean: dict[str, Any]) -> str:
        """Go to the file, if it is in the own subtree."""
        number = clean["number"]
        plain = "".join(sign for sign in number if sign.isalnum())
        find = privacy.find_by_phone if len(plain) <= 13 and plain.isdigit() else privacy.find_by_identity
        file = find(number)
        if file is None:
            raise ValidationError({"number": _("No file holds this number.")})
        if not may_see_file(self.request.user, file):
            raise ValidationError(
                {"number": _("A file outside your area holds this number. Ask the union above yours.")}
            )
        return reverse("console_file", args=[file.pk])


class AllowReveal(AccountScreen, FormScreen):
    """Give an account the permission to see private facts, or take it back."""

    form_class = ReasonForm

    def allowed(self) -> bool:
        """A system administrator above every role of the account."""
        return super().allowed() and may_allow_reveal(self.request.user, self.account)

    @property
    def has(self) -> bool:
        """Whether the account has it now."""
        return self.account.has_perm(REVEAL)

    def get_page_title(self) -> str:
        """Give or take back."""
        return _("Take back the sight of private facts") if self.has else _("Allow to see private facts")

    def intro(self) -> str:
        """What it means."""
        return _("Within the own subtree, one fact at a time, with a reason that stays in the trail.")

    def act(self, clean: dict[str, Any]) -> str:
        """Do it."""
        privacy.allow_reveal(self.account, actor=self.request.user, allowed=not self.has, reason=clean["reason"])  # type: ignore[arg-type]
        return account_url(self.account)

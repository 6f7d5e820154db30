"""Forms of a file's life. They check shapes; what is possible is the actions' business."""

import copy
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.console.forms import KINDS, PartialDate, RegionField
from registry.accounts.models import User
from registry.life.enums import EventKind, Outcome
from registry.life.proposing import proposable
from registry.life.states import kinds_of
from registry.organisations.models import UnionNode
from registry.people.enums import Kind
from registry.people.models import Honouree, PrivateFacts
from registry.people.private import PRIVATE_FACTS
from registry.text.normalise import fold


class ReasonOnly(forms.Form):
    """A short reason."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class EventFacts(forms.Form):
    """Day, paper, remark."""

    happened_on = PartialDate(label=_("Happened on"), required=True)
    document = forms.CharField(
        label=_("Document"), max_length=120, required=False, help_text=_("The paper that says so, with its number.")
    )
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class EventForm(EventFacts):
    """Something that happened."""

    kind = forms.ChoiceField(label=_("Event"))
    new_name = forms.CharField(label=_("New name"), max_length=120, required=False, help_text=_("Only for a renaming."))
    into = forms.CharField(
        label=_("Became part of"), max_length=120, required=False,
        help_text=_("For a merger or a split: name, or number of the other file."),
    )  # fmt: skip
    field_order = ["kind", "happened_on", "new_name", "into", "document", "note"]

    def __init__(self, *args: Any, file: Honouree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind, EventKind(kind).label) for kind in kinds_of(file.kind)]  # type: ignore[attr-defined]
        if file.is_person:
            del self.fields["new_name"], self.fields["into"]


class EventCorrection(EventFacts):
    """The same, with the reason."""

    reason = forms.CharField(label=_("Reason for the change"), max_length=300)


class OfferForm(forms.Form):
    """Where a file goes, and why."""

    to_union = forms.ModelChoiceField(UnionNode.objects.none(), label=_("Receiving union"))
    note = forms.CharField(label=_("Reason for handing over"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(label=_("Document"), max_length=120, required=False)

    def __init__(self, *args: Any, file: Honouree, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = UnionNode.objects.filter(is_active=True).exclude(pk=file.union_id).order_by("path")
        self.fields["to_union"].queryset = nodes  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """Where the holder counts from now on."""

    region = RegionField(
        label=_("Region"), max_length=60, required=False, help_text=_("Empty: the region of the receiving union.")
    )


class VerifyForm(forms.Form):
    """What a check found."""

    outcome = forms.ChoiceField(label=_("Outcome"), choices=Outcome.choices)
    note = forms.CharField(label=_("Remark"), max_length=300, required=False)


class PostForm(forms.Form):
    """One post with its dates."""

    unit_name = forms.CharField(label=_("Unit as written then"), max_length=200)
    position = forms.CharField(label=_("Post"), max_length=120, required=False)
    since = PartialDate(label=_("From"))
    until = PartialDate(label=_("Until"))
    is_present = forms.BooleanField(label=_("This is the present unit and post"), required=False)
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)


class HeadForm(forms.Form):
    """A head of a collective."""

    name = forms.CharField(label=_("Name"), max_length=60)
    since = PartialDate(label=_("From"))
    until = PartialDate(label=_("Until"), help_text=_("Empty: the present head."))


class StaffForm(forms.Form):
    """A staff count."""

    counted_on = PartialDate(label=_("Counted on"), required=True)
    staff = forms.IntegerField(label=_("Staff"), min_value=0, max_value=10_000_000)
    women = forms.IntegerField(label=_("Of them women"), min_value=0, max_value=10_000_000, required=False)
    migrants = forms.IntegerField(label=_("Of them migrant workers"), min_value=0, max_value=10_000_000, required=False)
    source = forms.CharField(label=_("Source"), max_length=200, required=False)


class MemberForm(forms.Form):
    """A member honouree."""

    person = forms.CharField(label=_("Person"), max_length=120, help_text=_("Name, or number of the file."))
    part = forms.CharField(label=_("As what"), max_length=60, required=False)
    since = PartialDate(label=_("From"))
    until = PartialDate(label=_("Until"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_person(self) -> Honouree:
        """Find the one file meant."""
        found = find_files(self.user, self.cleaned_data["person"], Kind.INDIVIDUAL)
        if len(found) != 1:
            raise forms.ValidationError(no_single(found))
        return found[0]


def find_files(user: Any, words: str, kind: str) -> list[Honouree]:
    """Return up to five files, among those the user may see, that bear this number or this name."""
    words = words.strip()
    rows = Honouree.objects.visible_to(user).filter(kind=kind)
    return list(rows.filter(Q(code__iexact=words) | Q(name_key=fold(words))).order_by("pk")[:5])


def no_single(found: list[Honouree]) -> str:
    """Say why a name doesn't name one file."""
    if not found:
        return str(_("No file of this name or number is in your area."))
    names = ", ".join(f"{file.name} {file.unit_name} ({file.code})" for file in found)
    return str(_("Several files bear this name: %(names)s. Write the file number.")) % {"names": names}


class Unshown(forms.TextInput):
    """A text that is never sent back to the browser, even when the form is shown again."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Leave the value out."""
        return super().get_context(name, None, {**(attrs or {}), "autocomplete": "off"})


class ProposeForm(forms.Form):
    """Another value for one fact."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    document = forms.CharField(label=_("Document"), max_length=120, required=False)
    field_order = ["value", "reason", "document"]

    def __init__(self, *args: Any, file: Honouree, fact: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields = {"value": fact_field(file, fact), **self.fields}


class RetypeForm(forms.Form):
    """A private value read from the paper a second time."""

    retyped = forms.CharField(
        label=_("The value, typed from the paper"), max_length=2000, widget=Unshown,
        help_text=_("It must be the same as what was proposed; neither is shown."),
    )  # fmt: skip


def fact_field(file: Honouree, fact: str) -> forms.Field:
    """Return the form field of a fact, as the file's own form has it."""
    if fact in PRIVATE_FACTS:
        label = str(PrivateFacts._meta.get_field(fact).verbose_name)  # type: ignore[union-attr]
        return forms.CharField(
            label=label, max_length=2000, required=False, widget=Unshown,
            help_text=_("Sealed at once and shown to nobody. Empty: take the fact away."),
        )  # fmt: skip
    field: forms.Field = copy.deepcopy(KINDS[Kind(file.kind)].base_fields[fact])
    return field


def fact_choices(file: Honouree, private: bool) -> list[tuple[str, str]]:
    """Return `(fact, label)` of what can be proposed about a file."""
    form = KINDS[Kind(file.kind)].base_fields
    found = [(name, str(form[name].label)) for name in proposable(file) if name in form]
    if private:
        found += [(name, str(PrivateFacts._meta.get_field(name).verbose_name)) for name in PRIVATE_FACTS]  # type: ignore[union-attr]
    return found

"""Forms that narrow the console's lists."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from cms.console.words import VERBS, kind_words
from registry.accounts.models import User
from registry.honours.enums import Level
from registry.honours.models import HonourTitle
from registry.intake.enums import BatchState
from registry.organisations.models import Region, UnionNode
from registry.organisations.queries import nodes_visible_to
from registry.organisations.regions import region_prefix
from registry.people.enums import Kind, Sex
from registry.people.models import Ethnicity
from registry.statistics.queries import Figure
from registry.statistics.wording import words_of

YES_NO = (("", "—"), ("yes", _("yes")), ("no", _("no")))
PUBLICITY = (("", "—"), ("yes", _("public")), ("withheld", _("withheld")), ("none", _("without an honour in force")))


def with_blank(choices: Any) -> list[tuple[str, Any]]:
    """Put an empty choice in front."""
    return [("", "—"), *choices]


def regions_of(nodes: QuerySet[UnionNode]) -> QuerySet[Region]:
    """The regions of the nodes and everything in them."""
    codes = nodes.exclude(region=None).order_by().values_list("region", flat=True)
    inside = Q(pk__in=[])
    for prefix in {region_prefix(code) for code in codes}:
        inside |= Q(code__startswith=prefix)
    return Region.objects.filter(inside)


class FigureField(forms.CharField):
    """A number of the statistics whose rows the list shows (`registry.statistics.queries.Figure`); it stays while other filters change."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> Figure | None:
        """Read it; raises `ValidationError` for what isn't one."""
        text = super().clean(value)
        try:
            return Figure.decode(text) if text else None
        except ValueError as error:
            raise ValidationError(_("This address isn't one of the statistics.")) from error


class InSubtree(forms.Form):
    """A filter with the unions and regions of the own subtree."""

    figure = FigureField(required=False)
    region = forms.ModelChoiceField(Region.objects.none(), label=_("Region"), required=False)
    union = forms.ModelChoiceField(UnionNode.objects.none(), label=_("Union"), required=False)
    reach = forms.ChoiceField(
        label=_("Of the union"), choices=(("", _("with all below it")), ("own", _("itself only"))), required=False
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = nodes_visible_to(user)
        self.fields["union"].queryset = nodes  # type: ignore[attr-defined]
        self.fields["region"].queryset = regions_of(nodes)  # type: ignore[attr-defined]

    @property
    def figure_words(self) -> str:
        """The number of the statistics in words; empty without one."""
        figure = self.cleaned_data.get("figure") if self.is_bound and self.is_valid() else None
        return words_of(figure) if figure else ""


class FileFilter(InSubtree):
    """Narrow the list of files."""

    q = forms.CharField(label=_("Name, unit or pinyin"), required=False)
    level = forms.ChoiceField(label=_("Level"), choices=with_blank(Level.choices), required=False)
    title = forms.ModelChoiceField(HonourTitle.objects.all(), label=_("Award title"), required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2200)
    sex = forms.ChoiceField(label=_("Sex"), choices=with_blank(Sex.choices), required=False)
    ethnicity = forms.ModelChoiceField(Ethnicity.objects.all(), label=_("Ethnicity"), required=False)
    public = forms.ChoiceField(label=_("Public"), choices=PUBLICITY, required=False)
    field_order = ["q", "level", "title", "year", "region", "union", "reach", "sex", "ethnicity", "public"]

    def __init__(self, *args: Any, kind: str = Kind.INDIVIDUAL, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if kind == Kind.COLLECTIVE:
            del self.fields["sex"], self.fields["ethnicity"]


class HonourFilter(InSubtree):
    """Narrow the list of honours."""

    q = forms.CharField(label=_("Holder"), required=False)
    title = forms.ModelChoiceField(HonourTitle.objects.all(), label=_("Award title"), required=False)
    level = forms.ChoiceField(label=_("Level"), choices=with_blank(Level.choices), required=False)
    year = forms.IntegerField(label=_("Year"), required=False, min_value=1900, max_value=2200)
    revoked = forms.ChoiceField(label=_("Revoked"), choices=YES_NO, required=False)
    waiting = forms.ChoiceField(
        label=_("Revocation to confirm"),
        choices=(("", "—"), ("yes", _("by anybody")), ("me", _("by me"))),
        required=False,
    )
    field_order = ["q", "title", "level", "year", "region", "union", "reach", "revoked", "waiting"]


class WordFilter(forms.Form):
    """Narrow a list by a word."""

    q = forms.CharField(label=_("Search for"), required=False)


AUDITED = (
    "people.honouree", "honours.conferral", "honours.honourtitle", "organisations.unit", "intake.intakebatch", "accounts.user",
    "duplicates.cleaningrun",
)  # fmt: skip


def audited_kinds() -> list[tuple[str, Any]]:
    """The kinds of object that the trail knows."""
    return with_blank((label, kind_words(label)) for label in AUDITED)


class AuditFilter(forms.Form):
    """Narrow the audit trail."""

    q = forms.CharField(label=_("Object"), required=False)
    actor = forms.CharField(label=_("Who"), required=False)
    verb = forms.ChoiceField(label=_("Action"), choices=with_blank(VERBS.items()), required=False)
    kind = forms.ChoiceField(label=_("Kind of object"), choices=audited_kinds, required=False)
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))


UNFINISHED = "unfinished"


class BatchFilter(forms.Form):
    """Narrow the list of imports."""

    q = forms.CharField(label=_("File"), required=False)
    state = forms.ChoiceField(
        label=_("State"), choices=with_blank([(UNFINISHED, _("to finish")), *BatchState.choices]), required=False
    )
    mine = forms.ChoiceField(label=_("Uploaded by me"), choices=YES_NO[:2], required=False)

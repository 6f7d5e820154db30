"""Forms of the console. They check shapes; what is allowed and what follows is the actions' business."""

from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from cms.console.filters import with_blank
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.fields import validate_partial_date
from registry.honours.enums import Grounds, Level
from registry.honours.models import HonourTitle
from registry.organisations.enums import Ownership
from registry.organisations.models import Industry, Region, UnionNode, Unit
from registry.organisations.queries import find_region, find_region_code, nodes_visible_to
from registry.people.enums import Education, IdentityClass, Kind, NameKind, Sex
from registry.people.models import Ethnicity, PoliticalStatus, Post
from registry.text.normalise import fold


def lines(text: str) -> list[str]:
    """Split a text area into its non-empty lines."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class PartialDate(forms.CharField):
    """A year, a month or a day."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        kwargs.setdefault("help_text", _("As 1965, 1965-03 or 1965-03-08."))
        super().__init__(max_length=10, validators=[validate_partial_date], **kwargs)


class RegionField(forms.CharField):
    """A region, typed as people write it and read by the registry."""

    def clean(self, value: Any) -> Any:
        """Return the region, or None for nothing."""
        text = super().clean(value)
        if not text:
            return None
        region = Region.objects.filter(pk=text).first() or find_region(text)
        if region is None:
            raise forms.ValidationError(
                _("This region isn't known. Write province, city and county one after the other.")
            )
        return region


def region_words(region: Region | None) -> str:
    """Write a region as the field reads it: 宁夏回族自治区银川市; the code where the words would be read otherwise."""
    if region is None:
        return ""
    names, step = [region.name], region
    while step.parent is not None:
        step = step.parent
        names.insert(0, step.name)
    words = "".join(names)
    return words if find_region_code(words) == region.pk else region.pk


class FileForm(forms.Form):
    """A person's or collective's public facts."""

    GROUPS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (
            _("Who it is"),
            (
                "name", "sex", "ethnicity", "born", "died", "native_place", "political_status", "education", "identity_class",
                "head", "staff_count", "other_names",
            ),
        ),
        (_("Where they work"), ("unit_name", "position", "industry", "region", "posts")),
        (_("Where the file is kept"), ("union", "industry_union", "sources", "note")),
    )  # fmt: skip

    name = forms.CharField(label=_("Name"), max_length=120)
    union = forms.ModelChoiceField(UnionNode.objects.none(), label=_("Keeping union"))
    unit_name = forms.CharField(label=_("Unit"), max_length=200, required=False)
    position = forms.CharField(label=_("Post"), max_length=120, required=False)
    region = RegionField(label=_("Region"), max_length=60, required=False)
    industry = forms.ModelChoiceField(Industry.objects.all(), label=_("Industry"), required=False)
    industry_union = forms.ModelChoiceField(
        UnionNode.objects.filter(kind="industrial"), label=_("Industry union"), required=False,
        help_text=_("Its officers see and edit the file too."),
    )  # fmt: skip
    note = forms.CharField(label=_("Internal note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    other_names = forms.CharField(
        label=_("Other names"), widget=forms.Textarea(attrs={"rows": 3}), required=False,
        help_text=_("One a line: “former: …”, “known as: …” or “variant: …”."),
    )  # fmt: skip
    sources = forms.CharField(
        label=_("Sources"), widget=forms.Textarea(attrs={"rows": 3}), required=False, help_text=_("One a line.")
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)
    same_name_checked = forms.BooleanField(
        label=_("I looked at the files of the same name: this is somebody else"),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].queryset = nodes_visible_to(user)  # type: ignore[attr-defined]

    def clean_other_names(self) -> list[tuple[str, str]]:
        """Return `(kind, name)` pairs."""
        words = {"former": NameKind.FORMER, "known as": NameKind.KNOWN_AS, "variant": NameKind.VARIANT}
        words |= {str(kind.label): kind for kind in NameKind}
        found = []
        for line in lines(self.cleaned_data["other_names"]):
            head, _sep, name = line.replace("\uff1a", ":").partition(":")
            kind = words.get(head.strip().lower(), words.get(head.strip())) if name else NameKind.FORMER
            if kind is None:
                raise forms.ValidationError(
                    _("“%(line)s”: begin with former, known as or variant."), params={"line": line}
                )
            found.append((str(kind), (name or head).strip()))
        return found

    def clean_sources(self) -> list[str]:
        """Return the lines."""
        return lines(self.cleaned_data["sources"])


class PersonForm(FileForm):
    """A person's public facts."""

    sex = forms.ChoiceField(label=_("Sex"), choices=with_blank(Sex.choices), required=False)
    ethnicity = forms.ModelChoiceField(Ethnicity.objects.all(), label=_("Ethnicity"), required=False)
    born = PartialDate(label=_("Born"))
    died = PartialDate(label=_("Died"))
    native_place = forms.CharField(label=_("Native place"), max_length=60, required=False)
    political_status = forms.ModelChoiceField(
        PoliticalStatus.objects.all(), label=_("Political status"), required=False
    )
    education = forms.ChoiceField(label=_("Education"), choices=with_blank(Education.choices), required=False)
    identity_class = forms.ChoiceField(
        label=_("Identity class"), choices=with_blank(IdentityClass.choices), required=False
    )
    posts = forms.CharField(
        label=_("Posts over time"), widget=forms.Textarea(attrs={"rows": 4}), required=False,
        help_text=_("One a line: unit | post | from | until."),
    )  # fmt: skip
    field_order = [
        "name",
        "sex",
        "ethnicity",
        "born",
        "died",
        "native_place",
        "political_status",
        "education",
        "identity_class",
    ]

    def clean_posts(self) -> list[Post]:
        """Return unsaved posts."""
        found = []
        for line in lines(self.cleaned_data["posts"]):
            parts = [part.strip() for part in line.replace("\uff5c", "|").split("|")]
            if len(parts) > 4 or not parts[0]:
                raise forms.ValidationError(_("“%(line)s”: write unit | post | from | until."), params={"line": line})
            unit, position, since, until = [*parts, "", "", ""][:4]
            for date in filter(None, (since, until)):
                validate_partial_date(date)
            found.append(Post(unit_name=unit[:200], position=position[:120], since=since, until=until))
        return found


class CollectiveForm(FileForm):
    """A collective's public facts."""

    name = forms.CharField(label=_("Name of the collective"), max_length=120)
    head = forms.CharField(label=_("Head"), max_length=60, required=False)
    staff_count = forms.IntegerField(label=_("Staff"), min_value=0, max_value=10_000_000, required=False)
    field_order = ["name", "head", "staff_count"]


class ReasonForm(forms.Form):
    """A reason, for what should not be done lightly."""

    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class PortraitForm(forms.Form):
    """A portrait with who made it and why it may be shown."""

    file = forms.FileField(
        label=_("Picture"), help_text=_("JPEG, PNG or WebP, at most 10 MB. Place and camera data are removed.")
    )
    credit = forms.CharField(label=_("Credit"), max_length=120, required=False)
    consent = forms.CharField(label=_("Who allowed it to be shown, or where it was published"), max_length=200)


class HonourForm(forms.Form):
    """One honour."""

    GROUPS: ClassVar[tuple[tuple[Any, tuple[str, ...]], ...]] = (
        (_("What was given"), ("title", "level", "treatment_level", "year", "year_inferred", "granted_on")),
        (_("By whom, on what paper"), ("conferred_by", "region", "document_number", "certificate_number", "source")),
        (_("Where the holder worked then"), ("unit_name", "position")),
    )

    title = forms.ModelChoiceField(HonourTitle.objects.all(), label=_("Award title"))
    level = forms.ChoiceField(
        label=_("Conferring level"),
        choices=with_blank(Level.choices),
        required=False,
        help_text=_("Empty: the title's own."),
    )
    treatment_level = forms.ChoiceField(label=_("Treatment level"), choices=with_blank(Level.choices), required=False)
    year = forms.IntegerField(label=_("Year"), min_value=1900, max_value=2200, required=False)
    year_inferred = forms.BooleanField(label=_("The year is inferred"), required=False)
    granted_on = PartialDate(label=_("Date"))
    conferred_by = forms.CharField(
        label=_("Conferred by"), max_length=120, required=False, help_text=_("Empty: the body that gives this title.")
    )
    region = RegionField(label=_("Region"), max_length=60, required=False, help_text=_("Where it was conferred."))
    document_number = forms.CharField(label=_("Document number"), max_length=80, required=False)
    certificate_number = forms.CharField(label=_("Certificate number"), max_length=80, required=False)
    unit_name = forms.CharField(label=_("Unit then"), max_length=200, required=False)
    position = forms.CharField(label=_("Post then"), max_length=120, required=False)
    source = forms.CharField(label=_("Source"), max_length=300, required=False)
    note = forms.CharField(label=_("Internal note"), widget=forms.Textarea(attrs={"rows": 2}), required=False)
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        giving = {"for_individuals": True} if kind == Kind.INDIVIDUAL else {"for_collectives": True}
        present = Q(pk=getattr(self.initial.get("title"), "pk", None))
        self.fields["title"].queryset = HonourTitle.objects.filter(Q(**giving) | present)  # type: ignore[attr-defined]


class RevocationForm(forms.Form):
    """The conferring level's decision to take an honour back."""

    grounds = forms.ChoiceField(label=_("Grounds"), choices=Grounds.choices)
    explanation = forms.CharField(label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 4}))
    decided_by = forms.CharField(label=_("Decided by"), max_length=120)
    decided_level = forms.ChoiceField(label=_("Deciding level"), choices=Level.choices)
    decided_on = forms.DateField(label=_("Decided on"), widget=forms.DateInput(attrs={"type": "date"}))
    document_number = forms.CharField(label=_("Document number"), max_length=80)


class TitleForm(forms.ModelForm):  # type: ignore[type-arg]
    """An award title with its other spellings."""

    aliases = forms.CharField(
        label=_("Other spellings"), widget=forms.Textarea(attrs={"rows": 4}), required=False, help_text=_("One a line.")
    )

    class Meta:
        model = HonourTitle
        fields = (
            "code", "name", "name_en", "level", "treatment_level", "for_individuals", "for_collectives", "conferred_by", "from_year",
            "to_year", "is_historic", "successor", "note",
        )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse a title or spelling that another title has already."""
        clean = super().clean() or {}
        key = fold(clean.get("name", ""))
        if key and HonourTitle.objects.filter(name_key=key).exclude(pk=self.instance.pk).exists():
            self.add_error("name", _("There is a title of this name already."))
        return clean

    def clean_aliases(self) -> list[str]:
        """Return the lines."""
        return lines(self.cleaned_data["aliases"])


class UnitForm(forms.Form):
    """A unit's facts; a new name keeps the old one with date and document."""

    name = forms.CharField(label=_("Unit name"), max_length=200)
    until = PartialDate(label=_("The old name was used until"))
    document = forms.CharField(label=_("Document of the change"), max_length=120, required=False)
    credit_code = forms.CharField(label=_("Unified social credit code"), max_length=18, required=False)
    ownership = forms.ChoiceField(label=_("Ownership"), choices=with_blank(Ownership.choices), required=False)
    industry = forms.ModelChoiceField(Industry.objects.all(), label=_("Industry"), required=False)
    region = RegionField(label=_("Region"), max_length=60, required=False)
    union = forms.ModelChoiceField(UnionNode.objects.none(), label=_("Regional union"))
    industry_union = forms.ModelChoiceField(
        UnionNode.objects.filter(kind="industrial"), label=_("Industry union"), required=False
    )
    reason = forms.CharField(label=_("Reason for the change"), max_length=300, required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].queryset = nodes_visible_to(user).filter(kind="regional")  # type: ignore[attr-defined]


class MergeForm(forms.Form):
    """The unit that stays, and why."""

    into = forms.CharField(label=_("Merged into (name of the unit that exists today)"), max_length=200)
    until = PartialDate(label=_("The old name was used until"))
    document = forms.CharField(label=_("Document of the change"), max_length=120, required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300)
    sure = forms.BooleanField(label=_("Both are one unit: merge them"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_into(self) -> Unit:
        """Find the unit among those the user may see."""
        found = list(
            Unit.objects.visible_to(self.user).filter(name_key=fold(self.cleaned_data["into"]), merged_into=None)[:2]
        )
        if len(found) != 1:
            raise forms.ValidationError(
                _("No single unit of this name is in your area. Copy the full name from the list of units.")
            )
        unit: Unit = found[0]
        return unit


class UploadForm(forms.Form):
    """A list: a file or pasted text."""

    file = forms.FileField(label=_("File"), required=False, help_text=_("XLSX, XLS or CSV, at most 20 MB."))
    text = forms.CharField(
        label=_("Or paste the list"), widget=forms.Textarea(attrs={"rows": 8}), required=False, max_length=2_000_000,
        help_text=_("Copied from a page, a document or a spreadsheet."),
    )  # fmt: skip
    source = forms.CharField(
        label=_("Where it was published"),
        max_length=300,
        required=False,
        help_text=_("Shown as the source on every page."),
    )

    def clean(self) -> dict[str, Any]:
        """One of the two must be there."""
        clean = super().clean() or {}
        if not clean.get("file") and not (clean.get("text") or "").strip() and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste the list."))
        return clean


class AppointmentForm(forms.Form):
    """A role at a node for a term."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    node = forms.ModelChoiceField(UnionNode.objects.none(), label=_("Union"))
    starts_on = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: today.")
    )
    ends_on = forms.DateField(
        label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=_("Empty: no end.")
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["node"].queryset = nodes_visible_to(user)  # type: ignore[attr-defined]


class AccountForm(AppointmentForm):
    """A new account with its first role."""

    username = forms.RegexField(
        r"^[A-Za-z0-9._-]{3,40}$", label=_("Account name"), help_text=_("3 to 40 letters, digits, dots or hyphens."),
        error_messages={"invalid": _("3 to 40 letters, digits, dots or hyphens.")},
    )  # fmt: skip
    display_name = forms.CharField(label=_("Name"), max_length=60)
    field_order = ["username", "display_name", "role", "node", "starts_on", "ends_on"]

    def clean_username(self) -> str:
        """Refuse a name that is taken."""
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise forms.ValidationError(_("This account name is taken."))
        return name


KINDS = {Kind.INDIVIDUAL: PersonForm, Kind.COLLECTIVE: CollectiveForm}

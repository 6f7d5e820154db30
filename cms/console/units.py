"""Units and the union tree."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.forms import CheckboxInput
from django.http import Http404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.filters import WordFilter
from cms.console.forms import MergeForm, UnitForm
from registry.audit.queries import history_of
from registry.organisations.actions import FACTS, add_unit, change_unit, merge_unit
from registry.organisations.models import Unit
from registry.organisations.queries import nodes_visible_to
from registry.organisations.rules import home_node, may_edit_unit, may_edit_units, may_enter_console
from registry.organisations.validators import credit_code_warning
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.text.normalise import fold


def unit_url(unit: Any) -> str:
    """The address of a unit's screen."""
    return reverse("console_unit", args=[unit.pk])


def number_of_files(field: str, **narrowed: str) -> Any:
    """How many files point here by this field; asked only for the rows that are shown."""
    files = Honouree._base.filter(**{field: OuterRef("pk")}, **narrowed).order_by().values(field)
    return Coalesce(Subquery(files.annotate(number=Count("pk")).values("number")), 0)


class UnitList(ListScreen):
    """The units of the user's subtree."""

    page_title = gettext_lazy("Units")
    header_icon = "home"
    export_name = "units"
    filter_form = WordFilter
    default_order = ("name", "pk")
    columns = (
        Column(gettext_lazy("Unit name"), lambda row: row.name, "name", unit_url),
        Column(gettext_lazy("Credit code"), lambda row: row.credit_code),
        Column(gettext_lazy("Ownership"), lambda row: row.get_ownership_display()),
        Column(gettext_lazy("Region"), lambda row: row.region or ""),
        Column(gettext_lazy("Union"), lambda row: row.union),
        Column(gettext_lazy("Files"), lambda row: row.file_count, "file_count"),
        Column(
            gettext_lazy("State"),
            lambda row: _("merged into %(unit)s") % {"unit": row.merged_into} if row.merged_into else "",
        ),
    )

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Registry officers add units."""
        return [(_("Add a unit"), reverse("console_unit_add"))] if may_edit_units(self.request.user) else []

    def rows(self) -> QuerySet[Any]:
        """The subtree's units with the number of their files."""
        found: QuerySet[Any] = Unit.objects.visible_to(self.request.user).select_related(
            "region", "union", "merged_into"
        )
        counted: QuerySet[Any] = found.annotate(file_count=number_of_files("unit"))
        return counted

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By present or former name."""
        key = fold(chosen["q"]) if "q" in chosen else ""
        if not key:
            return rows
        plain = Unit.objects.visible_to(self.request.user)
        named = plain.filter(name_key__contains=key).values("pk")
        former = plain.filter(former_names__name_key__contains=key).values("pk")
        return rows.filter(Q(pk__in=named) | Q(pk__in=former))


class OfUnit(Screen):
    """A screen about one unit that the user may see."""

    @cached_property
    def unit(self) -> Unit:
        """The unit, or 404 outside the subtree."""
        rows = Unit.objects.visible_to(self.request.user).select_related(
            "union", "industry_union", "region", "merged_into"
        )
        found: Unit | None = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def allowed(self) -> bool:
        """The unit's registry officer."""
        return may_enter_console(self.request.user) and may_edit_unit(self.request.user, self.unit)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """List, unit."""
        return [(_("Units"), reverse("console_units")), (self.unit.name, unit_url(self.unit))]


class UnitScreen(OfUnit):
    """Everything about one unit."""

    template_name = "console/unit.html"
    header_icon = "home"

    def allowed(self) -> bool:
        """Whoever may see it."""
        return may_enter_console(self.request.user) and bool(self.unit)

    def get_page_title(self) -> str:
        """The name."""
        return self.unit.name

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Units"), reverse("console_units"))]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, former names, people, history."""
        user, unit = self.request.user, self.unit
        facts = [(label_of(name), getattr(unit, name) or "—") for name in FACTS if name != "name"]
        files = Honouree.objects.visible_to(user).filter(unit=unit).order_by("pinyin_key")
        return {
            **super().get_context_data(**kwargs),
            "unit": unit,
            "facts": facts,
            "warning": credit_code_warning(unit.credit_code),
            "former": unit.former_names.all(),
            "files": files[:100],
            "may_edit": may_edit_unit(user, unit) and not unit.merged_into_id,
            "history": history_of(unit)[:50],
        }


class UnitAdd(FormScreen):
    """Add a unit."""

    form_class = UnitForm
    page_title = gettext_lazy("Add a unit")

    def allowed(self) -> bool:
        """Registry officers."""
        return may_edit_units(self.request.user)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Units"), reverse("console_units"))]

    def arguments(self) -> dict[str, Any]:
        """The own union first."""
        node = home_node(self.request.user)  # type: ignore[arg-type]
        return {"user": self.request.user, "initial": {"union": node.pk if node else None}}

    def act(self, clean: dict[str, Any]) -> str:
        """Add; an odd credit code is said and not refused."""
        name, union = clean["name"], clean["union"]
        facts = {key: clean[key] for key in FACTS if key not in ("name", "union")}
        unit = add_unit(name, actor=self.request.user, union=union, **facts)  # type: ignore[arg-type]
        warn(self.request, unit)
        return unit_url(unit)


class UnitChange(OfUnit, FormScreen):
    """Change or rename a unit."""

    form_class = UnitForm
    page_title = gettext_lazy("Change or rename the unit")

    def arguments(self) -> dict[str, Any]:
        """The unit as it is."""
        initial = {name: getattr(self.unit, name) for name in FACTS} | {"region": self.unit.region_id or ""}
        return {"user": self.request.user, "initial": initial}

    def intro(self) -> str:
        """What a new name does."""
        return _("A new name keeps the old one as a former name; the files of the unit's people follow.")

    def act(self, clean: dict[str, Any]) -> str:
        """Change; an odd credit code is said and not refused."""
        unit = change_unit(self.unit, actor=self.request.user, **clean)  # type: ignore[arg-type]
        warn(self.request, unit)
        return unit_url(unit)


class UnitMerge(OfUnit, FormScreen):
    """Merge a unit into another."""

    form_class = MergeForm
    template_name = "console/merge.html"
    side_by_side: Sequence[list[Any]] = ()
    page_title = gettext_lazy("Merge into another unit")

    @property
    def danger(self) -> bool:  # type: ignore[override]
        """Once both units are shown."""
        return bool(self.side_by_side)

    @property
    def submit(self) -> str:
        """First look, then merge."""
        return _("Merge the units") if self.side_by_side else _("Compare the two units")

    def arguments(self) -> dict[str, Any]:
        """The other unit is looked for in the own subtree."""
        return {"user": self.request.user}

    def intro(self) -> str:
        """What will happen, in numbers."""
        number = self._files(self.unit)
        return _("%(number)d files move along. “%(name)s” stays findable as a former name, and its record stays.") % {
            "number": number,
            "name": self.unit.name,
        }

    def act(self, clean: dict[str, Any]) -> str:
        """Show both units first; merge when the box is ticked."""
        into = clean.pop("into")
        if not clean.pop("sure"):
            self.side_by_side = [self._column(self.unit), self._column(into)]
            raise ValidationError(_("Look at both units, then tick the box if they are to become one."))
        return unit_url(merge_unit(self.unit, into, actor=self.request.user, **clean))  # type: ignore[arg-type]

    def refused(self, form: Any, refusal: ValidationError) -> None:
        """Offer the box once both units are shown."""
        super().refused(form, refusal)
        if self.side_by_side:
            form.fields["sure"].widget = CheckboxInput()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The two units side by side, fact by fact."""
        facts = [
            _("Unit name"),
            _("Credit code"),
            _("Ownership"),
            _("Region"),
            _("Union"),
            _("Former names"),
            _("Files"),
        ]
        rows = list(zip(facts, *self.side_by_side, strict=True)) if self.side_by_side else []
        return {**super().get_context_data(**kwargs), "pairs": rows}

    def _column(self, unit: Unit) -> list[Any]:
        former = ", ".join(name.name for name in unit.former_names.all())
        return [
            unit.name, unit.credit_code, unit.get_ownership_display(), unit.region or "", unit.union, former, self._files(unit),
        ]  # fmt: skip

    def _files(self, unit: Unit) -> int:
        number: int = Honouree.objects.visible_to(self.request.user).filter(unit=unit).count()
        return number


def label_of(name: str) -> str:
    """The name of a unit's field for readers."""
    field: Any = Unit._meta.get_field(name)
    return str(field.verbose_name)


def warn(request: Any, unit: Unit) -> None:
    """Say what is odd about the credit code."""
    if said := credit_code_warning(unit.credit_code):
        messages.warning(request, said)


def own_files(name: str, node: Any) -> str:
    """The list of the files that the node keeps itself."""
    return f"{reverse(name)}?union={node.pk}&reach=own"


class UnionTree(ListScreen):
    """The union tree, as far as the user sees it."""

    page_title = gettext_lazy("Union tree")
    header_icon = "site"
    export_name = "unions"
    page_size = 200
    default_order = ("path",)
    columns = (
        Column(gettext_lazy("Union"), lambda row: f"{'　' * row.depth}{row.name}", short=True),
        Column(gettext_lazy("Kind"), lambda row: row.get_kind_display()),
        Column(gettext_lazy("Region"), lambda row: row.region or ""),
        Column(gettext_lazy("People"), lambda row: row.people, "", lambda row: own_files("console_people", row)),
        Column(
            gettext_lazy("Collectives"), lambda row: row.teams, "", lambda row: own_files("console_collectives", row)
        ),
    )

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    def rows(self) -> QuerySet[Any]:
        """Nodes with the number of files they keep themselves."""
        found: QuerySet[Any] = nodes_visible_to(self.request.user).select_related("region")
        counted: QuerySet[Any] = found.annotate(
            people=number_of_files("union", kind=Kind.INDIVIDUAL), teams=number_of_files("union", kind=Kind.COLLECTIVE)
        )
        return counted

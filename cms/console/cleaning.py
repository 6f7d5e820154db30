"""Cleaning of old records in bulk: propose, look and choose, apply, take back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.filters import with_blank
from cms.console.forms import ReasonForm
from registry.audit.queries import history_of
from registry.duplicates import cleaning
from registry.duplicates.cleaners import titles_in_use
from registry.duplicates.enums import CleaningKind, RunState
from registry.duplicates.models import CleaningRow, CleaningRun
from registry.duplicates.queries import rows_of, runs_visible_to
from registry.duplicates.rules import may_apply, may_clean, may_undo_run
from registry.honours.models import HonourTitle
from registry.organisations.models import UnionNode
from registry.organisations.queries import nodes_visible_to
from registry.organisations.rules import home_node, may_enter_console

PAGE = 100
SHOWN_GROUPS = 12
INTROS = {
    CleaningKind.TITLES: gettext_lazy(
        "Choose today's title for titles of former years and leave the others empty. The next screen shows every honour that would change; "
        "nothing is written yet."
    ),
    CleaningKind.RENAMED: gettext_lazy(
        "Files that still say a unit's former name come under its name of today; the former name stays on the file as a post. "
        "Former names come from the units' records; add pairs of your own if you like."
    ),
    CleaningKind.UNITS: gettext_lazy(
        "Unit names on files without a unit are collected: where a unit of that name is registered the files are linked to it, "
        "else a unit is added. The next screen shows every change; nothing is written yet."
    ),
}


def run_url(run: Any) -> str:
    """The address of a run's screen."""
    return reverse("console_cleaning_run", args=[run.pk])


class RunFilter(forms.Form):
    """Narrow the list of runs."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What it puts right"), choices=with_blank(CleaningKind.choices), required=False
    )
    state = forms.ChoiceField(label=gettext_lazy("State"), choices=with_blank(RunState.choices), required=False)


class Runs(ListScreen):
    """The subtree's cleaning runs."""

    page_title = gettext_lazy("Clean old records")
    header_icon = "rotate"
    export_name = "cleaning"
    filter_form = RunFilter
    columns = (
        Column(gettext_lazy("What it puts right"), lambda row: row.get_kind_display(), "", run_url),
        Column(gettext_lazy("State"), lambda row: row.get_state_display(), short=True),
        Column(gettext_lazy("Proposed"), lambda row: row.total, short=True),
        Column(gettext_lazy("Applied"), lambda row: row.done, short=True),
        Column(gettext_lazy("Union"), lambda row: row.union),
        Column(gettext_lazy("Made by"), lambda row: row.made_by),
        Column(gettext_lazy("Made"), lambda row: f"{row.made_at.astimezone():%Y-%m-%d %H:%M}", "made_at", short=True),
        Column(gettext_lazy("Reason"), lambda row: row.reason),
    )
    empty = gettext_lazy("Nothing has been cleaned yet. Choose above what to put right.")

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    @property
    def actions(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """Registry officers begin runs."""
        if not may_clean(self.request.user):
            return []
        labels = {
            CleaningKind.TITLES: _("Map titles of former years"),
            CleaningKind.RENAMED: _("Follow renamed units"),
            CleaningKind.UNITS: _("Find missing units"),
        }
        return [(label, reverse("console_cleaning_add", args=[kind.value])) for kind, label in labels.items()]

    def rows(self) -> QuerySet[Any]:
        """The subtree's runs."""
        return runs_visible_to(self.request.user)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By kind and state."""
        return rows.filter(**{name: chosen[name] for name in ("kind", "state") if name in chosen})


class UnionForm(forms.Form):
    """Of which union's files."""

    union = forms.ModelChoiceField(
        UnionNode.objects.none(), label=gettext_lazy("Union"), help_text=gettext_lazy("With all unions below it.")
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        nodes = nodes_visible_to(user)
        self.fields["union"].queryset = nodes  # type: ignore[attr-defined]
        node = home_node(user)
        self.fields["union"].initial = node.pk if node else None

    def options(self) -> dict[str, Any]:
        """The settings of the run."""
        return {}


class TitlesForm(UnionForm):
    """Years, and today's title for each title in use."""

    since = forms.IntegerField(
        label=gettext_lazy("From the year"), initial=cleaning.YEARS[0], min_value=1900, max_value=2200
    )
    until = forms.IntegerField(
        label=gettext_lazy("To the year"), initial=cleaning.YEARS[1], min_value=1900, max_value=2200
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, user=user, **kwargs)
        union, since, until = self._asked()
        self.found = titles_in_use(union, since, until) if union else []
        every = HonourTitle.objects.filter(is_historic=False)
        for title, number in self.found:
            self.fields[f"title{title.pk}"] = forms.ModelChoiceField(
                every.exclude(pk=title.pk), label=title.name, required=False, initial=title.successor_id,
                help_text=_("%(number)d honours of these years") % {"number": number},
            )  # fmt: skip
        self.GROUPS = (
            (_("Which honours"), ("union", "since", "until")),
            (_("Today's titles"), tuple(f"title{title.pk}" for title, _number in self.found)),
        )

    def _asked(self) -> tuple[UnionNode | None, int, int]:
        union: Any = self.fields["union"]
        given = self.data or {}
        asked = str(given.get("union") or union.initial or "")
        node = union.queryset.filter(pk=asked).first() if asked.isdigit() else None
        years = [str(given.get(name, "")) for name in ("since", "until")]
        since, until = (
            int(year) if year.isascii() and year.isdigit() and len(year) == 4 else default
            for year, default in zip(years, cleaning.YEARS, strict=True)
        )
        return node, since, until

    def options(self) -> dict[str, Any]:
        """Years and mapping."""
        clean = self.cleaned_data
        mapping = {
            title.pk: clean[f"title{title.pk}"].pk for title, _number in self.found if clean.get(f"title{title.pk}")
        }
        return {"since": clean["since"], "until": clean["until"], "mapping": mapping}


class RenamedForm(UnionForm):
    """Further pairs of names."""

    names = forms.CharField(
        label=gettext_lazy("Further former names"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("One a line: former name | name of today"),
    )  # fmt: skip

    def clean_names(self) -> list[list[str]]:
        """Read the pairs; a line that is none is named."""
        pairs = []
        for line in self.cleaned_data["names"].splitlines():
            if not line.strip():
                continue
            old, _bar, new = (part.strip() for part in line.replace("｜", "|").partition("|"))
            if not (old and new) or len(old) > 200 or len(new) > 200:
                raise forms.ValidationError(_("This line isn't a pair of names: %(line)s") % {"line": line[:60]})
            pairs.append([old, new])
        return pairs

    def options(self) -> dict[str, Any]:
        """The pairs."""
        return {"names": self.cleaned_data["names"]}


class UnitsForm(UnionForm):
    """How often a name must stand."""

    at_least = forms.IntegerField(
        label=gettext_lazy("At least so many files"), initial=2, min_value=1, max_value=1000,
        help_text=gettext_lazy("Names on fewer files are left alone, unless a unit of that name is registered."),
    )  # fmt: skip

    def options(self) -> dict[str, Any]:
        """The number."""
        return {"at_least": self.cleaned_data["at_least"]}


FORMS: dict[str, type[UnionForm]] = {
    CleaningKind.TITLES: TitlesForm,
    CleaningKind.RENAMED: RenamedForm,
    CleaningKind.UNITS: UnitsForm,
}


class RunAdd(FormScreen):
    """Say what to put right; the changes are worked out and shown."""

    submit = gettext_lazy("Show the changes")

    @cached_property
    def kind(self) -> CleaningKind:
        """What is put right."""
        if self.kwargs["kind"] not in CleaningKind.values:
            raise Http404
        return CleaningKind(self.kwargs["kind"])

    @property
    def form_class(self) -> Any:  # type: ignore[override]
        """By kind."""
        return FORMS[self.kind]

    def allowed(self) -> bool:
        """Registry officers."""
        return may_clean(self.request.user) and bool(self.kind)

    def get_page_title(self) -> str:
        """What is put right."""
        return str(self.kind.label)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The runs."""
        return [(_("Clean old records"), reverse("console_cleaning"))]

    def intro(self) -> str:
        """What will happen."""
        return str(INTROS[self.kind])

    def arguments(self) -> dict[str, Any]:
        """The form offers the own subtree."""
        return {"user": self.request.user}

    def form(self) -> forms.Form:
        """Remember it: its settings are read once it is valid."""
        self.bound: Any = super().form()
        return self.bound

    def act(self, clean: dict[str, Any]) -> str:
        """Work the changes out."""
        user: Any = self.request.user
        run = cleaning.propose_cleaning(self.kind, actor=user, union=clean["union"], options=self.bound.options())
        return run_url(run)


class OfRun(Screen):
    """A screen about one run that the user may see."""

    @cached_property
    def run(self) -> CleaningRun:
        """The run, or 404 outside the subtree."""
        found = runs_visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def allowed(self) -> bool:
        """Whoever may see it."""
        return may_enter_console(self.request.user) and bool(self.run)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The runs."""
        return [(_("Clean old records"), reverse("console_cleaning"))]


class RunScreen(OfRun):
    """Every change of a run: look, choose, apply."""

    template_name = "console/cleaning.html"
    header_icon = "rotate"

    def get_page_title(self) -> str:
        """What it puts right."""
        return str(self.run.get_kind_display())

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Choose rows, apply, discard, go on."""
        do = getattr(self, f"do_{request.POST.get('do', '')}", None)
        if do is None:
            return redirect(run_url(self.run))
        try:
            do()
        except ValidationError as refusal:
            for text in refusal.messages:
                messages.error(request, text)
        here = request.POST.get("here", "")
        return redirect(f"{run_url(self.run)}?{here}" if here else run_url(self.run))

    def do_choose(self) -> None:
        """Keep exactly the ticked rows of the page shown."""
        shown = {int(value) for value in self.request.POST.getlist("shown") if value.isdigit()}
        ticked = {int(value) for value in self.request.POST.getlist("row") if value.isdigit()} & shown
        cleaning.choose(self.run, ticked, True, actor=self.request.user)  # type: ignore[arg-type]
        cleaning.choose(self.run, shown - ticked, False, actor=self.request.user)  # type: ignore[arg-type]

    def do_all(self) -> None:
        """Choose everything possible."""
        cleaning.choose(self.run, None, True, actor=self.request.user)  # type: ignore[arg-type]

    def do_none(self) -> None:
        """Choose nothing."""
        cleaning.choose(self.run, None, False, actor=self.request.user)  # type: ignore[arg-type]

    def do_apply(self) -> None:
        """Hand it to the worker."""
        cleaning.apply(self.run, actor=self.request.user, reason=self.request.POST.get("reason", ""))  # type: ignore[arg-type]

    def do_discard(self) -> None:
        """Give it up."""
        cleaning.discard(self.run, actor=self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, _("The proposals were discarded. Nothing was written."))

    def do_resume(self) -> None:
        """Let the worker go on."""
        if not may_clean(self.request.user, self.run.union):
            raise PermissionDenied
        cleaning.resume(self.run, actor=self.request.user)  # type: ignore[arg-type]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rows, counts, what is possible."""
        run, user = self.run, self.request.user
        rows = rows_of(run)
        shown = self.request.GET.get("show", "")
        narrowed = {
            "chosen": rows.filter(chosen=True), "out": rows.filter(chosen=False), "remarks": rows.exclude(remark=""),
        }  # fmt: skip
        page = Paginator(narrowed.get(shown, rows), PAGE).get_page(self.request.GET.get("p"))
        chosen = narrowed["chosen"].count()
        return {
            **super().get_context_data(**kwargs),
            "run": run,
            "page_obj": page,
            "query": f"show={shown}" if shown else "",
            "tabs": [
                ("", _("All"), run.total, shown == ""),
                ("chosen", _("Ticked"), chosen, shown == "chosen"),
                ("out", _("Left out"), run.total - chosen, shown == "out"),
                ("remarks", _("With a remark"), narrowed["remarks"].count(), shown == "remarks"),
            ],
            "groups": self._groups(rows),
            "chosen": chosen,
            "may_apply": may_apply(user, run),
            "may_undo": may_undo_run(user, run),
            "may_resume": run.state in cleaning.WORKING and may_clean(user, run.union),
            "working": run.state in cleaning.WORKING,
            "history": history_of(run)[:20],
        }

    @staticmethod
    def _groups(rows: QuerySet[CleaningRow]) -> list[dict[str, Any]]:
        """What would become what, and how often."""
        chosen = rows.filter(chosen=True).order_by().values("before", "after")
        counted = chosen.annotate(number=Count("pk")).order_by("-number", "before")
        return [dict(one) for one in counted[:SHOWN_GROUPS]]


class RunUndo(OfRun, FormScreen):
    """Take a whole run back."""

    form_class = ReasonForm
    danger = True
    page_title = gettext_lazy("Take the whole run back")
    submit = gettext_lazy("Take the run back")

    def allowed(self) -> bool:
        """Registry officers of the run's union, once it is applied."""
        return may_enter_console(self.request.user) and may_undo_run(self.request.user, self.run)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """Runs, this run."""
        return [*super().crumbs, (str(self.run.get_kind_display()), run_url(self.run))]

    def intro(self) -> str:
        """What will happen."""
        return _("Everything this run changed is set back. It is refused if later work depends on it.")

    def act(self, clean: dict[str, Any]) -> str:
        """Take it back."""
        cleaning.undo(self.run, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return run_url(self.run)

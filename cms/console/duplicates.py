"""Possible duplicates: the queue, two files side by side, merging, and taking a merge back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.file_list import file_url
from cms.console.files import OfFile
from cms.console.filters import YES_NO, with_blank
from cms.console.forms import ReasonForm
from registry.audit.queries import history_of
from registry.duplicates import actions
from registry.duplicates.enums import AGAINST, Reason, SuspicionState
from registry.duplicates.merging import choosable, merge_files, obstacles, suggested, undo_merge
from registry.duplicates.models import Merge, Suspicion
from registry.duplicates.queries import decidable, merges_visible_to, open_suspicions, suspicions_visible_to, union_over
from registry.duplicates.rules import may_decide, may_see_duplicates, may_undo_merge
from registry.fields import partial_date_label
from registry.honours.queries import honours_of
from registry.organisations.rules import may_enter_console
from registry.people.actions import details
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.people.private import PRIVATE_FACTS, PrivateFacts
from registry.people.rules import may_see_file
from registry.secrets.sealing import CannotOpen
from registry.text.normalise import fold

SIDES = ("first", "second")
# What those who may not see a file still read of it when it is public.
PUBLIC_FACTS = ("name", "unit_name", "position", "sex", "born", "died", "native_place", "region", "union")
SURE, LIKELY = 85, 70


def pair_url(row: Any) -> str:
    """The address of a pair's screen."""
    return reverse("console_duplicate", args=[row.pk])


def merge_url(merge: Any) -> str:
    """The address of a merge's screen."""
    return reverse("console_merge", args=[merge.pk])


def reason_labels(reasons: Sequence[str]) -> list[tuple[str, bool]]:
    """The reasons in words, each with whether it speaks against."""
    known = {reason.value: reason for reason in Reason}
    return [(str(known[one].label), known[one] in AGAINST) for one in reasons if one in known]


class SuspicionFilter(forms.Form):
    """Narrow the queue."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[(SuspicionState.OPEN, SuspicionState.OPEN.label), (SuspicionState.DISTINCT, SuspicionState.DISTINCT.label)],
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=with_blank(Kind.choices), required=False)
    least = forms.ChoiceField(
        label=gettext_lazy("How alike"), required=False,
        choices=(("", "—"), (str(SURE), gettext_lazy("almost certain")), (str(LIKELY), gettext_lazy("likely or more"))),
    )  # fmt: skip
    mine = forms.ChoiceField(label=gettext_lazy("I can decide"), choices=YES_NO[:2], required=False)


class Queue(ListScreen):
    """Pairs of files that may be about the same."""

    page_title = gettext_lazy("Possible duplicates")
    header_icon = "copy"
    export_name = "duplicates"
    filter_form = SuspicionFilter
    default_order = ("-score", "-pk")
    orders = (("-score", gettext_lazy("most alike first")), ("-found_at", gettext_lazy("found last first")))
    empty = gettext_lazy("No pair waits. The register is searched for duplicates as files change.")

    def allowed(self) -> bool:
        """Registry officers."""
        return may_see_duplicates(self.request.user)

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """What was merged, and bulk cleaning."""
        return [(_("Merged files"), reverse("console_merges")), (_("Clean old records"), reverse("console_cleaning"))]

    @property
    def columns(self) -> list[Column]:  # type: ignore[override]
        """Both files, as far as the user may see them."""
        user = self.request.user
        return [
            Column(_("First file"), lambda row: label_for(row.first, user), "", pair_url),
            Column(_("Unit"), lambda row: unit_for(row.first, user)),
            Column(_("Second file"), lambda row: label_for(row.second, user), "", pair_url),
            Column(_("Unit"), lambda row: unit_for(row.second, user)),
            Column(_("How alike"), lambda row: row.score or "—", "score", short=True),
            Column(
                _("What speaks for it"), lambda row: "; ".join(text for text, _against in reason_labels(row.reasons))
            ),
            Column(_("State"), lambda row: row.get_state_display(), short=True),
            Column(_("Found"), lambda row: f"{row.found_at.astimezone():%Y-%m-%d}", "found_at", short=True),
        ]

    def rows(self) -> QuerySet[Any]:
        """The subtree's pairs; merged ones are in the list of merges."""
        return suspicions_visible_to(self.request.user).exclude(state=SuspicionState.MERGED)

    def found(self) -> QuerySet[Any]:
        """Open ones, unless others are asked for."""
        asked = (
            self.filters.cleaned_data.get("state")
            if self.filters and self.filters.is_bound and self.filters.is_valid()
            else ""
        )
        return super().found().filter(state=asked or SuspicionState.OPEN)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By name, kind, likeness, and whether the user can decide."""
        if key := fold(chosen.get("q", "")):
            rows = rows.filter(Q(first__name_key__contains=key) | Q(second__name_key__contains=key))
        if "kind" in chosen:
            rows = rows.filter(first__kind=chosen["kind"])
        if "least" in chosen:
            rows = rows.filter(score__gte=int(chosen["least"]))
        return decidable(rows, self.request.user) if chosen.get("mine") == "yes" else rows


def is_shown(file: Honouree, user: Any) -> bool:
    """Whether the user may read what the file says: it lies in the subtree, or is public."""
    return may_see_file(user, file) or file.is_public


def label_for(file: Honouree, user: Any) -> str:
    """The file's name with its birth, or whose file it is."""
    if not is_shown(file, user):
        return _("a file of %(union)s") % {"union": file.union}
    return f"{file.name} ({file.born[:4]})" if file.born else file.name


def unit_for(file: Honouree, user: Any) -> str:
    """The file's unit, where the user may read it."""
    return file.unit_name if is_shown(file, user) else ""


@dataclass
class Line:
    """A fact of both files: its name in the form ("" offers no choice), label, both values, and which is taken if nothing else is said."""

    name: str
    label: str
    first: str
    second: str
    taken: str
    alike: bool | None = None

    @property
    def differs(self) -> bool:
        """Whether they say different things; of masked values the screen can't tell, and `alike` does."""
        return self.first != self.second if self.alike is None else not self.alike

    @property
    def offers(self) -> bool:
        """Whether there is something to choose."""
        return bool(self.name) and self.differs


class OfPair(Screen):
    """A screen about one pair."""

    @cached_property
    def pair(self) -> Suspicion:
        """The pair, or 404 outside the subtree or once one file is gone."""
        found = suspicions_visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None or found.first is None or found.second is None:
            raise Http404
        return found

    @property
    def files(self) -> tuple[Honouree, Honouree]:
        """Both files."""
        assert self.pair.first and self.pair.second
        return self.pair.first, self.pair.second

    def allowed(self) -> bool:
        """Registry officers who see one of the files."""
        return may_see_duplicates(self.request.user) and bool(self.pair)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The queue."""
        return [(_("Possible duplicates"), reverse("console_duplicates"))]


class PairScreen(OfPair):
    """Two files side by side: one person or two? Per fact the officer says which to keep."""

    template_name = "console/duplicate.html"
    header_icon = "copy"

    def get_page_title(self) -> str:
        """Both names."""
        first, second = (label_for(file, self.request.user) for file in self.files)
        return f"{first} / {second}" if first != second else first

    @cached_property
    def keep(self) -> str:
        """Which file stays: the one asked for, else the one with more honours, the older one among equals."""
        asked = self.request.POST.get("keep", "")
        if asked in SIDES:
            return asked
        first, second = self.files
        return "second" if second.honour_count > first.honour_count else "first"

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Merge, judge, or open again; then the next pair. What is refused is said, and nothing chosen is lost."""
        do = {"merge": self.do_merge, "distinct": self.do_distinct, "reopen": self.do_reopen}.get(
            request.POST.get("do", "")
        )
        if do is None:
            return redirect(pair_url(self.pair))
        if not may_decide(request.user, *self.files):
            raise PermissionDenied
        try:
            address = do()
        except ValidationError as refusal:
            return self.render_to_response(self.get_context_data(refusals=refusal.messages), status=422)
        return redirect(address)

    def do_merge(self) -> str:
        """Merge and show what was done."""
        first, second = self.files
        kept, gone = (first, second) if self.keep == "first" else (second, first)
        sides = {"first": "kept", "second": "gone"} if self.keep == "first" else {"first": "gone", "second": "kept"}
        chosen = {
            name.removeprefix("take-"): sides[side]
            for name, side in self.request.POST.items()
            if name.startswith("take-") and isinstance(side, str) and side in SIDES
        }
        if self.request.POST.get("sure") != "yes":
            raise ValidationError(_("Look at both files, then tick the box if they are to become one."))
        reason = self.request.POST.get("reason", "")
        merge = merge_files(kept, gone, actor=self.request.user, reason=reason, choices=chosen)  # type: ignore[arg-type]
        messages.success(
            self.request, _("The two files are one now. The old address leads to it; the merge can be taken back.")
        )
        return merge_url(merge)

    def do_distinct(self) -> str:
        """Say that they are two."""
        why = self.request.POST.get("why", "")
        actions.judge_distinct(self.pair, actor=self.request.user, why=why)  # type: ignore[arg-type]
        messages.success(self.request, _("Noted: not the same. The pair won't come back."))
        following = decidable(open_suspicions(self.request.user), self.request.user).order_by("-score", "-pk").first()
        return pair_url(following) if following else reverse("console_duplicates")

    def do_reopen(self) -> str:
        """Put it back into the queue."""
        why = self.request.POST.get("why", "")
        actions.reopen(self.pair, actor=self.request.user, why=why)  # type: ignore[arg-type]
        return pair_url(self.pair)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Facts, honours and lists side by side."""
        user, (first, second) = self.request.user, self.files
        may = may_decide(user, first, second)
        return {
            **super().get_context_data(**kwargs),
            "refusals": kwargs.get("refusals", ()),
            "pair": self.pair,
            "sides": [
                (side, file, is_shown(file, user), may_see_file(user, file))
                for side, file in zip(SIDES, self.files, strict=True)
            ],
            "keep": self.keep,
            "reasons": reason_labels(self.pair.reasons),
            "lines": self._lines(),
            "private": self._private() if may else [],
            "honours": self._honours(),
            "lists": self._lists(),
            "may_decide": may,
            "is_open": self.pair.state == SuspicionState.OPEN,
            "who_may": union_over((first, second)),
            "typed": {name: self.request.POST.get(name, "") for name in ("reason", "why")},
        }

    def _taken(self, name: str, default: str) -> str:
        asked = self.request.POST.get(f"take-{name}", "")
        return asked if asked in SIDES else default

    def _suggested(self, name: str) -> str:
        kept, gone = self.files if self.keep == "first" else self.files[::-1]
        return self.keep if suggested(name, kept, gone) == "kept" else next(side for side in SIDES if side != self.keep)

    def _lines(self) -> list[Line]:
        first, second = self.files
        lines = []
        for name in choosable(first.kind):
            field: Any = Honouree._meta.get_field(name)
            here, there = self._value(first, name), self._value(second, name)
            if here or there:
                lines.append(Line(name, str(field.verbose_name), here, there, self._taken(name, self._suggested(name))))
        for name, attribute, label in (("portrait", "portrait", _("Portrait")), ("story", "profile_page", _("Story"))):
            if hasattr(first, attribute) and hasattr(second, attribute):
                lines.append(
                    Line(
                        name,
                        str(label),
                        _("that of the first file"),
                        _("that of the second file"),
                        self._taken(name, self.keep),
                    )
                )
        lines.append(Line("", str(_("file number")), first.code, second.code, ""))
        if first.note or second.note:
            here, there = (file.note if may_see_file(self.request.user, file) else "" for file in self.files)
            lines.append(Line("", str(_("internal note")), here, there, ""))
        return lines

    def _value(self, file: Honouree, name: str) -> str:
        user = self.request.user
        if not may_see_file(user, file) and not (file.is_public and name in PUBLIC_FACTS):
            return str(file.union) if name == "union" else ""
        if name in ("born", "died"):
            return partial_date_label(getattr(file, name))
        shown = getattr(file, f"get_{name}_display", None)
        value = shown() if shown else getattr(file, name)
        return "" if value is None else str(value)

    def _private(self) -> list[Line]:
        """The private facts, masked; nothing when a key is missing."""
        held = {facts.honouree_id: facts for facts in PrivateFacts._base.filter(honouree__in=self.files)}
        try:
            masked = [held[file.pk].masked() if file.pk in held else {} for file in self.files]
        except CannotOpen:
            return []
        lines = []
        for name in PRIVATE_FACTS:
            first, second = (one.get(name, "") for one in masked)
            if first or second:
                default = (
                    self.keep if masked[SIDES.index(self.keep)].get(name) else next(s for s in SIDES if s != self.keep)
                )
                field: Any = PrivateFacts._meta.get_field(name)
                alike = len({held[file.pk].plain(name) if file.pk in held else "" for file in self.files}) == 1
                lines.append(Line(name, str(field.verbose_name), first, second, self._taken(name, default), alike))
        return lines

    def _honours(self) -> list[tuple[str, bool, bool, bool]]:
        """Every honour of the two files: in words, held by the first, by the second, and whether the two become one."""
        found: dict[tuple[Any, ...], list[bool]] = {}
        words: dict[tuple[Any, ...], str] = {}
        for side, file in enumerate(self.files):
            if not is_shown(file, self.request.user):
                continue
            for honour in honours_of(file):
                if honour.is_revoked and not may_see_file(self.request.user, file):
                    continue
                key = (honour.year or 0, honour.title.name)
                said = " · ".join(part for part in (str(honour), honour.document_number, honour.unit_name) if part)
                words[key] = f"{words[key]} / {said}" if key in words and words[key] != said else said
                found.setdefault(key, [False, False])[side] = True
        return [(words[key], one, other, one and other) for key, (one, other) in sorted(found.items(), reverse=True)]

    def _lists(self) -> list[tuple[str, list[str], list[str]]]:
        """What hangs on the files, list by list; only of files of the own subtree."""
        sides = [details(file) if may_see_file(self.request.user, file) else {} for file in self.files]
        labels = (("other_names", _("Other names")), ("posts", _("Posts over time")), ("sources", _("Sources")))
        rows = [(label, *(side.get(name, []) for side in sides)) for name, label in labels]
        for attribute, label in (("portrait", _("Portrait")), ("profile_page", _("Story"))):
            rows.append((label, *([_("there is one")] if hasattr(file, attribute) else [] for file in self.files)))
        return [row for row in rows if row[1] or row[2]]


class ReportForm(forms.Form):
    """The other file, by its number."""

    code = forms.CharField(
        label=gettext_lazy("File number of the other file"), max_length=8,
        help_text=gettext_lazy("It stands on the other file's screen, eight letters and digits."),
    )  # fmt: skip


class Report(OfFile, FormScreen):
    """Say that a file has a double that wasn't found."""

    form_class = ReportForm
    page_title = gettext_lazy("Report a duplicate")
    submit = gettext_lazy("Compare the two files")

    def act(self, clean: dict[str, Any]) -> str:
        """Put the pair into the queue and show it."""
        code = clean["code"].strip().lower()
        other = (
            Honouree.objects.everywhere("looked up by its exact number")
            .filter(code=code)
            .select_related("union")
            .first()
        )
        if other is None:
            raise ValidationError({"code": _("There is no file with this number.")})
        return pair_url(actions.suspect(self.file, other, actor=self.request.user))  # type: ignore[arg-type]


class MergeFilter(forms.Form):
    """Narrow the list of merges."""

    q = forms.CharField(label=gettext_lazy("Name"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"), choices=with_blank(Merge._meta.get_field("state").choices or ()), required=False
    )


class Merges(ListScreen):
    """What was merged in the subtree."""

    page_title = gettext_lazy("Merged files")
    header_icon = "copy"
    export_name = "merges"
    filter_form = MergeFilter
    default_order = ("-pk",)
    columns = (
        Column(gettext_lazy("File that went"), lambda row: row.gone_name, "", merge_url),
        Column(gettext_lazy("File number"), lambda row: row.gone_code, short=True),
        Column(gettext_lazy("File that stays"), lambda row: row.kept.name if row.kept else "—"),
        Column(gettext_lazy("Merged by"), lambda row: row.merged_by),
        Column(
            gettext_lazy("Merged"), lambda row: f"{row.merged_at.astimezone():%Y-%m-%d %H:%M}", "merged_at", short=True
        ),
        Column(gettext_lazy("State"), lambda row: row.get_state_display(), short=True),
        Column(gettext_lazy("Reason"), lambda row: row.reason),
    )
    empty = gettext_lazy("Nothing has been merged yet.")

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The queue, for those who work on it."""
        queue = (_("Possible duplicates"), reverse("console_duplicates"))
        return [queue] if may_see_duplicates(self.request.user) else []

    def rows(self) -> QuerySet[Any]:
        """The subtree's merges."""
        return merges_visible_to(self.request.user)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By name and state."""
        if "q" in chosen:
            rows = rows.filter(Q(gone_name__contains=chosen["q"]) | Q(kept__name__contains=chosen["q"]))
        return rows.filter(state=chosen["state"]) if "state" in chosen else rows


class MergeScreen(FormScreen):
    """One merge: what it did, and the way back."""

    template_name = "console/merged.html"
    form_class = ReasonForm
    danger = True
    header_icon = "copy"
    submit = gettext_lazy("Take the merge back")
    success = gettext_lazy("The merge was taken back. Both files are as they were.")

    @cached_property
    def merge(self) -> Merge:
        """The merge, or 404 outside the subtree."""
        found = merges_visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def allowed(self) -> bool:
        """Whoever may see it; taking it back is asked again."""
        if not may_enter_console(self.request.user) or not self.merge:
            return False
        return self.request.method != "POST" or may_undo_merge(self.request.user, self.merge)

    def get_page_title(self) -> str:
        """Which file went where."""
        return _("%(gone)s, merged into %(kept)s") % {"gone": self.merge.gone_name, "kept": self.merge.kept or "—"}

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """Queue, merges."""
        return [
            (_("Possible duplicates"), reverse("console_duplicates")),
            (_("Merged files"), reverse("console_merges")),
        ]

    def act(self, clean: dict[str, Any]) -> str:
        """Take it back."""
        undo_merge(self.merge, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return merge_url(self.merge)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What moved, what stands against taking it back."""
        merge = self.merge
        may = may_undo_merge(self.request.user, merge)
        return {
            **super().get_context_data(**kwargs),
            "merge": merge,
            "kept_url": file_url(merge.kept) if merge.kept and may_see_file(self.request.user, merge.kept) else "",
            "moved": [(moved_label(label), number) for label, number in merge.summary.items()],
            "may_undo": may,
            "obstacles": obstacles(merge) if may else [],
            "history": history_of(merge.kept)[:10]
            if merge.kept and may_see_file(self.request.user, merge.kept)
            else [],
        }


def moved_label(label: str) -> str:
    """Say a relation's model in words."""
    from django.apps import apps

    app, name, _field = label.split(".")
    model = apps.get_model(app, name)
    return str(model._meta.verbose_name_plural)

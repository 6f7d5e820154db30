"""Lists in: upload, answer, settle, commit, follow, take back."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.filters import UNFINISHED, BatchFilter
from cms.console.forms import ReasonForm, UploadForm
from registry.accounts.rules import SamePerson
from registry.honours.models import HonourTitle
from registry.intake import actions
from registry.intake.corrections import corrections
from registry.intake.enums import BatchState, Choice, RowStatus
from registry.intake.export import template_workbook, xlsx
from registry.intake.models import IntakeBatch
from registry.intake.private import label_of, masked_in
from registry.intake.queries import (
    batches_visible_to,
    progress,
    ready_counts,
    row_json,
    rows_of,
    same_file_before,
    status_counts,
    unfinished,
)
from registry.intake.rules import (
    may_commit,
    may_confirm_batch,
    may_import,
    may_send_back,
    may_undo,
    may_work_on,
)
from registry.intake.states import WORKING
from registry.organisations.rules import may_enter_console
from registry.transitions import WrongState

PAGE = 50


def batch_url(batch: Any) -> str:
    """The address of a batch's screen."""
    return reverse("console_import", args=[batch.pk])


class BatchList(ListScreen):
    """All batches of the subtree."""

    page_title = gettext_lazy("Imports")
    header_icon = "download"
    export_name = "imports"
    columns = (
        Column(gettext_lazy("File"), lambda row: row.filename, "filename", batch_url),
        Column(gettext_lazy("State"), lambda row: row.get_state_display()),
        Column(gettext_lazy("Rows"), lambda row: row.total),
        Column(gettext_lazy("Committed"), lambda row: row.done),
        Column(gettext_lazy("Union"), lambda row: row.union),
        Column(gettext_lazy("Uploaded by"), lambda row: row.uploaded_by),
        Column(
            gettext_lazy("Uploaded"), lambda row: row.uploaded_at.astimezone().strftime("%Y-%m-%d %H:%M"), "uploaded_at"
        ),
    )
    filter_form = BatchFilter
    empty = gettext_lazy("No list has been imported yet. Begin with “Import a list”.")

    def allowed(self) -> bool:
        """Everybody with an appointment."""
        return may_enter_console(self.request.user)

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Registry officers import."""
        if not may_import(self.request.user):
            return []
        return [
            (_("Import a list"), reverse("console_import_add")),
            (_("Download the template"), reverse("console_import_template")),
        ]

    def rows(self) -> QuerySet[Any]:
        """The subtree's batches."""
        return batches_visible_to(self.request.user)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By file, state, and whose it is."""
        if "q" in chosen:
            rows = rows.filter(filename__icontains=chosen["q"])
        if chosen.get("state") == UNFINISHED:
            rows = unfinished(rows)
        elif "state" in chosen:
            rows = rows.filter(state=chosen["state"])
        return rows.filter(uploaded_by=self.request.user) if chosen.get("mine") == "yes" else rows


class BatchAdd(FormScreen):
    """Upload a file or paste a list."""

    form_class = UploadForm
    page_title = gettext_lazy("Import a list")
    submit = gettext_lazy("Read the list")

    def allowed(self) -> bool:
        """Registry officers."""
        return may_import(self.request.user)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Imports"), reverse("console_imports"))]

    def intro(self) -> str:
        """What will happen."""
        return _("The list is read and checked first. Nothing is written to the register until you confirm it.")

    def act(self, clean: dict[str, Any]) -> str:
        """Read and stage."""
        file = clean["file"]
        content: bytes | str = file.read() if file else clean["text"]
        name = file.name if file else ""
        batch = actions.upload(content, name, actor=self.request.user, source=clean["source"])  # type: ignore[arg-type]
        return batch_url(batch)


class Template(Screen):
    """The workbook to fill in."""

    def allowed(self) -> bool:
        """Registry officers."""
        return may_import(self.request.user)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand it out."""
        return workbook(template_workbook(), "template.xlsx")


class AskForm(forms.Form):
    """All open questions of a batch on one form."""

    def __init__(self, *args: Any, asks: list[dict[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, ask in enumerate(asks):
            label = f"{ask['question']}"
            help_text = _("%(rows)d rows wait for this. %(context)s") % {"rows": ask["rows"], "context": ask["context"]}
            if ask["options"]:
                choices = [("", "—"), *((value, text) for value, text in ask["options"])]
                self.fields[f"ask{number}"] = forms.ChoiceField(
                    label=label, choices=choices, required=False, help_text=help_text
                )
            else:
                offered = {"list": "titles"} if ask["key"].partition(":")[0] == "title" else {}
                self.fields[f"ask{number}"] = forms.CharField(
                    label=label,
                    max_length=200,
                    required=False,
                    help_text=help_text,
                    widget=forms.TextInput(attrs=offered),
                )


class OfBatch(Screen):
    """A screen about one batch that the user may see."""

    @cached_property
    def batch(self) -> IntakeBatch:
        """The batch, or 404 outside the subtree."""
        found = batches_visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Imports"), reverse("console_imports"))]

    def allowed(self) -> bool:
        """Whoever may see it."""
        return may_enter_console(self.request.user) and bool(self.batch)


class Batch(OfBatch):
    """One batch: questions, counts, rows, what can be done now."""

    template_name = "console/batch.html"
    header_icon = "download"

    def get_page_title(self) -> str:
        """The file's name."""
        return self.batch.filename

    @cached_property
    def ask_form(self) -> AskForm:
        """The open questions."""
        data = self.request.POST if self.request.POST.get("do") == "answer" else None
        return AskForm(data, asks=self.batch.asks)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Answer, settle, commit or discard; what is refused is said and nothing is lost."""
        if not may_work_on(request.user, self.batch):
            raise PermissionDenied
        wanted = "pick" if "pick" in request.POST else request.POST.get("do", "")
        do = getattr(self, f"do_{wanted}", None)
        if do is None:
            return redirect(batch_url(self.batch))
        try:
            do()
        except (ValidationError, WrongState, SamePerson) as refusal:
            for text in refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]:
                messages.error(request, text)
        here = request.POST.get("here", "")
        return redirect(f"{batch_url(self.batch)}?{here}" if here else batch_url(self.batch))

    def do_answer(self) -> None:
        """Answer the questions."""
        if self.ask_form.is_valid():
            answers = {
                ask["key"]: self.ask_form.cleaned_data[f"ask{number}"] for number, ask in enumerate(self.batch.asks)
            }
            actions.answer(self.batch, answers, actor=self.request.user)  # type: ignore[arg-type]

    def do_settle(self) -> None:
        """Settle the ticked rows, or all doubtful ones."""
        choice = self.request.POST.get("choice", "")
        if choice not in (Choice.MATCH, Choice.NEW, Choice.SKIP):
            raise ValidationError(_("Choose what to do with the rows."))
        ticked = [int(value) for value in self.request.POST.getlist("row") if value.isdigit()]
        if self.request.POST.get("all"):
            ticked = list(rows_of(self.batch).filter(status=RowStatus.DOUBTFUL).values_list("number", flat=True))
        if not ticked:
            raise ValidationError(_("Tick the rows first."))
        actions.settle(self.batch, ticked, choice, actor=self.request.user)  # type: ignore[arg-type]

    def do_pick(self) -> None:
        """Settle one row with the very file that was picked among its proposals."""
        number, _sep, file = self.request.POST.get("pick", "").partition(":")
        row = rows_of(self.batch).filter(number=number).first() if number.isdigit() else None
        proposed = {str(one.get("file") or "") for one in row.matches} if row else set()
        if row is None or not file or file not in proposed:
            raise ValidationError(_("Choose one of the files proposed for the row."))
        actions.settle(self.batch, [row.number], Choice.MATCH, actor=self.request.user, match=int(file))  # type: ignore[arg-type]

    def do_commit(self) -> None:
        """Hand the batch to the worker."""
        actions.commit(self.batch, actor=self.request.user)  # type: ignore[arg-type]

    def do_confirm(self) -> None:
        """Confirm a list with private facts as the second person."""
        actions.confirm(self.batch, actor=self.request.user)  # type: ignore[arg-type]

    def do_send_back(self) -> None:
        """Give a waiting list back to be worked on."""
        actions.send_back(self.batch, actor=self.request.user, reason=self.request.POST.get("reason", "")[:300])  # type: ignore[arg-type]
        messages.success(self.request, _("The list was sent back."))

    def do_discard(self) -> None:
        """Give the batch up."""
        actions.discard(self.batch, actor=self.request.user)  # type: ignore[arg-type]
        messages.success(self.request, _("The list was discarded. Nothing was written."))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Counts, the chosen rows, what is possible."""
        batch, user = self.batch, self.request.user
        counts = status_counts(batch)
        status = self.request.GET.get("status", "")
        if status not in RowStatus.values:
            status = RowStatus.DOUBTFUL if counts[RowStatus.DOUBTFUL] else ""
            status = "" if self.request.GET.get("status") == "all" else status
        rows = rows_of(batch).filter(status=status) if status else rows_of(batch)
        page = Paginator(rows, PAGE).get_page(self.request.GET.get("p"))
        for row in page:
            row.masked = [(label_of(name), text) for name, text in masked_in(row).items()]  # type: ignore[attr-defined]  # for the template
        ready = ready_counts(batch)
        return {
            **super().get_context_data(**kwargs),
            "batch": batch,
            "ask_form": self.ask_form,
            "tabs": [(RowStatus(one), number, one == status) for one, number in counts.items()],
            "status": status,
            "can_settle": status == RowStatus.DOUBTFUL and not batch.asks and may_commit(user, batch),
            "titles": HonourTitle.objects.values_list("name", flat=True) if batch.asks else (),
            "page_obj": page,
            "query": f"status={status or 'all'}",
            "working": batch.state in WORKING,
            "waits": batch.state == BatchState.WAITING,
            "may_confirm": may_confirm_batch(user, batch),
            "may_send_back": may_send_back(user, batch),
            "bad": rows.model._base.filter(batch=batch, status=RowStatus.REFUSED, committed=False)
            .exclude(choice=Choice.SKIP)
            .count(),
            "is_open": batch.state in (BatchState.ASKING, BatchState.CHECKING),
            "progress": progress(batch),
            "ready": ready,
            "ready_number": sum(ready.values()),
            "doubtful": counts[RowStatus.DOUBTFUL],
            "before": same_file_before(batch, user),
            "may_commit": may_commit(user, batch),
            "may_undo": may_undo(user, batch),
            "steps": self._steps(),
        }

    def _steps(self) -> list[tuple[str, str]]:
        names = [_("Upload"), _("Questions"), _("Check"), _("Commit"), _("Done")]
        at = {
            BatchState.ASKING: 1, BatchState.CHECKING: 2, BatchState.WAITING: 3,
            BatchState.COMMITTING: 3, BatchState.COMMITTED: 4, BatchState.UNDOING: 4,
            BatchState.UNDONE: 4,
        }.get(BatchState(self.batch.state), 0)  # fmt: skip
        return [
            (name, "done" if number < at else "current" if number == at else "") for number, name in enumerate(names)
        ]


class BatchReport(OfBatch):
    """Every row with its result and messages, as a workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand it out."""
        names = (
            "row",
            "status",
            "name",
            "kind",
            "sex",
            "ethnicity",
            "unit",
            "position",
            "title",
            "level",
            "region",
            "year",
            "messages",
        )
        headings = [
            _("Row"), _("Result"), _("Name"), _("Kind"), _("Sex"), _("Ethnicity"), _("Unit"), _("Post"), _("Award title"), _("Level"),
            _("Region"), _("Year"), _("Messages"),
        ]  # fmt: skip
        lines = []
        for row in rows_of(self.batch).iterator(chunk_size=1000):
            facts = {
                **row_json(row),
                "status": row.get_status_display(),
                "messages": " ".join(m["text"] for m in row.messages),
            }
            lines.append([facts[name] for name in names])
        return workbook(xlsx(headings, lines), f"import-{self.batch.pk}.xlsx")


class BatchCorrections(OfBatch):
    """The rows that can't go on, to correct and upload again."""

    def allowed(self) -> bool:
        """Registry officers of the batch's union."""
        return may_enter_console(self.request.user) and may_work_on(self.request.user, self.batch)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Hand it out."""
        try:
            content = corrections(self.batch, actor=request.user)  # type: ignore[arg-type]
        except ValidationError as refusal:
            messages.error(request, refusal.messages[0])
            return redirect(batch_url(self.batch))
        answer = workbook(content, f"import-{self.batch.pk}-corrections.xlsx")
        answer["Cache-Control"] = "no-store"
        return answer


class BatchUndo(OfBatch, FormScreen):
    """Take the whole batch back."""

    form_class = ReasonForm
    danger = True
    page_title = gettext_lazy("Take the whole batch back")
    submit = gettext_lazy("Take the batch back")

    def allowed(self) -> bool:
        """Registry officers of the batch's union, once it is committed."""
        return may_enter_console(self.request.user) and may_undo(self.request.user, self.batch)

    def intro(self) -> str:
        """What will happen."""
        return _(
            "Files and honours that this list brought go, and what it changed is set back. It is refused if later work depends on it."
        )

    def act(self, clean: dict[str, Any]) -> str:
        """Take back."""
        actions.undo(self.batch, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return batch_url(self.batch)


def workbook(content: bytes, name: str) -> HttpResponse:
    """Answer with a workbook."""
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})

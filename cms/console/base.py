"""What every screen of the console shares: who may enter, the list with filters and export, the form that calls an action."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from cms.console.turning import CAP, CAP_FILTERED, list_page
from cms.forms import show_refusal
from registry.intake.export import csv_lines, xlsx

WORKBOOK_ROWS = 50_000
# What an address says of the place in a list; `p` is the page number of older addresses.
PLACE = ("cursor", "p")


def plain_blanks(form: forms.Form) -> forms.Form:
    """Show an empty choice as a dash, as everywhere in the console."""
    for field in form.fields.values():
        if isinstance(field, forms.ModelChoiceField) and field.empty_label is not None:
            field.empty_label = "—"
    return form


def in_language(language: str | None, lines: Iterable[str]) -> Iterator[str]:
    """Write the lines of a streamed answer in the request's language: it is written after the middleware has gone."""
    given = iter(lines)
    while True:
        with override(language):
            line = next(given, None)
        if line is None:
            return
        yield line


@dataclass(frozen=True)
class Column:
    """A column of a list: heading, value of a row, ordering offered (empty: none), link, and whether it keeps to one line."""

    label: Any
    value: Callable[[Any], Any]
    order: str = ""
    link: Callable[[Any], str] | None = None
    short: bool = False


class Screen(WagtailAdminTemplateMixin, TemplateView):
    """A screen. `allowed(user)` decides who may enter; the template gets `title`, `crumbs` and what `context` adds."""

    page_title: Any = ""
    header_icon = "form"
    crumbs: Sequence[tuple[Any, str]] = ()

    def allowed(self) -> bool:
        """Whether the signed-in user may enter; each screen says."""
        raise NotImplementedError

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Refuse before anything is read or done."""
        if not self.allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self) -> str:
        """The heading."""
        return str(self.page_title)

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """The way back."""
        here = {"url": "", "label": self.get_page_title()}
        return [
            *super().get_breadcrumbs_items(),
            *({"url": url, "label": str(label)} for label, url in self.crumbs),
            here,
        ]


class ListScreen(Screen):
    """A list. Subclasses give `rows()`, `columns`, a filter form, and orderings."""

    template_name = "console/list.html"
    filter_form: type[forms.Form] | None = None
    columns: Sequence[Column] = ()
    default_order: ClassVar[tuple[str, ...]] = ("-pk",)
    page_size = 50
    export_name = "list"
    orders: Sequence[tuple[str, Any]] = ()
    actions: Sequence[tuple[Any, str]] = ()
    empty: Any = ""

    def rows(self) -> QuerySet[Any]:
        """Everything the user may see, before filters."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """Apply the filter form's clean values."""
        return rows

    @cached_property
    def filters(self) -> forms.Form | None:
        """The bound filter form."""
        return (
            plain_blanks(self.filter_form(self.request.GET or None, **self.filter_arguments()))
            if self.filter_form
            else None
        )

    def may_follow(self) -> bool:
        """Whether the rows' links lead somewhere for this user."""
        return True

    def filter_arguments(self) -> dict[str, Any]:
        """What the filter form's constructor needs besides."""
        return {}

    def found(self) -> QuerySet[Any]:
        """The filtered, ordered rows."""
        rows = self.rows()
        if self.filters is not None and self.filters.is_bound:
            if not self.filters.is_valid():
                # Showing everything would look like an answer to what was asked.
                return rows.none()
            chosen = {key: value for key, value in self.filters.cleaned_data.items() if value not in ("", None)}
            rows = self.narrow(rows, chosen)
        return rows.order_by(*self.ordering())

    def ordering(self) -> tuple[str, ...]:
        """The order asked for, if it is offered, else the list's own; it ends in a unique field."""
        wanted = self.request.GET.get("order", "")
        allowed = {column.order for column in self.columns if column.order}
        allowed |= {order.removeprefix("-") for order, _label in self.orders}
        if wanted.removeprefix("-") not in allowed:
            return self.default_order
        # Ties run the same way, so that one index serves both fields.
        return (wanted, "-pk" if wanted.startswith("-") else "pk")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the list, or hand it out as CSV or XLSX; with a filter that can't be read, say so instead of handing out too much."""
        kind = request.GET.get("export", "")
        readable = self.filters is None or not self.filters.is_bound or self.filters.is_valid()
        if kind not in ("csv", "xlsx") or not readable:
            return super().get(request, *args, **kwargs)
        if kind == "xlsx" and self.found().order_by()[: WORKBOOK_ROWS + 1].count() > WORKBOOK_ROWS:
            text = _("A workbook holds %(number)d rows here. Narrow the list with the filters, or take the CSV file.")
            messages.error(request, text % {"number": WORKBOOK_ROWS})
            return super().get(request, *args, **kwargs)
        return self.export(kind)

    def export_columns(self) -> list[tuple[str, Callable[[Any], Any]]]:
        """Headings and values of the exported list: those of the screen, unless a list says more."""
        return [(str(column.label), column.value) for column in self.columns]

    def export(self, kind: str) -> HttpResponse:
        """The whole filtered list as a file; formula characters are neutralised."""
        columns = self.export_columns()
        headings = [heading for heading, _value in columns]
        lines = ([value(row) for _heading, value in columns] for row in self.found().iterator(chunk_size=2000))
        name = f"{self.export_name}-{timezone.localdate():%Y%m%d}.{kind}"
        response: HttpResponse
        if kind == "csv":
            language = get_language()
            response = StreamingHttpResponse(  # type: ignore[assignment]  # both are what a view returns
                in_language(language, csv_lines(headings, lines)), content_type="text/csv; charset=utf-8"
            )
        else:
            sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
            response = HttpResponse(xlsx(headings, lines), content_type=sheet)
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Rows as cells, so that the template knows nothing of models."""
        follow = self.may_follow()
        filtered = bool(self._query(without=(*PLACE, "order", "export")))
        page = list_page(
            self.found(),
            self.ordering(),
            cursor=self.request.GET.get("cursor", ""),
            size=self.page_size,
            cap=CAP_FILTERED if filtered else CAP,
        )
        return {
            **super().get_context_data(**kwargs),
            "filters": self.filters,
            "headings": [self._heading(column) for column in self.columns],
            "lines": [
                [
                    (column.value(row), column.link(row) if column.link and follow else "", column.short)
                    for column in self.columns
                ]
                for row in page.rows
            ],
            "page": page,
            "first_url": f"?{self._query(without=PLACE)}",
            "previous_url": f"?{self._query(without=PLACE, cursor=page.previous)}" if page.previous else "",
            "next_url": f"?{self._query(without=PLACE, cursor=page.next)}" if page.next else "",
            "export_query": self._query(without=(*PLACE, "export")),
            "orders": self._orders(),
            "actions": self.actions,
            "empty": self.empty or _("Nothing here yet."),
            "filtered": filtered,
        }

    def _orders(self) -> list[tuple[Any, str, bool]]:
        now = self.request.GET.get("order", "") or self.default_order[0]
        return [
            (label, f"?{self._query(without=(*PLACE, 'order'), order=order)}", order == now)
            for order, label in self.orders
        ]

    def _heading(self, column: Column) -> dict[str, Any]:
        now = self.request.GET.get("order", "")
        turned = f"-{column.order}" if now == column.order else column.order
        return {
            "label": column.label,
            "url": f"?{self._query(without=(*PLACE, 'order'), order=turned)}" if column.order else "",
            "sorted": "ascending" if now == column.order else "descending" if now == f"-{column.order}" else "",
        }

    def _query(self, *, without: Iterable[str], **extra: str) -> str:
        query = self.request.GET.copy()
        for name in without:
            query.pop(name, None)
        for name, value in extra.items():
            query[name] = value
        return query.urlencode()


class FormScreen(Screen):
    """A form whose valid content is handed to an action; what the action refuses is shown at the form, and nothing typed is lost."""

    template_name = "console/form.html"
    form_class: type[forms.Form] = forms.Form
    submit: Any = ""
    danger = False
    success: Any = ""

    def arguments(self) -> dict[str, Any]:
        """What the form's constructor needs besides data and files."""
        return {}

    def intro(self) -> str:
        """What will happen, said above the form."""
        return ""

    def act(self, clean: dict[str, Any]) -> str:
        """Do it and return the address to go to."""
        raise NotImplementedError

    def form(self) -> forms.Form:
        """The form, bound on POST."""
        if self.request.method == "POST":
            return plain_blanks(self.form_class(self.request.POST, self.request.FILES, **self.arguments()))
        return plain_blanks(self.form_class(**self.arguments()))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Check, act, go on."""
        form = self.form()
        if form.is_valid():
            try:
                address = self.act(form.cleaned_data)
            except ValidationError as refusal:
                self.refused(form, refusal)
            else:
                if self.success:
                    messages.success(request, str(self.success))
                return redirect(address)
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def refused(self, form: forms.Form, refusal: ValidationError) -> None:
        """Show an action's refusal at the fields it is about."""
        show_refusal(form, refusal)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Form, button and introduction."""
        kwargs.setdefault("form", None)
        context = super().get_context_data(**kwargs)
        form = context["form"] = context["form"] or self.form()
        return {
            **context,
            "groups": grouped(form),
            "cancel_url": self.crumbs[-1][1] if self.crumbs else "",
            "submit": self.submit or _("Save"),
            "danger": self.danger,
            "intro": self.intro(),
        }


def grouped(form: forms.Form) -> list[tuple[Any, list[forms.BoundField]]]:
    """Return the form's visible fields under the legends of its `GROUPS`, what belongs to none at the end; empty for a short form."""
    groups: Sequence[tuple[Any, Sequence[str]]] = getattr(form, "GROUPS", ())
    if not groups:
        return []
    left = {field.name: field for field in form.visible_fields()}
    found = [(legend, [left.pop(name) for name in names if name in left]) for legend, names in groups]
    return [(legend, fields) for legend, fields in [*found, (_("For the record"), list(left.values()))] if fields]

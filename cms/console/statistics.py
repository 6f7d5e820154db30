"""Statistics of files and honours in the own subtree: a table of two facts, charts, any past day; every number opens its rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Screen, plain_blanks
from cms.console.charts import lying, standing
from registry.intake.export import csv_lines, xlsx
from registry.organisations.models import UnionNode
from registry.organisations.queries import nodes_visible_to
from registry.statistics.axes import DIMENSION, OUTSIDE, Axis, Line
from registry.statistics.dimensions import Dimension, Life
from registry.statistics.queries import Counted, Figure, Table, cross, known, scope_of, totals
from registry.statistics.rules import may_read_statistics

LISTS = {
    Counted.PEOPLE: "console_people",
    Counted.COLLECTIVES: "console_collectives",
    Counted.HONOURS: "console_honours",
}
FIRST = {"of": Counted.PEOPLE.value, "rows": Axis.LEVEL.value, "columns": Axis.LIFE.value}
EARLIEST = date(1900, 1, 1)
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class StatisticsForm(forms.Form):
    """What is counted, by what, where and when."""

    of = forms.ChoiceField(label=gettext_lazy("Count"), choices=Counted.choices)
    rows = forms.ChoiceField(label=gettext_lazy("By"), choices=Axis.choices)
    columns = forms.ChoiceField(label=gettext_lazy("And by"), choices=Axis.choices)
    union = forms.ModelChoiceField(
        UnionNode.objects.none(), label=gettext_lazy("Union, with all below it"), required=False
    )
    day = forms.DateField(
        label=gettext_lazy("As of (empty: now)"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["union"].queryset = nodes_visible_to(user).order_by("path")  # type: ignore[attr-defined]

    def clean_day(self) -> date | None:
        """A day that has been."""
        day: date | None = self.cleaned_data["day"]
        if day and not EARLIEST <= day <= timezone.localdate():
            raise ValidationError(_("Choose a day between 1900 and today."))
        return day

    def clean(self) -> dict[str, Any]:
        """Two different facts."""
        clean = super().clean() or {}
        chosen = [DIMENSION[Axis(clean[name])] for name in ("rows", "columns") if name in clean]
        if len(chosen) == 2 and chosen[0] == chosen[1]:
            self.add_error("columns", _("Choose another fact than for the rows."))
        return clean


def behind(figure: Figure) -> str:
    """Return the address of the list that shows the rows of a figure."""
    return f"{reverse(LISTS[figure.of])}?{urlencode({'figure': figure.encode()})}"


class Statistics(Screen):
    """The screen, and its table as a file."""

    template_name = "console/statistics.html"
    page_title = gettext_lazy("Statistics")
    header_icon = "table"

    def allowed(self) -> bool:
        """Everybody with an appointment, about the own subtree."""
        return may_read_statistics(self.request.user)

    @cached_property
    def form(self) -> StatisticsForm:
        """The bound form; what the address doesn't say is as at first."""
        asked = {**FIRST, **{name: value for name, value in self.request.GET.items() if value}}
        form = StatisticsForm(asked, user=self.request.user)
        plain_blanks(form)
        return form

    @cached_property
    def chosen(self) -> dict[str, Any]:
        """The form's values; those of the first view where it isn't valid."""
        return self.form.cleaned_data if self.form.is_valid() else {**FIRST, "union": None, "day": None}

    def count(self, of: Counted, rows: Axis, columns: Axis) -> Table:
        """Count for the chosen place and day."""
        return cross(self.request.user, of, rows, columns, node=self.chosen["union"], day=self.chosen["day"])

    @cached_property
    def table(self) -> Table:
        """The table that was asked for."""
        return self.count(Counted(self.chosen["of"]), Axis(self.chosen["rows"]), Axis(self.chosen["columns"]))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the screen, or hand out the table as CSV or XLSX."""
        kind = request.GET.get("export", "")
        if kind not in ("csv", "xlsx") or not self.form.is_valid():
            return super().get(request, *args, **kwargs)
        headings, lines = self._sheet()
        if kind == "csv":
            response = HttpResponse("".join(csv_lines(headings, lines)), content_type="text/csv; charset=utf-8")
        else:
            response = HttpResponse(xlsx(headings, lines), content_type=SHEET)
        day = self.chosen["day"] or timezone.localdate()
        response["Content-Disposition"] = f'attachment; filename="statistics-{day:%Y%m%d}.{kind}"'
        return response

    def _sheet(self) -> tuple[list[str], Iterator[list[Any]]]:
        table = self.table
        headings = [self.caption, _("Total"), *(column.label for column in table.columns)]

        def lines() -> Iterator[list[Any]]:
            for row in table.rows:
                numbers = [table.numbers.get((row.key, column.key), 0) for column in table.columns]
                yield [row.label, table.row_totals.get(row.key, 0), *numbers]
            totals = [table.column_totals.get(column.key, 0) for column in table.columns]
            yield [_("Total"), table.total, *totals]

        return headings, lines()

    @property
    def place(self) -> str:
        """The names of the unions whose subtrees are counted."""
        return ", ".join(node.name for node in scope_of(self.request.user, self.chosen["union"]).nodes)

    @property
    def when(self) -> str:
        """The day, in words."""
        day = self.chosen["day"]
        return _("as of %(day)s") % {"day": date_format(day, "DATE_FORMAT")} if day else _("now")

    @cached_property
    def caption(self) -> str:
        """What the table shows."""
        return _("%(of)s by %(rows)s and %(columns)s, %(place)s, %(when)s") % {
            "of": Counted(self.chosen["of"]).label,
            "rows": Axis(self.chosen["rows"]).label,
            "columns": Axis(self.chosen["columns"]).label,
            "place": self.place,
            "when": self.when,
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The table with its links, tiles and charts."""
        table, (counted_at, waiting) = self.table, known(self.request.user)
        decades = self.count(Counted.HONOURS, Axis.DECADE, Axis.LEVEL)
        by = {"of": Counted(self.chosen["of"]).label, "rows": Axis(self.chosen["rows"]).label}
        query = self.request.GET.copy()
        query.pop("export", None)
        return {
            **super().get_context_data(**kwargs),
            "form": self.form,
            "tiles": self._tiles(),
            "table": table,
            "columns": table.columns,
            "lines": [self._line(row) for row in table.rows],
            "totals": [self._cell(table.column_totals.get(column.key, 0), None, column) for column in table.columns],
            "total": self._cell(table.total, None, None),
            "charts": [
                chart
                for chart in (
                    lying("rows", _("%(of)s by %(rows)s") % by, table),
                    standing("decades", _("honours by decade"), decades),
                )
                if chart.bars
            ],
            "decades": [
                (line.label, f"{decades.row_totals[line.key]:,}", behind(decades.behind(line)))
                for line in decades.rows
                if decades.row_totals.get(line.key)
            ],
            "place": self.place,
            "when": self.when,
            "past": self.chosen["day"] is not None and self.chosen["day"] < timezone.localdate(),
            "caption": self.caption,
            "counted_at": counted_at,
            "waiting": waiting,
            "export_query": query.urlencode(),
        }

    def _tiles(self) -> list[tuple[str, str, str]]:
        found = totals(self.request.user, node=self.chosen["union"], day=self.chosen["day"])
        place = self.table.figure
        people = Figure(Counted.PEOPLE, node=place.node, day=place.day)
        dead = replace(people, ranges=((Dimension.LIFE.value, Life.DECEASED.value, Life.DECEASED.value),))
        tiles = (
            (_("people"), found.people, people),
            (_("of them deceased"), found.deceased, dead),
            (_("collectives"), found.collectives, replace(people, of=Counted.COLLECTIVES)),
            (_("honours in force"), found.honours, replace(people, of=Counted.HONOURS)),
        )
        return [(label, f"{number:,}", behind(figure) if number else "") for label, number, figure in tiles]

    def _line(self, row: Line) -> dict[str, Any]:
        table = self.table
        return {
            "label": row.label,
            "cells": [self._cell(table.numbers.get((row.key, column.key), 0), row, column) for column in table.columns],
            "total": self._cell(table.row_totals.get(row.key, 0), row, None),
        }

    @cached_property
    def _links(self) -> tuple[str, dict[tuple[bool, int], str]]:
        """The address of all rows, and what each line and each column adds to it: a big table has thousands of links."""
        table = self.table
        whole = behind(table.figure)
        sides = [(True, row, table.behind(row)) for row in table.rows]
        sides += [(False, column, table.behind(None, column)) for column in table.columns]
        return whole, {(is_row, line.key): behind(figure).removeprefix(whole) for is_row, line, figure in sides}

    def _cell(self, number: int, row: Line | None, column: Line | None) -> tuple[str, str]:
        # Of several subtrees together "elsewhere" can't be said in an address.
        elsewhere = not self.table.figure.node and any(line and line.key == OUTSIDE for line in (row, column))
        if not number or elsewhere:
            return f"{number:,}", ""
        whole, added = self._links
        return f"{number:,}", "".join((
            whole, added[True, row.key] if row else "", added[False, column.key] if column else "",
        ))  # fmt: skip

"""What lines above rows say about the rows below them: the state that a walk down a sheet or a text carries."""

import re
from dataclasses import dataclass, replace

from registry.intake.reading.titles import Line, expand, is_partial, kind_of, level_of, read_line


@dataclass(frozen=True)
class Context:
    """The award, year and place that hold at one row.

    `document` are the titles named by the heading of the whole list, `base` what stands before them. `date_year` is
    the year of a mere date line, `unit` the organisation that a line named for the people below it. `lines` are where the facts came from, newest last.
    """

    title: str = ""
    document: tuple[str, ...] = ()
    base: str = ""
    year: int | None = None
    date_year: int | None = None
    region: str = ""
    document_region: str = ""
    kind: str = ""
    unit: str = ""
    lines: tuple[str, ...] = ()

    def after(self, text: str, line: Line) -> "Context":
        """Return the state below one more line."""
        kept = "" if line.titles or line.region or line.group else self.unit
        new = replace(self, unit=kept, lines=(*self.lines[-5:], text.strip()[:80]))
        return new._below_section(line) if line.section else new._below_title(line)

    def _below_title(self, line: Line) -> "Context":
        if not line.titles:
            if not line.region:
                return (
                    replace(self, date_year=line.year or self.date_year)
                    if self._is_date()
                    else replace(self, year=line.year or self.year)
                )
            return replace(self, year=line.year or self.year, region="", document_region=line.region)
        single = line.title if line.title and not is_partial(line.title) else ""
        if single and self.document and not level_of(single):
            single = expand(single, self.document, self.base)
        return replace(
            self,
            title=single,
            document=line.titles,
            base=line.base if level_of(line.base + "劳动模范") or not self.base else self.base,
            year=line.year or self.year,
            region="",
            document_region=line.region or self.document_region,
            kind=line.kind,
        )

    def _is_date(self) -> bool:
        """Say whether the newest line is a date to the day: when it was signed, not the year of the honours."""
        return bool(self.lines) and bool(re.search(r"日|\d[./-]\d{1,2}[./-]\d", self.lines[-1]))

    def _below_section(self, line: Line) -> "Context":
        if line.titles:
            title = expand(line.title, self.document, self.base) if line.title else ""
            if is_partial(title):
                title = ""
            return replace(
                self,
                title=title,
                year=line.year or self.year,
                region=line.region if line.region != self.document_region else "",
                kind=line.kind,
            )
        if line.region:
            return replace(self, region=line.region)
        if line.group:
            return replace(self, region="")
        return replace(self, kind=line.kind, title=self._title_of(line.kind), region="")

    def _title_of(self, kind: str) -> str:
        """Return the one title of the document that is for this kind, else what held before."""
        fitting = [title for title in self.document if kind_of(title) == kind and not is_partial(title)]
        return fitting[0] if len(fitting) == 1 else ""


def context_of_name(name: str) -> Context:
    """Return what the name of a sheet says: 全国五一劳动奖章, 2020年, 银川市."""
    line = read_line(name) if len(name) > 1 else None
    found = Context().after(name, line) if line and not line.group else Context()
    return replace(found, document_region=found.region or found.document_region)

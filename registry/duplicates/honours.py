"""Honours in a merge: they move; the same title of the same year collapses into one that keeps what both papers say."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registry.duplicates.freezing import freeze
from registry.duplicates.ways import Case, Held, Way, clash, drop, label_of, relations_to, repoint, rows_of, rows_of_any
from registry.honours.actions import FACTS
from registry.honours.models import Conferral

JOINED = ("document_number", "certificate_number", "source")
NOTED = ("unit_name", "position", "conferred_by", "granted_on")


class Honours(Way):
    """Move or collapse."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move each honour; a twin takes over what it lacks, and what hangs on the one that goes."""
        held: Held = {"moved": [], "dropped": [], "changed": {}, "handed": []}
        twins = {(one.title_id, one.year): one for one in rows_of(relation, case.kept)}
        for mine in rows_of(relation, case.gone):
            twin = twins.get((mine.title_id, mine.year))
            if twin is None:
                if not repoint(relation, mine, case.kept):
                    raise ValidationError(clash(mine))
                held["moved"].append(mine.pk)
                continue
            self._collapse(mine, twin, held)
        return {name: value for name, value in held.items() if value}

    @staticmethod
    def _collapse(mine: Conferral, twin: Conferral, held: Held) -> None:
        handed = [(link, row) for link in relations_to(Conferral) for row in rows_of_any(link, mine)]
        for link, row in handed:
            if not repoint(link, row, twin):
                raise ValidationError(clash(row))
            held["handed"].append([label_of(link), str(row.pk), mine.pk, twin.pk])
        before = freeze(twin)
        combine(twin, mine)
        twin.is_revoked = twin.is_revoked or (mine.is_revoked and bool(handed))
        twin.save()
        after = freeze(twin)
        differing = [name for name in before if before[name] != after[name]]
        if differing:
            first = held["changed"].get(str(twin.pk), {"before": {name: before[name] for name in differing}})["before"]
            held["changed"][str(twin.pk)] = {
                "before": {**{name: before[name] for name in differing}, **first},
                "after": {name: after[name] for name in {*differing, *first}},
            }
        held["dropped"].append(freeze(mine))
        drop(mine)

    def obstacles(self, case: Case, relation: Any, held: Held) -> Iterator[str]:
        """Honours that were removed, corrected or revoked since."""
        yield from super().obstacles(case, relation, held)
        for key, change in held.get("changed", {}).items():
            now = Conferral._base.filter(pk=int(key), honouree=case.kept).first()
            if now is None or any(freeze(now)[name] != value for name, value in change["after"].items()):
                yield _("The honour “%(honour)s” was changed or removed since the merge.") % {"honour": now or key}
        for label, key, _mine, twin in held.get("handed", []):
            link = _links()[label]
            if not link.related_model._base_manager.filter(pk=key, **{link.field.name: twin}).exists():
                yield _("%(kind)s that came from the other file was changed or removed since.") % {
                    "kind": link.related_model._meta.verbose_name
                }

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """Part them again."""
        for key, change in held.get("changed", {}).items():
            fields = {field.attname: field for field in Conferral._meta.concrete_fields}
            values = {name: fields[name].to_python(value) for name, value in change["before"].items()}
            Conferral._base.filter(pk=int(key)).update(**values)
        super().undo(case, relation, held)
        for label, key, mine, _twin in held.get("handed", []):
            link = _links()[label]
            link.related_model._base_manager.filter(pk=key).update(**{link.field.name: mine})


def combine(twin: Conferral, mine: Conferral) -> None:
    """Let one honour say what both said: blanks are filled, papers and sources named one after the other, differences noted."""
    notes = [twin.note] if twin.note else []
    for name in FACTS:
        if name in ("title", "year", "year_inferred", "note"):
            continue
        column: Any = Conferral._meta.get_field(name)
        here, there = getattr(twin, column.attname), getattr(mine, column.attname)
        if there in ("", None) or there == here:
            continue
        joined = f"{here}; {there}"
        if here in ("", None):
            setattr(twin, column.attname, there)
        elif name in JOINED and there not in here.split("; ") and len(joined) <= column.max_length:
            setattr(twin, column.attname, joined)
        elif name in NOTED or (name in JOINED and there not in here):
            notes.append(f"{column.verbose_name}: {there}")
    twin.year_inferred = twin.year_inferred and mine.year_inferred
    if mine.note and mine.note not in notes:
        notes.append(mine.note)
    twin.note = "\n".join(notes)


def _links() -> dict[str, Any]:
    return {label_of(link): link for link in relations_to(Conferral)}

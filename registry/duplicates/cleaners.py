"""What each kind of cleaning proposes, writes and takes back, row by row. Raw material of `registry.duplicates.cleaning`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from registry.audit.actions import Act
from registry.duplicates.enums import CleaningKind
from registry.duplicates.gathering import parts
from registry.duplicates.models import CleaningRow, CleaningRun
from registry.duplicates.queries import union_over
from registry.honours.models import Conferral, HonourTitle
from registry.organisations.models import UnionNode, Unit, UnitName
from registry.people.models import Honouree, Post
from registry.text.likeness import CONTAINED, unit_core
from registry.text.normalise import fold

SHOWN = 5
LONGEST = 200


class Stale(Exception):
    """What a row would change isn't any more as it was when it was proposed."""


def files_of(union: UnionNode) -> Any:
    """Return the files that the union and those below it keep."""
    return Honouree._base.filter(union__path__startswith=union.path)


def titles_in_use(union: UnionNode, since: int, until: int) -> list[tuple[HonourTitle, int]]:
    """Return the award titles that honours of these years bear, with how many, historic ones and those with a successor first."""
    held = Conferral._base.filter(honouree__union__path__startswith=union.path, year__range=(since, until))
    numbers = dict(held.order_by().values_list("title").annotate(Count("pk")))
    titles = HonourTitle.objects.filter(pk__in=numbers).select_related("successor")
    ordered = sorted(
        titles, key=lambda title: (not (title.successor_id or title.is_historic), -numbers[title.pk], title.name)
    )
    return [(title, numbers[title.pk]) for title in ordered]


class Cleaner:
    """One kind of cleaning."""

    def __init__(self, run: CleaningRun) -> None:
        self.run = run

    def propose(self) -> Iterator[CleaningRow]:
        """Yield unsaved rows, without their numbers."""
        raise NotImplementedError

    def apply(self, row: CleaningRow) -> list[Act]:
        """Write one row, fill `row.written`, and say what was done; raises `Stale`."""
        raise NotImplementedError

    def obstacle(self, row: CleaningRow) -> str:
        """Say what later depends on an applied row, "" for nothing."""
        raise NotImplementedError

    def undo(self, row: CleaningRow) -> list[Act]:
        """Take one row back and say what was done."""
        raise NotImplementedError

    def files(self, row: CleaningRow) -> set[int]:
        """Name the files whose public facts a row changes."""
        return {row.file_key} if row.file_key else set()

    @property
    def reason(self) -> str:
        """What the trail says why."""
        words = {"run": str(self.run), "reason": self.run.reason}
        return _("%(run)s: %(reason)s") % words if self.run.reason else str(self.run)


class TitleCleaner(Cleaner):
    """Honours under a title of former years come under today's; the title as it was conferred stays in the honour's note."""

    def propose(self) -> Iterator[CleaningRow]:
        """Each honour of the years with a mapped title."""
        options = self.run.options
        mapping = {int(old): int(new) for old, new in options["mapping"].items()}
        titles = HonourTitle.objects.in_bulk({*mapping, *mapping.values()})
        held = Conferral._base.filter(
            honouree__union__path__startswith=self.run.union.path, title__in=mapping,
            year__range=(options["since"], options["until"]),
        ).select_related("honouree").order_by("title", "year", "honouree__pinyin_key", "pk")  # fmt: skip
        taken = self._taken(mapping)
        for conferral in held.iterator(chunk_size=1000):
            title = titles[mapping[conferral.title_id]]
            holder, remark = conferral.honouree, ""
            if not (title.for_individuals if holder.is_person else title.for_collectives):
                remark = _("This title isn't given to this kind of holder.")
            elif (holder.pk, title.pk, conferral.year) in taken:
                remark = _("The holder has today's title for this year already.")
            taken.add((holder.pk, title.pk, conferral.year))
            yield CleaningRow(
                subject=f"{holder.name} {conferral.year}", target=conferral.pk, file_key=holder.pk,
                before=titles[conferral.title_id].name, after=title.name, plan={"title": title.pk, "was": conferral.title_id},
                remark=remark, possible=not remark, chosen=not remark,
            )  # fmt: skip

    def _taken(self, mapping: dict[int, int]) -> set[tuple[int, int, int | None]]:
        held = Conferral._base.filter(honouree__union__path__startswith=self.run.union.path, title__in=mapping.values())
        return set(held.values_list("honouree", "title", "year"))

    def apply(self, row: CleaningRow) -> list[Act]:
        """Change the title, keep the old one in the note."""
        conferral = (
            Conferral._base.select_for_update(of=("self",))
            .select_related("title", "honouree__union")
            .filter(pk=row.key)
            .first()
        )
        if conferral is None or conferral.title_id != row.plan["was"]:
            raise Stale
        if Conferral._base.filter(honouree=conferral.honouree, title=row.plan["title"], year=conferral.year).exists():
            raise Stale
        before = {"title_id": conferral.title_id, "note": conferral.note}
        said = _("Award title then: %(title)s") % {"title": row.before}
        old = conferral.title
        conferral.title = HonourTitle.objects.get(pk=row.plan["title"])
        conferral.note = "\n".join(part for part in (conferral.note, said) if part)
        conferral.save(update_fields=["title", "note"])
        row.written = {"before": before, "after": {"title_id": conferral.title_id, "note": conferral.note}}
        return self._acts(conferral, old.name, conferral.title.name)

    def _acts(self, conferral: Conferral, old: str, new: str) -> list[Act]:
        holder = conferral.honouree
        path, was = holder.union.path, f"{old} {conferral.year or ''}".strip()
        return [
            Act(conferral, "honour.corrected", {"title": old}, {"title": new}, self.reason, path),
            Act(holder, "honour.corrected", {"honour": was}, {"honour": str(conferral)}, self.reason, path),
        ]  # fmt: skip

    def obstacle(self, row: CleaningRow) -> str:
        """The honour was removed, or its title or note changed again."""
        now: dict[str, Any] | None = (
            Conferral._base.filter(pk=row.key).values("title_id", "note", "honouree_id", "year").first()  # type: ignore[assignment]
        )
        if now is None:
            return _("%(name)s: the honour was removed since.") % {"name": row.subject}
        if any(now[name] != value for name, value in row.written["after"].items()):
            return _("%(name)s: was changed again since.") % {"name": row.subject}
        same = Conferral._base.filter(
            honouree=now["honouree_id"], year=now["year"], title=row.written["before"]["title_id"]
        )
        return _("%(name)s: the former title was entered again since.") % {"name": row.subject} if same.exists() else ""

    def undo(self, row: CleaningRow) -> list[Act]:
        """Give the honour its title of then again."""
        conferral = Conferral._base.select_related("title", "honouree__union").get(pk=row.key)
        new = conferral.title.name
        conferral.title = HonourTitle.objects.get(pk=row.written["before"]["title_id"])
        conferral.note = row.written["before"]["note"]
        conferral.save(update_fields=["title", "note"])
        return self._acts(conferral, new, conferral.title.name)


class RenamedCleaner(Cleaner):
    """Files under a former unit name come under today's; the former name stays on the file as a post.

    Former names come from the units' own records, and from pairs that the officer gave: `options["names"]`, `[[former, today], …]`.
    """

    def propose(self) -> Iterator[CleaningRow]:
        """Each file under such a name."""
        today = self._today()
        rows = files_of(self.run.union).exclude(unit_name="").order_by("unit_name", "pinyin_key", "pk")
        for pk, name, unit_name, unit in rows.values_list("pk", "name", "unit_name", "unit").iterator(chunk_size=2000):
            found = today.get(fold(unit_name)[:LONGEST])
            if found is None or found[1] == unit_name:
                continue
            several = found[0] == -1
            yield CleaningRow(
                subject=name, target=pk, file_key=pk, before=unit_name, after=found[1][:LONGEST],
                plan={"unit": unit if found[0] in (None, -1) else found[0]},
                remark=_("Several units bore this name.") if several else "", possible=not several, chosen=not several,
            )  # fmt: skip

    def _today(self) -> dict[str, tuple[int | None, str]]:
        """Return the unit of today, key and name, by folded former name; -1 where there are several."""
        found: dict[str, tuple[int | None, str]] = {}
        former = UnitName.objects.filter(unit__merged_into=None).select_related("unit")
        living = set(Unit._base.filter(merged_into=None).values_list("name_key", flat=True))
        for row in former.order_by("pk"):
            if row.name_key in living or row.name_key == row.unit.name_key:
                continue
            unit, known = (row.unit_id, row.unit.name), found.get(row.name_key)
            found[row.name_key] = (
                unit if known in (None, unit) else (-1, f"{known[1] if known else ''} / {row.unit.name}")
            )
        for old, new in self.run.options.get("names", []):
            units = list(Unit._base.filter(name_key=fold(new)[:LONGEST], merged_into=None)[:2])
            found[fold(old)[:LONGEST]] = (units[0].pk if len(units) == 1 else None, new)
        return found

    def apply(self, row: CleaningRow) -> list[Act]:
        """Change name and link; keep the former name as a post."""
        file = Honouree._base.select_for_update(of=("self",)).select_related("union").filter(pk=row.key).first()
        if file is None or file.unit_name != row.before:
            raise Stale
        before = {"unit_name": file.unit_name, "unit_id": file.unit_id}
        post, fresh = Post.objects.get_or_create(
            honouree=file, unit_name=file.unit_name, position=file.position, defaults={"unit_id": row.plan["unit"]}
        )
        file.unit_name, file.unit_id = row.after, row.plan["unit"]
        file.save(update_fields=["unit_name", "unit", "updated_at"])
        after = {"unit_name": file.unit_name, "unit_id": file.unit_id}
        row.written = {"before": before, "after": after, "post": post.pk if fresh else None}
        return [
            Act(file, "file.changed", {"unit_name": row.before}, {"unit_name": row.after}, self.reason, file.union.path)
        ]

    def obstacle(self, row: CleaningRow) -> str:
        """The file is gone, or its unit changed again."""
        now: dict[str, Any] | None = (
            Honouree._base.filter(pk=row.key).values("unit_name", "unit_id").first()  # type: ignore[assignment]
        )
        if now is None:
            return _("%(name)s: the file was merged or deleted since.") % {"name": row.subject}
        changed = any(now[name] != value for name, value in row.written["after"].items())
        return _("%(name)s: was changed again since.") % {"name": row.subject} if changed else ""

    def undo(self, row: CleaningRow) -> list[Act]:
        """Give the file its former unit name again."""
        file = Honouree._base.select_related("union").get(pk=row.key)
        file.unit_name, file.unit_id = row.written["before"]["unit_name"], row.written["before"]["unit_id"]
        file.save(update_fields=["unit_name", "unit", "updated_at"])
        Post.objects.filter(pk=row.written["post"]).delete()
        return [
            Act(file, "file.changed", {"unit_name": row.after}, {"unit_name": row.before}, self.reason, file.union.path)
        ]


class UnitCleaner(Cleaner):
    """Unit names on files without a unit: linked to the unit of that name, or a unit is added."""

    def propose(self) -> Iterator[CleaningRow]:
        """One row a unit, the most used first."""
        groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
        rows = files_of(self.run.union).filter(unit=None).exclude(unit_name="").order_by("pk")
        for pk, unit_name in rows.values_list("pk", "unit_name").iterator(chunk_size=2000):
            if len(core := unit_core(unit_name)) >= CONTAINED:
                groups[core].append((pk, unit_name))
        known = self._known({fold(name)[:LONGEST] for several in groups.values() for _pk, name in several})
        least = int(self.run.options.get("at_least", 2))
        for several in sorted(groups.values(), key=lambda one: (-len(one), one[0][1])):
            spellings = Counter(name for _pk, name in several)
            units = {unit.pk: unit for name in spellings for unit in known.get(fold(name)[:LONGEST], [])}
            if len(several) >= least or units:
                yield self._row([pk for pk, _name in several], spellings, list(units.values()))

    def _row(self, keys: list[int], spellings: Counter[str], units: list[Unit]) -> CleaningRow:
        name = max(spellings, key=lambda one: (spellings[one], len(one), one))
        remarks = []
        if len(spellings) > 1:
            remarks.append(_("Also written: %(names)s") % {"names": ", ".join(sorted(set(spellings) - {name})[:SHOWN])})
        if len(units) > 1:
            remarks.append(_("Several units bear or bore this name."))
        plan: dict[str, Any] = {"files": keys, "unit": units[0].pk if len(units) == 1 else None}
        after = (
            _("link to “%(unit)s”") % {"unit": units[0].name}
            if len(units) == 1
            else _("add “%(unit)s”") % {"unit": name}
        )
        return CleaningRow(
            subject=name, before=_("%(number)d files without a unit") % {"number": len(keys)}, after=after[:LONGEST], plan=plan,
            remark=" ".join(remarks)[:300], possible=len(units) < 2, chosen=not remarks,
        )  # fmt: skip

    @staticmethod
    def _known(names: Iterable[str]) -> dict[str, list[Unit]]:
        found: dict[str, list[Unit]] = defaultdict(list)
        for part in parts(set(names) - {""}):
            for unit in Unit._base.filter(name_key__in=part, merged_into=None):
                found[unit.name_key].append(unit)
            for former in UnitName.objects.filter(name_key__in=part, unit__merged_into=None).select_related("unit"):
                if former.unit not in found[former.name_key]:
                    found[former.name_key].append(former.unit)
        return found

    def apply(self, row: CleaningRow) -> list[Act]:
        """Link the files, adding the unit if there is none."""
        files = list(
            Honouree._base.select_for_update(of=("self",))
            .select_related("union")
            .filter(pk__in=row.plan["files"], unit=None)
            .order_by("pk")
        )
        files = [file for file in files if unit_core(file.unit_name) == unit_core(row.subject)]
        if not files:
            raise Stale
        unit = Unit._base.filter(pk=row.plan["unit"], merged_into=None).first() if row.plan["unit"] else None
        if unit is None and row.plan["unit"]:
            raise Stale
        acts = []
        fresh = unit is None
        if unit is None:
            regions = {file.region_id for file in files}
            union = union_over(files)
            unit = Unit._base.create(
                name=row.subject,
                name_key=fold(row.subject)[:LONGEST],
                union=union,
                region_id=regions.pop() if len(regions) == 1 else None,
            )
            acts.append(Act(unit, "unit.added", {}, {"name": unit.name, "union": union}, self.reason, union.path))
        Honouree._base.filter(pk__in=[file.pk for file in files]).update(unit=unit)
        acts += [
            Act(file, "file.changed", {"unit": ""}, {"unit": unit.name}, self.reason, file.union.path) for file in files
        ]
        row.written = {"unit": unit.pk, "added": fresh, "files": [file.pk for file in files]}
        return acts

    def files(self, row: CleaningRow) -> set[int]:
        """Those that were linked."""
        return set(row.written.get("files", []))

    def obstacle(self, row: CleaningRow) -> str:
        """Files were linked elsewhere since, or the added unit is used by others."""
        keys = row.written["files"]
        if Honouree._base.filter(pk__in=keys, unit=row.written["unit"]).count() != len(keys):
            return _("%(name)s: the unit of its files was changed since.") % {"name": row.subject}
        if not row.written["added"]:
            return ""
        unit = Unit._base.filter(pk=row.written["unit"]).first()
        used = unit is None or unit.name != row.subject or unit.merged_into_id or unit.former_names.exists()
        pk = row.written["unit"]
        if used or Unit._base.filter(merged_into=pk).exists() or Post.objects.filter(unit=pk).exists():
            return _("%(name)s: the unit was changed or used elsewhere since.") % {"name": row.subject}
        others = Honouree._base.filter(unit=pk).exclude(pk__in=keys)
        return (
            _("%(name)s: the unit was changed or used elsewhere since.") % {"name": row.subject}
            if others.exists()
            else ""
        )

    def undo(self, row: CleaningRow) -> list[Act]:
        """Unlink the files and remove the unit that was added."""
        unit = Unit._base.select_related("union").get(pk=row.written["unit"])
        files = Honouree._base.select_related("union").filter(pk__in=row.written["files"]).order_by("pk")
        acts = [
            Act(file, "file.changed", {"unit": unit.name}, {"unit": ""}, self.reason, file.union.path) for file in files
        ]
        Honouree._base.filter(pk__in=row.written["files"]).update(unit=None)
        if row.written["added"]:
            acts.append(Act(unit, "unit.removed", {"name": unit.name}, {}, self.reason, unit.union.path))
        return acts


CLEANERS: dict[str, type[Cleaner]] = {
    CleaningKind.TITLES: TitleCleaner,
    CleaningKind.RENAMED: RenamedCleaner,
    CleaningKind.UNITS: UnitCleaner,
}

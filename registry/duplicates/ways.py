"""What a merge does with each thing that points at a file, and how that is taken back.

`WAYS` names every relation to a file by its label, `app.Model.field`; a test walks the models and fails when one is missing, and a merge
is refused while rows of a missing one hang on the file that goes. Rooms above add theirs by `register`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.duplicates.enums import SuspicionState
from registry.duplicates.finding import ordered
from registry.duplicates.freezing import freeze, restore
from registry.duplicates.models import Merge, SetAside, Suspicion, Trace
from registry.people.models import Honouree
from registry.people.private import PRIVATE_FACTS, PrivateFacts
from registry.secrets.sealing import CannotOpen

Held = dict[str, Any]


@dataclass
class Case:
    """One merge at work: the file that stays and the one that goes, both locked, and what the officer chose."""

    merge: Merge
    kept: Honouree
    gone: Honouree
    actor: User
    choices: Mapping[str, str] = field(default_factory=dict)

    def chooses_gone(self, name: str) -> bool:
        """Whether the officer wants this from the file that goes."""
        return self.choices.get(name) == "gone"


def label_of(relation: Any) -> str:
    """Name a relation: `people.Post.honouree`."""
    return f"{relation.related_model._meta.label}.{relation.field.name}"


def relations_to(model: Any) -> Iterator[Any]:
    """Yield every relation of another model to this one, hidden ones and those of its proxies too."""
    seen: set[str] = set()
    for pointed in (model, *_proxies_of(model)):
        for relation in pointed._meta.get_fields(include_hidden=True):
            foreign = relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
            if (foreign or (relation.many_to_many and relation.auto_created)) and label_of(relation) not in seen:
                seen.add(label_of(relation))
                yield relation


def _proxies_of(model: Any) -> list[Any]:
    return [one for one in model.__subclasses__() if one._meta.proxy]


class Way:
    """How one kind of thing is merged. The default moves every row, and refuses where the kept file has one like it."""

    def refusals(self, case: Case, relation: Any) -> Iterator[str]:
        """Say what stands against the merge."""
        return iter(())

    def merge(self, case: Case, relation: Any) -> Held:
        """Do it; return what taking it back needs."""
        moved = []
        for row in rows_of(relation, case.gone):
            if not repoint(relation, row, case.kept):
                raise ValidationError(clash(row))
            moved.append(freeze_key(row))
        return {"moved": moved} if moved else {}

    def obstacles(self, case: Case, relation: Any, held: Held) -> Iterator[str]:
        """Say what stands against taking it back."""
        wanted = held.get("moved", [])
        there = {str(row.pk): getattr(row, relation.field.attname) for row in _by_keys(relation, wanted)}
        for key in wanted:
            if there.get(str(key)) != case.kept.pk:
                yield _("%(kind)s that came from the other file was changed or removed since.") % {
                    "kind": relation.related_model._meta.verbose_name
                }
                return

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """Take it back."""
        for row in _by_keys(relation, held.get("moved", [])):
            relation.related_model._base_manager.filter(pk=row.pk).update(**{relation.field.name: case.gone})
        for frozen in held.get("dropped", []):
            restore(relation.related_model, frozen)


class MoveOrDrop(Way):
    """Move every row; one that the kept file has already is dropped, and comes back if the merge is taken back."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move or drop."""
        moved, dropped = [], []
        for row in rows_of(relation, case.gone):
            if repoint(relation, row, case.kept):
                moved.append(freeze_key(row))
                continue
            if hangs_on(row):
                raise ValidationError(clash(row))
            dropped.append(freeze(row))
            drop(row)
        return {name: value for name, value in (("moved", moved), ("dropped", dropped)) if value}


class Names(MoveOrDrop):
    """As `MoveOrDrop`; a former name that is the very name of the kept file goes."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move or drop."""
        bearer = case.gone if case.chooses_gone("name") else case.kept
        dropped = []
        for row in rows_of(relation, case.gone).filter(name_key=bearer.name_key):
            dropped.append(freeze(row))
            drop(row)
        held = super().merge(case, relation)
        return {**held, "dropped": [*dropped, *held.get("dropped", [])]}


class OneOfTwo(Way):
    """What a file has one of at most: it moves where the kept file has none; of two the chosen one stays."""

    def __init__(self, choice: str = "") -> None:
        self.choice = choice

    def merge(self, case: Case, relation: Any) -> Held:
        """Move, or choose."""
        mine = next(iter(rows_of(relation, case.gone)), None)
        theirs = next(iter(rows_of(relation, case.kept)), None)
        if mine is None:
            return {}
        held: Held = {}
        if theirs is not None:
            loser = theirs if self.choice and case.chooses_gone(self.choice) else mine
            held["dropped"] = [freeze(loser)]
            drop(loser)
            if loser is mine:
                return held
        if relation.field.primary_key:
            # The key itself is the file: the row is written anew.
            held.setdefault("dropped", []).append(freeze(mine))
            fresh = {**freeze(mine), relation.field.attname: case.kept.pk}
            drop(mine)
            restore(relation.related_model, fresh)
            held["made"] = [case.kept.pk]
            return held
        relation.related_model._base_manager.filter(pk=mine.pk).update(**{relation.field.name: case.kept})
        held["moved"] = [freeze_key(mine)]
        return held

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """First make room, then bring back."""
        for key in held.get("made", []):
            relation.related_model._base_manager.filter(pk=key)._raw_delete("default")
        super().undo(case, relation, held)


class NotBoth(OneOfTwo):
    """As `OneOfTwo`, but where both files have one, somebody must first decide elsewhere."""

    def refusals(self, case: Case, relation: Any) -> Iterator[str]:
        """Refuse two."""
        if rows_of(relation, case.gone).exists() and rows_of(relation, case.kept).exists():
            yield _("Both files have a record of the kind “%(kind)s”. End one of them first.") % {
                "kind": relation.related_model._meta.verbose_name
            }


class Settled(Way):
    """Moves, but not while one waits for an answer: what was asked about the file that goes may not fit the kept one."""

    def __init__(self, waits: str) -> None:
        self.waits = waits

    def refusals(self, case: Case, relation: Any) -> Iterator[str]:
        """Refuse while one waits."""
        if rows_of(relation, case.gone).filter(state=self.waits).exists():
            yield _("“%(kind)s” of the file that goes still waits for an answer. Settle it first.") % {
                "kind": relation.related_model._meta.verbose_name
            }


class Derived(Way):
    """What is worked out again at any time: it goes."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Forget it."""
        rows_of(relation, case.gone)._raw_delete("default")
        return {}


class Stays(Way):
    """What goes on naming the file that went by its key, on purpose."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Leave it."""
        return {}


class Proposals(Way):
    """Rows of imports: the matched file moves, and open proposals name the kept file."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move the match; an undo needn't bring back what was merely proposed."""
        held = super().merge(case, relation)
        waiting = relation.related_model._base_manager.filter(
            committed=False, name__in={case.gone.name, case.kept.name}
        )
        for row in waiting:
            if any(one.get("file") == case.gone.pk for one in row.matches):
                others = [one for one in row.matches if one.get("file") != case.kept.pk]
                row.matches = [
                    {**one, "file": case.kept.pk} if one.get("file") == case.gone.pk else one for one in others
                ]
                row.save(update_fields=["matches"])
        return held


class Suspicions(Way):
    """The queue: what was thought of the file that goes is thought of the kept one; a judgement *not the same* carries over."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Rewrite the pairs that the file that goes is in, but for the pair itself."""
        held: Held = {"dropped": [], "added": [], "judged": []}
        side, other_side = (
            relation.field.attname,
            {"first_id": "second_id", "second_id": "first_id"}[relation.field.attname],
        )
        for row in Suspicion._base.filter(**{side: case.gone.pk}):
            third = getattr(row, other_side)
            if third == case.kept.pk:
                continue
            held["dropped"].append(freeze(row))
            Suspicion._base.filter(pk=row.pk)._raw_delete("default")
            self._carry(row, ordered(case.kept.pk, third), held)
        return {name: value for name, value in held.items() if value}

    @staticmethod
    def _carry(row: Suspicion, pair: tuple[int, int], held: Held) -> None:
        there = Suspicion._base.filter(first=pair[0], second=pair[1]).first()
        if there is None:
            frozen = {**freeze(row), "id": None, "first_id": pair[0], "second_id": pair[1]}
            held["added"].append(restore(Suspicion, frozen).pk)
        elif there.state == SuspicionState.OPEN and row.state == SuspicionState.DISTINCT:
            held["judged"].append(freeze(there))
            names = ("state", "why", "decided_by_id", "decided_at")
            Suspicion._base.filter(pk=there.pk).update(**{name: getattr(row, name) for name in names})

    def obstacles(self, case: Case, relation: Any, held: Held) -> Iterator[str]:
        """Nothing: judgements made since stay."""
        return iter(())

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """Bring the pairs back; what an officer judged since about the kept file stays."""
        Suspicion._base.filter(pk__in=held.get("added", []), state=SuspicionState.OPEN).delete()
        for frozen in held.get("judged", []):
            Suspicion._base.filter(pk=frozen["id"])._raw_delete("default")
            restore(Suspicion, frozen)
        for frozen in held.get("dropped", []):
            pair = {"first": frozen["first_id"], "second": frozen["second_id"]}
            if Honouree._base.filter(pk__in=pair.values()).count() == 2 and not Suspicion._base.filter(**pair).exists():
                restore(Suspicion, frozen)


class Private(Way):
    """Private facts: one row moves as it is; two become one, fact by fact, and both are set aside, sealed, for the undo."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move or combine. Raises `ValidationError` when a fact can't be opened."""
        mine = PrivateFacts._base.select_for_update().filter(honouree=case.gone).first()
        theirs = PrivateFacts._base.select_for_update().filter(honouree=case.kept).first()
        if mine is None:
            return {}
        if theirs is None:
            PrivateFacts._base.filter(pk=mine.pk).update(honouree=case.kept)
            return {"moved": [str(mine.pk)]}
        try:
            values = self._combined(case, mine, theirs)
            for facts in (mine, theirs):
                _set_aside(case.merge, facts)
        except CannotOpen as error:
            raise ValidationError(
                _("A private fact can't be opened: its key is missing. Ask the administrator.")
            ) from error
        # No signal: this isn't an erasure.
        PrivateFacts._base.filter(pk=mine.pk)._raw_delete("default")
        for name, text in values.items():
            theirs.put(name, text)
        theirs.save()
        return {"combined": str(theirs.pk), "changed": sorted(values), "at": theirs.updated_at.isoformat()}

    @staticmethod
    def _combined(case: Case, mine: PrivateFacts, theirs: PrivateFacts) -> dict[str, str]:
        values = {}
        for name in PRIVATE_FACTS:
            here, there = theirs.plain(name), mine.plain(name)
            text = there if there and (not here or case.chooses_gone(name)) else here
            if text != here:
                values[name] = text
        return values

    def obstacles(self, case: Case, relation: Any, held: Held) -> Iterator[str]:
        """Say whether the private facts were changed or erased since."""
        if "combined" not in held:
            yield from super().obstacles(case, relation, held)
            return
        now = PrivateFacts._base.filter(pk=held["combined"], honouree=case.kept).first()
        aside = SetAside.objects.filter(merge=case.merge).count()
        if now is None or aside != 2:
            yield _("The private facts were erased since: they can't be parted again.")
        elif now.updated_at.isoformat() != held["at"]:
            yield _("The private facts were changed since the merge.")

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """Give both files their own private facts again."""
        if "combined" not in held:
            super().undo(case, relation, held)
            return
        kept = PrivateFacts._base.get(pk=held["combined"])
        aside = {row.file_key: row for row in SetAside.objects.filter(merge=case.merge)}
        gone = PrivateFacts(id=aside[case.gone.pk].was_of, honouree=case.gone)
        for facts, source in ((kept, aside[case.kept.pk]), (gone, aside[case.gone.pk])):
            for name in PRIVATE_FACTS:
                sealed = getattr(source, name)
                facts.put(name, sealed.reveal() if sealed else "")
            # The kept file first: a number is unique.
            facts.save(force_insert=facts is gone)
        SetAside.objects.filter(merge=case.merge).delete()


def _set_aside(merge: Merge, facts: PrivateFacts) -> None:
    row = SetAside(merge=merge, was_of=facts.pk, file_key=facts.honouree_id)
    for name in PRIVATE_FACTS:
        if text := facts.plain(name):
            setattr(row, name, text)
    row.save()


def rows_of(relation: Any, file: Honouree) -> Any:
    """Return the rows that point at a file by this relation."""
    return relation.related_model._base_manager.filter(**{relation.field.name: file}).order_by("pk")


def repoint(relation: Any, row: Any, to: Any) -> bool:
    """Let a row point elsewhere; False when the database refuses it (the other one has such a row already)."""
    try:
        with transaction.atomic():
            relation.related_model._base_manager.filter(pk=row.pk).update(**{relation.field.name: to})
    except IntegrityError:
        return False
    return True


def freeze_key(row: Any) -> Any:
    """Return a row's key as JSON can hold it."""
    return row.pk if isinstance(row.pk, int) else str(row.pk)


def hangs_on(row: Any) -> bool:
    """Whether other rows point at this one."""
    return any(rows_of_any(relation, row).exists() for relation in relations_to(type(row)))


def rows_of_any(relation: Any, row: Any) -> Any:
    """Return the rows that point at any row by this relation."""
    return relation.related_model._base_manager.filter(**{relation.field.name: row.pk})


def clash(row: Any) -> str:
    """Say that both files have something that can't be combined."""
    return _("Both files have “%(thing)s” (%(kind)s), and more hangs on it. Settle it first.") % {
        "thing": row, "kind": type(row)._meta.verbose_name,
    }  # fmt: skip


def drop(row: Any) -> None:
    """Delete one row, without signals: it comes back if the merge is taken back."""
    type(row)._base_manager.filter(pk=row.pk)._raw_delete("default")


def _by_keys(relation: Any, keys: list[Any]) -> Any:
    return relation.related_model._base_manager.filter(pk__in=keys).order_by("pk")


def note_merged(case: Case) -> None:
    """Settle the pair itself in the queue."""
    first, second = ordered(case.kept.pk, case.gone.pk)
    row = Suspicion._base.filter(first=first, second=second).first() or Suspicion(
        first_id=first, second_id=second, score=0
    )
    row.state, row.why = SuspicionState.MERGED, case.merge.reason
    row.decided_by, row.decided_at = case.actor, timezone.now()
    row.save()


def note_parted(case: Case) -> None:
    """Put the pair itself back into the queue, if it was there before the merge."""
    both = (case.kept.pk, case.gone.pk)
    pair = Suspicion._base.filter(first__in=both, second__in=both)
    pair.filter(score=0, reported_by=None).delete()
    pair.update(state=SuspicionState.OPEN, why="", decided_by=None, decided_at=None)


def drop_traces(file: Honouree) -> None:
    """Forget how a file was compared."""
    Trace.objects.filter(file=file)._raw_delete("default")


WAYS: dict[str, Way] = {
    "people.OtherName.honouree": Names(),
    "people.Post.honouree": MoveOrDrop(),
    "people.Source.honouree": MoveOrDrop(),
    "people.PrivateFacts.honouree": Private(),
    "intake.IntakeRow.match": Proposals(),
    "media.Portrait.honouree": OneOfTwo("portrait"),
    "duplicates.Trace.file": Derived(),
    "duplicates.Suspicion.first": Suspicions(),
    "duplicates.Suspicion.second": Suspicions(),
    "duplicates.Merge.kept": Stays(),
    "life.FileStatus.file": OneOfTwo(),
    "life.LifeEvent.file": MoveOrDrop(),
    "life.LifeEvent.into": Way(),
    "life.Handover.file": Settled("offered"),
    "life.Proposal.file": Settled("waiting"),
    "life.StaffCount.collective": MoveOrDrop(),
    "life.Headship.collective": MoveOrDrop(),
    "life.Membership.collective": MoveOrDrop(),
    "life.Membership.person": MoveOrDrop(),
    "holders.Binding.honouree": NotBoth(),
    "holders.Invitation.honouree": OneOfTwo(),
    "holders.CorrectionRequest.honouree": Settled("open"),
}


def register(label: str, way: Way) -> None:
    """Say what a merge does with a relation of a room above."""
    WAYS[label] = way

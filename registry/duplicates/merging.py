"""Two files become one, and two again: whole, locked in one order, audited on both."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import Act, changes, record_many
from registry.duplicates.enums import MergeState
from registry.duplicates.freezing import columns_of, freeze, restore
from registry.duplicates.models import Merge
from registry.duplicates.queries import union_over
from registry.duplicates.rules import may_decide, may_undo_merge
from registry.duplicates.ways import (
    WAYS,
    Case,
    Way,
    drop_traces,
    label_of,
    note_merged,
    note_parted,
    relations_to,
    rows_of,
)
from registry.events import announce_honourees
from registry.honours.standing import STANDING, refresh_standing
from registry.people.actions import details, facts_of_kind, snapshot
from registry.people.enums import NameKind
from registry.people.models import Honouree, OtherName, Post
from registry.people.naming import apply_name
from registry.text.normalise import fold

# A unit and its link are one fact.
WITH = {"unit_name": ("unit",)}
NOT_CHOSEN = ("unit", "note")
ALWAYS_KEPT = ("id", "code", "slug", "kind", "created_at", "updated_at", *STANDING)


def choosable(kind: str) -> tuple[str, ...]:
    """Name the facts that an officer chooses between: `{fact: "kept" | "gone"}`."""
    return ("name", "union", *(name for name in facts_of_kind(kind) if name not in NOT_CHOSEN))


def suggested(name: str, kept: Honouree, gone: Honouree) -> str:
    """Say which file's fact to take: the kept one's, unless it says nothing, or the other one's date is the same and more exact."""
    here, there = getattr(kept, name), getattr(gone, name)
    if here in ("", None):
        return "gone" if there not in ("", None) else "kept"
    more_exact = (
        name in ("born", "died") and isinstance(there, str) and len(there) > len(here) and there.startswith(here)
    )
    return "gone" if more_exact else "kept"


@transaction.atomic
def merge_files(
    keep: Honouree, gone: Honouree, *, actor: User, reason: str, choices: Mapping[str, str] | None = None
) -> Merge:
    """Make one file of two. `choices` says per fact (`choosable`, "portrait", "story", private facts) which file's is kept.

    What points at the file that goes moves (`ways`); its address leads to the kept file from now on. Raises `PermissionDenied` unless the
    actor may edit both, and `ValidationError` when one was merged meanwhile or something can't be combined.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    kept_file, gone_file = _locked(keep.pk, gone.pk)
    if not may_decide(actor, kept_file, gone_file):
        raise PermissionDenied
    merge = Merge(
        kept=kept_file, gone_id=gone_file.pk, gone_slug=gone_file.slug, gone_code=gone_file.code, gone_name=gone_file.name,
        union=union_over([kept_file, gone_file]), reason=reason.strip()[:300], merged_by=actor,
    )  # fmt: skip
    case = Case(merge, kept_file, gone_file, actor, _chosen(kept_file, gone_file, choices or {}))
    if refusals := list(refusals_of(case)):
        raise ValidationError(refusals)
    before = {"kept": snapshot(kept_file), "gone": {**snapshot(gone_file), **details(gone_file)}}
    merge.undo = {"gone": freeze(gone_file)}
    merge.save(force_insert=True)
    merge.undo["ways"] = _run_ways(case)
    merge.undo["facts"] = _settle_facts(case)
    merge.undo["made"] = _keep_what_was_not_chosen(case)
    note_merged(case)
    drop_traces(gone_file)
    Honouree._base.filter(pk=gone_file.pk)._raw_delete("default")  # nothing points at it any more
    _check_tables()
    refresh_standing([kept_file.pk])
    merge.summary = _summary(merge.undo)
    merge.save(update_fields=["undo", "summary"])
    _record_merge(case, before)
    announce_honourees([kept_file.pk, gone_file.pk])
    return merge


@transaction.atomic
def undo_merge(merge: Merge, *, actor: User, reason: str) -> Merge:
    """Make two files again, as they were: whole, or not at all.

    Raises `PermissionDenied`; `ValidationError` with every obstacle when something later depends on the merge.
    """
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    locked = Merge._base.select_for_update().get(pk=merge.pk)
    if locked.state != MergeState.DONE:
        raise ValidationError(_("This merge was taken back already."))
    kept = Honouree._base.select_for_update().filter(pk=locked.kept_id or 0).first()
    if kept is None:
        raise ValidationError(_("The kept file was itself merged or deleted since. Take that back first."))
    locked.kept = kept
    if not may_undo_merge(actor, locked):
        raise PermissionDenied
    if found := obstacles(locked):
        raise ValidationError(found)
    before = snapshot(kept)
    try:
        with transaction.atomic():
            gone = restore(Honouree, locked.undo["gone"])
            case = Case(locked, kept, gone, actor)
            _remove_made(locked)
            for relation in reversed(list(relations_to(Honouree))):
                if held := locked.undo["ways"].get(label_of(relation)):
                    WAYS[label_of(relation)].undo(case, relation, held)
            _facts_as_before(locked, kept)
            _check_tables()
    except IntegrityError as error:
        text = _("Something that the file needs, a unit, an award title or a picture, was removed since.")
        raise ValidationError(text) from error
    note_parted(case)
    refresh_standing([kept.pk, gone.pk])
    locked.state, locked.undone_by, locked.undone_at = MergeState.UNDONE, actor, timezone.now()
    locked.save(update_fields=["state", "undone_by", "undone_at"])
    kept.refresh_from_db()
    old, new = changes(before, snapshot(kept))
    record_many(
        [
            Act(kept, "file.parted", old, {**new, "other_file": _called(gone)}, reason.strip(), kept.union.path),
            Act(
                gone,
                "file.restored",
                {},
                {**snapshot(gone), "other_file": _called(kept)},
                reason.strip(),
                gone.union.path,
            ),
        ],
        actor=actor,
    )
    announce_honourees([kept.pk, gone.pk])
    return locked


def obstacles(merge: Merge) -> list[str]:
    """Say what later depends on a merge, a sentence each; empty when it can be taken back."""
    kept = Honouree._base.filter(pk=merge.kept_id or 0).first()
    if kept is None:
        return [_("The kept file was itself merged or deleted since. Take that back first.")]
    found: list[str] = []
    fields = {field.attname: field for field in columns_of(Honouree)}
    now = freeze(kept)
    for name, value in merge.undo["facts"]["after"].items():
        if now[name] != value:
            words = {"fact": fields[name].verbose_name, "name": kept.name}
            found.append(_("“%(fact)s” of %(name)s was changed since the merge.") % words)
    case = Case(merge, kept, Honouree(pk=merge.gone_id), merge.merged_by)
    for relation in relations_to(Honouree):
        if held := merge.undo["ways"].get(label_of(relation)):
            found += WAYS[label_of(relation)].obstacles(case, relation, held)
    return list(dict.fromkeys(found))


def refusals_of(case: Case) -> Iterator[str]:
    """Say what stands against a merge."""
    for relation in relations_to(Honouree):
        way = WAYS.get(label_of(relation))
        if way is not None:
            yield from way.refusals(case, relation)
        elif rows_of(relation, case.gone).exists():
            yield _(
                "“%(kind)s” hangs on the file, and it isn't known what a merge does with it. Ask the administrator."
            ) % {"kind": relation.related_model._meta.verbose_name}


def _locked(keep: int, gone: int) -> tuple[Honouree, Honouree]:
    """Lock both files, the smaller key first, so that two officers never wait for each other."""
    if keep == gone:
        raise ValidationError(_("Choose two files of the same kind."))
    rows = Honouree._base.select_for_update().filter(pk__in=[keep, gone]).order_by("pk")
    files = {file.pk: file for file in rows}
    if len(files) < 2:
        raise ValidationError(_("One of the two files was merged or deleted meanwhile."))
    if files[keep].kind != files[gone].kind:
        raise ValidationError(_("Choose two files of the same kind."))
    return files[keep], files[gone]


def _chosen(kept: Honouree, gone: Honouree, choices: Mapping[str, str]) -> dict[str, str]:
    wanted = {name: suggested(name, kept, gone) for name in choosable(kept.kind)}
    wanted.update({name: value for name, value in choices.items() if value in ("kept", "gone")})
    return wanted


def _run_ways(case: Case) -> dict[str, Any]:
    held = {}
    for relation in relations_to(Honouree):
        label = label_of(relation)
        way: Way | None = WAYS.get(label)
        if way is not None and (done := way.merge(case, relation)):
            held[label] = done
    return held


def _settle_facts(case: Case) -> dict[str, Any]:
    """Give the kept file the chosen facts; return what changed, before and after."""
    kept, gone = case.kept, case.gone
    before = freeze(kept)
    for name in choosable(kept.kind):
        if not case.chooses_gone(name):
            continue
        if name == "name":
            apply_name(kept, gone.name)
            continue
        for one in (name, *WITH.get(name, ())):
            setattr(kept, one, getattr(gone, one))
    if gone.note and gone.note not in kept.note:
        kept.note = "\n".join(part for part in (kept.note, gone.note) if part)
    if gone.withheld and not kept.withheld:
        kept.withheld, kept.withheld_reason = True, gone.withheld_reason
    kept.full_clean(exclude=["slug"])
    kept.save()
    after = freeze(kept)
    names = [name for name in before if before[name] != after[name] and name not in ALWAYS_KEPT]
    return {"before": {name: before[name] for name in names}, "after": {name: after[name] for name in names}}


def _keep_what_was_not_chosen(case: Case) -> dict[str, list[int]]:
    """Keep the name and the unit that weren't chosen as another name and a post; return the keys of what was made."""
    kept, gone, before = case.kept, case.gone, case.merge.undo["facts"]["before"]
    made: dict[str, list[int]] = {"names": [], "posts": []}
    for name in {gone.name, before.get("name", kept.name)} - {kept.name}:
        key = fold(name)[:120]
        if key and key != kept.name_key and not OtherName.objects.filter(honouree=kept, name_key=key).exists():
            row = OtherName.objects.create(honouree=kept, name=name, name_key=key, kind=NameKind.VARIANT)
            made["names"].append(row.pk)
    mine = (gone.unit_name, gone.position, gone.unit_id)
    theirs = tuple(before.get(name, getattr(kept, name)) for name in ("unit_name", "position", "unit_id"))
    for unit_name, position, unit in (mine, theirs):
        if unit_name and unit_name != kept.unit_name:
            post, fresh = Post.objects.get_or_create(
                honouree=kept, unit_name=unit_name, position=position, defaults={"unit_id": unit}
            )
            made["posts"] += [post.pk] if fresh else []
    return made


def _remove_made(merge: Merge) -> None:
    OtherName.objects.filter(pk__in=merge.undo["made"]["names"]).delete()
    Post.objects.filter(pk__in=merge.undo["made"]["posts"]).delete()


def _facts_as_before(merge: Merge, kept: Honouree) -> None:
    fields = {field.attname: field for field in columns_of(Honouree)}
    for name, value in merge.undo["facts"]["before"].items():
        setattr(kept, name, fields[name].to_python(value))
    kept.save()


def _check_tables() -> None:
    """Let the database check now what it would check at the end, while it can still be said in words."""
    tables = sorted(
        {Honouree._meta.db_table, *(relation.related_model._meta.db_table for relation in relations_to(Honouree))}
    )
    connection.check_constraints(table_names=tables)


def _summary(undo: dict[str, Any]) -> dict[str, int]:
    """Count what moved and what collapsed, by relation."""
    found = {}
    for label, held in undo["ways"].items():
        number = len(held.get("moved", [])) + len(held.get("dropped", [])) + len(held.get("made", []))
        if number and label not in ("duplicates.Suspicion.first", "duplicates.Suspicion.second"):
            found[label] = number
    return found


def _called(file: Honouree) -> str:
    return f"{file.name} {file.code}"


def _record_merge(case: Case, before: dict[str, Any]) -> None:
    merge, kept = case.merge, case.kept
    kept.refresh_from_db()
    old, new = changes(before["kept"], snapshot(kept))
    honours = merge.undo["ways"].get("honours.Conferral.honouree", {})
    collapsed, moved = len(honours.get("dropped", [])), len(honours.get("moved", []))
    after = {
        **new,
        "other_file": f"{merge.gone_name} {merge.gone_code}",
        "honours_moved": moved,
        "honours_collapsed": collapsed,
    }
    record_many(
        [
            Act(
                case.gone,
                "file.merged",
                before["gone"],
                {"other_file": _called(kept)},
                merge.reason,
                case.gone.union.path,
            ),
            Act(kept, "file.absorbed", old, after, merge.reason, kept.union.path),
        ],
        actor=case.actor,
    )

"""Every write to a file's facts."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import changes, record
from registry.events import announce_honourees
from registry.organisations.models import UnionNode
from registry.people.enums import Kind
from registry.people.models import Honouree, OtherName, Post, Source
from registry.people.naming import apply_name
from registry.people.rules import may_edit_file, may_open_file
from registry.text.normalise import clean_name, fold

PERSON_FACTS = (
    "sex", "ethnicity", "born", "died", "native_place", "political_status", "education", "identity_class",
)  # fmt: skip
COLLECTIVE_FACTS = ("collective_state", "head", "staff_count")
COMMON_FACTS = ("region", "unit", "unit_name", "position", "industry", "industry_union", "note")


def facts_of_kind(kind: str) -> tuple[str, ...]:
    """Name the facts that a file of this kind can hold."""
    return COMMON_FACTS + (PERSON_FACTS if kind == Kind.INDIVIDUAL else COLLECTIVE_FACTS)


def snapshot(file: Honouree) -> dict[str, Any]:
    """Return the file's present facts, for the audit trail."""
    return {"name": file.name, "union": file.union, **{name: getattr(file, name) for name in facts_of_kind(file.kind)}}


def build_file(kind: str, name: str, *, union: UnionNode, facts: dict[str, Any]) -> Honouree:
    """Make an unsaved file with everything derived from its name; raises `ValidationError` for an unknown fact or a bad value."""
    unknown = set(facts) - set(facts_of_kind(kind))
    if unknown:
        raise ValidationError({key: _("A file of this kind has no such fact.") for key in sorted(unknown)})
    file = Honouree(kind=kind, union=union, **facts)
    apply_name(file, name)
    if not file.name:
        raise ValidationError({"name": _("Write the name.")})
    return file


@transaction.atomic
def open_file(
    kind: str, name: str, *, actor: User, union: UnionNode, facts: dict[str, Any] | None = None, reason: str = ""
) -> Honouree:
    """Open a file for a person or a collective.

    Raises `PermissionDenied` outside the actor's subtree and `ValidationError` for bad values.
    """
    if not may_open_file(actor, union):
        raise PermissionDenied
    file = build_file(kind, name, union=union, facts=facts or {})
    file.full_clean(exclude=["slug"])
    file.save()
    record(file, "file.opened", actor=actor, after=snapshot(file), reason=reason, scope_path=union.path)
    announce_honourees([file.pk])
    return file


@transaction.atomic
def change_file(file: Honouree, *, actor: User, facts: dict[str, Any], reason: str = "") -> Honouree:
    """Change facts of a file (`name` and `union` included); a former name is kept as another name.

    Raises `PermissionDenied` when the actor may not edit the file as it is, or may not receive it at the new union.
    """
    locked = Honouree._base.select_for_update().get(pk=file.pk)
    if not may_edit_file(actor, locked) or ("union" in facts and not may_open_file(actor, facts["union"])):
        raise PermissionDenied
    before = snapshot(locked)
    facts = dict(facts)
    name = clean_name(facts.pop("name", locked.name))
    if name != locked.name:
        OtherName.objects.get_or_create(
            honouree=locked, name_key=fold(locked.name), kind="former", defaults={"name": locked.name}
        )
        apply_name(locked, name)
    for key, value in facts.items():
        setattr(locked, key, value)
    locked.full_clean(exclude=["slug"])
    locked.save()
    old, new = changes(before, snapshot(locked))
    if new:
        record(locked, "file.changed", actor=actor, before=old, after=new, reason=reason, scope_path=locked.union.path)
        announce_honourees([locked.pk])
    return locked


@transaction.atomic
def set_details(
    file: Honouree,
    *,
    actor: User,
    other_names: Iterable[tuple[str, str]] | None = None,
    posts: Iterable[Post] | None = None,
    sources: Iterable[str] | None = None,
    reason: str = "",
) -> None:
    """Replace the lists that hang on a file: `(kind, name)` pairs, posts, source titles. None leaves a list as it is."""
    if not may_edit_file(actor, file):
        raise PermissionDenied
    before = details(file)
    if other_names is not None:
        file.other_names.all().delete()
        names = {
            (kind, fold(name)): clean_name(name)
            for kind, name in other_names
            if fold(name) and fold(name) != file.name_key
        }
        OtherName.objects.bulk_create(
            OtherName(honouree=file, kind=k, name_key=key, name=n) for (k, key), n in names.items()
        )
    if posts is not None:
        file.posts.all().delete()
        for post in posts:
            post.honouree = file
            post.full_clean(exclude=["honouree"])
            post.save()
    if sources is not None:
        kept = [title.strip() for title in sources if title.strip()]
        file.sources.exclude(title__in=kept).delete()
        for title in kept:
            Source.objects.get_or_create(honouree=file, title=title[:300])
    old, new = changes(before, details(file))
    if new:
        record(file, "file.details", actor=actor, before=old, after=new, reason=reason, scope_path=file.union.path)
        announce_honourees([file.pk])


def details(file: Honouree) -> dict[str, Any]:
    """Return the lists that hang on a file, for the audit trail."""
    return {
        "other_names": [f"{other.get_kind_display()} {other.name}" for other in file.other_names.all()],
        "posts": [f"{post} {post.since}–{post.until}".strip(" –") for post in file.posts.all()],
        "sources": [source.title for source in file.sources.all()],
    }


@transaction.atomic
def set_withheld(file: Honouree, *, actor: User, withheld: bool, reason: str) -> Honouree:
    """Take a file off the public pages, or put it back; the honours stay. A reason is required."""
    if not may_edit_file(actor, file):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    locked = Honouree._base.select_for_update().get(pk=file.pk)
    locked.withheld, locked.withheld_reason = withheld, reason if withheld else ""
    locked.is_public = not withheld and locked.honour_count > 0
    locked.save(update_fields=["withheld", "withheld_reason", "is_public", "updated_at"])
    verb = "file.withheld" if withheld else "file.released"
    before, after = {"withheld": not withheld}, {"withheld": withheld}
    record(locked, verb, actor=actor, before=before, after=after, reason=reason, scope_path=locked.union.path)
    announce_honourees([locked.pk])
    return locked


@transaction.atomic
def close_file(file: Honouree, *, actor: User, reason: str) -> None:
    """Delete a file opened by mistake: only while no honour hangs on it. The trail keeps its facts.

    Raises `ValidationError` when an honour or a page depends on it.
    """
    if not may_edit_file(actor, file):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if file.conferrals.exists():
        raise ValidationError(
            _("This file holds honours. Remove or revoke them first; an honour is never deleted with its file.")
        )
    record(
        file,
        "file.closed",
        actor=actor,
        before={**snapshot(file), **details(file)},
        reason=reason,
        scope_path=file.union.path,
    )
    key = file.pk
    file.delete()
    announce_honourees([key])

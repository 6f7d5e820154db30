"""What a file lists with dates: a person's posts; a collective's heads, staff counts and member honourees."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from registry.accounts.models import User
from registry.audit.actions import changes, record
from registry.events import announce_honourees
from registry.life.actions import keep, lock_file, require_reason
from registry.life.models import LISTS, Headship, Membership, StaffCount
from registry.organisations.queries import units_named
from registry.people.actions import change_file, details
from registry.people.models import Honouree, Post
from registry.people.rules import may_edit_file
from registry.text.normalise import clean_name


def check_period(since: str, until: str) -> None:
    """Refuse an end before the beginning, as far as both are known; raises `ValidationError`."""
    if since and until and until < since[: len(until)]:
        raise ValidationError({"until": _("The end lies before the beginning.")})


@transaction.atomic
def save_post(
    file: Honouree,
    *,
    actor: User,
    post: Post | None = None,
    unit_name: str,
    position: str = "",
    since: str = "",
    until: str = "",
    is_present: bool = False,
    reason: str = "",
) -> Post:
    """Add or change one post of a person with its dates; the present one is also what the file says of unit and post.

    Raises `PermissionDenied`, and `ValidationError` for dates the wrong way round or a post that is entered already.
    """
    file = lock_file(file)
    _check_person(file, actor)
    check_period(since, until)
    if is_present and until:
        raise ValidationError({"is_present": _("A post that has ended isn't the present one.")})
    before = details(file)
    kept = Post(honouree=file) if post is None else Post.objects.get(pk=post.pk, honouree=file)
    if kept.unit_name != unit_name:
        kept.unit_name, kept.unit = unit_name, _unit(unit_name)
    kept.position, kept.since, kept.until = position, since, until
    keep(kept)
    _record_details(file, before, actor, reason)
    if is_present:
        change_file(
            file, actor=actor, facts={"unit_name": unit_name, "position": position, "unit": kept.unit}, reason=reason
        )
    return kept


@transaction.atomic
def remove_post(post: Post, *, actor: User, reason: str) -> None:
    """Remove a post entered by mistake."""
    file = lock_file(post.honouree)
    _check_person(file, actor)
    reason = require_reason(reason)
    before = details(file)
    Post.objects.filter(pk=post.pk, honouree=file).delete()
    _record_details(file, before, actor, reason)


@transaction.atomic
def save_line(collective: Honouree, line: Any, *, actor: User, reason: str = "", **values: Any) -> Any:
    """Add or change a head, a staff count or a member of a collective: `line` is an unsaved or a present row of one of `LISTS`.

    The latest head and count are what the file says. Raises `PermissionDenied` and `ValidationError`.
    """
    collective = lock_file(collective)
    _check_collective(collective, actor)
    check_period(values.get("since", ""), values.get("until", ""))
    before = lines_of(collective, type(line))
    line.collective = collective
    for name, value in values.items():
        setattr(line, name, value)
    if isinstance(line, Headship):
        line.name = clean_name(line.name)
    if isinstance(line, Membership) and not line.person.is_person:
        raise ValidationError({"person": _("A member is a person with a file.")})
    keep(line)
    _after_line(collective, type(line), before, actor, reason)
    return line


@transaction.atomic
def remove_line(line: Any, *, actor: User, reason: str) -> None:
    """Remove a head, a staff count or a member entered by mistake."""
    collective = lock_file(line.collective)
    _check_collective(collective, actor)
    reason = require_reason(reason)
    before = lines_of(collective, type(line))
    type(line).objects.filter(pk=line.pk).delete()
    _after_line(collective, type(line), before, actor, reason)


def lines_of(collective: Honouree, model: type[Any]) -> list[str]:
    """Return a list of a collective in words, for the audit trail."""
    if model is StaffCount:
        return [f"{one.counted_on} {one.staff}" for one in StaffCount.objects.filter(collective=collective)]
    if model is Headship:
        return [_dated(one.name, one) for one in Headship.objects.filter(collective=collective)]
    members = Membership.objects.filter(collective=collective).select_related("person")
    return [_dated(one.person.name, one) for one in members]


def _dated(name: str, line: Any) -> str:
    return f"{name} {line.since}–{line.until}".strip(" –")


def _after_line(collective: Honouree, model: type[Any], before: list[str], actor: User, reason: str) -> None:
    name = next(word for word, one in LISTS.items() if one is model)
    old, new = changes({name: before}, {name: lines_of(collective, model)})
    if new:
        record(
            collective, "collective.listed", actor=actor, before=old, after=new, reason=reason,
            scope_path=collective.union.path,
        )  # fmt: skip
    facts: dict[str, Any] = {}
    if model is StaffCount and (count := StaffCount.objects.filter(collective=collective).first()):
        facts["staff_count"] = count.staff
    if model is Headship and (head := Headship.objects.filter(collective=collective, until="").first()):
        facts["head"] = head.name
    if any(getattr(collective, key) != value for key, value in facts.items()):
        change_file(collective, actor=actor, facts=facts, reason=reason)
    else:
        announce_honourees([collective.pk])


def _unit(name: str) -> Any:
    units = list(units_named(name)[:2])
    return units[0] if len(units) == 1 else None


def _check_person(file: Honouree, actor: User) -> None:
    if not may_edit_file(actor, file):
        raise PermissionDenied
    if not file.is_person:
        raise ValidationError(_("A collective has no posts."))


def _check_collective(file: Honouree, actor: User) -> None:
    if not may_edit_file(actor, file):
        raise PermissionDenied
    if file.is_person:
        raise ValidationError(_("Only a collective has these lists."))


def _record_details(file: Honouree, before: dict[str, Any], actor: User, reason: str) -> None:
    old, new = changes(before, details(file))
    if new:
        record(file, "file.details", actor=actor, before=old, after=new, reason=reason, scope_path=file.union.path)
        announce_honourees([file.pk])

"""Every write to units, the union tree and appointments."""

from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.actions import changes, record
from registry.events import announce_honourees
from registry.organisations.enums import UnitChange
from registry.organisations.groups import sync_groups
from registry.organisations.models import Appointment, UnionNode, Unit, UnitName
from registry.organisations.rules import holds, may_appoint, may_edit_unit
from registry.text.normalise import clean_name, fold

FACTS = ("name", "credit_code", "ownership", "industry", "region", "union", "industry_union")


def snapshot(unit: Unit) -> dict[str, Any]:
    """Return a unit's facts, for the audit trail."""
    return {name: getattr(unit, name) for name in FACTS}


@transaction.atomic
def add_unit(name: str, *, actor: User, union: UnionNode, **facts: Any) -> Unit:
    """Add a unit at or below the actor's node."""
    if not holds(actor, Role.REGISTRAR, at=union.path):
        raise PermissionDenied
    unit = Unit(name=clean_name(name), name_key=fold(name)[:200], union=union, **facts)
    unit.full_clean()
    unit.save()
    record(unit, "unit.added", actor=actor, after=snapshot(unit), scope_path=union.path)
    return unit


@transaction.atomic
def change_unit(
    unit: Unit, *, actor: User, until: str = "", document: str = "", reason: str = "", **facts: Any
) -> Unit:
    """Change a unit's facts; a new name keeps the old one as a former name with its date and document, and moves to its people's files."""
    locked = Unit._base.select_for_update().get(pk=unit.pk)
    if not may_edit_unit(actor, locked) or (
        "union" in facts and not holds(actor, Role.REGISTRAR, at=facts["union"].path)
    ):
        raise PermissionDenied
    before = snapshot(locked)
    name = clean_name(facts.pop("name", locked.name))
    renamed = name != locked.name
    if renamed:
        _keep_former_name(locked, locked.name, UnitChange.RENAMED, until, document)
        locked.name, locked.name_key = name, fold(name)[:200]
    for key, value in facts.items():
        setattr(locked, key, value)
    locked.full_clean()
    locked.save()
    old, new = changes(before, snapshot(locked))
    if new:
        record(
            locked,
            "unit.renamed" if renamed else "unit.changed",
            actor=actor,
            before=old,
            after=new,
            reason=reason,
            scope_path=locked.union.path,
        )
        _refresh_files(locked, {"unit_name": locked.name} if renamed else {})
    return locked


@transaction.atomic
def merge_unit(unit: Unit, into: Unit, *, actor: User, until: str = "", document: str = "", reason: str) -> Unit:
    """Merge a unit into another: its files and former names move, its name stays findable, its record stays with `merged_into` set."""
    if unit.pk == into.pk:
        raise ValidationError(_("Choose another unit: a unit can't be merged into itself."))
    if not (may_edit_unit(actor, unit) and may_edit_unit(actor, into)):
        raise PermissionDenied
    if not reason.strip():
        raise ValidationError({"reason": _("Write the reason.")})
    if into.merged_into_id:
        raise ValidationError(_("That unit was merged into another one itself. Choose the unit that exists today."))
    units = {row.pk: row for row in Unit._base.select_for_update().filter(pk__in=[unit.pk, into.pk]).order_by("pk")}
    gone, stays = units[unit.pk], units[into.pk]
    _keep_former_name(stays, gone.name, UnitChange.MERGED, until, document)
    gone.merged_into = stays
    gone.save(update_fields=["merged_into"])
    Unit._base.filter(merged_into=gone).update(merged_into=stays)
    moved = _move_files(gone, stays)
    for thing, verb in ((gone, "unit.merged"), (stays, "unit.absorbed")):
        record(
            thing,
            verb,
            actor=actor,
            before={"unit": gone.name},
            after={"unit": stays.name, "files": moved},
            reason=reason,
            scope_path=stays.union.path,
        )
    return stays


@transaction.atomic
def appoint(
    user: User,
    role: Role,
    node: UnionNode,
    *,
    actor: User | None,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Appointment:
    """Give a user a role at a node for a term. `actor=None` is the system setting itself up.

    Raises `ValidationError` when the actor is the user: nobody appoints themselves, nor lengthens an own term by another one.
    """
    if actor is not None:
        if not may_appoint(actor, node):
            raise PermissionDenied
        _by_another(user, actor)
    appointment = Appointment(
        user=user, role=role, node=node, starts_on=starts_on or timezone.localdate(), ends_on=ends_on
    )
    appointment.full_clean()
    appointment.save()
    after = {"role": role, "node": node.name, "starts_on": appointment.starts_on, "ends_on": ends_on}
    record(user, "account.appointed", actor=actor, after=after, scope_path=node.path)
    sync_groups(user)
    return appointment


@transaction.atomic
def end_appointment(appointment: Appointment, *, actor: User, reason: str = "") -> Appointment:
    """End a term today: from tomorrow the role is gone; a role that began today goes at once.

    Raises `ValidationError` when the term is the actor's own (the last administrator would be gone by a slip), or over: that would
    lengthen it.
    """
    if not may_appoint(actor, appointment.node):
        raise PermissionDenied
    _by_another(appointment.user, actor)
    if appointment.ends_on and appointment.ends_on < timezone.localdate():
        raise ValidationError(_("This appointment has ended already."), code="over")
    user, node = appointment.user, appointment.node
    record(
        user,
        "account.dismissed",
        actor=actor,
        before={"role": appointment.role, "node": node.name},
        reason=reason,
        scope_path=node.path,
    )
    if appointment.starts_on >= timezone.localdate():
        appointment.delete()
    else:
        appointment.ends_on = timezone.localdate() - timedelta(days=1)
        appointment.save(update_fields=["ends_on"])
    if hasattr(user, "_appointments"):
        del user._appointments
    sync_groups(user)
    return appointment


def _by_another(user: User, actor: User) -> None:
    if user.pk == actor.pk:
        text = _("Your own roles are given and ended by another administrator. Ask a colleague.")
        raise ValidationError(text, code="own")


def _keep_former_name(unit: Unit, name: str, change: UnitChange, until: str, document: str) -> None:
    former = UnitName(unit=unit, name=name, name_key=fold(name)[:200], change=change, until=until, document=document)
    former.full_clean()
    former.save()


def _files(unit: Unit) -> Any:
    # The files lie in a room above; the relation's own name reaches them without an import.
    return unit.files.everywhere("a unit's files follow it wherever they are kept")


def _refresh_files(unit: Unit, values: dict[str, Any]) -> None:
    keys = list(_files(unit).values_list("pk", flat=True))
    if values:
        _files(unit).update(**values)
    announce_honourees(keys)


def _move_files(gone: Unit, stays: Unit) -> int:
    keys = list(_files(gone).values_list("pk", flat=True))
    _files(gone).update(unit=stays, unit_name=stays.name)
    gone.posts.update(unit=stays)
    announce_honourees(keys)
    return len(keys)

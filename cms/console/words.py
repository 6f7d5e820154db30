"""The audit trail in words: actions, kinds of object, facts and their values, as people say them and not as the database does."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.duplicates.enums import RunState
from registry.holders.enums import Fact
from registry.intake.enums import BatchState, Choice
from registry.life.enums import EventKind, EventState, Status

VERBS: dict[str, Any] = {
    "file.opened": gettext_lazy("file opened"),
    "file.changed": gettext_lazy("facts changed"),
    "file.details": gettext_lazy("names, posts or sources changed"),
    "file.withheld": gettext_lazy("withheld from the public"),
    "file.released": gettext_lazy("shown to the public again"),
    "file.closed": gettext_lazy("file deleted"),
    "portrait.set": gettext_lazy("portrait set"),
    "portrait.removed": gettext_lazy("portrait removed"),
    "honour.conferred": gettext_lazy("honour added"),
    "honour.corrected": gettext_lazy("honour corrected"),
    "honour.removed": gettext_lazy("honour removed"),
    "revocation.proposed": gettext_lazy("revocation proposed"),
    "revocation.confirmed": gettext_lazy("revocation confirmed"),
    "revocation.withdrawn": gettext_lazy("revocation withdrawn"),
    "title.added": gettext_lazy("award title added"),
    "title.changed": gettext_lazy("award title changed"),
    "title.removed": gettext_lazy("award title removed"),
    "unit.added": gettext_lazy("unit added"),
    "unit.changed": gettext_lazy("unit changed"),
    "unit.renamed": gettext_lazy("unit renamed"),
    "unit.merged": gettext_lazy("unit merged into another"),
    "unit.absorbed": gettext_lazy("another unit taken in"),
    "unit.removed": gettext_lazy("unit removed"),
    "account.added": gettext_lazy("account added"),
    "account.appointed": gettext_lazy("role given"),
    "account.dismissed": gettext_lazy("role ended"),
    "account.password": gettext_lazy("new password given"),
    "account.active": gettext_lazy("account switched on or off"),
    "account.reveal": gettext_lazy("sight of private facts given or taken back"),
    "private.changed": gettext_lazy("private facts entered"),
    "private.revealed": gettext_lazy("private fact seen"),
    "private.exported": gettext_lazy("copy of the private facts taken"),
    "private.erased": gettext_lazy("private facts erased"),
    "holder.invited": gettext_lazy("code for the own account made"),
    "holder.invitation_ended": gettext_lazy("code taken back"),
    "holder.bound": gettext_lazy("own account opened"),
    "holder.unbound": gettext_lazy("own account ended"),
    "request.asked": gettext_lazy("correction asked for"),
    "request.withdrawn": gettext_lazy("request taken back"),
    "request.answered": gettext_lazy("request answered"),
    "file.verified": gettext_lazy("file verified"),
    "lifeevent.recorded": gettext_lazy("event recorded"),
    "lifeevent.corrected": gettext_lazy("event corrected"),
    **{f"lifeevent.{state}": state.label for state in EventState},
    "event.counted": gettext_lazy("event recorded, status follows"),
    "event.proposed": gettext_lazy("private event recorded, waits for a second person"),
    "event.confirmed": gettext_lazy("private event confirmed"),
    "event.refused": gettext_lazy("private event refused"),
    "event.withdrawn": gettext_lazy("private event withdrawn"),
    "status.derived": gettext_lazy("status follows"),
    "handover.offered": gettext_lazy("file offered to another union"),
    "handover.accepted": gettext_lazy("file accepted by the receiving union"),
    "handover.returned": gettext_lazy("file returned by the receiving union"),
    "handover.withdrawn": gettext_lazy("offer of the file withdrawn"),
    "proposal.proposed": gettext_lazy("correction proposed"),
    "proposal.confirmed": gettext_lazy("proposed correction confirmed"),
    "proposal.refused": gettext_lazy("proposed correction refused"),
    "proposal.withdrawn": gettext_lazy("proposed correction withdrawn"),
    "collective.listed": gettext_lazy("heads, staff or members changed"),
    "file.absorbed": gettext_lazy("another file taken in"),
    "file.merged": gettext_lazy("merged into another file"),
    "file.parted": gettext_lazy("merge taken back"),
    "file.restored": gettext_lazy("file of its own again"),
    "duplicate.distinct": gettext_lazy("judged not the same as another file"),
    "duplicate.reopened": gettext_lazy("possible duplicate to be decided again"),
    "cleaning.proposed": gettext_lazy("cleaning proposed"),
    **{f"cleaningrun.{state}": state.label for state in RunState},
    "intake.uploaded": gettext_lazy("list uploaded"),
    "intake.answered": gettext_lazy("questions answered"),
    "intake.settled": gettext_lazy("doubts settled"),
    "intake.corrections": gettext_lazy("rows to correct downloaded"),
    **{f"intakebatch.{state}": state.label for state in BatchState},
}
FACTS: dict[str, Any] = {
    "other_names": gettext_lazy("other names"),
    "other_file": gettext_lazy("other file"),
    "honours_moved": gettext_lazy("honours moved"),
    "honours_collapsed": gettext_lazy("honours that became one"),
    "posts": gettext_lazy("posts"),
    "sources": gettext_lazy("sources"),
    "honour": gettext_lazy("honour"),
    "honours": gettext_lazy("honours"),
    "private_in_plain": gettext_lazy("with private facts in plain"),
    "aliases": gettext_lazy("other spellings"),
    "files": gettext_lazy("files"),
    "rows": gettext_lazy("rows"),
    "choice": gettext_lazy("decision"),
    "answers": gettext_lazy("answers"),
    "file": gettext_lazy("file name"),
    "consent": gettext_lazy("consent"),
    "credit": gettext_lazy("credit"),
    "unit": gettext_lazy("unit"),
    "event": gettext_lazy("event"),
    "life_status": gettext_lazy("Status"),
    "event_state": gettext_lazy("state of the record"),
    "proposal": gettext_lazy("proposed correction"),
    "heads": gettext_lazy("heads"),
    "staff": gettext_lazy("staff counts"),
    "members": gettext_lazy("members"),
    "withheld": gettext_lazy("withheld from the public"),
    "private_fact": gettext_lazy("private fact"),
    "private_facts": gettext_lazy("private facts"),
    "account": gettext_lazy("account"),
    "reveal": gettext_lazy("may see private facts"),
    "fact": gettext_lazy("what is wrong"),
    "document": gettext_lazy("paper"),
}
# Facts of an entry that belong to another model than the entry's object.
BESIDE = (
    "honours.revocation", "organisations.appointment", "honours.conferral", "people.privatefacts", "holders.correctionrequest",
    "life.lifeevent", "life.filestatus", "life.handover",
)  # fmt: skip
CHOICES: dict[str, dict[str, Any]] = {
    "choice": dict(Choice.choices),
    "event": dict(EventKind.choices),
    "event_state": dict(EventState.choices),
    "life_status": dict(Status.choices),
    "fact": dict(Fact.choices),
    "private_fact": dict(Fact.choices),
}
SHORTENED = 20


def verb_words(verb: str) -> str:
    """Say an action; one that isn't known here yet is shown as it is recorded."""
    return str(VERBS.get(verb, verb))


def actor_words(actor: str) -> str:
    """Say who did it."""
    return _("the system") if actor == "system" else actor


def kind_words(object_type: str) -> str:
    """Say what kind of object an entry is about."""
    try:
        return str(apps.get_model(object_type)._meta.verbose_name)
    except (LookupError, ValueError):
        return object_type


def readable(values: dict[str, Any], object_type: str) -> list[tuple[str, str]]:
    """Return `(fact, value)` pairs in words, empty values left out."""
    return [
        (_label(name, object_type), _value(name, value, object_type))
        for name, value in values.items()
        if value not in ("", None, [], {})
    ]


def line(values: dict[str, Any], object_type: str) -> str:
    """Return the same on one line, for exports."""
    return "; ".join(f"{name}: {value}" for name, value in readable(values, object_type))


def _field(name: str, object_type: str) -> Any:
    for label in (object_type, *BESIDE):
        try:
            return apps.get_model(label)._meta.get_field(name)
        except (LookupError, ValueError, FieldDoesNotExist):
            continue
    return None


def _label(name: str, object_type: str) -> str:
    if name in FACTS:
        return str(FACTS[name])
    return str(getattr(_field(name, object_type), "verbose_name", name))


def _value(name: str, value: Any, object_type: str) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        more = "…" if len(value) > SHORTENED else ""
        return ", ".join(str(one) for one in value[:SHORTENED]) + more
    if isinstance(value, dict):
        return ", ".join(f"{key}: {one}" for key, one in value.items())
    choices = CHOICES.get(name) or dict(getattr(_field(name, object_type), "choices", None) or [])
    return str(choices.get(value, value))

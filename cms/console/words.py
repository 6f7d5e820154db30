"""The audit trail in words: actions, kinds of object, facts and their values, as people say them and not as the database does."""

from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from registry.intake.enums import BatchState, Choice

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
    "intake.uploaded": gettext_lazy("list uploaded"),
    "intake.answered": gettext_lazy("questions answered"),
    "intake.settled": gettext_lazy("doubts settled"),
    **{f"intakebatch.{state}": state.label for state in BatchState},
}
FACTS: dict[str, Any] = {
    "other_names": gettext_lazy("other names"),
    "posts": gettext_lazy("posts"),
    "sources": gettext_lazy("sources"),
    "honour": gettext_lazy("honour"),
    "aliases": gettext_lazy("other spellings"),
    "files": gettext_lazy("files"),
    "rows": gettext_lazy("rows"),
    "choice": gettext_lazy("decision"),
    "answers": gettext_lazy("answers"),
    "file": gettext_lazy("file name"),
    "consent": gettext_lazy("consent"),
    "credit": gettext_lazy("credit"),
    "unit": gettext_lazy("unit"),
}
# Facts of an entry that belong to another model than the entry's object.
BESIDE = ("honours.revocation", "organisations.appointment", "honours.conferral")
CHOICES: dict[str, dict[str, Any]] = {"choice": dict(Choice.choices)}
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

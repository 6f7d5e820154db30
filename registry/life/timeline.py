"""Playing a file's events in the order of their days: what status follows, and which event can't stand where it is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from registry.fields import partial_date_label
from registry.life.enums import EventKind, Hold, Status
from registry.life.states import BACK, ENTITLED, NOTHING, STAYS, STEPS
from registry.people.models import Honouree

# Within a period that is only partly known these come last: who died in 2020 may have retired in March 2020.
LATE = (EventKind.DIED, EventKind.RETURNED, EventKind.FOUND, EventKind.REVIVED, EventKind.RESTORED)


@dataclass(frozen=True)
class Standing:
    """Where a file stands: status and hold, both perhaps empty, and since when the status holds."""

    status: str = ""
    hold: str = ""
    since: str = ""

    @property
    def status_label(self) -> str:
        """The status in words."""
        return str(Status(self.status).label) if self.status else _("not recorded")

    @property
    def hold_label(self) -> str:
        """The hold in words, empty for none."""
        return str(Hold(self.hold).label) if self.hold else ""

    @property
    def is_entitled(self) -> bool:
        """Whether benefits go to the holder (domain.md c3): not to the dead, the emigrated, the lost, the investigated, the revoked."""
        return not self.hold and self.status in ENTITLED


@dataclass(frozen=True)
class Played:
    """One event played: the status (or hold) before and after."""

    event: Any
    before: str
    after: str


def in_order(events: Iterable[Any]) -> list[Any]:
    """Sort events, saved or not, by their days."""
    return sorted(events, key=lambda event: (_day(event.kind, event.happened_on), event.pk or float("inf")))


def play(events: Iterable[Any], *, died: str = "", imported: str = "") -> tuple[Standing, list[Played]]:
    """Play events; raises `ValidationError` at the first that isn't possible where it stands.

    `died` is the file's date of death: it counts as an event unless one is among them. `imported` is the status of a collective about which
    no event tells more.
    """
    ordered = in_order(events)
    past, hold, since, steps = [NOTHING], NOTHING, "", []
    deaths = [event for event in ordered if event.kind == EventKind.DIED]
    dead_by = _day(EventKind.DIED, died) if died and not deaths else ""
    for event in ordered:
        step = STEPS[event.kind]
        now = hold if step.holds else past[-1]
        if not step.holds and event.kind != EventKind.RECOGNISED and dead_by and _day("", event.happened_on) > dead_by:
            now = Status.DECEASED
        if now not in step.before:
            raise ValidationError({"happened_on": _impossible(event, now, step.holds)})
        after = _after(step.to, past, step.before, now)
        steps.append(Played(event, now, after))
        if step.holds:
            hold = after
        elif after != now:
            past.append(after)
            since = event.happened_on
    if dead_by:
        return Standing(Status.DECEASED, hold, died), steps
    if len(past) == 1 and imported:
        return Standing(imported, hold), steps
    return Standing(past[-1], hold, since), steps


def check_day(file: Honouree, day: str, today: str) -> None:
    """Refuse a day that lies ahead, or before the person was born; raises `ValidationError`."""
    if day[:10] > today[: len(day)]:
        raise ValidationError({"happened_on": _("This day lies ahead.")})
    if file.born and day < file.born[: len(day)]:
        raise ValidationError({"happened_on": _("This day lies before the birth.")})


def _day(kind: str, day: str) -> str:
    return f"{day}~" if kind in LATE else day


def _after(to: str, past: Sequence[str], before: Sequence[str] | Any, now: str) -> str:
    if to == STAYS:
        return now
    if to == BACK:
        return next(one for one in reversed(past) if one not in before and one != Status.LOST)
    return str(to)


def _impossible(event: Any, now: str, holds: bool) -> str:
    labels = Hold if holds else Status
    nothing = _("no hold") if holds else _("not recorded")
    return _(
        "“%(event)s” on %(day)s isn't possible: the status then is “%(status)s”. Check the dates of the other events."
    ) % {
        "event": event.get_kind_display(),
        "day": partial_date_label(event.happened_on),
        "status": labels(now).label if now else nothing,
    }

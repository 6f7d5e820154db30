"""What the public templates are handed; each name is the one stated on top of a template."""

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

Link = tuple[str, str]


@dataclass(frozen=True)
class PictureView:
    """A picture cut to a size, ready for an `<img>`."""

    url: str
    width: int
    height: int
    alt: str


@dataclass(frozen=True)
class StoryCard:
    """A story in a list."""

    title: str
    url: str
    summary: str
    date: date | None
    image: PictureView | None = None


@dataclass(frozen=True)
class Tally:
    """Distinct holders per value of every fact: `{fact: {value: number}}`, from honours in force and public files.

    `seconds` is what counting took. Tallies are equal when they are the same counting, whichever process holds the copy.
    """

    counts: dict[str, dict[str, int]] = field(compare=False)
    seconds: float = field(compare=False, default=0.0)
    stamp: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def total(self) -> int:
        """How many files are public (under the filters it was taken for)."""
        return sum(self.counts.get("kind", {}).values())


Context = dict[str, Any]

"""Portraits for cards: one query for a list, whatever its length (one more for cuts made before)."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _

from cms.pages.shapes import PictureView
from media.models import Picture, Portrait
from registry.honours.queries import HonoureeCard

CUT = "fill-360x480"
Card = TypeVar("Card", bound=HonoureeCard)


def with_portraits(cards: list[Card], *, described: bool = False) -> list[Card]:
    """Return the cards with their portraits, cut 3:4. `described` gives the picture words of its own (it stands alone)."""
    pictures = portraits_of([card.pk for card in cards])
    return [
        replace(card, portrait=_view(card, pictures[card.pk], described)) if card.pk in pictures else card
        for card in cards
    ]


def portraits_of(ids: Iterable[int]) -> dict[int, Picture]:
    """Return the pictures of these files, their cuts fetched ahead."""
    found = Portrait.objects.filter(honouree__in=ids).select_related("picture").prefetch_related("picture__renditions")
    return {portrait.honouree_id: portrait.picture for portrait in found}


def picture_view(picture: Picture, cut: str, alt: str) -> PictureView | None:
    """Return a cut of a picture; None when its file is gone."""
    try:
        rendition = picture.get_rendition(cut)
    except OSError:
        return None
    return PictureView(rendition.url, rendition.width, rendition.height, alt)


def _view(card: HonoureeCard, picture: Picture, described: bool) -> PictureView | None:
    return picture_view(picture, CUT, _("Portrait of %(name)s") % {"name": card.name} if described else "")

"""Portraits for cards: one query for a page of them, and one for the cuts made before."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from django.utils.translation import gettext as _
from wagtail.images.models import Filter

from cms.pages.shapes import PictureView
from media.models import Picture, PictureRendition, Portrait
from registry.honours.queries import NAMES_AT_ONCE, HonoureeCard
from registry.prepared import Prepared

CUT = "fill-360x480"
Card = TypeVar("Card", bound=HonoureeCard)
_PORTRAITS_OF = Prepared(
    lambda files: Portrait.objects.filter(honouree__in=files).select_related("picture"), files=NAMES_AT_ONCE
)
_CUTS_OF = Prepared(lambda pictures: PictureRendition.objects.filter(image__in=pictures), pictures=NAMES_AT_ONCE)


def with_portraits(cards: list[Card], *, described: bool = False) -> list[Card]:
    """Return the cards with their portraits, cut 3:4. `described` gives the picture words of its own (it stands alone)."""
    pictures = portraits_of([card.pk for card in cards])
    return [
        replace(card, portrait=_view(card, pictures[card.pk], described)) if card.pk in pictures else card
        for card in cards
    ]


def portraits_of(ids: Iterable[int]) -> dict[int, Picture]:
    """Return the pictures of these files, their cuts fetched ahead."""
    pictures = {portrait.honouree_id: portrait.picture for portrait in _PORTRAITS_OF(files=list(ids))}
    cuts: dict[int, list[PictureRendition]] = {picture.pk: [] for picture in pictures.values()}
    for cut in _CUTS_OF(pictures=list(cuts)) if cuts else []:
        cuts[cut.image_id].append(cut)
    for picture in pictures.values():
        # Where Wagtail looks first.
        picture.prefetched_renditions = cuts[picture.pk]
    return pictures


def picture_view(picture: Picture, cut: str, alt: str) -> PictureView | None:
    """Return a cut of a picture; None when its file is gone."""
    try:
        rendition = picture.find_existing_rendition(Filter(spec=cut))
    except PictureRendition.DoesNotExist:
        try:
            rendition = picture.get_rendition(cut)
        except OSError:
            return None
    return PictureView(rendition.url, rendition.width, rendition.height, alt)


def _view(card: HonoureeCard, picture: Picture, described: bool) -> PictureView | None:
    return picture_view(picture, CUT, _("Portrait of %(name)s") % {"name": card.name} if described else "")

"""Every write to portraits."""

from io import BytesIO
from typing import IO

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError
from wagtail.models import ReferenceIndex

from media.models import Picture, Portrait
from registry.accounts.models import User
from registry.audit.actions import record
from registry.events import announce_honourees
from registry.people.models import Honouree
from registry.people.rules import may_edit_file

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
MAX_SIDE = 2400
MIN_SIDE = 200


def clean_picture(file: IO[bytes]) -> ContentFile[bytes]:
    """Open a picture by allow-list, turn it upright, shrink it, and write it anew as JPEG without any metadata (place, camera).

    Raises `ValidationError` when it is no picture, too large or too small.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise ValidationError({"file": _("The picture is larger than 10 MB. Save it smaller and try again.")})
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise ValidationError(
                    {"file": _("The picture has more than 40 million pixels. Save it smaller and try again.")}
                )
            if min(picture.size) < MIN_SIDE:
                raise ValidationError({"file": _("The picture is too small: both sides need at least 200 pixels.")})
            upright = ImageOps.exif_transpose(picture).convert("RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Image.DecompressionBombError) as fault:
        raise ValidationError({"file": _("This isn't a picture that can be opened. Use JPEG, PNG or WebP.")}) from fault
    upright.thumbnail((MAX_SIDE, MAX_SIDE))
    out = BytesIO()
    upright.save(out, "JPEG", quality=88)
    return ContentFile(out.getvalue(), name="portrait.jpg")


@transaction.atomic
def set_portrait(honouree: Honouree, file: IO[bytes], *, actor: User, credit: str, consent: str) -> Portrait:
    """Give a file its portrait, in place of the one before. `consent` says why it may be shown."""
    if not may_edit_file(actor, honouree):
        raise PermissionDenied
    if not consent.strip():
        raise ValidationError({"consent": _("Say who allowed the picture to be shown.")})
    content = clean_picture(file)
    picture = Picture(title=honouree.name, credit=credit, licence=consent[:200], uploaded_by_user=actor)
    picture.file.save(f"{honouree.code}.jpg", content, save=False)
    picture.save()
    before = Portrait.objects.filter(honouree=honouree).select_related("picture").first()
    portrait, _fresh = Portrait.objects.update_or_create(
        honouree=honouree, defaults={"picture": picture, "consent": consent}
    )
    if before is not None:
        _discard(before.picture)
    after = {"credit": credit, "consent": consent}
    record(honouree, "portrait.set", actor=actor, after=after, scope_path=honouree.union.path)
    announce_honourees([honouree.pk])
    return portrait


@transaction.atomic
def remove_portrait(honouree: Honouree, *, actor: User, reason: str) -> None:
    """Take a portrait away, with its picture."""
    if not may_edit_file(actor, honouree):
        raise PermissionDenied
    portrait = Portrait.objects.filter(honouree=honouree).select_related("picture").first()
    if portrait is None:
        raise ValidationError(_("There is no portrait."))
    picture = portrait.picture
    portrait.delete()
    _discard(picture)
    record(honouree, "portrait.removed", actor=actor, reason=reason, scope_path=honouree.union.path)
    announce_honourees([honouree.pk])


def _discard(picture: Picture) -> None:
    """Delete a picture with its file and renditions, unless a page shows it."""
    if not ReferenceIndex.get_references_to(picture).exists():
        picture.delete()

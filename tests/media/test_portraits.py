"""Portraits: opened by allow-list, written anew without metadata, shown, replaced, removed."""

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from PIL import Image

from media.actions import clean_picture, remove_portrait, set_portrait
from media.models import Picture, Portrait
from registry.audit.queries import history_of
from registry.honours.actions import confer
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.registry.conftest import Federation, federation

__all__ = ["federation"]


def picture(size: tuple[int, int] = (600, 800), kind: str = "JPEG", **options: Any) -> BytesIO:
    """A made picture."""
    out = BytesIO()
    Image.new("RGB", size, (180, 35, 42)).save(out, kind, **options)
    out.seek(0)
    return out


@pytest.fixture
def holder(federation: Federation, settings: Any, tmp_path: Path) -> Honouree:
    """Somebody public."""
    settings.MEDIA_ROOT = tmp_path
    file = open_file("individual", "单雨晴", actor=federation.registrar, union=federation.yinchuan)
    confer(file, federation.title("自治区五一劳动奖章"), actor=federation.registrar, year=2022)
    file.refresh_from_db()
    return file


def test_place_and_camera_are_removed_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0110] = "a camera"
    exif[0x0112] = 6
    exif.get_ifd(0x8825)[1] = "N"
    cleaned = Image.open(BytesIO(clean_picture(picture((800, 600), exif=exif)).read()))
    assert cleaned.size == (600, 800)
    assert not cleaned.getexif()


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GIF89a....",
        b"<svg onload='x'/>",
        b"\xff\xd8\xff broken",
        picture((100, 100)).getvalue(),
        picture((9000, 5000)).getvalue(),
    ],
)
def test_what_is_no_proper_picture_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean_picture(BytesIO(data))
    assert "file" in refusal.value.message_dict


def test_a_portrait_shows_on_the_public_page_and_is_replaced_and_removed(
    federation: Federation, holder: Honouree
) -> None:
    set_portrait(holder, picture(), actor=federation.registrar, credit="摄影 甲", consent="本人授权")
    assert "/uploads/images/" in Client().get(holder.get_absolute_url()).content.decode()
    first = Portrait.objects.get().picture
    set_portrait(holder, picture(kind="PNG"), actor=federation.registrar, credit="", consent="单位提供")
    assert not Picture.objects.filter(pk=first.pk).exists()
    remove_portrait(holder, actor=federation.registrar, reason="本人要求")
    assert not Picture.objects.exists()
    assert "/uploads/images/" not in Client().get(holder.get_absolute_url()).content.decode()
    assert [entry.verb for entry in history_of(holder)][:3] == ["portrait.removed", "portrait.set", "portrait.set"]


def test_no_portrait_without_consent_or_right(federation: Federation, holder: Honouree) -> None:
    with pytest.raises(ValidationError):
        set_portrait(holder, picture(), actor=federation.registrar, credit="", consent=" ")
    with pytest.raises(PermissionDenied):
        set_portrait(holder, picture(), actor=federation.auditor, credit="", consent="x")


def test_an_original_is_never_served(federation: Federation, holder: Honouree) -> None:
    portrait = set_portrait(holder, picture(), actor=federation.registrar, credit="", consent="本人授权")
    assert Client().get(f"/uploads/{portrait.picture.file.name}").status_code == 404
    assert Client().get("/uploads/images/../original_images/x.jpg").status_code == 404

"""What may be attached to a request: told by content, not by name."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

MAX_BYTES = 10 * 1024 * 1024
KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n\x1a\n": "png"}
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}


def kind_of(content: bytes) -> str:
    """Return the ending that fits the content; raises `ValidationError` for what is no PDF, JPEG or PNG, or too large."""
    if len(content) > MAX_BYTES:
        raise ValidationError(
            {
                "paper": _("The paper is larger than %(size)d MB. Take a smaller picture.")
                % {"size": MAX_BYTES // 1024**2}
            }
        )
    for head, ending in KINDS.items():
        if content.startswith(head):
            return ending
    raise ValidationError({"paper": _("Attach a PDF, or a photograph as JPEG or PNG.")})

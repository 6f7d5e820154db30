"""Why an import wrote something, as the trail keeps it: the same in every language, so that an undo knows the batch's own entries by it.

`reason_words` says it to a reader.
"""

import re

from django.utils.translation import gettext as _

from registry.intake.models import IntakeBatch

_KEPT = re.compile(r"(undo )?intake (\d+)(?:: (.*))?", re.DOTALL)


def reason_of(batch: IntakeBatch) -> str:
    """What a batch's own entries carry."""
    return f"intake {batch.pk}: {batch.filename}"


def reason_of_undo(batch: IntakeBatch) -> str:
    """What the entries carry that take a batch back."""
    return f"undo intake {batch.pk}"


def reason_words(reason: str) -> str:
    """Say an import's reason in the reader's language; what people wrote stays as they wrote it."""
    found = _KEPT.fullmatch(reason)
    if found is None or bool(found[1]) == bool(found[3]):
        return reason
    if found[1]:
        return _("import %(batch)s taken back") % {"batch": found[2]}
    return _("import %(batch)s: %(file)s") % {"batch": found[2], "file": found[3]}

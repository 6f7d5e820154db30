"""How private facts are called on both sides of the site, and the copy of them that a person gets."""

import json
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from registry.people.private import PRIVATE_FACTS, PrivateFacts

LABELS: dict[str, Any] = {name: PrivateFacts._meta.get_field(name).verbose_name for name in PRIVATE_FACTS}  # type: ignore[union-attr]


def copy_file(person: str, facts: dict[str, str], *, name: str) -> HttpResponse:
    """Hand out a person's private facts in plain as a JSON file called `name` and the day."""
    named = {str(_("name")): person, **{str(LABELS[fact]): text for fact, text in facts.items()}}
    content = json.dumps(named, ensure_ascii=False, indent=2)
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.json"'
    return response

"""How an entry is hashed: SHA-256 over canonical JSON of everything but the hash itself."""

import hashlib
import json
from datetime import UTC
from typing import Any

from registry.audit.models import AuditEntry

FIELDS = (
    "chain", "position", "actor_id", "actor", "verb", "object_type", "object_id", "object_label", "scope_path", "before", "after",
    "reason", "request_id", "previous_hash",
)  # fmt: skip


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def digest(entry: AuditEntry) -> str:
    """Return the entry's SHA-256 as 64 hexadecimal digits."""
    content = {name: getattr(entry, name) for name in FIELDS}
    content["at"] = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    return digest_of(content)


def digest_of(content: dict[str, Any]) -> str:
    """Return the SHA-256 of an entry given as its `FIELDS` and `at`, in UTC as ISO text with microseconds."""
    return hashlib.sha256(_CANONICAL(content).encode()).hexdigest()

"""What the room listens to."""

from collections.abc import Sequence
from typing import Any

from django.db.models.signals import post_delete

from registry.events import honourees_changed
from registry.people.private import PrivateFacts

CHUNK = 200


def connect() -> None:
    """Connect everything."""
    honourees_changed.connect(files_changed, dispatch_uid="duplicates.files")
    post_delete.connect(private_erased, sender=PrivateFacts, dispatch_uid="duplicates.private")


def files_changed(ids: Sequence[int], **_signal: Any) -> None:
    """Look at changed files again, in small pieces, so that other writers get their turn."""
    from registry.duplicates.tasks import look_again

    for start in range(0, len(ids), CHUNK):
        look_again.enqueue(list(ids[start : start + CHUNK]))


def private_erased(instance: PrivateFacts, **_signal: Any) -> None:
    """Where the law asked to erase private facts, what merges set aside of them goes too."""
    from registry.duplicates.models import SetAside
    from registry.duplicates.queries import absorbed_keys

    keys = {instance.honouree_id, *absorbed_keys(instance.honouree_id)}
    SetAside.objects.filter(file_key__in=keys).delete()

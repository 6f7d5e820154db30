"""What must hold before the system starts: the key rings are there and whole, and they open what is stored."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections, models
from django.db.models import Q

from registry.secrets.fields import BlindIndexField, EncryptedTextField
from registry.secrets.keys import RingError, blind_ring, current_suite, ring
from registry.secrets.sealing import key_id_of, key_id_of_digest, prefix
from registry.secrets.suites import SUITES
from registry.secrets.uses import trouble_with

logger = logging.getLogger(__name__)
HINT = "Put the lost key back into the environment; without it what is under it can't be read. Never reuse an id for another key."


def sealed_models(kind: type[models.Field[Any, Any]] = EncryptedTextField) -> Iterator[tuple[Any, list[Any]]]:
    """Yield every model with encrypted fields (or blind indexes), and those fields."""
    for model in apps.get_models():
        fields = [field for field in model._meta.concrete_fields if isinstance(field, kind)]
        if fields and not model._meta.proxy:
            yield model, fields


def check_rings(app_configs: Any, **_kwargs: Any) -> list[CheckMessage]:
    """Registered system check: the settings hold whole key rings and a known suite."""
    found: list[CheckMessage] = []
    for read in (ring, blind_ring, current_suite):
        try:
            read()
        except RingError as error:
            message: CheckMessage = Error(
                str(error), hint="`manage.py make_secret_key` writes a new key.", id="secrets.E001"
            )
            if message not in found:
                found.append(message)
    return found


def check_stored(app_configs: Any, databases: Sequence[str] | None = None, **_kwargs: Any) -> Iterable[CheckMessage]:
    """Registered database check: every key in use is in the ring and is the right one; nothing is stored under an unknown key."""
    if check_rings(None):
        return []
    return [
        Error(trouble, hint=HINT, id="secrets.E002")
        for alias in databases or ()
        for trouble in [*troubles(alias), *strays(alias)]
    ]


def troubles(using: str) -> list[str]:
    """Say which keys in use are missing or wrong; one small query."""
    uses: Any = apps.get_model("secrets", "KeyUse")._default_manager.using(using)
    if not _has_table(using, uses.model):
        return []
    rows = uses.filter(retired_at=None).values_list("name", "canary")
    return [trouble for name, canary in rows if (trouble := trouble_with(name, canary))]


def strays(using: str) -> list[str]:
    """Say where something is stored under a key that the ring lacks, whatever the table of keys says; reads each table once."""
    found = []
    sealing = [prefix(suite, key_id) for suite in SUITES for key_id in ring().keys]
    blind = [f"{suite}.{key_id}." for suite in SUITES for key_id in blind_ring().keys]
    for kind, lookup, known, read in (
        (EncryptedTextField, "under", sealing, key_id_of),
        (BlindIndexField, "startswith", blind, key_id_of_digest),
    ):
        for model, fields in sealed_models(kind):
            if not _has_table(using, model):
                continue
            for field in fields:
                stray = Q(**{f"{field.name}__isnull": False})
                for start in known:
                    stray &= ~Q(**{f"{field.name}__{lookup}": start})
                value = model._base_manager.using(using).filter(stray).values_list(field.name, flat=True).first()
                if value is not None:
                    key_id = read(getattr(value, "cipher", value))
                    found.append(
                        f"{model._meta.label}.{field.name}: the key {key_id or '(unreadable)'} is missing from the ring"
                    )
    return found


def verify_at_start(using: str = "default") -> None:
    """Refuse to serve with a broken ring or a lost or wrong key: for entry points that run no system checks.

    Raises `ImproperlyConfigured`. A database that doesn't answer yet is logged only.
    """
    found = [str(message.msg) for message in check_rings(None)]
    if not found:
        try:
            found = troubles(using)
        except DatabaseError:
            logger.warning("the keys in use couldn't be verified: the database doesn't answer")
        finally:
            # A server that forks afterwards must not share the connection.
            if not connections[using].in_atomic_block:
                connections[using].close()
    if found:
        raise ImproperlyConfigured("; ".join(found))


def _has_table(using: str, model: Any) -> bool:
    return model._meta.db_table in _tables(using) and _columns_match(using, model)


def _tables(using: str) -> set[str]:
    return set(connections[using].introspection.table_names())


def _columns_match(using: str, model: Any) -> bool:
    # `migrate` checks before it migrates: a table without its new columns has nothing to say yet.
    connection = connections[using]
    with connection.cursor() as cursor:
        there = {column.name for column in connection.introspection.get_table_description(cursor, model._meta.db_table)}
    return {field.column for field in model._meta.concrete_fields} <= there

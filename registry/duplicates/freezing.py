"""A row as JSON and back again, exactly: what a merge deletes comes back with its key when the merge is taken back."""

import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models.fields.files import FieldFile

from registry.secrets.fields import EncryptedTextField


def columns_of(model: Any) -> list[Any]:
    """Return the columns that a row is written with."""
    return [field for field in model._meta.concrete_fields if not isinstance(field, models.GeneratedField)]


def freeze_value(value: Any) -> Any:
    """Return a column's value as JSON can hold it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, uuid.UUID | Decimal | FieldFile):
        return str(value)
    return value


def freeze(row: Any) -> dict[str, Any]:
    """Return a row's columns. Raises `TypeError` for a model with secrets: their cipher texts belong in no copy."""
    fields = columns_of(type(row))
    if any(isinstance(field, EncryptedTextField) for field in fields):
        raise TypeError(f"{type(row).__name__} holds secrets")
    return {field.attname: freeze_value(getattr(row, field.attname)) for field in fields}


def thaw(model: Any, frozen: dict[str, Any]) -> Any:
    """Return an unsaved row from its columns; one that is no column any more is left out."""
    fields = {field.attname: field for field in columns_of(model)}
    return model(**{name: fields[name].to_python(value) for name, value in frozen.items() if name in fields})


def restore(model: Any, frozen: dict[str, Any]) -> Any:
    """Insert a row as it was, under its old key, times included."""
    row = thaw(model, frozen)
    row.save_base(raw=True, force_insert=True)
    return row

"""New rows of the registry's tables as plain records: what the commit makes many of, without an object of a model each."""

from types import SimpleNamespace
from typing import Any

from django.db.models import NOT_PROVIDED, Model
from django.utils import timezone

from registry.bulk import insert_rows, next_keys
from registry.honours.actions import FACTS as HONOUR_FACTS
from registry.honours.models import Conferral, HonourTitle
from registry.organisations.models import UnionNode, Unit
from registry.people.actions import facts_of_kind
from registry.people.enums import Kind
from registry.people.models import Honouree, OtherName, Post, Source
from registry.people.naming import apply_name, new_code

Record = SimpleNamespace


def _columns(model: type[Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.generated)


def _blank(model: type[Model]) -> dict[str, Any]:
    """Every column with its plain default."""
    found = {}
    for field in model._meta.concrete_fields:
        default = field.default
        found[field.attname] = (
            None if default is NOT_PROVIDED and field.null
            else "" if default is NOT_PROVIDED
            else None if callable(default)
            else default
        )  # fmt: skip
    return found


MODELS: tuple[type[Model], ...] = (Honouree, Conferral, OtherName, Post, Source, Unit)
COLUMNS = {model: _columns(model) for model in MODELS}
BLANK = {model: _blank(model) for model in COLUMNS}


def record_of(model: type[Model], **values: Any) -> Record:
    """A record with every column of the table; what isn't given has its default."""
    return Record(**{**BLANK[model], **values})


def write(model: type[Model], records: list[Record]) -> None:
    """Insert records that have their keys."""
    names = COLUMNS[model]
    if records:
        insert_rows(model, names, ([vars(record)[name] for name in names] for record in records))


def number(model: type[Model], records: list[Record]) -> None:
    """Give records their keys."""
    if records:
        for record, key in zip(records, next_keys(model, len(records)), strict=True):
            record.id = record.pk = key


def new_file(kind: str, name: str, union: UnionNode, values: dict[str, Any]) -> Record:
    """A new file's record, with everything derived from its name."""
    now = timezone.now()
    file = record_of(
        Honouree, kind=kind, code=new_code(), union_id=union.pk, created_at=now, updated_at=now, **values
    )  # fmt: skip
    apply_name(file, name)
    file.path = union.path
    return file


def new_honour(holder: int, title: HonourTitle, facts: dict[str, Any]) -> Record:
    """A new honour's record; level, treatment and who confers it come from the title unless given."""
    given = {name: value for name, value in facts.items() if value}
    values = {
        "level": title.level,
        "treatment_level": title.treatment_level,
        "conferred_by": title.conferred_by,
        **given,
    }
    honour = record_of(Conferral, honouree_id=holder, title_id=title.pk, **values)
    honour.title = title
    return honour


def honour_words(honour: Record) -> str:
    """An honour as `str` of its object says it."""
    return f"{honour.title} {honour.year or ''}".strip()


FACTS_OF = {kind: tuple(facts_of_kind(kind)) for kind in Kind.values}


def facts_for_trail(file: Record, words: dict[str, str]) -> dict[str, Any]:
    """A new file's facts as the trail keeps them; empty ones are left out. `words` are those that the file's columns name by a key."""
    values = {**vars(file), **words}
    return {"name": file.name, **{name: values[name] for name in FACTS_OF[file.kind] if values.get(name)}}


def honour_for_trail(honour: Record, region: str) -> dict[str, Any]:
    """A new honour's facts as the trail keeps them; empty ones are left out."""
    values = {**vars(honour), "title": honour.title.name, "region": region}
    return {name: values[name] for name in HONOUR_FACTS if values[name]}

"""A relation between models never climbs: string foreign keys escape import-linter, the app registry does not."""

from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

pytestmark = pytest.mark.once

# Top to bottom. Rooms on one line stand side by side and do not know each other.
FLOORS = [
    {"registry.intake", "registry.statistics"},
    {"registry.life", "registry.duplicates", "registry.holders"},
    {"registry.honours"},
    {"registry.people"},
    {"registry.organisations"},
    {"registry.accounts"},
    {"registry.audit"},
    {"registry.secrets"},
]
HEIGHT = {room: -depth for depth, rooms in enumerate(FLOORS) for room in rooms}


def house_of(model: type[models.Model]) -> str:
    """Return the top-level package a model lives in."""
    return model.__module__.split(".")[0]


def room_of(model: type[models.Model]) -> str:
    """Return the room a model lives in, `registry.people` for instance."""
    return ".".join(model.__module__.split(".")[:2])


def may_point(source: type[models.Model], target: type[models.Model]) -> bool:
    """Whether a relation from one model to the other goes down, stays in the room, or leaves for a library."""
    upper, lower = house_of(source), house_of(target)
    if upper == "registry" == lower:
        return room_of(source) == room_of(target) or HEIGHT[room_of(source)] > HEIGHT[room_of(target)]
    if upper == "registry":
        return lower == "django"
    if upper in ("search", "media"):
        return lower not in ({"search", "media", "cms"} - {upper})
    return True


def relations() -> Iterator[tuple[type[models.Model], str, type[models.Model]]]:
    """Yield every relation of our models that is a column or a table of its own."""
    for model in apps.get_models(include_auto_created=True):
        if house_of(model) not in ("registry", "search", "media", "cms"):
            continue
        for field in model._meta.get_fields():
            if field.is_relation and not field.auto_created and isinstance(field.related_model, type):
                yield model, field.name, field.related_model


def test_every_room_has_its_floor() -> None:
    rooms = {room_of(model) for model in apps.get_models() if house_of(model) == "registry"}
    assert rooms <= set(HEIGHT), "a new room of the registry needs its place in FLOORS"


def test_relations_go_down() -> None:
    climbing = [
        f"{source.__name__}.{name} -> {target.__name__}"
        for source, name, target in relations()
        if not may_point(source, target)
    ]
    assert not climbing, climbing


@pytest.mark.parametrize(
    ("source", "target", "allowed"),
    [
        ("registry.honours.models", "registry.people.models", True),
        ("registry.people.models", "registry.honours.models", False),
        ("registry.people.models", "cms.pages.models", False),
        ("registry.accounts.models", "django.contrib.auth.models", True),
        ("registry.people.models", "wagtail.models.pages", False),
        ("media.models", "search.models", False),
        ("media.models", "registry.people.models", True),
        ("cms.pages.models", "media.models", True),
    ],
)
def test_the_rule_itself(source: str, target: str, allowed: bool) -> None:
    made: list[type[models.Model]] = [type("Thing", (), {"__module__": module}) for module in (source, target)]
    assert may_point(*made) is allowed

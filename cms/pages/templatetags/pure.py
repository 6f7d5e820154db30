"""Components that depend on nothing but what they are handed are rendered once for each content."""

from functools import lru_cache
from typing import Any

from django import template
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()


class _Handed:
    """What a component is handed, compared by everything it says about itself."""

    __slots__ = ("key", "values")

    def __init__(self, values: dict[str, Any]) -> None:
        self.values = values
        self.key = repr(values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Handed) and other.key == self.key

    def __hash__(self) -> int:
        return hash(self.key)


@register.simple_tag
def pure(component: str, **values: Any) -> SafeString:
    """Include a component with these variables only, like `include … only`; equal variables give the kept text.

    Nothing goes stale: the text belongs to the whole content and the language, not to a name or a time.
    """
    return _rendered(component, get_language() or "", _Handed(values))


@lru_cache(maxsize=2_000)
def _rendered(component: str, language: str, handed: _Handed) -> SafeString:
    return SafeString(get_template(component).render(handed.values))

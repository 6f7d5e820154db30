"""Shared reads of regions, the tree and units."""

from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from registry.audit.models import AuditEntry
from registry.organisations.models import Region, UnionNode, Unit
from registry.organisations.regions import region_prefix, wider_codes
from registry.organisations.rules import paths_of, sees_everything
from registry.organisations.scoping import scope_filter
from registry.text.normalise import fold


def nodes_visible_to(user: Any) -> QuerySet[UnionNode]:
    """Nodes at or below those where the user holds a role."""
    condition = scope_filter(user, ("path",))
    return UnionNode.objects.all() if condition is None else UnionNode.objects.filter(condition)


def audit_visible_to(user: Any) -> QuerySet[AuditEntry]:
    """Entries about the user's subtree; the top of the tree also reads those that belong to no subtree."""
    if sees_everything(user):
        return AuditEntry.objects.all()
    condition = Q(pk__in=[])
    for path in paths_of(user):
        condition |= Q(scope_path__startswith=path)
    return AuditEntry.objects.filter(condition)


def units_named(name: str) -> QuerySet[Unit]:
    """Living units that bear, or bore, this name."""
    key = fold(name)
    found: QuerySet[Unit] = Unit.objects.everywhere("matching by name").filter(merged_into=None)
    return found.filter(Q(name_key=key) | Q(former_names__name_key=key)).distinct()


def top_node() -> UnionNode:
    """The federation at the top of the tree."""
    return UnionNode.objects.get(parent=None)


@lru_cache(maxsize=1)
def region_names() -> dict[str, list[tuple[str, bool]]]:
    """Map every region name to `(code, whether it is the full name)`; GB/T 2260 changes with a release, so it is read once a process."""
    names: dict[str, list[tuple[str, bool]]] = {}
    for code, name, short in Region.objects.values_list("code", "name", "short_name"):
        for word in {name, short}:
            names.setdefault(word, []).append((code, word == name))
    return names


def find_region(text: str, *, within: str = "") -> Region | None:
    """Read a region as lists write it: 宁夏回族自治区, 宁夏, 陕西省渭南市, 银川市西夏区.

    The longest chain of names that begins the text counts; `within` is a code prefix that settles names borne by several regions.
    None when nothing begins the text, or the name stays ambiguous.
    """
    code = find_region_code(text, within=within)
    return Region.objects.filter(pk=code).first() if code else None


def find_region_code(text: str, *, within: str = "", full_names_only: bool = False) -> str:
    """As `find_region`, giving the code alone. With `full_names_only`, 银川 in 银川隆基 doesn't count, 银川市 does."""
    names = region_names()
    rest, code, prefix = text.strip(), "", within
    while rest:
        step = _longest(rest, names, prefix, full_names_only and bool(code or within))
        if step is None:
            break
        word, found = step
        code, rest = found, rest[len(word) :]
        prefix = region_prefix(found)
    return code


def _longest(text: str, names: dict[str, list[tuple[str, bool]]], prefix: str, strict: bool) -> tuple[str, str] | None:
    for length in range(min(len(text), 15), 1, -1):
        word = text[:length]
        codes = [code for code, full in names.get(word, []) if code.startswith(prefix) and (full or not strict)]
        if not prefix and len(codes) > 1:
            codes = [code for code in codes if code.endswith("0000")] or [code for code in codes if code.endswith("00")]
        if len(codes) == 1:
            return word, codes[0]
    return None


def union_of_region(code: str) -> UnionNode | None:
    """The federation that keeps a region: its own, or the nearest above; None outside the tree."""
    for candidate in reversed(wider_codes(code)):
        node = UnionNode.objects.filter(region=candidate, kind="regional", is_active=True).first()
        if node:
            return node
    return None

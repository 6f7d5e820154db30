"""Load the reference data that comes with the system: regions, the union tree, codes, award titles. Safe to run again."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from django.db import transaction

from registry.honours.models import HonourTitle, TitleAlias
from registry.organisations.models import Industry, Region, UnionNode
from registry.organisations.queries import region_names
from registry.people.models import Ethnicity, PoliticalStatus
from registry.text.normalise import fold

ROOT = Path(__file__).resolve().parents[1]


def rows(room: str, name: str) -> Iterator[dict[str, str]]:
    """Read one of a room's CSV files."""
    with (ROOT / room / "data" / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def document(room: str, name: str) -> Any:
    """Read one of a room's YAML files."""
    return yaml.safe_load((ROOT / room / "data" / name).read_text(encoding="utf-8"))


@transaction.atomic
def load_reference() -> dict[str, int]:
    """Add what is missing and refresh what the files own; what people added stays. Returns `{kind: number in the files}`."""
    return {
        "regions": _regions(),
        "industries": _codes(
            Industry, rows("organisations", "industries.csv"), {"name": "name_zh", "name_en": "name_en"}
        ),
        "ethnicities": _codes(
            Ethnicity, rows("people", "ethnicities.csv"), {"letters": "letter", "name": "name_zh", "name_en": "name_en"}
        ),
        "political": _codes(
            PoliticalStatus,
            rows("people", "political_statuses.csv"),
            {"name": "name_zh", "short_name": "short_zh", "name_en": "name_en"},
        ),
        "unions": _unions(),
        "titles": _titles(),
    }


def _regions() -> int:
    found = [
        Region(
            code=row["code"], name=row["name"], short_name=row["short_name"], level=row["level"], parent_id=row["parent"] or None,
            pinyin=row["pinyin"],
        )
        for row in rows("organisations", "regions.csv")
    ]  # fmt: skip
    Region.objects.bulk_create(
        found,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "short_name", "level", "parent", "pinyin"],
    )
    region_names.cache_clear()
    return len(found)


def _codes(model: Any, lines: Iterator[dict[str, str]], columns: dict[str, str]) -> int:
    found = [model(code=row["code"], **{field: row[column] for field, column in columns.items()}) for row in lines]
    model.objects.bulk_create(found, update_conflicts=True, unique_fields=["code"], update_fields=list(columns))
    return len(found)


def _unions() -> int:
    nodes = document("organisations", "unions.yaml")
    for node in nodes:
        parent = UnionNode.objects.get(code=node["parent"]) if node["parent"] else None
        path = f"{parent.path if parent else ''}{node['code']}/"
        # Names are the federation's own once the tree is loaded: an existing node keeps its name.
        UnionNode.objects.get_or_create(
            code=node["code"],
            defaults={
                "name": node["name"],
                "kind": node["kind"],
                "parent": parent,
                "path": path,
                "region_id": str(node["region"] or "") or None,
            },
        )
    return len(nodes)


def _titles() -> int:
    entries = document("honours", "titles.yaml")
    for entry in entries:
        holders = set(entry["holders"])
        title, fresh = HonourTitle.objects.get_or_create(
            code=entry["code"],
            defaults={
                "name": entry["name"],
                "name_key": fold(entry["name"]),
                "name_en": entry["name_en"] or "",
                "level": entry["level"],
                "treatment_level": entry["treatment"] or "",
                "for_individuals": "individual" in holders,
                "for_collectives": bool(holders & {"collective", "team"}),
                "conferred_by": entry["conferred_by"] or "",
                "region_id": str(entry["conferring_region"] or "") or None,
                "from_year": entry["from_year"],
                "to_year": entry.get("to_year"),
                "is_historic": entry["historic"],
                "is_ambiguous": entry.get("ambiguous", False),
                "note": entry["note"] or "",
            },
        )
        if fresh:
            for alias in entry["aliases"]:
                TitleAlias.objects.get_or_create(name_key=fold(alias), defaults={"title": title, "name": alias})
    for entry in entries:
        if entry.get("successor"):
            HonourTitle.objects.filter(code=entry["code"], successor=None).update(
                successor=HonourTitle.objects.get(code=entry["successor"])
            )
    return len(entries)

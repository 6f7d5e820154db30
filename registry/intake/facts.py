"""A read row as plain, public facts: what is staged, shown and matched. Numbers that identify a person stop here."""

from dataclasses import dataclass
from typing import Any

from stdnum.cn.ric import calc_check_digit

from registry.honours.enums import Level
from registry.intake.private import BY_READER, LOST, Private
from registry.intake.reading import ReadRow
from registry.intake.reading.cells import is_identity_number, mask
from registry.intake.reading.education import WORDS
from registry.organisations.queries import find_region_code
from registry.organisations.regions import region_prefix
from registry.people.enums import Kind
from registry.text.normalise import clean_name, fold

LENGTHS = {
    "name": 120, "unit": 200, "position": 120, "title": 120, "native_place": 60, "document_number": 80, "certificate_number": 80,
    "source": 300,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a row lies: the region's code by the list, the unit's own by its name."""

    region: str
    unit: str


def iso(date: Any) -> str:
    """Write a partial date as `1965`, `1965-03` or `1965-03-08`; empty when there is none."""
    if not date:
        return ""
    parts = [f"{date.year:04d}"]
    if date.month:
        parts.append(f"{date.month:02d}")
        if date.day:
            parts.append(f"{date.day:02d}")
    return "-".join(parts)


def facts_of(row: ReadRow, *, within: str = "", places: dict[tuple[str, str], Place] | None = None) -> dict[str, Any]:
    """Return the row's public facts; `within` is the code of the region whose union imports, to settle names borne twice.

    `places` keeps what was found for one list: its rows name the same regions and units over and over.
    """
    named = (row.region, row.unit or row.name)
    place = places.get(named) if places is not None else None
    if place is None:
        place = place_of(*named, within)
        if places is not None:
            places[named] = place
    name = clean_name(public(row.name))
    unit, title = public(row.unit), public(row.title)
    facts = {
        "name": name,
        "name_key": fold(name)[:120],
        "kind": row.kind or Kind.INDIVIDUAL,
        "former_names": [word for word in map(public, row.former_names) if word],
        "known_as": [word for word in map(public, row.known_as) if word],
        "sex": row.sex if row.kind != Kind.COLLECTIVE else "",
        "ethnicity": row.ethnicity if row.kind != Kind.COLLECTIVE else "",
        "unit": unit,
        "unit_key": fold(unit)[:200],
        "position": public(row.position),
        "title": title,
        "title_key": fold(title)[:120],
        "level": row.level,
        "treatment": row.treatment,
        "region": public(row.region),
        "region_code": place.region,
        "unit_region_code": place.unit,
        "year": row.year,
        "year_inferred": row.year_inferred,
        "granted_on": iso(row.granted_on),
        "born": iso(row.born) if row.kind != Kind.COLLECTIVE else "",
        "died": iso(row.died) if row.kind != Kind.COLLECTIVE else "",
        "native_place": public(row.native_place) if row.kind != Kind.COLLECTIVE else "",
        "political_status": row.political_status if row.kind != Kind.COLLECTIVE else "",
        "education": education_code(row.education) if row.kind != Kind.COLLECTIVE else "",
        "document_number": "" if is_real_identity_number(row.document_number) else row.document_number,
        "certificate_number": "" if is_real_identity_number(row.certificate_number) else row.certificate_number,
        "source": public(row.source),
        "note": public(row.note),
    }
    for key, length in LENGTHS.items():
        facts[key] = str(facts[key])[:length]
    return facts


def public(text: str) -> str:
    """Take identity and phone numbers out of a text, wherever somebody wrote them: glued to a name, in a remark."""
    return mask(text).replace("***", "").strip() if len(text) > 10 else text


def is_real_identity_number(text: str) -> bool:
    """Whether it is a whole identity number with the right check digit; certificates too may have eighteen digits."""
    number = "".join(text.split()).upper()
    return is_identity_number(number) and len(number) == 18 and calc_check_digit(number) == number[-1]


def place_of(region: str, unit: str, within: str) -> Place:
    """Read where a row lies from its region column and from the beginning of the unit's name (银川市…, not 银川隆基)."""
    code = find_region_code(region) or (find_region_code(region, within=region_prefix(within)) if region else "")
    own = find_region_code(unit, within=region_prefix(code or within), full_names_only=True)
    return Place(code or own, own)


def education_code(text: str) -> str:
    """Read 大学本科, 本科, 研究生 …; empty when it says nothing we know."""
    return next((code for word, code in WORDS if word in text), "")


def messages_of(row: ReadRow, private: Private) -> list[dict[str, str]]:
    """Write the reader's remarks down in the language now active; what the check of the private facts says again is left to it."""
    found = []
    for m in row.messages:
        if m.code in BY_READER and m.column == "identity_number":
            continue
        level = "error" if m.code == LOST else m.level
        found.append({"level": level, "column": m.column, "text": str(m.text), "code": m.code})
    return found


def level_label(level: str) -> str:
    """Write a level for readers."""
    return str(Level(level).label) if level in Level.values else level

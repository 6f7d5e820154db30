"""The keys that two files of one person are likely to share, so that only those few are compared.

A person: each name with the year of birth; each unit's beginning with the sounds of the name, and with one sound left out (which names that
differ in one sound share); the identity number's digest. A collective: the sounds of its name, and the unit's beginning
with the end of its name.
"""

from collections.abc import Iterator
from hashlib import blake2b

from registry.duplicates.evidence import Facts
from registry.text.likeness import readings, unit_core, without_one
from registry.text.normalise import fold
from registry.text.pinyin import full

BEGINNING = 5
END = 3
MOST = 120


def keys_of(facts: Facts) -> tuple[int, ...]:
    """Return the keys, as 64-bit numbers."""
    found: dict[int, None] = {}
    for text in _texts(facts):
        found[_number(text)] = None
        if len(found) == MOST:
            break
    return tuple(found)


def _number(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), signed=True)


def _texts(facts: Facts) -> Iterator[str]:
    if facts.digest:
        yield f"number|{facts.digest}"
    yield from _of_person(facts) if facts.kind == "individual" else _of_collective(facts)


def _of_person(facts: Facts) -> Iterator[str]:
    places = _places(facts)
    for number, name in enumerate(facts.names):
        if facts.born:
            yield f"born|{fold(name)}|{facts.born[:4]}"
            if number == 0:
                for reading in readings(name):
                    yield f"sound|{' '.join(reading)}|{facts.born[:7]}"
        for certificate in facts.certificates:
            yield f"certificate|{certificate}"
    for place in places:
        for name in facts.names:
            yield f"{place}|{fold(name)}"
        for reading in readings(facts.name):
            for part in without_one(reading):
                yield f"{place}|{' '.join(part)}"
        if len(fold(facts.name)) > 2:
            yield f"{place}|{''.join(sorted(fold(facts.name)))}"


def _places(facts: Facts) -> list[str]:
    beginnings = dict.fromkeys(f"at|{core[:BEGINNING]}" for core in sorted(facts.units))
    return [*(f"unit|{pk}" for pk in sorted(facts.nodes)), *beginnings]


def _of_collective(facts: Facts) -> Iterator[str]:
    for name in facts.names:
        core = unit_core(name)
        yield f"team|{full(core)}"
        for place in (*_places(facts), f"at|{core[:BEGINNING]}"):
            yield f"{place}|team|{core[-END:]}"

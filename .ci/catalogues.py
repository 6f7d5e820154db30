#!/usr/bin/env python
"""Keep the Chinese catalogues: one `locale/zh_Hans` in each of registry, search, media and cms.

Without arguments: extract the msgids anew (needs gettext), keep what is translated, fill gaps from `var/zh/*.json`
(`{msgid: text}`, `{msgid: [text]}` for plurals, `{"context|msgid": text}`), write .po and .mo, and name what has
no translation.
`--check` writes nothing and fails when a catalogue is stale, incomplete, loses a placeholder or its .mo is out of date.
The .mo files are kept in git, so that running the site needs no gettext.
"""

import argparse
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import polib
from django.core.management import call_command
from django.core.management.commands import makemessages

ROOT = Path(__file__).resolve().parents[1]
LOCALE = "zh_Hans"
PACKAGES = ("registry", "search", "media", "cms")
IGNORED = (".venv", "var", "tests", "bench", "docs", ".ci", "*/static/*", "*/migrations/*")
HEADER = {
    "Project-Id-Version": "model-workers",
    "Language": LOCALE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sd]|\{\w*\}")
Key = tuple[str | None, str]


class Extraction(makemessages.Command):
    """Django's extraction, which hands the templates over instead of merging them."""

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Read the template of one package."""
        found[Path(potfile).parent.parent.name] = polib.pofile(potfile)


found: dict[str, polib.POFile] = {}


def catalogue(package: str) -> Path:
    """Return where a package's .po lies."""
    return ROOT / package / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def extract() -> dict[str, polib.POFile]:
    """Return the msgids now in the sources, package by package."""
    for package in PACKAGES:
        catalogue(package).parent.mkdir(parents=True, exist_ok=True)
    options = {"locale": [LOCALE], "ignore_patterns": list(IGNORED), "no_wrap": True, "add_location": "file"}
    call_command(Extraction(), verbosity=0, **options)
    return {package: found.get(package, polib.POFile()) for package in PACKAGES}


def key(entry: polib.POEntry) -> Key:
    """Return what makes an entry unique."""
    return entry.msgctxt, entry.msgid


def stored(package: str) -> dict[Key, polib.POEntry]:
    """Return the entries of the committed catalogue."""
    path = catalogue(package)
    return {key(entry): entry for entry in polib.pofile(str(path)) if not entry.obsolete} if path.exists() else {}


def is_translated(entry: polib.POEntry) -> bool:
    """Whether an entry has its text, for every plural form, and nobody marked it as a guess."""
    texts = entry.msgstr_plural.values() if entry.msgid_plural else [entry.msgstr]
    return bool(texts) and all(texts) and not entry.fuzzy


def handed_in() -> dict[str, str | list[str]]:
    """Return all translations of `var/zh`, the first file winning."""
    texts: dict[str, str | list[str]] = {}
    for path in sorted((ROOT / "var" / "zh").glob("*.json")):
        try:
            texts = json.loads(path.read_text(encoding="utf-8")) | texts
        except (json.JSONDecodeError, TypeError) as error:
            print(f"{path.name} is left out: {error}", file=sys.stderr)
    return texts


def merged(template: polib.POFile, old: dict[Key, polib.POEntry], texts: dict[str, Any]) -> polib.POFile:
    """Return the new catalogue: the template's msgids with the texts of the old one, gaps filled from `texts`."""
    new = polib.POFile(wrapwidth=0)
    new.metadata = dict(HEADER)
    for entry in template:
        known = old.get(key(entry))
        if known and is_translated(known) and bool(known.msgid_plural) == bool(entry.msgid_plural):
            text: Any = known.msgstr_plural.get(0) if entry.msgid_plural else known.msgstr
        else:
            text = texts.get(f"{entry.msgctxt}|{entry.msgid}") or texts.get(entry.msgid) or ""
        text = (text or [""])[0] if isinstance(text, list) else text
        if entry.msgid_plural:
            entry.msgstr_plural = {0: text}
        else:
            entry.msgstr = text
        new.append(entry)
    return new


def problems(package: str, template: polib.POFile) -> Iterator[str]:
    """Say what is wrong with a committed catalogue."""
    entries, wanted = stored(package), {key(entry) for entry in template}
    for _context, msgid in sorted(wanted - set(entries), key=str):
        yield f"not in the catalogue: {msgid!r}"
    for _context, msgid in sorted(set(entries) - wanted, key=str):
        yield f"no longer in the sources: {msgid!r}"
    for entry in entries.values():
        if not is_translated(entry):
            yield f"not translated: {entry.msgid!r}"
        elif lost := placeholders(entry.msgid_plural or entry.msgid) ^ placeholders(
            entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
        ):
            yield f"placeholders differ ({', '.join(sorted(lost))}): {entry.msgid!r}"
    compiled = catalogue(package).with_suffix(".mo")
    if entries and (not compiled.exists() or compiled.read_bytes() != binary(polib.pofile(str(catalogue(package))))):
        yield "the .mo is out of date"


def placeholders(text: str) -> set[str]:
    """Return the places a text leaves for values."""
    return set(PLACEHOLDER.findall(text))


def binary(po: polib.POFile) -> bytes:
    """Compile a catalogue in memory."""
    return bytes(po.to_binary())


def refresh() -> None:
    """Write all catalogues anew and name what has no translation."""
    texts = handed_in()
    for package, template in extract().items():
        po, path = merged(template, stored(package), texts), catalogue(package)
        po.save(str(path), newline="\n")
        path.with_suffix(".mo").write_bytes(binary(polib.pofile(str(path))))
        gaps = [entry for entry in po if not is_translated(entry)]
        print(f"{package}: {len(po)} msgids, {len(gaps)} without translation")
        for entry in gaps:
            places = ", ".join(place for place, _line in entry.occurrences)
            print(f"  {json.dumps(entry.msgid, ensure_ascii=False)}  ({places})")


def check() -> int:
    """Print every problem; 1 when there is one."""
    complaints = [
        f"{package}: {problem}" for package, template in extract().items() for problem in problems(package, template)
    ]
    print("\n".join(complaints) or "catalogues are complete")
    return 1 if complaints else 0


def main() -> int:
    """Refresh the catalogues, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is wrong")
    checking = parser.parse_args().check
    os.chdir(ROOT)
    sys.path.insert(0, str(ROOT))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.test")
    django.setup()
    if checking:
        return check()
    refresh()
    return 0


if __name__ == "__main__":
    sys.exit(main())

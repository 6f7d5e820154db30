"""Make `strokes.txt` from its two sources (README.md): `python build_strokes.py UNIHAN CONWAY DATE > strokes.txt`.

UNIHAN is `Unihan_IRGSources.txt` (stroke counts), CONWAY `codepoint-character-sequence.txt` (classes of strokes), DATE
the day of making.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from itertools import product
from pathlib import Path

COUNT_BASE = 40
# Where the source allows several sequences of equal length, the one written on the mainland (GF 3002-1999) goes first.
MAINLAND = {
    "(1|3)112": "(1|3)112",
    "(1|3)": "(3|1)",
    "(1|4)": "(4|1)",
    "(34|43)": "(43|34)",
    "(33|43)": "(43|33)",
    "(11|41)": "(41|11)",
    "(25|45)": "(45|25)",
    "(112|121)": "(121|112)",
    "(3112|3121)": "(3121|3112)",
    "(234|243)": "(243|234)",
    "(3344|3443)": "(3443|3344)",
    "(4135|4153)": "(4153|4135)",
    "(533533|541541)": "(541541|533533)",
    "(554234|554444)": "(554444|554234)",
    "(244|424|442)": "(442|244|424)",
    "(1111|4134|4444)": "(4444|1111|4134)",
    "(4134|4444)": "(4444|4134)",
    "(1111|4134)": "(4134|1111)",
    "(1515|1535|1553|3535|5353)": "(1535|1515|1553|3535|5353)",
    "(1512|1521)": "(1521|1512)",
    "(1513|3351|4513)": "(4513|1513|3351)",
}
GROUP = re.compile("|".join(re.escape(group) for group in MAINLAND))
NAI = "乃仍扔奶孕艿氖鼐盈"
HEAD = """\
# Stroke counts and stroke order (横 1, 竖 2, 撇 3, 点 4, 折 5) of Han characters. Made {date} by build_strokes.py.
# Modified from:
# counts: Unicode Han Database 15.0, field kTotalStrokes, (c) Unicode, Inc., Unicode licence.
# order: Conway Stroke Data (stroke-input-data), (c) 2021-2026 Conway, CC-BY-4.0 (creativecommons.org/licenses/by/4.0).
# "=N CHARACTERS": characters of N strokes in the order of their strokes; equal sequences by code point.
# "+HEX COUNTS": characters of unknown sequence from code point HEX on, a sign each: count + 40 as ASCII, blank: none.
"""


def sequences(pattern: str) -> list[str]:
    """Write out a sequence pattern such as `(35|53)4\\1` (groups, alternatives, back references; groups don't nest)."""
    pieces: list[tuple[str, ...]] = []
    references: dict[int, int] = {}
    groups: list[int] = []
    position = 0
    while position < len(pattern):
        if pattern[position] == "(":
            end = pattern.index(")", position)
            groups.append(len(pieces))
            pieces.append(tuple(pattern[position + 1 : end].split("|")))
            position = end + 1
        elif pattern[position] == "\\":
            references[len(pieces)] = groups[int(pattern[position + 1]) - 1]
            pieces.append(("",))
            position += 2
        else:
            pieces.append((pattern[position],))
            position += 1
    choices = product(*pieces)
    return ["".join(choice[references.get(index, index)] for index in range(len(pieces))) for choice in choices]


def closest(candidates: list[str], count: int) -> str:
    """Return the first candidate whose number of strokes comes closest to the count."""
    return min(candidates, key=lambda candidate: abs(len(candidate) - count))


def read(unihan: Path, conway: Path) -> tuple[dict[int, int], dict[int, str]]:
    """Return counts and sequences by code point; of several sequences the first with the counted number of strokes."""
    counts = {0x3007: 1}
    for line in unihan.read_text("utf-8").splitlines():
        if "\tkTotalStrokes\t" in line:
            code, _, value = line.split("\t")
            counts[int(code[2:], 16)] = int(value.split()[0])
    orders = {}
    for line in conway.read_text("utf-8").splitlines():
        if line.startswith("U+") and line.count("\t") == 2:
            code, _, pattern = line.split("\t")
            point = int(code[2:].rstrip("!"), 16)
            if point in counts:
                pattern = pattern.replace("(35|53)", "53") if chr(point) in NAI else pattern
                pattern = GROUP.sub(lambda match: MAINLAND[match[0]], pattern)
                orders[point] = closest(sequences(pattern), counts[point])
    return counts, orders


def rest(counts: dict[int, int]) -> Iterator[str]:
    """Write counts in runs of neighbouring code points, bridging small gaps with blanks."""
    run = ""
    start = last = -99
    for point, count in sorted(counts.items()):
        if point - last > 8:
            if run:
                yield f"+{start:X} {run}"
            run, start = "", point
        else:
            run += " " * (point - last - 1)
        run += chr(COUNT_BASE + count)
        last = point
    yield f"+{start:X} {run}"


def main(unihan: str, conway: str, day: str) -> None:
    """Write the file to standard output."""
    counts, orders = read(Path(unihan), Path(conway))
    grouped = defaultdict(list)
    for point, sequence in orders.items():
        grouped[counts[point]].append((sequence, point))
    sys.stdout.write(HEAD.format(date=day))
    for count in sorted(grouped):
        sys.stdout.write(f"={count} " + "".join(chr(point) for _, point in sorted(grouped[count])) + "\n")
    for line in rest({point: count for point, count in counts.items() if point not in orders}):
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:4])

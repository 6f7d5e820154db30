"""Lists as running text: one holder a line, several names a line, numbered, with or without separators."""

import re
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from registry.intake.reading.cells import ethnicity_of, level_word, quote, sex_of, squeeze, status_of
from registry.intake.reading.columns import recognise
from registry.intake.reading.context import Context
from registry.intake.reading.dates import read_date
from registry.intake.reading.formats import Grid, grid_of
from registry.intake.reading.layout import Table, heading_keys, skip_reason
from registry.intake.reading.model import Limits, SheetReport, Skipped
from registry.intake.reading.names import is_organisation, is_person, split_names
from registry.intake.reading.titles import is_region, is_title, kind_of, read_line, strip_line
from registry.intake.reading.units import is_bare_unit, is_position, split_unit_position

KEYS = (
    "name", "unit_position", "unit", "position", "title", "level", "year", "sex", "ethnicity", "political_status", "born", "region",
    "collective_name", "note",
)  # fmt: skip
_GROUP = dict(enumerate(KEYS))
_NUMBER = re.compile(
    r"^\s*(?:[（(]\s*[0-9０-９]{1,4}\s*[)）]|[0-9０-９]{1,4}\s*(?:[.．、)）:：]|\s(?=\D))\s*(?![0-9])|[①-⑳]|[-•·●○■◆▪*＊]\s*(?=\S))\s*"
)
_PROSE_START = re.compile(
    r"^(?:各(?:市|县|区|省|位|单位|级|有关|产业|族)|为(?:了|深入|进一步|表彰|大力|全面|弘扬)|根据|按照|经(?:研究|评选|审核|推荐|过|自治区|省|市)|现(?:将|予|就)|特此|希望|附件|中共|以上|以下|联系|公示|如(?:有|对)|"
    r"欢迎|受理|近日|昨日|日前|本报|记者|来源|据悉|此次|其中|会上|今年|截至|同志们|号召|广大|要|主办|承办)"
)
_SIGNATURE = re.compile(
    r"(?:总工会|人民政府|委员会|办公室|办公厅|领导小组|组织部|人力资源和社会保障[部厅局]|工会联合会|党委|工会)$"
)
_BRACKET = r"(?:\s*[（(][^（）()]{0,40}[)）])?"
_NAME_FIRST = re.compile(
    rf"^(?P<name>(?:[\u3400-\u9fff\U00020000-\U0003fffd〇々]{{1,8}}(?:[·•・．.‧][\u3400-\u9fff]{{1,8}}){{0,5}})|(?:[\u3400-\u9fff]\s+[\u3400-\u9fff]{{1,2}}))(?P<facts>{_BRACKET})\s*(?P<sep>[，,、：:;；|/\t\-—–]|\s)\s*(?P<rest>.+)$"
)


def unwrap_markdown(text: str) -> str:
    """Turn a Markdown table into tab-separated lines; other text stays."""
    lines = text.splitlines()
    if not any(re.fullmatch(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*", line) for line in lines):
        return text
    out = []
    for line in lines:
        if re.fullmatch(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)+\|?\s*", line):
            out.append("")
        elif "|" in line:
            out.append("\t".join(cell.strip().strip("*") for cell in line.strip().strip("|").split("|")))
        else:
            out.append(re.sub(r"^#+\s*|\*\*", "", line))
    return "\n".join(out)


def by_blanks(text: str, limits: Limits) -> Grid | None:
    """Read columns parted by blanks, when a heading line parted so is there; else `None`."""
    lines = text.splitlines()
    for index, line in enumerate(lines[:60]):
        head = line.split()
        if len(head) < 2 or "\t" in line or len(heading_keys(head)) * 2 <= len(head):
            continue
        rows = [[row.strip()] for row in lines[:index]] + [head]
        for row in lines[index + 1 :]:
            rows.append(_cells_by_blanks(row, len(head), head))
        return grid_of(rows, limits)
    return None


def _cells_by_blanks(line: str, width: int, head: list[str]) -> list[str]:
    wide = [cell for cell in re.split(r"\s{2,}|\u3000+|\t", line.strip()) if cell]
    words = line.split()
    if len(wide) == width:
        return wide
    if len(words) == width or len(words) < 2:
        return words
    name_at = next((place for place, label in enumerate(head) if "名" in label), 0)
    while len(words) > width and name_at + 1 < len(words) and len(words[name_at]) == 1 and len(words[name_at + 1]) <= 2:
        words[name_at : name_at + 2] = [words[name_at] + words[name_at + 1]]
    if len(words) > width:
        words[width - 1 :] = [" ".join(words[width - 1 :])]
    return words


class Lines:
    """Goes down a text line by line; what it finds becomes one table with fixed columns."""

    def __init__(self, report: SheetReport, context: Context | None = None) -> None:
        self.report = report
        self.context = context or Context()
        self.table = Table([dict(_GROUP)], inferred=True)
        self.seen = False
        self.last_line = 0
        self.below = ""

    def run(self, text: str) -> Table:
        """Return the rows of a text."""
        lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), start=1) if line.strip()]
        for place, (number, line) in enumerate(lines):
            self.below = lines[place + 1][1] if place + 1 < len(lines) else ""
            self._take(number, line)
            self.last_line = number
        return self.table

    def _skip(self, number: int, text: str, reason: object, code: str) -> None:
        self.report.skipped.append(Skipped(number, quote(text, 120), reason, code))

    def _add(self, number: int, **cells: str) -> None:
        self.seen = True
        self.table.rows.append((number, [cells.get(key, "") for key in KEYS], self.context))

    def _take(self, number: int, line: str) -> None:
        if len(line) > 4_000:
            self._skip(number, line, _("a line of running text"), "prose")
            return
        reason = skip_reason(line)
        if reason and not is_person(line):
            found = read_line(line) if reason[1] == "date" and not self.seen else None
            if reason[1] == "date" and self.seen:
                self._take_back_signature()
            self.context = self.context.after(line, found) if found else self.context
            self._skip(number, line, *reason)
            return
        bare = _NUMBER.sub("", line)
        pairs = _labelled(bare)
        if pairs:
            self._add(number, **pairs)
            return
        dated = re.match(r"^((?:19|20)\d\d)\s*年度?\s*[：:]\s*(?=\S)", bare)
        if dated and (split_names(bare[dated.end() :]) or _NAME_FIRST.match(bare[dated.end() :])):
            self.context = replace(self.context, year=int(dated[1]))
            line = bare = bare[dated.end() :]
        bare = self._after_prefix(line, bare)
        if self._is_section(number, line, bare) or self._is_prose(number, line, bare):
            return
        if self._is_unit(number, line, bare):
            return
        names = split_names(bare)
        if len(names) > 1 or (len(names) == 1 and self.context.kind != "collective"):
            for name in names:
                self._add(number, name=name)
            return
        cells = self._cells(bare)
        if cells:
            self._add(number, **cells)
        else:
            self._skip(number, line, _("no name was found in this line"), "text")

    def _after_prefix(self, line: str, bare: str) -> str:
        """Read `银川市（2名）：张三、李四`: what stands before the colon holds for what is behind it."""
        match = re.match(r"^([^：:]{2,30})[：:]\s*(\S.*)$", bare)
        found = read_line(match[1]) if match else None
        if match is None or found is None or not found.section or found.group or not (found.region or found.titles):
            return bare
        if not split_names(match[2]) and not _NAME_FIRST.match(match[2]):
            return bare
        self.context = self.context.after(match[1], found)
        return match[2]

    def _take_back_signature(self) -> None:
        """The body that signed stands above the date at the end: 宁夏回族自治区总工会 is then no holder."""
        while self.table.rows:
            number, cells, _context = self.table.rows[-1]
            filled = [cell for cell in cells if cell]
            if len(filled) != 1 or not _SIGNATURE.search(filled[0]) or number != self.last_line:
                return
            self.table.rows.pop()
            self.last_line = self.table.rows[-1][0] if self.table.rows and self.table.rows[-1][0] == number - 1 else 0
            self._skip(number, filled[0], _("the body that signed the list"), "signature")

    def _is_section(self, number: int, line: str, bare: str) -> bool:
        found = read_line(line)
        if found is None or (
            found.group and (self.context.kind == "collective" or bare != line) and not line.endswith(("：", ":"))
        ):
            return False
        if not found.section and not found.titles and len(line) > 40:
            return False
        if not found.section and re.search(r"[，。].*[，。]", line) and not re.search(r"授予.*[:：]$", line):
            return False
        if not found.section and _NAME_FIRST.match(bare) and is_person(_NAME_FIRST.match(bare)["name"]):  # type: ignore[index]
            return False
        if found.section and re.search(r"[\s，,：:]\S", bare) and self._cells(bare).get("name"):
            return False
        self.context = self.context.after(line, found)
        self._skip(number, line, _("a line that holds for the rows below it"), "section")
        return True

    def _is_unit(self, number: int, line: str, bare: str) -> bool:
        """Read `某公司（2人）` above its people, and `某公司：张三、李四`."""
        match = re.match(r"^([^：:]{3,40})[：:]\s*(\S.*)?$", bare)
        unit = strip_line(match[1] if match else bare)
        if self.context.kind == "collective" or not is_bare_unit(unit) or read_line(unit):
            return False
        names = split_names(match[2] or "") if match else []
        for name in names:
            self._add(number, name=name, unit=unit)
        if names:
            return True
        if (match and match[2]) or (not match and unit == bare and kind_of(self.context.title) != "individual"):
            return False
        below = _NUMBER.sub("", self.below)
        people = split_names(below) or is_person(re.sub(r"[（(].*$", "", self._cells(below).get("name", "")))
        if not people or any(map(is_organisation, re.split(r"[\s，,、；;：:]+", below))):
            return False
        self.context = replace(self.context, unit=unit)
        self._skip(number, line, _("a line that holds for the rows below it"), "section")
        return True

    def _is_prose(self, number: int, line: str, bare: str) -> bool:
        sentence = "。" in line[:-1] or (line.endswith(("。", "！")) and len(line) > 30) or len(line) > 200
        if not sentence and not (_PROSE_START.match(bare) and (len(line) > 12 or line.endswith(("：", ":", "。")))):
            return False
        if not sentence and is_organisation(bare) and not bare.startswith("各") and len(line) < 40:
            return False
        match = _NAME_FIRST.match(bare)
        if match and is_person(match["name"]) and len(line) < 120 and not _PROSE_START.match(bare):
            return False
        self._skip(number, line, _("a line of running text"), "prose")
        return True

    def _cells(self, bare: str) -> dict[str, str]:
        """Return the cells of one line by what they look like; empty when no holder is in it."""
        bare = bare.rstrip("。；;，,")
        if self.context.kind == "collective" and not _has_break(bare):
            return {"collective_name": bare} if len(bare) >= 3 else {}
        match = _NAME_FIRST.match(bare)
        if match:
            name, rest = re.sub(r"\s+", "", match["name"]), match["rest"]
            alone = len(match["name"]) == 1 and match["sep"].isspace()
            if alone:
                parts = re.match(rf"([\u3400-\u9fff]{{1,2}})({_BRACKET})(?:\s*[，,、：:;；|/\t\-—–]|\s+|$)(.*)$", rest)
                if parts:
                    name, facts, rest = match["name"] + parts[1], parts[2], parts[3]
                    return self._with_rest(name + facts, rest) if is_person(name) else {}
            if (is_person(name) or _is_foreign(name, rest)) and not (match["sep"] in "-—–·" and not rest):
                return self._with_rest(name + match["facts"], rest)
        glued = re.match(
            r"^([\u3400-\u9fff]{2,4}|[\u3400-\u9fff]{1,8}(?:·[\u3400-\u9fff]{1,8})+)([（(][^（）()]{1,40}[)）])(.*)$",
            bare,
        )
        if glued and is_person(glued[1]):
            return self._with_rest(glued[1] + glued[2], glued[3])
        words = [word for word in re.split(r"\t|\s{2,}|[|｜]|[，,；;：:](?![^（(]*[)）])|\s", bare) if word.strip()]
        people = [word for word in words if is_person(re.sub(r"[（(].*$", "", word))]
        if len(words) > 1 and len(people) == 1:
            return self._with_rest(people[0], "\t".join(word for word in words if word != people[0]))
        plain = re.sub(r"[（(][^（）()]*[)）]$", "", bare)
        if len(words) == 1 and (is_organisation(plain) or (self.context.kind == "collective" and len(bare) >= 3)):
            return {"collective_name" if self.context.kind == "collective" or not self.context.title else "name": bare}
        if len(words) > 1 and is_organisation(words[0]) and not people:
            return self._with_rest(words[0], "\t".join(words[1:]))
        if is_person(bare) or (self.context.title and len(bare) <= 12 and is_person(bare, strict=False)):
            return {"name": bare}
        return {}

    def _with_rest(self, name: str, rest: str) -> dict[str, str]:
        """Sort what stands behind a name."""
        found: dict[str, str] = {"name": name}
        left: list[str] = []
        parts = [
            part.strip() for part in re.split(r"\t|\s{2,}|[|｜]|[，,;；：:](?![^（(]*[)）])|\s", rest) if part.strip()
        ]
        for part in parts:
            key = _key_of_part(part, found)
            if key:
                found[key] = part
            else:
                left.append(part)
        return found | _unit_of(left)


def _is_foreign(name: str, rest: str) -> bool:
    """Say whether a name without known surname (布赫巴雅尔) is one because of a unit behind it and no other name."""
    words = re.split(r"[\s，,;；|/]+", rest)
    if not 2 <= len(name) <= 8 or not is_person(name, strict=False) or is_position(name) or any(map(is_person, words)):
        return False
    unit, post, sure = split_unit_position(words[0])
    return is_organisation(words[0]) or bool(unit and post and sure)


def _labelled(line: str) -> dict[str, str]:
    """Read `姓名：张三，性别：女，单位：…`; empty when the line is not written so."""
    parts = re.split(r"(?:^|[\s，,；;、|]+)([\u4e00-\u9fff/（）()]{2,9})[：:]", " " + line)
    pairs = {recognise(label): value.strip() for label, value in zip(parts[1::2], parts[2::2], strict=True)}
    if "name" not in pairs or len(pairs) < 2 or "" in pairs:
        return {}
    return {key: value for key, value in pairs.items() if key in KEYS}


def _has_break(text: str) -> bool:
    return bool(re.search(r"\t|\s{2,}|\S\s+\S|[|｜，,；;：:]", text))


def _key_of_part(part: str, found: dict[str, str]) -> str:
    short = squeeze(part)
    if re.fullmatch(r"(?:现年)?\d{2}岁", short) and "age" not in found:
        return "age"
    if sex_of(short) and "sex" not in found:
        return "sex"
    if len(short) > 1 and ethnicity_of(short) and "ethnicity" not in found:
        return "ethnicity"
    if status_of(short) and "political_status" not in found:
        return "political_status"
    if level_word(short) and len(short) > 1 and "level" not in found:
        return "level"
    if is_title(part) and "title" not in found:
        return "title"
    if re.fullmatch(r"(?:19|20)\d\d年?度?[?？]?", short) and "year" not in found:
        return "year"
    date = read_date(re.sub(r"(?:出生|生)$", "", part), past=True)
    if date.date and date.doubt in ("", "short") and re.search(r"\d", part):
        return (
            "born"
            if ("生" in part or date.date.year < 2004) and "born" not in found
            else "year"
            if "year" not in found
            else ""
        )
    return "region" if is_region(short) and len(short) > 2 and "region" not in found else ""


def _unit_of(parts: list[str]) -> dict[str, str]:
    """Sort the parts that are no other fact into unit and position."""
    if not parts:
        return {}
    if len(parts) == 1:
        return {"unit_position": parts[0]}
    posts = next(
        (place for place, part in enumerate(parts) if place and is_position(part) and not is_organisation(part)), None
    )
    head, tail = (parts[:posts], parts[posts:]) if posts else (parts, [])
    unit = "".join(head)
    if not tail:
        return {"unit_position": " ".join(parts)}
    own, post, sure = split_unit_position(unit)
    if own and post and sure:
        return {"unit": own, "position": "、".join([post, *tail])}
    if not own and post:
        return {"position": "、".join([post, *tail])}
    return {"unit": unit, "position": "、".join(tail)}

"""Rules of the house that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]
HOUSES = ("registry", "search", "media", "cms")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
# Spreadsheet headings and the text pipeline are about Chinese text; languages are named in their own tongue.
MAY_SPEAK_CHINESE = ("registry/intake/reading/", "registry/text/", "cms/settings/base.py")
MAY_IMPORT_THE_DSL = {"search/dsl.py"}
# Split, so that this file does not contain what it looks for.
HOME_FOLDERS = re.compile("|".join(f"(?<![\\w.])/{name}/" for name in ("work", "home", "root", "Users")))
TEXT_FILES = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".toml",
    ".md",
    ".txt",
    ".in",
    ".yaml",
    ".yml",
    ".sh",
    ".json",
    ".csv",
    ".java",
    "",
}


def relative(path: Path) -> str:
    """Return a path as it is called inside the project."""
    return path.relative_to(ROOT).as_posix()


def sources(*folders: str) -> list[Path]:
    """Return the Python files below the folders, without migrations."""
    return sorted(
        path for folder in folders for path in (ROOT / folder).rglob("*.py") if "migrations" not in path.parts
    )


def templates() -> list[Path]:
    """Return every template of ours."""
    return sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.html"))


def spoken(tree: ast.Module) -> Iterator[ast.Constant]:
    """Yield the strings of a module that the program uses, leaving out docstrings."""
    described = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, described) and node.body and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node


def chinese(text: str) -> list[int]:
    """Return the lines on which a string literal of a module holds Han characters, not merely their code points."""
    lines = text.splitlines()
    return [
        node.lineno
        for node in spoken(ast.parse(text))
        if HAN.search(str(node.value)) and HAN.search("".join(lines[node.lineno - 1 : node.end_lineno]))
    ]


def imported(text: str) -> set[str]:
    """Return the top-level names of what a module imports."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.add(node.module.split(".")[0])
    return names


FAULTS = {
    "inline style": re.compile(r"\sstyle\s*=|<style\b", re.I),
    "inline script": re.compile(r"<script\b(?![^>]*\bsrc\s*=)(?![^>]*type=[\"']application/(ld\+)?json)[^>]*>", re.I),
    "event attribute": re.compile(r"<[^>{}]*\son[a-z]+\s*=\s*[\"']", re.I),
    "javascript address": re.compile(r"[\"']\s*javascript:", re.I),
    "foreign asset": re.compile(
        r"<(?:script|link|img|source|iframe|video|audio)\b[^>]*\b(?:src|href|srcset)\s*=\s*[\"']?\s*(?:https?:)?//",
        re.I,
    ),
}


def faults(template: str) -> set[str]:
    """Return what a template does that a public page must not do."""
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}|<!--.*?-->", "", template, flags=re.S)
    return {name for name, pattern in FAULTS.items() if pattern.search(text)}


def test_the_base_settings_stay_readable() -> None:
    assert len((ROOT / "cms/settings/base.py").read_text().splitlines()) <= 300


def test_chinese_lives_in_the_catalogues() -> None:
    found = {
        relative(path): lines
        for path in sources(*HOUSES)
        if not relative(path).startswith(MAY_SPEAK_CHINESE)
        and path.name != "columns.py"
        and (lines := chinese(path.read_text()))
    }
    assert not found, f"move these strings into the catalogues: {found}"


def test_one_module_knows_elasticsearch_dsl() -> None:
    knowing = {relative(path) for path in sources(*HOUSES) if "elasticsearch_dsl" in imported(path.read_text())}
    assert knowing <= MAY_IMPORT_THE_DSL


def test_templates_bring_no_inline_style_script_or_foreign_asset() -> None:
    found = {relative(path): what for path in templates() if (what := faults(path.read_text()))}
    assert not found, found


def test_no_file_names_a_folder_of_this_machine() -> None:
    skipped = {"var", ".venv", ".git", ".hypothesis", "target", "__pycache__", "node_modules"}
    found = []
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT)
        if skipped & set(inside.parts) or any(part.endswith("_cache") for part in inside.parts) or not path.is_file():
            continue
        if path.suffix in TEXT_FILES and HOME_FOLDERS.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(str(inside))
    assert not found, found


def test_every_folder_of_tests_is_a_package() -> None:
    folders = {path.parent for path in (ROOT / "tests").rglob("test_*.py")}
    assert not [relative(folder) for folder in folders if not (folder / "__init__.py").exists()]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ('<p class="style">on = 1</p><script src="{% static "a.js" %}" defer></script>', set()),
        ('<a href="https://example.org/">elsewhere</a>', set()),
        ("{# style= and <script> in a remark #}", set()),
        ('<p style="color: red">', {"inline style"}),
        ("<script>alert(1)</script>", {"inline script"}),
        ('<button type="button" onclick="go()">', {"event attribute"}),
        ('<a href="javascript:go()">', {"javascript address"}),
        ('<link rel="stylesheet" href="//example.org/a.css">', {"foreign asset"}),
        ('<img alt="" src="https://example.org/a.png">', {"foreign asset"}),
    ],
)
def test_the_check_of_templates_itself(template: str, expected: set[str]) -> None:
    assert faults(template) == expected


def test_the_check_of_modules_itself() -> None:
    assert chinese(
        '"""文档"""\nA = "劳模"\ndef f() -> str:\n    """文档"""\n    return f"{1}人"\nHAN = "[\\u4e00-\\u9fff]"\n'
    ) == [2, 5]
    assert imported("import elasticsearch_dsl.query\nfrom elasticsearch_dsl import Q\nfrom . import dsl\n") == {
        "elasticsearch_dsl"
    }

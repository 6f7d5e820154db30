"""Files meant to harm: a clear Chinese message within ten seconds and three hundred megabytes, nothing written, the process alive."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from registry.accounts.models import User
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.reading import UnreadableFile, read
from registry.people.models import Honouree
from tests.registry.intake import hostile
from tests.registry.intake.hostile import FILES
from tests.registry.intake.lists import codes, workbook

pytestmark = pytest.mark.once

SECONDS, MEGABYTES = 10, 300


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """Every file read in a process of its own, with Python and the whole project loaded."""
    folder = tmp_path_factory.mktemp("hostile")
    paths = []
    for number, (_name, make, _code) in enumerate(FILES.values()):
        path = folder / f"{number}"
        path.write_bytes(make())
        paths.append(path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.registry.intake.read_apart", *map(str, paths)],
        capture_output=True, text=True, check=True, timeout=400, cwd=Path(__file__).parents[3],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "cms.settings.test"},
    )  # fmt: skip
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return dict(zip(FILES, lines, strict=True))


@pytest.mark.parametrize("story", FILES)
def test_a_hostile_file_costs_little_and_is_answered_in_chinese(
    story: str, outcomes: dict[str, dict[str, Any]]
) -> None:
    found = outcomes[story]
    assert found["code"] == FILES[story][2]
    assert found["seconds"] < SECONDS and found["megabytes"] < MEGABYTES
    if found["code"]:
        assert sum("\u4e00" <= letter <= "\u9fff" for letter in found["message"]) >= 8
    else:
        assert found["rows"]


@pytest.mark.parametrize(
    "story", ["zip bomb", "external entity", "picture", "truncated", "with password", "line of commas"]
)
def test_the_command_refuses_it_and_leaves_nothing_behind(
    story: str, registrar: User, tmp_path: Path, private_root: Path
) -> None:
    name, make, _code = FILES[story]
    path = tmp_path / name
    path.write_bytes(make())
    with pytest.raises(CommandError) as refused:
        call_command("intake", path, actor="registrar", dry_run=True)
    assert refused.value.returncode == 1 and "。" in str(refused.value)
    assert not IntakeBatch._base.exists() and not IntakeRow._base.exists() and not Honouree._base.exists()
    assert not [kept for kept in private_root.rglob("*") if kept.is_file()]


def test_macros_are_not_run_and_said_so() -> None:
    report = read(hostile.with_macros(), "名单.xlsm").sheets[0]
    assert [(skip.text, skip.code) for skip in report.skipped] == [("vbaProject.bin", "macros")]


def test_values_in_the_far_corners_are_left_out_however_they_are_written() -> None:
    report = read(hostile.corners(), "").sheets[0]
    assert {skip.text for skip in report.skipped if skip.code == "stray"} == {"XFD1048576", "XFC1048575"}


def test_a_page_gives_its_list_and_no_script() -> None:
    reading = read(hostile.page(), "名单.xls")
    assert [(row.name, row.unit, row.year) for row in reading.rows] == [("张三", "甲公司", 2020)]
    assert "alert" not in repr(reading)


def test_program_text_in_cells_is_refused_or_marked() -> None:
    first, second, third = read(hostile.script_in_cells(), "").rows
    assert first.failed and third.failed and not second.failed
    assert {message.code for message in first.messages} >= {"name_wrong"}
    assert {message.code for message in second.messages} == {"markup"}


def test_marks_that_turn_the_writing_round_are_taken_out_and_said_so() -> None:
    first, second = read(hostile.reversed_text(), "").rows
    assert (first.name, first.unit) == ("张三", "甲公司") and "hidden_marks" in {
        message.code for message in first.messages
    }
    assert second.failed and {"name_missing", "hidden_marks"} <= {message.code for message in second.messages}


def test_a_name_of_five_thousand_characters_is_refused_and_the_next_row_goes_on() -> None:
    reading = read(hostile.long_name(), "")
    assert [row.failed for row in reading.rows] == [True, False] and "name_long" in codes(reading)


def test_nul_bytes_and_utf_16_hide_nothing() -> None:
    assert [row.name for row in read(hostile.nul_bytes(), "").rows] == ["张三", "李四"]
    assert [row.name for row in read(hostile.utf_16(), "").rows] == ["张三"]


def test_the_limits_are_settings() -> None:
    data = workbook(("名单", [["姓名", "单位"], *([f"张{n}", "甲公司"] for n in "一二三四五")] * 60, []))
    assert len(read(data, "").rows) == 300
    with override_settings(INTAKE_LIMITS={"rows": 100}), pytest.raises(UnreadableFile) as refused:
        read(data, "")
    assert refused.value.code == "too_large" and "100" in str(refused.value)
    with override_settings(INTAKE_LIMITS={"packed": 1000}), pytest.raises(UnreadableFile):
        read(data, "")

"""`manage.py intake` as a script uses it: one JSON object a row, exit codes, nothing left by a dry run."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from registry.accounts.models import User
from registry.intake.models import IntakeBatch
from registry.people.models import Honouree
from tests.registry.intake.steps import HEAD, committed, second_officer

KEYS = [
    "row", "status", "name", "kind", "sex", "ethnicity", "unit", "position", "title", "level", "region", "year", "messages", "asks",
    "private",
]  # fmt: skip
DOUBT = "姓名,荣誉称号,年度,地区\n王伟,塞上工匠,2024,宁夏\n于小雨,塞上工匠,2024,宁夏\n"


def run(*arguments: str, **options: Any) -> tuple[int, str]:
    """Run the command; return its exit code and standard output."""
    out = io.StringIO()
    try:
        call_command("intake", *arguments, "--actor", "registrar", stdout=out, **options)
    except CommandError as fault:
        return fault.returncode, out.getvalue()
    except SystemExit as fault:
        return int(fault.code or 0), out.getvalue()
    return 0, out.getvalue()


@pytest.fixture
def write(tmp_path: Path) -> Any:
    """Write a list to a file and return its path."""

    def make(text: str) -> str:
        path = tmp_path / "名单.csv"
        path.write_text(text, encoding="utf-8")
        return str(path)

    return make


def test_one_object_a_row_and_nothing_else(registrar: User, write: Any) -> None:
    code, out = run(write(HEAD + "丁一凡,男,1985-03,银川市某厂,车工,塞上工匠,2024\n"), "--json")
    row = json.loads(out)
    assert (code, list(row)) == (0, KEYS)
    assert (row["row"], row["status"], row["kind"], row["sex"], row["level"]) == (
        2,
        "new",
        "individual",
        "male",
        "provincial",
    )
    assert all(isinstance(message, str) for message in row["messages"])


def test_what_the_list_does_not_say_comes_from_the_command_line(registrar: User, write: Any, tmp_path: Path) -> None:
    file = write("姓名,工作单位\n丁一凡,银川市某厂\n")
    code, out = run(file, "--json")
    assert set(json.loads(out)["asks"]) == {"title", "level", "year"}
    assert run(file, "--commit")[0] == 3
    assert not Honouree.objects.exists()
    answers = tmp_path / "answers.json"
    answers.write_text('{"year": "2024"}')
    code, out = run(file, "--json", "--commit", "--title", "塞上工匠", "--answers", str(answers))
    row = json.loads(out)
    assert (code, row["title"], row["year"], row["asks"]) == (0, "塞上工匠", 2024, [])
    assert Honouree.objects.get().headline == "塞上工匠"


def test_doubtful_rows_keep_everything_back_unless_they_are_skipped(registrar: User, write: Any) -> None:
    committed("姓名,荣誉称号,年度,地区\n王伟,自治区五一劳动奖章,2022,宁夏\n", registrar)
    code, out = run(write(DOUBT), "--commit", "--json")
    assert (code, [json.loads(line)["status"] for line in out.splitlines()]) == (3, ["doubtful", "new"])
    assert Honouree.objects.count() == 1
    assert run(write(DOUBT), "--commit", "--skip-doubtful")[0] == 0
    assert set(Honouree.objects.values_list("name", flat=True)) == {"王伟", "于小雨"}


def test_a_refused_file_says_so_as_json_and_leaves_nothing(
    registrar: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set((Path(settings.PRIVATE_ROOT) / "intake").glob("*"))
    path = tmp_path / "名单.pdf"
    path.write_bytes(b"%PDF-1.7 \x00\x01\x02")
    code, out = run(str(path), "--json")
    assert (code, out) == (1, "")
    assert json.loads(capsys.readouterr().err)["error"]
    assert not IntakeBatch.objects.exists()
    assert set((Path(settings.PRIVATE_ROOT) / "intake").glob("*")) == before
    assert run(str(path))[0] == 1
    assert run("/nonexistent.csv")[0] == 2
    assert run()[0] == 2


def test_pasted_text_and_taking_back(registrar: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "sys.stdin", io.StringIO("2024年塞上工匠名单\n丁一凡　银川市某厂车工\n于小雨　吴忠市某医院护士\n")
    )
    code, _out = run("-", "--commit", "--title", "塞上工匠", "--year", "2024")
    assert code == 0
    assert set(Honouree.objects.values_list("name", flat=True)) == {"丁一凡", "于小雨"}
    batch = IntakeBatch.objects.get()
    assert run("--undo", str(batch.pk))[0] == 1
    assert run("--undo", str(batch.pk), "--reason", "名单有误")[0] == 0
    assert not Honouree.objects.exists()
    assert run("--undo", "999999")[0] == 2


def test_private_facts_are_masked_and_a_second_officer_confirms(registrar: User, write: Any) -> None:
    number = "640199197001010015"
    path = write(f"姓名,身份证号,工作单位,荣誉称号,年度\n丁一凡,{number},银川市某厂,塞上工匠,2024\n")
    code, out = run(path, "--json")
    assert (code, json.loads(out)["private"]) == (0, {"identity_number": "640•••••••••••••15"})
    code, out = run(path, "--commit")
    assert code == 3 and number not in out and not Honouree.objects.exists()
    batch = IntakeBatch._base.get()
    assert run("--confirm", str(batch.pk))[0] == 2
    second = second_officer()
    call_command("intake", "--confirm", str(batch.pk), "--actor", second.username, stdout=io.StringIO())
    assert Honouree.objects.count() == 1

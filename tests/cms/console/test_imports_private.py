"""A list with private facts on the screens: masked, handed to a second person, its bad rows downloaded to be corrected."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.urls import reverse

from registry.intake import actions
from registry.intake.committing import commit_all
from registry.intake.models import IntakeBatch
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.cms.console.test_console import text
from tests.registry.conftest import Federation

NUMBER, WRONG = "640199197001010015", "640199197001010016"
LIST = (
    "姓名\t身份证号\t工作单位\t荣誉称号\t年度\n"
    f"丁新人\t{NUMBER}\t某厂\t自治区五一劳动奖章\t2020\n于小雨\t{WRONG}\t某厂\t自治区五一劳动奖章\t2020\n"
)  # fmt: skip


@pytest.fixture
def batch(federation: Federation, settings: Any, tmp_path: Path) -> IntakeBatch:
    """A list with one good and one wrong number."""
    settings.PRIVATE_ROOT = tmp_path
    federation.title("自治区五一劳动奖章")
    return actions.upload(LIST, "", actor=federation.registrar)


def test_the_second_officer_finds_it_on_the_front_and_confirms(
    batch: IntakeBatch, federation: Federation, sign_in: SignIn
) -> None:
    first, second = sign_in(federation.registrar), sign_in(federation.second)
    here = reverse("console_import", args=[batch.pk])
    page = text(first.get(here))
    assert NUMBER not in page and "640•••••••••••••15" in page
    assert "console" in here and first.post(here, {"do": "commit"}).status_code == 302
    batch.refresh_from_db()
    assert batch.state == "waiting" and not Honouree.objects.exists()
    assert 'value="confirm"' not in text(first.get(here))
    assert "state=waiting" in text(second.get(reverse("wagtailadmin_home")))
    assert "state=waiting" not in text(first.get(reverse("wagtailadmin_home")))
    first.post(here, {"do": "confirm"})
    batch.refresh_from_db()
    assert batch.state == "waiting"
    assert 'value="confirm"' in text(second.get(here))
    second.post(here, {"do": "confirm"})
    batch = commit_all(batch.pk, federation.second)
    assert (batch.state, batch.proposed_by, batch.confirmed_by) == (
        "committed",
        federation.registrar,
        federation.second,
    )
    assert Honouree.objects.get().name == "丁新人"


def test_it_is_sent_back_with_a_reason(batch: IntakeBatch, federation: Federation, sign_in: SignIn) -> None:
    here = reverse("console_import", args=[batch.pk])
    sign_in(federation.registrar).post(here, {"do": "commit"})
    second = sign_in(federation.second)
    second.post(here, {"do": "send_back"})
    batch.refresh_from_db()
    assert batch.state == "waiting"
    second.post(here, {"do": "send_back", "reason": "号码要再核对"})
    batch.refresh_from_db()
    assert batch.state == "checking"


def test_bad_rows_are_downloaded_masked(batch: IntakeBatch, federation: Federation, sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    there = reverse("console_import_corrections", args=[batch.pk])
    assert there in text(client.get(reverse("console_import", args=[batch.pk])))
    answer = client.get(there)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][1:3] == ["于小雨", "640•••••••••••••16"]
    assert "no-store" in answer["Cache-Control"]
    assert sign_in(federation.auditor).get(there).status_code in (302, 403)
    assert sign_in(federation.city_registrar).get(there).status_code in (302, 403, 404)

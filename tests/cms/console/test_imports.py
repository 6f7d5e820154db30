"""An import from the screen: doubts settled one by one, what was made up refused, what waits shown on the front."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.intake import actions
from registry.intake.committing import commit_all
from registry.intake.models import IntakeBatch, IntakeRow
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.cms.console.test_console import text
from tests.registry.conftest import Federation

LIST = "姓名\t工作单位\t荣誉称号\t年度\n单雨晴\t\t自治区五一劳动奖章\t2020\n丁新人\t某厂\t自治区五一劳动奖章\t2020\n"


@pytest.fixture
def batch(federation: Federation, files: dict[str, Honouree], settings: Any, tmp_path: Path) -> IntakeBatch:
    """A list that names somebody of whom there are two files, and somebody new."""
    settings.PRIVATE_ROOT = tmp_path
    open_file("individual", "单雨晴", actor=federation.registrar, union=federation.yinchuan)
    staged = actions.upload(LIST, "", actor=federation.registrar)
    assert staged.asks == []
    return staged


@pytest.fixture
def client(federation: Federation, sign_in: SignIn) -> Client:
    """The officer who uploaded it."""
    return sign_in(federation.registrar)


def doubtful(batch: IntakeBatch) -> IntakeRow:
    """The row in doubt."""
    found: IntakeRow = IntakeRow._base.get(batch=batch, status="doubtful")
    return found


def test_one_of_several_proposals_is_picked(batch: IntakeBatch, client: Client) -> None:
    row = doubtful(batch)
    assert len(row.matches) == 2
    second = row.matches[1]["file"]
    page = text(client.get(reverse("console_import", args=[batch.pk])))
    assert f'value="{row.number}:{second}"' in page
    client.post(reverse("console_import", args=[batch.pk]), {"pick": f"{row.number}:{second}"})
    row.refresh_from_db()
    assert (row.match_id, row.choice) == (second, "match")


def test_a_file_that_was_not_proposed_is_refused(
    batch: IntakeBatch, client: Client, files: dict[str, Honouree]
) -> None:
    row = doubtful(batch)
    for pick in (f"{row.number}:{files['guyuan'].pk}", f"{row.number}:", "x:y", "99:1"):
        client.post(reverse("console_import", args=[batch.pk]), {"pick": pick})
        row.refresh_from_db()
        assert row.match_id is None, pick
        assert row.choice == ""


def test_doubts_left_behind_keep_the_batch_among_what_waits(
    federation: Federation, batch: IntakeBatch, client: Client, sign_in: SignIn
) -> None:
    waiting = "state=unfinished&amp;mine=yes"
    address = reverse("console_import", args=[batch.pk])
    assert waiting in text(client.get("/console/"))
    assert waiting not in text(sign_in(federation.second).get("/console/"))
    client.post(address, {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    assert waiting in text(client.get("/console/"))
    client.post(address, {"do": "settle", "choice": "skip", "row": str(doubtful(batch).number)})
    assert waiting not in text(client.get("/console/"))
    listed = client.get(reverse("console_imports"), {"state": "unfinished"})
    assert listed.context["lines"] == []


def test_only_the_unions_officers_work_on_a_batch(federation: Federation, batch: IntakeBatch, sign_in: SignIn) -> None:
    address = reverse("console_import", args=[batch.pk])
    assert sign_in(federation.auditor).get(address).status_code == 200
    for do in ("commit", "discard", "settle", "answer", "pick"):
        assert sign_in(federation.auditor).post(address, {"do": do}).status_code in (302, 403)
        assert sign_in(federation.city_registrar).post(address, {"do": do}).status_code == 404
    batch.refresh_from_db()
    assert batch.state == "checking"


def test_the_progress_page_works_without_scripts_and_ends(
    federation: Federation, batch: IntakeBatch, client: Client, settings: Any
) -> None:
    address = reverse("console_import", args=[batch.pk])
    IntakeBatch._base.filter(pk=batch.pk).update(state="committing")
    page = text(client.get(address))
    assert '<meta http-equiv="refresh"' in page
    assert "<progress" in page
    commit_all(batch.pk, federation.registrar)
    page = text(client.get(address))
    assert '<meta http-equiv="refresh"' not in page
    undo = client.post(reverse("console_import_undo", args=[batch.pk]), {"reason": ""})
    assert undo.status_code == 422

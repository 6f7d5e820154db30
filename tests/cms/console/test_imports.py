"""An import from the screen: doubts settled one by one, what was made up refused, what waits shown on the front."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from registry.audit.models import AuditEntry
from registry.intake import actions
from registry.intake.committing import commit_all
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.reasons import reason_of, reason_of_undo, reason_words
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


def buttons(client: Client, batch: IntakeBatch) -> set[str]:
    """What the batch's screen offers to do."""
    page = text(client.get(reverse("console_import", args=[batch.pk])))
    offers = {do for do in ("commit", "discard", "answer") if f'name="do" value="{do}"' in page}
    offers |= {choice for choice in ("match", "new", "skip") if f'name="choice" value="{choice}"' in page}
    offers |= {"undo"} if reverse("console_import_undo", args=[batch.pk]) in page else set()
    return offers | ({"pick"} if 'name="pick"' in page else set())


def test_what_a_commit_left_behind_is_settled_and_committed_later(
    federation: Federation, batch: IntakeBatch, client: Client
) -> None:
    """Every button that is shown works, and none is shown that has nothing to do."""
    settle = {"match", "new", "skip", "pick"}
    address, number = reverse("console_import", args=[batch.pk]), str(doubtful(batch).number)
    assert buttons(client, batch) == {"commit", "discard", *settle}
    client.post(address, {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    assert buttons(client, batch) == {"undo", *settle}, "the row that is written isn't offered once more"
    client.post(address, {"do": "settle", "choice": "new", "row": number})
    batch.refresh_from_db()
    assert batch.state == "committed"
    page = client.get(address)
    assert (page.context["ready_number"], page.context["ready"]["new"], page.context["doubtful"]) == (1, 1, 0)
    assert buttons(client, batch) == {"undo", "commit"}
    client.post(address, {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    batch.refresh_from_db()
    assert (batch.state, batch.done) == ("committed", 2)
    assert Honouree.objects.filter(name="单雨晴").count() == 3
    assert buttons(client, batch) == {"undo"}


def test_what_isnt_offered_changes_nothing_when_sent_all_the_same(
    federation: Federation, batch: IntakeBatch, client: Client, files: dict[str, Honouree]
) -> None:
    address = reverse("console_import", args=[batch.pk])
    client.post(address, {"do": "settle", "choice": "skip", "all": "1"})
    client.post(address, {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    written = list(IntakeRow._base.filter(batch=batch).order_by("number").values_list("status", "committed", "choice"))
    for sent in (
        {"do": "commit"},
        {"do": "discard"},
        {"do": "answer"},
        {"do": "settle", "choice": "new", "row": ["1", "2"]},
        {"pick": f"2:{files['yinchuan'].pk}"},
    ):
        assert client.post(address, sent, follow=True).status_code in (200, 403), sent
        rows = IntakeRow._base.filter(batch=batch).order_by("number")
        assert list(rows.values_list("status", "committed", "choice")) == written, sent
        batch.refresh_from_db()
        assert batch.state == "committed", sent


@pytest.mark.usefixtures("batch")
def test_the_screen_says_that_the_very_file_was_committed_before(
    federation: Federation, client: Client, sign_in: SignIn
) -> None:
    client.post(reverse("console_import_add"), {"text": LIST, "source": ""})
    batch = IntakeBatch._base.latest("pk")
    client.post(reverse("console_import", args=[batch.pk]), {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    again = client.post(reverse("console_import_add"), {"text": LIST, "source": ""}, follow=True)
    before = again.context["before"]
    assert before.batch == batch
    warning = f'mw-message--warning">{_warning(again)}'
    assert reverse("console_import", args=[batch.pk]) in warning
    assert client.get(reverse("console_import", args=[batch.pk])).context["before"] is None
    city = sign_in(federation.city_registrar).post(
        reverse("console_import_add"), {"text": LIST, "source": ""}, follow=True
    )
    assert city.context["before"].batch is None
    assert _warning(city)
    assert reverse("console_import", args=[batch.pk]) not in text(city)


def _warning(answer: Any) -> str:
    """The warning on a batch's screen, with its link."""
    found = text(answer).partition('<p class="mw-message mw-message--warning">')[2]
    return found.partition("</p>")[0]


def test_an_imports_reason_is_kept_neutral_and_said_in_the_readers_language(
    federation: Federation, batch: IntakeBatch, client: Client
) -> None:
    commit_all(actions.begin(batch, "committing", actor=federation.registrar, enqueue=False).pk, federation.registrar)
    kept = set(AuditEntry.objects.filter(verb="file.opened", reason__contains=batch.filename).values_list("reason"))
    assert kept == {(reason_of(batch),)}
    words = {}
    for language in ("en", "zh-hans"):
        with override(language):
            words[language] = reason_words(reason_of(batch))
    assert words["en"] == f"import {batch.pk}: {batch.filename}"
    for address in (reverse("console_audit"), f"{reverse('console_audit')}?export=csv"):
        answer = client.get(address)
        body = answer.getvalue().decode() if answer.streaming else text(answer)
        assert words["zh-hans"] in body, address
    with override("en"):
        assert reason_words(reason_of_undo(batch)) == f"import {batch.pk} taken back"
        for typed in ("名单有误", "intake", "intake 3", "undo intake 3: x", ""):
            assert reason_words(typed) == typed

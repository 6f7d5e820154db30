"""A worker killed with SIGKILL while it writes or takes back: nothing is lost, nothing doubled, the trail holds.

`KILLS=20` asks for twenty moments each; as it comes there are a few.
"""

import os
import random

import pytest
from django.db import connection
from stdnum.cn.ric import calc_check_digit

from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.honours.models import Conferral
from registry.intake.actions import begin, commit, confirm
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch
from registry.intake.queries import rows_of
from registry.intake.undoing import dependants
from registry.people.models import Honouree, Post, Source
from registry.people.private import PrivateFacts
from tests.registry.intake.killed import kill_at_random
from tests.registry.intake.steps import second_officer, staged

KILLS = int(os.environ.get("KILLS", "3"))
ROWS = 500 + 400 * KILLS


def numbered(n: int) -> str:
    body = f"640199{1950 + n % 50}{1 + n // 50 % 12:02d}{1 + n // 600 % 28:02d}{n // 16800 * 2 + 1:03d}"
    return body + calc_check_digit(body + "0")


def people(number: int) -> str:
    """A list of so many invented people with numbers; every tenth row is a further honour of the one before."""
    lines = []
    for n in range(number):
        who = n - 1 if n % 10 == 9 else n
        year = 2020 if who != n else 2024
        name = f"甲{chr(0x5200 + who // 200)}{chr(0x6200 + who % 200)}"
        lines.append(f"{name},{numbered(who)},银川市第{who % 40}厂,车工,塞上工匠,{year}")
    return "姓名,身份证号,工作单位,职务,荣誉称号,年度\n" + "\n".join(lines)


@pytest.mark.postgres
@pytest.mark.timeout(3600)
@pytest.mark.django_db(transaction=True)
def test_a_killed_import_and_a_killed_undo_lose_and_double_nothing(registrar: User) -> None:
    chance = random.Random(2026)
    batch = staged(people(ROWS), registrar)
    assert batch.total == ROWS and batch.has_private
    second = second_officer()
    commit(batch, actor=registrar)
    confirm(batch, actor=second, enqueue=False)
    assert kill_at_random(batch, second, "commit", KILLS, chance) >= 1
    batch = IntakeBatch._base.get(pk=batch.pk)
    files = ROWS - ROWS // 10
    assert (batch.state, batch.done, rows_of(batch).filter(committed=True).count()) == (
        BatchState.COMMITTED,
        ROWS,
        ROWS,
    )
    assert (Honouree.objects.count(), PrivateFacts._base.count(), Conferral.objects.count()) == (files, files, ROWS)
    assert (Post.objects.count(), Source.objects.count()) == (files, files)
    assert AuditEntry.objects.filter(verb="file.opened").count() == files
    assert set(Honouree.objects.values_list("honour_count", flat=True)) == {1, 2}
    assert verify_chain() is None

    assert dependants(batch) == []
    begin(batch, BatchState.UNDOING, actor=registrar, reason="试导", enqueue=False)
    assert kill_at_random(batch, registrar, "undo", KILLS, chance) >= 1
    batch = IntakeBatch._base.get(pk=batch.pk)
    assert (batch.state, batch.done, batch.taken_back) == (BatchState.UNDONE, 0, ROWS)
    for model in (Honouree, PrivateFacts, Conferral, Post, Source):
        assert not model._base_manager.exists(), model
    assert AuditEntry.objects.filter(verb="file.closed").count() == files
    assert verify_chain() is None
    connection.close()

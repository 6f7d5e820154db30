"""Writing a batch: what stays behind, who did it, how far it is, and nothing twice."""

import threading
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.honours.models import Conferral
from registry.intake import committing
from registry.intake.actions import begin, commit, settle
from registry.intake.committing import commit_all, commit_chunk
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch
from registry.intake.queries import has_rows_left, progress, rows_of
from registry.intake.rules import may_answer, may_commit
from registry.intake.tasks import resume_stuck
from registry.organisations.actions import appoint
from registry.organisations.queries import top_node
from registry.people.models import Honouree
from tests.registry.intake.steps import HEAD, commit_now, committed, staged, statuses


def people(number: int) -> str:
    """A list of invented people, each at a unit of its own."""
    rows = [f"甲{chr(0x5200 + n)},男,,银川市第{n}厂,车工,塞上工匠,2024\n" for n in range(number)]
    return HEAD + "".join(rows)


def test_doubtful_rows_stay_behind_and_are_committed_once_settled(registrar: User) -> None:
    committed("姓名,荣誉称号,年度,地区\n王伟,自治区五一劳动奖章,2022,宁夏\n", registrar)
    text = "姓名,荣誉称号,年度,地区\n王伟,塞上工匠,2024,宁夏\n于小雨,塞上工匠,2024,宁夏\n"
    batch = commit_now(staged(text, registrar), registrar)
    assert (batch.done, has_rows_left(batch), may_commit(registrar, batch), may_answer(registrar, batch)) == (
        1,
        True,
        True,
        False,
    )
    with pytest.raises(ValidationError):
        commit(batch, actor=registrar)
    batch = settle(batch, [1, 2], "match", actor=registrar)
    assert (batch.state, statuses(batch)) == (BatchState.COMMITTED, ["changed", "new"])
    batch = commit_now(batch, registrar)
    assert (batch.done, has_rows_left(batch), may_commit(registrar, batch)) == (2, False, False)
    assert Honouree.objects.get(name="王伟").honour_count == 2
    assert Honouree.objects.filter(name="于小雨").count() == 1


def test_the_clerk_who_committed_stands_in_the_trail_even_after_a_crash(registrar: User) -> None:
    second = User.objects.create_user("second")
    appoint(second, Role.REGISTRAR, top_node(), actor=None)
    batch = staged(people(5), registrar)
    with patch("registry.intake.tasks.start"):
        begin(batch, BatchState.COMMITTING, actor=second)
    IntakeBatch.objects.filter(pk=batch.pk).update(heartbeat=timezone.now() - timedelta(minutes=5))
    assert resume_stuck() == 1
    assert Honouree.objects.count() == 5
    assert set(AuditEntry.objects.filter(verb="file.opened").values_list("actor", flat=True)) == {"second"}


def test_progress_is_counted_from_the_beginning_of_the_work(registrar: User) -> None:
    batch = staged(people(30), registrar)
    assert (progress(batch).done, progress(batch).total, progress(batch).seconds_left) == (0, 30, None)
    with patch.object(committing, "CHUNK", 10):
        begin(batch, BatchState.COMMITTING, actor=registrar, enqueue=False)
        IntakeBatch.objects.filter(pk=batch.pk).update(
            uploaded_at=timezone.now() - timedelta(days=3), began_at=timezone.now() - timedelta(seconds=10)
        )
        batch, _after = commit_chunk(batch.pk, registrar)
        now = progress(batch)
        assert (now.done, now.total) == (10, 30)
        assert 0.8 < now.rate < 1.01
        assert now.seconds_left is not None
        assert 20 <= now.seconds_left <= 26
        batch = commit_all(batch.pk, registrar)
    assert (progress(batch).done, progress(batch).seconds_left) == (30, None)


def test_only_a_registrar_of_the_union_commits(registrar: User, city_registrar: User) -> None:
    batch = staged(people(2), registrar)
    with pytest.raises(PermissionDenied):
        commit(batch, actor=city_registrar)
    assert not Honouree.objects.exists()


def test_a_title_the_register_lacks_is_added_by_the_federation_only(registrar: User, city_registrar: User) -> None:
    text = HEAD + "丁一凡,男,,银川市某厂,车工,最美工友,2024\n"
    answers = {"level:最美工友": "city"}
    assert statuses(staged(text, city_registrar, answers=answers)) == ["refused"]
    batch = committed(text, registrar, answers=answers)
    assert rows_of(batch).get().written["title"]
    assert Conferral.objects.get().title.name == "最美工友"


def test_the_database_itself_refuses_an_honour_twice(registrar: User) -> None:
    committed(people(1), registrar)
    held = Conferral.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conferral._base.create(honouree_id=held.honouree_id, title_id=held.title_id, level=held.level, year=held.year)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_lists_that_name_the_same_people_at_once_open_one_file_each(registrar: User) -> None:
    first = staged(people(40), registrar)
    second = staged(people(40).replace("2024", "2023"), registrar)
    for batch in (first, second):
        begin(batch, BatchState.COMMITTING, actor=registrar, enqueue=False)
    faults: list[BaseException] = []

    def work(pk: int) -> None:
        try:
            commit_all(pk, registrar)
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    with patch.object(committing, "CHUNK", 7):
        threads = [threading.Thread(target=work, args=(pk,)) for pk in (first.pk, second.pk, first.pk, second.pk)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert faults == []
    assert (Honouree.objects.count(), Conferral.objects.count()) == (40, 80)
    assert verify_chain() is None

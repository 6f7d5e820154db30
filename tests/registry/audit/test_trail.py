"""The trail tells who did what, and cannot be rewritten unseen."""

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, transaction

from registry.accounts.models import User
from registry.audit.actions import Act, record, record_many
from registry.audit.models import AuditEntry
from registry.audit.queries import checkpoint, history_of, verify_against, verify_chain
from registry.audit.triggers import install, remove

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    """Somebody who acts, and is acted on."""
    return User.objects.create_user("clerk")


def tamper(entry: AuditEntry, **values: Any) -> None:
    """Do what only the owner of the database can: lift the triggers and change a row."""
    remove(connection, "audit_auditentry")
    AuditEntry.objects.filter(pk=entry.pk).update(**values)
    install(connection, "audit_auditentry")


def test_entries_of_one_object_follow_each_other_and_verify(clerk: User) -> None:
    first = record(clerk, "thing.made", actor=clerk, after={"name": "甲"})
    second = record(clerk, "thing.changed", actor=None, before={"name": "甲"}, after={"name": "乙"}, reason="更正")
    assert (first.position, second.position) == (1, 2)
    assert second.previous_hash == first.hash
    assert second.actor == "system"
    assert verify_chain() is None
    assert [entry.verb for entry in history_of(clerk)] == ["thing.changed", "thing.made"]


@pytest.mark.parametrize("statement", ["UPDATE audit_auditentry SET actor='x'", "DELETE FROM audit_auditentry"])
def test_the_database_itself_refuses_to_change_an_entry(clerk: User, statement: str) -> None:
    record(clerk, "thing.made", actor=clerk)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.get().actor == "clerk"


def test_a_changed_entry_is_named(clerk: User) -> None:
    record(clerk, "thing.made", actor=clerk)
    entry = record(clerk, "thing.changed", actor=clerk, after={"year": 2024})
    record(clerk, "thing.changed", actor=clerk, after={"year": 2025})
    tamper(entry, after={"year": 2019})
    broken = verify_chain()
    assert broken is not None
    assert (broken.position, broken.why) == (2, "hash")


def test_an_entry_cut_from_the_middle_is_named(clerk: User) -> None:
    entries = [record(clerk, "thing.changed", actor=clerk, after={"n": n}) for n in range(3)]
    remove(connection, "audit_auditentry")
    entries[1].delete()
    install(connection, "audit_auditentry")
    broken = verify_chain()
    assert broken is not None
    assert (broken.position, broken.why) == (2, "gap")


def test_a_cut_tail_shows_only_against_a_checkpoint_kept_outside(clerk: User, tmp_path: Path) -> None:
    record(clerk, "thing.made", actor=clerk)
    last = record(clerk, "thing.changed", actor=clerk)
    kept = tmp_path / "checkpoint.json"
    call_command("verify_audit", write=kept)
    assert checkpoint() == json.loads(kept.read_text())
    remove(connection, "audit_auditentry")
    last.delete()
    install(connection, "audit_auditentry")
    assert verify_chain() is None
    broken = verify_against(json.loads(kept.read_text()))
    assert broken is not None
    assert broken.why == "cut"
    with pytest.raises(CommandError, match="cut"):
        call_command("verify_audit", against=kept)


def test_what_must_not_be_read_is_redacted_but_seen_to_change(clerk: User) -> None:
    entry = record(clerk, "x", actor=clerk, before={"phone": ""}, after={"phone": "13900000000", "name": "甲"})
    assert entry.after == {"phone": "•••", "name": "甲"}
    assert entry.before == {"phone": ""}


def test_many_acts_on_the_same_and_on_different_objects_chain_rightly(clerk: User) -> None:
    other = User.objects.create_user("other")
    entries = record_many([Act(clerk, "a"), Act(other, "a"), Act(clerk, "b")], actor=clerk)
    assert [entry.position for entry in entries] == [1, 1, 2]
    assert verify_chain() is None


def test_one_position_of_a_chain_cannot_be_taken_twice(clerk: User) -> None:
    entry = record(clerk, "thing.made", actor=clerk)
    twin = AuditEntry.objects.get(pk=entry.pk)
    twin.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_writers_on_one_chain_at_the_same_time_lose_nothing() -> None:
    clerk = User.objects.create_user("clerk")

    def write() -> None:
        for number in range(5):
            record(clerk, "thing.changed", actor=clerk, after={"n": number})
        connection.close()

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert AuditEntry.objects.filter(object_type="accounts.user").count() == 20
    assert verify_chain() is None

"""Taking a batch back whole, and refusing while anything later depends on it."""

from collections.abc import Callable
from unittest.mock import patch

import pytest
from django.core.exceptions import ValidationError

from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.honours.actions import confer, correct_conferral
from registry.honours.models import Conferral, HonourTitle
from registry.intake import undoing
from registry.intake.actions import begin, undo
from registry.intake.committing import commit_all
from registry.intake.enums import BatchState
from registry.intake.undoing import dependants, undo_all, undo_chunk
from registry.organisations.actions import change_unit
from registry.organisations.models import Unit
from registry.people.actions import change_file, set_details
from registry.people.models import Honouree
from tests.registry.intake.steps import HEAD, committed, undone

LIST = HEAD + "丁一凡,男,1985-03,银川市某厂,车工,塞上工匠,2024\n于小雨,女,1990-01,吴忠市某厂,钳工,塞上工匠,2024\n"


def other_honour(file: Honouree, actor: User) -> None:
    """Give one more honour."""
    confer(file, HonourTitle.objects.get(name="自治区五一劳动奖章"), actor=actor, year=2025)


def new_fact(file: Honouree, actor: User) -> None:
    """Change a fact by hand."""
    change_file(file, actor=actor, facts={"native_place": "宁夏中卫"})


def new_name(file: Honouree, actor: User) -> None:
    """Add a former name by hand."""
    set_details(file, actor=actor, other_names=[("former", "丁小凡")])


def corrected(file: Honouree, actor: User) -> None:
    """Correct the honour by hand."""
    correct_conferral(file.conferrals.get(), actor=actor, certificate_number="7")


def later_list(file: Honouree, actor: User) -> None:
    """Fill a fact by another list."""
    committed(
        "姓名,出生年月,籍贯,工作单位,荣誉称号,年度\n丁一凡,1985-03,宁夏中卫,银川市某厂,塞上工匠,2024\n", actor, "b.csv"
    )


@pytest.mark.parametrize("work", [other_honour, new_fact, new_name, corrected, later_list])
def test_later_work_keeps_a_batch_from_being_taken_back(
    registrar: User, work: Callable[[Honouree, User], None]
) -> None:
    batch = committed(LIST, registrar)
    assert dependants(batch) == []
    work(Honouree.objects.get(name="丁一凡"), registrar)
    with pytest.raises(ValidationError, match="丁一凡|塞上工匠"):
        undo(batch, actor=registrar, reason="名单有误")
    batch.refresh_from_db()
    assert batch.state == BatchState.COMMITTED
    assert Honouree.objects.count() == 2


def test_what_a_batch_changed_is_as_it_was(registrar: User) -> None:
    committed(HEAD + "丁一凡,,1985,银川市某厂,学徒,塞上工匠,2020\n", registrar)
    Conferral.objects.update(year=None)
    before: dict[str, object] = dict(Honouree.objects.values().get())
    text = (
        "姓名,性别,出生年月,工作单位,职务,荣誉称号,年度,证书编号\n丁一凡,男,1985-03,银川市某厂,车工,塞上工匠,2020,7号\n"
    )
    batch = committed(text, registrar)
    assert Conferral.objects.values_list("year", "certificate_number").get() == (2020, "7号")
    assert undone(batch, registrar).state == BatchState.UNDONE
    after: dict[str, object] = dict(Honouree.objects.values().get())
    same = {key for key in before if before[key] == after[key]}
    assert set(before) - same == {"updated_at", "latest_year", "headline_year"}
    assert (after["latest_year"], after["headline_year"]) == (0, None)
    assert Conferral.objects.values_list("year", "certificate_number").get() == (None, "")


def test_added_units_and_titles_go_unless_somebody_has_worked_on_them(registrar: User) -> None:
    text = LIST.replace("塞上工匠", "最美工友")
    batch = committed(text, registrar, answers={"level:最美工友": "city"})
    change_unit(Unit.objects.get(name="银川市某厂"), actor=registrar, ownership="state_owned")
    undone(batch, registrar)
    assert list(Unit.objects.values_list("name", flat=True)) == ["银川市某厂"]
    assert not HonourTitle.objects.filter(name="最美工友").exists()
    assert not Honouree.objects.exists()
    removed = set(AuditEntry.objects.filter(verb__endswith=".removed").values_list("verb", "object_label"))
    assert ("unit.removed", "吴忠市某厂") in removed
    assert ("title.removed", "最美工友") in removed
    assert verify_chain() is None


def test_an_undo_cut_off_in_the_middle_goes_on_where_it_stood(registrar: User) -> None:
    rows = "".join(f"甲{chr(0x4E00 + n)},男,,银川市第{n}厂,车工,塞上工匠,2024\n" for n in range(25))
    batch = committed(HEAD + rows, registrar)
    with patch.object(undoing, "CHUNK", 10):
        begin(batch, BatchState.UNDOING, actor=registrar, enqueue=False)
        undo_chunk(batch.pk, registrar)
        with patch.object(undoing, "record_all", side_effect=KeyboardInterrupt), pytest.raises(KeyboardInterrupt):
            undo_chunk(batch.pk, registrar)
        assert Honouree.objects.count() == 15
        commit_all(batch.pk, registrar)
        assert Honouree.objects.count() == 15
        batch = undo_all(batch.pk, registrar)
    assert (batch.state, batch.done, batch.taken_back, Honouree.objects.count()) == (BatchState.UNDONE, 0, 25, 0)
    assert not Unit.objects.exists()

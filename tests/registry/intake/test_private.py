"""A list with identity numbers: sealed while it is staged, matched by number, committed by two, taken back whole."""

import io
import json
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.accounts.rules import SamePerson
from registry.audit.models import AuditEntry
from registry.audit.queries import verify_chain
from registry.intake.actions import commit, confirm, forget_file, send_back, settle
from registry.intake.committing import commit_all
from registry.intake.corrections import corrections
from registry.intake.enums import BatchState
from registry.intake.models import IntakeBatch, IntakeRow
from registry.intake.private import masked_in
from registry.intake.queries import row_json, rows_of
from registry.intake.tasks import forget_old_files
from registry.intake.undoing import dependants
from registry.organisations.actions import appoint
from registry.organisations.models import UnionNode
from registry.people.models import Honouree
from registry.people.privacy import find_by_identity, set_private
from registry.people.private import PrivateFacts
from tests.registry.intake.lists import workbook
from tests.registry.intake.steps import codes, commit_now, committed, second_officer, staged, statuses, undone

# An area that no county bears; the check digits are right.
ONE, TWO, THREE = "640199197001010015", "640199197001010023", "640199196607073454"
OLD_ONE = "640199700101001"
ENDS_IN_X = "64019919661217118X"
PHONE, STREET, CARD = "13900001234", "某某小区七号楼", "6222021234567890128"
HEAD = "姓名,身份证号,手机号,住址,银行卡号,工作单位,职务,荣誉称号,年度\n"
LIST = HEAD + f"丁一凡,{ONE},{PHONE},{STREET},{CARD},银川市某厂,车工,塞上工匠,2024\n"


def only_row(batch: IntakeBatch) -> IntakeRow:
    return rows_of(batch).get()


def whole_database() -> str:
    with connection.cursor() as cursor:
        found = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            found.append(repr(cursor.fetchall()))
    return "".join(found)


def test_private_columns_go_sealed_from_the_list_into_the_file(registrar: User) -> None:
    batch = staged(LIST, registrar)
    row = only_row(batch)
    assert batch.has_private and masked_in(row)["identity_number"] == "640•••••••••••••15"
    assert not any(secret in whole_database() for secret in (ONE, PHONE, STREET, CARD))
    assert not any(secret in json.dumps(row_json(row), ensure_ascii=False) for secret in (ONE, PHONE, STREET, CARD))
    commit_now(batch, registrar)
    file = find_by_identity(ONE)
    assert file is not None and file.name == "丁一凡"
    held = PrivateFacts._base.get(honouree=file)
    assert [held.plain(name) for name in ("identity_number", "phone", "address", "bank_card")] == [
        ONE,
        PHONE,
        STREET,
        CARD,
    ]
    assert not any(secret in whole_database() for secret in (ONE, PHONE, STREET, CARD))
    row = only_row(batch)
    assert (row.private, row.identity_digest, row.phone_digest) == (None, None, None)
    opened = AuditEntry.objects.get(verb="file.opened")
    assert opened.after["identity_number"] == "•••" and opened.after["honour"] == "塞上工匠 2024"
    assert verify_chain() is None


def test_a_second_officer_must_confirm(registrar: User, city_registrar: User) -> None:
    batch = commit(staged(LIST, registrar), actor=registrar)
    assert (batch.state, batch.proposed_by, batch.confirmed_by) == (BatchState.WAITING, registrar, None)
    with pytest.raises(SamePerson):
        confirm(batch, actor=registrar)
    with pytest.raises(PermissionDenied):
        confirm(batch, actor=city_registrar)
    assert commit_all(batch.pk, registrar).state == BatchState.WAITING and not Honouree.objects.exists()
    second = second_officer()
    batch = confirm(batch, actor=second, enqueue=False)
    assert commit_all(batch.pk, second).state == BatchState.COMMITTED
    trail = AuditEntry.objects.filter(object_type="intake.intakebatch").values_list("verb", "actor")
    assert ("intakebatch.waiting", "registrar") in trail and ("intakebatch.committing", second.username) in trail


def test_the_database_too_asks_for_two(registrar: User) -> None:
    batch = staged(LIST, registrar)
    for values in (
        {"state": BatchState.COMMITTING},
        {"state": BatchState.COMMITTING, "confirmed_by": registrar},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            IntakeBatch._base.filter(pk=batch.pk).update(**values)


def test_a_waiting_list_can_be_sent_back_with_a_reason(registrar: User) -> None:
    batch = commit(staged(LIST, registrar), actor=registrar)
    with pytest.raises(ValidationError):
        send_back(batch, actor=second_officer(), reason=" ")
    batch = send_back(batch, actor=second_officer(), reason="号码有误")
    assert batch.state == BatchState.CHECKING
    assert commit(batch, actor=registrar).state == BatchState.WAITING


def test_a_list_without_private_facts_needs_nobody_else(registrar: User) -> None:
    batch = commit(staged("姓名,工作单位,荣誉称号,年度\n丁一凡,银川市某厂,塞上工匠,2024\n", registrar), actor=registrar)
    assert (batch.state, batch.has_private) == (BatchState.COMMITTING, False)


def test_the_same_number_is_the_same_person(registrar: User) -> None:
    committed(LIST, registrar)
    # Nothing but the number speaks for it; the old card's number is the same person's.
    for number in (ONE, OLD_ONE):
        batch = staged(HEAD + f"丁一凡,{number},,,,固原市另一厂,焊工,自治区劳动模范,2010\n", registrar)
        row = only_row(batch)
        assert (row.status, row.match_id) == ("changed", Honouree.objects.get().pk)


def test_another_name_with_the_same_number_is_a_doubt_to_settle(registrar: User) -> None:
    committed(LIST, registrar)
    file = Honouree.objects.get()
    text = HEAD + f"丁一帆,{ONE},,,,银川市某厂,车工,自治区劳动模范,2010\n"
    batch = staged(text, registrar)
    assert statuses(batch) == ["doubtful"] and "number_other_name" in codes(batch)
    batch = settle(batch, [1], "new", actor=registrar)
    assert statuses(batch) == ["refused"] and "number_taken" in codes(batch)
    batch = settle(batch, [1], "match", actor=registrar, match=file.pk)
    assert only_row(batch).match_id == file.pk
    commit_now(batch, registrar)
    assert Honouree.objects.get().honour_count == 2


def test_namesakes_with_two_numbers_are_two_people_without_a_doubt(registrar: User) -> None:
    committed(LIST, registrar)
    batch = staged(HEAD + f"丁一凡,{TWO},,,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert statuses(batch) == ["new"]
    commit_now(batch, registrar)
    assert Honouree.objects.filter(name="丁一凡").count() == 2


def test_a_namesake_without_a_number_takes_it_and_what_stands_is_never_overwritten(registrar: User) -> None:
    committed("姓名,出生年月,工作单位,荣誉称号,年度\n丁一凡,1970-01,银川市某厂,塞上工匠,2024\n", registrar)
    file = Honouree.objects.get()
    set_private(file, actor=registrar, phone="13900009999")
    head = HEAD.replace("工作单位", "出生年月,工作单位")
    batch = staged(head + f"丁一凡,{ONE},{PHONE},{STREET},,1970-01,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert statuses(batch) == ["changed"] and "private_conflict" in codes(batch)
    batch = commit_now(batch, registrar)
    held = PrivateFacts._base.get(honouree=file)
    assert [held.plain(name) for name in ("identity_number", "phone", "address")] == [ONE, "13900009999", STREET]
    assert AuditEntry.objects.filter(verb="private.changed", after__identity_number="•••").exists()
    assert dependants(batch) == []
    undone(batch, registrar)
    held = PrivateFacts._base.get(honouree=file)
    assert [held.plain(name) for name in ("identity_number", "phone", "address")] == ["", "13900009999", ""]
    assert find_by_identity(ONE) is None and verify_chain() is None


def test_private_facts_entered_since_keep_a_batch_from_being_taken_back(registrar: User) -> None:
    committed("姓名,工作单位,荣誉称号,年度\n丁一凡,银川市某厂,塞上工匠,2024\n", registrar)
    batch = committed(HEAD + f"丁一凡,{ONE},,,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert dependants(batch) == []
    set_private(Honouree.objects.get(), actor=registrar, phone=PHONE)
    assert dependants(batch)


def test_a_phone_that_somebody_else_has_is_left_out(registrar: User) -> None:
    text = LIST + f"于小雨,{TWO},{PHONE},,,吴忠市某厂,焊工,塞上工匠,2024\n"
    batch = staged(text, registrar)
    assert "phone_taken" in codes(batch, 2) and statuses(batch) == ["new", "new"]
    commit_now(batch, registrar)
    assert PrivateFacts._base.filter(phone__isnull=False).count() == 1
    assert PrivateFacts._base.filter(identity_number__isnull=False).count() == 2


def test_a_persons_several_rows_make_one_file(registrar: User) -> None:
    batch = staged(LIST + f"丁一凡,{ONE},{PHONE},,,固原市另一厂,焊工,自治区劳动模范,2010\n", registrar)
    commit_now(batch, registrar)
    assert (Honouree.objects.get().honour_count, PrivateFacts._base.count()) == (2, 1)


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (ONE[:-1] + "6", "refused", "identity_wrong"),
        (ONE[:-1], "refused", "identity_wrong"),
        ("6.40199E+17", "refused", "digits_lost"),
        ("640199209901010011", "refused", "identity_wrong"),
        (f"'{ONE}", "new", "number_tidied"),
        (f"\u200b{ONE[:6]} {ONE[6:]}\ufeff", "new", "number_tidied"),
        (ENDS_IN_X.lower(), "new", "number_tidied"),
        ("6401**********0015", "new", "masked"),
    ],
)
def test_damaged_numbers_say_what_is_wrong(registrar: User, number: str, status: str, code: str) -> None:
    batch = staged(HEAD + f"丁一凡,{number},,,,银川市某厂,车工,塞上工匠,2024\n", registrar)
    assert statuses(batch) == [status] and code in codes(batch)
    assert sum(m["column"] == "identity_number" and m["level"] == "error" for m in only_row(batch).messages) <= 1


def test_a_number_kept_as_a_quantity_by_the_spreadsheet_is_refused(registrar: User) -> None:
    rows = [["姓名", "身份证号", "工作单位", "荣誉称号", "年度"], ["丁一凡", int(ONE), "银川市某厂", "塞上工匠", 2024]]
    batch = staged_file(workbook(("名单", rows, [])), registrar)
    assert statuses(batch) == ["refused"] and "digits_lost" in codes(batch)


def staged_file(content: bytes, actor: User) -> IntakeBatch:
    from registry.intake.actions import upload

    return upload(content, "名单.xlsx", actor=actor)


def test_the_same_number_with_two_names_refuses_both_rows(registrar: User) -> None:
    batch = staged(LIST + f"于小雨,{ONE},,,,吴忠市某厂,焊工,塞上工匠,2024\n", registrar)
    assert statuses(batch) == ["refused", "refused"]
    assert "number_twice" in codes(batch, 1) & codes(batch, 2)


def test_future_dates_and_two_digit_years_have_their_words(registrar: User) -> None:
    head = HEAD.replace("工作单位", "出生年月,工作单位")
    batch = staged(
        head
        + f"丁一凡,{ONE},,,,2099-01,银川市某厂,车工,塞上工匠,2024\n于小雨,{TWO},,,,70.1,吴忠市某厂,焊工,塞上工匠,2024\n",
        registrar,
    )
    assert "date_future" in codes(batch, 1) and "short_year" in codes(batch, 2)


def test_a_collective_has_no_private_facts(registrar: User) -> None:
    head = "姓名或集体名称,类别,联系电话,荣誉称号,年度\n"
    batch = staged(head + f"银川市某厂一班,集体,{PHONE},自治区工人先锋号,2024\n", registrar)
    assert not batch.has_private and "private_of_collective" in codes(batch)


def test_what_nobody_commits_is_forgotten_with_the_list(registrar: User, settings: Any) -> None:
    batch = staged(LIST, registrar)
    settings.INTAKE_KEEP_DAYS = 0
    forget_old_files()
    row = only_row(batch)
    assert (row.private, row.status) == (None, "refused") and "private_deleted" in codes(batch)


def test_undo_takes_the_private_facts_with_the_files(registrar: User) -> None:
    batch = committed(LIST, registrar)
    undone(batch, registrar)
    assert not PrivateFacts._base.exists() and not Honouree.objects.exists()
    assert verify_chain() is None


def test_a_number_kept_by_another_union_is_not_shown(registrar: User, city_registrar: User) -> None:
    committed(LIST, registrar)
    Honouree._base.update(union=UnionNode.objects.get(region="640400"))
    other = User.objects.create_user("yinchuan-second")
    appoint(other, Role.REGISTRAR, UnionNode.objects.get(region="640100"), actor=None)
    batch = staged(HEAD + f"丁一凡,{ONE},,,,银川市某厂,车工,塞上工匠,2024\n", other)
    assert statuses(batch) == ["doubtful"] and "kept_elsewhere" in codes(batch)
    assert only_row(batch).matches == []


def open_book(content: bytes) -> list[tuple[Any, ...]]:
    sheet = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in sheet.rows]


WRONG = ONE[:-1] + "6"
MIXED = LIST + f"于小雨,{WRONG},13800001111,某某街,,吴忠市某厂,焊工,塞上工匠,2024\n"


def test_good_rows_go_on_and_bad_ones_come_back_to_be_corrected(registrar: User) -> None:
    batch = committed(MIXED, registrar)
    assert (batch.done, Honouree.objects.count()) == (1, 1)
    heading, line = open_book(corrections(batch, actor=registrar))
    assert heading[1:] == ("姓名", "身份证号", "手机号", "住址", "银行卡号", "工作单位", "职务", "荣誉称号", "年度")
    assert line[1] == "于小雨" and line[0] and line[2] == "640•••••••••••••16" and line[4] == "•••"
    entry = AuditEntry.objects.get(verb="intake.corrections")
    assert entry.after == {"rows": 1, "private_in_plain": False}


def test_who_may_reveal_gets_the_numbers_as_they_stand_and_the_trail_says_so(registrar: User) -> None:
    batch = committed(MIXED, registrar)
    registrar.user_permissions.add(Permission.objects.get(codename="reveal_privatefacts"))
    registrar = User.objects.get(pk=registrar.pk)
    content = corrections(batch, actor=registrar)
    assert open_book(content)[1][2] == WRONG
    assert AuditEntry.objects.get(verb="intake.corrections").after["private_in_plain"] is True
    # Corrected, it comes back as a list: the remarks are left out, the drop-downs are there.
    book = openpyxl.load_workbook(io.BytesIO(content))
    book.worksheets[0]["C2"] = TWO
    out = io.BytesIO()
    book.save(out)
    again = staged_file(out.getvalue(), registrar)
    assert statuses(again) == ["new"] and not again.asks


def test_the_corrections_have_drop_downs(registrar: User) -> None:
    batch = staged(
        HEAD.replace("工作单位", "性别,民族,工作单位") + f"于小雨,{WRONG},,,,女,汉族,某厂,焊工,塞上工匠,2024\n",
        registrar,
    )
    sheet = openpyxl.load_workbook(io.BytesIO(corrections(batch, actor=registrar))).worksheets[0]
    rules = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert rules["G2"] == '"男,女"' and rules["H2"].startswith("选项!$B$1")


def test_without_the_kept_list_the_corrections_are_made_of_what_is_staged(registrar: User) -> None:
    batch = staged(MIXED, registrar)
    forget_file(batch.stored_as)
    heading, line = open_book(corrections(batch, actor=registrar))
    assert heading[1] == "姓名" and line[1] == "于小雨" and WRONG not in str(line)


def test_there_is_nothing_to_correct_in_a_good_list(registrar: User) -> None:
    with pytest.raises(ValidationError):
        corrections(staged(LIST, registrar), actor=registrar)

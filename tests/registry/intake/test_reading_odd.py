"""Odd cells: damaged numbers, private columns, impossible dates. Each says what is wrong; the good rows go on."""

import datetime
import json

import pytest
from django.apps import apps
from django.core import serializers

from registry.accounts.models import User
from registry.intake.enums import RowStatus
from registry.intake.queries import row_json, rows_of
from registry.intake.reading import ReadRow, read, read_text
from registry.intake.reading.cells import mask
from tests.registry.intake.lists import codes, pick, workbook
from tests.registry.intake.steps import commit_now, staged

pytestmark = pytest.mark.once

NUMBER, SECOND, OLD = "640199196503010010", "64019919850615000X", "640199650301001"
HEAD = "姓名,性别,出生年月,身份证号,单位,称号,年度\n"


def row_of(cells: str) -> ReadRow:
    return read((HEAD + cells + "\n").encode(), "").rows[0]


def said(row: ReadRow) -> set[str]:
    return {message.code for message in row.messages}


@pytest.mark.parametrize(
    ("number", "kept", "code"),
    [
        (NUMBER, NUMBER, ""),
        ("'" + NUMBER, NUMBER, "number_tidied"),
        ("’" + NUMBER, NUMBER, "number_tidied"),
        ("6401\u200b99196503010010\ufeff", NUMBER, "number_tidied"),
        ("６４０１９９１９６５０３０１００１０", NUMBER, "number_tidied"),
        ("640199 19650301 0010", NUMBER, ""),
        ("6.40199E+17", "", "digits_lost"),
        ("64019919650301001", "64019919650301001", "identity_length"),
        ("640199196503010011", "640199196503010011", "identity_wrong"),
        ("640199196513010011", "640199196513010011", "identity_wrong"),
        ("E12345678", "E12345678", ""),
        ("", "", ""),
    ],
)
def test_an_identity_number_is_mended_or_doubted(number: str, kept: str, code: str) -> None:
    row = row_of(f"张三,,,{number},甲公司,全国劳动模范,2010")
    assert row.identity_number == kept
    assert said(row) == ({code} if code else set()) and not row.failed


def test_a_number_that_the_spreadsheet_kept_as_a_quantity() -> None:
    rows = [["姓名", "身份证号", "称号", "年度"], ["张三", 640199196503010010, "全国劳动模范", 2010]]
    row = read(workbook(("s", rows, [])), "").rows[0]
    assert row.identity_number == "" and "digits_lost" in said(row)


def test_a_lower_case_x_is_the_same_number() -> None:
    first, second = (
        row_of(f"张三,,,{SECOND},甲公司,全国劳动模范,2010"),
        row_of(f"张三,,,{SECOND.lower()},甲公司,全国劳动模范,2010"),
    )
    assert first.identity_number == second.identity_number


def test_sex_and_birth_that_contradict_the_number_are_to_settle() -> None:
    row = row_of(f"张三,女,1966.3,{NUMBER},甲公司,全国劳动模范,2010")
    assert {"identity_sex", "identity_born"} <= said(row)
    assert row.sex == "female" and row.born is not None and row.born.year == 1966
    assert not said(row_of(f"张三,男,1965.3,{NUMBER},甲公司,全国劳动模范,2010"))
    assert not said(row_of(f"张三,男,1965.3.1,{OLD},甲公司,全国劳动模范,2010"))


def test_one_number_with_two_names_stops_both_rows_and_no_other() -> None:
    text = f"{HEAD}张三,,,{NUMBER},甲公司,全国劳动模范,2010\n李四,,,{NUMBER},甲公司,全国劳动模范,2010\n王五,,,,乙公司,全国劳动模范,2010\n"
    first, second, third = read(text.encode(), "").rows
    assert first.failed and second.failed and not third.failed
    assert next(message for message in second.messages if message.code == "number_twice").params == {"row": 2}


@pytest.mark.parametrize(
    ("born", "year", "code", "failed"),
    [
        ("65年3月", "2010", "short_year", False),
        ("65.3", "2010", "short_year", False),
        ("1965.3", "10年", "short_year", False),
        ("2099-01-01", "2010", "date_future", True),
        ("1965.3", "2099", "year_future", True),
        ("1965.3", "2099年4月28日", "year_future", True),
        ("2005.3", "2010", "age_odd", False),
        ("1965-02-30", "2010", "date_unread", False),
        ("'1965.3", "2010", "apostrophe", False),
        ("1965\u200b.3", "2010", "hidden_marks", False),
        ("1965.3", "'2010", "apostrophe", False),
    ],
)
def test_an_odd_date_says_what_is_wrong(born: str, year: str, code: str, failed: bool) -> None:
    row = row_of(f"张三,,{born},,甲公司,全国劳动模范,{year}")
    assert code in said(row) and row.failed == failed
    assert all(message.text for message in row.messages)
    if not failed:
        assert row.year == 2010


def test_a_year_of_two_digits_is_read_and_written_out() -> None:
    row = row_of("张三,,65年3月,,甲公司,全国劳动模范,2010")
    message = next(message for message in row.messages if message.code == "short_year")
    assert row.born is not None and tuple(row.born) == (1965, 3, None)
    assert "65年3月" in message.text and "1965" in message.text


def test_a_year_above_the_list_may_not_lie_in_the_future_either() -> None:
    ahead = datetime.date.today().year + 1
    assert all(row.failed for row in read_text(f"{ahead}年全国劳动模范名单\n张三 某某公司工人\n李四 某某厂车工\n").rows)


def test_numbers_are_hidden_however_they_are_written() -> None:
    for text in (NUMBER, "ID" + NUMBER, "张三" + NUMBER, "640199 19650301 0010", "'" + NUMBER,
                 "6401\u200b99196503010010", OLD,
                 "６４０１９９１９６５０３０１００１０", "卡号6222000000000000000",
                 "13900000000", "139 0000 0000", "139-0000-0000"):  # fmt: skip
        assert not any(part in mask(text) for part in ("0301", "０３０１", "0000")), text
    for text in ("1956、1959、1979、1989", "1956 1959 1979 1989", "宁劳模字第20150428号", "2015-04-28 2020-04-28"):
        assert mask(text) == text


def test_private_columns_are_kept_sealed_only(registrar: User) -> None:
    card, street, income = "6222000000000000000", "某某小区七号楼", "3872元"
    text = (
        "姓名,身份证号,手机号码,家庭住址,银行卡号,月收入,患病情况,单位,职务,荣誉称号,年度,证书编号,备注\n"
        f"张三,{NUMBER},13900000000,{street},{card},{income},某种重病,甲公司,焊工,自治区劳动模范,2010,201000000000001,手机13900000000\n"
        f"李四{SECOND},'{SECOND},139 0000 0000,{street},{card},{income},无,乙公司,电话13900000000,自治区劳动模范,2010,,卡{card}\n"
    )  # fmt: skip
    batch = staged(text, registrar)
    assert [row.status for row in rows_of(batch)] == [RowStatus.NEW, RowStatus.NEW]
    assert [row.name for row in rows_of(batch)] == ["张三", "李四"]
    shown = json.dumps([row_json(row) for row in rows_of(batch)], ensure_ascii=False)
    commit_now(batch, registrar)
    kept = "".join(
        serializers.serialize("json", model._base_manager.all())
        for model in apps.get_models()
        if model.__module__.startswith("registry.")
    )
    for secret in (NUMBER, SECOND, "13900000000", "139 0000 0000", card, street, income, "某种重病"):
        assert secret not in shown and secret not in kept, secret
    assert "张三" in kept and "201000000000001" in kept


def test_private_columns_leave_no_trace_in_what_is_read() -> None:
    text = "姓名\t住址\t账号\t病情\t单位\t称号\t年度\n张三\t某某小区\t6222000000000000000\t某种重病\t甲公司\t全国劳动模范\t2010\n"
    text += f"{NUMBER}\n"
    reading = read_text(text)
    shown = repr(reading) + repr([row.cells for row in reading.rows])
    assert not any(secret in shown for secret in ("某某小区", "6222", "重病", NUMBER))
    assert pick(reading.rows[0], "name", "unit") == ("张三", "甲公司") and not reading.rows[0].failed


def test_a_long_text_says_that_it_is_cut() -> None:
    assert "too_long" in codes(read(f"姓名,单位,称号,年度\n张三,{'长' * 300}公司,全国劳动模范,2010\n".encode(), ""))

"""Files that are no list, or meant to harm: refused with a message that says what to do."""

import io
import random
import zipfile
from collections.abc import Callable

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from registry.intake.reading import Limits, UnreadableFile, read, read_text
from tests.registry.intake.lists import workbook

pytestmark = pytest.mark.once

LIST = workbook(("s", [["姓名", "单位"], ["张三", "甲公司"]], []))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def repacked(change: Callable[[str, bytes], bytes], **more: bytes) -> bytes:
    source = zipfile.ZipFile(io.BytesIO(LIST))
    members = {name: change(name, source.read(name)) for name in source.namelist()} | more
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_cell(reference: str) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(LIST))
    book.worksheets[0][reference] = "远"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def entity(name: str, data: bytes) -> bytes:
    if not name.endswith("sheet1.xml"):
        return data
    return b'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "aaaa">]>' + data[data.index(b"<worksheet") :]


REFUSED = {
    "empty": (b"", "empty"),
    "only a mark": (b"\xef\xbb\xbf\n", "empty"),
    "pdf": (b"%PDF-1.7 ...", "pdf"),
    "picture": (b"\x89PNG\r\n\x1a\n....", "picture"),
    "rar": (b"Rar!\x1a\x07\x00....", "archive"),
    "rtf": (b"{\\rtf1 ...}", "document"),
    "docx": (zipped(word__document_dot_xml=b"<x/>"), "document"),
    "zip": (zipped(a_dot_txt=b"x"), "archive"),
    "ods": (zipped(content_dot_xml=b"<x/>"), "other_spreadsheet"),
    "xlsb": (zipped(xl__workbook_dot_bin=b"x"), "other_spreadsheet"),
    "half a zip": (LIST[: len(LIST) // 2], "damaged"),
    "locked": (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked"),
    "doc": (OLE + b"\0" * 600 + "WordDocument".encode("utf-16-le"), "document"),
    "broken xls": (OLE + b"\0" * 3000, "damaged"),
    "entities": (repacked(entity), "xml_entities"),
    "far and wide": (with_cell("GR190000"), "too_large"),
    "big5": ("姓名,單位\n張三,國立大學\n李四,臺灣銀行總經理".encode("big5"), "encoding"),
    "shift-jis": ("氏名,所属\n山田太郎,株式会社なにか\nひらがなカタカナ".encode("shift-jis"), "encoding"),
    "read wrongly once": ("姓名,单位\n张三,宁夏".encode().decode("gb18030").encode(), "encoding"),
    "latin taken for chinese": ("姓名,单位\n张三,宁夏公司".encode().decode("latin-1").encode(), "encoding"),
    "cut in a character": ("姓名,单位\n张三,宁夏公司".encode()[:-1], "encoding"),
    "lost characters": ("姓名,单位\n\ufffd\ufffd,\ufffd\ufffd公司".encode(), "encoding"),
    "xml spreadsheet": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "other_spreadsheet",
    ),
    "noise": (random.Random(7).randbytes(4000), "encoding"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_list_is_refused_with_advice(name: str) -> None:
    data, code = REFUSED[name]
    with pytest.raises(UnreadableFile) as caught:
        read(data, "名单.xlsx")
    assert caught.value.code == code and len(str(caught.value)) > 15


def test_a_zip_that_unpacks_to_far_more_than_a_list() -> None:
    bomb = repacked(lambda _name, data: data, **{"xl/media/a.xml": b"\0" * (30 << 20)})
    with pytest.raises(UnreadableFile) as caught:
        read(bomb, "")
    assert caught.value.code == "zip_bomb"
    with pytest.raises(UnreadableFile):
        read(LIST, "", limits=Limits(unpacked=1000))


def test_a_size_that_a_zip_lies_about_is_found_out() -> None:
    data = bytearray(LIST)
    name = b"xl/worksheets/sheet1.xml"
    entry = data.rindex(name) - 46
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    with pytest.raises(UnreadableFile):
        read(bytes(data), "")


def test_too_many_bytes_or_rows() -> None:
    with pytest.raises(UnreadableFile) as caught:
        read(b"x" * 2000, "", limits=Limits(packed=1000))
    assert caught.value.code == "too_large"
    with pytest.raises(UnreadableFile) as caught:
        read(("姓名,单位\n" + "张三,甲公司\n" * 300).encode(), "", limits=Limits(rows=100))
    assert caught.value.code == "too_large"


def test_a_sheet_that_declares_itself_endless_costs_nothing() -> None:
    def endless(_name: str, data: bytes) -> bytes:
        return data.replace(b'ref="A1:B2"', b'ref="A1:XFD1048576"')

    assert [row.name for row in read(repacked(endless), "").rows] == ["张三"]


def test_a_lone_cell_at_the_end_of_the_sheet_is_left_out_and_reported() -> None:
    reading = read(with_cell("XFD1048576"), "")
    assert [row.name for row in reading.rows] == ["张三"]
    assert [(skip.text, skip.code) for skip in reading.sheets[0].skipped] == [("XFD1048576", "stray")]


def test_cells_and_rows_beyond_measure_are_cut_and_reported() -> None:
    reading = read(
        ("姓名,单位,称号\n张三,某" + "长" * 9000 + "公司,全国劳动模范\n" + "李四,甲公司" + ",x" * 300).encode(), ""
    )
    assert [row.name for row in reading.rows] == ["张三", "李四"] and len(reading.rows[0].unit) <= 4000
    assert {skip.code for skip in reading.sheets[0].skipped} == {"cut"}


def test_a_quotation_mark_that_is_never_closed_swallows_nothing() -> None:
    text = "姓名,单位\n" + '张三,"甲公司\n' + "李四,乙公司\n" * 30
    assert len(read(text.encode(), "").rows) == 31


def test_personal_numbers_are_quoted_nowhere() -> None:
    text = "姓名,性别,年度,称号\n640199196503010011,640199196503010011,640199196503010011,全国劳动模范\n640199196503010011\n"
    reading = read(text.encode(), "")
    shown = repr(reading) + "".join(message.text for row in reading.rows for message in row.messages)
    assert "640199" not in shown and reading.rows[0].failed


WORDS = st.sampled_from(
    [
        "姓名",
        "单位",
        "工作单位及职务",
        "称号",
        "年度",
        "级别",
        "性别",
        "民族",
        "出生年月",
        "序号",
        "备注",
        "张三",
        "李\u3000四",
        "王五（女，回族）",
        "买买提·尼亚孜",
        "宁夏某公司",
        "某公司车工",
        "全国劳动模范",
        "自治区五一劳动奖章",
        "一、全国工人先锋号（3个）",
        "银川市（2名）",
        "2020年",
        "1956、1959",
        "2017?",
        "03/04/2020",
        "男",
        "女",
        "回",
        "合计",
        "注：",
        "（",
        "）",
        "(",
        ")",
        "“",
        "、",
        "，",
        ".",
        "·",
        "1.",
        "①",
        "\u3000",
        "\t",
        "名称",
        "集体名称",
        "不详",
        "省部级",
        "640199196503010011",
        "2020年全国劳动模范名单",
        "43831",
        "1975.1",
        "附件1",
        "关于表彰",
        "的决定",
        "：",
    ]
) | st.text(max_size=12)


@settings(max_examples=150, deadline=None, database=None)
@given(st.binary(max_size=600))
def test_noise_never_breaks_the_reader(data: bytes) -> None:
    for start in (b"", b"PK\x03\x04", OLE, b"<table>", b"\xff\xfe"):
        try:
            read(start + data, "x")
        except UnreadableFile as refused:
            assert str(refused)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(st.lists(WORDS, max_size=6), max_size=8), st.sampled_from(["\t", ",", "，", " ", "|", ""]))
def test_any_text_gives_rows_or_reasons(grid: list[list[str]], delimiter: str) -> None:
    text = "\n".join(delimiter.join(row) for row in grid)
    try:
        reading = read_text(text)
    except UnreadableFile:
        return
    for row in reading.rows:
        assert row.source_row >= 1 and (row.name or row.messages) and all(message.text for message in row.messages)
    assert all(ask.question for ask in reading.asks)


@settings(max_examples=60, deadline=None, database=None)
@given(
    st.lists(st.lists(WORDS | st.integers(0, 99999) | st.floats(0, 3000) | st.dates(), max_size=6), max_size=8),
    st.data(),
)
def test_any_grid_loses_no_row(grid: list[list[object]], draw: st.DataObject) -> None:
    rows = [
        [openpyxl.cell.cell.ILLEGAL_CHARACTERS_RE.sub("", v).lstrip("=") if isinstance(v, str) else v for v in row]
        for row in grid
    ]
    merges = draw.draw(st.sampled_from([[], ["A1:B2"], ["A2:A5"], ["B1:D1", "A3:C3"]]))
    data = workbook(("s", rows, merges))
    reading = read(data, "")
    report = reading.sheets[0]
    told = {row.source_row for row in reading.rows} | {skip.row for skip in report.skipped} | set(report.headings)
    cells = openpyxl.load_workbook(io.BytesIO(data)).worksheets[0].iter_rows()
    filled = {row[0].row for row in cells if any(str("" if cell.value is None else cell.value).strip() for cell in row)}
    assert filled <= told

"""Files that are no list, or meant to harm whoever opens them; made in code, none larger than a few megabytes on disk but the long line.

`FILES` maps a story to (file name, maker, code of the refusal). An empty code means that the file is read, with what
`test_reading_hostile.py` says about it.
"""

import io
import random
import struct
import zipfile
import zlib
from collections.abc import Callable

import xlwt

from tests.registry.intake.lists import workbook

Maker = Callable[[], bytes]
LIST = workbook(("名单", [["姓名", "单位"], ["张三", "甲公司"]], []))
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
SHEET = "xl/worksheets/sheet1.xml"
CELLS = b'<c r="A1" t="inlineStr"><is><t>\xe5\xa7\x93\xe5\x90\x8d</t></is></c>'


def members(data: bytes = LIST) -> dict[str, bytes]:
    """Return the parts of a workbook."""
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: dict[str, bytes]) -> bytes:
    """Return parts as a ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def with_sheet(data: bytes, head: bytes = b"") -> bytes:
    """Return a workbook with this content between `<sheetData>` and its end, and `head` before the root element."""
    part = (
        b'<?xml version="1.0" encoding="UTF-8"?>'
        + head
        + b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        + data
        + b"</sheetData></worksheet>"
    )
    return zipped(members() | {SHEET: part})


def zip_bomb() -> bytes:
    """A workbook with a part of a hundred megabytes of blanks."""
    return zipped(members() | {"xl/theme/theme1.xml": b" " * (100 << 20)})


def many_bombs() -> bytes:
    """Many parts that each stay below what one part may be."""
    return zipped(members() | {f"xl/media/{n}.xml": b"\0" * (15 << 20) for n in range(30)})


def overlapping_bomb() -> bytes:
    """A directory in which thousands of entries name the same compressed bytes."""
    body = b"\0" * (8 << 20)
    packed = zlib.compress(body, 9)[2:-4]
    crc = zlib.crc32(body)
    out = io.BytesIO(zipped(members()))
    source = zipfile.ZipFile(out)
    start = source.start_dir
    out.seek(start)
    directory = out.read()[:-22]
    out.seek(start)
    out.truncate()
    out.write(
        struct.pack("<4sHHHHHIIIHH", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), len(body), 9, 0)
        + b"a0000.xml"
        + packed
    )
    new = out.tell()
    entries = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\x01\x02",
            20,
            20,
            0,
            8,
            0,
            33,
            crc,
            len(packed),
            len(body),
            9,
            0,
            0,
            0,
            0,
            0,
            start,
        )
        + b"a%04d.xml" % number
        for number in range(1000)
    )
    out.write(directory + entries)
    count = len(source.namelist()) + 1000
    out.write(struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, count, count, len(directory + entries), new, 0))
    return out.getvalue()


def lying_bomb() -> bytes:
    """A part that declares ten bytes and unpacks to sixty megabytes."""
    data = bytearray(zipped(members() | {"xl/worksheets/sheet9.xml": b" " * (60 << 20)}))
    entry = data.rindex(b"xl/worksheets/sheet9.xml") - 46
    data[entry + 24 : entry + 28] = (10).to_bytes(4, "little")
    return bytes(data)


def billion_laughs() -> bytes:
    """Entities that name each other ten times over."""
    lines = [b'<!ENTITY a0 "ha">'] + [b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10)]
    head = b"<!DOCTYPE w [" + b"".join(lines) + b"]>"
    return with_sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>&a9;</t></is></c></row>', head)


def external_entity() -> bytes:
    """An entity that asks for a file of the server."""
    head = b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    return with_sheet(b'<row r="1"><c r="A1" t="inlineStr"><is><t>&x;</t></is></c></row>', head)


def entity_in_shared_strings() -> bytes:
    """The same in another part, in another encoding."""
    part = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><sst/>'.encode(
        "utf-16"
    )
    return zipped(members() | {"xl/sharedStrings.xml": part})


def all_rows_filled() -> bytes:
    """1,048,576 rows with a value each."""
    return with_sheet(b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 1_048_577)))


def all_rows_without_references() -> bytes:
    """The same without saying which row and cell it is."""
    return with_sheet(b"<row><c><v>1</v></c></row>" * 1_048_576)


def all_rows_empty() -> bytes:
    """1,048,576 rows that hold a style and nothing else, below a short list."""
    rows = [b'<row r="1">' + CELLS + b"</row>"]
    rows += [b'<row r="%d"><c r="A%d" s="1"/></row>' % (n, n) for n in range(2, 1_048_577)]
    return with_sheet(b"".join(rows))


def all_columns() -> bytes:
    """A row of 16,384 filled cells, many times."""
    row = b"<row>" + b"<c><v>1</v></c>" * 16_384 + b"</row>"
    return with_sheet(row * 20)


def corners() -> bytes:
    """Values in the four corners of the sheet, in ways of writing that a careless check overlooks."""
    return with_sheet(
        b'<row r="1">' + CELLS + b'</row><row r = "1048576"><c r = "XFD1048576" ><!-- --><v>1</v></c></row>'
        b"<row r='1048575'><c s='>' r='XFC1048575'><v>1</v></c></row>"
    )


def sheet_elsewhere() -> bytes:
    """The far corner in a part that calls itself a picture."""
    parts = members()
    parts["xl/_rels/workbook.xml.rels"] = (
        parts["xl/_rels/workbook.xml.rels"]
        .replace(b"/xl/worksheets/sheet1.xml", b"/xl/media/a.png")
        .replace(b"worksheets/sheet1.xml", b"media/a.png")
    )
    parts["xl/media/a.png"] = parts.pop(SHEET).replace(
        b"</sheetData>", b'<row r="1048576">' + b'<c r="XFD1048576"><v>1</v></c>' * 200 + b"</row></sheetData>"
    )
    return zipped(parts)


def endless_tags() -> bytes:
    """Tags that are opened and never closed: a careless pattern reads them to the end each time."""
    return with_sheet(b"<row " * 400_000 + b"<c " * 400_000)


def one_text_for_all_cells() -> bytes:
    """A shared text of thirty thousand characters in three hundred thousand cells: nine gigabytes when unpacked."""
    cells = b"".join(
        b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' for _n in range(100_000)
    )
    text = (
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>'
        + b"x" * 30_000
        + b"</t></si></sst>"
    )
    parts = members(with_sheet(cells)) | {"xl/sharedStrings.xml": text}
    parts["xl/_rels/workbook.xml.rels"] = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" '
        b'Target="/xl/sharedStrings.xml"/></Relationships>',
    )
    return zipped(parts)


def merged_over_everything() -> bytes:
    """Fifty thousand merged ranges, each over thousands of rows."""
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>' % (n, n) for n in range(1, 20_001)
    )
    data = with_sheet(rows)
    merges = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % n for n in range(1, 50_001))
    part = members(data)[SHEET].replace(b"</sheetData>", b"</sheetData><mergeCells>" + merges + b"</mergeCells>")
    return zipped(members(data) | {SHEET: part})


def truncated() -> bytes:
    """A workbook of which the upload broke off."""
    return LIST[: len(LIST) * 2 // 3]


def damaged_inside() -> bytes:
    """A workbook with a sheet that is no XML."""
    return zipped(members() | {SHEET: random.Random(3).randbytes(20_000)})


def no_sheet() -> bytes:
    """A workbook without the sheet that it names."""
    parts = members()
    del parts[SHEET]
    return zipped(parts)


def with_password() -> bytes:
    """What Excel writes when it saves with a password: an OLE file with an encrypted package."""
    names = "EncryptionInfo".encode("utf-16-le") + b"\0" * 100 + "EncryptedPackage".encode("utf-16-le")
    return OLE + b"\0" * 504 + names.ljust(2048, b"\0") + random.Random(1).randbytes(8192)


def locked_zip() -> bytes:
    """A ZIP whose parts are encrypted."""
    data = bytearray(LIST)
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


def old_corner() -> bytes:
    """An old workbook with a value in its last cell."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    sheet.write(0, 0, "姓名")
    for column in range(100, 256):
        sheet.write(65_535, column, "x")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def old_with_password() -> bytes:
    """An old workbook with a record that says that what follows is encrypted."""
    book = xlwt.Workbook()
    book.add_sheet("名单").write(0, 0, "姓名")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue().replace(b"\x19\x00\x02\x00", b"\x2f\x00\x02\x00", 1)


def old_in_a_circle() -> bytes:
    """An old workbook whose allocation table runs in circles."""
    data = bytearray(old_corner())
    size = 512
    fat = int.from_bytes(data[76:80], "little")
    for sector in range(size // 4):
        place = (fat + 1) * size + sector * 4
        data[place : place + 4] = (sector // 2).to_bytes(4, "little")
    return bytes(data)


def picture() -> bytes:
    """A photograph of a list."""
    return b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(50_000)


def jpeg() -> bytes:
    """The same from a telephone."""
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + random.Random(2).randbytes(50_000)


def webp() -> bytes:
    """The same from a messenger."""
    return b"RIFF\x24\x00\x00\x00WEBPVP8 " + random.Random(2).randbytes(50_000)


def program() -> bytes:
    """A program that calls itself a list."""
    return b"MZ\x90\x00\x03" + random.Random(2).randbytes(50_000)


def page() -> bytes:
    """A page named .xls, as many systems export it, with a script in it."""
    return (
        "<html><head><script>alert(1)</script></head><body onload=alert(1)><table>"
        "<tr><td>姓名<td>单位<td>称号<td>年度</tr>"
        "<tr><td>张三<img src=x onerror=alert(1)><td>甲公司<td>全国劳动模范<td>2020</tr></table></body></html>"
    ).encode()


def page_without_list() -> bytes:
    """A page that asks to log in, saved in place of the list."""
    return "<!doctype html><html><body><form>请先登录<input name=a></form></body></html>".encode()


def page_of_one_row() -> bytes:
    """A table with a million cells in one row, each over two hundred columns and rows."""
    return b"<table><tr>" + b"<td rowspan=200 colspan=200>x" * 200_000 + b"</table>"


def page_of_open_tags() -> bytes:
    """A page of brackets that are never closed."""
    return b"<table></p>" + b"<a " * 300_000 + b"<!--" * 100_000 + b"<" * 300_000


def nested_page() -> bytes:
    """Tables in tables, a hundred thousand deep."""
    return b"<table><tr><td>" * 100_000 + b"</p>"


def with_macros() -> bytes:
    """A workbook with macros."""
    parts = members()
    parts["xl/vbaProject.bin"] = OLE + b"\0" * 2000
    return zipped(parts)


def nul_bytes() -> bytes:
    """A text full of NUL bytes."""
    return (
        "姓名,单位,称号,年度\n张\0三,甲\0公司,全国劳动模范,2020\n李四" + "\0" * 5000 + ",乙公司,全国劳动模范,2020\n"
    ).encode()


def only_nul_bytes() -> bytes:
    """A file that was never written."""
    return b"\0" * 1_000_000


def long_line() -> bytes:
    """One line of fifty megabytes."""
    return b"x" * (50 << 20)


def line_within_the_limit() -> bytes:
    """One line as long as an upload may be."""
    return "姓名".encode() + "张三".encode() * (3 << 20)


def line_of_commas() -> bytes:
    """One line of ten million cells."""
    return b"," * (10 << 20)


def line_of_quotes() -> bytes:
    """One line of quotation marks and brackets."""
    return "姓名,单位\n".encode() + '"（(“'.encode() * 1_500_000


def short_lines() -> bytes:
    """Ten million lines."""
    return b"x\n" * (9 << 20)


def blanks() -> bytes:
    """Nothing but blanks and line breaks."""
    return b" \n\t" * (5 << 20)


def utf_16() -> bytes:
    """A list in UTF-16."""
    return "姓名\t单位\t称号\t年度\r\n张三\t甲公司\t全国劳动模范\t2020\r\n".encode("utf-16")


def mixed_encodings() -> bytes:
    """A list put together from two files of different encodings."""
    return "姓名,单位\n张三,宁夏某某公司\n".encode() + "李四,银川某某厂\n王五,吴忠某某局\n".encode("gb18030")


def script_in_cells() -> bytes:
    """Scripts and formulas in cells."""
    return (
        "姓名,单位,称号,年度\n<script>alert(1)</script>,甲公司,全国劳动模范,2020\n"
        "张三,\"<img src=x onerror=alert(1)>\",全国劳动模范,2020\n=cmd|' /C calc'!A0,乙公司,全国劳动模范,2020\n"
    ).encode()


def reversed_text() -> bytes:
    """Marks that turn the order of writing round, in a name and in a unit."""
    return "姓名,单位,称号,年度\n张\u202e三\u202c,甲\u2066公司\u2069,全国劳动模范,2020\n\u202e\u202d,乙公司,全国劳动模范,2020\n".encode()


def long_name() -> bytes:
    """A name of five thousand characters."""
    return (
        "姓名,单位,称号,年度\n" + "张" * 5_000 + ",甲公司,全国劳动模范,2020\n李四,乙公司,全国劳动模范,2020\n"
    ).encode()


def nasty_patterns() -> bytes:
    """Cells that make patterns with many ways to match try them all."""
    cells = ["（" * 3_900, "张·" * 1_900, "2020年" * 700, "、" * 3_900, "公司" * 1_900, "一" * 3_900, "1 " * 1_900, "“" * 3_900,
             "自治区" * 1_200, "劳动模范和" * 700, "宁夏回族自治区" * 500, "主任" * 1_900, "-" * 3_900, "1956、" * 700]  # fmt: skip
    rows = [[(cells * 2)[start + step] for step in (0, 3, 5, 8)] for start in range(len(cells))] * 3
    return ("姓名,单位及职务,称号,年度\n" + "\n".join(",".join(row) for row in rows) + "\n" + "\n".join(cells)).encode()


FILES: dict[str, tuple[str, Maker, str]] = {
    "zip bomb": ("名单.xlsx", zip_bomb, "zip_bomb"),
    "many bombs": ("名单.xlsx", many_bombs, "zip_bomb"),
    "overlapping bomb": ("名单.xlsx", overlapping_bomb, "zip_bomb"),
    "lying bomb": ("名单.xlsx", lying_bomb, "damaged"),
    "billion laughs": ("名单.xlsx", billion_laughs, "xml_entities"),
    "external entity": ("名单.xlsx", external_entity, "xml_entities"),
    "entity in UTF-16": ("名单.xlsx", entity_in_shared_strings, "xml_entities"),
    "all rows filled": ("名单.xlsx", all_rows_filled, "too_large"),
    "all rows without references": ("名单.xlsx", all_rows_without_references, "zip_bomb"),
    "all rows empty": ("名单.xlsx", all_rows_empty, "no_list"),
    "all columns": ("名单.xlsx", all_columns, "too_large"),
    "corners": ("名单.xlsx", corners, "no_list"),
    "sheet elsewhere": ("名单.xlsx", sheet_elsewhere, "too_large"),
    "endless tags": ("名单.xlsx", endless_tags, "damaged"),
    "one text for all cells": ("名单.xlsx", one_text_for_all_cells, "zip_bomb"),
    "merged over everything": ("名单.xlsx", merged_over_everything, "too_large"),
    "truncated": ("名单.xlsx", truncated, "damaged"),
    "damaged inside": ("名单.xlsx", damaged_inside, "damaged"),
    "no sheet": ("名单.xlsx", no_sheet, "damaged"),
    "with password": ("名单.xlsx", with_password, "locked"),
    "locked zip": ("名单.xlsx", locked_zip, "locked"),
    "old corner": ("名单.xls", old_corner, "too_large"),
    "old with password": ("名单.xls", old_with_password, "locked"),
    "old in a circle": ("名单.xls", old_in_a_circle, "damaged"),
    "picture": ("名单.xlsx", picture, "picture"),
    "jpeg": ("名单.xlsx", jpeg, "picture"),
    "webp": ("名单.xlsx", webp, "picture"),
    "program": ("名单.xlsx", program, "encoding"),
    "page named xls": ("名单.xls", page, ""),
    "page without list": ("名单.xls", page_without_list, "no_list"),
    "page of one row": ("名单.xls", page_of_one_row, "no_list"),
    "page of open tags": ("名单.xls", page_of_open_tags, "no_list"),
    "nested page": ("名单.xls", nested_page, "no_list"),
    "macros": ("名单.xlsm", with_macros, ""),
    "NUL bytes": ("名单.csv", nul_bytes, ""),
    "only NUL bytes": ("名单.csv", only_nul_bytes, "empty"),
    "line of 50 MB": ("名单.csv", long_line, "too_large"),
    "line within the limit": ("名单.csv", line_within_the_limit, "too_large"),
    "line of commas": ("名单.csv", line_of_commas, "too_large"),
    "line of quotes": ("名单.csv", line_of_quotes, "too_large"),
    "ten million lines": ("名单.csv", short_lines, "too_large"),
    "blanks": ("名单.csv", blanks, "empty"),
    "UTF-16": ("名单.csv", utf_16, ""),
    "mixed encodings": ("名单.csv", mixed_encodings, "encoding"),
    "script in cells": ("名单.csv", script_in_cells, ""),
    "reversed text": ("名单.csv", reversed_text, ""),
    "long name": ("名单.csv", long_name, ""),
    "nasty patterns": ("名单.csv", nasty_patterns, ""),
    "path in the file name": ("../../../etc/cron.d/名单.xlsx", lambda: LIST, ""),
}  # fmt: skip

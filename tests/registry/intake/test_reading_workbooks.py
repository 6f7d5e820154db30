"""Workbooks, pages and CSV: headings where they stand, merged cells, several tables, what a file can't say."""

import datetime
import io

import pytest
import xlwt

from registry.intake.reading import read
from tests.registry.intake.lists import codes, keys, pick, workbook

pytestmark = pytest.mark.once

FORM = workbook(
    (
        "Sheet1",
        [
            ["附件1"],
            ["2024年自治区五一劳动奖章推荐人选汇总表"],
            ["填报单位：银川市总工会", "", "", "", "填报日期：2024年3月1日"],
            [],
            ["序号", "姓　名", "基本情况", "", "", "", "工作单位", "职务", "备注"],
            ["", "", "性别", "民族", "出生年月\n（岁）", "政治面貌", "", "", ""],
            [1, "张　三", "女", "回", datetime.datetime(1975, 3, 1), "党员", "宁夏某公司", "车工", ""],
            [2, "李四", "男", "汉族", 197510, "群众", "银川某厂", "钳工", "追授"],
            [3.0, "王五", "男", "汉", 1975.1, "民盟", "石嘴山某校", "教师", ""],
            ["合计", "3人"],
            ["填表人：赵某", "", "", "审核人：钱某"],
        ],
        ["A2:I2", "A5:A6", "B5:B6", "C5:F5", "G5:G6", "H5:H6", "I5:I6"],
    ),
    ("填表说明", [["一、请认真填写", "姓名"]], []),
    ("空", [], []),
    ("旧", [["姓名", "单位"], ["周八", "某某公司"]], []),
    hidden=("旧",),
)


def test_a_form_with_two_heading_rows_and_merged_groups() -> None:
    reading = read(FORM, "名单.xlsx")
    assert [
        pick(row, "source_row", "name", "sex", "ethnicity", "unit", "position", "note") for row in reading.rows
    ] == [
        (7, "张三", "female", "回族", "宁夏某公司", "车工", ""),
        (8, "李四", "male", "汉族", "银川某厂", "钳工", "追授"),
        (9, "王五", "male", "汉族", "石嘴山某校", "教师", ""),
    ]
    assert [tuple(row.born or ()) for row in reading.rows] == [(1975, 3, None), (1975, 10, None), (1975, None, None)]
    assert [row.political_status for row in reading.rows] == ["中共党员", "群众", "民盟盟员"]
    assert {pick(row, "title", "year", "level") for row in reading.rows} == {("自治区五一劳动奖章", 2024, "provincial")}
    assert "month_doubtful" in codes(reading) and not reading.asks


def test_other_sheets_are_reported_not_read() -> None:
    sheets = {sheet.name: sheet for sheet in read(FORM, "").sheets}
    assert sheets["Sheet1"].read and sheets["Sheet1"].heading_row == 5 and sheets["Sheet1"].rows == 3
    for name in ("填表说明", "空", "旧"):
        assert not sheets[name].read and str(sheets[name].note)
    assert {skip.row: skip.code for skip in sheets["Sheet1"].skipped} == {
        1: "attachment", 2: "section", 3: "footer", 10: "footer", 11: "footer",
    }  # fmt: skip


def test_regions_in_merged_rows_and_the_heading_again_at_a_page_break() -> None:
    head = ["序号", "姓名", "性别", "民族", "工作单位及职务", "荣誉称号"]
    data = workbook(
        (
            "名单",
            [
                ["2020年全国劳动模范和先进工作者名单"],
                head,
                ["一、银川市（2名）"],
                [1, "张三", "女", "回族", "宁夏某某集团有限公司党委书记、董事长", "全国劳动模范"],
                [2, "李四", "男", "汉族", "银川市第一中学校长", "先进工作者"],
                ["二、吴忠市（1名）"],
                head,
                [3, "王五", "男", "汉族", "吴忠市利通区柳树村农民", "全国劳动模范"],
                ["注：排名不分先后"],
            ],
            ["A1:F1", "A3:F3", "A6:F6"],
        )
    )
    reading = read(data, "")
    assert [pick(row, "name", "unit", "position", "title", "region", "year") for row in reading.rows] == [
        ("张三", "宁夏某某集团有限公司", "党委书记、董事长", "全国劳动模范", "银川市", 2020),
        ("李四", "银川市第一中学", "校长", "全国先进工作者", "银川市", 2020),
        ("王五", "吴忠市利通区柳树村", "农民", "全国劳动模范", "吴忠市", 2020),
    ]
    assert [skip.code for skip in reading.sheets[0].skipped] == [
        "section",
        "section",
        "section",
        "heading_again",
        "footer",
    ]


def test_three_awards_with_three_headings_in_one_sheet() -> None:
    data = workbook(
        (
            "Sheet1",
            [
                ["2023年度银川市五一劳动奖和工人先锋号拟表彰名单"],
                [],
                ["一、银川市五一劳动奖状"],
                ["序号", "单位名称", "推荐单位"],
                [1, "宁夏某公司", "金凤区总工会"],
                ["二、五一劳动奖章"],
                ["序号", "姓名", "性别", "民族", "工作单位", "职务（职称）", "推荐单位"],
                [1, "张三", "女", "回族", "宁夏某公司", "车工", "西夏区总工会"],
                ["三、工人先锋号"],
                ["序号", "集体名称", "推荐单位"],
                [1, "宁夏某公司电工班", "永宁县总工会"],
                ["公示期：2023年4月1日至4月7日"],
            ],
            ["A1:G1", "A3:G3"],
        )
    )
    reading = read(data, "")
    assert [pick(row, "kind", "name", "unit", "title", "level", "year", "region") for row in reading.rows] == [
        ("collective", "宁夏某公司", "", "银川市五一劳动奖状", "city", 2023, "银川市"),
        ("individual", "张三", "宁夏某公司", "银川市五一劳动奖章", "city", 2023, "银川市"),
        ("collective", "宁夏某公司电工班", "", "银川市工人先锋号", "city", 2023, "银川市"),
    ]


def test_merged_awards_years_and_units_hold_for_all_their_rows() -> None:
    rows = [
        ["荣誉称号", "年度", "姓名", "单位"],
        ["全国劳动模范", 2020.0, "张三", "甲公司"],
        ["", "", "李四", ""],
        ["自治区劳动模范", "2019年", "王五", "乙厂"],
        ["", "", "赵六", "丙厂"],
    ]
    reading = read(workbook(("s", rows, ["A2:A3", "B2:B3", "D2:D3", "A4:A5", "B4:B5"])), "")
    assert [pick(row, "name", "unit", "title", "year") for row in reading.rows] == [
        ("张三", "甲公司", "全国劳动模范", 2020),
        ("李四", "甲公司", "全国劳动模范", 2020),
        ("王五", "乙厂", "自治区劳动模范", 2019),
        ("赵六", "丙厂", "自治区劳动模范", 2019),
    ]


def test_awards_of_merged_cells_saved_as_csv_are_carried_down() -> None:
    text = "荣誉称号,年度,姓名,单位\n全国劳动模范,2020,张三,甲公司\n,,李四,甲公司\n自治区劳动模范,2019,王五,乙厂\n,,赵六,丙厂\n"
    assert [(row.title, row.year) for row in read(text.encode(), "").rows] == [
        ("全国劳动模范", 2020), ("全国劳动模范", 2020), ("自治区劳动模范", 2019), ("自治区劳动模范", 2019),
    ]  # fmt: skip


def test_a_person_merged_over_two_awards_is_two_rows() -> None:
    rows = [["姓名", "称号", "年度"], ["张三", "全国劳动模范", 2005], ["", "自治区劳动模范", 2001]]
    reading = read(workbook(("s", rows, ["A2:A3"])), "")
    assert [pick(row, "name", "title", "year") for row in reading.rows] == [
        ("张三", "全国劳动模范", 2005), ("张三", "自治区劳动模范", 2001),
    ]  # fmt: skip


def test_columns_side_by_side() -> None:
    rows = [
        ["序号", "姓名", "单位", "序号", "姓名", "单位"],
        [1, "张三", "甲公司", 2, "李四", "乙公司"],
        [3, "王五", "丙公司"],
    ]
    reading = read(workbook(("2020年全国劳动模范", rows, [])), "")
    assert [pick(row, "source_row", "name", "unit") for row in reading.rows] == [
        (2, "张三", "甲公司"), (2, "李四", "乙公司"), (3, "王五", "丙公司"),
    ]  # fmt: skip
    assert {pick(row, "title", "year") for row in reading.rows} == {("全国劳动模范", 2020)}


def test_no_heading_at_all() -> None:
    rows = [
        ["张三", "女", "宁夏某某公司", "车工", "全国劳动模范", 2020],
        ["李四", "男", "银川某某厂", "钳工", "自治区劳动模范", "2019"],
    ]
    reading = read(workbook(("s", rows, [])), "")
    assert [pick(row, "name", "sex", "unit", "position", "title", "year") for row in reading.rows] == [
        ("张三", "female", "宁夏某某公司", "车工", "全国劳动模范", 2020),
        ("李四", "male", "银川某某厂", "钳工", "自治区劳动模范", 2019),
    ]


def test_a_register_with_private_numbers_keeps_them_out_of_sight() -> None:
    rows = [
        ["劳模花名册"],
        ["姓名", "工作单位", "劳模称号", "级别", "授予时间", "享受待遇", "身份证号码", "联系电话", "备注"],
        ["张三", "银川某公司", "自治区劳模", "省部级", "2010年5月", "享受省部级待遇", 640199196503010011.0, 13900000000, ""],
        ["李四（已故）", "某厂", "全国五一劳动奖章", "国家级", datetime.datetime(2005, 4, 28), "", "640199196503010011", "13900000000",
         "证号640199196503010011"],
    ]  # fmt: skip
    reading = read(workbook(("名册", rows, ["A1:I1"])), "")
    first, second = reading.rows
    assert pick(first, "level", "treatment", "year", "identity_number") == ("provincial", "provincial", 2010, "")
    assert pick(second, "identity_number", "phone", "year") == ("640199196503010011", "13900000000", 2005)
    assert second.granted_on is not None and tuple(second.granted_on) == (2005, 4, 28)
    assert "digits_lost" in codes(reading) and second.note == "证号***；已故"
    shown = (
        repr(reading)
        + repr([row.cells for row in reading.rows])
        + "".join(m.text for row in reading.rows for m in row.messages)
    )
    assert "640199" not in shown and "13900000000" not in shown


def test_several_years_and_several_awards_become_rows() -> None:
    rows = [
        ["姓名", "单位", "荣誉称号及授予时间", "年度"],
        ["张三", "甲公司", "2015年全国劳动模范；2010年陕西省劳动模范", ""],
        ["李四", "乙公司", "全国先进生产者", "1956、1959"],
        ["王五", "丙公司", "全国劳动模范、全国五一劳动奖章", "2020"],
        ["赵六", "丁公司", "全国劳动模范", "2017?"],
        ["钱七", "戊公司", "全国劳动模范", "不详"],
    ]
    reading = read(workbook(("s", rows, [])), "")
    assert [pick(row, "source_row", "name", "title", "year") for row in reading.rows] == [
        (2, "张三", "全国劳动模范", 2015),
        (2, "张三", "陕西省劳动模范", 2010),
        (3, "李四", "全国先进生产者", 1956),
        (3, "李四", "全国先进生产者", 1959),
        (4, "王五", "全国劳动模范", 2020),
        (4, "王五", "全国五一劳动奖章", 2020),
        (5, "赵六", "全国劳动模范", 2017),
        (6, "钱七", "全国劳动模范", None),
    ]
    assert reading.rows[6].year_inferred and not reading.rows[4].year_inferred
    assert not reading.asks and "year_unknown" in codes(reading)


def test_an_unknown_heading_that_matters_is_understood_or_asked_about() -> None:
    rows = [["姓名", "所属战线情况", "称号", "年度"]] + [
        [f"张{c}", "三号田间地头", "全国劳动模范", 2020] for c in "一二三四"
    ]
    data = workbook(("s", rows, []))
    assert keys(read(data, "")) == {"column:所属战线情况"}
    answered = read(data, "", answers={"column:所属战线情况": "unit"})
    assert not answered.asks and {row.unit for row in answered.rows} == {"三号田间地头"}
    clear = [["姓名", "所属战线情况", "称号", "年度"]] + [
        [f"张{c}", "银川市公交公司", "全国劳动模范", 2020] for c in "一二三四"
    ]
    reading = read(workbook(("s", clear, [])), "")
    assert not reading.asks and {row.unit for row in reading.rows} == {"银川市公交公司"}


def test_the_order_of_day_and_month_is_asked() -> None:
    data = "姓名,称号,授予时间\n张三,全国劳动模范,03/04/2020\n".encode()
    assert keys(read(data, "")) == {"date_order"}
    row = read(data, "", answers={"date_order": "dmy"}).rows[0]
    assert row.granted_on is not None and tuple(row.granted_on) == (2020, 4, 3)


def test_the_file_name_only_proposes() -> None:
    ask = {ask.key: ask for ask in read("姓名,单位\n张三,甲公司\n".encode(), "2021年全国工人先锋号名单.csv").asks}
    assert ask["year"].options == (("2021", "2021"),) and ask["title"].options == (
        ("全国工人先锋号", "全国工人先锋号"),
    )


def test_the_files_own_level_wins_over_answers_and_titles() -> None:
    data = "姓名,称号,级别,年度\n张三,全国绿化劳动模范,省部级,2020\n李四,某某工匠,,2020\n".encode()
    first, second = read(data, "", answers={"level": "city"}).rows
    assert (first.level, second.level) == ("provincial", "city")


def test_units_alone_are_collectives_and_kinds_that_clash_are_marked() -> None:
    reading = read("单位,奖项,年度\n宁夏某公司,全国五一劳动奖状,2020\n宁夏某某班组,全国工人先锋号,2020\n".encode(), "")
    assert [pick(row, "kind", "name", "unit") for row in reading.rows] == [
        ("collective", "宁夏某公司", "宁夏某公司"), ("collective", "宁夏某某班组", "宁夏某某班组"),
    ]  # fmt: skip
    clash = read("姓名,称号,年度\n宁夏某某有限公司,全国劳动模范,2020\n".encode(), "").rows[0]
    assert clash.kind == "collective" and clash.messages[0].code == "kind_doubtful"


ROWS = '姓名,单位,职务,称号,年份\n张三,银川某公司,"主任,工程师",全国劳动模范,２０２０\n李四,银川某厂,工人,全国劳动模范,二〇一九年\n'


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_in_its_encodings_and_delimiters(code: str, delimiter: str) -> None:
    text = ROWS if delimiter == "," else ROWS.replace('"主任,工程师"', "主任工程师").replace(",", delimiter)
    rows = read(text.encode(code), "名单.csv").rows
    assert [(row.name, row.unit, row.year, row.source_row) for row in rows] == [
        ("张三", "银川某公司", 2020, 2),
        ("李四", "银川某厂", 2019, 3),
    ]


def test_an_old_workbook_and_what_only_calls_itself_one() -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("一")
    rows: list[list[object]] = [
        ["2018年固原市劳动模范名单"],
        ["序号", "姓名", "单位"],
        [1, "张三", "固原某公司"],
        [2.0, "李四", "固原某厂"],
    ]
    for row, values in enumerate(rows):
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    sheet.write(4, 1, "王五")
    sheet.write(5, 1, "赵六")
    sheet.write_merge(4, 5, 2, 2, "固原某学校")
    out = io.BytesIO()
    book.save(out)
    reading = read(out.getvalue(), "名单.csv")
    assert [(row.name, row.unit) for row in reading.rows] == [
        ("张三", "固原某公司"), ("李四", "固原某厂"), ("王五", "固原某学校"), ("赵六", "固原某学校"),
    ]  # fmt: skip
    assert {pick(row, "title", "level", "year", "region") for row in reading.rows} == {
        ("固原市劳动模范", "city", 2018, "固原市")
    }
    page = (
        "<html><head><meta charset=gb2312><style>td{}</style></head><body><h1>2019年西宁市园区工匠名单</h1><table>"
        "<tr><th>姓名<th>单位</tr><tr><td>张三</td><td rowspan=2>西宁某公司</td></tr><tr><td>李&nbsp;四</td></tr></table></body></html>"
    )
    found = read(page.encode("gb18030"), "名单.xls").rows
    assert [pick(row, "name", "unit", "title", "year") for row in found] == [
        ("张三", "西宁某公司", "西宁市园区工匠", 2019), ("李四", "西宁某公司", "西宁市园区工匠", 2019),
    ]  # fmt: skip
    assert read(workbook(("s", [["姓名", "单位"], ["张三", "甲公司"]], [])), "名单.xls").rows[0].name == "张三"


def test_error_cells_and_formats_are_no_text() -> None:
    rows = [
        ["姓名", "单位", "称号", "年度"],
        ["张三", "#N/A", "全国劳动模范", 2020.0],
        ["李四", "#REF!", "全国劳动模范", datetime.date(2020, 11, 24)],
    ]
    reading = read(workbook(("s", rows, [])), "")
    assert [pick(row, "unit", "year") for row in reading.rows] == [("", 2020), ("", 2020)]


def test_titles_in_a_column_are_completed_by_the_heading_of_the_list() -> None:
    rows = [
        ["宁夏回族自治区劳动模范和先进工作者名单"],
        ["（2020年11月）"],
        ["序号", "姓名", "出生年月", "工作单位及职务（职称）", "拟授称号"],
        ["1", "马 芳", "1976.10", "宁夏某某股份有限公司\n党委书记、董事长", "劳动模范"],
        ["2", "王小平", "1970-5", "宁夏某某大学\n教授", "先进工作者"],
        ["3", "", "", "", ""],
        ["负责人：", "", "", "填表人："],
    ]
    reading = read(workbook(("s", rows, ["A1:E1", "A2:E2"])), "")
    assert [pick(row, "name", "unit", "position", "title", "year", "year_inferred") for row in reading.rows] == [
        ("马芳", "宁夏某某股份有限公司", "党委书记、董事长", "宁夏回族自治区劳动模范", 2020, False),
        ("王小平", "宁夏某某大学", "教授", "宁夏回族自治区先进工作者", 2020, False),
    ]


def test_several_names_in_one_cell_and_sheets_named_by_their_award() -> None:
    data = workbook(
        (
            "自治区劳动模范",
            [["地区", "姓名", "年度"], ["银川市", "张三、李四、王五", 2020], ["吴忠市", "马六（女）　赵　七", 2020]],
            [],
        ),
        ("全国工人先锋号", [["2021年"], ["名称"], ["某某班组"], ["某公司一车间"]], []),
    )
    assert [pick(row, "sheet", "name", "region", "title", "year") for row in read(data, "").rows] == [
        ("自治区劳动模范", "张三", "银川市", "自治区劳动模范", 2020),
        ("自治区劳动模范", "李四", "银川市", "自治区劳动模范", 2020),
        ("自治区劳动模范", "王五", "银川市", "自治区劳动模范", 2020),
        ("自治区劳动模范", "马六", "吴忠市", "自治区劳动模范", 2020),
        ("自治区劳动模范", "赵七", "吴忠市", "自治区劳动模范", 2020),
        ("全国工人先锋号", "某某班组", "", "全国工人先锋号", 2021),
        ("全国工人先锋号", "某公司一车间", "", "全国工人先锋号", 2021),
    ]


def test_the_example_row_of_the_form_is_no_holder() -> None:
    reading = read(
        "姓名,单位,称号,年度\n示例：张三,某某公司,全国劳动模范,2020\n李四,甲公司,全国劳动模范,2020\n".encode(), ""
    )
    assert [row.name for row in reading.rows] == ["李四"] and reading.sheets[0].skipped[0].code == "example"


def test_sections_without_any_heading() -> None:
    rows = [
        ["附件2"],
        ["2022年自治区五一劳动奖状、奖章和自治区工人先锋号名单"],
        ["自治区五一劳动奖状（2个）"],
        ["宁夏某公司"],
        ["吴忠市某局"],
        ["自治区五一劳动奖章（2名）"],
        ["张三", "宁夏某公司", "工程师"],
        ["李四（女）", "吴忠市某医院", "护士"],
        ["自治区工人先锋号（1个）"],
        ["某公司电工班"],
    ]
    reading = read(workbook(("s", rows, ["A1:D1", "A2:D2", "A3:D3", "A6:D6", "A9:D9"])), "")
    assert [pick(row, "name", "unit", "position", "title", "year") for row in reading.rows] == [
        ("宁夏某公司", "", "", "自治区五一劳动奖状", 2022),
        ("吴忠市某局", "", "", "自治区五一劳动奖状", 2022),
        ("张三", "宁夏某公司", "工程师", "自治区五一劳动奖章", 2022),
        ("李四", "吴忠市某医院", "护士", "自治区五一劳动奖章", 2022),
        ("某公司电工班", "", "", "自治区工人先锋号", 2022),
    ]

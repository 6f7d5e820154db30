"""Pasted text: numbered lists, lines of names, sections, letters with annexes, tables of Excel and Markdown."""

import pytest

from registry.intake.reading import UnreadableFile, read_text
from tests.registry.intake.lists import codes, keys, pick

pytestmark = pytest.mark.once

NINGXIA = """附件1
2024年宁夏回族自治区五一劳动奖和工人先锋号名单

一、自治区五一劳动奖状（2个）
宁夏某某新材料有限公司
银川市第九人民医院
二、自治区五一劳动奖章（5名）
银川市（3名）
张三（女，回族）  宁夏某某集团股份有限公司数控车工、高级技师
李　四  银川市第十中学教师
欧阳明（回族），宁夏某某电力有限公司检修班班长
石嘴山市
王五：石嘴山市某某化工有限公司操作工
买买提·尼亚孜 石嘴山市环卫处清扫工
三、自治区工人先锋号（1个）
宁夏某某公司电工班
（此页无正文）
宁夏某某总工会
2024年4月28日
- 2 -
"""


def test_sections_give_title_region_and_kind() -> None:
    reading = read_text(NINGXIA)
    assert [pick(row, "source_row", "kind", "name", "title", "region") for row in reading.rows] == [
        (5, "collective", "宁夏某某新材料有限公司", "自治区五一劳动奖状", "宁夏回族自治区"),
        (6, "collective", "银川市第九人民医院", "自治区五一劳动奖状", "宁夏回族自治区"),
        (9, "individual", "张三", "自治区五一劳动奖章", "银川市"),
        (10, "individual", "李四", "自治区五一劳动奖章", "银川市"),
        (11, "individual", "欧阳明", "自治区五一劳动奖章", "银川市"),
        (13, "individual", "王五", "自治区五一劳动奖章", "石嘴山市"),
        (14, "individual", "买买提·尼亚孜", "自治区五一劳动奖章", "石嘴山市"),
        (16, "collective", "宁夏某某公司电工班", "自治区工人先锋号", "宁夏回族自治区"),
    ]
    assert {(row.year, row.level) for row in reading.rows} == {(2024, "provincial")}
    assert pick(reading.rows[2], "sex", "ethnicity", "unit", "position") == (
        "female", "回族", "宁夏某某集团股份有限公司", "数控车工、高级技师",
    )  # fmt: skip
    assert pick(reading.rows[5], "unit", "position") == ("石嘴山市某某化工有限公司", "操作工")
    assert not reading.asks


def test_every_line_is_a_row_or_listed_with_the_reason() -> None:
    reading = read_text(NINGXIA)
    lines = {number for number, line in enumerate(NINGXIA.splitlines(), 1) if line.strip()}
    skipped = {skip.row: skip.code for skip in reading.sheets[0].skipped}
    assert {row.source_row for row in reading.rows} | set(skipped) == lines
    assert (skipped[18], skipped[19], skipped[20]) == ("signature", "date", "footer")


def test_names_only_with_fixed_widths() -> None:
    reading = read_text(
        "关于表彰2020年全国劳动模范和先进工作者的决定\n各省、自治区、直辖市总工会：\n"
        "为弘扬劳模精神，经研究，决定授予张三等10名同志全国劳动模范称号。\n"
        "全国劳动模范（7名）\n张三　李四　王五（女）　马　六\n赵小明　钱多多（女，满族）　欧阳修文\n"
        "1.孙大圣\n全国先进工作者\n周一山　吴二河\n"
    )
    assert [row.name for row in reading.rows] == [
        "张三",
        "李四",
        "王五",
        "马六",
        "赵小明",
        "钱多多",
        "欧阳修文",
        "孙大圣",
        "周一山",
        "吴二河",
    ]
    assert [row.title for row in reading.rows] == ["全国劳动模范"] * 8 + ["全国先进工作者"] * 2
    assert {row.year for row in reading.rows} == {2020} and reading.rows[2].sex == "female"


def test_a_letter_with_three_annexes() -> None:
    reading = read_text(
        "宁夏某某总工会关于授予2022年自治区五一劳动奖状、奖章和工人先锋号的决定\n各市总工会、各产业工会：\n"
        "　　为大力弘扬劳模精神，自治区总工会决定授予宁夏某某公司等2个单位自治区五一劳动奖状。\n"
        "附件：1.自治区五一劳动奖状名单\n      2.自治区五一劳动奖章名单\n2022年4月26日\n"
        "附件1\n自治区五一劳动奖状名单（2个）\n宁夏某某股份有限公司\n国家税务总局某某县税务局\n"
        "附件2\n自治区五一劳动奖章名单（2名）\n张　三    银川某某公司焊工\n李四光    石嘴山市某某医院院长、主任医师\n"
        "附件3\n自治区工人先锋号名单\n银川市公共交通有限公司301路车队\n"
    )
    assert [pick(row, "name", "title", "kind", "year") for row in reading.rows] == [
        ("宁夏某某股份有限公司", "自治区五一劳动奖状", "collective", 2022),
        ("国家税务总局某某县税务局", "自治区五一劳动奖状", "collective", 2022),
        ("张三", "自治区五一劳动奖章", "individual", 2022),
        ("李四光", "自治区五一劳动奖章", "individual", 2022),
        ("银川市公共交通有限公司301路车队", "自治区工人先锋号", "collective", 2022),
    ]
    assert pick(reading.rows[3], "unit", "position") == ("石嘴山市某某医院", "院长、主任医师")


@pytest.mark.parametrize(
    ("line", "name", "unit", "position"),
    [
        ("张三 宁夏某某公司 工程师", "张三", "宁夏某某公司", "工程师"),
        ("张三，宁夏某某公司，工程师", "张三", "宁夏某某公司", "工程师"),
        ("张三；宁夏某某公司；工程师", "张三", "宁夏某某公司", "工程师"),
        ("张三|宁夏某某公司|工程师", "张三", "宁夏某某公司", "工程师"),
        ("张三/宁夏某某厂/焊工", "张三", "宁夏某某厂", "焊工"),
        ("张三（女，回族），宁夏某某公司数控车工", "张三", "宁夏某某公司", "数控车工"),
        ("3. 张三：宁夏某某公司工会主席", "张三", "宁夏某某公司", "工会主席"),
        ("王　五 吴忠市某某学校 教师", "王五", "吴忠市某某学校", "教师"),
        ("宁夏某某集团有限公司 张三", "张三", "宁夏某某集团有限公司", ""),
        ("银川市某某医院 护士长 李四（女）", "李四", "银川市某某医院", "护士长"),
        ("张三（银川市第一中学教师）", "张三", "银川市第一中学", "教师"),
        ("赵六（女）（宁夏某公司数控车工、高级技师）", "赵六", "宁夏某公司", "数控车工、高级技师"),
        ("布日巴雅 内蒙古某某牧场牧民", "布日巴雅", "内蒙古某某牧场", "牧民"),
        ("李 四，女，45岁，银川市某某公司总经理", "李四", "银川市某某公司", "总经理"),
        ("马六（女） 个体户", "马六", "", "个体户"),
        ("姓名：张三，性别：女，工作单位：宁夏某公司，职务：车工", "张三", "宁夏某公司", "车工"),
        ("银川市某某公司：张三", "张三", "银川市某某公司", ""),
        ("李四 车工", "李四", "", "车工"),
        ("张三（女）某某公司职工", "张三", "某某公司", "职工"),
        ("阿依古丽·买合木（女，维吾尔族）某某农场职工", "阿依古丽·买合木", "某某农场", "职工"),
        ("张三，男，现任宁夏某公司项目经理。", "张三", "宁夏某公司", "项目经理"),
        ("张三", "张三", "", ""),
        ("（1）张三 男 回族 宁夏某某乳业有限公司 挤奶工", "张三", "宁夏某某乳业有限公司", "挤奶工"),
    ],
)
def test_one_holder_a_line(line: str, name: str, unit: str, position: str) -> None:
    reading = read_text(f"2021年全国五一劳动奖章名单\n{line}\n赵一 某某公司工人")
    assert pick(reading.rows[0], "name", "unit", "position", "kind", "source_row") == (
        name,
        unit,
        position,
        "individual",
        2,
    )


def test_facts_between_commas() -> None:
    row = read_text("1、张三，男，回族，1965年3月出生，中共党员，宁夏某某公司工程师").rows[0]
    assert pick(row, "sex", "ethnicity", "political_status", "unit", "position") == (
        "male", "回族", "中共党员", "宁夏某某公司", "工程师",
    )  # fmt: skip
    assert row.born is not None and tuple(row.born) == (1965, 3, None)


def test_a_place_before_a_colon_holds_for_the_names_behind_it() -> None:
    reading = read_text("2020年全国先进工作者名单\n北京市（2名）：张三、李四（女）\n上海市：王五 马　六\n")
    assert [pick(row, "name", "region") for row in reading.rows] == [
        ("张三", "北京市"), ("李四", "北京市"), ("王五", "上海市"), ("马六", "上海市"),
    ]  # fmt: skip


def test_tables_pasted_from_a_spreadsheet_markdown_or_a_page() -> None:
    tabs = "姓名\t单位\t职务\t荣誉称号\t年度\n张三\t宁夏某公司\t工程师\t全国劳动模范\t2020\n"
    markdown = "| 姓名 | 单位 | 职务 | 荣誉称号 | 年度 |\n|---|---|:-:|---|---|\n| 张三 | 宁夏某公司 | 工程师 | 全国劳动模范 | 2020 |\n"
    page = "<table><tr><td>姓名<td>单位<td>职务<td>荣誉称号<td>年度<tr><td>张三<td>宁夏某公司<td>工程师<td>全国劳动模范<td>2020</table>"
    commas = "姓名，单位，职务，称号，年份\n张三，宁夏某公司，工程师，全国劳动模范，2020\n"
    blanks = "姓名 单位 职务 称号 年份\n张 三 宁夏某公司 工程师 全国劳动模范 2020\n"
    for text in (tabs, markdown, page, commas, blanks):
        row = read_text(text).rows[0]
        assert pick(row, "name", "unit", "position", "title", "year", "level") == (
            "张三", "宁夏某公司", "工程师", "全国劳动模范", 2020, "national",
        ), text  # fmt: skip


def test_rows_without_heading_are_understood_by_their_cells() -> None:
    reading = read_text(
        "获奖名单\n张三，宁夏某某公司，数控车工，全国五一劳动奖章，2021年\n李四，银川市公交公司，驾驶员，自治区五一劳动奖章，2020\n"
    )
    assert [pick(row, "name", "unit", "position", "title", "year") for row in reading.rows] == [
        ("张三", "宁夏某某公司", "数控车工", "全国五一劳动奖章", 2021),
        ("李四", "银川市公交公司", "驾驶员", "自治区五一劳动奖章", 2020),
    ]


def test_what_a_bare_list_cannot_say_is_asked_once_and_answered() -> None:
    text = "张三 宁夏某某公司工人\n李四 银川某某厂车工\n"
    reading = read_text(text)
    assert keys(reading) == {"title", "year", "level"} and all(
        row.asks == ["title", "year", "level"] for row in reading.rows
    )
    answered = read_text(text, answers={"title": "最美职工", "year": "2019", "level": "city"})
    assert not answered.asks and {pick(row, "title", "year", "level") for row in answered.rows} == {
        ("最美职工", 2019, "city")
    }


def test_the_level_of_a_title_is_asked_by_its_name_and_remembered() -> None:
    text = "2023年“最美职工”名单\n张三 某某公司工人\n李四小组\n"
    reading = read_text(text)
    assert keys(reading) == {"level:最美职工"} and [row.kind for row in reading.rows] == ["individual", "collective"]
    assert {row.level for row in read_text(text, answers={"level:最美职工": "provincial"}).rows} == {"provincial"}


def test_two_awards_above_names_are_offered_as_answers() -> None:
    ask = next(
        ask for ask in read_text("2020年全国劳动模范和先进工作者名单\n张三 某某公司工人\n").asks if ask.key == "title"
    )
    assert [value for value, _label in ask.options] == ["全国劳动模范", "全国先进工作者"]


def test_an_award_that_the_source_left_open_stays_verbatim() -> None:
    title = "全国劳动模范或全国先进工作者（来源未逐人区分）"
    row = read_text(f"姓名\t称号\t年份\n张三\t{title}\t2020\n").rows[0]
    assert (
        row.title == title
        and row.level == "national"
        and "title_ambiguous" in {message.code for message in row.messages}
    )


def test_repeats_and_rows_without_name_are_kept_and_marked() -> None:
    reading = read_text(
        "姓名\t单位\t称号\t年份\n张三\t甲公司\t全国劳动模范\t2020\n张三\t甲公司\t全国劳动模范\t2020\n\t\t全国劳动模范\t2020\n"
    )
    assert len(reading.rows) == 3 and {"repeated", "name_missing"} <= codes(reading) and reading.rows[2].failed


def test_prose_without_names_is_refused_and_empty_text_unreadable() -> None:
    reading = read_text("今天天气很好。我们去公园散步，看到了许多花。\n")
    assert not reading.rows and reading.refused
    with pytest.raises(UnreadableFile) as caught:
        read_text("  \n ")
    assert caught.value.code == "empty"


def test_classes_of_people_are_sections_and_a_phrase_may_name_the_award() -> None:
    reading = read_text("一、自治区劳动模范\n（一）企业职工（1名）\n张三 甲公司工人\n（二）农民\n李四 某某村村民\n")
    assert [row.name for row in reading.rows] == ["张三", "李四"] and {row.title for row in reading.rows} == {
        "自治区劳动模范"
    }
    reading = read_text("获得2023年自治区工人先锋号的集体：\n1.宁夏某公司质检班\n2.银川市某某中学数学组\n")
    assert {pick(row, "title", "year", "kind") for row in reading.rows} == {("自治区工人先锋号", 2023, "collective")}


def test_people_whose_names_begin_like_a_footer() -> None:
    reading = read_text(
        "2021年全国五一劳动奖章名单\n章小丽 某某公司工人\n注国强 某某公司工人\n单小平 某某厂钳工\n共计3人\n（盖章）\n"
    )
    assert [row.name for row in reading.rows] == ["章小丽", "注国强", "单小平"]

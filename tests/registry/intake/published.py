"""Lists in the ways unions publish them, each with what a reader must find in it; every name is invented.

`CASES` maps a story to (content, file name, fields, expected rows). Content is bytes as uploaded, or text as pasted.
"""

import datetime
import io
from dataclasses import dataclass
from typing import Any

import xlwt

from tests.registry.intake.lists import workbook

Rows = list[list[Any]]


@dataclass(frozen=True)
class Case:
    """One list: what is uploaded, and the fields of the rows that must come out; `asks` are the questions left."""

    content: bytes | str
    fields: str
    rows: list[tuple[Any, ...]]
    asks: frozenset[str] = frozenset()
    filename: str = "名单.xlsx"


def old_workbook(rows: Rows, merges: list[tuple[int, int, int, int]] | None = None, sheet: str = "Sheet1") -> bytes:
    """Return an XLS as old offices and WPS write it; merges are (top, bottom, left, right), 0-based."""
    book = xlwt.Workbook(encoding="gb18030")
    page = book.add_sheet(sheet, cell_overwrite_ok=True)
    for index, row in enumerate(rows):
        for column, value in enumerate(row):
            if isinstance(value, datetime.date):
                page.write(index, column, value, xlwt.easyxf(num_format_str="YYYY-MM-DD"))
            elif value != "":
                page.write(index, column, value)
    for top, bottom, left, right in merges or []:
        page.merge(top, bottom, left, right)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def book(rows: Rows, *merges: str, name: str = "Sheet1") -> bytes:
    """Return an XLSX of one sheet."""
    return workbook((name, rows, list(merges)))


CASES: dict[str, Case] = {}

CASES["heading row on row 6 under a letterhead"] = Case(
    book(
        [
            ["附件2"],
            ["2023年自治区五一劳动奖章拟表彰对象汇总表"],
            [],
            ["填报单位（盖章）：吴忠市总工会", "", "", "填表日期：2023年3月12日"],
            [],
            ["序号", "姓名", "性别", "民族", "出生年月", "政治面貌", "文化程度", "工作单位及职务（职称）", "备注"],
            ["1", "马小军", "男", "回族", "1982.06", "中共党员", "本科", "吴忠市某某乳业有限公司生产部部长、工程师", "农民工"],
            ["2", "杨　丽", "女", "汉族", "1990.11", "群众", "大专", "盐池县某某滩羊养殖专业合作社理事长", ""],
            ["", "", "", "", "", "", "", "", ""],
            ["填表人：王某", "", "", "联系电话：0953-0000000", "", "", "审核人：李某"],
        ],
        "A2:I2", "A4:C4",
    ),
    "name sex ethnicity unit position title year region note",
    [
        ("马小军", "male", "回族", "吴忠市某某乳业有限公司生产部", "部长、工程师", "自治区五一劳动奖章", 2023, "", "农民工"),
        ("杨丽", "female", "汉族", "盐池县某某滩羊养殖专业合作社", "理事长", "自治区五一劳动奖章", 2023, "", ""),
    ],
)  # fmt: skip

CASES["one sheet a city and one of all"] = Case(
    workbook(
        ("银川市", [["银川市2022年全国五一劳动奖章获得者"], ["姓名", "单位"], ["张伟", "银川某某公司"]], ["A1:B1"]),
        (
            "石嘴山市",
            [["石嘴山市2022年全国五一劳动奖章获得者"], ["姓名", "单位"], ["李敏", "石嘴山某某矿"], ["王磊", "石嘴山某某厂"]],
            ["A1:B1"],
        ),
        ("固原市", [["姓名", "单位"], ["马国强", "固原某某医院"]], []),
        ("填写说明", [["本表由各市填写"]], []),
        ("旧数据", [["姓名", "单位"], ["不应读", "某某公司"]], []),
        hidden=("旧数据",),
    ),
    "sheet name region title year",
    [
        ("银川市", "张伟", "银川市", "全国五一劳动奖章", 2022),
        ("石嘴山市", "李敏", "石嘴山市", "全国五一劳动奖章", 2022),
        ("石嘴山市", "王磊", "石嘴山市", "全国五一劳动奖章", 2022),
        ("固原市", "马国强", "固原市", "全国五一劳动奖章", 2022),
    ],
)  # fmt: skip

CASES["names across, facts down"] = Case(
    book(
        [
            ["2021年宁夏回族自治区劳动模范名单"],
            ["姓名", "张伟", "李　敏", "马国强（回族）"],
            ["性别", "男", "女", "男"],
            ["工作单位", "银川某某公司", "吴忠某某医院", "固原某某村"],
            ["职务", "焊工", "护士长", "农民"],
            ["出生年月", "1980年3月", "1979-12", "1975.8"],
            ["备注", "", "农工党员", ""],
        ],
        "A1:D1",
    ),
    "name sex ethnicity unit position title year",
    [
        ("张伟", "male", "", "银川某某公司", "焊工", "宁夏回族自治区劳动模范", 2021),
        ("李敏", "female", "", "吴忠某某医院", "护士长", "宁夏回族自治区劳动模范", 2021),
        ("马国强", "male", "回族", "固原某某村", "农民", "宁夏回族自治区劳动模范", 2021),
    ],
)  # fmt: skip

CASES["a form for one person, facts in pairs"] = Case(
    book(
        [
            ["自治区劳动模范推荐审批表"],
            ["姓名", "张伟", "性别", "男", "民族", "汉族"],
            ["出生年月", "1980.03", "政治面貌", "中共党员", "文化程度", "大专"],
            ["工作单位", "银川某某公司", "", "", "职务", "焊工"],
            ["授予称号", "自治区劳动模范", "", "", "授予时间", "2020年"],
        ],
        "A1:F1", "B4:D4", "B5:D5",
    ),
    "name sex ethnicity unit position title year",
    [("张伟", "male", "汉族", "银川某某公司", "焊工", "自治区劳动模范", 2020)],
)  # fmt: skip

CASES["a unit line followed by its people"] = Case(
    book(
        [
            ["2019年银川市五一劳动奖章获奖人员名单"],
            ["序号", "姓名", "性别", "职务"],
            ["宁夏某某集团有限公司（3人）"],
            [1, "张伟", "男", "焊工"],
            [2, "李敏", "女", "会计"],
            [3, "王磊", "男", "电工"],
            ["银川市某某医院（1人）"],
            [4, "赵娜", "女", "护士"],
            ["合计", "4人"],
        ],
        "A1:D1", "A3:D3", "A7:D7",
    ),
    "name unit position title year",
    [
        ("张伟", "宁夏某某集团有限公司", "焊工", "银川市五一劳动奖章", 2019),
        ("李敏", "宁夏某某集团有限公司", "会计", "银川市五一劳动奖章", 2019),
        ("王磊", "宁夏某某集团有限公司", "电工", "银川市五一劳动奖章", 2019),
        ("赵娜", "银川市某某医院", "护士", "银川市五一劳动奖章", 2019),
    ],
)  # fmt: skip

CASES["a unit in a merged cell for several people"] = Case(
    book(
        [
            ["单位", "姓名", "岗位", "荣誉称号", "年份"],
            ["宁夏某某电力公司", "张伟", "检修工", "全国劳动模范", "2015年"],
            ["", "李敏", "值班员", "全国劳动模范", "2020年"],
            ["银川某某学校", "王磊", "教师", "全国先进工作者", "二〇二〇年"],
        ],
        "A2:A3",
    ),
    "name unit position title year",
    [
        ("张伟", "宁夏某某电力公司", "检修工", "全国劳动模范", 2015),
        ("李敏", "宁夏某某电力公司", "值班员", "全国劳动模范", 2020),
        ("王磊", "银川某某学校", "教师", "全国先进工作者", 2020),
    ],
)  # fmt: skip

CASES["a merged unit saved as csv, GB18030"] = Case(
    "单位,姓名,职务,荣誉称号,授予时间\n宁夏某某电力公司,张伟,检修工,自治区劳动模范,2020.11\n,李敏,值班员,自治区劳动模范,2020.11\n,王磊,司机,自治区劳动模范,2020.11\n"
    "银川某某学校,赵娜,教师,自治区先进工作者,202011\n".encode("gb18030"),
    "name unit title year",
    [
        ("张伟", "宁夏某某电力公司", "自治区劳动模范", 2020),
        ("李敏", "宁夏某某电力公司", "自治区劳动模范", 2020),
        ("王磊", "宁夏某某电力公司", "自治区劳动模范", 2020),
        ("赵娜", "银川某某学校", "自治区先进工作者", 2020),
    ],
    filename="名单.csv",
)  # fmt: skip

CASES["pasted: a unit line followed by names"] = Case(
    "2018年度石嘴山市劳动模范名单\n\n宁夏某某煤业有限公司（2人）\n张伟　采煤工\n李敏　技术员\n石嘴山市某某中学：\n王磊　教师\n",
    "name unit position title year",
    [
        ("张伟", "宁夏某某煤业有限公司", "采煤工", "石嘴山市劳动模范", 2018),
        ("李敏", "宁夏某某煤业有限公司", "技术员", "石嘴山市劳动模范", 2018),
        ("王磊", "石嘴山市某某中学", "教师", "石嘴山市劳动模范", 2018),
    ],
)

CASES["pasted: unit, colon, names"] = Case(
    "2018年度石嘴山市劳动模范名单\n宁夏某某煤业有限公司：张伟、李敏（女）\n石嘴山市某某中学：王磊\n",
    "name sex unit title year",
    [
        ("张伟", "", "宁夏某某煤业有限公司", "石嘴山市劳动模范", 2018),
        ("李敏", "female", "宁夏某某煤业有限公司", "石嘴山市劳动模范", 2018),
        ("王磊", "", "石嘴山市某某中学", "石嘴山市劳动模范", 2018),
    ],
)

CASES["collectives and people mixed with headings between"] = Case(
    book(
        [
            ["2024年吴忠市五一劳动奖和工人先锋号名单"],
            ["序号", "名称", "单位及职务"],
            ["一、吴忠市五一劳动奖状（2个）"],
            [1, "宁夏某某食品有限公司", ""],
            [2, "吴忠市某某局", ""],
            ["二、吴忠市五一劳动奖章（2名）"],
            [1, "马小军", "吴忠市某某公司车间主任"],
            [2, "杨丽（女）", "青铜峡市某某小学教师"],
            ["三、吴忠市工人先锋号（1个）"],
            [1, "吴忠市某某热力公司维修班", ""],
        ],
        "A1:C1", "A3:C3", "A6:C6", "A9:C9",
    ),
    "kind name unit position title",
    [
        ("collective", "宁夏某某食品有限公司", "", "", "吴忠市五一劳动奖状"),
        ("collective", "吴忠市某某局", "", "", "吴忠市五一劳动奖状"),
        ("individual", "马小军", "吴忠市某某公司", "车间主任", "吴忠市五一劳动奖章"),
        ("individual", "杨丽", "青铜峡市某某小学", "教师", "吴忠市五一劳动奖章"),
        ("collective", "吴忠市某某热力公司维修班", "", "", "吴忠市工人先锋号"),
    ],
)  # fmt: skip

CASES["three-row heading with merged groups"] = Case(
    book(
        [
            ["自治区劳动模范（先进工作者）登记表"],
            ["序号", "个人情况", "", "", "", "荣誉情况", "", ""],
            ["", "姓名", "性别", "民族", "工作单位", "称号", "级别", "授予时间"],
            [1, "张伟", "男", "汉", "银川某某公司", "全国劳动模范", "国家级", datetime.datetime(2015, 4, 28)],
            [2, "马国强", "男", "回", "固原某某医院", "自治区先进工作者", "省部级", datetime.datetime(2010, 4, 1)],
        ],
        "A1:H1", "B2:E2", "F2:H2", "A2:A3",
    ),
    "name sex ethnicity unit title level year",
    [
        ("张伟", "male", "汉族", "银川某某公司", "全国劳动模范", "national", 2015),
        ("马国强", "male", "回族", "固原某某医院", "自治区先进工作者", "provincial", 2010),
    ],
)  # fmt: skip

CASES["blank rows and columns, headings with blanks, no number column"] = Case(
    book(
        [
            [],
            ["", "", "", ""],
            ["", "姓　　名", "", "所 在 单 位", "职 务", "", "获 奖 年 度"],
            [],
            ["", "张 伟", "", "银川某某公司", "焊工", "", "２０２１年度"],
            [],
            ["", "欧阳　明", "", "吴忠某某厂", "车工", "", "２０２２年度"],
        ],
        name="全国五一劳动奖章",
    ),
    "name unit position title year",
    [
        ("张伟", "银川某某公司", "焊工", "全国五一劳动奖章", 2021),
        ("欧阳明", "吴忠某某厂", "车工", "全国五一劳动奖章", 2022),
    ],
)  # fmt: skip

CASES["minority names with dots of every kind"] = Case(
    book(
        [
            ["姓名", "民族", "工作单位", "荣誉称号", "表彰年份"],
            ["阿卜杜拉·买买提", "维吾尔族", "某某农场", "全国劳动模范", 2020],
            ["古丽娜尔•依明", "维吾尔族", "某某医院", "全国先进工作者", 2020],
            ["拉巴．次仁", "藏族", "某某牧场", "全国劳动模范", 2015],
            ["巴特尔.那木", "蒙古族", "某某铁矿", "全国劳动模范", 2010],
            ["叶尔肯‧哈力", "哈萨克族", "某某油田", "全国劳动模范", 2005],
        ]
    ),
    "name ethnicity year",
    [
        ("阿卜杜拉·买买提", "维吾尔族", 2020), ("古丽娜尔·依明", "维吾尔族", 2020), ("拉巴·次仁", "藏族", 2015),
        ("巴特尔·那木", "蒙古族", 2010), ("叶尔肯·哈力", "哈萨克族", 2005),
    ],
)  # fmt: skip

CASES["utf-16 text with tabs as Excel saves it"] = Case(
    (
        "2017年固原市劳动模范名单\t\t\r\n序号\t职工姓名（全称）\t工作单位\r\n"
        "1\t马国强（男，回族）\t固原市某某公司\r\n2\t张　伟\t彭阳县某某学校\r\n"
    ).encode("utf-16"),
    "name sex ethnicity unit title year",
    [
        ("马国强", "male", "回族", "固原市某某公司", "固原市劳动模范", 2017),
        ("张伟", "", "", "彭阳县某某学校", "固原市劳动模范", 2017),
    ],
    filename="名单.txt",
)

CASES["semicolons, quoted cells with line breaks"] = Case(
    '姓名;"工作单位\n及职务";荣誉称号;年度\n张伟;"银川某某公司\n焊工";自治区五一劳动奖章;2021\n李敏;"吴忠某某医院\n护士长";自治区五一劳动奖章;2021\n'.encode(
        "utf-8-sig"
    ),
    "name unit position title year",
    [
        ("张伟", "银川某某公司", "焊工", "自治区五一劳动奖章", 2021),
        ("李敏", "吴忠某某医院", "护士长", "自治区五一劳动奖章", 2021),
    ],
    filename="名单.csv",
)

CASES["an HTML table saved as xls"] = Case(
    (
        '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="gb2312"><title>x</title></head><body>'
        "<table border=1><tr><td colspan=4>2016年中卫市劳动模范名单</td></tr>"
        "<tr><th>序号</th><th>姓名</th><th>单位</th><th>职务</th></tr>"
        "<tr><td>1</td><td>张&nbsp;伟</td><td rowspan=2>中卫市某某公司</td><td>焊工</td></tr>"
        "<tr><td>2</td><td>李敏</td><td>会计</td></tr></table></body></html>"
    ).encode("gb18030"),
    "name unit position title year region",
    [
        ("张伟", "中卫市某某公司", "焊工", "中卫市劳动模范", 2016, "中卫市"),
        ("李敏", "中卫市某某公司", "会计", "中卫市劳动模范", 2016, "中卫市"),
    ],
    filename="名单.xls",
)

CASES["an old xls with merges and real dates"] = Case(
    old_workbook(
        [
            ["宁夏回族自治区先进工作者名册"],
            ["编号", "姓名", "性别", "单位职务", "授予日期", "证书编号"],
            [1, "张伟", "男", "银川市某某局科长", datetime.date(2010, 4, 28), "宁先字第001号"],
            [2, "李敏", "女", "银川市某某中学教师", datetime.date(2005, 4, 30), "宁先字第002号"],
        ],
        [(0, 0, 0, 5)],
    ),
    "name sex unit position title year certificate_number",
    [
        ("张伟", "male", "银川市某某局", "科长", "宁夏回族自治区先进工作者", 2010, "宁先字第001号"),
        ("李敏", "female", "银川市某某中学", "教师", "宁夏回族自治区先进工作者", 2005, "宁先字第002号"),
    ],
    filename="名册.xls",
)

CASES["pasted: names by blanks below titles"] = Case(
    "关于表彰2015年宁夏回族自治区劳动模范和先进工作者的决定\n（2015年4月28日）\n\n一、自治区劳动模范（6名）\n"
    "张　伟　　李　敏（女）　　王　磊\n马国强（回族）　　欧阳修文　　阿依古丽·买合木（女，维吾尔族）\n"
    "二、自治区先进工作者（3名）\n赵娜、钱进、孙立\n（排名不分先后）\n",
    "name sex ethnicity title year",
    [
        ("张伟", "", "", "自治区劳动模范", 2015),
        ("李敏", "female", "", "自治区劳动模范", 2015),
        ("王磊", "", "", "自治区劳动模范", 2015),
        ("马国强", "", "回族", "自治区劳动模范", 2015),
        ("欧阳修文", "", "", "自治区劳动模范", 2015),
        ("阿依古丽·买合木", "female", "维吾尔族", "自治区劳动模范", 2015),
        ("赵娜", "", "", "自治区先进工作者", 2015),
        ("钱进", "", "", "自治区先进工作者", 2015),
        ("孙立", "", "", "自治区先进工作者", 2015),
    ],
)

CASES["names only in a grid of cells under a title"] = Case(
    book(
        [
            ["2014年银川市劳动模范名单（12名）"],
            ["张伟", "李敏（女）", "王磊", "马国强（回族）"],
            ["赵娜（女）", "钱进", "孙立", "周　涛"],
            ["吴刚", "郑爽", "冯军", "陈晨"],
        ],
        "A1:D1",
    ),
    "name title year",
    [
        (name, "银川市劳动模范", 2014)
        for name in ("张伟", "李敏", "王磊", "马国强", "赵娜", "钱进", "孙立", "周涛", "吴刚", "郑爽", "冯军", "陈晨")
    ],
)  # fmt: skip

CASES["groups by county with subtotals"] = Case(
    book(
        [
            ["序号", "县区", "姓名", "单位", "荣誉称号", "年度"],
            [1, "兴庆区", "张伟", "某某商场", "银川市劳动模范", 2012],
            [2, "", "李敏", "某某小学", "银川市劳动模范", 2012],
            ["小计", "", "2人", "", "", ""],
            [3, "贺兰县", "王磊", "某某村", "银川市劳动模范", 2012],
            ["小计", "", "1人", "", "", ""],
            ["总计", "", "3人", "", "", ""],
        ],
        "B2:B3",
    ),
    "name region unit title",
    [
        ("张伟", "兴庆区", "某某商场", "银川市劳动模范"),
        ("李敏", "兴庆区", "某某小学", "银川市劳动模范"),
        ("王磊", "贺兰县", "某某村", "银川市劳动模范"),
    ],
)  # fmt: skip

CASES["a list with titles as columns and ticks"] = Case(
    book(
        [
            ["劳模统计表"],
            ["姓名", "单位", "全国劳动模范", "自治区劳动模范", "全国五一劳动奖章"],
            ["张伟", "银川某某公司", "2015年", "2010年", ""],
            ["李敏", "吴忠某某医院", "", "2005", "2012"],
        ],
        "A1:E1",
    ),
    "name unit title year",
    [
        ("张伟", "银川某某公司", "全国劳动模范", 2015),
        ("张伟", "银川某某公司", "自治区劳动模范", 2010),
        ("李敏", "吴忠某某医院", "自治区劳动模范", 2005),
        ("李敏", "吴忠某某医院", "全国五一劳动奖章", 2012),
    ],
)  # fmt: skip

CASES["the same title with and without its year"] = Case(
    "姓名,单位,荣誉称号,年度\n张伟,银川某某公司,全国劳动模范,2015\n张伟,银川某某公司,全国劳动模范,\n李敏,吴忠某某医院,全国劳动模范,2010\n".encode(),
    "name title year",
    [("张伟", "全国劳动模范", 2015), ("张伟", "全国劳动模范", 2015), ("李敏", "全国劳动模范", 2010)],
    filename="名单.csv",
)

CASES["a title column merged over blocks, year in a second heading line"] = Case(
    book(
        [
            ["宁夏历届全国劳动模范名录"],
            ["1956年全国先进生产者（2名）"],
            ["姓名", "工作单位及职务"],
            ["张伟", "银川机械厂车工"],
            ["李敏", "银川百货公司营业员"],
            ["1989年全国劳动模范（1名）"],
            ["姓名", "工作单位及职务"],
            ["王磊", "石嘴山矿务局采煤队队长"],
        ],
        "A1:B1", "A2:B2", "A6:B6",
    ),
    "name unit position title year",
    [
        ("张伟", "银川机械厂", "车工", "全国先进生产者", 1956),
        ("李敏", "银川百货公司", "营业员", "全国先进生产者", 1956),
        ("王磊", "石嘴山矿务局采煤队", "队长", "全国劳动模范", 1989),
    ],
)  # fmt: skip

CASES["name cell with unit below it by a line break"] = Case(
    book(
        [
            ["2020年全国五一劳动奖章公示名单"],
            ["序号", "姓名/单位", "推荐理由"],
            [1, "张伟\n（宁夏某某公司焊工）", "技术过硬"],
            [2, "李敏（女，满族）\n吴忠某某医院护士长", "医德高尚"],
        ],
        "A1:C1",
    ),
    "name sex ethnicity unit position",
    [("张伟", "", "", "宁夏某某公司", "焊工"), ("李敏", "female", "满族", "吴忠某某医院", "护士长")],
)  # fmt: skip

CASES["pasted: numbered lines with full-width numbers and dates"] = Case(
    "附件1：\n宁夏回族自治区五一劳动奖章拟表彰人员名单（公示）\n公示期：２０２４年４月１日至４月７日\n"
    "１．张伟　男　汉族　１９８０年３月出生　宁夏某某公司　焊工\n"
    "２．李敏　女　回族　１９８５年６月出生　吴忠市某某医院　护士\n"
    "监督电话：0951-0000000\n宁夏回族自治区总工会\n２０２４年４月１日\n",
    "name sex ethnicity unit position title",
    [
        ("张伟", "male", "汉族", "宁夏某某公司", "焊工", "宁夏回族自治区五一劳动奖章"),
        ("李敏", "female", "回族", "吴忠市某某医院", "护士", "宁夏回族自治区五一劳动奖章"),
    ],
    frozenset({"year"}),
)

CASES["markdown and Word tables pasted with the unit first"] = Case(
    "单位\t姓名\t性别\t荣誉称号\t授予时间\n"
    "宁夏某某公司\t张 伟\t男\t全国五一劳动奖章\t2019年4月\n\t李 敏\t女\t全国五一劳动奖章\t2019年4月\n",
    "name unit title year",
    [("张伟", "宁夏某某公司", "全国五一劳动奖章", 2019), ("李敏", "宁夏某某公司", "全国五一劳动奖章", 2019)],
)

CASES["a roster with private columns"] = Case(
    book(
        [
            ["姓名", "身份证号", "手机号码", "家庭住址", "银行卡号", "工作单位", "劳模称号", "授予年度"],
            ["张伟", "640199196503010011", "13900000000", "某某小区1号", "6222000000000000000", "银川某某公司", "自治区劳模", "2010年"],
        ]
    ),
    "name unit title year",
    [("张伟", "银川某某公司", "自治区劳模", 2010)],
)  # fmt: skip

CASES["region groups in a column of merged cells, collectives by class"] = Case(
    book(
        [
            ["全国工人先锋号拟表彰集体（宁夏）"],
            ["2021年4月"],
            ["地市", "班组名称", "所在单位", "班组长", "人数"],
            ["银川市", "某某公司焊接班", "银川某某公司", "张伟", 12],
            ["", "某某医院急诊科", "银川某某医院", "李敏", 30],
            ["固原市", "某某收费站", "固原某某公路公司", "王磊", 8],
        ],
        "A1:E1", "A2:E2", "A4:A5",
    ),
    "kind name unit region title year",
    [
        ("collective", "某某公司焊接班", "银川某某公司", "银川市", "全国工人先锋号", 2021),
        ("collective", "某某医院急诊科", "银川某某医院", "银川市", "全国工人先锋号", 2021),
        ("collective", "某某收费站", "固原某某公路公司", "固原市", "全国工人先锋号", 2021),
    ],
)  # fmt: skip

CASES["names across with merged units, numbers first"] = Case(
    book(
        [
            ["序号", 1, 2, 3],
            ["姓名", "张伟", "李敏", "王磊"],
            ["单位", "甲公司", "", "乙厂"],
            ["称号", "全国劳动模范", "", "自治区劳动模范"],
            ["时间", "2020.11", "", "2005年"],
        ],
        "B3:C3", "B4:C4", "B5:C5",
    ),
    "name unit title year",
    [("张伟", "甲公司", "全国劳动模范", 2020), ("李敏", "甲公司", "全国劳动模范", 2020), ("王磊", "乙厂", "自治区劳动模范", 2005)],
)  # fmt: skip

CASES["names across in csv"] = Case(
    "姓名,张伟,李敏\n性别,男,女\n单位,甲公司,乙医院\n称号,全国劳动模范,全国先进工作者\n年度,2015,2020\n".encode(),
    "name sex unit title year",
    [("张伟", "male", "甲公司", "全国劳动模范", 2015), ("李敏", "female", "乙医院", "全国先进工作者", 2020)],
    filename="名单.csv",
)

CASES["several forms one below the other"] = Case(
    book(
        [
            ["自治区劳动模范登记表"],
            ["姓名", "张伟", "性别", "男"],
            ["单位", "甲公司", "职务", "焊工"],
            ["授予年份", "2010"],
            [],
            ["自治区劳动模范登记表"],
            ["姓名", "李敏", "性别", "女"],
            ["单位", "乙厂", "职务", "会计"],
            ["授予年份", "2015年"],
        ],
        "A1:D1", "A6:D6",
    ),
    "name sex unit position title year",
    [("张伟", "male", "甲公司", "焊工", "自治区劳动模范", 2010), ("李敏", "female", "乙厂", "会计", "自治区劳动模范", 2015)],
)  # fmt: skip

CASES["a unit with several names in one cell"] = Case(
    book(
        [
            ["2019年银川市劳动模范名单"],
            ["单位", "获奖人员"],
            ["宁夏某某公司", "张伟、李敏（女）"],
            ["某某学校", "王磊 赵娜"],
        ],
        "A1:B1",
    ),
    "name sex unit year",
    [
        ("张伟", "", "宁夏某某公司", 2019),
        ("李敏", "female", "宁夏某某公司", 2019),
        ("王磊", "", "某某学校", 2019),
        ("赵娜", "", "某某学校", 2019),
    ],
)

CASES["pasted: counties, units, people"] = Case(
    "2020年度吴忠市五一劳动奖章获得者名单\n一、吴忠市利通区\n吴忠市某某中学\n张伟（男，回族）教师\n李敏 副校长\n"
    "宁夏某某乳业公司\n王磊 挤奶工\n"
    "二、青铜峡市\n青铜峡铝厂 赵娜 化验员\n",
    "name unit position region year",
    [
        ("张伟", "吴忠市某某中学", "教师", "吴忠市利通区", 2020),
        ("李敏", "吴忠市某某中学", "副校长", "吴忠市利通区", 2020),
        ("王磊", "宁夏某某乳业公司", "挤奶工", "吴忠市利通区", 2020),
        ("赵娜", "青铜峡铝厂", "化验员", "青铜峡市", 2020),
    ],
)

CASES["pasted: years before the names"] = Case(
    "全国劳动模范\n1950年：张伟（银川铁厂）\n1956年：李敏、王磊\n1959年：赵娜\n",
    "name unit title year",
    [
        ("张伟", "银川铁厂", "全国劳动模范", 1950),
        ("李敏", "", "全国劳动模范", 1956),
        ("王磊", "", "全国劳动模范", 1956),
        ("赵娜", "", "全国劳动模范", 1959),
    ],
)

CASES["lines of text in one column of a sheet"] = Case(
    book(
        [
            ["全国劳动模范（2名）"],
            ["张伟　宁夏某某公司焊工"],
            ["李敏（女）　吴忠某某医院护士长"],
            ["全国先进工作者（1名）"],
            ["王磊　固原某某中学教师"],
        ],
        name="2020年",
    ),
    "name unit position title year",
    [
        ("张伟", "宁夏某某公司", "焊工", "全国劳动模范", 2020),
        ("李敏", "吴忠某某医院", "护士长", "全国劳动模范", 2020),
        ("王磊", "固原某某中学", "教师", "全国先进工作者", 2020),
    ],
)

CASES["footers of every kind and who signed"] = Case(
    book(
        [
            ["姓名", "单位", "称号", "年度"],
            ["张伟", "甲公司", "全国劳动模范", 2020],
            ["以上共1人"],
            ["备注：以姓氏笔画为序"],
            ["联系人：李某  电话：0951-1234567"],
            ["宁夏回族自治区总工会办公室"],
            ["2020年11月24日"],
        ]
    ),
    "name unit title year",
    [("张伟", "甲公司", "全国劳动模范", 2020)],
)

CASES["headings with hints in brackets, GB18030"] = Case(
    (
        "职工姓名（必填）,性别（男/女）,民族（请选择）,工作单位（全称，与公章一致）,职务（职称）,称号（全称）,授予年份（四位）\n"
        "张伟（追授）,男,汉,甲公司,焊工,全国劳动模范,2020\n"
    ).encode("gb18030"),
    "name sex ethnicity unit position title year note",
    [("张伟", "male", "汉族", "甲公司", "焊工", "全国劳动模范", 2020, "追授")],
    filename="名单.csv",
)

CASES["several titles and years in one cell"] = Case(
    book(
        [
            ["序号", "姓名", "单位", "荣誉称号", "授予时间"],
            [1, "张伟", "甲公司", "全国劳动模范\n自治区劳动模范", "2015年\n2010年"],
            [2, "李敏", "乙厂", "全国五一劳动奖章（2012年）、自治区劳动模范（2009年）", ""],
        ]
    ),
    "name title year",
    [
        ("张伟", "全国劳动模范", 2015),
        ("张伟", "自治区劳动模范", 2010),
        ("李敏", "全国五一劳动奖章", 2012),
        ("李敏", "自治区劳动模范", 2009),
    ],
)

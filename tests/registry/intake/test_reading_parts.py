"""Names, units, dates, titles and headings, one cell at a time."""

import pytest

from registry.intake.reading.cells import ethnicity_of, level_word, mask, treatment_in
from registry.intake.reading.columns import recognise
from registry.intake.reading.dates import read_date, read_years
from registry.intake.reading.formats import NumberText
from registry.intake.reading.names import is_organisation, is_person, read_name, split_names
from registry.intake.reading.titles import by_a_ministry, clean_title, expand, kind_of, level_of, read_line, region_of
from registry.intake.reading.units import split_unit_position

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("text", "unit", "position"),
    [
        ("宁夏共享集团股份有限公司数控车工、高级技师", "宁夏共享集团股份有限公司", "数控车工、高级技师"),
        ("潼川县秦镇寺角村荒移卫生室乡村医生", "潼川县秦镇寺角村荒移卫生室", "乡村医生"),
        ("银川市第一人民医院院长", "银川市第一人民医院", "院长"),
        ("某某大学第一附属医院呼吸重症科主任", "某某大学第一附属医院呼吸重症科", "主任"),
        ("宁夏某某集团有限公司党委书记、董事长", "宁夏某某集团有限公司", "党委书记、董事长"),
        ("宁夏某某公司工会主席", "宁夏某某公司", "工会主席"),
        ("银川市总工会主席", "银川市总工会", "主席"),
        ("吴忠市利通区金积镇柳树村党支部书记、村委会主任", "吴忠市利通区金积镇柳树村", "党支部书记、村委会主任"),
        ("银川市公安局西夏区分局北街派出所所长", "银川市公安局西夏区分局北街派出所", "所长"),
        ("石嘴山市第三中学教师、高级教师", "石嘴山市第三中学", "教师、高级教师"),
        ("大武口区第六小学校长", "大武口区第六小学", "校长"),
        ("长春市第一〇三中学校教师", "长春市第一〇三中学校", "教师"),
        ("兰州铁路局银川机务段火车司机", "兰州铁路局银川机务段", "火车司机"),
        ("宁夏某某锰业集团有限公司，车间班长", "宁夏某某锰业集团有限公司", "车间班长"),
        ("宁夏农垦集团有限公司（原农垦局）农业工人", "宁夏农垦集团有限公司（原农垦局）", "农业工人"),
        ("唐山机车车辆有限公司加工中心操作工、高级技师", "唐山机车车辆有限公司", "加工中心操作工、高级技师"),
        ("某某汽轮机厂数控立车总领班兼移动工厂负责人", "某某汽轮机厂", "数控立车总领班兼移动工厂负责人"),
        ("某某公司董事长、宁夏酒业协会会长", "某某公司", "董事长、宁夏酒业协会会长"),
        ("自治区人民检察院第二检察部主任、四级高级检察官", "自治区人民检察院第二检察部", "主任、四级高级检察官"),
        ("宁夏建工集团有限公司项目经理（农民工）", "宁夏建工集团有限公司", "项目经理（农民工）"),
        ("盘江市淤泥乡博联村党委书记", "盘江市淤泥乡博联村", "党委书记"),
        ("某某煤业集团公司羊场湾煤矿综采队采煤机司机", "某某煤业集团公司羊场湾煤矿综采队", "采煤机司机"),
        ("某某股份有限公司设备部电工班班长", "某某股份有限公司设备部", "电工班班长"),
        ("某某石油管理局钻井队钻井队队长", "某某石油管理局钻井队", "钻井队队长"),
        ("海河海运局“长风轮”客轮服务员", "海河海运局“长风轮”", "客轮服务员"),
        ("某省农业科学院；水稻研究中心水稻专家", "某省农业科学院；水稻研究中心", "水稻专家"),
        ("某某大学复合材料重点实验室主任", "某某大学复合材料重点实验室", "主任"),
        ("农民", "", "农民"),
    ],
)
def test_a_unit_with_a_position_is_parted(text: str, unit: str, position: str) -> None:
    assert split_unit_position(text)[:2] == (unit, position)


@pytest.mark.parametrize(
    "text",
    [
        "银川市公交公司",
        "饿了么外卖骑手",
        "国网某省电力公司李工劳模创新工作室",
        "某某有限公司机电车间维修工段",
        "个体运输户",
        "",
    ],
)
def test_what_cannot_be_parted_stays_whole(text: str) -> None:
    assert split_unit_position(text)[:2] == (text, "")


def test_a_doubtful_part_says_so() -> None:
    assert split_unit_position("首钢国际党委书记、董事长") == ("首钢国际", "党委书记、董事长", False)


@pytest.mark.parametrize(
    ("text", "name", "sex", "ethnicity"),
    [
        ("张　三", "张三", "", ""),
        ("张 三", "张三", "", ""),
        ("王 建 国", "王建国", "", ""),
        ("王芳（女）", "王芳", "female", ""),
        ("马秀兰（女，回族）", "马秀兰", "female", "回族"),
        ("古丽（女、维吾尔族）", "古丽", "female", "维吾尔族"),
        ("丁素云(女 回)", "丁素云", "female", "回族"),
        ("李明(已故)", "李明", "", ""),
        ("1.赵一 *", "赵一", "", ""),
        ("（一）钱二★", "钱二", "", ""),
        ("12 李娜", "李娜", "", ""),
        ("买买提•尼亚孜（男，维吾尔族）", "买买提·尼亚孜", "male", "维吾尔族"),
        ("拉齐.巴依", "拉齐·巴依", "", ""),
        ("张三同志", "张三", "", ""),
        ("马秀兰 女 回族", "马秀兰", "female", "回族"),
        ("JOHN SMITH", "JOHN SMITH", "", ""),
        ("欧阳　明", "欧阳明", "", ""),
        ("弘元材料（包头）有限公司二厂集控组", "弘元材料（包头）有限公司二厂集控组", "", ""),
        ("“先锋号”机车组", "“先锋号”机车组", "", ""),
    ],
)
def test_a_name_is_freed_of_what_stands_round_it(text: str, name: str, sex: str, ethnicity: str) -> None:
    found = read_name(text)
    assert (found.name, found.sex, found.ethnicity) == (name, sex, ethnicity)


def test_other_names_and_notes_are_kept_apart() -> None:
    assert read_name("李四（曾用名：李小四）").former_names == ["李小四"]
    assert read_name("“铁牛”王大力").known_as == ["铁牛"]
    assert read_name("王强（追授）").note == ["追授"]
    assert read_name("李明（已故）").dead
    assert read_name("马六（女，回族，中共党员）").political_status == "中共党员"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("张三　李四　王五（女）　马　六", ["张三", "李四", "王五（女）", "马六"]),
        ("张三、李四、王五", ["张三", "李四", "王五"]),
        ("张  三  李  四  赵小明", ["张三", "李四", "赵小明"]),
        ("欧阳　明　上官 云珠", ["欧阳明", "上官云珠"]),
        ("宁夏某公司 张三", []),
        ("车间主任", []),
    ],
)
def test_a_line_of_names_is_told_from_other_lines(text: str, names: list[str]) -> None:
    assert split_names(text) == names


def test_people_are_told_from_organisations() -> None:
    for person in ("张三", "欧阳修文", "阿卜杜拉·买买提", "马厂", "高山"):
        assert is_person(person), person
    for organisation in ("银川市公交公司", "赵大海小组", "某某区税务局", "301路车队", "红旗班组"):
        assert is_organisation(organisation) and not is_person(organisation), organisation


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2020年11月", (2020, 11, None)),
        ("2020.11", (2020, 11, None)),
        ("2020-11-24", (2020, 11, 24)),
        ("2020/11/24", (2020, 11, 24)),
        ("20201124", (2020, 11, 24)),
        ("202011", (2020, 11, None)),
        ("二〇二〇年十一月", (2020, 11, None)),
        ("1965.3", (1965, 3, None)),
        ("65年3月", (1965, 3, None)),
        ("65.3", (1965, 3, None)),
        ("１９６５年３月", (1965, 3, None)),
        ("1965年3月出生", (1965, 3, None)),
        ("43831", (2020, 1, 1)),
        ("24/11/2020", (2020, 11, 24)),
        ("2020-11-24 00:00:00", (2020, 11, 24)),
    ],
)
def test_dates_in_all_their_spellings(text: str, parts: tuple[int | None, ...]) -> None:
    found = read_date(text, past=True)
    assert found.date is not None and tuple(found.date) == parts


@pytest.mark.parametrize(
    ("text", "doubt"), [("03/04/2020", "order"), ("2020-13-40", "impossible"), ("春天", "unread"), ("不详", "")]
)
def test_a_doubtful_date_says_what_is_doubtful(text: str, doubt: str) -> None:
    assert read_date(text, past=True).doubt == doubt


def test_a_number_loses_the_zero_of_october() -> None:
    assert read_date(NumberText("1975.1"), past=True).doubt == "month"
    october = read_date(NumberText("1975.1"), past=True, two_digits=True).date
    january = read_date("1975.1", past=True).date
    assert october and october.month == 10 and january and january.month == 1


def test_the_order_of_day_and_month_is_an_answer() -> None:
    day_first, month_first = (read_date("03/04/2020", past=False, order=order).date for order in ("dmy", "mdy"))
    assert day_first and month_first and (day_first.month, month_first.month) == (4, 3)


@pytest.mark.parametrize(
    ("text", "years", "inferred"),
    [
        ("2020年度", (2020,), False),
        ("2017?", (2017,), True),
        ("约1950", (1950,), True),
        ("1956、1959", (1956, 1959), False),
        ("1956年，1959年和1979年", (1956, 1959, 1979), False),
        ("2018-2020年度", (2020,), False),
        ("2020.0", (2020,), False),
        ("２０２０", (2020,), False),
        ("不详", (), False),
        ("第七届", (), False),
    ],
)
def test_years(text: str, years: tuple[int, ...], inferred: bool) -> None:
    found = read_years(text)
    assert (found.years, found.inferred) == (years, inferred)


@pytest.mark.parametrize(
    ("title", "level", "kind", "region"),
    [
        ("全国劳动模范", "national", "individual", ""),
        ("特邀全国劳动模范", "national", "individual", ""),
        ("全国工人先锋号", "national", "collective", ""),
        ("自治区五一劳动奖章", "provincial", "individual", ""),
        ("宁夏回族自治区五一劳动奖状", "provincial", "collective", "宁夏回族自治区"),
        ("宁夏五一劳动奖章", "provincial", "individual", "宁夏回族自治区"),
        ("北京市劳动模范", "provincial", "individual", "北京市"),
        ("首都劳动奖章", "provincial", "individual", "北京市"),
        ("银川市工人先锋号", "city", "collective", "银川市"),
        ("浙江省杭州市劳动模范", "city", "individual", "浙江省杭州市"),
        ("灵武市劳动模范", "county", "individual", "灵武市"),
        ("兴庆区劳动模范", "county", "individual", "兴庆区"),
        ("塞上工匠", "provincial", "individual", "宁夏回族自治区"),
        ("凤城工匠", "city", "individual", "银川市"),
        ("某某集团劳动模范", "unit", "individual", ""),
        ("最美职工", "", "", ""),
        ("劳动模范", "", "individual", ""),
    ],
)
def test_a_title_tells_level_kind_and_region(title: str, level: str, kind: str, region: str) -> None:
    assert (level_of(title), kind_of(title), region_of(title)) == (level, kind, region)


def test_a_trade_in_a_national_title_is_doubtful() -> None:
    assert by_a_ministry("全国交通运输系统先进工作者")
    assert not by_a_ministry("全国先进工作者") and not by_a_ministry("全国五一劳动奖章")


def test_titles_are_cleaned() -> None:
    assert clean_title("2020年“全国劳动模范”称号") == ("全国劳动模范", 2020)
    assert clean_title("全国五一劳动奖章获得者") == ("全国五一劳动奖章", None)
    assert clean_title("全国劳动模范（2015年）") == ("全国劳动模范", 2015)
    ambiguous = "全国劳动模范或全国先进工作者（来源未逐人区分）"
    assert clean_title(ambiguous) == (ambiguous, None)


def test_a_short_title_is_completed_only_when_one_reading_is_left() -> None:
    document = ("宁夏回族自治区五一劳动奖", "宁夏回族自治区工人先锋号")
    assert expand("劳动奖章", document, "宁夏回族自治区") == "宁夏回族自治区五一劳动奖章"
    assert expand("工人先锋号", document, "宁夏回族自治区") == "宁夏回族自治区工人先锋号"
    assert expand("全国劳动模范", document, "宁夏回族自治区") == "全国劳动模范"
    assert expand("先进个人", (), "") == "先进个人"


@pytest.mark.parametrize(
    ("text", "title", "year", "region", "section"),
    [
        ("一、全国五一劳动奖章（3名）", "全国五一劳动奖章", None, "", True),
        ("全国工人先锋号", "全国工人先锋号", None, "", True),
        ("银川市（12名）", "", None, "银川市", True),
        ("2024年宁夏回族自治区五一劳动奖和工人先锋号名单", "", 2024, "宁夏回族自治区", False),
        ("关于表彰2020年全国劳动模范和先进工作者的决定", "", 2020, "", False),
        ("2023年度银川市劳动模范推荐人选公示名单", "银川市劳动模范", 2023, "银川市", False),
        ("附件：2019年西宁市园区工匠名单", "西宁市园区工匠", 2019, "西宁市", False),
        ("二〇二〇年全国先进工作者名单（按姓氏笔画排序）", "全国先进工作者", 2020, "", False),
        ("首届“塞上工匠”名单", "塞上工匠", None, "宁夏回族自治区", False),
        ("授予以下60名同志自治区五一劳动奖章：", "自治区五一劳动奖章", None, "", False),
    ],
)
def test_lines_above_rows(text: str, title: str, year: int | None, region: str, section: bool) -> None:
    line = read_line(text)
    assert line is not None
    assert (line.title, line.year, line.region, line.section) == (title, year, region, section)


def test_a_decision_names_all_its_awards() -> None:
    line = read_line("关于授予2022年自治区五一劳动奖状、奖章和工人先锋号的决定")
    assert line and line.titles == ("自治区五一劳动奖状", "自治区五一劳动奖章", "自治区工人先锋号")


@pytest.mark.parametrize(
    ("heading", "key"),
    [
        ("姓　名", "name"),
        ("姓 名 *", "name"),
        ("出生年月\n（岁）", "born"),
        ("单位（全称）", "unit"),
        ("工作单位及职务（职称）", "unit_position"),
        ("工作单位\n及 职 务", "unit_position"),
        ("职务（工种）", "position"),
        ("职务 / 职称", "position"),
        ("推荐单位", "recommender"),
        ("授予时间", "year"),
        ("荣誉称号授予时间（年）", "year"),
        ("荣誉称号及授予时间", "title"),
        ("表彰级别", "level"),
        ("享受待遇", "treatment"),
        ("公民身份号码", "identity_number"),
        ("负责人姓名", "other"),
        ("award_title", "title"),
        ("Award Level", "level"),
        ("native_place", "native_place"),
        ("年龄（岁）", "age"),
        ("张三", ""),
        ("宁夏某某公司", ""),
        ("", ""),
    ],
)
def test_headings(heading: str, key: str) -> None:
    assert recognise(heading) == key


def test_small_words() -> None:
    assert (
        ethnicity_of("回") == ethnicity_of("回族") == "回族"
        and ethnicity_of("维") == "维吾尔族"
        and ethnicity_of("人") == ""
    )
    assert [level_word(word) for word in ("国家级", "省（部）级", "自治区级", "地市级", "区县级", "企业")] == [
        "national", "provincial", "provincial", "city", "county", "unit",
    ]  # fmt: skip
    assert treatment_in("享受省部级劳模待遇") == "provincial" and treatment_in("享受公费医疗") == ""
    assert mask("身份证640199196503010011电话13900000000") == "身份证***电话***"

"""Award titles: cleaning, level, kind, region; and what heading lines say (title, year, region) for the rows below."""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from registry.intake.reading.dates import years_in

AMBIGUOUS = re.compile(r"或|未逐人区分|未区分")

_CORE = (
    r"(?:五一)?劳动奖章|(?:五一)?劳动奖状|五一劳动奖|劳动奖|五一奖章|五一奖状|五一巾帼奖[章状]?|五一巾帼标兵岗|五一巾帼标兵|巾帼建功标兵|"
    r"巾帼建功先进集体|巾帼标兵岗|巾帼文明岗|工人先锋号|先锋号|青年文明号|青年岗位能手|"
    r"(?:特等|特级|一等|二等|三等|甲等|乙等)?劳动模范(?:小组|集体|班组)?|(?:特等|一等|二等)?劳模(?:小组)?|(?:特等|一等|二等)?劳动英雄|"
    r"先进工作者|先进生产者|先进集体|模范集体|先进单位|先进个人|先进班组|模范班组|优秀班组|优秀集体|优秀个人|红旗单位|红旗班组|"
    r"红旗集体|红旗车间|三八红旗手(?:标兵)?|三八红旗集体|模范单位|模范职工之家|模范职工小家|优秀工会工作者|优秀工会积极分子|"
    r"工匠年度人物|大工匠|(?<=[\u4e00-\u9fff])工匠|首席技师|最美职工|最美奋斗者|最美劳动者|最美工人|最美工匠|技术能手|岗位能手|"
    r"操作能手|职工创新能手|创新能手|生产能手|行业标兵|岗位标兵|服务标兵|生产标兵|劳动标兵|创新标兵|建功标兵|金星奖章|道德模范|"
    r"时代楷模|改革先锋|优秀共产党员|先进基层党组织|优秀党务工作者|优秀职工|优秀员工|优秀工作者|先进职工|劳动竞赛优胜单位|示范岗|"
    r"突出贡献奖|贡献奖章|荣誉奖章|楷模|能工巧匠|技能大师|五四奖章|金牌工人|金牌职工|金牌班组长|优秀班组长|创新工作室|职工标兵|模范教师|模范工人|"
    r"优秀农民工|先进工人|模范个人|模范工作者|优秀教师|建设功臣|(?<![\u4e00-\u9fff])奖[章状]"
)
_AFTER = (
    r"(?:提名人物|提名人选|提名奖|提名|年度人物|人物|入围奖|标兵|（集体）|（个人）|\(集体\)|\(个人\)|集体奖|个人奖)?"
)
_TITLE = re.compile(rf"(?:{_CORE}){_AFTER}$")
_CORES = re.compile(rf"(?:{_CORE}){_AFTER}")
_COLLECTIVE = re.compile(
    r"奖状|先锋号|先进集体|模范集体|优秀集体|红旗集体|红旗单位|红旗车间|先进单位|模范单位|优胜单位|小组|班组(?!长)|文明号|文明岗|标兵岗|示范岗|"
    r"（集体）|\(集体\)|集体奖|职工之家|职工小家|基层党组织|创新工作室|团队|集体$"
)
_INDIVIDUAL = re.compile(
    r"奖章|劳动模范|劳模|劳动英雄|先进工作者|先进生产者|工匠|先进个人|优秀个人|能手|巾帼标兵|建功标兵|红旗手|楷模|工作者|积极分子|"
    r"共产党员|首席技师|技能大师|班组长|先进工人|优秀职工|优秀员工|（个人）|\(个人\)|农民工|模范教师"
)
_EITHER = re.compile(r"^(?:最美职工|最美奋斗者|三秦楷模|时代楷模|最美劳动者)$")
_NUMBERING = re.compile(
    r"^\s*"
    r"(?:[（(]\s*[一二三四五六七八九十百0-9]{1,4}\s*[)）]|第?[一二三四五六七八九十百]{1,4}\s*[、.．:：]|第[一二三四五六七八九十]+[部批类]分?\s*[:：]?|"
    r"[0-9]{1,4}\s*(?:[、．)）]|\.(?!\d))|[①-⑳㈠-㈩■●◆★▲○◎※·]+|[（(]\s*[a-z]\s*[)）])\s*"
)
_ANNEX = re.compile(
    r"^\s*附\s*[件表]\s*(?:[0-9０-９]{1,2}?(?=(?:19|20)\d\d年|[^\d０-９\s.．])|[0-9０-９一二三四五六七八九十]{0,2}(?:\s*[:：.．、—-]+|\s+))\s*"
)
_COUNT = re.compile(
    r"[（(【\[]\s*(?:共|计|共计|合计)?\s*[0-9一二三四五六七八九十百]+\s*(?:名|个|人|家|位|户|项)?\s*(?:集体|单位|班组)?\s*[)）】\]]|"
    r"[（(](?:排名不分先后|按姓氏笔画(?:为序|排序)?|以姓氏笔[画划]为序|按姓氏笔[画划]排[序列]|按行政区划排[序列]|按推荐顺序排[列序]|不分先后|[^()（）]{0,12}(?:为序|排序|先后))[)）]|"
    r"[，,、\s]*(?:共|计|共计)\s*[0-9一二三四五六七八九十百]+\s*(?:名|个|人|家|位)$|\s+[0-9]+\s*(?:名|个|人|家|位)$|(?<=[\u4e00-\u9fff])[0-9]{1,3}(?:名|人|个)$"
)
_TAIL = re.compile(
    r"(?:称号)?(?:(?:获得者|获得集体|获奖者|获奖人员|获奖集体|获奖单位|获奖个人|拟表彰对象|拟推荐对象|推荐对象|推荐人选|建议人选|候选人|候选集体|候选对象|拟推荐人选|"
    r"拟表彰人选|拟表彰集体|拟命名对象|集体|人选|人员|个人|对象)?(?:的)?(?:公示|推荐|建议|汇总|花名|获奖|表彰|统计|登记|基本情况|基本信息|信息|情况)*(?:名单|名录|名册|一览表?|汇总表|统计表|信息表|情况表|登记表|册|表)|"
    r"获得者|获奖者|拟表彰对象|推荐对象|推荐人选|建议人选|候选人|候选集体|候选对象|获奖集体|获奖单位|获奖个人|获奖人员)"
    r"(?:（[^（）]*）|\([^()]*\))?$"
)
_LEAD = re.compile(
    r"^.*?(?:关于|决定|现将|兹)?(?:拟)?(?:授予(?:以下|下列)?(?:[^，。]{0,12}?(?:同志|个人|单位|集体|等)+)?|评选表彰|推荐表彰|命名表彰|通报表扬|通报表彰|表彰奖励|表彰|表扬|命名|公布|推荐评选|推荐|公示|评选|荣获|获得|申报)"
)
_OFFICIAL = re.compile(r"(?:的)?(?:决定|通报|通知|公示|公告|通告|意见|请示|函|批复)$")
_LIST_WORDS = re.compile(r"名单|名册|名录|一览|汇总|统计表|花名册|情况表|登记表|信息表|决定|通报|公示|公告")
_NICKNAMES = {
    "塞上工匠": "provincial", "凤城工匠": "city", "大国工匠": "national", "最美奋斗者": "national", "三秦楷模": "provincial",
    "三秦工匠": "provincial", "陇原工匠": "provincial", "齐鲁工匠": "provincial", "八桂工匠": "provincial", "燕赵工匠": "provincial",
    "中原大工匠": "provincial", "浙江工匠": "provincial", "江苏工匠": "provincial", "荆楚工匠": "provincial", "龙江工匠": "provincial",
    "吉林工匠": "provincial", "辽宁工匠": "provincial", "三晋工匠": "provincial", "天府工匠": "provincial", "云岭工匠": "provincial",
    "南粤工匠": "provincial", "八闽工匠": "provincial", "赣鄱工匠": "provincial", "江淮工匠": "provincial", "北疆工匠": "provincial",
    "天山工匠": "provincial", "昆仑工匠": "provincial", "雪域工匠": "provincial", "海河工匠": "provincial", "上海工匠": "provincial",
    "巴渝工匠": "provincial", "黔中工匠": "provincial", "芙蓉工匠": "provincial", "首都劳动奖": "provincial", "爱国丰产金星奖章": "provincial",
    "时代楷模": "national", "改革先锋": "national", "全国绿化": "provincial", "先进工人的典范": "",
}  # fmt: skip
LOCAL_NAMES = {"塞上工匠": "宁夏回族自治区", "凤城工匠": "银川市", "首都劳动奖": "北京市"}


@lru_cache(maxsize=1)
def regions() -> dict[str, str]:
    """Return full region name → province, city or county (GB/T 2260); the higher one of two of one name."""
    with (files("registry.organisations") / "data" / "regions.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {row["name"]: row["level"] for row in reversed(rows)}


@lru_cache(maxsize=1)
def _short_regions() -> dict[str, str]:
    """Return short name → full name for provinces and prefectures: 宁夏, 银川, 石嘴山."""
    with (files("registry.organisations") / "data" / "regions.csv").open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["level"] in ("province", "city")]
    return {row["short_name"]: row["name"] for row in reversed(rows) if len(row["short_name"]) > 1}


@lru_cache(maxsize=8_192)
def region_at_start(text: str) -> str:
    """Return the full or short region name that a text begins with, the longest; several levels in a row stay together."""
    found = ""
    rest = text
    while rest:
        step = next((rest[:length] for length in range(min(len(rest), 15), 1, -1) if rest[:length] in regions()), "")
        if not step and not found:
            step = next(
                (rest[:length] for length in range(min(len(rest), 8), 1, -1) if rest[:length] in _short_regions()), ""
            )
            return step  # noqa: RET504
        if not step:
            break
        found += step
        rest = rest[len(step) :]
    return found


def full_region(name: str) -> str:
    """Return the full name of a region written short (宁夏 → 宁夏回族自治区), else the text itself."""
    return _short_regions().get(name, name)


def is_region(text: str) -> bool:
    """Say whether the whole text names regions: 银川市, 陕西省渭南市, 宁夏."""
    text = re.sub(r"\s+", "", text)
    return 1 < len(text) <= 30 and region_at_start(text) == text


_GROUP = re.compile(
    r"(?:自治区|省|市|区|县|中央|国家)?(?:直属|直)?(?:机关|产业|系统|企业|单位)?(?:直属)?[\u4e00-\u9fff、（）()]{0,14}"
    r"(?:产业|系统|战线|行业|机关工委|产业工会|总工会|直属机关|直属企业|直属单位|产业（系统）|区直|市直|省直|区属企业|中央驻[\u4e00-\u9fff]{1,2}单位|"
    r"工会联合会|直属基层工会|集团工会|单列|其他单位|其它|其他)"
)


_CLASSES = re.compile(
    r"(?:企业职工|农民工?|机关|事业单位|企业负责人|一线职工|产业工人|其他劳动者|专业技术人员|科教人员|农村劳动者|企业|机关事业单位|其他一线职工|"
    r"社会各界|新就业形态劳动者|个体劳动者|私营企业主|教科文卫|人员|和|及|、|与)+"
)


_PLACE_YEAR = re.compile(
    r"(?P<place>[\u4e00-\u9fff]{1,14}?)(?:(?P<year>(?:19|20)\d\d)年度?|(?=全国))(?P<rest>[\u4e00-\u9fff“].*)"
)


def year_first(text: str) -> str:
    """Write the year before the place: `银川市2022年劳动模范` → 2022年银川市劳动模范, `银川市2022年全国五一劳动奖章` → 2022年全国五一劳动奖章."""
    match = _PLACE_YEAR.match(text)
    if match is None or not (is_region(match["place"]) or re.fullmatch(r"自治区|[全本]?[省市县区]", match["place"])):
        return text
    year = f"{match['year']}年" if match["year"] else ""
    own = re.match(r"“?(?:全国|自治区|国家|省)", match["rest"]) or region_at_start(match["rest"])
    return year + ("" if own else match["place"]) + match["rest"]


@lru_cache(maxsize=8_192)
def is_title(text: str) -> bool:
    """Say whether a text ends like an award title and is short enough for one."""
    text = clean_title(text)[0]
    return len(text) <= 40 and bool(_TITLE.search(text)) and not re.search(r"[，。；：]", text)


@lru_cache(maxsize=8_192)
def clean_title(text: str) -> tuple[str, int | None]:
    """Return a title as it is stored, and the year that stood in front: `2020年“全国劳动模范”称号` → 全国劳动模范, 2020."""
    text = re.sub(r"(?<=[^\x00-\xff])\s+(?=[^\x00-\xff])", "", re.sub(r"\s+", " ", text)).strip(" ,，、;；:：。")
    text, year = year_first(text), None
    match = re.match(
        r"^[（(]?\s*((?:19|20)\d\d|[０-９]{4}|[二一][〇○零九][〇○零一二三四五六七八九]{2})\s*(?:年度|年|-|—|\s)?\s*[)）]?\s*(?:度)?(?=[^\d年月.\-/])",
        text,
    )
    if match:
        year = (years_in(match[1]) or (None,))[0]
        text = text[match.end() :] if year else text
    tail = re.search(r"[（(]\s*((?:19|20)\d\d)\s*(?:年度?)?\s*[)）]$", text)
    if tail and year is None:
        year, text = int(tail[1]), text[: tail.start()]
    text = re.sub(r"(?<=.{3})(?:获得者|获奖者|获得集体|获奖集体)$", "", text.strip())
    text = re.sub(r"(?<=.{3})(?:光?荣?荣誉)?称号$", "", text)
    text = re.sub(r"^[“\"『「《]([^“”\"『』「」《》]+)[”\"』」》]$", r"\1", text)
    return text.strip(), year


def split_titles(text: str) -> list[str]:
    """Return the titles that one cell names: `全国劳动模范、全国五一劳动奖章` → two. A title told apart by nobody stays one."""
    if AMBIGUOUS.search(text):
        return [text]
    parts = [part for part in re.split(r"[；;\n]+|[、，,](?![^（(]*[)）])", text) if part.strip()]
    if len(parts) < 2 or not all(_TITLE.search(clean_title(part)[0]) for part in parts):
        return [text]
    return parts


_PREFIX_LEVEL: tuple[tuple[str, str], ...] = (
    (r"(?:特邀)?(?:全国|中国|中华|国家|中共中央|国务院)", "national"),
    (r"(?:首都|兵团|新疆生产建设兵团|全省|全自治区|自治区|省|部级|省部级)", "provincial"),
    (r"(?:全市|全州|全盟|市|地级|市级)", "city"),
    (r"(?:全县|全旗|县|县级|区级|区县级)", "county"),
    (r"(?:集团|公司|企业|厂|局|全局|全厂|院|校|矿)", "unit"),
)
_MINISTRY = re.compile(
    r"^全国(?!五一|工人|劳动模范|先进工作者|先进生产者|劳模|模范集体|先进集体|三八|巾帼|道德|青年|技术能手|优秀|劳动英雄|最美|总工会).*(?:劳动模范|先进工作者|先进集体|劳模|先进个人)$"
)


@lru_cache(maxsize=8_192)
def level_of(title: str) -> str:
    """Return the conferring level that a title tells by its own words, else empty (最美职工 tells none)."""
    title = clean_title(title)[0]
    for nickname, level in _NICKNAMES.items():
        if title.startswith(nickname):
            return level
    region = region_at_start(title)
    if region:
        last = max((full for full in regions() if region.endswith(full)), key=len, default=full_region(region))
        kind = regions().get(last, "")
        rest = title[len(region) :]
        if re.match(r"[^劳先五工模]{0,20}(?:公司|集团|厂|学校|医院|大学)", rest):
            return "unit"
        return {"province": "provincial", "city": "city", "county": "county"}.get(kind, "")
    for pattern, level in _PREFIX_LEVEL:
        if re.match(pattern, title):
            return level
    match = re.match(r"([\u4e00-\u9fff]{2,10}?)(市|自治州|州|盟|地区|自治县|县|旗|区|公司|集团|厂)(?=.)", title)
    if match and _CORES.search(title, match.end()):
        ends = {"市": "city", "自治州": "city", "州": "city", "盟": "city", "地区": "city"}
        return ends.get(match[2], "unit" if match[2] in ("公司", "集团", "厂") else "county")
    return ""


@lru_cache(maxsize=8_192)
def by_a_ministry(title: str) -> bool:
    """Say whether a national-sounding title is of one trade; those are mostly conferred by a ministry."""
    return bool(_MINISTRY.match(title))


@lru_cache(maxsize=8_192)
def kind_of(title: str) -> str:
    """Return whom a title is for: individual, collective, or empty when it may be both or tells nothing."""
    title = clean_title(title)[0]
    if _EITHER.match(title):
        return ""
    if _COLLECTIVE.search(title):
        return "collective"
    return "individual" if _INDIVIDUAL.search(title) else ""


@lru_cache(maxsize=8_192)
def region_of(title: str) -> str:
    """Return the region that a title begins with in full, or the one a local name belongs to."""
    title = clean_title(title)[0]
    region = region_at_start(title)
    return (
        full_region(region)
        if region
        else next((name for start, name in LOCAL_NAMES.items() if title.startswith(start)), "")
    )


@dataclass(frozen=True)
class Line:
    """What a line above a list says. `section` is true for a bare heading (title, region or group) of the rows below.

    `titles` are whole titles; `title` is set when there is exactly one. `base` is what stands before the awards
    (宁夏回族自治区), to complete short ones below.
    """

    title: str = ""
    titles: tuple[str, ...] = ()
    base: str = ""
    year: int | None = None
    region: str = ""
    group: str = ""
    section: bool = False
    kind: str = ""


def strip_line(text: str) -> str:
    """Return a line without numbering, counts and marks."""
    text = _ANNEX.sub("", text, count=1)
    text = re.sub(r"\s+", "", text.translate({0xFF10 + digit: str(digit) for digit in range(10)}))
    text = _NUMBERING.sub("", text, count=1)
    previous = ""
    while text != previous:
        previous = text
        text = _COUNT.sub("", text).strip("：:，,。；;、—-·.*★　 【】[]<>〈〉")
    return text


def read_line(text: str) -> Line | None:
    """Read a line that stands alone above rows; `None` when it says nothing about them."""
    if len(text) > 400:
        return None
    bare = strip_line(text)
    if not bare or bare.startswith("各"):
        return None
    years = years_in(bare)
    year = years[0] if len(years) == 1 else None
    if is_region(bare):
        return Line(region=full_region(bare), section=True)
    if bare in ("个人", "先进个人名单", "个人名单", "获奖个人", "集体", "集体名单", "获奖集体", "获奖单位"):
        return Line(section=True, kind="individual" if "个人" in bare else "collective")
    titles, base, rest_clean = _titles_in(bare)
    bracket = re.search(r"[（(]([^（）()]{2,14})[)）]$", bare)
    place = full_region(bracket[1]) if bracket and is_region(bracket[1]) else ""
    if not place and not year_first(bare).startswith(bare[:2]):
        place = full_region(region_at_start(bare))
    listing = bool(_LIST_WORDS.search(bare))
    if titles and rest_clean and len(bare) <= 40:
        title = titles[0] if len(titles) == 1 else ""
        kind = kind_of(title) if title else ""
        return Line(
            title, titles, base, year, place or region_of(titles[0]), section=not listing and not year, kind=kind
        )
    if titles and (listing or year or re.search(r"授予|表彰|命名|推荐|评选", bare)):
        title = titles[0] if len(titles) == 1 else ""
        return Line(
            title,
            titles,
            base,
            year,
            place or region_of(titles[0]) or _region_in(bare),
            kind=kind_of(title) if title else "",
        )
    if (_GROUP.fullmatch(bare) or _CLASSES.fullmatch(bare)) and len(bare) <= 20:
        return Line(group=bare, section=True)
    if listing or (year and len(bare) <= 30):
        region = _region_in(bare)
        if listing and region and re.sub(r"(?:获奖|推荐|表彰|公示)*(?:名单|名册|名录)$", "", bare) == region:
            return Line(region=full_region(region), section=True)
        return Line(year=year, region=full_region(region))
    return None


def _region_in(text: str) -> str:
    text = re.sub(
        r"^.*?(?:关于(?:表彰|授予|公布|命名)?)", "", re.sub(r"^[^\u4e00-\u9fff]*(?:19|20)\d\d年?度?", "", text)
    )
    return full_region(region_at_start(text)) if region_at_start(text) else ""


def _titles_in(bare: str) -> tuple[tuple[str, ...], str, bool]:
    """Return the titles named in a line, their common prefix, and whether nothing else stands there."""
    text, quoted = bare, re.findall(r"[“\"『「]([^“”\"『』「」]{2,30})[”\"』」]", bare)
    clean = True
    text = _OFFICIAL.sub("", text)
    clean = clean and text == bare
    stripped = _TAIL.sub("", re.sub(r"的(?:先进)?(?:集体|个人|同志|单位|人员)$", "", text))
    text = re.sub(r"(?:荣誉)?称号(?:的)?$", "", stripped)
    lead = _LEAD.match(text)
    if lead and _CORES.search(text, lead.end()):
        clean = clean and lead.end() <= 2
        text = text[lead.end() :]
    text = year_first(text)
    text = re.sub(r"^[^\u4e00-\u9fff“]*(?:19|20)\d\d\s*(?:年度|年|届)?(?:度)?", "", text)
    text = re.sub(r"^[二一][〇○零九][〇○零一二三四五六七八九]{2}年度?", "", text)
    text = re.sub(r"^(?:首届|第[一二三四五六七八九十0-9]+届)", "", re.sub(r"[“”\"『』「」]", "", text))
    if AMBIGUOUS.search(text) and _CORES.search(text):
        return (text,), region_at_start(text), clean
    if not _CORES.search(text):
        return (tuple(quoted) if len(quoted) == 1 and "授予" in bare else ()), "", False
    titles: list[str] = []
    prefix = ""
    for part in re.split(r"(?<!劳动)(?:和|及|暨|与|以及|、|，|,|；|\+)", text):
        core = list(_CORES.finditer(part))
        if not core:
            clean = False
            continue
        clean = clean and core[-1].end() == len(part)
        own = part[: core[-1].start()]
        if own and not _CORES.search(own) and len(own) <= 24:
            prefix = (
                own if not prefix or region_at_start(own) or re.match(r"全国|自治区|全省|全市|省|市", own) else prefix
            )
            titles.append(own + core[-1][0])
        else:
            titles.append((prefix if len(core) == 1 else "") + part[: core[-1].end()])
    if any("五一劳动奖" in title for title in titles):
        titles = [re.sub(r"(?<!劳动)(?=奖[章状]$)", "五一劳动", title) for title in titles]
    titles = [title for title in dict.fromkeys(titles) if len(title) <= 40]
    return tuple(titles), prefix, clean and bool(titles)


@lru_cache(maxsize=8_192)
def expand(short: str, document: tuple[str, ...], base: str) -> str:
    """Complete a title of a section (劳动奖章) by the title above all (…五一劳动奖…), when only one reading is possible."""
    if level_of(short) or short in document:
        return short
    ends = [title for title in document if title.endswith(short) and title != short]
    if len(ends) == 1:
        return ends[0]
    word = short
    if word in ("劳动奖章", "劳动奖状", "奖章", "奖状") and any("五一" in title for title in document):
        word = "五一劳动" + word.replace("劳动", "")
    elif word == "先锋号":
        word = "工人先锋号"
    elif word == "劳模":
        word = "劳动模范"
    if base and not word.startswith(base):
        return base + word
    return word


def is_partial(title: str) -> bool:
    """Say whether a title names a family of awards, not one: 五一劳动奖 is 奖状 or 奖章."""
    return title == "劳模" or bool(re.search(r"劳动奖$|五一巾帼奖$", title))

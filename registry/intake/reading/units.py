"""`单位及职务` in one cell, taken apart: the longest plausible organisation in front, a position behind it."""

import re

from registry.intake.reading.names import is_organisation

_END = (
    r"有限责任公司|股份有限公司|有限公司|分公司|子公司|总公司|公司|集团|工厂|分厂|总厂|厂|总局|分局|局|"
    r"医院|卫生院|学院|法院|检察院|研究院|设计院|科学院|养老院|福利院|剧院|晋剧院|[一二三四五六七八九十]院|总医院|院|研究所|事务所|派出所|管理所|所|"
    r"学校|中学|小学|党校|技校|职校|分校|大学|[一二三四五六七八九十0-9]中|[一二三四五六七八九十0-9]小|幼儿园|产业园|工业园|公园|园|"
    r"中心|加油站|收费站|变电站|服务站|工作站|站|总队|支队|大队|中队|车队|消防队|队|行政村|村|社区|街道|街道办事处|办事处|乡|镇|"
    r"委员会|村委会|居委会|管委会|协会|学会|商会|联合会|总工会|研究会|理事会|常委会|办公室|总行|分行|支行|银行|信用社|"
    r"车间|班组|小组|合作社|报社|出版社|旅行社|供销社|农场|林场|牧场|机场|渔场|市场|商场|养殖场|煤矿|铁矿|金矿|铜矿|矿|"
    r"管理处|处|科|事业部|项目部|作业部|指挥部|门市部|部|实验室|工作室|教研室|卫生室|诊室|室|厅|机务段|车辆段|工务段|供电段|车务段|客运段|电务段|工段|段|"
    r"图书馆|博物馆|宾馆|文化馆|馆|商店|分店|门店|酒店|饭店|药店|书店|店|歌舞团|剧团|文工团|代表团|乐团|作业区|园区|景区|开发区|示范区|保护区|小区|"
    r"基地|政府|联社|总社|电视台|电台|气象台|水文站|港口|码头|电厂|部队|中队|支部|乌兰牧骑|分局|大厦|大楼|百货|煤场|料场|大区|公路港|[轮号组班船车]”|岗位|工会"
)
_ENDS = re.compile(rf"(?=((?:{_END})(?:[（(][^（）()]{{1,30}}[)）])?))")
_JOB = re.compile(
    r"(?:工人|职工|员工|工程师|技师|教师|医师|医生|护士|护师|律师|司机|主任|书记|董事|经理|总监|总裁|总管|院士|教授|助理|秘书|代表|主管|负责人|带头人|"
    r"传承人|创始人|领头人|农民|村民|社员|牧民|渔民|居民|编辑|记者|主播|主持人|骑手|学者|专家|顾问|领班|警长|民警|交警|辅警|法官|政委|厨师|裁判|个体户|店主|会计|出纳|"
    r"法人|法定代表人|调度|级|待遇|工长|博导|博士|能手|状元|大工匠|工匠|首席|委员|常委|主席|干部|骨干|科员|办事员|师傅|学生|家庭农场主|业主|农场主|户主|"
    r"合伙人|合伙人律师|负责|退休|主办|主持|翻译|导演|导师|班主任|厨师长|大师|学徒|(?<!五)一线|操作|巡检|司炉|钳工|(?:[\u4e00-\u9fff])(?:长|员|师|手|工|匠|警|医|兵|官)|支书|劳务工|能人|大户|村官|学生|老师)$"
)
# Words that must not be cut in their middle though they begin with what ends an organisation.
_WORDS = re.compile(
    r"乡村(?:医生|教师|振兴)|村医|乡医|校医|厂医|队医|[院所局站队科处部厅区段厂矿社行组班室乡镇村校园馆店团场台库港连]长(?!公司|沙|春|江|城|安|治|庆|青)|"
    r"科(?:员|研|技|普|学|级|目)|处(?:员|理|级)|局(?:员|级|域)|部(?:员|门|件|署|级|长)|厅级|县级|村级|镇级|乡级|队(?:员|伍|列)|站(?:员|务|台|点)|社(?:员|会|长|工|区)|所(?:员|有|在|属|级)|"
    r"院(?:士|系|感|级)|厂(?:级|区|房|务)|矿(?:工|级|山|井|区|务|业)|校(?:对|级|工|园|车|企)|园(?:艺|林|区|丁)|馆(?:员|藏)|店员|村民|村官|"
    r"(?<=公司)车间(?:副?主任|书记|班长)|(?<=[集分]团)车间(?:副?主任|书记|班长)|(?<=厂)车间(?:副?主任|书记|班长)|"
    r"室(?:内|外)|段(?:长|级)|部队|工段|站区|厂部|队部|中(?:学|小学|医|药|心|级|班|队|控|层|试|铁|建|国|石|交|车|核|粮|储|煤|航|电|冶)|小(?:学|组|区|企业|队|班|微|吃|麦)|公园|(?<!总)工会(?:主席|副主席|委员|干事|干部|小组长|联络员|工作者|负责人|主任)|"
    r"(?<!总)工会(?:经审|女工)|(?:党|团)?总?支部?(?:书记|委员|副书记)|矿长|店长|处女|院长助理|科室|处室|部室|站所|院校|园长|场长|厅长|部件|村镇|乡镇|局里|加工中心(?:操作|主管|技师|编程|数控|铣|工)"
)
_SEPARATOR = r"\s,，、:：;；/／—\-–|"
_SPLIT = re.compile(r"[、，,;；/／\s兼暨]+")


def is_position(text: str) -> bool:
    """Say whether a text reads like a post, trade or professional title: 数控车工、高级技师."""
    bare = re.sub(r"[（(][^（）()]*[)）]", "", text).strip(" ,，、;；:：—-")
    parts = [part for part in _SPLIT.split(bare) if part]
    if not parts or len(bare) > 60 or len(parts[0]) < 2:
        return False
    return (
        all(len(part) <= 24 for part in parts)
        and bool(_JOB.search(parts[0]))
        and (len(parts) == 1 or any(_JOB.search(part) for part in parts[1:]))
    )


def is_bare_unit(text: str) -> bool:
    """Say whether a text is the name of an organisation and nothing else: no person before it, no post behind it."""
    return is_organisation(text) and not re.search(r"\s|[，,；;：:|]", text) and not split_unit_position(text)[1]


def _candidates(text: str) -> list[int]:
    """Return the ends of organisation-like prefixes, longest first."""
    guarded = {place for match in _WORDS.finditer(text) for place in range(match.start() + 1, match.end())}
    depth, closed = 0, set[int]()
    for place, character in enumerate(text):
        depth += (character in "（(") - (character in "）)")
        if depth > 0:
            closed.add(place + 1)
    ends = {match.end(1) for match in _ENDS.finditer(text)}
    return sorted(
        (end for end in ends if end not in guarded and end not in closed and 3 <= end < len(text)), reverse=True
    )


def split_unit_position(text: str) -> tuple[str, str, bool]:
    """Return unit, position, and whether that is sure; in doubt all is the unit and the position is empty.

    `宁夏共享集团股份有限公司数控车工、高级技师` → 宁夏共享集团股份有限公司, 数控车工、高级技师.
    """
    text = re.sub(r"[ \t\r\n\u3000]+", " ", text).strip(" ,，、;；:：。")
    if not text:
        return "", "", True
    text = re.sub(r"^(?:现任|时任|现系|现为|系)(?=.{4})", "", text)
    if len(text) > 300:
        return text, "", False
    if is_organisation(text) and not _JOB.search(re.sub(r"[（(][^（）()]*[)）]$", "", text)):
        return text, "", True
    explicit = _by_separator(text)
    if explicit:
        return *explicit, True
    solid = re.sub(r"(?<=[^\x00-\xff]) (?=[^\x00-\xff])", "", text)
    for end in _candidates(solid):
        unit, rest = solid[:end], solid[end:].strip(" ,，、:：;；/—-·")
        if is_position(rest) and not _holds_a_post(unit):
            return *_said_twice(unit, rest), True
    if len(solid) <= 6 and is_position(solid):
        return "", solid, True
    post = _POST.search(solid)
    if post and is_position(solid[post.start() :]) and not re.search(r"[、，,;；]", solid[: post.start()]):
        return solid[: post.start()], solid[post.start() :], False
    return text, "", False


_POST = re.compile(
    r"(?<=.{3})(?:原)?(?:党组书记|党工委书记|党委书记|党委副书记|党总支书记|党支部书记|董事长|董事|执行董事|总经理|副总经理|常务副总|工会主席|总工程师|副总工程师|"
    r"总裁|副总裁|理事长|首席技师|高级技师|高级工程师|负责人|创始人|法定代表人)"
)


def _said_twice(unit: str, rest: str) -> tuple[str, str]:
    """Give the second of two like words to the position: 某局钻井队钻井队队长 → 某局钻井队, 钻井队队长."""
    for size in range(min(len(unit) // 2, 12), 1, -1):
        if unit[-size:] == unit[-2 * size : -size]:
            return unit[:-size], unit[-size:] + rest
    return unit, rest


def _holds_a_post(unit: str) -> bool:
    """Say whether a prefix already holds a post before a comma: 某公司董事长、某协会."""
    parts = [part for part in re.split(r"[、，,;；]", unit) if part]
    return "兼" in unit or (
        len(parts) > 1 and any(_JOB.search(part) or not is_organisation(part) for part in parts[:-1])
    )


def _by_separator(text: str) -> tuple[str, str] | None:
    """Split at a blank, comma or slash with an organisation before and a position behind it."""
    for match in re.finditer(rf"[{_SEPARATOR}]+", text):
        unit, rest = text[: match.start()], text[match.end() :]
        if text[: match.start()].count("（") != text[: match.start()].count("）"):
            continue
        if not is_position(rest) or (match[0].strip() in (";", "；") and _candidates(rest)):
            continue
        if is_organisation(unit) and not is_position(unit):
            return re.sub(r"(?<=[^\x00-\xff]) (?=[^\x00-\xff])", "", unit), re.sub(
                r"\s+", "、", rest.strip(" ,，、;；")
            )
    return None

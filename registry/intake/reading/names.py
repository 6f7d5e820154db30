"""Names with what lists write around them: `马秀兰（女，回族）`, `1.张　三*`, `王强（追授）`, `李明（曾用名李小明）`."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from registry.intake.reading.cells import education_of, ethnicity_of, sex_of, squeeze, status_of
from registry.text.normalise import DOTS, HAN_CLASS, clean_name
from registry.text.pinyin import COMPOUND_SURNAMES, SURNAMES

_MORE = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和"
    "穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇"
    "邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙池乔阴胥能苍双闻莘党翟谭"
    "贡劳逄姬申扶堵冉宰郦雍却璩桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须"
    "丰巢关蒯相查后荆红游竺权逯盖益桓公肖付代覃闫冼海岳佟仝苟铁哈妥买剡保虎者摆拜撒锁喇丑叱沐操农粟木扎格才仁拉阿尼玛努古热"
)
FAMILY = frozenset(_MORE) | frozenset(SURNAMES)
_DOT = "·"
_DOTTED = re.compile(rf"(?<=[{HAN_CLASS}])\s*[{DOTS}.。˙ㆍ-]\s*(?=[{HAN_CLASS}])")
_MARKS = " \t\r\n*＊★☆▲△●○◆◇■□※√✓#＃、，,.。:：;；_—-|"
_LEADING = re.compile(
    r"^\s*(?:[（(]\s*(?:[0-9０-９]{1,4}|[一二三四五六七八九十]{1,3})\s*[)）]\s*|[0-9０-９]{1,5}\s*[.．、)）]\s*(?![0-9])|[①-⑳]\s*|[0-9０-９]{1,4}\s+(?=\D)|[一二三四五六七八九十]{1,3}[、.．]\s*)"
)
_ORGANISATION_END = re.compile(
    r"(?:公司|集团|工厂|分厂|厂|局|学院|医院|法院|检察院|研究院|设计院|研究所|事务所|派出所|学校|中学|小学|大学|幼儿园|中心|车站|工作站|变电站|站|"
    r"支队|大队|中队|总队|队|村|社区|街道|街道办|委员会|办公室|支行|银行|分行|车间|班组|小组|机组|车组|班|组|工会|合作社|煤矿|矿|处|科|部|室|工段|机务段|段|厅|所|院|"
    r"团队|集体|政府|实验室|项目部|党支部|俱乐部|剧团|舞团|乐团|乌兰牧骑|基地|店|馆|园区|景区|园|场|联社|电厂|水厂|线路|路|线|号|岗|工作室|作业区|窗口|服务台|收费站|协会|学会|联合会|商会|委|社|港|镇|乡|县|市|台|中心校|专班)$"
)
_PERSON_SURE_NOT = re.compile(
    r"公司|集团|有限|中心|学校|小学|中学|大学|学院|医院|车间|银行|班组|委员会|工会|大队|支队|派出所|街道|办公室|法院|政府|合作社|研究|工程|技师|主任|书记|经理|工人|职工|"
    r"先锋号|奖章|奖状|劳模|模范|同志|名单|合计|盖章|签字|日期|单位|姓名|[市省县]总工会|全国|自治区"
)

# Trades and posts that begin with what may be a surname: 车工, 农民, 司机, 安全员.
_TRADE = re.compile(
    r"(?:车|钳|焊|电|铣|刨|磨|木|瓦|漆|管|水|矿|农|职|员|锻|铸|泥|油|普|力|长|短|临|徒)工|农民|村民|牧民|居民|司机|教师|医生|护士|技师|律师|厨师|讲师|教授|民警|交警|"
    r"会计|师傅|主任|书记|经理|乐手|水手|舵手|骑手|歌手|[厂校院所局站队班组科处部店矿段园馆社镇乡村区县市]长|[\u4e00-\u9fff]{2}(?:工|员)|工程师|[\u4e00-\u9fff]{3}[工员]"
)


@dataclass
class Named:
    """A name and the facts written round it. `note` is what was in brackets and is no known fact."""

    name: str = ""
    sex: str = ""
    ethnicity: str = ""
    political_status: str = ""
    education: str = ""
    former_names: list[str] = field(default_factory=list)
    known_as: list[str] = field(default_factory=list)
    note: list[str] = field(default_factory=list)
    dead: bool = False


@lru_cache(maxsize=8_192)
def is_organisation(text: str) -> bool:
    """Say whether a text reads like the name of an organisation or of a part of one."""
    text = re.sub(r"[（(][^（）()]*[)）]\s*$", "", squeeze(text))
    return len(text) >= 3 and (bool(_ORGANISATION_END.search(text)) or "公司" in text) and not _short_person(text)


def _short_person(text: str) -> bool:
    return (
        len(text) <= 3
        and text[:1] in FAMILY
        and not re.search(
            r"公司$|集团$|.厂$|.局$|[学医法]院$|[中小大]学$|小组$|班组$|车间$|工会$|^.{2}(?:站|所|队|店|矿|厅)$", text
        )
    )


@lru_cache(maxsize=8_192)
def is_person(text: str, *, strict: bool = True) -> bool:
    """Say whether a text is a person's name; `strict` wants a known surname, a dot, or two to four characters."""
    text = clean_name(_DOTTED.sub(_DOT, text))
    if not text or _PERSON_SURE_NOT.search(text):
        return False
    han = text.replace(_DOT, "").replace("々", "")
    if not han or not all(re.fullmatch(f"[{HAN_CLASS}\ue000-\uf8ff]", character) for character in han):
        return bool(re.fullmatch(r"[A-Z][A-Za-z'’.-]*(?: [A-Z][A-Za-z'’.-]*){1,4}", text))
    if strict and _TRADE.fullmatch(text):
        return False
    if _DOT in text:
        return 3 <= len(text) <= 24 and not text.startswith(_DOT)
    if len(text) in (2, 3) or (len(text) == 4 and text[:2] in COMPOUND_SURNAMES):
        return text[0] in FAMILY or text[:2] in COMPOUND_SURNAMES or not strict
    if len(text) == 4:
        return not is_organisation(text) and (
            not strict or (text[0] in FAMILY and not re.search(r"[工员长师局厂矿站队]$", text))
        )
    return not strict and 5 <= len(text) <= 8 and not is_organisation(text)


def read_name(text: str, *, person: bool | None = None) -> Named:
    """Take a name cell apart. With `person=False` brackets stay part of a collective's name."""
    found = Named()
    raw = _LEADING.sub("", re.sub(r"\s*\n\s*", "\n", text.strip())).strip(_MARKS)
    if person is False:
        found.name = clean_name(re.sub(r"\s+", " ", raw))
        return found
    outside = re.sub(r"[（(〔\[【][^（）()〔〕\[\]【】]*[)）〕\]】]?", " ", raw)
    first, _break, below = outside.partition("\n")
    below = below.strip(_MARKS)
    if below and is_person(first.strip(_MARKS)) and not is_person(below) and len(below) > 2:
        found.note.append(below)
        outside = first
    if person is None and is_organisation(clean_name(outside)) and not is_person(outside):
        found.name = clean_name(re.sub(r"\s+", " ", raw))
        return found
    for inside in re.findall(r"[（(〔\[【]([^（）()〔〕\[\]【】]*)[)）〕\]】]?", raw):
        _read_bracket(inside, found)
    bare = _take_quotes(outside, found)
    found.name = _bare_name(bare, found)
    return found


def _take_quotes(text: str, found: Named) -> str:
    """`“铁人”王进喜` is a name and what he was known as; a name wholly in quotes stays."""
    match = re.search(r"[“\"「『]([^”\"」』]{1,12})[”\"」』]", text)
    rest = (text[: match.start()] + " " + text[match.end() :]).strip() if match else ""
    if match and is_person(rest, strict=False):
        found.known_as.append(match[1].strip())
        return rest
    return text


def _bare_name(text: str, found: Named) -> str:
    """Return the name without facts that stand behind it: `张三 女 回族`, `李四同志`, `王五 已故`."""
    words = [word for word in re.split(r"[\s,，、;；]+", text.strip(_MARKS)) if word]
    kept: list[str] = []
    for index, word in enumerate(words):
        if index and len("".join(kept)) >= 2 and _take_fact(word, found):
            continue
        kept.append(word)
    name = clean_name(_DOTTED.sub(_DOT, " ".join(kept)).strip(_MARKS))
    if re.fullmatch(f"[{HAN_CLASS}]{{2,4}}(?:同志|先生|女士)", name):
        if name.endswith("女士"):
            found.sex = found.sex or "female"
        name = name[:-2]
    if re.fullmatch(f"[{HAN_CLASS}]{{2,4}}[0-9]{{1,2}}|[0-9]{{1,3}}[{HAN_CLASS}]{{2,4}}", name):
        name = re.sub(r"[0-9]", "", name)
    return name


def _read_bracket(inside: str, found: Named) -> None:
    whole = inside.strip()
    if not whole or _take_fact(whole, found):
        return
    for part in re.split(r"[，,、;；/\s．.·]+|(?<=[男女])(?=.{1,5}族)", whole):
        part = part.strip()
        if part and not _take_fact(part, found):
            found.note.append(part)


_FORMER = re.compile(r"(?:曾用名|原名|原姓名|又名|现名|本名|曾名)[:：为是\s]*(.+)")
_KNOWN = re.compile(r"(?:别名|人称|绰号|外号|昵称|笔名|艺名|化名|别称|号)[:：为是\s]*[“\"「]?([^”\"」]+)[”\"」]?")


def _take_fact(word: str, found: Named) -> bool:
    """Put one fact where it belongs; false when it is none that is known."""
    plain = squeeze(word)
    former, known = _FORMER.fullmatch(plain), _KNOWN.fullmatch(plain)
    if sex_of(plain):
        found.sex = found.sex or sex_of(plain)
    elif ethnicity_of(plain):
        found.ethnicity = found.ethnicity or ethnicity_of(plain)
    elif status_of(plain):
        found.political_status = found.political_status or status_of(plain)
    elif len(plain) > 1 and education_of(plain):
        found.education = found.education or education_of(plain)
    elif former:
        found.former_names += [clean_name(part) for part in re.split(r"[、,，/]", former[1]) if part]
    elif known:
        found.known_as.append(clean_name(known[1]))
    elif re.fullmatch(r"已故|已去世|已逝|去世|已病故|病故|逝世|已逝世|殁|故", plain):
        found.dead = True
        found.note.append(plain)
    elif re.fullmatch(r"[“\"「].{1,12}[”\"」]", plain):
        found.known_as.append(clean_name(plain[1:-1]))
    else:
        return False
    return True


_SEPARATORS = re.compile(r"[、，,;；/|\t\n\u3000]+|\s{2,}")


def split_names(text: str) -> list[str]:
    """Return the names in a text that holds nothing but people's names, else an empty list.

    `张三　李四　王五（女）　马　六` → four: single characters that stand next to each other are one name.
    """
    text = _LEADING.sub("", text.strip())
    if len(text) > 2_000:
        return []
    brackets: list[str] = []

    def hide(match: re.Match[str]) -> str:
        brackets.append(match[0])
        return f"\x00{len(brackets) - 1}\x00"

    hidden = re.sub(r"\s*[（(][^（）()]*[)）]", hide, text)
    names: list[str] = []
    for chunk in re.split(r"[、，,;；/|\t\n]+", hidden):
        words = [word for word in re.split(r"\s+", chunk.strip(_MARKS)) if word]
        names += _join_single(words)
    names = [re.sub(r"\x00(\d+)\x00", lambda match: brackets[int(match[1])], name) for name in names]
    if not names or not all(is_person(re.sub(r"[（(][^（）()]*[)）]", "", name)) for name in names):
        return []
    return names


def _join_single(words: list[str]) -> list[str]:
    joined: list[str] = []
    position = 0
    while position < len(words):
        word = words[position]
        following = words[position + 1] if position + 1 < len(words) else ""
        length, after = len(re.sub(r"\x00\d+\x00", "", word)), len(re.sub(r"\x00\d+\x00", "", following))
        if following and ((length == 1 and after in (1, 2)) or (word in COMPOUND_SURNAMES and after in (1, 2))):
            joined.append(word + following)
            position += 2
        else:
            joined.append(word)
            position += 1
    return joined

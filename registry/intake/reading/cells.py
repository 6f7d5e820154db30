"""Small facts in a cell: sex, ethnicity, political status, level words, kind; and what may not be quoted."""

import csv
import re
from functools import lru_cache
from importlib.resources import files

from registry.text.normalise import normalise

_SEX = {
    "男": "male",
    "女": "female",
    "男性": "male",
    "女性": "female",
    "male": "male",
    "female": "female",
    "m": "male",
    "f": "female",
}
_KIND = {
    **dict.fromkeys(("个人", "individual", "person", "先进个人", "人", "个人奖", "自然人"), "individual"),
    **dict.fromkeys(
        (
            "集体",
            "collective",
            "team",
            "先进集体",
            "单位",
            "班组",
            "组织",
            "团队",
            "企业",
            "集体奖",
            "企事业单位",
            "group",
        ),
        "collective",
    ),
}
LEVEL_WORDS: dict[str, str] = {
    **dict.fromkeys(
        ["国家级", "全国", "国家", "全国级", "中央", "中央级", "国", "national", "national_level", "国家级荣誉"],
        "national",
    ),
    **dict.fromkeys(
        [
            "省部级",
            "省级",
            "自治区级",
            "部级",
            "省",
            "自治区",
            "部委级",
            "直辖市级",
            "省(部)级",
            "省、部级",
            "省部",
            "省(区、市)级",
            "省(自治区)级",
            "省区级",
            "区级(自治区)",
            "省市级",
            "部省级",
            "省(市)级",
            "省(区)级",
            "自治区(省)级",
            "省级(自治区)",
            "省、自治区级",
            "兵团级",
            "provincial",
            "province",
            "省/部级",
            "部委",
        ],
        "provincial",
    ),
    **dict.fromkeys(
        [
            "市级",
            "地市级",
            "地级",
            "市",
            "地级市",
            "州级",
            "盟级",
            "地市",
            "地区级",
            "设区市级",
            "市(州)级",
            "地(市)级",
            "市厅级",
            "市地级",
            "地厅级",
            "副省级市",
            "厅局级",
            "州市级",
            "地州级",
            "市(地)级",
            "city",
            "municipal",
            "prefecture",
            "厅级",
        ],
        "city",
    ),
    **dict.fromkeys(
        [
            "县级",
            "区县级",
            "县",
            "县区级",
            "区级",
            "县处级",
            "县(市、区)级",
            "县(区)级",
            "市辖区级",
            "旗县级",
            "县市级",
            "区",
            "区(县)级",
            "县(市)级",
            "旗级",
            "县市区级",
            "county",
            "district",
            "县、区级",
            "县市区",
        ],
        "county",
    ),
    **dict.fromkeys(
        [
            "单位",
            "企业",
            "企业级",
            "厂级",
            "公司级",
            "集团级",
            "单位级",
            "基层",
            "基层级",
            "本单位",
            "厂",
            "公司",
            "集团",
            "校级",
            "局级",
            "unit",
            "enterprise",
        ],
        "unit",
    ),
}
_ETHNIC_SHORT = {
    "维": "维吾尔族", "维族": "维吾尔族", "蒙": "蒙古族", "蒙族": "蒙古族", "朝": "朝鲜族", "朝族": "朝鲜族", "鲜族": "朝鲜族",
    "哈族": "哈萨克族", "柯族": "柯尔克孜族", "土家": "土家族", "布依": "布依族", "俄族": "俄罗斯族", "锡伯": "锡伯族", "满洲族": "满族",
    "撒拉": "撒拉族", "东乡": "东乡族", "保安": "保安族", "土": "土族", "塔吉克": "塔吉克族",
}  # fmt: skip
_STATUS = {
    **dict.fromkeys(
        ["中共党员", "党员", "共产党员", "中国共产党党员", "中共", "共产党", "中共正式党员", "中国共产党"], "中共党员"
    ),
    **dict.fromkeys(["中共预备党员", "预备党员", "中国共产党预备党员"], "中共预备党员"),
    **dict.fromkeys(["共青团员", "团员", "共青团", "中国共产主义青年团团员"], "共青团员"),
    **dict.fromkeys(["民革", "民革党员", "民革会员", "中国国民党革命委员会会员"], "民革党员"),
    **dict.fromkeys(["民盟", "民盟盟员", "中国民主同盟盟员", "民盟会员"], "民盟盟员"),
    **dict.fromkeys(["民建", "民建会员", "中国民主建国会会员"], "民建会员"),
    **dict.fromkeys(["民进", "民进会员", "中国民主促进会会员"], "民进会员"),
    **dict.fromkeys(
        ["农工党", "农工党党员", "农工民主党", "农工", "农工民主党党员", "中国农工民主党党员"], "农工党党员"
    ),
    **dict.fromkeys(["致公党", "致公党党员", "致公", "中国致公党党员"], "致公党党员"),
    **dict.fromkeys(["九三学社", "九三", "九三社员", "九三学社社员"], "九三学社社员"),
    **dict.fromkeys(["台盟", "台盟盟员", "台湾民主自治同盟盟员"], "台盟盟员"),
    **dict.fromkeys(["无党派", "无党派人士", "无党派民主人士"], "无党派人士"),
    **dict.fromkeys(["群众", "普通群众", "一般群众"], "群众"),
}
_EDUCATION = re.compile(
    r"(?:全日制|在职|大学|中央党校|省委党校|党校|成人|函授)*(?:博士|硕士|研究生|本科|大专|专科|中专|技校|职高|高职|高中|初中|小学|大学|中技|"
    r"中师|高技|技师学院|文盲|学士)(?:研究生|学历|学位|毕业|文化|肄业|在读)*"
)
_IDENTITY = re.compile(r"(?<![0-9A-Za-z])(?:[1-9]\d{16}[\dXx]|[1-9]\d{14})(?![0-9A-Za-z])")
_LONG = re.compile(r"(?:\d\s*){14}")
_HIDDEN = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
"""Marks that show nothing or turn the order of writing round, as a class of characters."""
_GAP = rf"[\s{_HIDDEN}'’`.·-]{{0,3}}"
# Any run of 15 to 19 digits (identity numbers, bank cards), and an identity number in groups: 640199 1965 0301 0011.
_NUMBERS = re.compile(
    rf"(?<!\d)[1-9]\d{{14,18}}(?!\d)[Xx]?|(?<!\d)[1-9]\d{{5}}{_GAP}(?:18|19|20)\d\d{_GAP}[01]\d{_GAP}[0-3]\d{_GAP}\d{{3}}{_GAP}[\dXxＸｘ](?!\d)"
)
_PHONE = re.compile(rf"(?<!\d)1[3-9]\d{_GAP}\d{{4}}{_GAP}\d{{4}}(?!\d)")


_NARROW = {0xFF10 + digit: str(digit) for digit in range(10)}
_HIDDEN_MARK = re.compile(f"[{_HIDDEN}]")


@lru_cache(maxsize=8_192)
def squeeze(text: str) -> str:
    """Return the comparison form of a short cell: narrow, no spaces, outer marks off."""
    return re.sub(r"\s+", "", normalise(text)).strip("*:,。;、()'’`")


@lru_cache(maxsize=1)
def ethnicities() -> frozenset[str]:
    """Return the Chinese names of GB/T 3304: 汉族, 回族 …"""
    with (files("registry.people") / "data" / "ethnicities.csv").open(encoding="utf-8") as lines:
        return frozenset(row["name_zh"] for row in csv.DictReader(lines))


@lru_cache(maxsize=8_192)
def sex_of(text: str) -> str:
    """Return male, female, or empty."""
    return _SEX.get(squeeze(text).lower(), "")


@lru_cache(maxsize=8_192)
def ethnicity_of(text: str) -> str:
    """Return the standard name of an ethnicity however shortened (回 → 回族), empty when it is none."""
    word = squeeze(text)
    known = ethnicities()
    if word in known:
        return word
    if word + "族" in known:
        return word + "族"
    return _ETHNIC_SHORT.get(word, "")


@lru_cache(maxsize=8_192)
def status_of(text: str) -> str:
    """Return the usual short form of a political status, empty when it is none."""
    return _STATUS.get(squeeze(text), "")


def education_of(text: str) -> str:
    """Return the text when it names a level of education, else empty."""
    word = squeeze(text)
    return word if len(word) <= 14 and _EDUCATION.fullmatch(word) else ""


@lru_cache(maxsize=8_192)
def level_word(text: str) -> str:
    """Return the level a word names (省部级 → provincial), empty when it names none."""
    word = squeeze(text).lower()
    if word in ("national", "provincial", "city", "county", "unit"):
        return word
    return LEVEL_WORDS.get(word, "") or LEVEL_WORDS.get(re.sub(r"(?:劳模|劳动模范|荣誉|表彰|待遇)+$", "", word), "")


def kind_word(text: str) -> str:
    """Return individual or collective when the word says so, else empty."""
    return _KIND.get(squeeze(text).lower(), "")


_TREATMENT = re.compile(r"享受(?:了)?(.{1,12}?)(?:劳模|劳动模范|先进工作者|表彰奖励获得者|工作者)?(?:的)?待遇")


@lru_cache(maxsize=8_192)
def treatment_in(text: str) -> str:
    """Return the level of 享受…待遇 in a text: 享受省部级劳模待遇 → provincial."""
    match = _TREATMENT.search(normalise(text))
    if match is None:
        return ""
    word = re.sub(r"(?:劳模|劳动模范|和|、|先进工作者|先进)+$", "", match[1])
    return level_word(word) or level_word(word + "级")


def is_identity_number(text: str) -> bool:
    """Say whether a text has the shape of an identity number (15 or 18 characters)."""
    return _LONG.search(text) is not None and _IDENTITY.fullmatch(squeeze(text)) is not None


def mask(text: str) -> str:
    """Return the text with identity, card and telephone numbers put out of sight; what is quoted goes through here."""
    if len(text) <= 10:
        return text
    plain = text if text.isascii() else without_hidden(text).translate(_NARROW)
    masked = _PHONE.sub("***", _NUMBERS.sub("***", plain))
    return text if masked == plain else masked


def has_hidden(text: str) -> bool:
    """Say whether marks are in a text that nobody sees: zero width, order of writing."""
    return not text.isascii() and _HIDDEN_MARK.search(text) is not None


def without_hidden(text: str) -> str:
    """Return the text without marks that nobody sees."""
    return text if text.isascii() else _HIDDEN_MARK.sub("", text)


def quote(text: str, length: int = 60) -> str:
    """Return a cell as it may stand in a message: short, without personal numbers."""
    text = mask(re.sub(r"\s+", " ", text).strip())
    return text if len(text) <= length else text[: length - 1] + "…"

"""How close two names are, and what the spellings of one unit have in common: what clerks mistype, mishear and misread."""

import re
from collections.abc import Iterator
from functools import lru_cache

from registry.text.normalise import fold
from registry.text.pinyin import Reading, name_readings

# What `closeness` answers, the closest first.
SAME, SOUND, LOOK, SLIP, SHUFFLED = "name", "pinyin", "look", "slip", "shuffled"
READINGS = 6
# Shorter than this a unit's name says too little to be looked for inside another.
CONTAINED = 4
# Sounds that ears and keyboards confuse: flat and rolled tongue, n and l, f and h, front and back nasals.
_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l"))
_FINALS = (("uang", "uan"), ("iang", "ian"), ("ang", "an"), ("eng", "en"), ("ing", "in"), ("uo", "o"))
# Characters that hands and eyes confuse in names, a group a word.
_ALIKE = """
杨扬 未末 土士 己已巳 千干 日曰 大太 天夭 木本 祥样洋 辉晖 伟纬玮 清青情晴 宏宠 国囯 海梅 丽俪 荣荧 波坡 娟绢 玲铃 淑椒 斌彬 峰锋 俊峻浚骏
婷停 颖颍 雪雷 佳桂 瑞端 福富 禄绿 庆厌 忠患 栋拣 柏拍 根银 桐铜 梁粱 森林 泽译 洁诘 浩皓 原源 滨宾 焕换 煜昱 露璐 季秀 莲连 耀跃 蓉容 陆陇
邱丘 侯候 史吏 薛薜 郝赫 戴载 管营 肖宵 汤场 贾贸 刘刻 阎闫 傅博 昌晶 昊吴 翔样 谊宜 裕浴 冯马 凤风 静净 明朋 建健 军车 刚钢 敏繁
"""
_LONG_FORM = re.compile("(?:集团|总)?(?:股份)?有限(?:责任)?公司|集团公司|总公司")
_FORM = re.compile("(?:公司|集团|股份|责任)$")
_REGION = re.compile("维吾尔自治区|回族自治区|壮族自治区|自治区|自治州|自治县|特别行政区|省|市|县|区|州|盟|旗")
_LEADING = 14
_SIGN = re.compile("[0-9一二三四五六七八九十百零〇甲乙丙丁东西南北]")
_GROUPS: dict[str, set[int]] = {}
for _number, _word in enumerate(_ALIKE.split()):
    for _character in _word:
        _GROUPS.setdefault(_character, set()).add(_number)


@lru_cache(maxsize=50_000)
def readings(name: str) -> tuple[Reading, ...]:
    """Return a person's name's likelier readings, at most six; the spellings lv and lyu count as one."""
    found = {tuple(re.sub("^([ln])yu", r"\1v", syllable) for syllable in one): None for one in name_readings(name)}
    return tuple(found)[:READINGS]


@lru_cache(maxsize=50_000)
def near_sounds(one: str, other: str) -> bool:
    """Say whether two syllables are easily taken for each other: one letter more or less, or a confused beginning or end."""
    return one == other or _blurred(one) == _blurred(other) or _one_left_out(one, other)


def _blurred(syllable: str) -> str:
    for clear, blurred in _INITIALS:
        if syllable.startswith(clear):
            syllable = blurred + syllable[len(clear) :]
            break
    for clear, blurred in _FINALS:
        if syllable.endswith(clear):
            return syllable[: -len(clear)] + blurred
    return syllable


def _one_left_out(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < 2:
        return False
    return any(long[:at] + long[at + 1 :] == short for at in range(len(long)))


@lru_cache(maxsize=200_000)
def closeness(one: str, other: str) -> str:
    """Say how close two persons' names are, as one of the words above; "" when they aren't.

    Written the same but for traditional or variant characters and marks (`name`), read the same in one of their readings (`pinyin`), one
    look-alike character (`look`), one sound that is easily mistaken (`slip`), the same characters in another order or one left out
    (`shuffled`).
    """
    mine, theirs = fold(one), fold(other)
    if mine == theirs:
        return SAME
    sounds, others = readings(one), readings(other)
    if set(sounds) & set(others):
        return SOUND
    if len(mine) == len(theirs) and _looks_alike(mine, theirs):
        return LOOK
    if any(_slip(a, b) for a in sounds for b in others):
        return SLIP
    return SHUFFLED if sorted(mine) == sorted(theirs) or _one_left_out(mine, theirs) else ""


def _slip(one: Reading, other: Reading) -> bool:
    if len(one) != len(other):
        return False
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(apart) == 1 and near_sounds(*apart[0])


def _looks_alike(one: str, other: str) -> bool:
    apart = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(apart) == 1 and bool(_GROUPS.get(apart[0][0], set()) & _GROUPS.get(apart[0][1], set()))


def without_one(reading: Reading) -> Iterator[Reading]:
    """Yield the reading and each with one syllable left out: names that differ in one sound, or in the order of two, share one."""
    yield reading
    for at in range(len(reading)):
        yield (*reading[:at], *reading[at + 1 :]) if len(reading) > 2 else (*reading[:at], "_", *reading[at + 1 :])


@lru_cache(maxsize=50_000)
def unit_core(name: str) -> str:
    """Return what spellings of one unit share: folded, without its legal form and without the words 省, 市, 县 … of a leading region.

    `宁夏天元锰业集团有限公司` and `宁夏天元锰业` → `宁夏天元锰业`; `银川市第一中学` and `银川第一中学` are the same.
    """
    core = _LONG_FORM.sub("公司", fold(name))
    while (shorter := _FORM.sub("", core)) != core and len(shorter) >= CONTAINED:
        core = shorter
    plain = _REGION.sub("", core[:_LEADING]) + core[_LEADING:]
    return plain if len(plain) >= CONTAINED else core


def contains(one: str, other: str) -> bool:
    """Say whether one unit's core contains the other's, the shorter one long enough to say something."""
    short, long = sorted((one, other), key=len)
    return len(short) >= CONTAINED and short in long


def same_numbers(one: str, other: str) -> bool:
    """Say whether two collectives' names have the same numerals and bearings: 一班 isn't 二班, however alike they are otherwise."""
    return sorted(_SIGN.findall(one)) == sorted(_SIGN.findall(other))

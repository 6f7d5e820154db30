"""Pinyin of names: surnames by their own table, all plausible readings, sort keys. Syllables without tones, ü as v.

The readings of surnames are those that dictionaries mark 姓; where two are in use, the commoner comes first.
"""

import re
import unicodedata
from functools import lru_cache
from itertools import islice, product

from pypinyin import Style, lazy_pinyin
from pypinyin.constants import PHRASES_DICT, PINYIN_DICT

from registry.text.normalise import HAN_CLASS, clean_name, is_han, normalise, simplify

MAX_READINGS = 24
Reading = tuple[str, ...]

_SURNAMES = """
单 shan dan|仇 qiu chou|曾 zeng ceng|解 xie jie|朴 piao pu|查 zha cha|区 ou qu|乐 yue le|任 ren|华 hua|盖 ge gai
宓 mi fu|缪 miao mou|召 shao zhao|繁 po fan|员 yun yuan|逄 pang|冼 xian|洗 xian xi|秘 bi mi|折 she zhe|覃 qin tan
翟 zhai di|冯 feng|卜 bu|车 che|盛 sheng|晟 cheng sheng|石 shi|尹 yin|柏 bai bo|重 chong zhong|祭 zhai ji|黑 he hei
种 chong zhong|牟 mou mu|葛 ge|隗 wei kui|郇 xun huan|幺 yao|么 yao|叱 chi|於 yu|尉 wei yu|燕 yan|应 ying|宁 ning
甯 ning|曲 qu|那 na|哈 ha|谌 chen shen|纪 ji|贾 jia|过 guo|干 gan|乾 qian|晁 chao|朝 chao zhao|臧 zang|藏 zang cang
戚 qi|郗 xi chi|佘 she|厍 she|郄 qie xi|亓 qi|鞠 ju|瞿 qu|强 qiang jiang|呙 guo wo|璩 qu|撒 sa|洒 sa|适 shi kuo
莘 shen xin|恽 yun|昝 zan|笪 da|俎 zu|禚 zhuo|逯 lu|吕 lv|律 lv|闾 lv|仝 tong quan|庹 tuo|拓 tuo ta|宛 wan yuan
蔚 yu wei|沃 wo|毋 wu|咸 xian|相 xiang|肖 xiao|校 xiao|胥 xu|薛 xue|要 yao|叶 ye|殷 yin|余 yu|俞 yu|乜 nie mie
能 nai neng|佴 nai er|番 pan fan|逢 pang feng|邳 pi|濮 pu|綦 qi|奇 qi ji|谯 qiao|阙 que|却 que|塞 sai|少 shao|舍 she
沈 shen|食 shi|数 shu|宿 su xiu|眭 sui|睢 sui|台 tai|邰 tai|澹 tan|提 ti di|钭 tou dou|度 du duo|系 xi|鲜 xian
行 xing hang|省 xing sheng|长 zhang chang|炅 gui jiong|炔 gui que|句 gou ju|勾 gou|谷 gu|观 guan|冠 guan|莞 guan
妫 gui|桧 gui|和 he|纥 he|滑 hua|还 huan hai|籍 ji|藉 ji|稽 ji|嵇 ji|给 ji|降 jiang|角 jue jiao|隽 juan jun|卷 juan
圈 juan quan|阚 kan|亢 kang|蒯 kuai|郐 kuai|六 lu liu|露 lu lou|陆 lu|冒 mao mo|茆 mao|糜 mi|芈 mi|沐 mu|贲 ben fei
别 bie|邴 bing|薄 bo bao|伯 bo|暴 bao|岑 cen|称 cheng|承 cheng|啜 chuai chuo|党 dang|都 du dou|侗 dong tong|费 fei bi
酆 feng|撖 han|爨 cuan|扎 zha za|仉 zhang|尺 chi che|会 gui hui|苫 shan|陕 shan|库 ku she|术 shu zhu|戏 xi|页 ye
咱 zan za|占 zhan|湛 zhan|爪 zhao zhua|郅 zhi|竺 zhu|卓 zhuo|迮 ze|笮 ze zuo|载 zai|侴 chou|暨 ji|郜 gao|戈 ge|弓 gong
令 ling|乔 qiao|祝 zhu|褚 chu|传 fu chuan|兴 xing|正 zheng|中 zhong|佟 tong|郝 hao|厉 li|尚 shang|阿 a|尕 ga|见 jian
尾 wei yi|仆 pu|被 pi bei|裨 pi bi|不 fou bu|大 da|峞 wei|黄 huang|麴 qu|麹 qu|粘 nian zhan|约 yao yue|訾 zi|眇 miao
炎 yan|哑 ya|娄 lou|涂 tu|屈 qu|尤 you|殳 shu|汝 ru|茹 ru|芮 rui|阮 ruan|仰 yang|羿 yi|雍 yong|郁 yu|喻 yu|苑 yuan
郧 yun|郓 yun|展 zhan
"""
_COMPOUND = """
欧阳 ou yang|太史 tai shi|端木 duan mu|上官 shang guan|司马 si ma|东方 dong fang|独孤 du gu|南宫 nan gong|万俟 mo qi
闻人 wen ren|夏侯 xia hou|诸葛 zhu ge|尉迟 yu chi|公羊 gong yang|赫连 he lian|澹台 tan tai|皇甫 huang fu
宗政 zong zheng|濮阳 pu yang|公冶 gong ye|太叔 tai shu|申屠 shen tu|公孙 gong sun|慕容 mu rong|仲孙 zhong sun
钟离 zhong li|长孙 zhang sun|宇文 yu wen|司徒 si tu|鲜于 xian yu|司空 si kong|闾丘 lv qiu|子车 zi ju|亓官 qi guan
司寇 si kou|巫马 wu ma|公西 gong xi|颛孙 zhuan sun|壤驷 rang si|公良 gong liang|漆雕 qi diao|乐正 yue zheng
宰父 zai fu|谷梁 gu liang|穀梁 gu liang|拓跋 tuo ba|拓拔 tuo ba|夹谷 jia gu|轩辕 xuan yuan|令狐 ling hu|段干 duan gan
百里 bai li|呼延 hu yan|东郭 dong guo|南门 nan men|羊舌 yang she|微生 wei sheng|梁丘 liang qiu|左丘 zuo qiu
西门 xi men|第五 di wu|南荣 nan rong|东里 dong li|仲长 zhong chang|即墨 ji mo|达奚 da xi|褚师 chu shi|纳兰 na lan
耶律 ye lv|完颜 wan yan|贺兰 he lan|斛律 hu lv|哥舒 ge shu|秃发 tu fa|乞伏 qi fu|叱干 chi gan|叱罗 chi luo|仆固 pu gu
相里 xiang li|胡母 hu mu|毋丘 guan qiu|毌丘 guan qiu|东野 dong ye|屈突 qu tu|北宫 bei gong|公仪 gong yi
爱新觉罗 ai xin jue luo|叶赫那拉 ye he na la
"""
# Characters of given names that are read in more than one way; the first is the likelier in a name.
_GIVEN = """
长 chang zhang|乐 le yue|朝 chao zhao|行 xing hang|重 zhong chong|茜 qian xi|晟 sheng cheng|柏 bai bo|传 chuan zhuan
藏 cang zang|曾 zeng ceng|还 huan hai|盛 sheng cheng|仔 zi zai|俊 jun|隽 jun juan|浚 jun xun|量 liang|娜 na nuo
莎 sha suo|莘 xin shen|什 shi|识 shi|说 yue shuo|蔚 wei yu|尉 wei yu|省 xing sheng|扎 zha za|琢 zhuo zuo|都 du dou
得 de|地 di|的 di de|了 liao le|阿 a|少 shao|参 shen can|单 dan shan|劲 jin jing|率 shuai lv|色 se|校 xiao|干 gan
乾 qian|解 jie xie|召 zhao shao|员 yuan yun|翟 di zhai|尽 jin|禅 chan shan|车 che|佛 fo|大 da|卡 ka|祭 ji|种 zhong
石 shi|胜 sheng|强 qiang|任 ren|为 wei|兴 xing|应 ying|正 zheng|中 zhong|令 ling|合 he|纪 ji|查 cha zha|著 zhu|着 zhuo
缪 miao mou|亲 qin|信 xin|洗 xi xian|区 qu|奇 qi|祇 qi zhi|臧 zang|甫 fu|颉 jie xie|楷 kai|伽 jia qie ga|那 na
拓 tuo ta|体 ti|提 ti|娴 xian|炅 jiong gui|葚 shen|屏 ping|纶 lun guan|万 wan|夏 xia|会 hui|畜 xu chu|予 yu|与 yu
于 yu
"""
_ORGANISATION = re.compile(
    "(公司|集团|车间|班组|中心|学校|大学|医院|小组|支部|协会|银行|工会|合作社|委员会|办公室|工作室|项目部)$"
    "|^.{2,}[局厂矿院站所队班组社部店处科室校县市区镇乡村]$"
)
_RUN = re.compile(f"[{HAN_CLASS}\ue000-\uf8ff々]+|[^\\W_{HAN_CLASS}々]+")
_ACCENT = re.compile("[\u0300-\u0307\u0309-\u036f]")


def _table(text: str) -> dict[str, Reading]:
    entries = (entry.split() for line in text.strip().splitlines() for entry in line.split("|"))
    return {entry[0]: tuple(entry[1:]) for entry in entries}


SURNAMES = _table(_SURNAMES)
COMPOUND_SURNAMES = _table(_COMPOUND)
GIVEN = _table(_GIVEN)


def plain(syllable: str) -> str:
    """Strip tones and accents and write ü as v: `lǚ` → `lv`, `Éva` → `eva`."""
    if syllable.isascii():
        return syllable.lower()
    decomposed = unicodedata.normalize("NFD", syllable.lower())
    return unicodedata.normalize("NFC", _ACCENT.sub("", decomposed).replace("u\u0308", "v").replace("\u0308", ""))


@lru_cache(maxsize=20_000)
def _characters_readings(character: str) -> Reading:
    """Return the dictionary's readings of one character, the character itself when it has none."""
    found = PINYIN_DICT.get(ord(character)) or PINYIN_DICT.get(ord(simplify(character)[:1] or character))
    return tuple(dict.fromkeys(plain(one) for one in found.split(","))) if found else (character,)


def surname(name: str) -> str:
    """Return the surname of a person's name, compound ones whole: `尉迟恭` → `尉迟`; else its first part."""
    name = clean_name(name)
    if not name or not is_han(name[0]):
        return re.split(r"[\s·]", name, maxsplit=1)[0]
    if "·" in name:
        return name.split("·", 1)[0]
    simplified = simplify(name)
    for length in (4, 3, 2):
        if len(name) > length and simplified[:length] in COMPOUND_SURNAMES:
            return name[:length]
    return name[0]


def _is_person(han: str) -> bool:
    return len(han) <= 4 + 2 * (simplify(han[:2]) in COMPOUND_SURNAMES) and not (
        len(han) > 2 and _ORGANISATION.search(han)
    )


def _options(han: str, first: bool) -> list[Reading]:
    """Return the possible syllables of each character of one Han run of a name."""
    if not first or not _is_person(han):
        return _given(han) if len(han) <= 6 else [(syllable,) for syllable in _phrase(han)]
    family = surname(han) if is_han(han[0]) else han[0]
    compound = COMPOUND_SURNAMES.get(simplify(family))
    if compound:
        options = [
            tuple(dict.fromkeys((own, *_common(character)))) for own, character in zip(compound, family, strict=True)
        ]
    else:
        options = [SURNAMES.get(family) or SURNAMES.get(simplify(family)) or _characters_readings(family)[:1]]
    return options + _given(han[len(family) :])


def _common(character: str) -> Reading:
    return GIVEN.get(character) or _characters_readings(character)[:1]


def _given(han: str) -> list[Reading]:
    """Read a given name: as the phrase it may be (长江), else character by character."""
    phrase = PHRASES_DICT.get(han)
    if phrase is None:
        return [_common(character) for character in han]
    syllables = [plain(syllable[0]) for syllable in phrase]
    return [
        tuple(dict.fromkeys((syllable, *GIVEN.get(character, ()))))
        for syllable, character in zip(syllables, han, strict=True)
    ]


def _phrase(han: str) -> list[str]:
    """Read a longer run with the phrase dictionary, a syllable a character; an unreadable one stands for itself."""
    read = lazy_pinyin(han, style=Style.NORMAL, v_to_u=False, errors="default")
    return [plain(syllable) for part in read for syllable in ([part] if part.isascii() else part)]


def _spellings(syllable: str) -> Reading:
    """Return the ways a syllable is typed: passports write lv as lyu, forms of old as lu; nve likewise."""
    if syllable[:2] in ("lv", "nv"):
        return (syllable, syllable[0] + "yu" + syllable[2:], syllable[0] + "u" + syllable[2:])
    return (syllable,)


@lru_cache(maxsize=4_096)
def name_readings(name: str) -> tuple[Reading, ...]:
    """Return every plausible reading of a name, each a tuple of syllables; the first is the one to sort and to show by.

    Both readings of a surname that has two (单, 乐, 翟 …), those of given names and all spellings of ü (lv, lyu, lu)
    are there, at most 24. Latin words and numbers are one syllable each, lower case; punctuation is left out; a
    character without known reading stands for itself.
    """
    options: list[Reading] = []
    for index, run in enumerate(_RUN.findall(clean_name(name))):
        options += _options(run, index == 0 and "·" not in name) if _is_han_run(run) else [(plain(normalise(run)),)]
    spelled = [
        tuple(dict.fromkeys(spelling for syllable in option for spelling in _spellings(syllable))) for option in options
    ]
    # Many ambiguous characters (in an organisation's name) would multiply without end: then vary one at a time.
    total = 1
    for option in spelled:
        total *= len(option)
    if total <= MAX_READINGS:
        return tuple(product(*spelled)) if spelled else ()
    base = tuple(option[0] for option in spelled)
    varied = (
        (*base[:place], other, *base[place + 1 :]) for place, option in enumerate(spelled) for other in option[1:]
    )
    return (base, *islice(varied, MAX_READINGS - 1))


def _is_han_run(run: str) -> bool:
    return is_han(run[0]) or 0xE000 <= ord(run[0]) < 0xF900 or run[0] == "々"


def full(name: str) -> str:
    """Return the sorting reading in one word: 王进喜 → `wangjinxi`."""
    readings = name_readings(name)
    return "".join(readings[0]) if readings else ""


def initials(name: str) -> str:
    """Return the first letters of the sorting reading: 王进喜 → `wjx`. A number stays whole."""
    readings = name_readings(name)
    return initials_of(readings[0]) if readings else ""


def initials_of(reading: Reading) -> str:
    """Return the first letters of one reading; a number counts as its own initial."""
    return "".join(syllable if syllable.isdigit() else syllable[0] for syllable in reading)


def sort_key(name: str) -> str:
    """Return the key that sorts names by pinyin: `wang jin xi 王进喜`; digits and Latin first, by value and alphabet.

    Syllables are parted by spaces, so sort with a binary collation (SQLite's BINARY, PostgreSQL's "C"): a
    locale's skips spaces.
    """
    name = clean_name(name)
    parts = []
    readings = name_readings(name)
    pinyin_of = iter(readings[0] if readings else ())
    for run in _RUN.findall(name):
        if _is_han_run(run):
            parts += [next(pinyin_of) for _ in run]
        else:
            parts.append("0" + re.sub(r"\d+", lambda match: match[0].zfill(8), next(pinyin_of)))
    return " ".join([*parts, name])


def text_pinyin(text: str) -> str:
    """Return the pinyin of running text, by phrases, words parted by spaces: 重庆工人 → `chong qing gong ren`."""
    words: list[str] = []
    for run in _RUN.findall(normalise(text)):
        words += _phrase(run) if _is_han_run(run) else [plain(run)]
    return " ".join(words)

"""A register with planted doubles of the kinds that real lists bring, and namesakes who only look like doubles. Nobody in it exists."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from bench.people import GIVEN, PLACES, POSTS, SURNAMES, TRADES

# What ears and keyboards do to a character of a name: the same sound, another sound, another look.
SOUNDS = (
    "军均",
    "志智",
    "建剑",
    "文雯",
    "新欣",
    "芳方",
    "梅玫",
    "立利",
    "忠中",
    "海孩",
    "学雪",
    "伟玮",
    "英瑛",
    "东冬",
    "成诚",
)
SLIPS = (
    "民明",
    "兰莲",
    "金京",
    "林玲",
    "宁灵",
    "生森",
    "新兴",
    "春村",
    "星心",
    "琴晴",
    "兰南",
    "山三",
    "真正",
    "云永",
    "平萍",
)
LOOKS = ("伟纬", "淑椒", "玲铃", "俊峻", "娟绢", "婷停", "斌彬", "辉晖", "荣荧", "清情", "祥样", "宏宠")
TRADITIONAL = str.maketrans(
    "张刘陈杨赵吴孙马罗郑谢韩冯邓许伟芳丽强军勇艳涛兰国红龙宝贵东凤云莲乐进兴荣诚礼义长爱胜书华",
    "張劉陳楊趙吳孫馬羅鄭謝韓馮鄧許偉芳麗強軍勇艷濤蘭國紅龍寶貴東鳳雲蓮樂進興榮誠禮義長愛勝書華",
)
FORMS = ("有限公司", "集团有限公司", "有限责任公司", "厂", "中心", "医院", "中学", "研究所")


@dataclass
class Draft:
    """One invented file."""

    name: str
    unit: str
    kind: str = "individual"
    born: str = ""
    sex: str = "male"
    position: str = ""
    others: tuple[str, ...] = ()
    honours: tuple[tuple[int, int], ...] = ()
    certificate: str = ""
    linked: str = ""
    tags: list[str] = field(default_factory=list)


@dataclass
class Planted:
    """The drafts, the pairs (places in the drafts) that are doubles, by their kind, and the renamed units: former name → name."""

    drafts: list[Draft]
    doubles: dict[tuple[int, int], str]
    renamed: dict[str, str]


def planted(size: int = 20_000, doubles: int = 500, seed: int = 7) -> Planted:
    """Invent so many files, `doubles` of them a second file of somebody, always the same for a seed."""
    return _Planter(size, doubles, seed).run()


class _Planter:
    def __init__(self, size: int, doubles: int, seed: int) -> None:
        self.draw = random.Random(seed)
        self.size, self.wanted = size, doubles
        places = [PLACES[at : at + 2] for at in range(0, len(PLACES) - 1, 2)]
        self.units = [
            f"{self.draw.choice(places)}市{''.join(self.draw.sample(GIVEN, 2))}{self.draw.choice(TRADES)}{self.draw.choice(FORMS)}"
            for _ in range(max(40, size // 9))
        ]
        self.renamed = {
            f"{unit[:2]}第{number}{unit[5:7]}厂": unit for number, unit in enumerate(self.units[: size // 100])
        }
        self.drafts: list[Draft] = []
        self.doubles: dict[tuple[int, int], str] = {}

    def run(self) -> Planted:
        lookalikes = self.wanted
        for _ in range(self.size - self.wanted - lookalikes):
            self.drafts.append(self._person() if self.draw.random() < 0.95 else self._team())
        self._plant()
        self._lookalikes(lookalikes)
        return Planted(self.drafts, self.doubles, self.renamed)

    def _unit(self) -> str:
        # A few large works, many small ones.
        return self.units[int(len(self.units) * self.draw.random() ** 1.6)]

    def _name(self) -> str:
        draw = self.draw
        surname = SURNAMES[int(len(SURNAMES) * draw.random() ** 2)]
        return surname + "".join(draw.choice(GIVEN) for _ in range(1 + (draw.random() < 0.82)))

    def _born(self) -> str:
        draw = self.draw
        year = draw.randint(1925, 1995)
        share = draw.random()
        if share < 0.2:
            return ""
        if share < 0.3:
            return str(year)
        month = f"{year}-{draw.randint(1, 12):02}"
        return month if share < 0.8 else f"{month}-{draw.randint(1, 28):02}"

    def _person(self) -> Draft:
        draw = self.draw
        return Draft(
            name=self._name(),
            unit=self._unit(),
            born=self._born(),
            sex=draw.choice(("male", "male", "female", "")),
            position=draw.choice(POSTS),
            honours=tuple(
                (draw.randrange(20), 2025 - int(70 * draw.random() ** 2)) for _ in range(1 + (draw.random() < 0.2))
            ),
        )

    def _team(self) -> Draft:
        unit, draw = self._unit(), self.draw
        numbered = (
            f"{draw.choice('一二三四五六七八九')}{draw.choice(('车间', '班', '分厂'))}{draw.choice(('', '维修班'))}"
        )
        ending = draw.choice(("检修班", "女工班", "机务组", "客服中心", "党支部")) if draw.random() < 0.5 else numbered
        return Draft(name=unit + ending, unit=unit, kind="collective", sex="", honours=((draw.randrange(20), 2020),))

    def _plant(self) -> None:
        ways: list[Callable[[Draft], Draft | None]] = [
            self._later_list, self._moved, self._traditional, self._sounds, self._slips, self._looks, self._former_name,
            self._former_unit, self._unit_spelled, self._department, self._shuffled, self._certificate, self._team_spelled,
        ]  # fmt: skip
        originals = self.draw.sample(range(len(self.drafts)), len(self.drafts))
        taken: set[int] = set()
        for number in range(self.wanted):
            way = ways[number % len(ways)]
            for place in originals:
                if place in taken:
                    continue
                made = way(self.drafts[place])
                if made is not None:
                    taken.add(place)
                    made.tags.append(way.__name__)
                    self.drafts.append(made)
                    self.doubles[place, len(self.drafts) - 1] = way.__name__.strip("_")
                    break

    def _again(self, draft: Draft, **changed: Any) -> Draft:
        """The same person in another list: another honour, perhaps another post, the birth date less exact or missing."""
        share = self.draw.random()
        born = draft.born if share < 0.5 else draft.born[:7] if share < 0.7 else draft.born[:4] if share < 0.8 else ""
        honours = ((self.draw.randrange(20), 2025 - self.draw.randrange(60)),)
        facts = {
            "born": born,
            "honours": honours,
            "position": self.draw.choice((draft.position, self.draw.choice(POSTS))),
        }
        return replace(draft, tags=[], **{**facts, **changed})

    def _later_list(self, draft: Draft) -> Draft | None:
        return self._again(draft) if draft.kind == "individual" else None

    def _moved(self, draft: Draft) -> Draft | None:
        exact = draft.kind == "individual" and len(draft.born) >= 7 and len(draft.name) > 2
        return self._again(draft, unit=self._unit(), born=draft.born[:7]) if exact else None

    def _traditional(self, draft: Draft) -> Draft | None:
        name = draft.name.translate(TRADITIONAL)
        return self._again(draft, name=name) if name != draft.name and draft.kind == "individual" else None

    def _swapped(self, name: str, groups: tuple[str, ...]) -> str:
        for place in range(len(name) - 1, 0, -1):
            for group in groups:
                if name[place] in group:
                    other = group[1] if group[0] == name[place] else group[0]
                    return name[:place] + other + name[place + 1 :]
        return ""

    def _sounds(self, draft: Draft) -> Draft | None:
        name = self._swapped(draft.name, SOUNDS)
        return self._again(draft, name=name) if name and draft.kind == "individual" else None

    def _slips(self, draft: Draft) -> Draft | None:
        name = self._swapped(draft.name, SLIPS)
        return self._again(draft, name=name) if name and draft.kind == "individual" else None

    def _looks(self, draft: Draft) -> Draft | None:
        name = self._swapped(draft.name, LOOKS)
        return self._again(draft, name=name) if name and draft.kind == "individual" else None

    def _former_name(self, draft: Draft) -> Draft | None:
        if draft.kind != "individual":
            return None
        return self._again(draft, name=draft.name[0] + "".join(self.draw.sample(GIVEN, 2)), others=(draft.name,))

    def _former_unit(self, draft: Draft) -> Draft | None:
        former = next((old for old, new in self.renamed.items() if new == draft.unit), "")
        return self._again(draft, unit=former) if former and draft.kind == "individual" else None

    def _unit_spelled(self, draft: Draft) -> Draft | None:
        short = draft.unit
        for form in FORMS[:3]:
            short = short.removesuffix(form)
        short = short.replace("市", "", 1)
        return self._again(draft, unit=short) if draft.kind == "individual" and len(short) >= 5 else None

    def _department(self, draft: Draft) -> Draft | None:
        if draft.kind != "individual":
            return None
        return self._again(draft, unit=draft.unit + self.draw.choice(("第二车间", "物资部", "运行二班")))

    def _shuffled(self, draft: Draft) -> Draft | None:
        if draft.kind != "individual" or len(draft.name) != 3 or len(draft.born) < 7 or draft.name[1] == draft.name[2]:
            return None
        return self._again(draft, name=draft.name[0] + draft.name[2] + draft.name[1], born=draft.born[:7])

    def _certificate(self, draft: Draft) -> Draft | None:
        if draft.kind != "individual" or not draft.honours:
            return None
        draft.certificate = f"证字{len(self.drafts):06}"
        return self._again(draft, unit=self._unit(), certificate=draft.certificate, honours=draft.honours)

    def _team_spelled(self, draft: Draft) -> Draft | None:
        name = draft.name.replace("市", "", 1).replace("有限责任公司", "公司").replace("有限公司", "公司")
        return (
            replace(draft, name=name, tags=[], honours=((3, 2021),))
            if draft.kind == "collective" and name != draft.name
            else None
        )

    def _lookalikes(self, number: int) -> None:
        """Namesakes in one unit with another birth, brothers and sisters, namesakes elsewhere of whom nothing is known."""
        people = [draft for draft in self.drafts if draft.kind == "individual" and len(draft.born) >= 7]
        for turn in range(number):
            draft = self.draw.choice(people)
            year = 1925 + (int(draft.born[:4]) - 1925 + self.draw.randint(1, 60)) % 70
            other = replace(self._person(), sex=draft.sex, certificate="")
            if turn % 3 == 0:
                other = replace(other, name=draft.name, unit=draft.unit, born=f"{year}-{self.draw.randint(1, 12):02}")
            elif turn % 3 == 1:
                strangers = [sign for sign in GIVEN if not any(sign in group for group in (*SOUNDS, *SLIPS, *LOOKS))]
                other = replace(
                    other, name=draft.name[:2] + self.draw.choice(strangers), unit=draft.unit, born=str(year)
                )
            else:
                other = replace(other, name=draft.name, born=self.draw.choice(("", str(year))))
            self.drafts.append(other)


def write(made: Planted, union: Any) -> list[int]:
    """Write the drafts past the actions in bulk; return their keys in order."""
    from django.db import transaction

    from registry.honours.models import Conferral, HonourTitle
    from registry.organisations.models import Unit, UnitName
    from registry.people.models import Honouree, OtherName
    from registry.people.naming import apply_name
    from registry.text.normalise import fold

    for number in range(20 - HonourTitle.objects.count()):
        HonourTitle.objects.create(code=f"d-{number}", name=f"奖章{number}", name_key=f"奖章{number}", level="city")
    titles = list(HonourTitle.objects.order_by("pk")[:20])
    with transaction.atomic():
        for former, name in made.renamed.items():
            unit = Unit._base.create(name=name, name_key=fold(name), union=union)
            UnitName.objects.create(unit=unit, name=former, name_key=fold(former))
        files = []
        for draft in made.drafts:
            file = Honouree(
                kind=draft.kind, union=union, unit_name=draft.unit, born=draft.born, sex=draft.sex,
                position=draft.position if draft.kind == "individual" else "",
            )  # fmt: skip
            apply_name(file, draft.name)
            files.append(file)
        files = Honouree._base.bulk_create(files, 500)
        OtherName.objects.bulk_create(_other_names(made, files, OtherName, fold))
        Conferral._base.bulk_create(_honours(made, files, titles, Conferral), 1000)
    return [file.pk for file in files]


def _other_names(made: Planted, files: list[Any], model: Any, fold: Callable[[str], str]) -> Iterator[Any]:
    for draft, file in zip(made.drafts, files, strict=True):
        for name in draft.others:
            yield model(honouree=file, name=name, name_key=fold(name), kind="former")


def _honours(made: Planted, files: list[Any], titles: list[Any], model: Any) -> Iterator[Any]:
    for draft, file in zip(made.drafts, files, strict=True):
        for title, year in dict(draft.honours).items():
            given = titles[title]
            yield model(
                honouree=file,
                title=given,
                level=given.level,
                year=year,
                certificate_number=draft.certificate,
                unit_name=draft.unit,
            )

"""Invented honourees by the hundred thousand: names of common surnames and given names, invented units, real titles.

`fill(number)` writes them straight into the tables; nobody in it exists.
"""

import random
from collections.abc import Iterator
from typing import Any

from django.db import transaction

from registry.honours.enums import RANK
from registry.honours.models import Conferral, HonourTitle
from registry.organisations.models import Industry, Region, UnionNode
from registry.people.models import Honouree
from registry.people.naming import apply_name
from registry.text.normalise import fold

SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾萧田董潘袁于蒋蔡余杜叶程苏魏吕丁任沈姚"
    "卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤单仇解"
)
GIVEN = (
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超兰霞平刚桂华建国红玉志文学海波宁福生梅金龙春燕宝贵林晓东峰辉鹏浩宇欣佳怡子轩梓涵雨泽"
    "诗琪博俊凯一鸣思源天佑立新卫民爱胜利长江淑珍凤云翠莲喜乐进山川河清泉振兴光荣忠诚德厚仁义礼智信永安康宏图大业"
)
PLACES = "银川固原中卫吴忠石嘴山灵武青铜峡盐池同心海原西吉隆德泾源彭阳贺兰永宁平罗"
TRADES = [
    "电力",
    "铁路",
    "煤业",
    "纺织",
    "建工",
    "环卫",
    "公交",
    "机床",
    "化工",
    "乳业",
    "葡萄酒",
    "治沙",
    "供水",
    "邮政",
    "医药",
    "水泥",
]
FORMS = ["有限公司", "集团有限公司", "有限责任公司", "股份有限公司", "厂", "中心", "医院", "学校", "研究所", "管理处"]
POSTS = [
    "班组长",
    "高级工程师",
    "电焊工",
    "护士长",
    "教师",
    "驾驶员",
    "技术员",
    "车间主任",
    "农民",
    "环卫工人",
    "采煤工",
    "乡村医生",
]
TEAMS = ["一班", "二班", "检修班", "女工班", "党支部", "青年突击队", "机务组"]
CHUNK = 2000


def invented(number: int, seed: int = 2026) -> Iterator[dict[str, Any]]:
    """Yield the plain facts of so many honourees, always the same for a seed."""
    chance = random.Random(seed)
    units = [
        chance.choice([PLACES[at : at + 2] for at in range(0, len(PLACES) - 1, 2)])
        + "".join(chance.sample(GIVEN, 2))
        + chance.choice(TRADES)
        + chance.choice(FORMS)
        for _ in range(max(50, number // 25))
    ]
    for place in range(number):
        unit = chance.choice(units)
        collective = place % 10 == 0
        given = "".join(chance.choice(GIVEN) for _ in range(1 + (chance.random() < 0.8)))
        yield {
            "kind": "collective" if collective else "individual",
            "name": unit + chance.choice(TEAMS) if collective else chance.choice(SURNAMES) + given,
            "unit": unit,
            "position": "" if collective else chance.choice(POSTS),
            "honours": [
                (chance.randrange(40), chance.choice(["national", "provincial", "provincial", "city", "county"]), year)
                for year in sorted(chance.sample(range(1950, 2026), 1 + (chance.random() < 0.25)))
            ],
            "spot": chance.random(),
        }


def fill(number: int) -> None:
    """Write so many honourees with their honours and standing; needs the reference data of the migrations."""
    regions = list(Region.objects.filter(code__startswith="64").order_by("code").values_list("pk", flat=True))
    regions += list(Region.objects.filter(level="city").order_by("code").values_list("pk", flat=True))
    industries = list(Industry.objects.order_by("code").values_list("pk", flat=True))
    node = UnionNode.objects.filter(parent=None).first() or UnionNode.objects.create(
        code="BENCH", name="总工会", kind="regional", path="BENCH/"
    )
    titles = _titles()
    batch: list[tuple[Honouree, list[Conferral]]] = []
    for facts in invented(number):
        batch.append(_file(facts, node, regions, industries, titles))
        if len(batch) == CHUNK:
            _write(batch)
            batch = []
    _write(batch)


def _titles() -> list[HonourTitle]:
    for place in range(40 - HonourTitle.objects.count()):
        name = f"基准奖章{place + 1}号"
        HonourTitle.objects.create(code=f"bench-{place}", name=name, name_key=fold(name), level="provincial")
    return list(HonourTitle.objects.order_by("pk")[:40])


def _file(facts: dict[str, Any], node: Any, regions: Any, industries: Any, titles: Any) -> Any:
    file = Honouree(
        kind=facts["kind"],
        union=node,
        region_id=regions[int(facts["spot"] * len(regions))] if regions else None,
        industry_id=industries[int(facts["spot"] * 997) % len(industries)] if industries else None,
        unit_name=facts["unit"],
        position=facts["position"],
    )
    apply_name(file, facts["name"])
    held = [
        Conferral(honouree=file, title=titles[number], level=level, year=year)
        for number, level, year in facts["honours"]
    ]
    best = max(held, key=lambda each: (RANK[each.level], each.year or 0))
    file.highest_rank, file.latest_year = RANK[best.level], max(each.year or 0 for each in held)
    file.headline, file.headline_year, file.honour_count = best.title.name, best.year, len(held)
    file.is_public = True
    return file, held


def _write(batch: list[tuple[Honouree, list[Conferral]]]) -> None:
    with transaction.atomic():
        Honouree._base.bulk_create([file for file, _ in batch])
        Conferral._base.bulk_create([each for _, held in batch for each in held])

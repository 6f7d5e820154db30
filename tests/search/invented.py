"""Invented documents, and a plain reading of what a search means, to hold the engines against."""

import random
from collections import Counter
from collections.abc import Iterable

from registry.honours.queries import Filters
from registry.organisations.regions import region_prefix, wider_codes
from registry.text.pinyin import sort_key
from registry.text.strokes import stroke_key
from search.analysis import Kind, Query, Rank, exact_keys, index_terms, matches, name_tiers
from search.documents import FACTS, HONOUR_FACTS, Honour, SearchDocument
from search.engines.base import Facets

SURNAMES = "王李张刘陈单仇欧曾解马"
GIVEN = "伟芳娜进喜敏静强磊军洋艳勇杰娟涛明超霞平刚雨晴乐长"
UNITS = ["宁夏电力有限公司", "银川铁路局机务段", "固原市第一人民医院", "石嘴山煤矿集团有限公司", "西夏区环卫站"]
POSTS = ["高级工程师", "班组长", "护士长", "电焊工", ""]
REGIONS = ["640000", "640100", "640105", "640400", "110000", "110101", ""]
INDUSTRIES = ["C", "D", "Q", ""]
TITLES = ["national-model", "may-day", "ningxia-model"]
LEVELS = {"national": 5, "provincial": 4, "city": 3}
QUERIES = [
    *["王", "张伟", "王进喜", "铁人", "单雨晴", "曾", "长乐", "进喜"],
    *["wang", "wangjinxi", "wjx", "zhang w", "shan", "dan", "w", "li", "ceng zeng", "zjx"],
    *["有限公司", "电力", "煤矿 班组长", "王 电力", "工程师", "2020年", "2020", "司马", "Smart", "smart grid", "sm"],
    *["公司 wang", "不存在的词语", "银川", "C919", "模范集体", "女", "sy", "py", "fi", "wangj"],
]
FILTERS = [
    Filters(),
    Filters(level="national"),
    Filters(level="national", year="2020"),
    Filters(title="may-day", year="2021"),
    Filters(level="provincial", title="ningxia-model", year="2022"),
    Filters(region="640000"),
    Filters(region="640100", kind="individual"),
    Filters(industry="C", kind="collective"),
    Filters(year="2020", region="640400", industry="D"),
    Filters(kind="page"),
    Filters(year="1066"),
    Filters(level="made up' OR 1"),
    Filters(region="64"),
    Filters(year="020"),
]


def document(
    key: str,
    names: list[str],
    *,
    kind: str = "individual",
    texts: Iterable[str] = (),
    honours: Iterable[Honour] = (),
    region: str = "",
    industry: str = "",
    version: int = 1,
    summary: str = "",
) -> SearchDocument:
    """Make a document from plain facts, as `search.sources` does from files."""
    held = tuple(sorted(set(honours)))
    return SearchDocument(
        key=key,
        kind=kind,
        title=names[0],
        url=f"/somewhere/{key.replace(':', '-')}/",
        summary=summary,
        name_terms=tuple(dict.fromkeys(term for name in names for term in index_terms(Kind.NAME, name))),
        text_terms=tuple(dict.fromkeys(term for text in (*names, *texts) for term in index_terms(Kind.TEXT, text))),
        exact_keys=tuple(dict.fromkeys(term for name in names for term in exact_keys(name))),
        honours=held,
        region=region,
        industry=industry,
        highest_rank=max((LEVELS[honour.level] for honour in held), default=0),
        latest_year=max((honour.year for honour in held), default=0),
        pinyin_key=sort_key(names[0])[:400],
        stroke_key=stroke_key(names[0])[:400],
        version=version,
    )


def documents(number: int = 240, seed: int = 7) -> list[SearchDocument]:
    """Make people, collectives and pages; every kind of filter and tier has some."""
    chance = random.Random(seed)
    made = [
        document("honouree:900001", ["王进喜", "铁人"], honours=[Honour("national", "national-model", 1959)]),
        document("honouree:900002", ["单雨晴"], texts=["电力"], region="640105", industry="D"),
        document("page:900001", ["王进喜的故事"], kind="page", texts=["铁人王进喜在大庆", "smart grid"]),
        document("page:900002", ["Smart grid 与 C919"], kind="page"),
    ]
    for number_ in range(1, number):
        collective = number_ % 6 == 0
        name = chance.choice(UNITS) + "班组" if collective else _person(chance)
        texts = [chance.choice(UNITS), chance.choice(POSTS), "女" if chance.random() < 0.3 else ""]
        held = [
            Honour(chance.choice([*LEVELS]), chance.choice(TITLES), chance.choice([0, 2019, 2020, 2021, 2022]))
            for _ in range(chance.choice([1, 1, 1, 2, 3]))
        ]
        texts += [f"{honour.year}年" for honour in held if honour.year]
        made.append(
            document(
                f"honouree:{number_}",
                [name, *([_person(chance)] if chance.random() < 0.1 else [])],
                kind="collective" if collective else "individual",
                texts=texts,
                honours=held,
                region=chance.choice(REGIONS),
                industry=chance.choice(INDUSTRIES),
            )
        )
    return made


def _person(chance: random.Random) -> str:
    return chance.choice(SURNAMES) + "".join(chance.choice(GIVEN) for _ in range(chance.choice([1, 2, 2])))


def fits(document: SearchDocument, filters: Filters) -> bool:
    """Say whether the filters hold, by the facts and not by terms; year, level and title of one and the same honour."""
    if filters.kind and document.kind != filters.kind:
        return False
    if filters.industry and document.industry != filters.industry:
        return False
    codes = {region_prefix(code) for code in wider_codes(document.region)}
    if filters.region and region_prefix(filters.region) not in codes:
        return False
    return not (filters.level or filters.title or filters.year) or any(
        _fits(honour, filters) for honour in document.honours
    )


def _fits(honour: Honour, filters: Filters) -> bool:
    year = int(filters.year) if filters.year.isdigit() else 0
    return (
        (not filters.level or honour.level == filters.level)
        and (not filters.title or honour.title == filters.title)
        and (not filters.year or (year > 0 and honour.year == year))
    )


def tier(query: Query, document: SearchDocument) -> int:
    """Return a document's tier from the terms of its names."""
    have = set(document.name_terms) | set(document.exact_keys)

    def has(text: str, prefix: bool) -> bool:
        return text in have or (prefix and any(term.startswith(text) for term in have))

    for each in name_tiers(query):
        if any(all(has(term.text, term.prefix) for term in alternative.all_of) for alternative in each.any_of):
            return int(each.rank)
    return int(Rank.TEXT)


def expected(query: Query, filters: Filters, made: list[SearchDocument]) -> list[str]:
    """Return the keys of all hits in the order of relevance."""
    found = [document for document in matching(query, made) if fits(document, filters)]
    return [each.key for each in sorted(found, key=lambda each: (tier(query, each), each.position))]


def matching(query: Query, made: list[SearchDocument]) -> list[SearchDocument]:
    """Return what the words alone find; no words find everything."""
    return [
        each
        for each in made
        if query.is_empty or matches(query, [*each.name_terms, *each.text_terms, *each.exact_keys])
    ]


def expected_facets(query: Query, filters: Filters, made: list[SearchDocument]) -> Facets:
    """Count every value of every fact without the fact's own filter."""
    counts: Facets = {}
    for fact in FACTS:
        others = Filters(**{**vars(filters), fact: ""})
        counter: Counter[str] = Counter()
        for each in matching(query, made):
            if fits(each, others):
                counter.update(_values(fact, each, others))
        counts[fact] = dict(counter)
    return counts


def _values(fact: str, document: SearchDocument, others: Filters) -> set[str]:
    if fact not in HONOUR_FACTS:
        return set(document.facets[fact])
    fitting = [honour for honour in document.honours if _fits(honour, others)]
    return {str(getattr(honour, fact)) for honour in fitting if getattr(honour, fact)}

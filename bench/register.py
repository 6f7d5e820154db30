"""A register of any size for the benchmarks, written past the models in bulk. Names are invented."""

import io
import random
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

import django
from django.db import transaction

django.setup()

from bench import bulk, people  # noqa: E402  # models, which need the settings
from registry.honours.enums import RANK  # noqa: E402
from registry.text.pinyin import sort_key  # noqa: E402
from registry.text.strokes import stroke_key  # noqa: E402

HONOURS = (0.72, 0.95)  # one honour below the first, two below the second, else three
COLLECTIVES, WITHHELD, REVOKED = 0.04, 0.003, 0.002
IN_COUNTY, IN_CITY, OF_INDUSTRY = 0.86, 0.95, 0.10
PARAGRAPH = "长期奋战在基层一线，带着班组把一件件难事做成，事迹在当地广为流传。" * 6


def prepare(stories: int) -> None:
    """Make the database and the tree of pages, and this many published stories with portrait, four paragraphs and a picture."""
    from django.core.files.images import ImageFile
    from django.core.management import call_command
    from PIL import Image as Drawing

    from cms.pages import demo
    from media.models import Picture, Portrait
    from registry.honours.reference import load_reference
    from registry.people.models import Honouree

    call_command("migrate", verbosity=0, interactive=False)
    load_reference()
    directory, _stories = demo.load_site()
    grow(stories)
    pictures = []
    for index in range(5):
        drawn = io.BytesIO()
        Drawing.new("RGB", (800, 1000), (90 + index, 90, 90)).save(drawn, "JPEG")
        pictures.append(Picture.objects.create(title=f"picture {index}", file=ImageFile(drawn, name=f"p{index}.jpg")))
    story = {
        "headline": "",
        "summary": "简介" * 20,
        "body": [PARAGRAPH] * 4,
        "timeline": [],
        "quote": "",
        "sources": [],
    }
    with transaction.atomic():
        for index, file in enumerate(Honouree._base.order_by("pk")[:stories]):
            picture = pictures[index % len(pictures)]
            page = demo.story_page(file, story)
            page.body.append(("picture", {"image": picture, "alt": "工作中", "caption": "", "credit": ""}))
            directory.add_child(instance=page)
            Portrait.objects.create(honouree=file, picture=picture, consent="bench")


def addresses(number: int) -> list[str]:
    """Return the addresses of the files with stories."""
    from registry.people.models import Honouree

    return [file.get_absolute_url() for file in Honouree._base.filter(profile_page__live=True).order_by("pk")[:number]]


def grow(size: int) -> None:
    """Add files with their honours until there are this many: a million takes a few minutes.

    Most are kept by the 22 counties' unions, some by cities and the region, a tenth also by an industry's union.
    """
    from django.db.models import Max

    from registry.honours.models import Conferral
    from registry.people.models import Honouree

    have = Honouree._base.aggregate(last=Max("pk"))["last"] or 0
    if have >= size:
        return
    crowd = Crowd(have, size, Conferral._base.aggregate(last=Max("pk"))["last"] or 0)
    with bulk.without_indexes(Honouree, Conferral):
        same = bulk.constants(Honouree(code="", slug=""), FILE_COLUMNS)
        bulk.write(Honouree, FILE_COLUMNS, crowd.files(), same)
        bulk.write(Conferral, HONOUR_COLUMNS, crowd.honours, bulk.constants(Conferral(), HONOUR_COLUMNS))
    bulk.analyse()


def index(number: int) -> None:
    """Write the embedded search entries of so many public files with the terms to filter by and none of words: what a list asks for."""
    from registry.honours.models import Conferral
    from registry.people.models import Honouree
    from search.documents import Honour, SearchDocument
    from search.engines.embedded import _address
    from search.models import SearchEntry, SearchSet

    if SearchEntry.objects.exists():
        return
    sets: dict[int, Any] = {}

    def rows() -> Iterator[tuple[Any, ...]]:
        held = Conferral._base.filter(is_revoked=False, honouree__is_public=True).order_by("honouree_id")
        files = Honouree._base.filter(is_public=True).order_by("pk").values_list(
            "pk", "kind", "name", "slug", "unit_name", "region_id", "highest_rank", "latest_year", "pinyin_key", "stroke_key"
        )[:number]  # fmt: skip
        honours = groupby(
            held.values_list("honouree_id", "level", "title__code", "year").iterator(chunk_size=bulk.CHUNK),
            itemgetter(0),
        )
        for pk, kind, name, slug, unit, region, rank, latest, pinyin, strokes in files.iterator(chunk_size=bulk.CHUNK):
            merits = tuple(Honour(level, title, year or 0) for _pk, level, title, year in next(honours)[1])
            document = SearchDocument(
                key=f"honouree:{pk}", kind=kind, title=name, url=f"/honourees/{slug}/", summary=unit, name_terms=(),
                text_terms=(), honours=merits, region=region or "", highest_rank=rank, latest_year=latest,
            )  # fmt: skip
            place = [kind, region or "", ""]
            each = [[honour.level, honour.title, honour.year] for honour in sorted(merits)]
            numbers = _address(place), _address(each)
            sets[numbers[0]], sets[numbers[1]] = place, each
            yield (
                document.position, document.key, kind, name, document.url, unit, " ".join(document.terms), *numbers, latest, pinyin,
                strokes,
            )  # fmt: skip

    columns = (
        "position", "key", "kind", "title", "url", "summary", "terms", "place", "merits", "latest_year", "pinyin_key", "stroke_key",
    )  # fmt: skip
    with bulk.without_indexes(SearchEntry):
        bulk.write(SearchEntry, columns, rows(), {"version": 1, "digest": "bench"})
        SearchSet.objects.bulk_create(
            [SearchSet(id=number, body=body) for number, body in sets.items()], batch_size=1000
        )
    bulk.analyse()


FILE_COLUMNS = (
    "id", "kind", "code", "slug", "name", "name_key", "pinyin_key", "stroke_key", "union_id", "industry_union_id", "region_id",
    "unit_name", "position", "sex", "withheld", "is_public", "highest_rank", "latest_year", "headline", "headline_year",
    "honour_count",
)  # fmt: skip
HONOUR_COLUMNS = ("id", "honouree_id", "title_id", "level", "year", "unit_name", "position", "is_revoked")


class Crowd:
    """Invented files by number, always the same for the same beginning; their honours are kept aside until the files are written."""

    def __init__(self, have: int, size: int, honours: int) -> None:
        from registry.honours.models import HonourTitle
        from registry.organisations.models import UnionNode

        self.have, self.size, self.last_honour = have, size, honours
        self.draw = random.Random(have)
        nodes = list(UnionNode.objects.exclude(kind="industrial").values_list("pk", "path", "region_id"))
        self.counties, self.cities, self.top = (
            [(pk, region) for pk, path, region in nodes if path.count("/") == depth] for depth in (3, 2, 1)
        )
        self.industries = list(UnionNode.objects.filter(kind="industrial").values_list("pk", flat=True))
        self.titles = list(HonourTitle.objects.filter(for_individuals=True).values_list("pk", "level", "name")[:24])
        self.signs = {
            sign: (sort_key(sign).split()[0], stroke_key(sign)) for sign in set(people.SURNAMES + people.GIVEN)
        }
        self.honours: list[tuple[Any, ...]] = []

    def files(self) -> Iterator[tuple[Any, ...]]:
        """Yield the columns of `FILE_COLUMNS`."""
        draw = self.draw
        for number in range(self.have + 1, self.size + 1):
            team = draw.random() < COLLECTIVES
            name, reading, drawn = self._name()
            unit = f"{name[-1]}{draw.choice(people.TRADES)}第{number % 50_000}厂"
            if team:
                name = f"{name}班"
            post = "" if team else draw.choice(people.POSTS)
            withheld = draw.random() < WITHHELD
            rank, latest, headline, headline_year, held = self._honour(number, unit, post)
            union, region = self._place()
            yield (
                number, "collective" if team else "individual", f"b{number:07d}", f"b-{number}", name, name,
                f"{reading} {name}", drawn, union,
                draw.choice(self.industries) if self.industries and draw.random() < OF_INDUSTRY else None, region, unit, post,
                "" if team else draw.choice(("male", "male", "female")), withheld, bool(held) and not withheld, rank, latest,
                headline, headline_year, held,
            )  # fmt: skip

    def _name(self) -> tuple[str, str, str]:
        draw = self.draw
        # Common surnames are common: half of all bear one of the first dozen.
        signs = people.SURNAMES[int(len(people.SURNAMES) * draw.random() ** 3)] + draw.choice(people.GIVEN)
        if draw.random() < 0.85:
            signs += draw.choice(people.GIVEN)
        readings = [self.signs[sign] for sign in signs]
        return signs, " ".join(sound for sound, _drawn in readings), "".join(drawn for _sound, drawn in readings)

    def _place(self) -> tuple[int, str | None]:
        share = self.draw.random()
        among = self.counties if share < IN_COUNTY else self.cities if share < IN_CITY else self.top
        found: tuple[int, str | None] = self.draw.choice(among or self.top)
        return found

    def _honour(self, number: int, unit: str, post: str) -> tuple[int, int, str, int | None, int]:
        draw, share = self.draw, self.draw.random()
        times = 1 if share < HONOURS[0] else 2 if share < HONOURS[1] else 3
        best, latest = (0, 0, ""), 0
        in_force = 0
        for title, level, title_name in draw.sample(self.titles, times):
            year, revoked = 2025 - int(76 * draw.random() ** 2), draw.random() < REVOKED
            self.last_honour += 1
            self.honours.append((self.last_honour, number, title, level, year, unit, post, revoked))
            if not revoked:
                in_force, latest = in_force + 1, max(latest, year)
                best = max(best, (RANK[level], year, title_name))
        return best[0], latest, best[2], best[1] or None, in_force

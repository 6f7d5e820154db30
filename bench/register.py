"""A register of any size for the benchmarks, written past the models in bulk. Names are invented."""

import io
import random
from typing import Any

import django
from django.db import connection, transaction

GIVEN = [
    ("明", "ming"),
    ("强", "qiang"),
    ("梅", "mei"),
    ("军", "jun"),
    ("兰", "lan"),
    ("波", "bo"),
    ("燕", "yan"),
    ("龙", "long"),
    ("云", "yun"),
]
FAMILY = [
    ("王", "wang"),
    ("李", "li"),
    ("张", "zhang"),
    ("刘", "liu"),
    ("陈", "chen"),
    ("马", "ma"),
    ("杨", "yang"),
    ("赵", "zhao"),
    ("单", "shan"),
]
BATCH = 20_000
PARAGRAPH = "长期奋战在基层一线，带着班组把一件件难事做成，事迹在当地广为流传。" * 6


def prepare(stories: int) -> None:
    """Make the database and the tree of pages, and this many published stories with portrait, four paragraphs and a picture."""
    django.setup()
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
    """Add files, each with one honour, until there are this many."""
    from registry.honours.models import HonourTitle
    from registry.organisations.models import Region
    from registry.organisations.queries import top_node
    from registry.people.models import Honouree

    have = Honouree._base.count()
    titles = list(HonourTitle.objects.filter(for_individuals=True).values_list("pk", "level", "name")[:12])
    regions = list(Region.objects.values_list("pk", flat=True)[:400])
    union, draw = top_node().pk, random.Random(have)
    for start in range(have, size, BATCH):
        _add(range(start + 1, min(start + BATCH, size) + 1), union, titles, regions, draw)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _add(numbers: range, union: int, titles: list[Any], regions: list[str], draw: random.Random) -> None:
    from registry.honours.enums import RANK
    from registry.honours.models import Conferral
    from registry.people.models import Honouree

    files, honours = [], []
    for number in numbers:
        signs = [draw.choice(FAMILY), draw.choice(GIVEN), draw.choice(GIVEN)]
        name, reading = "".join(sign for sign, _ in signs), " ".join(sound for _, sound in signs)
        title, level, title_name = draw.choice(titles)
        year = draw.randint(1950, 2025)
        unit = f"第{number % 50_000}机械厂"
        files.append(
            Honouree(
                pk=number,
                kind="individual",
                code=f"b{number:07d}",
                slug=f"b-{number}",
                name=name,
                name_key=name,
                pinyin_key=f"{reading} {name}",
                stroke_key="".join(f"{ord(sign):05d}" for sign in name),
                union_id=union,
                region_id=draw.choice(regions),
                unit_name=unit,
                position="车工",
                is_public=True,
                highest_rank=RANK[level],
                latest_year=year,
                headline=title_name,
                headline_year=year,
                honour_count=1,
            )
        )
        honours.append(
            Conferral(honouree_id=number, title_id=title, level=level, year=year, unit_name=unit, position="车工")
        )
    with transaction.atomic():
        Honouree._base.bulk_create(files, batch_size=500)
        Conferral._base.bulk_create(honours, batch_size=500)

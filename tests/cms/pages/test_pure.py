"""Kept component texts never mix contents or languages."""

from dataclasses import replace

from django.template import Context, Template
from django.utils import translation

from registry.honours.queries import HonoureeCard

CARD = HonoureeCard(
    1, "a", "/honourees/a/", "individual", "王小梅", [], "", "厂", "工", "", "全国劳动模范", "国家级", 2020, 2, "王"
)  # fmt: skip
TEMPLATE = '{% load pure %}{% pure "components/card.html" card=card look="" %}'
PLAIN = '{% include "components/card.html" with card=card look="" only %}'


def shown(source: str, card: HonoureeCard) -> str:
    return Template(source).render(Context({"card": card}))


def test_it_is_what_include_gives() -> None:
    for _time in range(2):
        assert shown(TEMPLATE, CARD) == shown(PLAIN, CARD)


def test_every_difference_counts() -> None:
    assert "<b>" not in shown(TEMPLATE, replace(CARD, name="<b>"))
    assert "李强" in shown(TEMPLATE, replace(CARD, name="李强"))
    assert "1999" in shown(TEMPLATE, replace(CARD, headline_year=1999))


def test_languages_are_kept_apart() -> None:
    with translation.override("en"):
        english = shown(TEMPLATE, CARD)
    with translation.override("zh-hans"):
        chinese = shown(TEMPLATE, CARD)
    assert "2 honours" in english
    assert english != chinese

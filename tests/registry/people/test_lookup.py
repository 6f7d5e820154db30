"""Officers find a file by whatever they remember of its name; few matches and many give the same."""

import pytest

from registry.people import lookup
from registry.people.actions import open_file, set_details
from registry.people.lookup import grams, named
from registry.people.models import Honouree
from tests.registry.conftest import Federation

WORDS = {
    "王建": ["王建国", "王建"],
    "建国": ["王建国", "李建国"],
    "国": ["王建国", "李建国"],
    "铁人": ["李建国"],
    "电力第1": ["王建国"],
    "WANGJIAN": ["王建国", "王建"],
    "li jian": ["李建国"],
    "wjg": ["王建国"],
    "100%": [],
    "厂'; --": [],
    "": ["王建国", "王建", "李建国"],
}


@pytest.fixture
def people(federation: Federation) -> None:
    """Three people, one with a nickname."""
    for name, unit in (("王建国", "银川电力第12厂"), ("王建", ""), ("李建国", "")):
        open_file("individual", name, actor=federation.registrar, union=federation.yinchuan, facts={"unit_name": unit})
    set_details(Honouree._base.get(name="李建国"), actor=federation.registrar, other_names=[("known_as", "王铁人")])


@pytest.mark.parametrize("few", [1000, 0])
@pytest.mark.parametrize("word", WORDS)
def test_a_file_is_found_by_any_part(people: None, monkeypatch: pytest.MonkeyPatch, word: str, few: int) -> None:
    monkeypatch.setattr(lookup, "FEW", few)
    found = named(Honouree._base.all(), word)
    assert sorted(file.name for file in found) == sorted(WORDS[word])


def test_a_word_is_looked_up_by_its_pairs() -> None:
    assert grams("王建国") == ["建国", "王建"]
    assert grams("王") == ["王"]

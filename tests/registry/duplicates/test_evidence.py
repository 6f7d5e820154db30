"""What speaks for two files being about one person, and what decides against it."""

from dataclasses import replace

from registry.duplicates.enums import Reason
from registry.duplicates.evidence import DOUBT, Facts, compare, sentence
from registry.duplicates.keys import keys_of
from registry.text.likeness import unit_core

SCHOOL = frozenset({unit_core("银川市第一中学")})
PERSON = Facts(pk=1, kind="individual", name="单雨晴", born="1968-03", units=SCHOOL)


def points(one: Facts, other: Facts) -> int:
    found = compare(one, other)
    assert (found and found.points) == ((again := compare(other, one)) and again.points), "the order must not matter"
    return found.points if found else -1


def test_same_name_and_birth_or_unit_is_enough() -> None:
    assert points(PERSON, replace(PERSON, pk=2, units=frozenset())) >= DOUBT
    assert points(PERSON, replace(PERSON, pk=2, born="")) >= DOUBT
    assert points(PERSON, replace(PERSON, pk=2, name="山雨晴", born="")) >= DOUBT
    assert points(PERSON, replace(PERSON, pk=2, name="单雨琴", born="")) >= DOUBT


def test_name_alone_or_with_the_year_is_not() -> None:
    assert 0 < points(PERSON, replace(PERSON, pk=2, born="", units=frozenset())) < DOUBT
    assert 0 < points(PERSON, replace(PERSON, pk=2, born="1968", units=frozenset())) < DOUBT


def test_namesakes_in_one_unit_with_another_birth_never_count() -> None:
    assert compare(PERSON, replace(PERSON, pk=2, born="1968-04")) is None
    assert compare(PERSON, replace(PERSON, pk=2, born="1971")) is None


def test_two_numbers_are_two_persons_and_one_number_is_one() -> None:
    one, other = (
        replace(PERSON, digest="aes.b1.xxx"),
        replace(PERSON, pk=2, name="完全不同", born="", digest="aes.b1.xxx"),
    )
    found = compare(one, other)
    assert found and found.points == 100 and found.reasons == (Reason.NUMBER,)
    assert compare(one, replace(PERSON, pk=2, digest="aes.b1.yyy")) is None
    assert points(one, replace(PERSON, pk=2, digest="aes.b0.yyy")) >= DOUBT, "digests under two keys say nothing"


def test_sex_and_ethnicity_weigh_against() -> None:
    woman = replace(PERSON, sex="female", ethnicity="03")
    assert points(woman, replace(woman, pk=2, sex="male", born="")) < DOUBT
    assert points(woman, replace(woman, pk=2, ethnicity="01", born="")) < DOUBT


def test_an_other_name_counts_like_a_name() -> None:
    found = compare(PERSON, replace(PERSON, pk=2, name="周小梅", others=("单雨晴",)))
    assert found and found.points >= DOUBT and Reason.OTHER_NAME in found.reasons
    assert "; " in sentence(found.reasons)


def test_collectives_by_name_and_unit_but_never_another_number() -> None:
    team = Facts(
        pk=1, kind="collective", name="吴忠电力有限公司检修一班", units=frozenset({unit_core("吴忠电力有限公司")})
    )
    assert points(team, replace(team, pk=2, name="吴忠电力公司检修一班")) >= DOUBT
    assert points(team, replace(team, pk=2, name="检修一班")) < points(team, replace(team, pk=2))
    assert compare(team, replace(team, pk=2, name="吴忠电力有限公司检修二班")) is None
    assert compare(team, replace(PERSON, pk=2)) is None


def test_files_that_could_be_doubles_share_a_key() -> None:
    mine = set(keys_of(PERSON))
    for other in (
        replace(PERSON, units=frozenset()),
        replace(PERSON, name="單雨晴", born=""),
        replace(PERSON, name="山雨琴", born=""),
        replace(PERSON, name="单晴雨", born=""),
        replace(PERSON, name="单晴", born=""),
        replace(PERSON, name="周小梅", others=("单雨晴",), born=""),
    ):
        assert mine & set(keys_of(other)), other
    assert not mine & set(keys_of(replace(PERSON, born="1980", units=frozenset({"吴忠电力"}))))

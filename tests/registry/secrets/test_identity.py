"""What a number says, and what is told to whoever typed a wrong one."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from registry.secrets.identity import Conflict, Sort, canonical, conflicts, mask, normalise, read
from registry.secrets.numbers import card_warning, clean_card, clean_phone, luhn, mask_number
from tests.registry.secrets.made import number

MAN = number()
WOMAN = number(sequence="002")
# The examples printed in GB 11643-1999 itself: nobody's.
STANDARD = ("11010519491231002X", "440524188001010014")
WITH_X = next(made for place in range(1, 999) if (made := number(sequence=f"{place:03d}")).endswith("X"))


@pytest.mark.parametrize(
    ("text", "born", "sex", "sort", "warned"),
    [
        (MAN, "1965-03-08", "male", Sort.CITIZEN, True),
        (WOMAN, "1965-03-08", "female", Sort.CITIZEN, True),
        (STANDARD[0], "1949-12-31", "female", Sort.CITIZEN, False),
        (STANDARD[1], "1880-01-01", "male", Sort.CITIZEN, False),
        (number(area="640102", birth="19401001"), "1940-10-01", "male", Sort.CITIZEN, False),
        ("640102650308001", "1965-03-08", "male", Sort.OLD, False),
        ("640102050308996", "1805-03-08", "", Sort.OLD, None),
        ("640102980308998", "1898-03-08", "female", Sort.OLD, False),
        (number(area="810000", birth="19900202"), "1990-02-02", "male", Sort.RESIDENCE, False),
        (number(area="820000", sequence="002"), "1965-03-08", "female", Sort.RESIDENCE, False),
        (number(area="830000"), "1965-03-08", "male", Sort.RESIDENCE, False),
        (number(area="964840", birth="19800105"), "1980-01-05", "male", Sort.FOREIGN, False),
        ("ABC640180010512", "", "", Sort.OLD_FOREIGN, True),
    ],
)
def test_what_a_number_says(text: str, born: str, sex: str, sort: Sort, warned: bool | None) -> None:
    if warned is None:
        with pytest.raises(ValidationError, match="出生日期"):
            read(text)
        return
    identity = read(text)
    assert (identity.born, identity.sex, identity.sort) == (born, sex, sort)
    assert bool(identity.warnings) is warned
    assert text not in repr(identity) and "1965" not in repr(identity)


@pytest.mark.parametrize(
    "written",
    [
        f" {MAN} ",
        f"'{MAN}",
        f"’{MAN}",
        f"\u200b{MAN[:6]}\u00a0{MAN[6:14]}\ufeff{MAN[14:]}\u202c",
        "".join(chr(ord(character) + 0xFEE0) for character in MAN),
        f"{MAN[:6]}-{MAN[6:14]}-{MAN[14:]}",
        f"\t{MAN}\n",
    ],
)
def test_what_lists_do_to_a_number_is_undone(written: str) -> None:
    assert read(written).number == MAN


def test_a_small_x_is_the_same_number() -> None:
    assert read(WITH_X.lower()).number == read(WITH_X.replace("X", "ｘ")).number == WITH_X


@pytest.mark.parametrize(
    ("written", "code", "words"),
    [
        ("6.40199E+17", "damaged", "Format the column as text"),
        ("6.40199196503080E+017", "damaged", "Format the column as text"),
        ("６.４０１９９e＋１７", "damaged", "Format the column as text"),
        (f"{number(sequence='100')[:15]}000", "damaged", "keeps only 15 digits"),
        (MAN[:17] + ("0" if MAN[17] != "0" else "1"), "check_digit", "Compare all 18 with the card"),
        (MAN[:6] + "9" + MAN[7:], "check_digit", "Compare all 18 with the card"),
        (number(birth="19651308"), "birth_date", "7 to 14"),
        (number(birth="19650230"), "birth_date", "7 to 14"),
        (number(birth="20991231"), "birth_date", "7 to 14"),
        (number(birth="18490101"), "birth_date", "7 to 14"),
        (MAN[:17], "length", "this one 17"),
        (MAN + "1", "length", "this one 19"),
        ("640199653030X", "length", "this one 13"),
        ("", "characters", "Other characters"),
        ("王进喜", "characters", "Other characters"),
        (MAN[:10] + "X" + MAN[11:], "length", "this one 18"),
        (MAN.replace("6", "O", 1), "characters", "Other characters"),
    ],
)
def test_a_bad_number_is_refused_with_what_to_do(written: str, code: str, words: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match=words) as caught:
        read(written)
    assert caught.value.code == code
    assert not written or written not in str(caught.value)


def test_today_is_the_last_possible_birth_date() -> None:
    assert read(number(birth="20200229"), today=date(2020, 2, 29)).born == "2020-02-29"
    with pytest.raises(ValidationError):
        read(number(birth="20200229"), today=date(2020, 2, 28))


def test_fifteen_digits_and_eighteen_are_one_person() -> None:
    assert canonical("640199650308001") == canonical(MAN) == MAN
    assert read("640199650308001").number == "640199650308001"


@pytest.mark.parametrize(
    ("sex", "birth", "found"),
    [
        ("male", "1965-03-08", ()),
        ("", "", ()),
        ("male", "1965", ()),
        ("male", "1965-03", ()),
        ("female", "1965", (Conflict("sex", "female", "male"),)),
        ("male", "1966", (Conflict("born", "1966", "1965-03-08"),)),
        ("female", "1965-03-09", (Conflict("sex", "female", "male"), Conflict("born", "1965-03-09", "1965-03-08"))),
    ],
)
def test_what_contradicts_the_file(sex: str, birth: str, found: tuple[Conflict, ...]) -> None:
    assert conflicts(MAN, sex=sex, birth=birth) == conflicts(read(MAN), sex=sex, birth=birth) == found


def test_an_old_foreign_card_contradicts_nothing() -> None:
    assert conflicts("ABC640180010512", sex="male", birth="1990") == ()


@given(st.text(max_size=40))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    try:
        assert len(read(text).full) in (15, 18)
    except ValidationError as error:
        assert error.code in ("damaged", "length", "characters", "check_digit", "birth_date")


@given(st.dates(date(1900, 1, 1), date(2020, 1, 1)), st.integers(0, 999), st.integers(0, 17), st.integers(1, 10))
def test_one_wrong_character_is_always_noticed(born: date, sequence: int, place: int, shift: int) -> None:
    good = number(birth=born.strftime("%Y%m%d"), sequence=f"{sequence:03d}")
    assert read(good).born == born.isoformat()
    alphabet = "0123456789X" if place == 17 else "0123456789"
    wrong = alphabet[(alphabet.index(good[place]) + shift) % len(alphabet)]
    if wrong != good[place]:
        with pytest.raises(ValidationError):
            read(good[:place] + wrong + good[place + 1 :])


def test_masks_show_three_and_two() -> None:
    assert mask(MAN) == f"640{'•' * 13}{MAN[-2:]}"
    assert mask_number("13800138000") == "138••••••00"
    assert mask("12345678") == "••••••••" and mask("") == ""


@pytest.mark.parametrize(
    "written",
    [
        "13800138000",
        "+86 138 0013 8000",
        "0086-138-0013-8000",
        "8613800138000",
        "'13800138000",
        "１３８００１３８０００",
        "138\u200b00138000",
        "13800138000.0",
        "(+86)13800138000",
    ],
)
def test_a_mobile_number_is_eleven_digits(written: str) -> None:
    assert clean_phone(written) == "13800138000"


@pytest.mark.parametrize(
    "written", ["", "1380013800", "138001380001", "23800138000", "12800138000", "0951-5012345", "a"]
)
def test_other_phone_numbers_are_refused(written: str) -> None:
    with translation.override("en"), pytest.raises(ValidationError, match="11 digits"):
        clean_phone(written)


def test_a_shortened_phone_number_is_named_damaged() -> None:
    with pytest.raises(ValidationError) as caught:
        clean_phone("1.38E+10")
    assert caught.value.code == "damaged"


def test_a_card_is_checked_by_luhn_and_only_warned_about() -> None:
    assert clean_card("6222 0000-0000 0000 008") == "6222000000000000008"
    assert luhn("4539578763621486") and not luhn("4539578763621487")
    assert card_warning("4539578763621486") == ""
    with translation.override("en"):
        assert "check digit" in card_warning("4539578763621487")
        with pytest.raises(ValidationError, match="12 to 19"):
            clean_card("12345678901")
    with pytest.raises(ValidationError) as caught:
        clean_card("6.222E+18")
    assert caught.value.code == "damaged"


@given(
    st.lists(st.tuples(st.integers(0, 18), st.sampled_from(" \t\u3000\u00a0\u200b\ufeff\u202c\u2060-–")), max_size=9)
)
def test_noise_anywhere_in_a_number_is_no_matter(noise: list[tuple[int, str]]) -> None:
    written = MAN
    for place, character in noise:
        written = written[:place] + character + written[place:]
    assert normalise(written) == normalise(f"'{written}") == MAN

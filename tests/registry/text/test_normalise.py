"""Names and text reach one form however a list wrote them, and no rare character is lost on the way."""

import random
import unicodedata

import pytest

from registry.text.normalise import clean_name, fold, is_han, normalise

RARE = "㛃𬭎䶮𠅤𰻝𱍊𬎆𫖯"


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("张　三", "张三"),
        (" 王 进\t喜 \n", "王进喜"),
        ("买买提•尼亚孜", "买买提·尼亚孜"),
        ("买买提 ・ 尼亚孜", "买买提·尼亚孜"),
        ("买买提．尼亚孜", "买买提·尼亚孜"),
        ("买买提‧尼亚孜∙艾合买提", "买买提·尼亚孜·艾合买提"),
        ("Anna   Louise　Strong", "Anna Louise Strong"),
        ("ＡＢＣ１班", "ABC1班"),
        ("银川市公交公司（集团）", "银川市公交公司（集团）"),
        ("張三豐", "張三豐"),
        ("﨑\uf9d1", "﨑\uf9d1"),
        ("王\u200b进\ufeff喜", "王进喜"),
        (RARE, RARE),
        ("", ""),
    ],
)
def test_a_name_is_stored_cleanly(written: str, stored: str) -> None:
    assert clean_name(written) == stored
    assert clean_name(stored) == stored


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("勞動　　模範", "劳动 模范"),
        ("１９５９年ＡＢ", "1959年AB"),
        ("吳爲眞", "吴为真"),
        ("⽂化", "文化"),
        ("a\x00b\r\n\tc", "a b c"),
        ("葛\U000e0100城", "葛城"),
        (RARE, RARE),
    ],
)
def test_running_text_has_one_normal_form(text: str, normal: str) -> None:
    assert normalise(text) == normal


def test_fold_drops_spaces_punctuation_and_case() -> None:
    for dot in "·•・．‧∙":
        assert fold(f"買買提{dot}尼亞孜") == "买买提尼亚孜"
    assert fold("「铁人」“王 进喜”《ABC》（女）(１)") == "铁人王进喜abc女1"
    assert fold("……，。 ·") == ""
    assert fold(RARE) == RARE
    assert fold("\ue863某") == "\ue863某"


def test_han_characters_of_every_block_are_known() -> None:
    blocks = "一鿿㐀䶿𠀀𪛟𪜀𫜿𫝀𫠠𬺰𰀀𱍊𱍐𲎯豈﨩〇"
    assert all(is_han(character) for character in blocks)
    assert not any(is_han(character) for character in "aＡ1。·々あア한 😀") and not is_han("") and not is_han("王一")


def test_normal_forms_are_stable_and_substrings_keep_theirs() -> None:
    rng = random.Random(3)
    han = [chr(code) for code in (*range(0x4E00, 0x9FA6), *range(0x3400, 0x3500), *range(0x20000, 0x20100))]
    for _ in range(500):
        text = "".join(rng.choices([*han, *"ａ１·　,"], k=12))
        assert normalise(normalise(text)) == normalise(text)
        assert fold(fold(text)) == fold(text)
        start = rng.randrange(10)
        assert fold(text[start : start + 4]) in fold(text)
    assert all(fold(character) for character in han if not unicodedata.name(character, "").startswith("CJK COMPAT"))

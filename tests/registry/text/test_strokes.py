"""Lists stand in the official order of strokes."""

from registry.text.strokes import UNKNOWN, stroke_key, strokes


def test_counts_follow_the_mainland_and_reach_rare_characters() -> None:
    counted = {
        "一": 1,
        "〇": 1,
        "丁": 2,
        "王": 4,
        "艾": 5,
        "冯": 5,
        "骨": 9,
        "黄": 11,
        "䶮": 9,
        "𠅤": 11,
        "𰻝": 43,
        "㛃": 9,
    }
    assert {character: strokes(character) for character in counted} == counted
    assert strokes("\U0003fff0") == UNKNOWN == strokes("\ue863")


def test_every_ideograph_of_the_basic_block_and_extension_a_is_counted() -> None:
    codes = [*range(0x4E00, 0x9FFD), *range(0x3400, 0x4DC0)]
    assert [chr(code) for code in codes if strokes(chr(code)) == UNKNOWN] == []
    assert len({stroke_key(chr(code)) for code in codes}) == len(codes)


def test_surnames_stand_by_count_then_by_horizontal_vertical_left_dot_turn() -> None:
    listed = "丁卜刀马王毛方孔邓艾左石叶田史丛包冯任向刘李张陈"
    shuffled = listed[::-1]
    assert "".join(sorted(shuffled, key=stroke_key)) == listed


def test_single_given_names_come_first_then_the_given_name_decides() -> None:
    listed = ["3号楼", "ABC班", "丁一", "王一", "王伟", "王一民", "王丁一", "王伟民", "李四", "\ue863某"]
    shuffled = listed[::-1]
    assert sorted(shuffled, key=stroke_key) == listed


def test_a_key_is_plain_and_blind_to_punctuation() -> None:
    assert stroke_key("买买提·尼亚孜") == stroke_key("买买提•尼亚孜") == stroke_key("买买提尼亚孜")
    key = stroke_key("王A1㛃𰻝\U0003fff0")
    assert key.isascii() and key.isalnum() and key == key.lower() and len(key) == 6 * 6 + 1
    assert stroke_key("") == stroke_key("·") == ""

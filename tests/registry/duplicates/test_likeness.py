"""How close names are, and what spellings of a unit share."""

import pytest

from registry.text.likeness import closeness, contains, near_sounds, same_numbers, unit_core


@pytest.mark.parametrize(
    ("one", "other", "how"),
    [
        ("張偉", "张伟", "name"),
        ("买买提·尼亚孜", "买买提尼亚孜", "name"),
        ("王建国", "王建果", "pinyin"),
        ("单雨晴", "山雨晴", "pinyin"),
        ("单雨晴", "丹雨晴", "pinyin"),
        ("李玉兰", "李玉莲", "slip"),
        ("陈志明", "程志明", "slip"),
        ("赵民", "赵明", "slip"),
        ("吴伟", "吴纬", "pinyin"),
        ("马淑兰", "马椒兰", "look"),
        ("王建国", "王国建", "shuffled"),
        ("王建国", "王建", "shuffled"),
        ("王建国", "王建军", ""),
        ("王伟", "王芳", ""),
        ("张秀英", "李秀英", ""),
    ],
)
def test_names_are_as_close_as_clerks_mistake_them(one: str, other: str, how: str) -> None:
    assert closeness(one, other) == how
    assert closeness(other, one) == how


def test_sounds_that_are_confused_and_sounds_that_are_not() -> None:
    assert (
        near_sounds("shan", "san")
        and near_sounds("nan", "lan")
        and near_sounds("jing", "jin")
        and near_sounds("lan", "lian")
    )
    assert not near_sounds("guo", "jun") and not near_sounds("a", "e")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("宁夏天元锰业集团有限公司", "宁夏天元锰业"),
        ("银川市第一中学", "银川第一中学"),
        ("宁夏回族自治区人民医院", "宁夏人民医院"),
        ("吴忠电力有限责任公司检修班", "吴忠电力公司检修班"),
    ],
)
def test_spellings_of_one_unit_share_their_core(one: str, other: str) -> None:
    assert unit_core(one) == unit_core(other)


def test_units_that_differ_stay_apart() -> None:
    assert unit_core("银川市第一中学") != unit_core("银川市第二中学")
    assert unit_core("银川市第一中学") != unit_core("吴忠市第一中学")
    assert contains(unit_core("银川市第一人民医院"), unit_core("银川市第一人民医院心内科"))
    assert not contains("车间", "机修车间")
    assert same_numbers("检修一班", "一检修班") and not same_numbers("检修一班", "检修二班")

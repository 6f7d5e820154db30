"""Who is who: what makes two rows one person, and what must stay a doubt."""

import json

import pytest

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.models import Conferral, HonourTitle
from registry.intake.actions import settle
from registry.intake.matching import DOUBT, SURE, Candidate, score
from registry.intake.queries import rows_of
from registry.organisations.actions import appoint, change_unit
from registry.organisations.models import UnionNode, Unit
from registry.organisations.queries import top_node
from registry.people.models import Honouree
from tests.registry.intake.steps import HEAD, codes, commit_now, committed, staged, statuses


def person(**facts: object) -> Candidate:
    """Somebody called 王伟."""
    return Candidate(kind="individual", name="王伟", **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("row", "file", "least", "most"),
    [
        (person(units={"银川市某厂"}, born="1970-05"), person(units={"银川市某厂"}, born="1970-05-12"), SURE, 100),
        (person(born="1970"), person(born="1971"), -1, -1),
        (person(sex="male"), person(sex="female"), -1, -1),
        (person(), person(), DOUBT, SURE - 1),
        (person(units={"甲厂某某"}), person(units={"乙矿某某"}), 0, DOUBT - 1),
        (person(units={"银川某厂"}), person(units={"银川某厂第一车间"}), DOUBT, SURE - 1),
        (person(units={"银川某厂"}), person(units={"银川某厂"}), SURE, 100),
        (person(units={"银川某厂"}, region="640100"), person(units={"银川某厂"}, region="610000"), DOUBT, SURE - 1),
        (person(ethnicity="回族", born="1970-05"), person(ethnicity="汉族", born="1970-05"), 0, SURE - 1),
    ],
)  # fmt: skip
def test_points(row: Candidate, file: Candidate, least: int, most: int) -> None:
    found = score(row, file)
    if least < 0:
        assert found is None
        return
    assert found is not None
    assert least <= found.points <= most


def test_rows_of_one_list_about_one_person_open_one_file_with_the_facts_of_all(registrar: User) -> None:
    committed(
        HEAD + "孟小泰,,,银川市某厂,,塞上工匠,2015\n孟小泰,男,1970-05,银川市某厂,厂长,自治区五一劳动奖章,2020\n"
        "孟小泰,男,1988-01,银川市某厂,车工,塞上工匠,2021\n",
        registrar,
    )
    elder = Honouree.objects.get(name="孟小泰", born="1970-05")
    assert (elder.sex, elder.position, elder.honour_count, elder.latest_year) == ("male", "厂长", 2, 2020)
    assert Honouree.objects.get(name="孟小泰", born="1988-01").honour_count == 1


def test_two_namesakes_at_two_units_in_one_list_are_never_made_one(registrar: User) -> None:
    text = HEAD + "王伟,男,,银川市某机床厂,车工,塞上工匠,2024\n王伟,男,,银川市某医院,护士,塞上工匠,2024\n"
    batch = staged(text, registrar)
    assert statuses(batch) == ["new", "doubtful"]
    commit_now(settle(batch, [2], "new", actor=registrar), registrar)
    assert set(Honouree.objects.values_list("name", "unit_name")) == {
        ("王伟", "银川市某机床厂"),
        ("王伟", "银川市某医院"),
    }
    assert statuses(staged(text, registrar)) == ["same", "same"]


def test_a_unit_renamed_meanwhile_is_the_same_unit(registrar: User) -> None:
    committed(HEAD + "孟小泰,男,,银川市某厂,车工,塞上工匠,2015\n", registrar)
    change_unit(Unit.objects.get(name="银川市某厂"), actor=registrar, name="宁夏新材料集团", until="2020")
    for unit in ("银川市某厂", "宁夏新材料集团"):
        batch = staged(HEAD + f"孟小泰,男,,{unit},车工,自治区五一劳动奖章,2021\n", registrar)
        assert statuses(batch) == ["changed"], unit


def test_a_later_list_moves_a_person_to_the_new_unit_without_the_old_post(registrar: User) -> None:
    committed(HEAD + "孟小泰,男,1970-05,银川市某厂,车工,塞上工匠,2015\n", registrar)
    committed(HEAD + "孟小泰,男,1970-05,吴忠市某公司,,自治区五一劳动奖章,2021\n", registrar)
    file = Honouree.objects.get(name="孟小泰")
    assert (file.unit_name, file.position) == ("吴忠市某公司", "")
    assert set(file.posts.values_list("unit_name", "position", "seen_in")) == {
        ("银川市某厂", "车工", 2015),
        ("吴忠市某公司", "", 2021),
    }
    committed(
        HEAD + "孟小泰,男,1970-05,银川市旧厂,学徒,宁夏回族自治区先进工作者,2000\n",
        registrar,
        answers={"level": "provincial"},
    )
    file.refresh_from_db()
    assert file.unit_name == "吴忠市某公司"


def test_a_year_that_was_unknown_is_filled_by_a_list_that_knows_it(registrar: User) -> None:
    committed(HEAD + "孟小泰,男,,银川市某厂,车工,塞上工匠,2015\n", registrar)
    Conferral.objects.update(year=None)
    batch = committed(HEAD + "孟小泰,男,,银川市某厂,车工,塞上工匠,2015\n", registrar)
    assert statuses(batch) == ["changed"]
    assert Conferral.objects.get().year == 2015


def test_an_honour_that_may_be_the_same_under_an_undivided_title_is_pointed_out(registrar: User) -> None:
    wide = HonourTitle.objects.get(code="national_model_or_advanced_worker")
    committed(HEAD + f"孟小泰,男,1970-05,银川市某厂,车工,{wide.name},2020\n", registrar)
    batch = staged(HEAD + "孟小泰,男,1970-05,银川市某厂,车工,全国劳动模范,2020\n", registrar)
    assert "perhaps_same_honour" in codes(batch)
    other = staged(HEAD + "孟小泰,男,1970-05,银川市某厂,车工,全国劳动模范,2015\n", registrar)
    assert "perhaps_same_honour" not in codes(other)


def test_somebody_elses_file_is_neither_shown_nor_written(registrar: User, city_registrar: User) -> None:
    committed(HEAD + "沈小万,男,1970-05,固原市某厂,车工,塞上工匠,2015\n", registrar)
    text = HEAD + "沈小万,男,1970-05,,车工,自治区五一劳动奖章,2021\n"
    batch = staged(text, city_registrar)
    row = rows_of(batch).get()
    assert (row.status, row.matches, row.match_id) == ("doubtful", [], None)
    assert "kept_elsewhere" in codes(batch)
    assert "固原" not in json.dumps([row.messages, row.differences], ensure_ascii=False)
    # Not even when named outright.
    kept = Honouree.objects.get(name="沈小万")
    assert statuses(settle(batch, [1], "match", actor=city_registrar, match=kept.pk)) == ["doubtful"]
    assert statuses(settle(batch, [1], "new", actor=city_registrar)) == ["new"]
    commit_now(batch, city_registrar)
    assert Honouree.objects.filter(name="沈小万").count() == 2


def test_seeing_a_file_is_not_leave_to_write_it(registrar: User, city_registrar: User) -> None:
    appoint(city_registrar, Role.AUDITOR, top_node(), actor=None)
    actor = User.objects.get(pk=city_registrar.pk)
    committed(HEAD + "沈小万,男,1970-05,固原市某厂,车工,塞上工匠,2015\n", registrar)
    text = HEAD + "沈小万,男,1970-05,,车工,自治区五一劳动奖章,2021\n"
    batch = staged(text, actor, union=UnionNode.objects.get(region="640100"))
    assert statuses(batch) == ["doubtful"]


def test_units_of_another_union_are_not_attached(registrar: User, city_registrar: User) -> None:
    committed(HEAD + "沈小万,男,1970-05,固原市某厂,车工,塞上工匠,2015\n", registrar)
    Unit.objects.update(name="某联合公司", name_key="某联合公司")
    committed(HEAD + "于小雨,女,1990-01,某联合公司,车工,塞上工匠,2021\n", city_registrar)
    unit = Honouree.objects.get(name="于小雨").unit
    assert unit is not None
    assert unit.union.region_id == "640100"
    assert Unit.objects.filter(name="某联合公司").count() == 2

"""Counts follow the register, are those of a plain recount on any day and for any officer, and lead to their rows."""

import random
from datetime import date
from itertools import permutations, product
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from registry.honours.models import Conferral
from registry.life.actions import record_event
from registry.organisations.models import Industry, UnionNode
from registry.people.actions import change_file, open_file
from registry.people.models import Ethnicity, Honouree
from registry.statistics import actions, cube
from registry.statistics.axes import Axis, Scope
from registry.statistics.models import Build, Cell, Debt, Span
from registry.statistics.queries import Counted, Figure, cross, known, totals
from tests.registry.statistics.conftest import Register
from tests.registry.statistics.plain import FACTS, plainly

AXES = [Axis(name) for name in FACTS if name != "union"]


def test_people_are_counted_by_their_highest_honour(register: Register) -> None:
    table = cross(register.federation.registrar, Counted.PEOPLE, Axis.LEVEL, Axis.SEX)
    assert table.numbers == {(5, 1): 1, (4, 2): 2, (3, 1): 1, (0, 0): 1}
    assert [line.key for line in table.rows] == [5, 4, 3, 2, 1, 0]
    assert table.total == 5 and table.row_totals[4] == 2 and table.column_totals[2] == 2


def test_honours_are_counted_each(register: Register) -> None:
    table = cross(register.federation.registrar, Counted.HONOURS, Axis.DECADE, Axis.LEVEL)
    assert table.numbers == {(1990, 2): 1, (2000, 5): 1, (2010, 4): 1, (1960, 3): 1, (0, 4): 1, (2000, 4): 1}


def test_an_officer_counts_the_own_subtree(register: Register) -> None:
    city = cross(register.federation.city_registrar, Counted.PEOPLE, Axis.UNION, Axis.SEX)
    assert city.total == 3
    assert {line.key: line.label for line in city.rows}[register.county.pk] == "西夏区总工会"
    # The industry's officer sees what the industry's union keeps, whoever keeps it otherwise.
    industry = cross(register.officer_of(register.industrial), Counted.PEOPLE, Axis.UNION, Axis.SEX)
    assert industry.numbers == {(-3, 2): 1}


@pytest.mark.parametrize("day", [None, date(2010, 5, 31), date(2010, 6, 1), date(2005, 4, 27), date(1959, 12, 31)])
def test_every_table_is_that_of_a_plain_recount(register: Register, day: date | None) -> None:
    register.revoke(Conferral._base.get(honouree=register.files["王一"], year=2005), date(2012, 1, 1))
    register.revoke(Conferral._base.get(honouree=register.files["李二"]), date(2021, 1, 1))
    actions.catch_up()
    users = [
        register.federation.registrar, register.federation.city_registrar, register.officer_of(register.industrial),
        register.officer_of(register.federation.guyuan, register.industrial),
        register.officer_of(register.federation.guyuan, register.county),
    ]  # fmt: skip
    for user in users:
        for of in Counted:
            for row, column in permutations(AXES, 2):
                found = cross(user, of, row, column, day=day).numbers
                assert found == plainly(user, of, row, column, day), (user.username, of, row, column)


def test_a_past_day(register: Register) -> None:
    user = register.federation.registrar
    honour = Conferral._base.get(honouree=register.files["王一"], year=2005)
    register.revoke(honour, date(2012, 1, 1))
    actions.catch_up()

    def level_of(name: str, day: date | None) -> list[int]:
        table = cross(user, Counted.PEOPLE, Axis.LEVEL, Axis.LIFE, day=day)
        return [
            line.key for line in table.rows
            if Span.objects.filter(
                pk__in=table.behind(line).spans().values("pk"), file=register.files[name].pk
            ).exists()
        ]  # fmt: skip

    assert level_of("王一", date(1994, 12, 31)) == []
    assert level_of("王一", date(2005, 4, 27)) == [2]
    assert level_of("王一", date(2005, 4, 28)) == [5]
    assert level_of("王一", date(2011, 12, 31)) == [5]
    assert level_of("王一", date(2012, 1, 1)) == [2]
    assert level_of("王一", None) == [2]
    # Without a date or a year: now, on no past day.
    assert level_of("刘四", date(2025, 1, 1)) == [] and level_of("刘四", None) == [4]
    alive = cross(user, Counted.PEOPLE, Axis.LIFE, Axis.LEVEL, day=date(2010, 5, 31))
    dead = cross(user, Counted.PEOPLE, Axis.LIFE, Axis.LEVEL, day=date(2010, 6, 1))
    assert (alive.row_totals.get(3, 0), dead.row_totals[3]) == (0, 1)


def test_retirement_is_a_state_between_two_days(register: Register) -> None:
    user = register.federation.registrar
    record_event(register.files["王一"], "retired", actor=user, happened_on="2020-03", document="退〔2020〕1号")
    record_event(register.files["王一"], "died", actor=user, happened_on="2023", document="证明")
    actions.catch_up()

    def states(day: date | None) -> dict[int, int]:
        return cross(user, Counted.PEOPLE, Axis.LIFE, Axis.LEVEL, day=day).row_totals

    assert states(date(2020, 2, 29)) == {1: 2, 3: 1}
    assert states(date(2020, 3, 1)) == {1: 1, 2: 1, 3: 1}
    assert states(date(2023, 1, 1)) == {1: 1, 3: 2}
    assert states(None) == {1: 3, 3: 2}
    assert actions.check().is_right


def test_age_is_that_of_the_day_and_the_dead_have_none(register: Register) -> None:
    user = register.federation.registrar
    then = cross(user, Counted.PEOPLE, Axis.AGE, Axis.SEX, day=date(2000, 1, 1))
    # Born 1965: 35 in 2000. Born 1930: 70.
    assert then.numbers == {(1, 1): 1, (66, 1): 1}
    later = cross(user, Counted.PEOPLE, Axis.AGE, Axis.SEX, day=date(2021, 1, 1))
    assert later.numbers == {(56, 1): 1, (1, 2): 1, (-2, 1): 1}


def test_regions_roll_up_to_those_below_the_own(register: Register) -> None:
    def keys(user: Any) -> dict[int, int]:
        return cross(user, Counted.PEOPLE, Axis.REGION, Axis.LEVEL).row_totals

    assert keys(register.federation.registrar) == {640100: 2, 640400: 1, 110000: 1, 0: 1}
    assert keys(register.federation.city_registrar) == {640100: 1, 640105: 1, 0: 1}


def test_every_number_leads_to_its_rows(register: Register) -> None:
    users = (
        register.federation.registrar,
        register.federation.city_registrar,
        register.officer_of(register.industrial),
    )
    for day, user in product((None, date(2005, 6, 1), date(2021, 1, 1)), users):
        for of in Counted:
            for row, column in (
                (Axis.AGE, Axis.REGION), (Axis.UNION, Axis.DECADE), (Axis.REGION, Axis.LIFE), (Axis.LEVEL, Axis.YEAR),
                (Axis.IDENTITY, Axis.PARTY), (Axis.SEX, Axis.INDUSTRY),
            ):  # fmt: skip
                table = cross(user, of, row, column, day=day)
                rows, columns = ({line.key: line for line in lines} for lines in (table.rows, table.columns))
                shown = Conferral.objects if of == Counted.HONOURS else Honouree.objects
                for (a, b), number in table.numbers.items():
                    figure = Figure.decode(table.behind(rows[a], columns[b]).encode())
                    assert shown.visible_to(user).filter(pk__in=figure.rows()).count() == number, (figure, number)
                figure = Figure.decode(table.behind().encode())
                assert shown.visible_to(user).filter(pk__in=figure.rows()).count() == table.total


@pytest.mark.parametrize(
    "text", ["", "all", "people;node", "people;name:1", "honours;level:5", "people;node:1~2", "people;level:a~b"]
)
def test_an_address_that_is_none(text: str) -> None:
    with pytest.raises(ValueError):
        Figure.decode(text)


def test_totals_are_those_of_the_tables(register: Register) -> None:
    users = [
        register.federation.registrar, register.federation.city_registrar,
        register.officer_of(register.federation.guyuan, register.county),
        register.officer_of(register.federation.guyuan, register.industrial),
    ]  # fmt: skip
    for user, day in product(users, (None, date(2005, 6, 1), date(2012, 1, 1), date(1960, 1, 1))):
        found = totals(user, day=day)
        people = cross(user, Counted.PEOPLE, Axis.LIFE, Axis.LEVEL, day=day)
        assert (found.people, found.deceased) == (people.total, people.row_totals.get(3, 0))
        assert found.collectives == cross(user, Counted.COLLECTIVES, Axis.LIFE, Axis.LEVEL, day=day).total
        assert found.honours == sum(plainly(user, "honours", "level", "sex", day).values())


def test_two_different_facts_are_needed(register: Register) -> None:
    with pytest.raises(ValueError):
        cross(register.federation.registrar, Counted.PEOPLE, Axis.YEAR, Axis.DECADE)


def test_a_change_is_owed_in_its_own_transaction_and_paid(register: Register) -> None:
    assert known(register.federation.registrar)[1] is False
    cells = set(Cell.objects.values_list("pk", "files", "honours"))
    change_file(register.files["王一"], actor=register.federation.registrar, facts={"sex": "female"})
    assert list(Debt.objects.values_list("file", flat=True)) == [register.files["王一"].pk]
    assert known(register.federation.registrar)[1] is True
    assert actions.catch_up() == 1
    assert not Debt.objects.exists()
    assert actions.check().is_right
    change_file(register.files["王一"], actor=register.federation.registrar, facts={"sex": "male"})
    actions.catch_up()
    assert set(Cell.objects.values_list("pk", "files", "honours")) == cells


@pytest.mark.django_db(transaction=True)
def test_a_committed_change_is_counted_by_the_worker_and_a_taken_back_one_never_was(register: Register) -> None:
    actor = register.federation.registrar
    assert cross(actor, Counted.PEOPLE, Axis.SEX, Axis.LEVEL).row_totals == {1: 2, 2: 2, 0: 1}
    change_file(register.files["王一"], actor=actor, facts={"sex": "female"})
    assert cross(actor, Counted.PEOPLE, Axis.SEX, Axis.LEVEL).row_totals == {1: 1, 2: 3, 0: 1}
    with pytest.raises(RuntimeError), transaction.atomic():
        change_file(register.files["王一"], actor=actor, facts={"sex": "male"})
        assert Debt.objects.exists()
        raise RuntimeError("thought better of it")
    assert not Debt.objects.exists()
    assert actions.check().is_right


def test_what_happens_while_a_file_is_counted_stays_owed(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    file = register.files["王一"].pk
    actions.owe([file])
    count = actions.refresh

    def meanwhile(ids: Any, build: Any) -> None:
        count(ids, build)
        monkeypatch.setattr(actions, "refresh", count)
        actions.owe([file])

    monkeypatch.setattr(actions, "refresh", meanwhile)
    assert actions.catch_up() == 2


def test_a_count_that_breaks_off_loses_nothing(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    change_file(register.files["王一"], actor=register.federation.registrar, facts={"sex": "female"})
    change, broken = cube.change_cells, [True]

    def breaks(changes: Any) -> None:
        change(changes)
        if broken:
            raise RuntimeError("killed")

    monkeypatch.setattr(cube, "change_cells", breaks)
    with pytest.raises(RuntimeError):
        actions.catch_up()
    assert Debt.objects.count() == 1
    broken.clear()
    actions.catch_up()
    assert actions.check().is_right


def test_the_first_run_counts_the_whole_register(register: Register) -> None:
    before = set(Cell.objects.values_list("pk", "files", "honours"))
    for model in (Cell, Span, Debt, Build):
        model._base_manager.all().delete()
    assert actions.catch_up() == len(register.files)
    assert set(Cell.objects.values_list("pk", "files", "honours")) == before


def test_rebuilding_gives_the_same(register: Register) -> None:
    before = set(Cell.objects.values_list("pk", "files", "honours"))
    actions.owe([1])
    assert actions.rebuild() == len(register.files)
    assert set(Cell.objects.values_list("pk", "files", "honours")) == before
    assert not Debt.objects.exists()


def test_a_node_that_moves_takes_its_numbers_along(register: Register) -> None:
    UnionNode.objects.filter(pk=register.county.pk).update(path="T/G/X/", parent=register.federation.guyuan)
    actions.owe([register.files["李二"].pk])
    actions.catch_up()
    assert cross(register.federation.city_registrar, Counted.PEOPLE, Axis.LEVEL, Axis.SEX).total == 1
    assert actions.check().is_right


def test_the_check_finds_what_is_wrong(register: Register, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("check_statistics")
    Cell.objects.filter(node=register.federation.top.pk, pair=0, a=5).update(files=7)
    Honouree._base.filter(pk=register.files["李二"].pk).update(sex="male")
    with pytest.raises(CommandError):
        call_command("check_statistics")
    said = capsys.readouterr().err
    assert f"file {register.files['李二'].pk} " in said and "(7, " in said
    call_command("check_statistics", rebuild=True)
    call_command("check_statistics")


def test_a_hundred_changes_end_in_the_numbers_of_a_recount(register: Register) -> None:
    chance = random.Random(7)
    federation = register.federation
    nodes = [federation.top, federation.yinchuan, federation.guyuan, register.county]
    ethnicities = [
        Ethnicity.objects.get_or_create(code=code, defaults={"letters": letters, "name": name, "name_en": letters})[0]
        for code, letters, name in (("01", "HA", "汉族"), ("03", "HU", "回族"))
    ]
    industries = [Industry.objects.get_or_create(code=code, defaults={"name": code})[0] for code in "ACT"]
    for number in range(100):
        name = chance.choice(list(register.files))
        file = Honouree._base.get(pk=register.files[name].pk)
        what = chance.randrange(5)
        if what == 0:
            kind = chance.choice(["individual", "collective"])
            union = chance.choice(nodes)
            register.files[f"新{number}"] = open_file(kind, f"新{number}", actor=federation.registrar, union=union)
        elif what == 1 and file.is_person:
            facts = {
                "sex": chance.choice(["", "male", "female"]), "died": chance.choice(["", "2001", "2019-05-03"]),
                "ethnicity": chance.choice(ethnicities),
            }  # fmt: skip
            change_file(file, actor=federation.registrar, facts=facts)
        elif what == 2:
            facts = {
                "union": chance.choice(nodes), "industry": chance.choice(industries),
                "industry_union": chance.choice([None, register.industrial]),
            }  # fmt: skip
            change_file(file, actor=federation.registrar, facts=facts)
        elif what == 3 and not Conferral._base.filter(honouree=file).count() > 3:
            year = chance.choice([None, *range(1950, 2025)])
            level = chance.choice(["national", "provincial", "city", "county", "unit"])
            if not Conferral._base.filter(honouree=file, level=level, year=year).exists():
                register.files[name] = file
                register.honour(name, level, year=year)
        elif honour := Conferral._base.filter(honouree=file, is_revoked=False, revocation=None).first():
            register.revoke(honour, date(chance.randint(1990, 2025), 5, 1))
        if chance.random() < 0.2:
            actions.catch_up()
    verdict = actions.check()
    assert verdict.is_right, verdict
    for user in (federation.registrar, federation.city_registrar, register.officer_of(register.industrial)):
        for day in (None, date(1999, 1, 1), date(2018, 7, 1)):
            for of in Counted:
                for row, column in (("level", "ethnicity"), ("industry", "life"), ("sex", "year")):
                    found = cross(user, of, Axis(row), Axis(column), day=day).numbers
                    assert found == plainly(user, of, row, column, day), (user, day, of, row, column)


def test_a_scope_of_several_counties_names_their_province(register: Register) -> None:
    assert Scope((register.federation.yinchuan, register.federation.guyuan)).place == 640000

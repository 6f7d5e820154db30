"""Regions, the tree, who sees what, and what becomes of units."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.organisations.actions import add_unit, appoint, change_unit, end_appointment, merge_unit
from registry.organisations.models import Unit
from registry.organisations.queries import find_region, find_region_code, nodes_visible_to, union_of_region, units_named
from registry.organisations.rules import holds, may_enter_console
from registry.organisations.scoping import ScopeForgotten, scope_required
from registry.organisations.validators import credit_code_warning
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.registry.conftest import Federation


def test_an_officer_sees_the_own_subtree_only(federation: Federation) -> None:
    for node in (federation.yinchuan, federation.guyuan):
        add_unit(f"{node.name}的单位", actor=federation.registrar, union=node)
    assert Unit.objects.visible_to(federation.registrar).count() == 2
    assert [unit.union for unit in Unit.objects.visible_to(federation.city_registrar)] == [federation.yinchuan]
    assert list(nodes_visible_to(federation.city_registrar)) == [federation.yinchuan]
    assert not Unit.objects.visible_to(User.objects.create_user("nobody")).exists()


def test_a_query_that_forgets_its_scope_fails_instead_of_leaking(federation: Federation) -> None:
    with scope_required():
        for careless in (
            lambda: list(Honouree.objects.all()),
            lambda: Honouree.objects.count(),
            lambda: Honouree.objects.filter(name="x").exists(),
            lambda: Honouree.objects.get(pk=1),
            lambda: Honouree.objects.values_list("name").first(),
            lambda: Honouree.objects.update(name="x"),
            lambda: list(Honouree.objects.iterator()),
        ):
            with pytest.raises(ScopeForgotten):
                careless()
        assert Honouree.objects.visible_to(federation.registrar).filter(name="x").count() == 0
        assert not Honouree.objects.everywhere("a reason").exists()


def test_a_role_lasts_for_its_term(federation: Federation) -> None:
    user = User.objects.create_user("temp")
    today = timezone.localdate()
    appoint(
        user, Role.EDITOR, federation.yinchuan, actor=None, starts_on=today - timedelta(9), ends_on=today - timedelta(1)
    )
    assert not may_enter_console(user)
    appoint(user, Role.EDITOR, federation.yinchuan, actor=None)
    user = User.objects.get(pk=user.pk)
    assert may_enter_console(user)
    assert user.has_perm("wagtailadmin.access_admin")
    assert holds(user, Role.EDITOR, at="T/Y/XX/")
    assert not holds(user, Role.EDITOR, at="T/G/")


def test_only_an_administrator_above_appoints_and_dismisses(federation: Federation) -> None:
    user = User.objects.create_user("new")
    with pytest.raises(PermissionDenied):
        appoint(user, Role.EDITOR, federation.yinchuan, actor=federation.registrar)
    admin = User.objects.create_user("admin")
    appoint(admin, Role.ADMINISTRATOR, federation.yinchuan, actor=None)
    with pytest.raises(PermissionDenied):
        appoint(user, Role.EDITOR, federation.top, actor=admin)
    appointment = appoint(user, Role.EDITOR, federation.yinchuan, actor=admin)
    assert user.groups.filter(name="role:editor").exists()
    end_appointment(appointment, actor=admin)
    assert not User.objects.get(pk=user.pk).groups.filter(name="role:editor").exists()


def test_nobody_appoints_themselves(federation: Federation) -> None:
    """Neither a further role, nor a longer term, nor an end: a colleague does it. The system sets itself up."""
    admin = User.objects.create_user("admin")
    own = appoint(admin, Role.ADMINISTRATOR, federation.top, actor=None)
    for role, node in ((Role.REVIEWER, federation.top), (Role.ADMINISTRATOR, federation.yinchuan)):
        with pytest.raises(ValidationError) as refused:
            appoint(admin, role, node, actor=admin)
        assert refused.value.code == "own"
    with pytest.raises(ValidationError) as refused:
        end_appointment(own, actor=admin)
    assert refused.value.code == "own"
    assert list(admin.appointments.all()) == [own]
    assert not admin.groups.filter(name="role:reviewer").exists()
    colleague = User.objects.create_user("colleague")
    appoint(colleague, Role.ADMINISTRATOR, federation.top, actor=admin)
    end_appointment(own, actor=colleague)
    assert not admin.appointments.exists()


def test_a_term_that_is_over_isnt_lengthened_by_ending_it(federation: Federation) -> None:
    admin, user = User.objects.create_user("admin"), User.objects.create_user("former")
    appoint(admin, Role.ADMINISTRATOR, federation.top, actor=None)
    today = timezone.localdate()
    over = appoint(
        user, Role.EDITOR, federation.top, actor=None, starts_on=today - timedelta(99), ends_on=today - timedelta(50)
    )
    with pytest.raises(ValidationError) as refused:
        end_appointment(over, actor=admin)
    assert refused.value.code == "over"
    over.refresh_from_db()
    assert over.ends_on == today - timedelta(50)


def test_a_renamed_unit_is_found_by_both_names_and_its_people_move_along(federation: Federation) -> None:
    unit = add_unit("银川第一机床厂", actor=federation.city_registrar, union=federation.yinchuan)
    person = open_file(
        "individual", "甲乙", actor=federation.registrar, union=federation.yinchuan,
        facts={"unit": unit, "unit_name": unit.name},
    )  # fmt: skip
    change_unit(unit, actor=federation.city_registrar, name="银川机床集团", until="1998-03", document="银经〔1998〕1号")
    assert {found.pk for name in ("银川第一机床厂", "银川机床集团") for found in units_named(name)} == {unit.pk}
    person.refresh_from_db()
    assert person.unit_name == "银川机床集团"


def test_a_merged_unit_hands_over_its_people_and_keeps_its_record(federation: Federation) -> None:
    gone, stays = (add_unit(name, actor=federation.registrar, union=federation.yinchuan) for name in ("甲厂", "乙厂"))
    person = open_file("individual", "丙", actor=federation.registrar, union=federation.yinchuan, facts={"unit": gone})
    with pytest.raises(ValidationError):
        merge_unit(gone, gone, actor=federation.registrar, reason="x")
    with pytest.raises(ValidationError):
        merge_unit(gone, stays, actor=federation.registrar, reason=" ")
    merge_unit(gone, stays, actor=federation.registrar, reason="企业重组")
    person.refresh_from_db()
    gone.refresh_from_db()
    assert (person.unit, gone.merged_into) == (stays, stays)
    assert list(units_named("甲厂")) == [stays]
    with pytest.raises(ValidationError):
        merge_unit(stays, gone, actor=federation.registrar, reason="回头")


def test_a_clerk_of_another_city_may_not_touch_a_unit(federation: Federation) -> None:
    unit = add_unit("固原某厂", actor=federation.registrar, union=federation.guyuan)
    with pytest.raises(PermissionDenied):
        change_unit(unit, actor=federation.city_registrar, name="别名")
    with pytest.raises(PermissionDenied):
        add_unit("又一厂", actor=federation.city_registrar, union=federation.guyuan)


@pytest.mark.parametrize(
    ("text", "within", "code"),
    [
        ("宁夏回族自治区", "", "640000"),
        ("宁夏", "", "640000"),
        ("宁夏银川市", "", "640100"),
        ("银川市西夏区城市管理综合执法局", "", "640105"),
        ("北京市", "", "110000"),
        ("不在册的地方", "", ""),
        ("", "", ""),
    ],
)
def test_regions_are_read_as_lists_write_them(federation: Federation, text: str, within: str, code: str) -> None:
    assert find_region_code(text, within=within) == code
    region = find_region(text, within=within)
    assert (region.pk if region else "") == code


def test_a_company_that_merely_begins_with_a_city_is_not_placed_there(federation: Federation) -> None:
    assert find_region_code("银川隆基硅材料有限公司", within="64", full_names_only=True) == ""
    assert find_region_code("银川市公交公司", within="64", full_names_only=True) == "640100"


def test_a_region_is_kept_by_its_own_federation_or_the_nearest_above(federation: Federation) -> None:
    assert union_of_region("640105") == federation.yinchuan
    assert union_of_region("640300") == federation.top
    assert union_of_region("110000") is None


@pytest.mark.parametrize("code", ["914403001922038216", "91330100799655058B", "91100000100003962T", ""])
def test_a_right_credit_code_is_silent(code: str) -> None:
    assert credit_code_warning(code) == ""


@pytest.mark.parametrize("code", ["91350100M0001TGQXM", "914403001922038217", "IOSVZ"])
def test_a_failed_credit_code_warns_and_never_refuses(code: str) -> None:
    assert credit_code_warning(code)

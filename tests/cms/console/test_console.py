"""The console through HTTP: what officers see, do, and are refused."""

import re
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.honours.actions import confer, propose_revocation
from registry.honours.models import Conferral
from registry.intake.committing import commit_all
from registry.intake.models import IntakeBatch
from registry.organisations.actions import add_unit, appoint
from registry.organisations.models import Unit
from registry.people.actions import open_file
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation, officer
from tests.registry.honours.test_honours import REVOKED

LISTS = (
    "console_people", "console_collectives", "console_honours", "console_titles", "console_units", "console_unions", "console_imports",
    "console_audit",
)  # fmt: skip


def text(response: Any) -> str:
    """The answer's body."""
    content: bytes = b"".join(response.streaming_content) if response.streaming else response.content
    return content.decode("utf-8-sig")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_opens_sorts_and_exports(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn, name: str
) -> None:
    client = sign_in(federation.registrar)
    assert client.get(reverse(name)).status_code == 200
    assert client.get(reverse(name), {"order": "pinyin_key", "p": "99", "q": "甲"}).status_code == 200
    assert client.get(reverse(name), {"order": "password", "year": "abc", "union": "x"}).status_code == 200
    assert "," in text(client.get(reverse(name), {"export": "csv"}))
    assert load_workbook(BytesIO(client.get(reverse(name), {"export": "xlsx"}).content)).active is not None


def test_a_city_officer_sees_the_own_subtree_in_lists_search_export_and_screens(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.city_registrar)
    unit = add_unit("固原某厂", actor=federation.registrar, union=federation.guyuan)
    for name in ("console_people", "console_honours", "console_audit", "console_units"):
        for query in ({}, {"q": "马"}, {"export": "csv"}):
            assert "马万里" not in text(client.get(reverse(name), query)), name
    assert "单雨晴" in text(client.get(reverse("console_people")))
    other = files["guyuan"]
    honour = Conferral._base.get(honouree=other)
    for name, key in (
        ("console_file", other.pk), ("console_file_change", other.pk), ("console_confer", other.pk), ("console_correct", honour.pk),
        ("console_unit", unit.pk), ("console_unit_change", unit.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[key])).status_code == 404, name
    chooser = client.get("/console/file_chooser/").json()["html"]
    assert "单雨晴" in chooser
    assert "马万里" not in chooser


def test_whoever_holds_no_role_is_sent_away(files: dict[str, Honouree], sign_in: SignIn) -> None:
    assert Client().get("/console/").status_code == 302
    client = sign_in(User.objects.create_user("nobody"))
    assert client.get(reverse("console_people")).status_code in (302, 403)


def test_an_auditor_reads_and_may_not_write(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.auditor)
    file = files["yinchuan"]
    page = text(client.get(reverse("console_file", args=[file.pk])))
    assert "单雨晴" in page
    assert reverse("console_file_change", args=[file.pk]) not in page
    for name, arguments in (
        ("console_file_change", [file.pk]), ("console_file_add", ["individual"]), ("console_import_add", []), ("console_accounts", []),
        ("console_unit_add", []), ("console_title_add", []), ("console_file_withhold", [file.pk]),
    ):  # fmt: skip
        assert client.post(reverse(name, args=arguments), {"reason": "x"}).status_code in (302, 403), name
    assert Honouree.objects.count() == 2
    assert client.post(reverse("console_verify"), follow=True).status_code == 200


def test_a_file_is_opened_changed_and_its_history_shown(federation: Federation, sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    values = {
        "name": "丁　一凡",
        "union": federation.yinchuan.pk,
        "unit_name": "某厂",
        "born": "1980-13",
        "region": "银川市",
    }
    refused = client.post(reverse("console_file_add", args=["individual"]), values)
    assert refused.status_code == 422
    assert "某厂" in text(refused)
    values["born"] = "1980-03"
    client.post(reverse("console_file_add", args=["individual"]), values)
    file = Honouree.objects.get(name="丁一凡")
    assert (file.born, file.region_id) == ("1980-03", "640100")
    change = {
        **values,
        "name": "丁一帆",
        "sources": "某报 2024\n某报 2025",
        "posts": "某厂 | 车工 | 1999 | ",
        "reason": "更名",
    }
    assert client.post(reverse("console_file_change", args=[file.pk]), change).status_code == 302
    page = text(client.get(reverse("console_file", args=[file.pk])))
    for expected in ("丁一帆", "丁一凡", "车工", "某报 2025", "更名"):
        assert expected in page


def test_a_namesake_is_shown_before_a_second_file_is_opened(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    address = reverse("console_file_add", args=["individual"])
    values = {"name": "单雨晴", "union": federation.yinchuan.pk}
    warned = client.post(address, values)
    assert warned.status_code == 422
    assert "same_name_checked" in text(warned)
    assert client.post(address, {**values, "same_name_checked": "on"}).status_code == 302
    assert Honouree.objects.filter(name="单雨晴").count() == 2


def test_an_honour_is_added_corrected_and_removed_with_a_reason(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    file = files["yinchuan"]
    title = federation.title("塞上工匠")
    client.post(reverse("console_confer", args=[file.pk]), {"title": title.pk, "year": "2024"})
    honour = Conferral._base.get(honouree=file, title=title)
    twice = client.post(reverse("console_confer", args=[file.pk]), {"title": title.pk, "year": "2024"})
    assert twice.status_code == 422
    client.post(reverse("console_correct", args=[honour.pk]), {"title": title.pk, "year": "2025", "reason": "据文件"})
    honour.refresh_from_db()
    assert honour.year == 2024, "a second person has to confirm"
    proposal = honour.proposals.get()
    sign_in(federation.second).post(reverse("console_proposal_confirm", args=[proposal.pk]))
    honour.refresh_from_db()
    assert honour.year == 2025
    assert client.post(reverse("console_remove", args=[honour.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("console_remove", args=[honour.pk]), {"reason": "误录"})
    assert not Conferral._base.filter(pk=honour.pk).exists()


def test_a_revocation_waits_on_the_front_of_a_second_officer_and_takes_the_page_down(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    file = files["yinchuan"]
    honour = Conferral._base.get(honouree=file)
    first, second = sign_in(federation.registrar), sign_in(federation.second)
    assert first.post(reverse("console_revoke", args=[honour.pk]), REVOKED).status_code == 302
    assert first.get(reverse("console_revoke_confirm", args=[honour.pk])).status_code in (302, 403)
    assert "waiting=me" in text(second.get("/console/"))
    assert "waiting=me" not in text(first.get("/console/"))
    assert Client().get(file.get_absolute_url()).status_code == 200
    second.post(reverse("console_revoke_confirm", args=[honour.pk]))
    assert Client().get(file.get_absolute_url()).status_code == 404
    second.post(reverse("console_revoke_withdraw", args=[honour.pk]), {"reason": "复议"})
    assert Client().get(file.get_absolute_url()).status_code == 200


def test_withholding_from_the_screen(federation: Federation, files: dict[str, Honouree], sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    file = files["yinchuan"]
    client.post(reverse("console_file_withhold", args=[file.pk]), {"reason": "本人撤回授权"})
    assert Client().get(file.get_absolute_url()).status_code == 404
    assert "本人撤回授权" in text(client.get(reverse("console_file", args=[file.pk])))


def test_a_unit_is_renamed_merged_and_a_bad_credit_code_only_warns(federation: Federation, sign_in: SignIn) -> None:
    client = sign_in(federation.registrar)
    values = {"name": "甲厂", "union": federation.yinchuan.pk, "credit_code": "91350100M0001TGQXM"}
    assert client.post(reverse("console_unit_add"), values).status_code == 302
    unit = Unit.objects.get(name="甲厂")
    client.post(reverse("console_unit_change", args=[unit.pk]), {**values, "name": "甲集团", "until": "1999"})
    other = add_unit("乙集团", actor=federation.registrar, union=federation.yinchuan)
    refused = client.post(reverse("console_unit_merge", args=[unit.pk]), {"into": "没有的厂", "reason": "重组"})
    assert refused.status_code == 422
    merge = {"into": "乙集团", "reason": "重组"}
    preview = client.post(reverse("console_unit_merge", args=[unit.pk]), merge)
    assert "91350100M0001TGQXM" in text(preview)
    unit.refresh_from_db()
    assert unit.merged_into is None
    client.post(reverse("console_unit_merge", args=[unit.pk]), {**merge, "sure": "on"})
    unit.refresh_from_db()
    assert unit.merged_into == other
    page = text(client.get(reverse("console_unit", args=[other.pk])))
    assert "甲集团" in page
    assert "乙集团" in text(client.get(reverse("console_units"), {"q": "甲集团"}))


def test_titles_belong_to_the_region(federation: Federation, sign_in: SignIn) -> None:
    assert sign_in(federation.city_registrar).get(reverse("console_title_add")).status_code in (302, 403)
    client = sign_in(federation.registrar)
    values = {
        "code": "new-title",
        "name": "最美工友",
        "level": "city",
        "for_individuals": "on",
        "aliases": "美丽工友\n",
    }
    assert client.post(reverse("console_title_add"), values).status_code == 302
    assert client.post(reverse("console_title_add"), {**values, "code": "x"}).status_code == 422
    assert "美丽工友" in text(client.get(reverse("console_titles"), {"q": "工友"}))


def test_an_administrator_makes_appoints_and_dismisses(
    federation: Federation, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    values = {"username": "new.clerk", "display_name": "新来的", "role": "registrar", "node": federation.yinchuan.pk}
    page = client.post(reverse("console_account_add"), values, follow=True)
    password = re.search(r"[：:] ?([A-Za-z0-9_-]{12})", text(page))
    assert password is not None
    user = User.objects.get(username="new.clerk")
    assert user.check_password(password[1])
    client.post(reverse("console_appoint", args=[user.pk]), {"role": "auditor", "node": federation.guyuan.pk})
    appointments = list(user.appointments.all())
    assert len(appointments) == 2
    clerk = sign_in(User.objects.get(pk=user.pk))
    assert clerk.get(reverse("console_people")).status_code == 200
    for appointment in appointments:
        client.post(reverse("console_dismiss", args=[appointment.pk]), {"reason": "调离"})
    assert clerk.get(reverse("console_people")).status_code in (302, 403)
    assert not AuditEntry.objects.filter(after__icontains=password[1]).exists()
    assert client.post(reverse("console_account_switch", args=[user.pk]), {"reason": ""}).status_code == 422
    client.post(reverse("console_account_switch", args=[user.pk]), {"reason": "离职"})
    assert not User.objects.get(pk=user.pk).is_active
    own = client.post(reverse("console_account_switch", args=[administrator.pk]), {"reason": "试试"})
    assert own.status_code == 422
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_city_administrator_keeps_the_citys_accounts_and_cannot_become_the_regions(
    federation: Federation, sign_in: SignIn
) -> None:
    client = sign_in(officer("city-administrator", Role.ADMINISTRATOR, federation.yinchuan))
    listed = text(client.get(reverse("console_accounts")))
    assert reverse("console_account", args=[federation.city_registrar.pk]) in listed
    assert reverse("console_account", args=[federation.second.pk]) not in listed
    assert client.get(reverse("console_account", args=[federation.second.pk])).status_code == 404
    for name in ("console_appoint", "console_account_password", "console_account_switch"):
        assert client.post(reverse(name, args=[federation.second.pk]), {"reason": "x"}).status_code == 404, name
    far = {"username": "far.clerk", "display_name": "远", "role": "registrar", "node": federation.top.pk}
    assert client.post(reverse("console_account_add"), far).status_code == 422
    appoint(federation.city_registrar, Role.AUDITOR, federation.top, actor=None)
    refused = client.post(reverse("console_account_password", args=[federation.city_registrar.pk]))
    assert refused.status_code in (302, 403)
    assert User.objects.get(pk=federation.city_registrar.pk).check_password("a long pass phrase")
    reach = federation.city_registrar.appointments.get(node=federation.top)
    assert client.post(reverse("console_dismiss", args=[reach.pk]), {"reason": "x"}).status_code in (302, 403)
    assert federation.city_registrar.appointments.filter(pk=reach.pk).exists()


def test_a_list_is_imported_from_the_screen(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.PRIVATE_ROOT = tmp_path
    client = sign_in(federation.registrar)
    assert client.post(reverse("console_import_add"), {}).status_code == 422
    content = (
        "姓名,工作单位,荣誉称号,年度\n丁一凡,银川市某厂,自治区五一劳动奖章,2024\n单雨晴,,自治区五一劳动奖章,2020\n"
    )
    upload = SimpleUploadedFile("名单.csv", content.encode("gb18030"))
    client.post(reverse("console_import_add"), {"file": upload, "source": "某报"})
    batch = IntakeBatch.objects.get()
    address = reverse("console_import", args=[batch.pk])
    page = text(client.get(address))
    assert "单雨晴" in page
    assert client.post(address, {"do": "settle", "choice": "match"}, follow=True).status_code == 200
    client.post(address, {"do": "settle", "choice": "match", "all": "1"})
    client.post(address, {"do": "commit"})
    commit_all(batch.pk, federation.registrar)
    assert Honouree.objects.get(name="丁一凡").is_public
    assert Conferral._base.filter(honouree=files["yinchuan"]).count() == 2
    assert "名单.csv" in text(client.get(reverse("console_imports")))
    assert (
        load_workbook(BytesIO(client.get(reverse("console_import_report", args=[batch.pk])).content)).active is not None
    )
    assert client.get(reverse("console_import_undo", args=[batch.pk])).status_code == 200
    assert sign_in(federation.city_registrar).get(address).status_code == 404
    assert load_workbook(BytesIO(client.get(reverse("console_import_template")).content)).active is not None


def test_what_a_list_does_not_say_is_asked_on_the_screen(
    federation: Federation, sign_in: SignIn, settings: Any, tmp_path: Any
) -> None:
    settings.PRIVATE_ROOT = tmp_path
    client = sign_in(federation.registrar)
    client.post(reverse("console_import_add"), {"text": "姓名\t工作单位\n丁一凡\t银川市某厂\n于小雨\t银川市某院\n"})
    batch = IntakeBatch.objects.get()
    address = reverse("console_import", args=[batch.pk])
    assert "ask0" in text(client.get(address))
    values = {"title": "最美工友", "year": "2023", "level": "city"}
    answers = {f"ask{number}": values[ask["key"].partition(":")[0]] for number, ask in enumerate(batch.asks)}
    client.post(address, {"do": "answer", **answers})
    batch.refresh_from_db()
    assert batch.asks == []
    assert batch.state == "checking"
    client.post(address, {"do": "discard"})
    batch.refresh_from_db()
    assert batch.state == "discarded"


def test_an_exported_cell_cannot_run(federation: Federation, sign_in: SignIn) -> None:
    open_file("individual", "=1+1", actor=federation.registrar, union=federation.top, facts={"position": "@SUM(A1)"})
    exported = text(sign_in(federation.registrar).get(reverse("console_people"), {"export": "csv"}))
    assert "'@SUM(A1)" in exported
    assert ",@SUM" not in exported


@pytest.mark.parametrize(
    "name", ["console_people", "console_honours", "console_units", "console_audit", "console_titles"]
)
def test_a_list_costs_the_same_at_one_and_thirty_rows(federation: Federation, sign_in: SignIn, name: str) -> None:
    client = sign_in(federation.registrar)
    title = federation.title("塞上工匠")

    def add(number: int) -> None:
        unit = add_unit(f"第{number}厂", actor=federation.registrar, union=federation.yinchuan)
        facts = {"unit": unit, "unit_name": unit.name}
        file = open_file(
            "individual",
            f"甲{chr(0x4E00 + number)}",
            actor=federation.registrar,
            union=federation.yinchuan,
            facts=facts,
        )
        confer(file, title, actor=federation.registrar, year=2024)

    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert client.get(reverse(name)).status_code == 200
        return len(caught)

    add(0)
    queries()
    few = queries()
    for number in range(1, 30):
        add(number)
    # A list that goes on after the page is counted as well.
    assert queries() <= few + 1


def test_a_proposal_by_another_counts_on_the_front(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    propose_revocation(Conferral._base.get(honouree=files["yinchuan"]), actor=federation.registrar, **REVOKED)
    assert "waiting=me" in text(sign_in(federation.second).get("/console/"))

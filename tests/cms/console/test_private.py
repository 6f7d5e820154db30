"""Private facts in the console: masked for everybody, entered by officers, seen by those allowed, with a reason, for half a minute."""

import pytest
from django.test import Client

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.people import privacy
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation, officer
from tests.registry.secrets.made import number

NUMBER = number("19750308", "002")
PHONE = "13900000000"


@pytest.fixture
def allowed(federation: Federation, administrator: User, files: dict[str, Honouree], sign_in: SignIn) -> Client:
    """The city's officer with the permission to reveal, signed in; the Yinchuan file holds a number and a phone."""
    city = federation.city_registrar
    privacy.set_private(files["yinchuan"], actor=city, identity_number=NUMBER, phone=PHONE)
    privacy.allow_reveal(city, actor=administrator, allowed=True, reason="发放慰问金")
    return sign_in(User.objects.get(pk=city.pk))


def test_a_fact_is_shown_with_a_reason_and_leaves_the_screen_by_itself(
    allowed: Client, files: dict[str, Honouree]
) -> None:
    address = f"/console/files/{files['yinchuan'].pk}/private/"
    page = allowed.get(address)
    assert PHONE not in page.content.decode() and NUMBER not in page.content.decode()
    refused = allowed.post(address, {"fact": "phone", "reason": " "})
    assert refused.status_code == 422 and PHONE not in refused.content.decode()
    assert not AuditEntry.objects.filter(verb="private.revealed").exists()
    shown = allowed.post(address, {"fact": "phone", "reason": "核对联系方式"})
    assert PHONE in shown.content.decode() and NUMBER not in shown.content.decode()
    assert shown["Refresh"] == f"30; url={address}" and "no-store" in shown["Cache-Control"]
    entry = AuditEntry.objects.get(verb="private.revealed")
    assert entry.reason == "核对联系方式" and PHONE not in str(vars(entry))
    assert PHONE not in allowed.get(address).content.decode()


def test_who_may_not_sees_nothing_whatever_the_role(
    allowed: Client, federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    file = files["yinchuan"]
    people = [officer(f"some-{role}", role, federation.top) for role in Role] + [
        officer(f"guyuan-{role}", role, federation.guyuan) for role in Role
    ]
    for user in people:
        client = sign_in(user)
        for ending in ("", "change/", "copy/", "erase/"):
            address = f"/console/files/{file.pk}/private/{ending}"
            answers = [
                client.get(address),
                client.post(address, {"fact": "phone", "reason": "想看一看", "document": "无"}),
            ]
            for answer in answers:
                text = answer.content.decode()
                assert PHONE not in text and NUMBER not in text, (user, ending)
                if "registrar" not in user.username or "guyuan" in user.username:
                    assert answer.status_code in (302, 403, 404), (user, ending, answer.status_code)
    assert not AuditEntry.objects.filter(verb__in=["private.revealed", "private.exported"]).exists()


def test_bad_values_are_refused_by_field_without_being_printed_back_in_plain_logs(
    allowed: Client, files: dict[str, Honouree], caplog: pytest.LogCaptureFixture
) -> None:
    address = f"/console/files/{files['yinchuan'].pk}/private/change/"
    wrong = NUMBER[:-1] + ("1" if NUMBER[-1] != "1" else "2")
    answer = allowed.post(address, {"identity_number": wrong, "phone": "123"})
    assert answer.status_code == 422
    assert wrong not in caplog.text
    assert allowed.post(address, {}).status_code == 422


def test_taken_numbers_conflicts_and_taking_away(
    allowed: Client, federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    other = sign_in(federation.registrar)
    taken = other.post(f"/console/files/{files['guyuan'].pk}/private/change/", {"identity_number": NUMBER})
    assert taken.status_code == 422 and files["yinchuan"].name not in taken.content.decode()
    Honouree._base.filter(pk=files["yinchuan"].pk).update(sex="male", born="1976")
    page = allowed.get(f"/console/files/{files['yinchuan'].pk}/private/").content.decode()
    assert "1976" in page and page.count("mw-message--warning") == 2
    gone = allowed.post(f"/console/files/{files['yinchuan'].pk}/private/change/", {"remove": ["identity_number"]})
    assert gone.status_code == 302
    assert privacy.find_by_identity(NUMBER) is None


def test_a_file_is_found_by_number_without_the_number_in_an_address(
    allowed: Client, federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    for typed in (NUMBER.lower(), f" {NUMBER} ", PHONE, f"+86 {PHONE}"):
        answer = allowed.post("/console/find/", {"number": typed})
        assert answer.status_code == 302 and answer["Location"] == f"/console/files/{files['yinchuan'].pk}/", typed
    guyuan = sign_in(officer("guyuan-officer", Role.REGISTRAR, federation.guyuan))
    refused = guyuan.post("/console/find/", {"number": NUMBER})
    assert refused.status_code == 422 and files["yinchuan"].name not in refused.content.decode()
    assert allowed.post("/console/find/", {"number": "x"}).status_code == 422


def test_erasing_leaves_the_file_and_its_honour(allowed: Client, files: dict[str, Honouree]) -> None:
    file = files["yinchuan"]
    answer = allowed.post(f"/console/files/{file.pk}/private/erase/", {"reason": "本人申请删除", "document": "申请书"})
    assert answer.status_code == 302
    assert privacy.find_by_phone(PHONE) is None
    assert Honouree._base.get(pk=file.pk).honour_count == 1
    collective = allowed.get("/console/files/0/private/")
    assert collective.status_code == 404

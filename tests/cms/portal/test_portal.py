"""An honouree gets a code on paper, opens the own file, sees who looked, and has something put right."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.holders import actions
from registry.holders.models import Binding, CorrectionRequest, Invitation
from registry.people import privacy
from registry.people.models import Honouree
from tests.cms.console.conftest import SignIn, administrator, federation, files, sign_in
from tests.registry.conftest import Federation, officer
from tests.registry.secrets.made import number as a_number

__all__ = ["administrator", "federation", "files", "sign_in"]
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20
Holder = Callable[[], tuple[Client, Honouree]]
GOOD = "three honest words"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    from django.core.cache import cache

    cache.clear()


@pytest.fixture
def holder(federation: Federation, files: dict[str, Honouree], client: Client) -> tuple[Client, Honouree]:
    """The person of the Yinchuan file, signed in."""
    file = files["yinchuan"]
    code = actions.invite(file, actor=federation.city_registrar)
    client.post("/my/start/", {"code": code, "username": "yuqing", "password": GOOD, "email": ""})
    return client, file


def test_the_officer_makes_a_code_and_the_person_opens_the_own_file_with_it(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn, client: Client
) -> None:
    file = files["yinchuan"]
    page = sign_in(federation.city_registrar).post(f"/console/files/{file.pk}/account/").content.decode()
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert found is not None
    typed = found[0].lower().replace("-", " ")
    assert client.get("/my/").status_code == 302
    answer = client.post("/my/start/", {"code": typed, "username": "yuqing", "password": GOOD, "email": ""})
    assert answer.status_code == 302 and answer["Location"] == "/my/"
    page = client.get("/my/").content.decode()
    assert file.name in page and "自治区五一劳动奖章" in page
    assert not Invitation.objects.exists()
    # It worked once.
    other = Client()
    again = other.post("/my/start/", {"code": typed, "username": "someone", "password": GOOD, "email": ""})
    assert again.status_code == 422 and not User.objects.filter(username="someone").exists()


def test_no_trace_of_the_code_is_kept(federation: Federation, files: dict[str, Honouree]) -> None:
    from registry.audit.models import AuditEntry

    code = actions.invite(files["yinchuan"], actor=federation.city_registrar)
    invitation = Invitation.objects.get()
    assert code not in str(vars(invitation)) and code.replace("-", "") not in str(vars(invitation))
    assert not any(code in str(vars(entry)) for entry in AuditEntry.objects.all())


def test_a_wrong_overdue_or_replaced_code_opens_nothing(federation: Federation, files: dict[str, Honouree]) -> None:
    file = files["yinchuan"]
    first = actions.invite(file, actor=federation.city_registrar)
    second = actions.invite(file, actor=federation.city_registrar)
    for code in ("", "AAAA", "2222-2222-2222", first, "单雨晴"):
        with pytest.raises(ValidationError):
            actions.register(code, username="yuqing", password=GOOD)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(ValidationError):
        actions.register(second, username="yuqing", password=GOOD)
    assert not Binding.objects.exists() and not User.objects.filter(username="yuqing").exists()


def test_a_bad_password_keeps_the_code_good(federation: Federation, files: dict[str, Honouree], client: Client) -> None:
    code = actions.invite(files["yinchuan"], actor=federation.city_registrar)
    for name, password in (("yuqing", "123"), (federation.registrar.username, GOOD), ("no spaces please", GOOD)):
        answer = client.post("/my/start/", {"code": code, "username": name, "password": password, "email": ""})
        assert answer.status_code == 422
        assert password not in answer.content.decode()
    answer = client.post("/my/start/", {"code": code, "username": "yuqing", "password": GOOD, "email": ""})
    assert answer.status_code == 302


def test_whoever_guesses_codes_has_to_wait(db: None, client: Client) -> None:
    asked = {"code": "2222-2222-2222", "username": "guesser", "password": GOOD, "email": ""}
    answers = [client.post("/my/start/", asked).status_code for _ in range(11)]
    assert answers[0] == 422 and answers[-1] == 429


def test_only_officers_of_the_file_hand_out_codes(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn, holder: tuple[Client, Honouree]
) -> None:
    guyuan = files["guyuan"]
    with pytest.raises(PermissionDenied):
        actions.invite(guyuan, actor=federation.city_registrar)
    assert sign_in(federation.city_registrar).get(f"/console/files/{guyuan.pk}/account/").status_code == 404
    for role in set(Role) - {Role.REGISTRAR}:
        someone = officer(f"some-{role}", role, federation.top)
        assert sign_in(someone).post(f"/console/files/{guyuan.pk}/account/").status_code in (302, 403)
    assert not Invitation.objects.exists()


def test_an_account_without_a_role_reaches_nothing_but_the_own_file(
    files: dict[str, Honouree], holder: tuple[Client, Honouree]
) -> None:
    client, file = holder
    for address in ("/console/", f"/console/files/{file.pk}/", "/console/people/", "/console/requests/"):
        answer = client.get(address)
        assert answer.status_code in (302, 403)
        assert files["guyuan"].name not in answer.content.decode()


def test_the_person_reads_who_saw_what_and_why(
    federation: Federation, administrator: User, holder: tuple[Client, Honouree]
) -> None:
    client, file = holder
    number = a_number("19750308", "002")
    privacy.set_private(file, actor=federation.city_registrar, identity_number=number, phone="13900000000")
    privacy.allow_reveal(federation.city_registrar, actor=administrator, allowed=True, reason="慰问金发放")
    city = User.objects.get(pk=federation.city_registrar.pk)
    privacy.reveal(file, "phone", actor=city, reason="联系本人核对银行卡")
    page = client.get("/my/").content.decode()
    assert "联系本人核对银行卡" in page and "银川" in page
    assert number not in page and "13900000000" not in page and number[:3] in page
    copy = client.post("/my/copy/")
    assert number in copy.content.decode() and copy["Content-Disposition"].startswith("attachment")


def test_a_request_with_a_paper_is_answered_and_a_private_one_goes_into_the_file_unseen(
    federation: Federation, holder: tuple[Client, Honouree], sign_in: SignIn
) -> None:
    client, file = holder
    upload = SimpleUploadedFile("../../身份证.png", PNG)
    answer = client.post("/my/ask/", {"fact": "phone", "wanted": "139 0000 0001", "paper": upload})
    assert answer.status_code == 302
    asked = CorrectionRequest._base.get()
    assert asked.paper.name == f"{asked.pk}.png"
    officers = sign_in(federation.city_registrar)
    listed = officers.get("/console/requests/?state=open").content.decode()
    assert file.name in listed and str(asked.pk) in listed
    page = officers.get(f"/console/requests/{asked.pk}/").content.decode()
    assert "13900000001" not in page and "139" in page
    assert officers.get(f"/console/requests/{asked.pk}/paper/").status_code == 200
    done = officers.post(f"/console/requests/{asked.pk}/", {"accepted": "yes", "text": "已更正。"})
    assert done.status_code == 302
    assert privacy.find_by_phone("13900000001") == file
    assert "已更正。" in client.get("/my/").content.decode()
    again = officers.post(f"/console/requests/{asked.pk}/", {"accepted": "no", "text": "再想想"})
    assert again.status_code == 422


@pytest.mark.parametrize(
    ("fact", "wanted", "paper"),
    [
        ("phone", "12345", None),
        ("nonsense", "x", None),
        ("name", "", None),
        ("name", "字" * 1001, None),
        ("name", "单雨晴", SimpleUploadedFile("page.png", b"<html><script>alert(1)</script>")),
    ],
)
def test_what_cannot_be_is_refused_and_what_was_typed_stays(
    holder: tuple[Client, Honouree], fact: str, wanted: str, paper: Any
) -> None:
    client, _file = holder
    asked = {"fact": fact, "wanted": wanted, **({"paper": paper} if paper else {})}
    answer = client.post("/my/ask/", asked)
    assert answer.status_code == 422 and not CorrectionRequest._base.exists()
    assert wanted in answer.content.decode()


def test_a_request_can_be_taken_back_and_another_persons_cannot(
    federation: Federation, files: dict[str, Honouree], holder: tuple[Client, Honouree]
) -> None:
    client, _file = holder
    client.post("/my/ask/", {"fact": "position", "wanted": "高级技师"})
    asked = CorrectionRequest._base.get()
    code = actions.invite(files["guyuan"], actor=federation.registrar)
    other = Client()
    other.post("/my/start/", {"code": code, "username": "wanli", "password": GOOD, "email": ""})
    assert other.post(f"/my/requests/{asked.pk}/back/").status_code == 404
    assert other.get(f"/my/requests/{asked.pk}/paper/").status_code == 404
    assert client.post(f"/my/requests/{asked.pk}/back/").status_code == 302
    asked.refresh_from_db()
    assert asked.state == "withdrawn"


def test_officers_need_a_second_factor_where_it_is_switched_on(
    federation: Federation, sign_in: SignIn, settings: Any, holder: tuple[Client, Honouree]
) -> None:
    settings.STAFF_SECOND_FACTOR = True
    answer = sign_in(federation.registrar).get("/console/people/")
    assert answer.status_code == 302 and answer["Location"] == "/accounts/2fa/"
    assert holder[0].get("/my/").status_code == 200

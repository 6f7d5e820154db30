"""A file's life through HTTP: what each role sees, does and is refused, and odd input."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.models import Conferral
from registry.life.actions import confirm_event, record_event
from registry.life.handing import offer_file
from registry.life.lists import save_line, save_post
from registry.life.models import FileStatus, Handover, Headship, LifeEvent, Membership, Proposal, StaffCount
from registry.life.proposing import propose_fact
from registry.people.actions import open_file
from registry.people.models import Honouree, Post, PrivateFacts
from tests.cms.console.conftest import SignIn
from tests.registry.conftest import Federation, officer
from tests.registry.life.test_proposing import NUMBER, checked

Place = tuple[str, list[Any], dict[str, Any]]


def text(response: Any) -> str:
    """The answer's body."""
    content: bytes = response.content
    return content.decode()


@pytest.fixture
def collective(federation: Federation) -> Honouree:
    """A collective of Yinchuan."""
    return open_file("collective", "某厂焊接班", actor=federation.registrar, union=federation.yinchuan)


@pytest.fixture
def receiver(federation: Federation) -> User:
    """The officer of Guyuan."""
    return officer("guyuan", Role.REGISTRAR, federation.guyuan)


@pytest.fixture
def places(federation: Federation, files: dict[str, Honouree], collective: Honouree) -> dict[str, Place]:
    """Every screen that writes, with its arguments and a fitting form: all about files of Yinchuan."""
    actor, file = federation.registrar, files["yinchuan"]
    event = record_event(file, "retired", actor=actor, happened_on="2020")
    waiting = record_event(file, "suspended", actor=federation.second, happened_on="2021", document="甲")
    post = save_post(file, actor=actor, unit_name="某厂", position="车工")
    head = save_line(collective, Headship(), actor=actor, name="甲某")
    offer = offer_file(collective, federation.guyuan, actor=federation.second, note="移交")
    proposal = propose_fact(file, "native_place", "某县", actor=federation.second, reason="x")
    why = {"reason": "据文件"}
    return {
        "event_add": ("console_event_add", [file.pk], {"kind": "recognised", "happened_on": "2019"}),
        "event_correct": ("console_event_correct", [event.pk], {"happened_on": "2020-03", **why}),
        "event_confirm": ("console_event_confirm", [waiting.pk], {}),
        "event_refuse": ("console_event_refuse", [waiting.pk], why),
        "event_withdraw": ("console_event_withdraw", [event.pk], why),
        "verify": ("console_file_verify", [file.pk], {"outcome": "confirmed"}),
        "offer": ("console_offer", [file.pk], {"to_union": federation.guyuan.pk, "note": "移交"}),
        "accept": ("console_handover_accept", [offer.pk], {}),
        "return": ("console_handover_return", [offer.pk], why),
        "take_back": ("console_handover_withdraw", [offer.pk], why),
        "post_add": ("console_post_add", [file.pk], {"unit_name": "乙厂", "since": "1990"}),
        "post_change": ("console_post_change", [post.pk], {"unit_name": "某厂", "since": "1980"}),
        "post_remove": ("console_post_remove", [post.pk], why),
        "head_add": ("console_line_add", [collective.pk, "heads"], {"name": "乙某", "since": "2000"}),
        "staff_add": (
            "console_line_add",
            [collective.pk, "staff"],
            {"counted_on": "2020", "staff": "30", "women": "8"},
        ),
        "member_add": ("console_line_add", [collective.pk, "members"], {"person": "单雨晴", "since": "1999"}),
        "head_change": ("console_line_change", ["heads", head.pk], {"name": "甲某", "since": "1990"}),
        "head_remove": ("console_line_remove", ["heads", head.pk], why),
        "propose": ("console_propose_fact", [file.pk, "position"], {"value": "钳工", **why}),
        "answer": ("console_proposal_confirm", [proposal.pk], {}),
        "refuse": ("console_proposal_refuse", [proposal.pk], why),
    }


EVERY = (
    "event_add", "event_correct", "event_confirm", "event_refuse", "event_withdraw", "verify", "offer", "accept", "return", "take_back",
    "post_add", "post_change", "post_remove", "head_add", "staff_add", "member_add", "head_change", "head_remove", "propose", "answer",
    "refuse",
)  # fmt: skip


@pytest.mark.parametrize("name", EVERY)
def test_the_regions_officer_opens_and_sends_every_screen(
    federation: Federation, places: dict[str, Place], sign_in: SignIn, name: str
) -> None:
    client = sign_in(federation.registrar)
    address, arguments, values = places[name]
    shown = client.get(reverse(address, args=arguments))
    assert shown.status_code == 200
    answer = client.post(reverse(address, args=arguments), values, follow=True)
    assert answer.status_code == 200, text(answer)
    assert answer.redirect_chain
    # Sent again: said at the form or not found, never a crash.
    assert client.post(reverse(address, args=arguments), values).status_code in (302, 403, 404, 422)


@pytest.mark.parametrize(
    "role", [Role.AUDITOR, Role.EDITOR, Role.REVIEWER, Role.SECRETARY, Role.ADMINISTRATOR, "nobody", "far"]
)
def test_no_other_role_writes(federation: Federation, places: dict[str, Place], sign_in: SignIn, role: Any) -> None:
    if role == "nobody":
        user = User.objects.create_user("nobody")
    elif role == "far":
        user = officer("far", Role.REGISTRAR, federation.guyuan)
    else:
        user = officer(f"some-{role}", role, federation.top)
    client = sign_in(user)
    may: dict[str, set[str]] = {
        "far": {"accept", "return"},
        **dict.fromkeys((Role.EDITOR, Role.REVIEWER, Role.SECRETARY), {"propose"}),
    }
    for name, (address, arguments, values) in places.items():
        before = picture()
        if name in may.get(role, set()):
            assert client.get(reverse(address, args=arguments)).status_code == 200, name
            continue
        assert refused(client.get(reverse(address, args=arguments))), name
        assert refused(client.post(reverse(address, args=arguments), values)), name
        assert picture() == before, name


def refused(answer: Any) -> bool:
    """Whether the console refused: not found, forbidden, or sent to its front or to sign in."""
    return answer.status_code in (403, 404) or (
        answer.status_code == 302
        and answer["Location"].split("?")[0] in ("/console/", "/console/login/", "/accounts/login/")
    )


def picture() -> list[Any]:
    """Everything these screens could have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (LifeEvent, Handover, Proposal, FileStatus, Post, Headship, StaffCount, Membership)
    ] + [list(Honouree._base.order_by("pk").values("name", "union", "collective_state", "head", "staff_count", "died"))]


@pytest.mark.parametrize(
    "odd", ["", "\x00", "1965-99-99", "-1", "9" * 40, "<script>alert(1)</script>", "\u202e甲", "长" * 5000, "{{ 1 }}"]
)
def test_odd_input_is_answered_not_crashed_on(
    federation: Federation, places: dict[str, Place], sign_in: SignIn, odd: str
) -> None:
    client = sign_in(federation.registrar)
    for name, (address, arguments, values) in places.items():
        answer = client.post(reverse(address, args=arguments), dict.fromkeys(values, odd))
        # Some things are gone once an earlier screen took the text for a reason.
        assert answer.status_code in (302, 403, 404, 422), name
        assert "<script>alert" not in text(answer), name
    for page in ("console_waiting", "console_people"):
        assert client.get(reverse(page)).status_code == 200
    for file in Honouree._base.all():
        assert client.get(reverse("console_file", args=[file.pk])).status_code == 200


@pytest.mark.parametrize(
    "address",
    ["events/999999/confirm/", "handovers/999999/", "proposals/999999/", "posts/999999/change/", "lists/heads/999999/change/",
     "lists/nonsense/1/change/", "files/999999/events/add/", "files/999999/propose/"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(federation: Federation, sign_in: SignIn, address: str) -> None:
    assert sign_in(federation.registrar).get(f"/console/{address}").status_code == 404


def test_nonsense_of_lists_facts_and_kinds(
    federation: Federation, files: dict[str, Honouree], collective: Honouree, sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    person = files["yinchuan"]
    for name, arguments in (
        ("console_line_add", [collective.pk, "nonsense"]), ("console_propose_fact", [person.pk, "is_public"]),
        ("console_propose_fact", [person.pk, "union"]), ("console_propose_fact", [collective.pk, "identity_number"]),
    ):  # fmt: skip
        assert client.get(reverse(name, args=arguments)).status_code == 404, arguments
    assert refused(client.get(reverse("console_line_add", args=[person.pk, "heads"])))
    assert refused(client.get(reverse("console_post_add", args=[collective.pk])))


def test_a_life_on_the_files_screen(federation: Federation, files: dict[str, Honouree], sign_in: SignIn) -> None:
    client, file = sign_in(federation.registrar), files["yinchuan"]
    address = reverse("console_event_add", args=[file.pk])
    client.post(address, {"kind": "retired", "happened_on": "2015-03", "document": "银退〔2015〕3号"})
    client.post(address, {"kind": "died", "happened_on": "2020-05-01"})
    refused = client.post(address, {"kind": "lost", "happened_on": "2021"})
    assert refused.status_code == 422
    assert "2021" in text(refused)
    page = text(client.get(reverse("console_file", args=[file.pk])))
    for expected in ("银退〔2015〕3号", "2020-05-01", 'id="life"'):
        assert expected in page
    file.refresh_from_db()
    assert file.died == "2020-05-01"
    Conferral._base.filter(honouree=file).update(certificate_number="证7号")
    assert "证7号" in text(client.get(reverse("console_file", args=[file.pk])))


def test_a_hold_is_shown_to_those_who_may_know(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    file = files["yinchuan"]
    event = record_event(
        file, "investigated", actor=federation.registrar, happened_on="2024", document="银纪〔2024〕2号"
    )
    front = text(sign_in(federation.second).get("/console/"))
    assert reverse("console_waiting") in front
    assert "银纪〔2024〕2号" in text(sign_in(federation.second).get(reverse("console_waiting")))
    confirm_event(event, actor=federation.second)
    readers = {
        role: officer(f"some-{role}", role, federation.yinchuan)
        for role in (Role.EDITOR, Role.REVIEWER, Role.AUDITOR, Role.SECRETARY)
    }
    page = reverse("console_file", args=[file.pk])
    for role, user in readers.items():
        seen = "银纪〔2024〕2号" in text(sign_in(user).get(page))
        assert seen is (role in (Role.AUDITOR, Role.SECRETARY)), role
    for name in ("console_event_withdraw", "console_event_correct", "console_event_confirm"):
        assert sign_in(readers[Role.EDITOR]).get(reverse(name, args=[event.pk])).status_code == 404
    # In force it is withdrawn by two.
    client = sign_in(federation.registrar)
    client.post(reverse("console_event_withdraw", args=[event.pk]), {"reason": "查清"})
    event.refresh_from_db()
    assert event.in_force
    proposal = Proposal.objects.get(event=event)
    assert refused(client.get(reverse("console_proposal_confirm", args=[proposal.pk])))
    assert sign_in(readers[Role.EDITOR]).get(reverse("console_proposal", args=[proposal.pk])).status_code == 404
    sign_in(federation.second).post(reverse("console_proposal_confirm", args=[proposal.pk]))
    event.refresh_from_db()
    assert event.state == "withdrawn"


def test_a_handover_from_city_to_city(
    federation: Federation, files: dict[str, Honouree], receiver: User, sign_in: SignIn
) -> None:
    file = files["yinchuan"]
    giving, taking = sign_in(federation.city_registrar), sign_in(receiver)
    assert taking.get(reverse("console_file", args=[file.pk])).status_code == 404
    giving.post(reverse("console_offer", args=[file.pk]), {"to_union": federation.guyuan.pk, "note": "工作调动"})
    handover = Handover._base.get()
    assert "工作调动" in text(taking.get(reverse("console_waiting")))
    assert reverse("console_waiting") in text(taking.get("/console/"))
    for client in (giving, taking):
        page = text(client.get(reverse("console_handover", args=[handover.pk])))
        assert "单雨晴" in page
        assert "自治区五一劳动奖章" in page
    assert sign_in(officer("else", Role.REGISTRAR, federation.guyuan.children.create(
        code="GY", name="原州区总工会", kind="regional", path="T/G/Y/"
    ))).get(reverse("console_handover", args=[handover.pk])).status_code == 404  # fmt: skip
    assert refused(giving.get(reverse("console_handover_accept", args=[handover.pk])))
    taking.post(reverse("console_handover_accept", args=[handover.pk]), {"region": "固原市"})
    file.refresh_from_db()
    assert (file.union, file.region_id) == (federation.guyuan, "640400")
    assert taking.get(reverse("console_file", args=[file.pk])).status_code == 200
    assert giving.get(reverse("console_file", args=[file.pk])).status_code == 404
    after = text(giving.get(reverse("console_handover", args=[handover.pk])))
    assert "自治区五一劳动奖章" not in after
    assert refused(taking.post(reverse("console_handover_accept", args=[handover.pk])))


def test_a_private_fact_is_proposed_and_confirmed_without_being_shown(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn
) -> None:
    file, number = files["yinchuan"], checked(NUMBER)
    client, second = sign_in(federation.registrar), sign_in(federation.second)
    address = reverse("console_propose_fact", args=[file.pk, "identity_number"])
    wrong = number[:-1] + ("1" if number[-1] != "1" else "2")
    refused = client.post(address, {"value": wrong, "reason": "身份证"})
    assert refused.status_code == 422
    assert wrong not in text(refused)
    assert client.post(address, {"value": number, "reason": "身份证"}).status_code == 302
    proposal = Proposal.objects.get()
    confirm = reverse("console_proposal_confirm", args=[proposal.pk])
    for page in (
        second.get(reverse("console_proposal", args=[proposal.pk])), second.get(confirm),
        second.post(confirm, {"retyped": checked("640199197803070041")}), second.get(reverse("console_waiting")),
        second.get(reverse("console_file", args=[file.pk])),
    ):  # fmt: skip
        assert number not in text(page)
        assert "640199197803070041"[:17] not in text(page)
    assert second.post(confirm, {"retyped": number}).status_code == 302
    assert PrivateFacts._base.get(honouree=file).plain("identity_number") == number
    clerk = officer("clerk", Role.EDITOR, federation.yinchuan)
    assert sign_in(clerk).get(address).status_code == 404
    assert reverse("console_propose_fact", args=[file.pk, "phone"]) not in text(
        sign_in(clerk).get(reverse("console_propose", args=[file.pk]))
    )


@pytest.mark.parametrize("fact", ["name", "sex", "ethnicity", "born", "region", "industry", "education", "unit_name"])
def test_every_kind_of_fact_is_proposed_with_its_own_field(
    federation: Federation, files: dict[str, Honouree], sign_in: SignIn, fact: str
) -> None:
    values = {
        "name": "单雨清", "sex": "female", "ethnicity": "", "born": "1970-02", "region": "银川市西夏区", "industry": "",
        "education": "college", "unit_name": "某公司",
    }  # fmt: skip
    file = files["yinchuan"]
    clerk = officer("clerk", Role.EDITOR, federation.yinchuan)
    address = reverse("console_propose_fact", args=[file.pk, fact])
    answer = sign_in(clerk).post(address, {"value": values[fact], "reason": "来电"})
    if not values[fact]:
        assert answer.status_code == 422, "nothing would change"
        return
    assert answer.status_code == 302
    proposal = Proposal.objects.get()
    client = sign_in(federation.city_registrar)
    assert client.get(reverse("console_proposal", args=[proposal.pk])).status_code == 200
    assert client.post(reverse("console_proposal_confirm", args=[proposal.pk])).status_code == 302
    file.refresh_from_db()
    assert str(getattr(file, fact)) in (values[fact], "西夏区")


def test_the_file_on_a_past_day(federation: Federation, files: dict[str, Honouree], sign_in: SignIn) -> None:
    client, address = sign_in(federation.registrar), reverse("console_file", args=[files["yinchuan"].pk])
    today = files["yinchuan"].created_at.astimezone().date().isoformat()
    assert "单雨晴的单位" in text(client.get(address, {"on": today}))
    for odd in ("1999-01-01", "2999-01-01", "2024-02-31", "abc", "\x00", "<b>", "9" * 400, "2024-5-1"):
        answer = client.get(address, {"on": odd})
        assert answer.status_code == 200
        assert 'role="alert"' in text(answer)
        assert "<b>" not in text(answer).split('id="past"')[1].split("</section>")[0]


def test_members_are_found_by_name_or_number_and_shown_on_both_files(
    federation: Federation, files: dict[str, Honouree], collective: Honouree, sign_in: SignIn
) -> None:
    client, person = sign_in(federation.registrar), files["yinchuan"]
    address = reverse("console_line_add", args=[collective.pk, "members"])
    twin = open_file("individual", "单雨晴", actor=federation.registrar, union=federation.yinchuan)
    doubtful = client.post(address, {"person": "单雨晴"})
    assert doubtful.status_code == 422
    assert twin.code in text(doubtful)
    assert client.post(address, {"person": "无此人"}).status_code == 422
    assert client.post(address, {"person": person.code.lower(), "part": "班长"}).status_code == 302
    assert "班长" in text(client.get(reverse("console_file", args=[collective.pk])))
    assert "某厂焊接班" in text(client.get(reverse("console_file", args=[person.pk])))
    # An officer of another city can't fetch a stranger's file into a collective.
    far = open_file("collective", "固原某班", actor=federation.registrar, union=federation.guyuan)
    other = sign_in(officer("far", Role.REGISTRAR, federation.guyuan))
    assert other.post(reverse("console_line_add", args=[far.pk, "members"]), {"person": person.code}).status_code == 422


@pytest.mark.parametrize("who", ["registrar", "city_registrar", "auditor"])
def test_the_screen_costs_a_bounded_number_of_queries(
    federation: Federation,
    files: dict[str, Honouree],
    sign_in: SignIn,
    django_assert_max_num_queries: Callable[[int], Any],
    who: str,
) -> None:
    file, client = files["yinchuan"], sign_in(getattr(federation, who))
    for year in range(1990, 2010):
        record_event(file, "recognised", actor=federation.registrar, happened_on=str(year))
        save_post(file, actor=federation.registrar, unit_name=f"{year}厂")
    client.get(reverse("console_file", args=[file.pk]))
    with django_assert_max_num_queries(75):
        client.get(reverse("console_file", args=[file.pk]))


def test_nobody_without_a_role_comes_in(files: dict[str, Honouree]) -> None:
    for name in ("console_waiting",):
        assert Client().get(reverse(name)).status_code == 302

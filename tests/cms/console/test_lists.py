"""Lists of the console: filters, sorting, numbers that lead to their rows, exports, the trail in words."""

from typing import Any

import pytest
from django.urls import reverse

from cms.console import words
from cms.console.home import figures, waiting
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.models import AuditEntry
from registry.honours.actions import confer, propose_revocation
from registry.honours.models import Conferral
from registry.organisations.models import Region
from registry.people.actions import change_file, open_file, set_details, set_withheld
from registry.people.models import Honouree, Post
from tests.cms.console.conftest import SignIn
from tests.cms.console.test_console import text
from tests.registry.conftest import Federation, officer
from tests.registry.honours.test_honours import REVOKED


def names(response: Any) -> list[str]:
    """The first column of the list that was shown."""
    return [str(line[0][0]) for line in response.context["lines"]]


@pytest.fixture
def crowd(federation: Federation, files: dict[str, Honouree]) -> dict[str, Honouree]:
    """Besides the two: a woman in a county, and a collective, both withheld."""
    woman = open_file(
        "individual", "丁一", actor=federation.registrar, union=federation.yinchuan,
        facts={"sex": "female", "region": Region.objects.get(pk="640105")},
    )  # fmt: skip
    team = open_file("collective", "丙班组", actor=federation.registrar, union=federation.guyuan)
    for file in (woman, team):
        set_withheld(file, actor=federation.registrar, withheld=True, reason="核实中")
    change_file(files["yinchuan"], actor=federation.registrar, facts={"region": federation.yinchuan.region})
    return {**files, "woman": woman, "team": team}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"region": "640100"}, ["丁一", "单雨晴"]),
        ({"region": "640105"}, ["丁一"]),
        ({"sex": "female"}, ["丁一"]),
        ({"public": "withheld"}, ["丁一"]),
        ({"public": "yes", "order": "stroke_key"}, ["马万里", "单雨晴"]),
        ({"level": "provincial", "year": "2022"}, ["马万里", "单雨晴"]),
        ({"q": "mawanli"}, ["马万里"]),
        ({"q": "mwl"}, ["马万里"]),
        ({"q": "万里的单位"}, ["马万里"]),
        ({"q": "zzz"}, []),
    ],
)
def test_people_are_narrowed(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn, query: dict[str, str], expected: list[str]
) -> None:
    assert names(sign_in(federation.registrar).get(reverse("console_people"), query)) == expected


def test_a_revoked_honour_finds_nobody(federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn) -> None:
    honour = Conferral._base.get(honouree=crowd["yinchuan"])
    Conferral._base.filter(pk=honour.pk).update(is_revoked=True)
    assert names(sign_in(federation.registrar).get(reverse("console_people"), {"year": "2022"})) == ["马万里"]


def test_honours_sort_by_height_of_level_and_narrow_by_place(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    for name, level in (("国家奖", "national"), ("区县奖", "county")):
        confer(crowd["woman"], federation.title(name, level), actor=federation.registrar, year=2020)
    rows = client.get(reverse("console_honours"), {"order": "-rank"}).context["lines"]
    assert [row[1][0] for row in rows] == ["国家奖", "自治区五一劳动奖章", "自治区五一劳动奖章", "区县奖"]
    assert names(client.get(reverse("console_honours"), {"region": "640105"})) == ["丁一", "丁一"]


def test_every_number_on_the_front_equals_the_rows_it_leads_to(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    propose_revocation(Conferral._base.get(honouree=crowd["yinchuan"]), actor=federation.registrar, **REVOKED)
    client = sign_in(federation.second)
    client.get("/console/")
    shown = [*waiting(federation.second), *figures(federation.second)]
    assert len(shown) >= 6
    for one in shown:
        assert client.get(one.url).context["page"].count == one.count, one.label


def test_the_trees_numbers_equal_the_rows_they_lead_to(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    shown = {}
    for line in client.get(reverse("console_unions")).context["lines"]:
        for number, url, _short in line[3:]:
            assert client.get(url).context["page"].count.number == number
        shown[line[0][0].strip()] = (line[3][0], line[4][0])
    assert shown == {"自治区总工会": (0, 0), "银川市总工会": (2, 0), "固原市总工会": (1, 1)}
    everybody = client.get(reverse("console_people"), {"union": federation.top.pk})
    assert everybody.context["page"].count.number == 3


def test_a_revocation_of_a_higher_level_does_not_wait_for_a_city(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    propose_revocation(Conferral._base.get(honouree=crowd["yinchuan"]), actor=federation.registrar, **REVOKED)
    city = sign_in(federation.city_registrar)
    assert "waiting=me" not in text(city.get("/console/"))
    assert names(city.get(reverse("console_honours"), {"waiting": "me"})) == []
    assert names(city.get(reverse("console_honours"), {"waiting": "yes"})) == ["单雨晴"]


def test_an_unreadable_filter_exports_nothing(federation: Federation, crowd: Any, sign_in: SignIn) -> None:
    answer = sign_in(federation.registrar).get(reverse("console_people"), {"year": "abc", "export": "csv"})
    assert answer["Content-Type"].startswith("text/html")


def test_an_export_speaks_the_language_of_the_screen_and_holds_the_filtered_rows(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    exported = text(sign_in(federation.registrar).get(reverse("console_people"), {"sex": "female", "export": "csv"}))
    assert "丁一,女" in exported
    assert "单雨晴" not in exported


def test_the_trail_is_told_in_words_filtered_and_exported_with_what_changed(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.auditor)
    page = client.get(reverse("console_audit"), {"verb": "file.withheld", "kind": "people.honouree"})
    assert len(page.context["lines"]) == 2
    assert "file.withheld" not in [cell[0] for line in page.context["lines"] for cell in line]
    exported = text(client.get(reverse("console_audit"), {"verb": "file.opened", "export": "csv"}))
    assert "性别: 女" in exported
    entry = AuditEntry.objects.filter(verb="file.opened").first()
    assert entry is not None
    assert client.get(reverse("console_entry", args=[entry.pk])).status_code == 200


def test_every_recorded_action_has_its_words(federation: Federation, crowd: dict[str, Honouree]) -> None:
    recorded = set(AuditEntry.objects.values_list("verb", flat=True))
    assert recorded
    assert recorded <= set(words.VERBS)


def test_saving_a_file_keeps_what_the_form_does_not_show(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client, file = sign_in(federation.registrar), crowd["woman"]
    post = Post(unit_name="某厂", position="车工", seen_in=2015)
    set_details(file, actor=federation.registrar, posts=[post], sources=["某报"])
    file.sources.update(note="只记姓名")
    address = reverse("console_file_change", args=[file.pk])
    form = client.get(address).context["form"]
    assert form.initial["region"] == "宁夏回族自治区银川市西夏区"
    values = {name: form[name].value() for name in form.fields}
    values = {name: getattr(value, "pk", value) for name, value in values.items() if value is not None}
    assert client.post(address, {**values, "head": "", "position": "班长"}).status_code == 302
    file = Honouree._base.get(pk=file.pk)
    assert (file.position, file.region_id, file.union) == ("班长", "640105", federation.yinchuan)
    assert file.posts.get().seen_in == 2015
    assert file.sources.get().note == "只记姓名"


def test_an_honour_without_a_stated_body_comes_from_the_titles(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    title = federation.title("塞上工匠", conferred_by="自治区总工会")
    address = reverse("console_confer", args=[crowd["woman"].pk])
    sign_in(federation.registrar).post(address, {"title": title.pk, "year": "2024", "region": "银川市"})
    honour = Conferral._base.get(honouree=crowd["woman"])
    assert (honour.conferred_by, honour.region_id) == ("自治区总工会", "640100")


def test_titles_of_persons_are_not_offered_to_collectives(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    form = client.get(reverse("console_confer", args=[crowd["team"].pk])).context["form"]
    assert not form.fields["title"].queryset.exists()


@pytest.mark.parametrize("role", [Role.EDITOR, Role.REVIEWER, Role.SECRETARY, Role.AUDITOR, Role.ADMINISTRATOR])
def test_whoever_is_no_registry_officer_reads_and_writes_nothing(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn, role: Role
) -> None:
    user: User = officer("somebody", role, federation.top)
    client, file = sign_in(user), crowd["yinchuan"]
    honour = Conferral._base.get(honouree=file)
    assert client.get(reverse("console_file", args=[file.pk])).status_code == 200
    before = AuditEntry.objects.count()
    for name, key in (
        ("console_file_change", file.pk), ("console_file_withhold", file.pk), ("console_file_close", file.pk),
        ("console_confer", file.pk), ("console_correct", honour.pk), ("console_remove", honour.pk), ("console_revoke", honour.pk),
    ):  # fmt: skip
        assert client.get(reverse(name, args=[key])).status_code in (302, 403), name
        assert client.post(reverse(name, args=[key]), {"reason": "x"}).status_code in (302, 403), name
    assert AuditEntry.objects.count() == before


def test_a_collective_is_not_spoken_of_as_a_person(
    federation: Federation, crowd: dict[str, Honouree], sign_in: SignIn
) -> None:
    client = sign_in(federation.registrar)
    listed = client.get(reverse("console_collectives"))
    assert names(listed) == ["丙班组"]
    headings = [str(heading["label"]) for heading in listed.context["headings"]]
    assert headings[0] == "集体名称"
    assert not {"姓名", "性别", "职务"} & set(headings)
    form = client.get(reverse("console_file_add", args=["collective"])).context["form"]
    assert form["name"].label == "集体名称"

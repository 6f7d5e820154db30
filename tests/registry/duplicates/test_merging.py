"""Two files become one: nothing is lost, both papers stay, and it can be taken back whole."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import PermissionDenied, ValidationError

from media.models import Picture, Portrait
from registry.audit.queries import history_of, verify_chain
from registry.duplicates.actions import judge_distinct
from registry.duplicates.finding import find_all
from registry.duplicates.freezing import freeze
from registry.duplicates.merging import choosable, merge_files, obstacles, suggested, undo_merge
from registry.duplicates.models import Merge, SetAside, Suspicion
from registry.duplicates.queries import absorbed_keys, address_today, key_today, merges_into, merges_visible_to
from registry.duplicates.ways import WAYS, label_of, relations_to
from registry.honours.actions import confer, confirm_revocation, correct_conferral, propose_revocation, remove_conferral
from registry.honours.models import Conferral
from registry.people.actions import change_file, details
from registry.people.models import Honouree, PrivateFacts
from registry.people.privacy import erase_private, set_private
from registry.secrets.identity import canonical
from tests.registry.conftest import Federation
from tests.registry.duplicates.conftest import Open
from tests.registry.secrets.made import number

Pair = tuple[Honouree, Honouree]


def everything(*files: Honouree) -> dict[str, Any]:
    """All that is stored of and about files, but for the trail, the traces and the times of change."""
    found: dict[str, Any] = {}
    keys = [file.pk for file in files]
    for file in Honouree._base.filter(pk__in=keys).order_by("pk"):
        found[f"file {file.pk}"] = {name: value for name, value in freeze(file).items() if name != "updated_at"}
    for relation in relations_to(Honouree):
        label = label_of(relation)
        if label in ("duplicates.Trace.file", "duplicates.Merge.kept", "people.PrivateFacts.honouree"):
            continue
        rows = relation.related_model._base_manager.filter(**{f"{relation.field.name}__in": keys}).order_by("pk")
        found[label] = [freeze(row) for row in rows]
    for facts in PrivateFacts._base.filter(honouree__in=keys).order_by("honouree"):
        found[f"private {facts.honouree_id}"] = (
            facts.identity_digest,
            facts.phone_digest,
            facts.plain("address"),
            str(facts.pk),
        )
    return found


def test_every_relation_to_a_file_is_known_to_the_merge() -> None:
    labels = {label_of(relation) for relation in relations_to(Honouree)}
    assert labels - set(WAYS) == set(), "say in registry/duplicates/ways.py what a merge does with it"
    unknown = {label for label in WAYS if label not in labels and apps.is_installed(f"registry.{label.split('.')[0]}")}
    assert not unknown, "there is no such relation any more"


def test_honours_collapse_and_move_and_both_papers_stay(pair: Pair, federation: Federation) -> None:
    first, second = pair
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    first.refresh_from_db()
    held = {(one.title.name, one.year): one for one in Conferral._base.filter(honouree=first).select_related("title")}
    assert sorted(year or 0 for _title, year in held) == [2001, 2005, 2010]
    medal = held["自治区五一劳动奖章", 2001]
    assert medal.document_number == "宁工发〔2001〕1号; 宁工发〔2001〕7号" and medal.source == "甲表; 乙表"
    assert medal.position == "组长"
    assert first.honour_count == 3 and first.latest_year == 2010
    assert not Honouree._base.filter(pk=second.pk).exists()
    assert merge.summary["honours.Conferral.honouree"] == 2


def test_facts_are_chosen_and_what_was_not_chosen_stays_findable(pair: Pair, federation: Federation) -> None:
    first, second = pair
    assert suggested("born", first, second) == "gone", "the same date, more exact"
    assert suggested("position", first, second) == "kept" and "unit" not in choosable("individual")
    merge_files(first, second, actor=federation.registrar, reason="同一人", choices={"position": "gone"})
    first.refresh_from_db()
    assert (first.name, first.born, first.position) == ("单雨晴", "1968-03", "高级教师")
    assert first.unit_name == "银川市第一中学" and first.note == "另表"
    hanging = details(first)
    assert len(hanging["other_names"]) == 2 and any("单晴" in name for name in hanging["other_names"])
    assert hanging["sources"] == ["甲表", "乙表"]
    assert {post.unit_name for post in first.posts.all()} == {"银川市实验小学", "银川市教育局", "银川一中"}


def test_the_other_name_is_kept_as_another_name(federation: Federation, open_person: Open) -> None:
    first, second = open_person("周小梅", born="1950"), open_person("周晓梅", born="1950")
    merge_files(first, second, actor=federation.registrar, reason="同一人", choices={"name": "gone"})
    first.refresh_from_db()
    assert first.name == "周晓梅" and first.name_key == "周晓梅" and first.slug.startswith("zhou-xiao-mei")
    assert [(other.name, other.kind) for other in first.other_names.all()] == [("周小梅", "variant")]


def test_the_old_address_leads_on_over_any_chain(pair: Pair, federation: Federation, open_person: Open) -> None:
    first, second = pair
    third = open_person("单雨晴")
    confer(third, federation.title("塞上工匠"), actor=federation.registrar, year=2020)
    merge_files(first, second, actor=federation.registrar, reason="同一人")
    assert address_today(second.slug) == first.get_absolute_url()
    merge_files(third, first, actor=federation.registrar, reason="同一人")
    assert address_today(second.slug) == address_today(first.slug) == third.get_absolute_url()
    assert key_today(second.pk) == third.pk and absorbed_keys(third.pk) == {first.pk, second.pk}
    assert address_today("nobody") == "" and address_today(third.slug) == ""


def test_the_trail_of_both_says_it(pair: Pair, federation: Federation) -> None:
    first, second = pair
    merge_files(first, second, actor=federation.registrar, reason="同一人")
    kept, gone = history_of(first)[0], history_of(second)[0]
    assert (kept.verb, gone.verb) == ("file.absorbed", "file.merged")
    assert second.code in kept.after["other_file"] and first.code in gone.after["other_file"]
    assert gone.before["name"] == "單雨晴" and gone.before["posts"] and kept.reason == "同一人"
    assert verify_chain() is None


def test_it_is_taken_back_whole(pair: Pair, federation: Federation) -> None:
    first, second = pair
    find_all()
    pictures = [Picture.objects.create(title="照片", file="x.jpg", width=300, height=400) for _ in range(2)]
    for file, picture in zip(pair, pictures, strict=True):
        Portrait.objects.create(honouree=file, picture=picture, consent="本人")
    set_private(first, actor=federation.registrar, phone="13900000001", address="银川市某街1号")
    set_private(second, actor=federation.registrar, identity_number=number("19680305", "002"), address="银川市某街2号")
    before = everything(*pair)
    for choices in ({}, {"portrait": "gone", "address": "gone", "name": "gone", "union": "gone", "unit_name": "gone"}):
        merge = merge_files(first, second, actor=federation.registrar, reason="同一人", choices=choices)
        assert everything(*pair) != before
        undone = undo_merge(merge, actor=federation.second, reason="认错人")
        assert undone.state == "undone" and undone.undone_by == federation.second
        assert everything(*pair) == before
        assert address_today(second.slug) == "" and not SetAside.objects.exists()
    assert history_of(second)[0].verb == "file.restored" and history_of(first)[0].verb == "file.parted"
    with pytest.raises(ValidationError):
        undo_merge(Merge._base.first(), actor=federation.registrar, reason="再一次")  # type: ignore[arg-type]
    assert verify_chain() is None


def test_private_facts_move_or_combine(pair: Pair, federation: Federation) -> None:
    first, second = pair
    full = number("19680305", "002")
    set_private(first, actor=federation.registrar, address="银川市某街1号")
    set_private(second, actor=federation.registrar, identity_number=full, address="银川市某街2号")
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    held = PrivateFacts._base.get()
    assert (
        held.honouree_id == first.pk
        and held.plain("address") == "银川市某街1号"
        and held.plain("identity_number") == canonical(full)
    )
    stored = str([Merge._base.filter(pk=merge.pk).values(), list(SetAside.objects.values())])
    assert full not in stored and "某街" not in stored
    erase_private(first, actor=federation.registrar, reason="本人要求", document="申请书")
    assert not SetAside.objects.exists(), "what was set aside is erased with it"
    assert any("erased" in sentence or "删除" in sentence for sentence in obstacles(merge))


def test_the_only_private_row_moves_as_it_is(pair: Pair, federation: Federation) -> None:
    first, second = pair
    set_private(second, actor=federation.registrar, phone="13900000001")
    key = PrivateFacts._base.get().pk
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    held = PrivateFacts._base.get()
    assert (held.pk, held.honouree_id, held.plain("phone")) == (key, first.pk, "13900000001")
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    assert PrivateFacts._base.get().honouree_id == second.pk


def test_a_revocation_goes_with_its_honour(pair: Pair, federation: Federation) -> None:
    first, second = pair
    twin = second.conferrals.get(year=2001)
    from datetime import date

    revocation = propose_revocation(
        twin, actor=federation.registrar, grounds="fraud", explanation="事迹不实", decided_by="自治区总工会",
        decided_level="provincial", decided_on=date(2020, 1, 1), document_number="1",
    )  # fmt: skip
    confirm_revocation(revocation, actor=federation.second)
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    medal = first.conferrals.get(year=2001)
    revocation.refresh_from_db()
    assert revocation.conferral == medal and medal.is_revoked
    first.refresh_from_db()
    assert first.honour_count == 2
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    revocation.refresh_from_db()
    medal.refresh_from_db()
    assert revocation.conferral_id == twin.pk and not medal.is_revoked


def test_the_queue_follows(pair: Pair, federation: Federation, open_person: Open) -> None:
    first, second = pair
    third = open_person("单雨晴", born="1968-03", unit_name="银川市第一中学", sex="female")
    find_all()
    assert Suspicion._base.count() == 3
    judge_distinct(Suspicion._base.get(first=second, second=third), actor=federation.registrar, why="另有其人")
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    states = {(row.first_id, row.second_id): row.state for row in Suspicion._base.all()}
    assert states == {(first.pk, second.pk): "merged", (first.pk, third.pk): "distinct"}
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    states = {(row.first_id, row.second_id): row.state for row in Suspicion._base.all()}
    assert states == {(first.pk, second.pk): "open", (first.pk, third.pk): "open", (second.pk, third.pk): "distinct"}


def test_who_may(federation: Federation, open_person: Open) -> None:
    mine, theirs = open_person("马万里", union=federation.yinchuan), open_person("马万里", union=federation.guyuan)
    for stranger in (federation.city_registrar, federation.auditor):
        with pytest.raises(PermissionDenied):
            merge_files(mine, theirs, actor=stranger, reason="同一人")
    merge = merge_files(mine, theirs, actor=federation.registrar, reason="同一人")
    assert merge.union == federation.top and not merges_visible_to(federation.city_registrar)
    with pytest.raises(PermissionDenied):
        undo_merge(merge, actor=federation.city_registrar, reason="认错人")
    assert list(merges_into(mine)) == [merge]


def test_what_cannot_be_merged(federation: Federation, open_person: Open) -> None:
    one, other = open_person("马万里"), open_person("马万里")
    team = open_person("马万里班", kind="collective")
    for keep, gone in ((one, one), (one, team)):
        with pytest.raises(ValidationError):
            merge_files(keep, gone, actor=federation.registrar, reason="同一人")
    with pytest.raises(ValidationError):
        merge_files(one, other, actor=federation.registrar, reason=" ")
    merge_files(one, other, actor=federation.registrar, reason="同一人")
    with pytest.raises(ValidationError):
        merge_files(one, other, actor=federation.registrar, reason="同一人")


def test_an_unknown_relation_refuses_the_merge(
    pair: Pair, federation: Federation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(WAYS, "people.Post.honouree")
    with pytest.raises(ValidationError):
        merge_files(*pair, actor=federation.registrar, reason="同一人")
    assert Honouree._base.filter(pk__in=[file.pk for file in pair]).count() == 2


@pytest.mark.parametrize("what", ["fact", "moved", "collapsed", "merged", "title"])
def test_it_is_not_taken_back_over_later_work(what: str, pair: Pair, federation: Federation, open_person: Open) -> None:
    first, second = pair
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    if what == "fact":
        change_file(first, actor=federation.registrar, facts={"born": "1968-04"})
    elif what == "moved":
        remove_conferral(first.conferrals.get(year=2010), actor=federation.registrar, reason="误录")
    elif what == "collapsed":
        correct_conferral(first.conferrals.get(year=2001), actor=federation.registrar, document_number="另一号")
    elif what == "merged":
        merge_files(open_person("单雨晴"), first, actor=federation.registrar, reason="同一人")
    else:
        medal = first.conferrals.get(year=2001)
        remove_conferral(medal, actor=federation.registrar, reason="误录")
        medal.title.delete()
    with pytest.raises(ValidationError) as refusal:
        undo_merge(merge, actor=federation.registrar, reason="认错人")
    assert refusal.value.messages and all(refusal.value.messages)
    assert not Honouree._base.filter(pk=second.pk).exists()


def test_what_was_added_since_stays_with_the_kept_file(pair: Pair, federation: Federation) -> None:
    first, second = pair
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    confer(first, federation.title("塞上工匠"), actor=federation.registrar, year=2022)
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    assert sorted(year or 0 for year in first.conferrals.values_list("year", flat=True)) == [2001, 2005, 2022]
    assert sorted(year or 0 for year in second.conferrals.values_list("year", flat=True)) == [2001, 2010]


@pytest.mark.django_db(transaction=True)
def test_search_and_standing_follow_both_ways(pair: Pair, federation: Federation) -> None:
    from search.models import SearchEntry

    first, second = pair
    addresses = {file.get_absolute_url() for file in pair}
    assert set(SearchEntry.objects.values_list("url", flat=True)) == addresses
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    assert list(SearchEntry.objects.values_list("url", flat=True)) == [first.get_absolute_url()]
    first.refresh_from_db()
    assert (first.honour_count, first.latest_year, first.is_public) == (3, 2010, True)
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    assert set(SearchEntry.objects.values_list("url", flat=True)) == addresses
    first.refresh_from_db()
    assert (first.honour_count, first.latest_year) == (2, 2005)


def test_rows_of_imports_follow(pair: Pair, federation: Federation) -> None:
    from registry.intake.actions import upload
    from registry.intake.models import IntakeRow

    first, second = pair
    batch = upload("姓名,荣誉称号,年度\n马万里,塞上工匠,2024", "", actor=federation.registrar)
    done = IntakeRow._base.create(batch=batch, number=101, source_row=101, name="單雨晴", match=second, committed=True)
    proposed = [{"file": second.pk, "name": "單雨晴", "score": 60}, {"file": first.pk, "name": "单雨晴", "score": 50}]
    open_row = IntakeRow._base.create(batch=batch, number=102, source_row=102, name="单雨晴", matches=proposed)
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    done.refresh_from_db()
    open_row.refresh_from_db()
    assert done.match_id == first.pk and [one["file"] for one in open_row.matches] == [first.pk]
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    done.refresh_from_db()
    assert done.match_id == second.pk


def test_not_while_the_file_that_goes_is_offered_to_another_union(pair: Pair, federation: Federation) -> None:
    from registry.life.models import Handover

    first, second = pair
    offer = Handover._base.create(
        file=second,
        from_union=federation.top,
        to_union=federation.guyuan,
        proposed_by=federation.registrar,
        note="调动",
    )
    with pytest.raises(ValidationError):
        merge_files(first, second, actor=federation.registrar, reason="同一人")
    Handover._base.filter(pk=offer.pk).update(state="withdrawn")
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    offer.refresh_from_db()
    assert offer.file_id == first.pk
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    offer.refresh_from_db()
    assert offer.file_id == second.pk


def test_a_bound_account_goes_along_and_two_are_refused(pair: Pair, federation: Federation) -> None:
    from registry.holders.models import Binding

    first, second = pair
    mine = Binding.objects.create(user=federation.second, honouree=second)
    theirs = Binding.objects.create(user=federation.auditor, honouree=first)
    with pytest.raises(ValidationError):
        merge_files(first, second, actor=federation.registrar, reason="同一人")
    theirs.delete()
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    mine.refresh_from_db()
    assert mine.honouree_id == first.pk
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    mine.refresh_from_db()
    assert mine.honouree_id == second.pk


def test_the_life_of_a_file_goes_along(pair: Pair, federation: Federation) -> None:
    from registry.life.models import FileStatus, LifeEvent

    first, second = pair
    facts = {"kind": "retired", "state": "in_force", "proposed_by": federation.registrar}
    shared = [LifeEvent._base.create(file=file, happened_on="2020", **facts) for file in pair]
    own = LifeEvent._base.create(file=second, happened_on="2021", **facts)
    for file in pair:
        FileStatus.objects.update_or_create(file=file, defaults={"status": "retired", "since": "2020"})
    before = everything(*pair)
    merge = merge_files(first, second, actor=federation.registrar, reason="同一人")
    assert set(LifeEvent._base.filter(file=first)) == {shared[0], own} and FileStatus.objects.get().file_id == first.pk
    undo_merge(merge, actor=federation.registrar, reason="认错人")
    assert everything(*pair) == before

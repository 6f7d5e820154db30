"""Addresses beside the pages: front page, stories, pictures, what machines read."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.files.images import ImageFile
from django.test import Client
from PIL import Image

from cms.pages import demo, sitemaps
from cms.pages.context import examples, person_of_the_day
from cms.pages.models import StoryIndexPage
from cms.pages.searchable import article_documents, article_ids, stories_of
from media.models import Picture, Portrait
from registry.accounts.models import User
from registry.events import honourees_changed
from tests.cms.pages.conftest import MakeFile
from tests.cms.pages.test_profile import tell

MEDAL = "national_labour_medal"
SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


@pytest.fixture
def picture(settings: object, tmp_path: Path) -> Picture:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    made = io.BytesIO()
    Image.new("RGB", (600, 800), "grey").save(made, "JPEG")
    made_picture: Picture = Picture.objects.create(title="肖像", file=ImageFile(made, name="portrait.jpg"))
    return made_picture


def test_the_front_page_opens_ways_in(client: Client, make_file: MakeFile) -> None:
    file = make_file("王小梅", (MEDAL, 2020), region="640104")
    make_file("检修一班", ("national_worker_pioneer", 2015), kind="collective")
    tell(file)
    response = client.get("/")
    text = response.content.decode()
    assert response.context["today"].name == "王小梅"
    assert response.context["today"].summary == "她带出了十二个徒弟。"
    assert [story.url for story in response.context["latest_stories"]] == [file.get_absolute_url()]
    for address in (
        "/honourees/?year=2020",
        "/honourees/?level=national",
        "/honourees/?region=640000",
        "/honourees/?kind=collective",
    ):
        assert f'href="{address}"' in text, address


def test_an_empty_register_has_a_front_page_too(client: Client, registrar: User) -> None:
    for address in (
        "/",
        "/honourees/",
        "/stories/",
        "/sitemap.xml",
        "/sitemaps/pages.xml",
        "/sitemaps/honourees-0.xml",
    ):
        assert client.get(address).status_code == 200, address


def test_the_person_of_the_day_is_the_same_all_day(make_file: MakeFile) -> None:
    for number in range(5):
        make_file(f"工友{number}", (MEDAL, 2020))
    first, second = person_of_the_day(), person_of_the_day()
    assert first is not None
    assert first == second


def test_examples_are_a_name_a_pinyin_and_initials(make_file: MakeFile) -> None:
    for name in ("王小梅", "李强", "单雄信"):
        make_file(name, (MEDAL, 2020))
    assert [word for _label, word in examples()] == ["单雄信", "liqiang", "wxm"]


def test_portraits_stand_on_cards_and_profiles(client: Client, make_file: MakeFile, picture: Picture) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    Portrait.objects.create(honouree=file, picture=picture, consent="本人同意")
    card = client.get("/honourees/").context["cards"][0]
    assert (card.portrait.width, card.portrait.height, card.portrait.alt) == (360, 480, "")
    profile = client.get(file.get_absolute_url()).context["profile"]
    assert "王小梅" in profile.portrait.alt
    response = client.get(profile.portrait.url)
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert "immutable" in response["Cache-Control"]
    assert client.get(profile.portrait.url, headers={"If-Modified-Since": response["Last-Modified"]}).status_code == 304


def test_originals_and_everything_else_stay_closed(
    client: Client, registrar: User, picture: Picture, tmp_path: Path
) -> None:
    (tmp_path / "images").mkdir(exist_ok=True)
    (tmp_path / "secret.jpg").write_bytes(b"x")
    (tmp_path / "images" / "page.html").write_text("<b>x</b>")
    (tmp_path / "images" / "drawing.svg").write_text("<svg/>")
    (tmp_path / "images" / "way-out.jpg").symlink_to(tmp_path / "secret.jpg")
    closed = ["images/../secret.jpg", "images/%2e%2e/secret.jpg", "images/page.html", "images/drawing.svg"]
    closed += ["images/way-out.jpg", "images/", "secret.jpg", "images//etc/passwd", "images/%00.jpg"]
    assert picture.file.name.startswith("original_images/")
    for path in [*closed, picture.file.name]:
        assert client.get(f"/uploads/{path}").status_code == 404, path


def test_the_sitemap_names_every_public_address_once(
    client: Client, make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sitemaps, "SECTION", 2)
    files = [make_file(f"工友{number}", (MEDAL, 2020)) for number in range(3)]
    hidden = make_file("没有荣誉")
    tell(files[0])
    sections = [
        element.text or "" for element in ElementTree.fromstring(client.get("/sitemap.xml").content).iter(f"{SPACE}loc")
    ]
    found = [
        (element.text or "").removeprefix("http://testserver")
        for section in sections
        for element in ElementTree.fromstring(client.get(section).content).iter(f"{SPACE}loc")
    ]
    assert sorted(found) == sorted(["/", "/honourees/", "/stories/", *(file.get_absolute_url() for file in files)])
    assert hidden.slug not in "".join(found)
    assert f"Sitemap: {'http://testserver/sitemap.xml'}" in client.get("/robots.txt").content.decode()


def test_articles_and_profiles_are_stories(client: Client, make_file: MakeFile) -> None:
    tell(make_file("王小梅", (MEDAL, 2020)))
    demo.load_campaign(StoryIndexPage.objects.get())
    stories = client.get("/stories/").context["stories"]
    assert {story.url for story in stories} == {"/stories/red-may-2026/", stories[1].url}
    text = client.get("/stories/red-may-2026/").content.decode()
    assert "目前公开的档案共有 1 份，其中个人 1 位、集体 0 个" in text


def test_the_language_is_the_visitors_choice(client: Client, registrar: User) -> None:
    assert '<html lang="zh-hans">' in client.get("/", headers={"Accept-Language": "en"}).content.decode()
    client.get("/language/en/", {"next": "/"})
    assert '<html lang="en">' in client.get("/").content.decode()


def test_pages_are_small_on_the_way(client: Client, make_file: MakeFile) -> None:
    for number in range(24):
        make_file(f"工友{number}", (MEDAL, 2020 - number), unit_name=f"第{number}车间")
    response = client.get("/honourees/", headers={"Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert len(response.content) < 60_000 / 4


def test_articles_and_stories_are_given_to_the_search_as_plain_text(make_file: MakeFile) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    page = tell(file)
    demo.load_campaign(StoryIndexPage.objects.get())
    [article] = article_documents(article_ids(), 1)
    assert article.url == "/stories/red-may-2026/"
    story = stories_of([file.pk])[file.pk]
    for part in ("一双手", "她带出了十二个徒弟", "她进厂那年十八岁"):
        assert part in story
    assert "<p>" not in story
    page.unpublish()
    assert stories_of([file.pk]) == {}


def test_publishing_and_unpublishing_a_story_tells_the_search(
    make_file: MakeFile, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]
) -> None:
    file = make_file("王小梅", (MEDAL, 2020))
    told: list[list[int]] = []

    def listen(ids: list[int], **_signal: Any) -> None:
        told.append(ids)

    honourees_changed.connect(listen)
    try:
        with django_capture_on_commit_callbacks(execute=True):
            page = tell(file)
        assert [file.pk] in told
        told.clear()
        with django_capture_on_commit_callbacks(execute=True):
            page.unpublish()
        assert told == [[file.pk]]
    finally:
        honourees_changed.disconnect(listen)

"""The demonstration: published lists through the intake, stories as pages, and accounts. Safe to run again; what people changed stays."""

import html
import json
import os
import secrets
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db.models import Max, Min
from django.utils.dateparse import parse_date
from wagtail.models import Page, Site

from cms.pages.models import ArticlePage, DirectoryPage, HomePage, ProfilePage, StoryIndexPage
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.honours.enums import RANK, Level
from registry.honours.models import Conferral
from registry.honours.queries import public_honourees
from registry.organisations.actions import appoint
from registry.organisations.models import Appointment, UnionNode
from registry.organisations.queries import top_node
from registry.people.enums import Kind
from registry.people.models import Honouree
from registry.people.privacy import allow_reveal
from registry.people.rules import REVEAL

FOLDER = Path(__file__).resolve().parents[1] / "data" / "demo"
LISTS = ("honourees.csv", "historic_honourees.csv")
Say = Callable[[str], Any]


def words() -> dict[str, Any]:
    """Read the demonstration's own words."""
    found: dict[str, Any] = json.loads((FOLDER / "site.json").read_text(encoding="utf-8"))
    return found


def load(say: Say) -> None:
    """Load everything that is missing, in an order in which each step finds what it needs."""
    call_command("load_reference", stdout=_Quiet())
    load_accounts()
    say("reference data and accounts")
    load_lists(say)
    directory, stories = load_site()
    say(f"{load_stories(directory)} stories")
    load_campaign(stories)
    ensure_groups()


def is_loaded() -> bool:
    """Whether the demonstration is there (the last step's page)."""
    return bool(ArticlePage.objects.filter(slug=words()["campaign"]["slug"]).exists())


def load_accounts() -> None:
    """Make the accounts, without usable passwords, and appoint them."""
    for entry in words()["accounts"]:
        user = User.objects.filter(username=entry["username"]).first()
        if user is None:
            user = User.objects.create_user(entry["username"], display_name=entry["name"])
        node = UnionNode.objects.get(region=entry["region"], kind="regional") if entry["region"] else top_node()
        role = Role(entry["role"])
        if not Appointment.objects.filter(user=user, role=role, node=node).exists():
            appoint(user, role, node, actor=None)
    _allow_reveal()


def _allow_reveal() -> None:
    """Let the demonstration's registry officers see private facts, as an administrator would."""
    administrator = User.objects.get(username="admin")
    for officer in User.objects.filter(username__in=["registrar", "yinchuan-registrar"]):
        if not officer.has_perm(REVEAL):
            allow_reveal(officer, actor=administrator, allowed=True, reason=words()["reveal"])


def load_lists(say: Say) -> None:
    """Import the published lists through the intake, as an officer would; files that are there already stay as they are."""
    from registry.intake.models import IntakeBatch

    for name in LISTS:
        if IntakeBatch.objects.everywhere("demonstration").filter(filename=name, state="committed").exists():
            continue
        call_command("intake", str(FOLDER / name), actor="registrar", commit=True, stdout=_Quiet(), stderr=_Quiet())
        say(f"{name} imported")


def load_site() -> tuple[DirectoryPage, StoryIndexPage]:
    """Make the tree: front page, directory, stories; Wagtail's welcome page goes."""
    text = words()
    home = HomePage.objects.first()
    if home is None:
        root = Page.get_first_root_node()
        welcome = root.get_children().filter(slug="home").first()
        if welcome is not None:
            Page.objects.filter(pk=welcome.pk).update(slug="welcome")
        home = root.add_child(instance=HomePage(slug="home", **text["home"]))
        Site.objects.all().delete()
        Site.objects.create(hostname="localhost", root_page=home, is_default_site=True, site_name="")
        if welcome is not None:
            Page.objects.get(pk=welcome.pk).delete()
            home.refresh_from_db()
    directory = DirectoryPage.objects.first()
    if directory is None:
        directory = home.add_child(instance=DirectoryPage(slug="honourees", show_in_menus=True, **text["directory"]))
    stories = StoryIndexPage.objects.first()
    if stories is None:
        stories = home.add_child(instance=StoryIndexPage(slug="stories", show_in_menus=True, **text["stories"]))
    return directory, stories


def load_stories(directory: DirectoryPage) -> int:
    """Publish the stories about files that are there; return how many were new."""
    fresh = 0
    for story in json.loads((FOLDER / "stories.json").read_text(encoding="utf-8")):
        file = public_honourees().filter(name=story["name"]).order_by("-honour_count", "pk").first()
        if file is None or ProfilePage.objects.filter(honouree=file).exists():
            continue
        _publish(directory, story_page(file, story))
        fresh += 1
    return fresh


def story_page(file: Honouree, story: dict[str, Any]) -> ProfilePage:
    """Make the page of one story of `stories.json`."""
    body: list[tuple[str, Any]] = [
        ("text", "".join(f"<p>{html.escape(part, quote=False)}</p>" for part in story["body"]))
    ]
    if story["timeline"]:
        body.append(("timeline", [{"year": str(stop["year"]), "text": stop["text"]} for stop in story["timeline"]]))
    page = ProfilePage(
        title=file.name,
        slug=file.slug,
        honouree=file,
        headline=story["headline"],
        summary=story["summary"],
        quote=story["quote"] or "",
        sources="\n".join(story["sources"]),
    )
    page.body = [(kind, _rich(value) if kind == "text" else value) for kind, value in body]
    return page


def load_campaign(stories: StoryIndexPage) -> None:
    """Publish the campaign's article; its numbers are counted in the register now."""
    text = words()["campaign"]
    if ArticlePage.objects.filter(slug=text["slug"]).exists():
        return
    numbers = campaign_numbers()
    body = "".join(
        f"<h2>{part['heading']}</h2><p>{html.escape(part['text'].format(**numbers), quote=False)}</p>"
        for part in text["body"]
    )
    page = ArticlePage(
        title=text["title"],
        slug=text["slug"],
        date=parse_date(text["date"]),
        author=text["author"],
        summary=text["summary"],
    )
    page.body = [("text", _rich(body))]
    _publish(stories, page)


def campaign_numbers() -> dict[str, int]:
    """Count what the article says."""
    files = public_honourees()
    years = Conferral._base.filter(is_revoked=False, honouree__is_public=True).aggregate(Min("year"), Max("year"))
    return {
        "files": files.count(),
        "people": files.filter(kind=Kind.INDIVIDUAL).count(),
        "collectives": files.filter(kind=Kind.COLLECTIVE).count(),
        "national": files.filter(highest_rank=RANK[Level.NATIONAL]).count(),
        "first_year": years["year__min"] or 0,
        "last_year": years["year__max"] or 0,
        "stories": ProfilePage.objects.live().count(),
    }


def ensure_groups() -> None:
    """Let the console set up its groups, if it is there."""
    try:
        setup = import_module("cms.console.setup")
    except ModuleNotFoundError:
        return
    setup.ensure_groups()


def passwords(*, anew: bool = False) -> dict[str, str]:
    """Return the demonstration accounts' passwords, made once and kept in `var/demo_accounts.json`, readable by its owner only.

    An account that has no usable password gets the kept one; one whose owner chose another is not touched.
    """
    keep = Path(settings.VAR_DIR) / "demo_accounts.json"
    kept: dict[str, str] = json.loads(keep.read_text()) if keep.exists() and not anew else {}
    names = [entry["username"] for entry in words()["accounts"]]
    found = {name: kept.get(name) or secrets.token_urlsafe(9) for name in names}
    for user in User.objects.filter(username__in=names):
        if anew or user.username not in kept or not user.has_usable_password():
            user.set_password(found[user.username])
            user.save(update_fields=["password"])
    if found != kept:
        keep.unlink(missing_ok=True)
        with os.fdopen(os.open(keep, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(found, file, indent=1)
    return found


def _publish(parent: Page, page: Page) -> None:
    parent.add_child(instance=page)
    page.save_revision().publish()


def _rich(text: str) -> Any:
    from wagtail.rich_text import RichText

    return RichText(text)


class _Quiet:
    """An output that says nothing."""

    def write(self, *_words: Any) -> None:
        """Drop the words."""

    def flush(self) -> None:
        """Have nothing to do."""

"""Stories in a merge of two files: one moves; of two the chosen one stays, the other is kept with its draft for the undo."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from wagtail.models import Page, ReferenceIndex

from cms.pages.models import ProfilePage
from registry.duplicates.ways import Case, Held, Way, register, rows_of

STORY = "pages.ProfilePage.honouree"


def connect() -> None:
    """Tell the registry what becomes of stories."""
    register(STORY, Stories())


class Stories(Way):
    """A file has one story at most."""

    def merge(self, case: Case, relation: Any) -> Held:
        """Move it, or keep the chosen one of two."""
        mine = rows_of(relation, case.gone).first()
        theirs = rows_of(relation, case.kept).first()
        if mine is None:
            return {}
        if theirs is None:
            hand_over(mine, case.kept.pk)
            return {"moved": [mine.pk]}
        loser = theirs if case.chooses_gone("story") else mine
        held: Held = {"put_away": put_away(loser)}
        if loser is theirs:
            hand_over(mine, case.kept.pk)
            held["moved"] = [mine.pk]
        return held

    def obstacles(self, case: Case, relation: Any, held: Held) -> Iterator[str]:
        """A story that was deleted since; a place in the tree that is gone; a new story where the old one should come back."""
        yield from super().obstacles(case, relation, held)
        away = held.get("put_away")
        if away and not Page.objects.filter(pk=away["parent"]).exists():
            yield _("The page under which the other story stood is gone.")

    def undo(self, case: Case, relation: Any, held: Held) -> None:
        """Give each file its own story again."""
        for page in ProfilePage.objects.filter(pk__in=held.get("moved", [])):
            hand_over(page, case.gone.pk)
        if away := held.get("put_away"):
            bring_back(away)


def hand_over(page: ProfilePage, file: int) -> None:
    """Let a story and all its drafts be about another file."""
    ProfilePage.objects.filter(pk=page.pk).update(honouree=file)
    for revision in page.revisions.all():
        revision.content = {**revision.content, "honouree": file}
        revision.save(update_fields=["content"])
    page.refresh_from_db()
    ReferenceIndex.create_or_update_for_object(page)


def put_away(page: ProfilePage) -> dict[str, Any]:
    """Take a story out of the tree; return what bringing it back needs: how it stands, its latest draft, where it stood."""
    parent = page.get_parent()
    latest = page.get_latest_revision()
    kept = {
        "parent": parent.pk,
        "page": page.serializable_data(),
        "draft": latest.content if latest and page.has_unpublished_changes else None,
        "live": page.live,
    }
    Page.objects.get(pk=page.pk).delete()
    return kept


def bring_back(away: dict[str, Any]) -> None:
    """Put a story back under its page, published if it was, with its draft."""
    page = ProfilePage.from_serializable_data({**away["page"], "pk": None}, check_fks=False)
    page.path, page.depth, page.numchild = "", None, 0
    page.live_revision = page.latest_revision = None
    page.live = away["live"]
    Page.objects.get(pk=away["parent"]).add_child(instance=page)
    if away["draft"]:
        draft = ProfilePage.from_serializable_data({**away["draft"], "pk": page.pk}, check_fks=False)
        draft.save_revision(clean=False)

"""What the public pages listen to, and what they tell the search."""

from typing import Any

from django.db.models.signals import post_delete
from wagtail.signals import page_published, page_unpublished, post_page_move

from cms.pages.tallies import forget
from registry.events import announce_honourees, honourees_changed
from search import sources
from search.signals import announce_pages


def connect() -> None:
    """Connect everything."""
    from cms.pages import searchable
    from cms.pages.models import ArticlePage, ProfilePage
    from cms.pages.portraits import with_portraits

    sources.register(sources.PAGE, searchable.article_ids, searchable.article_documents)
    sources.register_stories(searchable.stories_of)
    sources.register_adornment(with_portraits)
    honourees_changed.connect(forget, dispatch_uid="pages.tallies")
    for model, receiver in ((ArticlePage, article_changed), (ProfilePage, story_changed)):
        for signal in (page_published, page_unpublished, post_page_move, post_delete):
            signal.connect(receiver, sender=model, dispatch_uid="pages.search")


def article_changed(instance: Any, **_signal: Any) -> None:
    """An article came, changed or went."""
    announce_pages([instance.pk])


def story_changed(instance: Any, **_signal: Any) -> None:
    """A story came, changed or went: its words belong to the file it tells of."""
    announce_honourees([instance.honouree_id])

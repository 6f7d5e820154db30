"""What of the public pages is searched: articles as hits of their own, and told stories as more words about the file they tell of."""

from collections.abc import Sequence

from django.utils.html import strip_tags
from wagtail.models import Page

from cms.pages.models import ArticlePage, ProfilePage
from search.documents import SearchDocument
from search.sources import page_document


def article_ids() -> list[int]:
    """Return the keys of the articles that the public may read."""
    return list(ArticlePage.objects.live().public().order_by("pk").values_list("pk", flat=True))


def article_documents(ids: Sequence[int], version: int) -> list[SearchDocument]:
    """Return the documents of those of these pages that are articles the public may read."""
    pages = ArticlePage.objects.live().public().filter(pk__in=ids).order_by("pk")
    return [
        page_document(
            page.pk,
            title=page.title,
            url=page.get_url() or "",
            summary=page.summary,
            text=plain_text(page),
            version=version,
        )
        for page in pages
    ]


def stories_of(honourees: Sequence[int]) -> dict[int, str]:
    """Return what is told in public about these files."""
    pages = ProfilePage.objects.live().public().filter(honouree__in=honourees)
    return {page.honouree_id: " ".join([page.headline, page.summary, page.quote, plain_text(page)]) for page in pages}


def plain_text(page: Page) -> str:
    """Return a page's story without marks."""
    return " ".join(strip_tags(str(block.render())) for block in page.body).strip()

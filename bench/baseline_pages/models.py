"""The plain Wagtail page that ours is measured against: a person as a page, portrait, story, six related pages."""

from typing import Any

from django.db import models
from wagtail.blocks import CharBlock, RichTextBlock
from wagtail.fields import StreamField
from wagtail.images.blocks import ImageChooserBlock
from wagtail.models import Page


class PersonIndexPage(Page):
    """The list above."""

    template = "people/index.html"


class PersonPage(Page):
    """One person."""

    intro = models.CharField(max_length=250)
    portrait = models.ForeignKey("wagtailimages.Image", models.PROTECT, null=True, related_name="+")
    body = StreamField([("heading", CharBlock()), ("paragraph", RichTextBlock()), ("image", ImageChooserBlock())])
    template = "people/person.html"

    def related(self) -> Any:
        """Six pages that follow this one."""
        return PersonPage.objects.live().filter(path__gt=self.path).order_by("path").select_related("portrait")[:6]

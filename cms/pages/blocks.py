"""The blocks stories are made of."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.images.blocks import ImageChooserBlock


class QuoteBlock(blocks.StructBlock):
    """What somebody said."""

    text = blocks.TextBlock(label=_("Quotation"))
    source = blocks.CharBlock(label=_("Who said it, where"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "blocks/quote.html"


class PictureBlock(blocks.StructBlock):
    """A picture with what it shows."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(label=_("What it shows (read aloud to the blind)"))
    caption = blocks.CharBlock(label=_("Caption"), required=False)
    credit = blocks.CharBlock(label=_("Credit"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "blocks/picture.html"


class TimelineEntryBlock(blocks.StructBlock):
    """One year of a life."""

    year = blocks.CharBlock(label=_("Year"), max_length=20)
    text = blocks.CharBlock(label=_("What happened"))


class StoryBlocks(blocks.StreamBlock):
    """The body of a story."""

    text = blocks.RichTextBlock(
        label=_("Text"),
        features=["h2", "h3", "bold", "italic", "ol", "ul", "link", "document-link"],
        template="blocks/text.html",
    )
    quote = QuoteBlock()
    picture = PictureBlock()
    gallery = blocks.ListBlock(PictureBlock(), icon="image", label=_("Gallery"), template="blocks/gallery.html")
    timeline = blocks.ListBlock(TimelineEntryBlock(), icon="date", label=_("Timeline"), template="blocks/timeline.html")

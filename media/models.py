"""Own picture, rendition and document models from the first migration, and the portrait that belongs to a file."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.documents.models import AbstractDocument, Document
from wagtail.images.models import AbstractImage, AbstractRendition, Image

from registry.people.models import Honouree


class Picture(AbstractImage):
    """A picture with who made it and under which terms it may be shown."""

    credit = models.CharField(_("credit"), max_length=120, blank=True)
    licence = models.CharField(_("licence or permission"), max_length=200, blank=True)

    admin_form_fields = (*Image.admin_form_fields, "credit", "licence")

    class Meta(AbstractImage.Meta):
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        permissions = [("choose_image", "Can choose image")]


class PictureRendition(AbstractRendition):
    """A picture cut to a size."""

    image = models.ForeignKey(Picture, models.CASCADE, related_name="renditions")

    class Meta:
        verbose_name = _("rendition")
        verbose_name_plural = _("renditions")
        constraints = [
            models.UniqueConstraint(fields=["image", "filter_spec", "focal_point_key"], name="rendition_once"),
        ]


class Paper(AbstractDocument):
    """A document with its source."""

    source = models.CharField(_("source"), max_length=200, blank=True)

    admin_form_fields = (*Document.admin_form_fields, "source")

    class Meta(AbstractDocument.Meta):
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        permissions = [("choose_document", "Can choose document")]


class Portrait(models.Model):
    """The portrait of a file, with the consent it is shown under."""

    honouree = models.OneToOneField(Honouree, models.CASCADE, related_name="portrait", verbose_name=_("file"))
    picture = models.ForeignKey(Picture, models.PROTECT, related_name="+", verbose_name=_("picture"))
    consent = models.CharField(_("consent or source"), max_length=200)

    class Meta:
        verbose_name = _("portrait")
        verbose_name_plural = _("portraits")

    def __str__(self) -> str:
        return str(self.honouree)

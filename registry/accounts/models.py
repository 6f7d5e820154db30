"""People who sign in."""

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """An account. What it may do comes from its appointments (`registry.organisations`), not from flags."""

    display_name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta(AbstractUser.Meta):
        verbose_name = _("account")  # type: ignore[assignment]  # the stubs type the inherited Meta as str
        verbose_name_plural = _("accounts")  # type: ignore[assignment]

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        """Return the name shown in the console."""
        return self.display_name or super().get_full_name() or self.username


class TwoPerson(models.Model):
    """Something that one person proposes and **another** confirms; the database refuses one and the same.

    Subclasses list `TwoPerson.two_people("name")` among their own constraints.
    """

    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposed by"))
    proposed_at = models.DateTimeField(_("proposed at"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    class Meta:
        abstract = True

    @staticmethod
    def two_people(name: str) -> models.CheckConstraint:
        """Return the constraint to put into the subclass's Meta."""
        return models.CheckConstraint(
            condition=models.Q(confirmed_by__isnull=True) | ~models.Q(confirmed_by=models.F("proposed_by")), name=name
        )

    @property
    def is_confirmed(self) -> bool:
        """Whether the second person has confirmed."""
        return self.confirmed_by_id is not None

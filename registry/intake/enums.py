"""Fixed words of an import."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BatchState(models.TextChoices):
    """Where a batch stands. The transitions are in `states.py`."""

    READING = "reading", _("being read")
    ASKING = "asking", _("waiting for answers")
    CHECKING = "checking", _("ready to check")
    WAITING = "waiting", _("waiting for a second person")
    COMMITTING = "committing", _("being committed")
    COMMITTED = "committed", _("committed")
    UNDOING = "undoing", _("being undone")
    UNDONE = "undone", _("undone")
    REFUSED = "refused", _("refused")
    DISCARDED = "discarded", _("discarded")


class RowStatus(models.TextChoices):
    """What a row would do, or did."""

    NEW = "new", _("new")
    CHANGED = "changed", _("changed")
    SAME = "same", _("same")
    DOUBTFUL = "doubtful", _("doubtful")
    REFUSED = "refused", _("refused")


class Choice(models.TextChoices):
    """How a clerk settled a doubt."""

    NONE = "", _("not settled")
    MATCH = "match", _("the same as the file proposed")
    NEW = "new", _("a new file")
    SKIP = "skip", _("leave out")

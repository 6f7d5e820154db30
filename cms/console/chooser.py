"""Choose a file for a page: the editor's subtree only."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsViewMixin,
    ChooseViewMixin,
    CreationFormMixin,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet

from registry.organisations.rules import may_enter_console
from registry.people.models import Honouree
from registry.text.normalise import fold


class FileChooseView(BaseChooseView):
    """The list in the chooser."""

    ordering = ["pinyin_key", "pk"]

    def get_object_list(self) -> QuerySet[Any]:
        """The files of the subtree."""
        rows: QuerySet[Any] = (
            Honouree.objects.visible_to(self.request.user)
            if may_enter_console(self.request.user)
            else Honouree._base.none()
        )
        return rows.select_related("union")

    def filter_object_list(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """By name."""
        word = self.request.GET.get("q", "").strip()
        return objects.filter(name_key__contains=fold(word)) if word else objects

    @property
    def columns(self) -> list[Any]:
        """Name, unit, highest honour."""
        return [
            self.title_column,
            Column("unit_name", label=_("Unit"), accessor="unit_name"),
            Column("headline", label=_("Highest honour"), accessor="headline"),
        ]


class FileChoose(ChooseViewMixin, CreationFormMixin, FileChooseView):
    """The chooser's window."""


class FileChooseResults(ChooseResultsViewMixin, CreationFormMixin, FileChooseView):
    """The chooser's results."""


class FileChooser(ChooserViewSet):
    """A chooser of files."""

    model = Honouree
    icon = "user"
    choose_one_text = _("Choose a file")
    choose_another_text = _("Choose another file")
    choose_view_class = FileChoose
    choose_results_view_class = FileChooseResults
    register_widget = True


chooser = FileChooser("file_chooser")

"""Choose a file for a page: the editor's subtree only."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views.generic import View
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import (
    BaseChooseView,
    ChooseResultsViewMixin,
    ChooseViewMixin,
    ChosenMultipleView,
    ChosenView,
    CreationFormMixin,
)
from wagtail.admin.viewsets.chooser import ChooserViewSet
from wagtail.admin.widgets import BaseChooser

from registry.organisations.rules import may_enter_console
from registry.people.lookup import named
from registry.people.models import Honouree


def files_for(user: Any) -> QuerySet[Any]:
    """The files of the user's subtree, with what a list shows."""
    found: QuerySet[Any] = Honouree.objects.visible_to(user).select_related("union")
    return found


class ForOfficers(View):
    """Refuse whoever holds no role today."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Ask the rule first."""
        if not may_enter_console(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class WordForm(BaseFilterForm):
    """Search by name, other name, unit or pinyin, as the list of files does."""

    q = forms.CharField(label=_("Name, unit or pinyin"), required=False)

    def filter(self, objects: QuerySet[Any]) -> QuerySet[Any]:
        """Keep what fits the word."""
        word = self.cleaned_data.get("q", "").strip()
        self.is_searching, self.search_query = bool(word), word
        return named(objects, word) if word else objects


class FileChooseView(ForOfficers, BaseChooseView):
    """The list in the chooser."""

    ordering = ["pinyin_key", "pk"]
    filter_form_class = WordForm

    def get_object_list(self) -> QuerySet[Any]:
        """The files of the subtree."""
        return files_for(self.request.user)

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


class FileChosen(ForOfficers, ChosenView):
    """The file that was chosen; 404 outside the subtree."""

    def get_object(self, pk: str) -> Honouree:
        """Look in the subtree only."""
        found: Honouree = files_for(self.request.user).get(pk=pk)
        return found


class FilesChosen(ForOfficers, ChosenMultipleView):
    """Several files that were chosen, of the subtree only."""

    def get_objects(self, pks: list[str]) -> QuerySet[Any]:
        """Look in the subtree only."""
        return files_for(self.request.user).filter(pk__in=[pk for pk in pks if pk.isdigit()])


class FileWidget(BaseChooser):
    """Shows the name of the file that a page is about already; whoever may edit the page may read that name."""

    def get_instance(self, value: Any) -> Any:
        """The page's file; what may be chosen is the form field's business."""
        if value is None or isinstance(value, self.model_class):
            return value
        return Honouree.objects.everywhere("named by a page that the user may edit").filter(pk=value).first()


class FileChooser(ChooserViewSet):
    """A chooser of files."""

    model = Honouree
    icon = "user"
    choose_one_text = _("Choose a file")
    choose_another_text = _("Choose another file")
    choose_view_class = FileChoose
    choose_results_view_class = FileChooseResults
    chosen_view_class = FileChosen
    chosen_multiple_view_class = FilesChosen
    base_widget_class = FileWidget
    register_widget = True


chooser = FileChooser("file_chooser")

"""The page editor's field for the file a page is about: the editor's subtree only."""

from typing import Any

from wagtail.admin.compare import ForeignObjectComparison
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import FieldPanel

from registry.people.models import Honouree


class ProfileForm(WagtailAdminPageForm):
    """The editor's form of a profile; a file outside the subtree is refused whatever is sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "honouree" in self.fields:
            self.fields["honouree"].queryset = Honouree.objects.visible_to(self.for_user)
        # Title and slug are taken over from the file when the editor leaves them empty.
        for name in ("title", "slug"):
            if name in self.fields:
                self.fields[name].required = False


class FileComparison(ForeignObjectComparison):
    """Two revisions name the file they are about; whoever may see the page may see that."""

    def get_objects(self) -> tuple[Any, Any]:
        """The file before and after."""
        files = Honouree.objects.everywhere("named by a page that the user may see")
        return files.filter(pk=self.val_a).first(), files.filter(pk=self.val_b).first()


class HonoureePanel(FieldPanel):
    """Choose the file a page is about, among those of the editor's subtree."""

    def get_form_options(self) -> dict[str, Any]:
        """Use the console's chooser."""
        from cms.console.chooser import chooser

        options: dict[str, Any] = super().get_form_options()
        options.setdefault("widgets", {})[self.field_name] = chooser.widget_class
        return options

    def get_comparison_class(self) -> type[FileComparison]:
        """Compare by name."""
        return FileComparison

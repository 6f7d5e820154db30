"""Panels of the page editor."""

from typing import Any

from wagtail.admin.panels import FieldPanel


class HonoureePanel(FieldPanel):
    """Choose the file a page is about, among those of the editor's subtree."""

    def get_form_options(self) -> dict[str, Any]:
        """Use the console's chooser, and fields that look through the subtree only."""
        from cms.console.chooser import chooser

        options: dict[str, Any] = super().get_form_options()
        options.setdefault("widgets", {})[self.field_name] = chooser.widget_class
        return options

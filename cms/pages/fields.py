"""Panels of the page editor."""

from wagtail.admin.panels import FieldPanel


class HonoureePanel(FieldPanel):
    """Choose the file a page is about; the console gives it a chooser that keeps to the editor's subtree."""

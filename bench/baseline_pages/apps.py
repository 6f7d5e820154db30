"""The plain Wagtail site."""

from django.apps import AppConfig


class BaselineConfig(AppConfig):
    """People as pages."""

    name = "bench.baseline_pages"
    label = "baseline"

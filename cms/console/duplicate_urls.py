"""The addresses of duplicates and of bulk cleaning."""

from django.urls import URLPattern, path

from cms.console import cleaning, duplicates


def duplicate_addresses() -> list[URLPattern]:
    """For the console's list of addresses."""
    return [
        path("duplicates/", duplicates.Queue.as_view(), name="console_duplicates"),
        path("duplicates/<int:pk>/", duplicates.PairScreen.as_view(), name="console_duplicate"),
        path("duplicates/merges/", duplicates.Merges.as_view(), name="console_merges"),
        path("duplicates/merges/<int:pk>/", duplicates.MergeScreen.as_view(), name="console_merge"),
        path("files/<int:pk>/duplicate/", duplicates.Report.as_view(), name="console_duplicate_report"),
        path("cleaning/", cleaning.Runs.as_view(), name="console_cleaning"),
        path("cleaning/add/<str:kind>/", cleaning.RunAdd.as_view(), name="console_cleaning_add"),
        path("cleaning/<int:pk>/", cleaning.RunScreen.as_view(), name="console_cleaning_run"),
        path("cleaning/<int:pk>/undo/", cleaning.RunUndo.as_view(), name="console_cleaning_undo"),
    ]

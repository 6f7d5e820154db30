"""What every public page's frame needs."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

NAV = (("/", "home"), ("/honourees/", "honourees"), ("/stories/", "stories"), ("/search/", "search"))


def site_frame(request: HttpRequest) -> dict[str, Any]:
    """Name, navigation and footer of the public site."""
    labels = {"home": _("Home"), "honourees": _("Honourees"), "stories": _("Stories"), "search": _("Search")}
    path = request.path
    nav = [(labels[key], url, path == url if url == "/" else path.startswith(url)) for url, key in NAV]
    return {
        "site_name": _("Model workers"),
        "union_name": _("Ningxia federation of trade unions"),
        "nav": nav,
        "footer_links": [
            (_("My file"), "/my/"),
            (_("Open data (API)"), "/api/v1/docs"),
            (_("Console"), "/console/"),
        ],
    }

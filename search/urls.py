"""Addresses of search and the public API."""

from django.urls import URLPattern, URLResolver, path

from search.api import api, nothing_here
from search.views import search

urlpatterns: list[URLPattern | URLResolver] = [
    path("search/", search, name="search"),
    path("api/v1/", api.urls),
    path("api/<path:path>", nothing_here),
]

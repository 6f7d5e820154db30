"""Public views outside Wagtail's tree."""

from django.http import HttpRequest, HttpResponse


def honouree(request: HttpRequest, slug: str) -> HttpResponse:
    raise NotImplementedError


def rendition(request: HttpRequest, path: str) -> HttpResponse:
    raise NotImplementedError


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    raise NotImplementedError


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    raise NotImplementedError

"""Public views outside Wagtail's tree."""

import mimetypes
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseNotModified,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.encoding import iri_to_uri
from django.utils.http import http_date, url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from django.views.static import was_modified_since
from wagtail import hooks
from wagtail.models import Page

from cms.pages.context import profile_context
from cms.pages.models import DirectoryPage, ProfilePage
from registry.duplicates.queries import address_today
from registry.honours.queries import public_file
from registry.prepared import Prepared

RENDITIONS = "images"
YEAR_SECONDS = 365 * 24 * 3600

_DIRECTORY = Prepared(lambda: DirectoryPage.objects.live()[:1])
_STORY_OF = Prepared(lambda file: ProfilePage.objects.live().filter(honouree=file).order_by(), file=int)


@require_safe
def directory(request: HttpRequest) -> HttpResponseBase:
    """The directory's page at its fixed address, without walking down Wagtail's tree."""
    for page in _DIRECTORY():
        return _served(page, request)
    raise Http404


@require_safe
def honouree(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A file's stable address: its published story if there is one, else the registry's facts alone; 404 when not public."""
    file = public_file(slug)
    if file is None:
        if address := address_today(slug):
            # Merged into another file: the old address goes on leading there. Not kept for ever: a merge can be taken back.
            return HttpResponsePermanentRedirect(address, headers={"Cache-Control": "max-age=600"})
        raise Http404(_("There is no such file, or it isn't public."))
    for page in _STORY_OF(file=file.pk):
        page.honouree = file
        return _served(page, request)
    return render(request, "profile.html", profile_context(request, file))


def _served(page: Page, request: HttpRequest) -> HttpResponseBase:
    """Serve a page that didn't come by Wagtail's own address, past the same guards (`wagtail.views.serve`)."""

    def serve(page: Page, request: HttpRequest, args: Sequence[Any], kwargs: dict[str, Any]) -> HttpResponseBase:
        answer: HttpResponseBase = page.serve(request, *args, **kwargs)
        return answer

    for wrap in reversed(hooks.get_hooks("on_serve_page")):
        serve = wrap(serve)
    for check in hooks.get_hooks("before_serve_page"):
        refused: HttpResponseBase | None = check(page, request, [], {})
        if isinstance(refused, HttpResponseBase):
            return refused
    return serve(page, request, [], {})


@require_safe
def rendition(request: HttpRequest, path: str) -> HttpResponseBase:
    """A picture cut to a size. Originals and documents lie elsewhere and are never served from here."""
    root = Path(settings.MEDIA_ROOT).resolve()
    try:
        file = Path(safe_join(root, path)).resolve()
    except (SuspiciousFileOperation, ValueError) as error:
        raise Http404 from error
    kind = mimetypes.guess_type(file.name)[0] or ""
    drawable = kind.startswith("image/") and kind != "image/svg+xml"
    if not (drawable and file.is_relative_to(root / RENDITIONS) and file.is_file()):
        raise Http404
    changed = int(file.stat().st_mtime)
    response: HttpResponseBase
    if not was_modified_since(request.headers.get("If-Modified-Since"), changed):
        response = HttpResponseNotModified()
    else:
        response = FileResponse(file.open("rb"), content_type=kind)
    response["Last-Modified"] = http_date(changed)
    # A new cut gets a new name.
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    return response


@require_safe
def language(request: HttpRequest, code: str) -> HttpResponse:
    """Read on in another language. A link, not a form: a page without a token looks the same to everybody, so proxies may keep it."""
    if code not in dict(settings.LANGUAGES):
        raise Http404
    back = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(iri_to_uri(back) if safe else "/")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR_SECONDS, secure=request.is_secure(), samesite="Lax"
    )
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """What machines may read: everything public except endless lists."""
    lines = [
        "User-agent: *",
        "Disallow: /console/",
        "Disallow: /accounts/",
        "Disallow: /search/",
        "Disallow: /language/",
        "Disallow: /*?",
        "",
        f"Sitemap: {request.build_absolute_uri('/sitemap.xml')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 in our own words."""
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404 with a search box."""
    return render(request, "404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: the address or the form was damaged on the way; says so plainly."""
    return HttpResponse(
        _("This request was damaged on the way. Go back and try again."),
        status=400,
        content_type="text/plain; charset=utf-8",
    )

"""What every request passes through."""

import logging
import re
import uuid
from collections.abc import Callable

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from registry.audit.context import request_id
from registry.organisations.scoping import scope_required

CONSOLE = "/console/"
GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,40}$")
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    """Give every request an id that log lines, audit entries and the answer share."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Take the proxy's id if it is plausible, else make one."""
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if GIVEN_ID.match(given) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Put the request's id on every log line."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Add `request_id`."""
        record.request_id = request_id.get() or "-"
        return True


class ChosenLanguageMiddleware(LocaleMiddleware):
    """Chinese first: another language only when the visitor chose it (cookie), never because of a browser's default."""

    def process_request(self, request: HttpRequest) -> None:
        """Read the cookie alone."""
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language


class ConsoleScopeMiddleware:
    """While an officer's request is served, a query of a scoped model that forgets its scope fails."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Switch the guard on under the console's address."""
        with scope_required(request.path.startswith(CONSOLE)):
            return self.get_response(request)


class PolicyMiddleware(CSPMiddleware):
    """Strict content security policy for the public; Wagtail's own screens need inline styles and scripts."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Relax the policy under the console's address only."""
        if request.path.startswith(CONSOLE):
            response._csp_update = {  # type: ignore[attr-defined]
                "script-src": ["'unsafe-inline'", "'unsafe-eval'"],
                "style-src": ["'unsafe-inline'"],
                "img-src": ["data:", "blob:"],
                "frame-src": ["'self'"],
            }
        return super().process_response(request, response)

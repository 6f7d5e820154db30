"""The console's second factor. Beside the other middleware, not among it: what is imported here needs the apps."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from cms.middleware import CONSOLE, GetResponse


class SecondFactorMiddleware:
    """Nobody works in the console without a second factor: whoever has none is led to set one up (`STAFF_SECOND_FACTOR`)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Ask once a request, under the console's address only."""
        if settings.STAFF_SECOND_FACTOR and request.path.startswith(CONSOLE) and _lacks_one(request.user):
            messages.info(request, _("Set up a second step first: the console needs one."))
            return redirect("mfa_index")
        return self.get_response(request)


def _lacks_one(user: Any) -> bool:
    return user.is_authenticated and not is_mfa_enabled(user, [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])

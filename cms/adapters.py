"""How allauth behaves here."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from registry.organisations.rules import may_enter_console


class ClosedSignupAdapter(DefaultAccountAdapter):
    """Accounts are made by system administrators; nobody signs up."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Always closed."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Officers go to the console, everybody else to the own file."""
        return reverse("wagtailadmin_home" if may_enter_console(request.user) else "portal")

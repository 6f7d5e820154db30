"""Accounts and appointments."""

import secrets
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.forms import AccountForm, AppointmentForm, ReasonForm, WordFilter
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.actions import record
from registry.audit.queries import history_of
from registry.organisations.actions import appoint, end_appointment
from registry.organisations.models import Appointment
from registry.organisations.rules import may_appoint, may_manage_accounts


def account_url(user: Any) -> str:
    """The address of an account's screen."""
    return reverse("console_account", args=[user.pk])


class AccountScreen(Screen):
    """A screen for system administrators."""

    header_icon = "group"

    def allowed(self) -> bool:
        """System administrators."""
        return may_manage_accounts(self.request.user)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """The list."""
        return [(_("Accounts"), reverse("console_accounts"))]

    @cached_property
    def account(self) -> User:
        """The account."""
        return get_object_or_404(User, pk=self.kwargs["pk"])


class AccountList(ListScreen):
    """All accounts."""

    page_title = gettext_lazy("Accounts")
    header_icon = "group"
    export_name = "accounts"
    filter_form = WordFilter
    default_order = ("username",)
    columns = (
        Column(gettext_lazy("Account name"), lambda row: row.username, "username", account_url),
        Column(gettext_lazy("Name"), lambda row: row.display_name),
        Column(
            gettext_lazy("Roles"), lambda row: ", ".join(f"{one.get_role_display()} · {one.node}" for one in row.held)
        ),
        Column(gettext_lazy("Active"), lambda row: _("yes") if row.is_active else _("no")),
    )

    def allowed(self) -> bool:
        """System administrators."""
        return may_manage_accounts(self.request.user)

    @property
    def actions(self) -> list[tuple[str, str]]:  # type: ignore[override]
        """Add."""
        return [(_("Add an account"), reverse("console_account_add"))]

    def rows(self) -> QuerySet[Any]:
        """Accounts with what they hold today."""
        from django.db.models import Prefetch

        held = Prefetch("appointments", Appointment.objects.current().select_related("node"), "held")
        return User.objects.prefetch_related(held)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By either name."""
        word = chosen.get("q", "")
        return rows.filter(username__icontains=word) | rows.filter(display_name__icontains=word) if word else rows


class Account(AccountScreen):
    """One account."""

    template_name = "console/account.html"

    def get_page_title(self) -> str:
        """Its name."""
        return str(self.account)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Appointments and history."""
        appointments = list(self.account.appointments.select_related("node").order_by("-starts_on"))
        return {
            **super().get_context_data(**kwargs),
            "account": self.account,
            "appointments": [(one, may_appoint(self.request.user, one.node)) for one in appointments],
            "history": history_of(self.account)[:50],
        }


class AccountAdd(AccountScreen, FormScreen):
    """Add an account; its first password is shown once."""

    form_class = AccountForm
    page_title = gettext_lazy("Add an account")

    def act(self, clean: dict[str, Any]) -> str:
        """Make it."""
        password = secrets.token_urlsafe(9)
        with transaction.atomic():
            user = User.objects.create_user(clean["username"], password=password, display_name=clean["display_name"])
            record(user, "account.added", actor=self.request.user, after={"username": user.username})
        messages.warning(self.request, _("First password, shown only now: %(password)s") % {"password": password})
        return account_url(user)


class Appoint(AccountScreen, FormScreen):
    """Give a role."""

    form_class = AppointmentForm
    page_title = gettext_lazy("Appoint")

    def arguments(self) -> dict[str, Any]:
        """Nodes of the own subtree."""
        return {"user": self.request.user}

    def act(self, clean: dict[str, Any]) -> str:
        """Appoint."""
        appoint(
            self.account, Role(clean["role"]), clean["node"], actor=self.request.user,  # type: ignore[arg-type]
            starts_on=clean["starts_on"], ends_on=clean["ends_on"],
        )  # fmt: skip
        return account_url(self.account)


class Dismiss(AccountScreen, FormScreen):
    """End a role."""

    form_class = ReasonForm
    danger = True
    page_title = gettext_lazy("End the appointment")
    submit = gettext_lazy("End the appointment")

    @cached_property
    def appointment(self) -> Appointment:
        """The appointment."""
        return get_object_or_404(Appointment.objects.select_related("node", "user"), pk=self.kwargs["pk"])

    def intro(self) -> str:
        """Which."""
        return str(self.appointment)

    def act(self, clean: dict[str, Any]) -> str:
        """End it."""
        user = self.appointment.user
        end_appointment(self.appointment, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return account_url(user)


class Reset(AccountScreen, FormScreen):
    """Give a new password, or switch an account off or on."""

    form_class = forms.Form

    def get_page_title(self) -> str:
        """What is done."""
        if self.kwargs["what"] == "password":
            return _("Give a new password")
        return _("Switch the account off") if self.account.is_active else _("Switch the account on")

    def act(self, clean: dict[str, Any]) -> str:
        """Do it, recorded."""
        user = self.account
        if self.kwargs["what"] == "password":
            password = secrets.token_urlsafe(9)
            user.set_password(password)
            messages.warning(self.request, _("New password, shown only now: %(password)s") % {"password": password})
        else:
            user.is_active = not user.is_active
        with transaction.atomic():
            user.save()
            verb = f"account.{self.kwargs['what']}"
            record(user, verb, actor=self.request.user, after={"is_active": user.is_active})
        return account_url(user)

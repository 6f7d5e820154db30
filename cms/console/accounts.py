"""Accounts and appointments."""

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.console.base import Column, FormScreen, ListScreen, Screen
from cms.console.filters import WordFilter
from cms.console.forms import AccountForm, AppointmentForm, ReasonForm
from registry.accounts.enums import Role
from registry.accounts.models import User
from registry.audit.queries import history_of
from registry.organisations.accounts import (
    accounts_visible_to,
    add_account,
    may_manage_account,
    new_password,
    switch_account,
)
from registry.organisations.actions import appoint, end_appointment
from registry.organisations.models import Appointment
from registry.organisations.rules import may_appoint, may_manage_accounts
from registry.people.rules import REVEAL, may_allow_reveal


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
        """The account, or 404 when it holds no role in the administrator's area."""
        return get_object_or_404(accounts_visible_to(self.request.user), pk=self.kwargs["pk"])


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
        held = Prefetch("appointments", Appointment.objects.current().select_related("node"), "held")
        return accounts_visible_to(self.request.user).prefetch_related(held)

    def narrow(self, rows: QuerySet[Any], chosen: dict[str, Any]) -> QuerySet[Any]:
        """By either name."""
        word = chosen.get("q", "")
        return rows.filter(Q(username__icontains=word) | Q(display_name__icontains=word)) if word else rows


class Account(AccountScreen):
    """One account."""

    template_name = "console/account.html"

    def get_page_title(self) -> str:
        """Its name."""
        return str(self.account)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Appointments and history."""
        appointments = list(self.account.appointments.select_related("node").order_by("-starts_on"))
        is_self = self.account.pk == self.request.user.pk
        return {
            **super().get_context_data(**kwargs),
            "account": self.account,
            "may_manage": may_manage_account(self.request.user, self.account),
            "is_self": is_self,
            "may_allow_reveal": may_allow_reveal(self.request.user, self.account),
            "may_reveal": self.account.has_perm(REVEAL),
            "appointments": [(one, not is_self and self._may_end(one)) for one in appointments],
            "history": history_of(self.account)[:50],
        }

    def _may_end(self, one: Appointment) -> bool:
        over = one.ends_on is not None and one.ends_on < timezone.localdate()
        return not over and may_appoint(self.request.user, one.node)


class AccountAdd(AccountScreen, FormScreen):
    """Add an account with its first role; its first password is shown once."""

    form_class = AccountForm
    page_title = gettext_lazy("Add an account")
    submit = gettext_lazy("Add the account")

    def arguments(self) -> dict[str, Any]:
        """Nodes of the own subtree."""
        return {"user": self.request.user}

    def act(self, clean: dict[str, Any]) -> str:
        """Make it."""
        user, password = add_account(actor=self.request.user, **{**clean, "role": Role(clean["role"])})  # type: ignore[arg-type]
        messages.warning(self.request, _("First password, shown only now: %(password)s") % {"password": password})
        return account_url(user)


class Appoint(AccountScreen, FormScreen):
    """Give a role."""

    form_class = AppointmentForm
    page_title = gettext_lazy("Appoint")
    submit = gettext_lazy("Appoint")

    def allowed(self) -> bool:
        """An administrator who may see the account."""
        return super().allowed() and bool(self.account)

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

    def allowed(self) -> bool:
        """An administrator of the role's node."""
        return super().allowed() and may_appoint(self.request.user, self.appointment.node)

    def intro(self) -> str:
        """Which."""
        return str(self.appointment)

    def act(self, clean: dict[str, Any]) -> str:
        """End it."""
        user = self.appointment.user
        end_appointment(self.appointment, actor=self.request.user, reason=clean["reason"])  # type: ignore[arg-type]
        return account_url(user)


class Manage(AccountScreen, FormScreen):
    """A screen for whoever may act upon the whole account."""

    def allowed(self) -> bool:
        """An administrator above every role of the account."""
        return super().allowed() and may_manage_account(self.request.user, self.account)

    @property
    def crumbs(self) -> list[tuple[Any, str]]:  # type: ignore[override]
        """List, then the account."""
        return [*super().crumbs, (str(self.account), account_url(self.account))]


class NewPassword(Manage):
    """Give a new password, shown once."""

    page_title = gettext_lazy("Give a new password")
    submit = gettext_lazy("Give a new password")

    def intro(self) -> str:
        """What will happen."""
        return _("The present password stops working at once, and whoever is signed in with it is signed out.")

    def act(self, clean: dict[str, Any]) -> str:
        """Give it."""
        password = new_password(self.account, actor=self.request.user)  # type: ignore[arg-type]
        messages.warning(self.request, _("New password, shown only now: %(password)s") % {"password": password})
        return account_url(self.account)


class Switch(Manage):
    """Switch an account off or on."""

    form_class = ReasonForm

    @property
    def danger(self) -> bool:  # type: ignore[override]
        """Switching off is."""
        return self.account.is_active

    def get_page_title(self) -> str:
        """What is done."""
        return _("Switch the account off") if self.account.is_active else _("Switch the account on")

    @property
    def submit(self) -> str:
        """What is done."""
        return self.get_page_title()

    def act(self, clean: dict[str, Any]) -> str:
        """Do it."""
        user: Any = self.request.user
        switch_account(self.account, actor=user, active=not self.account.is_active, reason=clean["reason"])
        return account_url(self.account)

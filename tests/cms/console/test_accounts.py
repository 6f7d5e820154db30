"""Accounts: nobody gives or ends the own roles."""

from django.urls import reverse
from django.utils.translation import gettext

from registry.accounts.enums import Role
from registry.accounts.models import User
from tests.cms.console.conftest import SignIn
from tests.cms.console.test_console import text
from tests.registry.conftest import Federation, officer


def test_an_administrator_is_told_to_ask_another_one(
    federation: Federation, administrator: User, sign_in: SignIn
) -> None:
    client = sign_in(administrator)
    own = administrator.appointments.get()
    told = gettext("Your own roles are given and ended by another administrator. Ask a colleague.")
    screen = text(client.get(reverse("console_account", args=[administrator.pk])))
    assert reverse("console_appoint", args=[administrator.pk]) not in screen
    assert reverse("console_dismiss", args=[own.pk]) not in screen
    given = client.post(
        reverse("console_appoint", args=[administrator.pk]), {"role": "reviewer", "node": federation.top.pk}
    )
    ended = client.post(reverse("console_dismiss", args=[own.pk]), {"reason": "试试"})
    for answer in (given, ended):
        assert answer.status_code == 422
        assert told in text(answer)
    assert list(administrator.appointments.all()) == [own]


def test_the_buttons_of_a_colleagues_account_work(federation: Federation, administrator: User, sign_in: SignIn) -> None:
    client = sign_in(administrator)
    colleague = officer("colleague", Role.ADMINISTRATOR, federation.top)
    term = colleague.appointments.get()
    screen = text(client.get(reverse("console_account", args=[colleague.pk])))
    assert reverse("console_appoint", args=[colleague.pk]) in screen
    assert reverse("console_dismiss", args=[term.pk]) in screen
    client.post(reverse("console_dismiss", args=[term.pk]), {"reason": "调离"})
    assert not colleague.appointments.exists()

"""Rules about people, whatever they work on."""

from django.utils.translation import gettext as _

from registry.accounts.models import TwoPerson, User


class SamePerson(Exception):
    """The second of two required people is the first one."""


def may_confirm(user: User, proposal: TwoPerson) -> bool:
    """Whether this user can be the second person: nothing is confirmed yet, and somebody else proposed it."""
    return not proposal.is_confirmed and proposal.proposed_by_id != user.pk


def require_second_person(user: User, proposal: TwoPerson) -> None:
    """Raise `SamePerson` unless `may_confirm`."""
    if not may_confirm(user, proposal):
        raise SamePerson(_("A second person must confirm this: somebody other than the one who proposed it."))

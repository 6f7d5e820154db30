"""What the public pages listen to, and what of them is searched."""

from cms.pages.tallies import forget
from registry.events import honourees_changed


def connect() -> None:
    """Connect everything."""
    honourees_changed.connect(forget, dispatch_uid="pages.tallies")

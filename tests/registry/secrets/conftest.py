"""Each test finds out anew which keys are in use."""

from collections.abc import Iterator

import pytest

from registry.secrets.uses import forget_uses


@pytest.fixture(autouse=True)
def _fresh_uses() -> Iterator[None]:
    forget_uses()
    yield
    forget_uses()

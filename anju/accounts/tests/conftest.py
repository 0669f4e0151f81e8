"""The clock of the door's tests."""

import pytest

from anju.accounts.tests.door import Clock


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stands still until moved."""
    return Clock(monkeypatch)

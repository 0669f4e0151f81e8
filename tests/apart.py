"""The suite on two cores (``pytest -n 2``): the second process has a home of its own, with its own server, trail, keys and files.

What the chain of the trail says rests on what else goes on in its cluster, and a restore asks who else is connected: processes that shared a server
would disturb each other. Loaded before anything reads the settings (``-p tests.apart``). Files that take long are begun first, so that none is left
over for one process at the end.
"""

import os
from pathlib import Path

import pytest

from anju import database
from anju.divisions import source

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "gw0")
_LONG = (
    "tests/house/test_every_address.py",
    "tests/journeys/test_no_number_anywhere.py",
    "tests/journeys/test_killed_import.py",
)


def _move(worker: str) -> Path:
    """This process works in a home beside the usual one; what is fetched from outside is fetched once for both."""
    usual = source.cache().parent
    usual.mkdir(parents=True, exist_ok=True)
    os.environ["ANJU_HOME"] = str(database.home().with_name(f"{database.home().name}-{worker}"))
    own = source.cache().parent
    own.parent.mkdir(parents=True, exist_ok=True)
    if not own.exists():
        own.symlink_to(usual)
    return database.home()


_OWN = _move(_WORKER) if _WORKER != "gw0" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, in every process alike."""
    places = {name: at for at, name in enumerate(_LONG)}
    items.sort(key=lambda item: places.get(item.nodeid.partition("::")[0], len(_LONG)))


def pytest_sessionfinish() -> None:
    """Its server ends with it."""
    if _OWN is not None:
        database.stop()

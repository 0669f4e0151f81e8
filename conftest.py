"""Test database: made by the owner's role, used by the application's role, as in an installation."""

import contextlib
import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from anju import database
from anju.web.settings import WHOLE_SCOPE


@contextlib.contextmanager
def as_owner() -> Iterator[None]:
    """The connection is the owner's inside."""
    ours = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    _disconnect()
    owner = database.address(database.OWNER)
    connection.settings_dict.update(USER=owner.user, PASSWORD=owner.password, OPTIONS={"options": WHOLE_SCOPE})
    try:
        yield
    finally:
        _disconnect()
        connection.settings_dict.update(ours)


def _disconnect() -> None:
    connection.close()
    with contextlib.suppress(Exception):
        connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    """One test database a run, dropped at its end."""
    database.start()
    # The tests' own hands see every row; requests and jobs act as somebody.
    connection.settings_dict["OPTIONS"] = {**connection.settings_dict["OPTIONS"], "options": WHOLE_SCOPE}
    with django_db_blocker.unblock():
        with as_owner():
            made = setup_databases(verbosity=0, interactive=False)
            seeded = _seeded_by_migrations()
        flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

        def flush_by_owner(case: TransactionTestCase) -> None:
            with as_owner():
                with connection.cursor() as cursor:
                    cursor.execute(_UNGUARDED)
                flush(case)
                connection.creation.deserialize_db_from_string(seeded)
                with connection.cursor() as cursor:
                    cursor.execute(_EMPTY_AND_GUARDED)

        TransactionTestCase._fixture_teardown = flush_by_owner  # type: ignore[attr-defined]
        yield
        TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]
        with as_owner():
            teardown_databases(made, verbosity=0)


# Between tests the trail is emptied too, which only its owner can do, by taking the guards away.
_TRAIL = ("trail_entry", "trail_seal", "trail_sealing", "trail_archived", "trail_restoration")
_UNGUARDED = ";".join(f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in _TRAIL)
_EMPTY_AND_GUARDED = f"TRUNCATE {', '.join(_TRAIL)};" + ";".join(f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in _TRAIL)


def _seeded_by_migrations() -> str:
    """What our migrations put into the tables; emptying them between tests must not take it away."""
    rows = json.loads(connection._test_serialized_contents)  # type: ignore[attr-defined]
    return json.dumps([row for row in rows if row["model"].split(".")[0] in ("registry", "divisions", "rosters", "accounts")])


@pytest.fixture
def jobs_inline(settings: Any) -> None:
    """Background work runs at once."""
    settings.JOBS = "inline"


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    """Every test begins in Chinese, whatever language a page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture(autouse=True)
def _own_file_store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    """Tests keep their files apart from the installation's."""
    settings.FILE_STORE = tmp_path_factory.getbasetemp() / "files"
    settings.TRAIL = tmp_path_factory.mktemp("trail")


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

"""Test database: made by the owner's role, used by the application's role, as in an installation."""

import contextlib
import gc
import os
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest
from django.core.cache import cache
from django.db import connection
from django.test import TransactionTestCase
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from anju import database
from anju.accounts.hashing import Argon2id
from anju.web.settings import WHOLE_SCOPE


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: looking through it again and again for what is no longer used took a sixth of the tests' time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


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
            made = setup_databases(verbosity=0, interactive=False, serialized_aliases=[])
        seeded = _seeded_by_migrations()
        flush: Callable[[TransactionTestCase], None] = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]
        TransactionTestCase._fixture_teardown = lambda _case: _empty(seeded)  # type: ignore[attr-defined]
        yield
        TransactionTestCase._fixture_teardown = flush  # type: ignore[attr-defined]
        with as_owner():
            teardown_databases(made, verbosity=0)


@contextlib.contextmanager
def _keeper() -> Iterator["psycopg.Connection[Any]"]:
    """The account that no policy, trigger or reference holds back."""
    where = database.keeper()
    with psycopg.connect(
        host=where.host, port=where.port, user=where.user, password=where.password, dbname=str(connection.settings_dict["NAME"])
    ) as keeper:
        keeper.execute("SET session_replication_role = replica")
        yield keeper


_TABLES = """SELECT oid::regclass::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'"""
_EMPTY = f"""DO $$ DECLARE one text; filled boolean; BEGIN
    FOR one IN {_TABLES} LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %s', one); END IF;
    END LOOP;
END $$"""


def _seeded_by_migrations() -> dict[str, bytes]:
    """What our migrations put into the tables; emptying them between tests must not take it away."""
    with _keeper() as keeper:
        seeded = {}
        for (table,) in keeper.execute(_TABLES).fetchall():
            with keeper.cursor().copy(f"COPY {table} TO STDOUT") as copy:
                if content := b"".join(bytes(block) for block in copy):
                    seeded[table] = content
        return seeded


def _empty(seeded: dict[str, bytes]) -> None:
    """Every table as the migrations left it, the trail too, after a test that committed. Django's own way truncates all of them, and asks each
    model anew what it is: eight times as long."""
    _disconnect()
    with _keeper() as keeper:
        keeper.execute(_EMPTY)
        for table, content in seeded.items():
            with keeper.cursor().copy(f"COPY {table} FROM STDIN") as copy:
                copy.write(content)


@pytest.fixture
def jobs_inline(settings: Any) -> None:
    """Background work runs at once."""
    settings.JOBS = "inline"


@pytest.fixture(autouse=True)
def _nothing_counted_before() -> None:
    """No test sees what another one counted."""
    cache.clear()


@pytest.fixture(autouse=True)
def _in_chinese() -> None:
    """Every test begins in Chinese, whatever language a page before it was asked in."""
    translation.activate("zh-hans")


@pytest.fixture(autouse=True)
def _quick_passwords(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of users get a password that nobody types: it is hashed at a hundredth of the cost, but not where accounts are tested."""
    if "accounts" not in request.path.parts:
        monkeypatch.setattr(Argon2id, "time_cost", 1)
        monkeypatch.setattr(Argon2id, "memory_cost", 8)


@pytest.fixture(autouse=True)
def _own_file_store(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> None:
    """Tests keep their files apart from the installation's."""
    settings.FILE_STORE = tmp_path_factory.getbasetemp() / "files"
    settings.TRAIL = tmp_path_factory.mktemp("trail")


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

"""The embedded database: many processes may start it, killing it loses nothing, it refuses to be unsafe."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

_ASK = """
import psycopg
from anju import database
database.start()
where = database.address({role})
with psycopg.connect(host=where.host, port=where.port, dbname=where.name, user=where.user, password=where.password) as connection:
    print(connection.execute({statement!r}).fetchone()[0])
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A home of its own, reachable by the server's account."""
    with tempfile.TemporaryDirectory(prefix="anju-", dir="/var/tmp") as folder:
        path = Path(folder)
        path.chmod(0o755)
        yield path
        _run(path, "from anju import database; database.stop()")


def _environment(home: Path) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if not key.startswith("DATABASE_")} | {"ANJU_HOME": str(home)}


def _run(home: Path, code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], env=_environment(home), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def _ask(home: Path, statement: str, role: str = "database.APPLICATION") -> str:
    return _run(home, _ASK.format(statement=statement, role=role))


def test_three_processes_at_once_start_one_server(home: Path) -> None:
    code = _ASK.format(statement="SELECT pg_postmaster_start_time()::text", role="database.APPLICATION")
    processes = [
        subprocess.Popen([sys.executable, "-c", code], env=_environment(home), stdout=subprocess.PIPE, text=True) for _ in range(3)
    ]
    answers = {process.communicate(timeout=120)[0].strip() for process in processes}
    assert len(answers) == 1
    assert answers != {""}


@pytest.mark.parametrize("setting", ["fsync", "synchronous_commit", "full_page_writes", "data_checksums"])
def test_what_protects_the_data_is_on(home: Path, setting: str) -> None:
    assert _ask(home, f"SHOW {setting}") == "on"


def test_the_application_is_no_superuser_and_bypasses_no_policy(home: Path) -> None:
    statement = "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    assert _ask(home, statement) == "False"


def test_chinese_letters_are_letters_and_codes_sort_by_byte(home: Path) -> None:
    assert _ask(home, "SELECT cardinality(show_trgm('张一丁')) > 0") == "True"
    assert _ask(home, "SELECT datcollate FROM pg_database WHERE datname = current_database()") == "C"


def test_it_listens_on_no_network(home: Path) -> None:
    assert _ask(home, "SHOW listen_addresses") == ""


def test_a_killed_server_comes_back_with_every_committed_row(home: Path) -> None:
    _run(
        home,
        """
import psycopg
from anju import database
database.start()
where = database.address(database.OWNER)
with psycopg.connect(host=where.host, port=where.port, dbname=where.name, user=where.user, password=where.password) as connection:
    connection.execute("CREATE TABLE kept AS SELECT generate_series(1, 100000) AS n")
""",
    )
    pid = int((home / "postgresql" / "data" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(pid, signal.SIGKILL)
    assert _ask(home, "SELECT count(*) FROM kept", "database.OWNER") == "100000"


def test_a_home_the_server_cannot_reach_is_named(tmp_path: Path) -> None:
    if os.geteuid() != 0:
        _run(tmp_path, "from anju import database; database.start(); database.stop()")
        return
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    code = "from anju import database\ntry:\n    database.start()\nexcept database.DatabaseUnavailable as error:\n    print(error)"
    assert "ANJU_HOME" in _run(closed / "home", code)

"""A backup is really taken from the database and really restored; whatever goes wrong, what was there stays."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.evidence import store
from anju.operations import archive, backup, command, register, selfcheck, tables
from anju.registry.models import Household, Person
from anju.rosters.actions import receiving
from anju.rosters.models import BatchRow
from anju.rosters.tests import county
from anju.trail import sealing

pytestmark = pytest.mark.django_db(transaction=True)
SAID: list[str] = []


@pytest.fixture(autouse=True)
def _own_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What happens to backups here is no business of the installation."""
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")


@pytest.fixture
def peopled(jobs_inline: None, tmp_path: Path) -> Iterator[User]:
    """A county with a register, two lists, their matches, jobs and original files."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    office = found(name="彰武县住建局", kind="housing", area=county.COUNTY)
    clerk = admit(login="zhoumin", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)
    rows = [county.allowance_row(one, cert=f"低{at}", head=one.name) for at, one in enumerate((county.ZHAO, county.LIU, county.BAO))]
    for path in (county.roll(tmp_path / "农户花名册.csv"), county.write(tmp_path / "农村低保.csv", county.ALLOWANCE, rows)):
        receiving.receive(file=path, name=path.name, by=clerk, area=county.COUNTY, as_of=county.AS_OF)
    assert Household.objects.exists()
    assert BatchRow.objects.exists()
    yield clerk
    backup._let_go()


def contents(name: str) -> dict[str, Any]:
    with backup._keeper(name) as keeper:
        return tables.contents(keeper)


def kept() -> dict[Path, bytes]:
    store_ = Path(django_settings.FILE_STORE)
    return {path: path.read_bytes() for path in sorted(store_.glob("*/**/*")) if path.is_file()}


def databases() -> set[str]:
    with backup._keeper("postgres") as keeper:
        return {str(row[0]) for row in keeper.execute("SELECT datname FROM pg_database").fetchall()}


def test_every_row_and_every_file_comes_back(peopled: User, tmp_path: Path) -> None:
    before, live = contents(backup._live()), backup._live()
    files = kept()
    people = sorted(Person.objects.values_list("name", flat=True))
    assert files
    path = backup.take(to=tmp_path / "kept")
    assert oct(path.stat().st_mode & 0o777) == "0o600"

    # Afterwards everything goes wrong: rows are lost, a file is damaged, another is gone.
    BatchRow.objects.all().delete()
    Household.objects.update(address="?")
    first, *_others, last = files
    first.write_bytes(b"damaged")
    last.unlink()
    assert contents(live) != before

    proof, aside = backup.restore(path=path)
    try:
        assert contents(live) == before
        assert aside.startswith(backup.ASIDE)
        assert contents(aside) != before
        assert kept() == files
        assert (proof.tables, proof.files) == (len(before), len(files))
        # The application works with it at once, by its own role.
        assert sorted(Person.objects.values_list("name", flat=True)) == people
        assert list(store.damaged()) == []
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            assert cursor.fetchone() == (database.APPLICATION,)
        assert selfcheck.run(depth=selfcheck.Depth.DEEP)
    finally:
        backup._let_go()
        backup.discard(name=aside)
    assert aside not in databases()


def test_nothing_personal_is_readable_in_it(peopled: User, tmp_path: Path) -> None:
    path = backup.take(to=tmp_path)
    text = path.read_bytes()
    for one in (county.ZHAO, county.LIU):
        assert one.id_number.encode() not in text
        assert one.name.encode() not in text
    assert b"PGDMP" not in text


def test_verifying_restores_beside_and_leaves_nothing(peopled: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, before = backup.take(to=tmp_path), databases()
    assert command.main(["backup", "verify", str(path)]) == 0
    assert "核验通过" in capsys.readouterr().out
    assert databases() == before
    line = register.last(register.VERIFIED)
    assert line is not None
    assert line.path == str(path)
    states = {one.check.id: one.state for one in selfcheck.run()}
    assert states["backup-age"] == states["backup-verified"] == "ok"


def _nothing_waits() -> None:
    """A restore seals what waits, whatever comes of it. The second run keeps that the first has looked at everything, where much was written before."""
    for _run in range(2):
        sealing.seal()


def test_a_damaged_archive_is_refused_and_its_chunk_named(peopled: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _nothing_waits()
    path, before = backup.take(to=tmp_path), contents(backup._live())
    text = bytearray(path.read_bytes())
    text[len(text) // 2] ^= 1
    path.write_bytes(text)
    for arguments in (["backup", "verify", str(path)], ["restore", str(path), "--into", "anju_looked_at"]):
        assert command.main(arguments) == 1
        said = capsys.readouterr().err
        assert "备份第" in said
        assert "块" in said
    path.write_bytes(bytes(text[: len(text) // 3]))
    with pytest.raises(archive.ArchiveDamaged, match="处断了"):
        backup.restore(path=path)
    assert contents(backup._live()) == before
    assert not {name for name in databases() if name.startswith(("anju_verify_", "anju_restore_", "anju_looked_at", backup.ASIDE))}
    assert register.last(register.VERIFIED) is None


def test_a_copy_that_differs_from_its_manifest_is_no_proof(peopled: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = backup.take(to=tmp_path)
    load = backup._load

    def lose_a_row(name: str, blocks: Iterator[bytes]) -> None:
        load(name, blocks)
        with backup._keeper(name) as keeper:
            keeper.execute("UPDATE registry_household SET address = 'x'")
            keeper.execute("DELETE FROM clock_businessday")

    monkeypatch.setattr(backup, "_load", lose_a_row)
    with pytest.raises(backup.BackupFailed, match="clock_businessday：应有 1 行，恢复出 0 行；registry_household：行数对，内容不同"):
        backup.verify(path=path)


def test_somebodys_work_is_not_put_aside_unasked(
    peopled: User, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path, before = backup.take(to=tmp_path), databases()
    assert command.main(["restore", str(path)]) == 2
    assert "--force" in capsys.readouterr().err
    monkeypatch.setattr("sys.stdin.readline", lambda: "ja\n", raising=False)
    assert command.main(["restore", str(path), "--force"]) == 2
    assert "库名不对" in capsys.readouterr().err
    assert databases() == before


def test_a_restore_into_a_new_name_touches_nothing_here(peopled: User, tmp_path: Path) -> None:
    path, live = backup.take(to=tmp_path), contents(backup._live())
    BatchRow.objects.all().delete()
    changed = contents(backup._live())
    try:
        assert command.main(["restore", str(path), "--into", "anju_looked_at"]) == 0
        assert contents("anju_looked_at") == live
        assert contents(backup._live()) == changed
        with pytest.raises(backup.BackupFailed, match="已经存在"):
            backup.restore(path=path, into="anju_looked_at")
        assert "anju_looked_at" in databases()
    finally:
        with backup._keeper("postgres") as keeper:
            backup._drop(keeper, "anju_looked_at")


def test_while_others_work_nothing_is_replaced(peopled: User, tmp_path: Path) -> None:
    path, where = backup.take(to=tmp_path), database.address()
    with (
        psycopg.connect(host=where.host, port=where.port, dbname=backup._live(), user=where.user, password=where.password),
        pytest.raises(backup.BackupFailed, match="停止 anju serve"),
    ):
        backup.restore(path=path)


_RESTORE = """
import sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from django.db import connection
from django.utils import timezone
from anju.operations import backup
settings.FILE_STORE = Path(sys.argv[3])
connection.settings_dict["NAME"] = sys.argv[2]
backup.restore(path=Path(sys.argv[1]), say=lambda text: print(text, flush=True))
"""


def test_killed_at_any_moment_the_installation_is_what_it_was(peopled: User, tmp_path: Path) -> None:
    path = backup.take(to=tmp_path)
    BatchRow.objects.all().delete()
    _nothing_waits()
    live, before = backup._live(), contents(backup._live())
    backup._let_go()
    arguments = [sys.executable, "-c", _RESTORE, str(path), live, str(django_settings.FILE_STORE)]
    for awaited, pause in (("正在恢复到", 0.0), ("正在恢复到", 0.25), ("逐表核对", 0.0)):
        process = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env=os.environ)
        assert process.stdout is not None
        while awaited not in (line := process.stdout.readline()):
            assert line, "ended before"
        time.sleep(pause)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert contents(live) == before
    # The next one clears what the killed ones left, and goes through.
    deadline = time.monotonic() + 20
    while backup.in_use() and time.monotonic() < deadline:
        time.sleep(0.2)
    _proof, aside = backup.restore(path=path)
    assert BatchRow.objects.exists()
    backup._let_go()
    backup.discard(name=aside)
    assert not {name for name in databases() if name.startswith(("anju_verify_", "anju_restore_", backup.ASIDE))}


def test_a_full_disk_leaves_no_half_archive(peopled: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    good = backup.take(to=tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive.Writer, "manifest", full)
    with pytest.raises(backup.BackupFailed, match="--to"):
        backup.take(to=tmp_path)
    assert [path.name for path in tmp_path.glob("anju-*")] == [good.name]


def test_only_the_newest_are_kept_and_always_the_verified_one(tmp_path: Path) -> None:
    for day in range(1, 8):
        (tmp_path / f"anju-2026110{day}-030000.anju").write_bytes(b"x")
    (tmp_path / "anju-notes.anju").write_bytes(b"x")
    verified = tmp_path / "anju-20261102-030000.anju"
    now = timezone.now()
    register.note(register.VERIFIED, archive_id="a", path=verified, taken_at=now, size=1)
    backup.prune(place=tmp_path, keep=2)
    left = sorted(path.name for path in tmp_path.glob("anju-*"))
    assert left == ["anju-20261102-030000.anju", "anju-20261106-030000.anju", "anju-20261107-030000.anju", "anju-notes.anju"]

"""After a restore the trail says what of it isn't here any more, with the numbers; what nobody declared is an alarm as before."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import Organisation, User
from anju.operations import backup, command, register, restored_trail, trail_command
from anju.trail import outside, restoring, sealing
from anju.trail.models import Entry, Restoration, Seal
from anju.trail.verifying import last, verify
from conftest import as_owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _own_register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What happens to backups here is no business of the installation; databases put aside go afterwards."""
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")
    yield
    backup._let_go()
    with backup._keeper("postgres") as keeper:
        for (name,) in keeper.execute("SELECT datname FROM pg_database WHERE datname LIKE 'anju_before_%'").fetchall():
            backup._drop(keeper, str(name))


@pytest.fixture
def auditor() -> User:
    """The county's audit administrator."""
    office = found(name="彰武县审计局", kind="audit", area="210922")
    return admit(login="shenji", name="申计", organisation=office, role="audit_administrator", password="-", check_password=False)


def write(number: int, *, seal: bool = True) -> None:
    """So many records."""
    start = Organisation.objects.count()
    for at in range(number):
        Organisation.objects.create(name=f"局{start + at}-{timezone.now().timestamp()}", kind="housing", area="210922")
    if seal:
        sealing.seal()


@pytest.fixture
def taken(auditor: User, tmp_path: Path) -> Path:
    """A backup of some ten records."""
    write(8)
    return backup.take(to=tmp_path)


@contextmanager
def tampering() -> Iterator[Any]:
    """The database's owner at work, with every guard taken away."""
    with as_owner(), connection.cursor() as cursor:
        for table in ("trail_entry", "trail_seal", "trail_sealing"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE trail_entry NO FORCE ROW LEVEL SECURITY")
        yield cursor
        cursor.execute("ALTER TABLE trail_entry FORCE ROW LEVEL SECURITY")
        for table in ("trail_entry", "trail_seal", "trail_sealing"):
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_the_trail_says_what_isnt_here_any_more_with_the_exact_numbers(
    auditor: User, taken: Path, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    before = sealing.seal().no
    write(3)
    write(2, seal=False)
    backup.restore(path=taken, by="周系统", reason="磁盘坏了")
    sealing.seal()
    write(1)
    done = verify()
    assert (done.bad, done.warnings) == (None, [])
    (notice,) = done.notices
    for words in ("周系统", "磁盘坏了", taken.name, f"恢复到第 {before} 号", f"备份之后的 5 条（原第 {before + 1} 号起）不在这里"):
        assert words in notice
    # In the restored trail: which backup, by whom, up to where.
    row, entry = Restoration.objects.get(), Entry.objects.get(table="trail_restoration")
    assert (row.by, row.reason, row.name, row.common, row.lost, row.former_end) == ("周系统", "磁盘坏了", taken.name, before, 5, before + 5)
    assert (entry.action, entry.reason, entry.operation) == ("system.restored", notice, "insert")
    assert Seal.objects.get(seq=entry.seq).no == before + 1
    assert not outside.breaks()
    assert trail_command.main(["verify"]) == 0
    assert f"说明：{notice}" in capsys.readouterr().out
    client.force_login(auditor)
    page = client.get(reverse("trail:list")).content.decode()
    assert "核验完整" in page
    assert "备份之后的 5 条" in page
    assert [one.notices for one in [last()] if one] == [[notice]]


def test_it_is_said_once_and_the_chain_is_kept_as_closely_as_before(auditor: User, taken: Path) -> None:
    write(4)
    backup.restore(path=taken, by="周")
    for _time in range(3):
        write(2)
    assert len(verify().notices) == Restoration.objects.count() == 1
    with tampering() as cursor:
        cursor.execute("DELETE FROM trail_entry WHERE seq >= (SELECT seq FROM trail_seal ORDER BY no DESC OFFSET 2 LIMIT 1)")
        cursor.execute("DELETE FROM trail_seal WHERE seq NOT IN (SELECT seq FROM trail_entry)")
    write(1)
    bad = verify().bad
    assert bad is not None
    assert "末尾被截去" in bad.what


def test_the_end_cut_off_before_the_first_sealing_is_found(auditor: User, taken: Path) -> None:
    backup.restore(path=taken, by="周")
    with tampering() as cursor:
        cursor.execute("DELETE FROM trail_entry WHERE seq >= (SELECT seq FROM trail_seal ORDER BY no DESC OFFSET 2 LIMIT 1)")
        cursor.execute("DELETE FROM trail_seal WHERE seq NOT IN (SELECT seq FROM trail_entry)")
    bad = verify().bad
    assert bad is not None
    assert "末尾被截去" in bad.what
    assert not Restoration.objects.exists()


def test_a_restore_that_nobody_declared_is_an_alarm(auditor: User, taken: Path) -> None:
    end = sealing.seal().no
    write(3)
    backup._let_go()
    backup._fill(taken, "anju_restore_byhand", lambda _: None, lambda _member, _blocks: None)
    backup._exchange(backup._live(), "anju_restore_byhand")
    done = verify()
    assert done.bad is not None
    assert done.bad.no == end + 1
    assert "末尾被截去" in done.bad.what
    assert done.notices == []


def test_a_declaration_of_a_restore_that_didnt_happen_excuses_nothing(auditor: User, taken: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end = sealing.seal().no
    write(3)

    def stopped(*_given: object) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        patched.setattr(backup, "_exchange", stopped)
        backup.restore(path=taken, by="周")
    assert (outside.folder() / "restoring").exists()
    with tampering() as cursor:  # exactly to where the backup ends
        cursor.execute("DELETE FROM trail_entry WHERE seq IN (SELECT seq FROM trail_seal WHERE no > %s)", [end])
        cursor.execute("DELETE FROM trail_seal WHERE no > %s", [end])
    done = verify()
    assert done.bad is not None
    assert done.bad.no == end + 1
    assert done.notices == []
    assert not (outside.folder() / "restoring").exists()
    assert not Restoration.objects.exists()


def test_stopped_between_the_exchange_and_the_first_entry_it_is_declared_all_the_same(
    auditor: User, taken: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(3)
    backup.restore(path=taken, by="周")

    def stopped(**_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched, suppress(KeyboardInterrupt):
        patched.setattr(Restoration.objects, "create", stopped)
        sealing.seal()
    assert (outside.folder() / "restoring").exists()
    write(1)
    done = verify()
    assert done.sound
    assert len(done.notices) == Restoration.objects.count() == len(restoring.restores()) == 1


def test_back_and_forth_between_two_backups_the_numbers_stay_exact(auditor: User, taken: Path, tmp_path: Path) -> None:
    end = sealing.seal().no
    write(4)
    newer = backup.take(to=tmp_path / "newer")
    backup.restore(path=taken, by="甲")
    write(2)  # and the entry of the restore
    backup.restore(path=newer, by="乙")
    write(1)
    done = verify()
    assert (done.bad, done.warnings) == (None, [])
    first, second = restoring.restores()
    assert (first.common, first.lost, first.found.no) == (end, 4, end)
    assert (second.common, second.lost, second.found.no) == (end, 3, end + 4)
    # The newer backup doesn't know of the first restore; what stands outside the database does.
    assert Restoration.objects.count() == 1
    assert len(done.notices) == 2


def test_what_was_tampered_with_before_the_restore_stays_an_alarm(auditor: User, taken: Path) -> None:
    write(3)
    with tampering() as cursor:
        cursor.execute("DELETE FROM trail_entry WHERE seq = (SELECT max(seq) FROM trail_seal)")
        cursor.execute("DELETE FROM trail_seal WHERE no = (SELECT max(no) FROM trail_seal)")
    backup.restore(path=taken, by="周")
    done = verify()
    assert done.bad is not None
    assert "末尾被截去" in done.bad.what
    assert len(done.notices) == 1


def test_on_a_new_machine_nothing_is_known_of_another_chain(auditor: User, taken: Path) -> None:
    end = sealing.seal().no
    for file in outside.folder().glob("*"):
        file.unlink()
    live = backup._live()
    with as_owner(), connection.cursor() as cursor:  # as after the first anju migrate
        cursor.execute("ALTER TABLE trail_seal DISABLE TRIGGER USER; ALTER TABLE trail_entry DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE trail_sealing DISABLE TRIGGER USER; TRUNCATE trail_seal, trail_entry, trail_sealing")
    backup.restore(path=taken, by="周")
    write(1)
    done = verify()
    assert live == backup._live()
    assert (done.bad, done.warnings) == (None, [])
    assert f"恢复到第 {end} 号" in done.notices[0]


def test_a_root_printed_between_backup_and_restore_is_told_to_be_of_the_chain_before(auditor: User, taken: Path) -> None:
    write(2)
    printed = sealing.seal()
    backup.restore(path=taken, by="周")
    write(5)
    done = verify(root=printed)
    assert done.bad is not None
    assert any("恢复前的链" in notice for notice in done.notices)
    assert verify().sound


def test_the_command_asks_who_and_why_and_says_what_was_noted(
    auditor: User, taken: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(2)
    monkeypatch.setattr("sys.stdin.readline", lambda: f"{database.address().name}\n", raising=False)
    assert command.main(["restore", str(taken), "--force", "--by", "周系统", "--reason", "误删"]) == 0
    said = capsys.readouterr().out
    assert "留痕已记下" in said
    assert "周系统，误删" in said
    assert "备份之后的 2 条" in said
    assert Restoration.objects.get().by == "周系统"
    assert restored_trail.end is not None

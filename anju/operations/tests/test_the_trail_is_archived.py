"""Old pieces of the trail move into sealed archives; the chain goes on over them, and nothing else leaves the database."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from anju.accounts.actions import admit, found
from anju.accounts.models import Organisation, User
from anju.operations import archive, backup, expiring, register, sealed, selfcheck, trail_command
from anju.privacy import keys
from anju.trail import archived, outside, sealing
from anju.trail.keeping import TooShort
from anju.trail.models import Archived, Entry, Seal
from anju.trail.outside import Head
from anju.trail.verifying import verify
from conftest import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
WHY = "档案处 7 号函"


@pytest.fixture(autouse=True)
def _everything_is_due(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Five records a piece, and none too young; what happens to backups here is no business of the installation."""
    monkeypatch.setattr(expiring, "_until", timezone.now)
    monkeypatch.setattr(expiring, "PIECE", 5)
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")


@pytest.fixture
def auditor() -> User:
    """The county's audit administrator."""
    office = found(name="彰武县审计局", kind="audit", area="210922")
    return admit(login="shenji", name="申计", organisation=office, role="audit_administrator", password="-", check_password=False)


def write(number: int) -> None:
    """So many records, sealed."""
    start = Organisation.objects.count()
    for at in range(number):
        Organisation.objects.create(name=f"局{start + at}", kind="housing", area="210922")
    sealing.seal()


@pytest.fixture
def chain(auditor: User) -> list[Head]:
    """Fourteen records; every head of the chain."""
    sealing.seal()
    write(14 - Seal.objects.count())
    return [Head(one.no, bytes(one.hash)) for one in Seal.objects.order_by("no")]


def expired(by: User) -> list[tuple[int, int]]:
    return [(piece.first, piece.last) for piece in expiring.expire(by=by, reason=WHY)]


def files() -> list[Path]:
    return sorted(archived.folder().glob("trail-*.anju"))


@contextmanager
def tampering() -> Iterator[Any]:
    """The database's owner at work, with every guard taken away."""
    tables = ("trail_entry", "trail_seal", "trail_archived")
    with as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE trail_entry NO FORCE ROW LEVEL SECURITY")
        yield cursor
        cursor.execute("ALTER TABLE trail_entry FORCE ROW LEVEL SECURITY")
        for table in tables:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def test_the_chain_goes_on_over_what_was_moved(auditor: User, chain: list[Head], capsys: pytest.CaptureFixture[str]) -> None:
    texts = {entry.seq: entry.login for entry in Entry.objects.all()}
    assert expired(auditor) == [(1, 5), (6, 10), (11, 13)]
    assert list(Seal.objects.values_list("no", flat=True)) == [14]
    assert Entry.objects.count() == 1 + 3
    write(3)
    done = verify()
    assert (done.bad, done.warnings) == (None, [])
    assert any("第 1 至 13 号已归档，共 3 份" in notice for notice in done.notices)
    assert done.records == 1 + 3 + 3
    assert verify(start=16).sound
    assert verify(root=chain[-1]).sound
    # Who, in which right and why, with which numbers: in the trail.
    told = Entry.objects.filter(table="trail_archived").order_by("seq")
    assert {(one.action, one.login, one.office, one.within) for one in told} == {("trail.expired", "shenji", "彰武县审计局", "210922")}
    assert f"{WHY}：第 1 至 5 号移入 trail-000000000001-000000000005.anju" == told[0].reason
    # Each archive for itself, and in the row of the others.
    assert len(files()) == 3
    for path in files():
        assert path.stat().st_mode & 0o777 == 0o600
        assert b"shenji" not in path.read_bytes()
        assert trail_command.main(["verify", "--archive", str(path)]) == 0
        assert "归档完整" in capsys.readouterr().out
    lines = [line for path in files() for line in _lines(path)]
    assert [line.no for line in lines] == list(range(1, 14))
    assert {line.seq for line in lines} == set(texts) - set(Entry.objects.values_list("seq", flat=True))


def _lines(path: Path) -> list[Any]:
    with path.open("rb") as source:
        reader = archive.Reader(source)
        return [expiring._Line.read(line) for _name, blocks in reader.members() for block in blocks for line in block.splitlines()]


def test_a_printed_root_is_still_good_for_what_was_moved(auditor: User, chain: list[Head], capsys: pytest.CaptureFixture[str]) -> None:
    expired(auditor)
    one = str(files()[1])
    assert trail_command.main(["verify", "--archive", one, "--root", str(chain[6])]) == 0
    assert trail_command.main(["verify", "--archive", one, "--root", f"7:{'ab' * 32}"]) == 1
    assert trail_command.main(["verify", "--archive", one, "--root", str(chain[1])]) == 1
    said = capsys.readouterr().err
    assert "第 7 号的哈希与给出的根不同" in said
    assert "第 2 号不在这份归档里" in said
    assert any("--archive" in notice for notice in verify(root=chain[6]).notices)


def test_an_archive_that_was_touched_is_refused(
    auditor: User, chain: list[Head], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    expired(auditor)
    content = bytearray(files()[0].read_bytes())
    content[len(content) // 2] ^= 1
    (tmp_path / "changed.anju").write_bytes(content)
    (tmp_path / "cut.anju").write_bytes(files()[0].read_bytes()[:-100])
    for name in ("changed.anju", "cut.anju"):
        assert trail_command.main(["verify", "--archive", str(tmp_path / name)]) == 1
        assert "备份" in capsys.readouterr().err
    # Even who has the keys can't write another: it doesn't fit what the installation knows.
    lines = _lines(files()[0])
    with (tmp_path / "forged.anju").open("wb") as out:
        writer = archive.Writer(out)
        writer.head({"kind": "trail", "database": "x", "first": 1, "last": 5, "before": bytes(32).hex()})
        forged = [expiring._Line(one.no, one.seq, one.doubt, one.at, one.canonical.replace("insert", "delete")) for one in lines]
        writer.member("entries.jsonl", [b"".join(one.written() for one in forged)])
        writer.manifest({})
    assert trail_command.main(["verify", "--archive", str(tmp_path / "forged.anju")]) == 1
    assert "不是同一份" in capsys.readouterr().err
    backup_ = backup.take(to=tmp_path)
    assert trail_command.main(["verify", "--archive", str(backup_)]) == 1
    with pytest.raises(backup.BackupFailed, match="留痕归档"):
        backup.verify(path=files()[0])


def test_only_an_audit_administrator_and_never_too_soon(
    auditor: User, chain: list[Head], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for role in ("discipline", "system_administrator"):
        other = admit(login=role, name=role, organisation=auditor.organisation, role=role, password="-", check_password=False)
        with pytest.raises(expiring.NotExpired, match="审计管理员"):
            expiring.expire(by=other, reason=WHY)
    with pytest.raises(expiring.NotExpired, match="理由"):
        expiring.expire(by=auditor, reason=" ")
    monkeypatch.undo()
    assert expired(auditor) == []  # nothing here is three years old
    monkeypatch.setenv("ANJU_TRAIL_DAYS", "90")
    with pytest.raises(TooShort, match=r"网络安全法.*第二十一条"):
        expiring.expire(by=auditor, reason=WHY)
    assert trail_command.main(["expire", "--by", "shenji", "--reason", WHY]) == 1
    assert "180 天" in capsys.readouterr().err
    assert Seal.objects.count() >= 14
    assert not Archived.objects.exists()


def test_the_command_says_what_it_moved(auditor: User, chain: list[Head], capsys: pytest.CaptureFixture[str]) -> None:
    assert trail_command.main(["expire", "--dry-run"]) == 0
    assert "5 条到期" in capsys.readouterr().out
    assert trail_command.main(["expire"]) == 2
    assert trail_command.main(["expire", "--by", "shenji", "--reason", WHY]) == 0
    assert "共归档 13 条，3 份" in capsys.readouterr().out
    assert trail_command.main(["expire", "--by", "shenji", "--reason", WHY]) == 0
    assert trail_command.main(["verify"]) == 0
    assert "说明：第 1 至" in capsys.readouterr().out


def test_nothing_that_isnt_archived_leaves(auditor: User, chain: list[Head]) -> None:
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM trail_entry")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        Archived.objects.create(
            **dict.fromkeys(("first", "last"), 1), before=bytes(32), hash=bytes(32), earliest=timezone.now(), latest=timezone.now(), at=timezone.now()
        )  # fmt: skip
    expired(auditor)
    write(4)
    expiring_ = "SELECT set_config('anju.action', 'trail.expired', true); "
    with as_owner():
        for statement in (
            "DELETE FROM trail_entry",
            "DELETE FROM trail_seal",
            f"{expiring_}DELETE FROM trail_entry",
            f"{expiring_}UPDATE trail_entry SET login = 'x'",
            f"{expiring_}TRUNCATE trail_entry, trail_seal",
            f"{expiring_}DELETE FROM trail_entry WHERE seq IN (SELECT seq FROM trail_seal WHERE no = 15)",
            f"{expiring_}DELETE FROM trail_seal WHERE no = 15",
            "DELETE FROM trail_archived",
            "UPDATE trail_archived SET last = 15",
            "INSERT INTO trail_archived (first, last, before, hash, earliest, latest, name, at, by, reason)"
            " SELECT 14, 15, hash, hash, at, at, 'x', at, '', '' FROM trail_archived WHERE last = 13",
        ):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    assert verify().sound


def test_a_piece_that_is_only_said_to_be_archived_is_an_alarm(auditor: User, chain: list[Head]) -> None:
    """Who owns the database takes the guards away, deletes the first records and writes a row that says they lie in an archive."""
    with tampering() as cursor:
        cursor.execute(
            """INSERT INTO trail_archived (first, last, before, hash, earliest, latest, name, at, by, reason)
               SELECT 1, no, %s, hash, now(), now(), 'trail.anju', now(), '', '' FROM trail_seal WHERE no = 5""",
            [bytes(32)],
        )
        cursor.execute(
            "DELETE FROM trail_entry WHERE seq IN (SELECT seq FROM trail_seal WHERE no <= 5); DELETE FROM trail_seal WHERE no <= 5"
        )
    bad = verify().bad
    assert bad is not None
    assert bad.no == 1
    assert "库外没有这份归档的登记" in bad.what
    with pytest.raises(expiring.NotExpired, match="trail verify"):
        expired(auditor)


def test_what_was_tampered_with_is_not_archived(auditor: User, chain: list[Head]) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET login = 'x' WHERE seq = (SELECT seq FROM trail_seal WHERE no = 8)")
    with pytest.raises(expiring.NotExpired, match="第 8 号"):
        expired(auditor)
    assert [(one.first, one.last) for one in archived.pieces()] == [(1, 5)]
    bad = verify().bad
    assert bad is not None
    assert bad.no == 8


def test_a_file_that_a_stopped_run_left_is_used_and_half_a_file_is_not(
    auditor: User, chain: list[Head], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(expiring, "_take_out", stopped)
        with pytest.raises(KeyboardInterrupt):
            expired(auditor)
    (left,) = files()
    content = left.read_bytes()
    (archived.folder() / "trail-000000000006-000000000010.anju.part").write_bytes(content[:100])
    (archived.folder() / "trail-000000000006-000000000010.anju").write_bytes(content[:100])
    assert expired(auditor) == [(1, 5), (6, 10), (11, 13)]
    assert left.read_bytes() == content
    assert not list(archived.folder().glob("*.part"))
    assert verify().sound
    assert all(trail_command.main(["verify", "--archive", str(path)]) == 0 for path in files())


def test_a_full_disk_moves_nothing(
    auditor: User, chain: list[Head], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(archive.Writer, "manifest", full)
        assert trail_command.main(["expire", "--by", "shenji", "--reason", WHY]) == 1
    assert "No space left" in capsys.readouterr().err
    assert not list(archived.folder().glob("*"))
    assert Seal.objects.count() >= 14
    assert expired(auditor) == [(1, 5), (6, 10), (11, 13)]


_EXPIRE = """
import sys, django
django.setup()
from pathlib import Path
from django.conf import settings
from django.db import connection
from django.utils import timezone
settings.TRAIL = Path(sys.argv[2])
connection.settings_dict["NAME"] = sys.argv[1]
from anju.accounts.models import User
from anju.operations import expiring
expiring.PIECE, expiring._until = 5, timezone.now
expiring.expire(by=User.objects.get(login="shenji"), reason="x", say=lambda text: print(text, flush=True))
"""


def test_killed_at_any_moment_every_record_is_in_one_place(auditor: User, chain: list[Head]) -> None:
    write(30)
    last = sealing.seal().no
    arguments = [sys.executable, "-c", _EXPIRE, str(connection.settings_dict["NAME"]), str(django_settings.TRAIL)]
    for after in (1, 2, 1):
        with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, env={**os.environ, "ANJU_ACTS": "system"}) as process:
            assert process.stdout is not None
            for _line in range(after):
                assert "已归档" in process.stdout.readline()
            os.kill(process.pid, signal.SIGKILL)
    expired(auditor)
    done = verify()
    assert (done.bad, done.warnings) == (None, [])
    kept = [line.no for piece in archived.pieces() for line in _lines(archived.folder() / piece.name)]
    assert kept == list(range(1, archived.pieces()[-1].last + 1))
    assert sorted([*kept, *Seal.objects.values_list("no", flat=True)])[:last] == list(range(1, last + 1))


def test_archives_are_in_the_backup_and_come_back_with_it(auditor: User, chain: list[Head], tmp_path: Path) -> None:
    expired(auditor)
    before = {path.name: path.read_bytes() for path in files()}
    path = backup.take(to=tmp_path / "kept")
    assert backup.verify(path=path)
    for one in outside.folder().rglob("*"):
        if one.is_file():
            one.unlink()
    _proof, aside = backup.restore(path=path)
    try:
        assert {path.name: path.read_bytes() for path in files()} == before
        done = verify()
        assert (done.bad, done.warnings) == (None, [])
        assert done.head.no >= 14
    finally:
        backup._let_go()
        backup.discard(name=aside)


def test_the_self_check_says_what_is_due_too_short_or_away(auditor: User, chain: list[Head], monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(id_: str) -> selfcheck.Result:
        (one,) = selfcheck.run(probes=[probe for probe in selfcheck.PROBES if probe.check.id == id_])
        return one

    assert asked("records-kept").state == "ok"
    assert asked("trail-archived").state == "ok"
    monkeypatch.setenv("ANJU_TRAIL_DAYS", "100")
    assert asked("records-kept").state == "fail"
    assert "第二十一条" in asked("records-kept").said
    monkeypatch.setenv("ANJU_TRAIL_DAYS", "200")
    assert asked("records-kept").state == "ok"
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET at = at - interval '240 days'")
    assert asked("trail-archived").state == "warn"
    assert "anju trail expire" in asked("trail-archived").todo
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET at = at + interval '240 days'")
    expired(auditor)
    assert asked("trail-archived").state == "ok"
    files()[0].rename(archived.folder() / "elsewhere")
    assert asked("trail-archived").state == "warn"
    assert any("不在本机" in notice for notice in verify().notices)


def test_archives_are_sealed_anew_under_a_new_key(
    auditor: User, chain: list[Head], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "keys.json"))
    old = keys.ring().active
    expired(auditor)
    pieces = [expiring.read(path).piece for path in files()]
    keys.add()
    active = keys.ring().active
    assert active != old
    assert sealed.BACKUPS.standing().get(old) == 3
    assert trail_command.main(["reseal"]) == 0
    assert [archive.keys_of(path) for path in files()] == [{active}] * 3
    assert [expiring.read(path).piece for path in files()] == pieces
    assert not sealed.BACKUPS.standing().get(old)
    assert expiring.reseal() == 0
    assert verify().sound

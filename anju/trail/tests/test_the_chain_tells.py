"""Whatever an owner of the database does to the trail, verifying names the first record concerned."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju import database
from anju.accounts.models import Organisation
from anju.trail import command, sealing
from anju.trail.models import Entry, Seal, Sealing
from anju.trail.sealing import Head
from anju.trail.verifying import verify
from conftest import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
_ALL = ("trail_entry", "trail_seal", "trail_sealing")


def write(number: int = 1, name: str = "局") -> None:
    """As many entries."""
    start = Organisation.objects.count()
    for at in range(number):
        Organisation.objects.create(name=f"{name}{start + at}", kind="housing", area="210922")


@contextmanager
def tampering() -> Iterator[Any]:
    """The database's owner at work, with every guard taken away."""
    with as_owner(), connection.cursor() as cursor:
        for table in _ALL:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute("ALTER TABLE trail_entry NO FORCE ROW LEVEL SECURITY")
        yield cursor
        cursor.execute("ALTER TABLE trail_entry FORCE ROW LEVEL SECURITY")
        for table in _ALL:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def seq_of(no: int) -> int:
    return Seal.objects.get(no=no).seq


@pytest.fixture
def chain() -> Head:
    """Ten sealed records in three runs."""
    for number in (4, 3, 3):
        write(number)
        sealing.seal()
    return sealing.seal()


def test_an_untouched_trail_is_sound(chain: Head) -> None:
    done = verify()
    assert (done.sound, done.records, done.head, done.bad) == (True, 10, chain, None)
    assert list(Seal.objects.order_by("no").values_list("no", flat=True)) == list(range(1, 11))
    assert verify(start=5).sound
    assert verify(root=chain).sound
    write()
    assert verify(root=chain).sound


@pytest.mark.parametrize(
    ("column", "value"),
    [("login", "somebody"), ("at", timezone.now() - timedelta(days=1)), ("keys", "{[7,8)}")],
)
def test_an_edited_record_is_named(chain: Head, column: str, value: object) -> None:
    with tampering() as cursor:
        cursor.execute(f'UPDATE trail_entry SET "{column}" = %s WHERE seq = %s', [value, seq_of(4)])
    bad = verify().bad
    assert bad is not None
    assert (bad.no, bad.seq) == (4, seq_of(4))


def test_a_deleted_record_is_named_with_or_without_its_seal(chain: Head) -> None:
    with tampering() as cursor:
        cursor.execute("DELETE FROM trail_entry WHERE seq = %s", [seq_of(7)])
    bad = verify().bad
    assert bad is not None
    assert (bad.no, bad.seq) == (7, seq_of(7))
    with tampering() as cursor:
        cursor.execute("DELETE FROM trail_seal WHERE no = 7")
    bad = verify().bad
    assert bad is not None
    assert bad.no == 7


def test_two_exchanged_records_are_named(chain: Head) -> None:
    one, other = seq_of(3), seq_of(8)
    with tampering() as cursor:
        for before, after in ((one, -1), (other, one), (-1, other)):
            cursor.execute("UPDATE trail_entry SET seq = %s WHERE seq = %s", [after, before])
    bad = verify().bad
    assert bad is not None
    assert bad.no == 3


def test_two_exchanged_seals_are_named(chain: Head) -> None:
    one, other = seq_of(3), seq_of(8)
    with tampering() as cursor:
        cursor.execute("UPDATE trail_seal SET seq = -1 WHERE no = 3")
        cursor.execute("UPDATE trail_seal SET seq = %s WHERE no = 8", [one])
        cursor.execute("UPDATE trail_seal SET seq = %s WHERE no = 3", [other])
    bad = verify().bad
    assert bad is not None
    assert bad.no == 3


_COLUMNS = ", ".join(f'"{field.column}"' for field in Entry._meta.concrete_fields if field.column not in ("seq", "at", "txid"))


@pytest.mark.parametrize(
    ("seq", "txid", "at"),
    [
        ("(SELECT min(seq) - 1 FROM trail_entry)", "pg_current_xact_id()::text::bigint", "clock_timestamp()"),
        ("nextval('trail_entry_seq_seq')", "(SELECT min(txid) FROM trail_entry)", "(SELECT min(at) FROM trail_entry)"),
        ("nextval('trail_entry_seq_seq')", "pg_current_xact_id()::text::bigint", "clock_timestamp() - interval '3 hours'"),
        ("nextval('trail_entry_seq_seq')", "pg_current_xact_id()::text::bigint", "clock_timestamp() + interval '3 hours'"),
    ],
    ids=["an old number", "an old transaction", "an old time", "a time to come"],
)
def test_a_record_slipped_in_is_named(chain: Head, seq: str, txid: str, at: str) -> None:
    with tampering() as cursor:
        cursor.execute(
            f"INSERT INTO trail_entry (seq, txid, at, {_COLUMNS}) SELECT {seq}, {txid}, {at}, {_COLUMNS} FROM trail_entry ORDER BY seq LIMIT 1 RETURNING seq"
        )
        (made,) = cursor.fetchone()
    bad = verify().bad
    assert bad is not None
    assert bad.seq == made


@pytest.mark.parametrize(
    "tables", [("trail_entry", "trail_seal", "trail_sealing"), ("trail_seal", "trail_sealing"), ("trail_entry", "trail_seal")]
)
def test_a_tail_cut_off_is_named_even_when_the_trail_goes_on_afterwards(chain: Head, tables: tuple[str, ...]) -> None:
    cut = {"trail_entry": f"seq >= {seq_of(9)}", "trail_seal": "no >= 9", "trail_sealing": "last >= 9"}
    with tampering() as cursor:
        for table in tables:
            cursor.execute(f"DELETE FROM {table} WHERE {cut[table]}")
    write()
    sealing.seal()
    for _again in range(2):
        bad = verify().bad
        assert bad is not None
        assert bad.no == 9
    assert verify(root=chain).bad is not None


def test_everything_emptied_is_named(chain: Head) -> None:
    with tampering() as cursor:
        cursor.execute("TRUNCATE trail_entry, trail_seal, trail_sealing")
    bad = verify().bad
    assert bad is not None
    assert bad.no == 1


def _chained_anew(cursor: Any) -> None:
    cursor.execute(f"SELECT s.no, {sealing.CANONICAL} FROM trail_seal s JOIN trail_entry e ON e.seq = s.seq ORDER BY s.no")
    digest = sealing.GENESIS
    for no, canonical in cursor.fetchall():
        digest = sealing.link(digest, canonical, "")
        cursor.execute("UPDATE trail_seal SET hash = %s WHERE no = %s", [digest, no])
    cursor.execute("UPDATE trail_sealing g SET hash = s.hash FROM trail_seal s WHERE s.no = g.last")


def test_an_edited_record_with_the_whole_chain_computed_anew_is_found_by_the_file_and_by_a_printed_root(chain: Head) -> None:
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET login = 'somebody' WHERE seq = %s", [seq_of(4)])
        _chained_anew(cursor)
    bad = verify(root=Head(5, bytes(Seal.objects.get(no=5).hash))).bad
    assert bad is not None
    assert bad.no <= 4
    (sealing.folder() / "head").unlink()
    (sealing.folder() / "breaks").unlink()
    bad = verify(root=chain).bad
    assert bad is not None
    assert bad.no <= 4


def test_with_thousands_of_records_the_file_narrows_a_rewriting_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "CHECKPOINT", 5)
    write(23)
    sealing.seal()
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET login = 'somebody' WHERE seq = %s", [seq_of(13)])
        _chained_anew(cursor)
    bad = verify().bad
    assert bad is not None
    assert bad.no == 11


def test_guards_taken_away_are_told(chain: Head) -> None:
    with as_owner(), connection.cursor() as cursor:
        cursor.execute(
            "ALTER TABLE trail_entry DISABLE TRIGGER trail_entry_stands; ALTER TABLE accounts_organisation DISABLE TRIGGER trail_update"
        )
    try:
        done = verify()
        assert not done.sound
        assert done.bad is None
        assert len(done.warnings) == 2
    finally:
        with as_owner(), connection.cursor() as cursor:
            cursor.execute("ALTER TABLE trail_entry ENABLE TRIGGER USER; ALTER TABLE accounts_organisation ENABLE TRIGGER USER")
    assert verify().sound


def test_a_sealer_stopped_between_its_commit_and_its_file_is_no_break(chain: Head) -> None:
    old = (sealing.folder() / "head").read_text()
    write()
    sealing.seal()
    (sealing.folder() / "head").write_text(old)
    write()
    assert verify().sound


def test_what_commits_late_is_sealed_and_casts_no_doubt(chain: Head) -> None:
    """A long import holds a low number while others write, commit and are sealed; then it commits."""
    with as_owner():  # a connection of its own, not from the pool
        long = psycopg.connect(**connection.get_connection_params())
    try:
        long.execute("INSERT INTO accounts_organisation (name, kind, area) VALUES ('久', 'housing', '210922')")
        for _run in range(4):
            write()
            sealing.seal()
        long.commit()
    finally:
        long.close()
    assert verify().sound
    write()
    sealing.seal()
    assert Seal.objects.count() == Entry.objects.count() == 16
    assert verify().sound
    assert Sealing.objects.latest("id").floor > seq_of(1)


def test_the_command_says_what_it_found(chain: Head, capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["verify"]) == 0
    said = capsys.readouterr().out
    assert "核验 10 条" in said
    assert str(chain) in said
    assert command.main(["root"]) == 0
    assert str(chain) in capsys.readouterr().out
    assert command.main(["verify", "--root", str(chain), "--from", "3"]) == 0
    with tampering() as cursor:
        cursor.execute("UPDATE trail_entry SET login = 'x' WHERE seq = %s", [seq_of(6)])
    assert command.main(["verify"]) == 1
    assert "第 6 号" in capsys.readouterr().out


_ACTS: dict[str, Callable[[Any, int, int], None]] = {
    "edit": lambda cursor, seq, _other: cursor.execute("UPDATE trail_entry SET rows = rows + 1 WHERE seq = %s", [seq]),
    "delete": lambda cursor, seq, _other: cursor.execute("DELETE FROM trail_entry WHERE seq = %s", [seq]),
    "delete both": lambda cursor, seq, _other: cursor.execute(
        "WITH gone AS (DELETE FROM trail_entry WHERE seq = %s RETURNING seq) DELETE FROM trail_seal WHERE seq IN (SELECT seq FROM gone)",
        [seq],
    ),
    "copy": lambda cursor, seq, other: cursor.execute(
        "UPDATE trail_entry e SET login = o.login, keys = o.keys, after = o.after FROM trail_entry o WHERE e.seq = %s AND o.seq = %s",
        [seq, other],
    ),
    "seal": lambda cursor, seq, _other: cursor.execute("UPDATE trail_seal SET hash = sha256('x') WHERE seq = %s", [seq]),
}


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(sorted(_ACTS)), st.integers(1, 12), st.integers(1, 12)), min_size=1, max_size=4))
def test_random_tampering_never_passes_and_nothing_before_it_is_blamed(acts: list[tuple[str, int, int]]) -> None:
    assert database.OWNER
    with tampering() as cursor:
        cursor.execute("TRUNCATE trail_entry, trail_seal, trail_sealing")
    for file in sealing.folder().glob("*"):
        file.unlink()
    write(12)
    sealing.seal()
    seqs = {no: seq_of(no) for no in range(1, 13)}
    touched = [no for act, no, other in acts if not (act == "copy" and no == other)]
    with tampering() as cursor:
        for act, no, other in acts:
            _ACTS[act](cursor, seqs[no], seqs[other])
    bad = verify().bad
    if touched:
        assert bad is not None
        assert bad.no >= min(touched)
    else:
        assert bad is None

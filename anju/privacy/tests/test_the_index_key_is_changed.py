"""Numbers come to be found by another key while people work: found at every moment, entered once, resumed after every kill."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from anju import clock
from anju.privacy import cipher, command, keys, lookup, reindexing, rotating, vault
from anju.privacy.lookup import LookupKeys
from anju.privacy.models import Secret
from anju.registry.models import Person

MANY, PIECE = 3000, 50
NUMBERS = [(vault.ID, f"2109221954{at:08d}") for at in range(MANY - 500)] + [(vault.PHONE, f"139{at:08d}") for at in range(500)]


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of the test's own."""
    file = tmp_path / "keys.json"
    monkeypatch.setenv("ANJU_KEYS_FILE", str(file))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    return file


def _killed_after(pieces: int) -> bool:
    """Lets a change do so many pieces, then kills it like a power cut; whether it was still at work."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "anju.privacy.tests.rotator", str(connection.settings_dict["NAME"]), str(PIECE), "index"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.WEB.parents[1],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "anju.web.settings"},
    )
    assert worker.stdout is not None
    for _piece in range(pieces):
        worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.stdout.close()
    return worker.wait(30) == -signal.SIGKILL


def _person(number: str) -> Person:
    return Person.objects.create(name="周德海", area="210922", recorded_at=clock.now(), id_number=number)


@contextmanager
def _another_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, tokens are drawn as another process would draw them."""
    with monkeypatch.context() as patch:
        patch.setattr(lookup, "_DRAWING", os.urandom(32))
        yield


@pytest.mark.django_db(transaction=True)
def test_killed_at_random_points_every_number_is_found_all_the_while(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = vault.keep_all(NUMBERS)
    second = keys.add(index=True).index
    assert lookup.find(NUMBERS) == tokens, "before"
    chance = random.Random()
    left = [reindexing.unfinished()]
    for at in range(5):
        assert _killed_after(chance.randint(1, 4) if not at else chance.randint(0, 4))
        left.append(reindexing.unfinished())
        assert lookup.find(tokens) == tokens, "in the middle"
        with _another_process(monkeypatch):
            assert vault.keep_all(tokens) == tokens, "entered again in the middle"
            fresh = (vault.ID, f"1101011949{at:08d}")
            tokens |= vault.keep_all([fresh])
        assert vault.keep_all([fresh]) == {fresh: tokens[fresh]}
        assert {number for _token, number in vault.ending(f"{at:04d}")} == {text for _kind, text in tokens if _ends(_kind, text, at)}
    assert left[0] == MANY
    assert left == sorted(left, reverse=True)
    assert left[-1] > 0
    assert reindexing.change() == left[-1]
    assert (lookup.held(), reindexing.standing()) == (LookupKeys(second), {second: MANY + 5})
    assert lookup.find(tokens) == tokens, "after"
    assert len(vault.opened(tokens.values())) == Secret.objects.count() == MANY + 5
    assert reindexing.change() == 0


def _ends(kind: str, text: str, at: int) -> bool:
    return kind == vault.ID and text.endswith(f"{at:04d}")


@pytest.mark.django_db(transaction=True)
def test_while_it_is_changed_people_enter_and_find_numbers(ring: Path) -> None:
    """Writers of overlapping numbers and readers are at work from before the change until after it; nobody fails, nothing is doubled."""
    tokens = vault.keep_all(NUMBERS)
    keys.add(index=True)
    stop, failures = threading.Event(), list[BaseException]()
    seen: list[dict[lookup.Number, str]] = []

    def work(at: int) -> None:
        chance, mine = random.Random(at), dict[lookup.Number, str]()
        try:
            while not stop.is_set():
                fresh = [(vault.ID, f"3301021970{chance.randrange(400):08d}") for _ in range(20)]
                with transaction.atomic():
                    mine |= vault.keep_all([*fresh, *chance.sample(NUMBERS, 20)])
                some = chance.sample(NUMBERS, 20)
                assert lookup.find(some) == {number: tokens[number] for number in some}
        except BaseException as error:
            failures.append(error)
        finally:
            seen.append(mine)
            connection.close()

    threads = [threading.Thread(target=work, args=(at,)) for at in range(4)]
    for thread in threads:
        thread.start()
    try:
        assert reindexing.change(piece=50, patience=60) >= MANY
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=60)
    assert failures == []
    for mine in seen:
        tokens |= mine
        assert mine.items() <= tokens.items()
    assert lookup.find(tokens) == tokens
    assert Secret.objects.count() == len(tokens)
    assert len({number for mine in seen for number in mine} - set(NUMBERS)) > 0


@pytest.mark.django_db(transaction=True)
def test_it_begins_when_nobody_is_in_the_middle_of_entering(ring: Path) -> None:
    vault.keep_all(NUMBERS[:10])
    keys.add(index=True)
    entered, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            vault.keep(vault.ID, "110105194912310021")
            entered.set()
            go_on.wait(30)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    try:
        assert entered.wait(30)
        with pytest.raises(rotating.Busy, match="录入号码"):
            reindexing.change(patience=0)
        assert lookup.held() == LookupKeys(1)
        vault.keep(vault.ID, "110105194912310048")  # others enter numbers meanwhile
    finally:
        go_on.set()
        thread.join(30)
    assert reindexing.change() == 12
    assert lookup.held() == LookupKeys(2)


@pytest.mark.django_db
def test_a_number_entered_by_two_processes_has_one_token(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    number = "210922195404120914"
    mine = Person(name="周德海", area="210922", recorded_at=clock.now(), id_number=number)
    with _another_process(monkeypatch):
        theirs = vault.keep(vault.ID, number)
    assert str(mine.id_number) != str(theirs), "typed before the other one was saved"
    mine.save()
    assert str(mine.id_number) == str(theirs) == Person.objects.values_list("id_number", flat=True).get()
    assert Person.objects.get(id_number=number).id_number.clear == number


@pytest.mark.django_db
def test_a_number_that_came_under_the_leaving_key_after_one_looked_is_taken(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between looking and entering somebody else enters the number, and the change begins."""
    number = (vault.ID, "210922195404120914")
    vault.keep_all(NUMBERS[:3])
    looked = lookup.look([number])
    with _another_process(monkeypatch):
        theirs = vault.token(*number)
    keys.add(index=True)
    reindexing._begin(2, 0)
    assert lookup.held() == LookupKeys(2, 1)
    assert vault._entered({number}, looked) == {number: theirs}
    assert Secret.objects.count() == 4


@pytest.mark.django_db
def test_a_number_whose_saving_was_undone_enters_with_the_next(ring: Path) -> None:
    person = Person(name="周德海", area="210922", recorded_at=clock.now(), id_number="210922195404120914")
    with transaction.atomic():
        person.save()
        transaction.set_rollback(True)
    assert Secret.objects.count() == 0
    person.pk = None
    person.save()
    assert Person.objects.get().id_number.clear == "210922195404120914"


@pytest.mark.django_db
def test_rows_that_hold_tokens_are_not_touched(ring: Path) -> None:
    people = {number: _person(number) for number in ("210922195404120914", "210922195803110327")}
    before = dict(Person.objects.values_list("pk", "id_number"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_get_xact_tuples_updated('registry_person'::regclass)")
        written = cursor.fetchone()
        keys.add(index=True)
        assert reindexing.change() == 2
        cursor.execute("SELECT pg_stat_get_xact_tuples_updated('registry_person'::regclass)")
        assert cursor.fetchone() == written
    assert dict(Person.objects.values_list("pk", "id_number")) == before
    for number, person in people.items():
        assert Person.objects.get(id_number=number) == person


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE privacy_secret SET token = '~aaaaaaaaaaaaaaaaaaaaaa'", "代号"),
        ("UPDATE privacy_secret SET kind = 'phone'", "代号"),
        (
            """INSERT INTO privacy_secret (token, kind, lookup, lookup_key, tail, sealed, key_number)
               SELECT '~aaaaaaaaaaaaaaaaaaaaaa', kind, lookup, lookup_key, tail, sealed, key_number FROM privacy_secret""",
            "lookup",
        ),
        (
            """INSERT INTO privacy_secret (token, kind, lookup, lookup_key, tail, sealed, key_number)
               SELECT '~aaaaaaaaaaaaaaaaaaaaaa', kind, 'another', 1, tail, sealed, key_number FROM privacy_secret""",
            "检索密钥",
        ),
    ],
)
def test_the_database_itself_keeps_tokens_and_lets_no_number_in_twice(ring: Path, sql: str, said: str) -> None:
    vault.keep(vault.ID, "210922195404120914")
    keys.add(index=True)
    reindexing.change()
    with pytest.raises(IntegrityError, match=said), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.django_db
def test_a_restored_database_is_searched_by_its_own_keys(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The ring is ahead of a database from an older backup: everything is found, and the change is made up for."""
    tokens = vault.keep_all(NUMBERS[:50])
    keys.add(index=True)
    assert lookup.find(NUMBERS[:50]) == tokens
    assert vault.keep_all(NUMBERS[40:60]).items() >= {number: tokens[number] for number in NUMBERS[40:50]}.items()
    assert reindexing.standing() == {1: 60}
    assert command.main(["status"]) == 0
    assert "号码检索：60 个用 1 号密钥，待换" in capsys.readouterr().out
    assert command.main(["rotate"]) == 0
    assert reindexing.standing() == {2: 60}


@pytest.mark.django_db
def test_the_command_changes_both_keys_and_says_so(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = vault.keep_all(NUMBERS)
    assert command.main(["rotate", "--index", "--piece", "1000"]) == 0
    said = capsys.readouterr().out
    assert "新密钥是 2 号" in said
    assert f"已换检索密钥 {MANY:,} / {MANY:,} 个号码" in said
    assert (keys.ring().active, keys.ring().index, reindexing.standing()) == (2, 2, {2: MANY})
    assert lookup.find(NUMBERS) == tokens
    assert command.main(["status"]) == 0
    said = capsys.readouterr().out
    assert f"号码检索：{MANY:,} 个用 2 号密钥\n" in said
    assert "1 号：已没有内容在用，可以停用" in said


@pytest.mark.django_db
def test_a_key_that_was_added_before_is_taken(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault.keep_all(NUMBERS[:10])
    assert command.main(["rotate"]) == 0
    assert command.main(["rotate", "--index"]) == 0
    assert "检索密钥换成 2 号" in capsys.readouterr().out
    assert (keys.ring().index, sorted(keys.ring().masters), reindexing.standing()) == (2, [1, 2], {2: 10})


def _stop_after(pieces: int) -> Callable[[int, int], None]:
    def told(done: int, _total: int) -> None:
        if done >= pieces:
            raise KeyboardInterrupt

    return told


@pytest.mark.django_db
def test_status_tells_how_far_it_is_and_the_next_run_goes_on(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    vault.keep_all(NUMBERS[:30])
    keys.add(index=True)
    with pytest.raises(KeyboardInterrupt):
        reindexing.change(told=_stop_after(20), piece=10)
    assert command.main(["status"]) == 0
    assert "检索密钥正由 1 号换成 2 号：已换 20 / 30 个号码" in capsys.readouterr().out
    assert command.main(["rotate"]) == 0
    assert "还有 10 个号码" in capsys.readouterr().out
    assert (keys.ring().index, lookup.held()) == (2, LookupKeys(2))


@pytest.mark.django_db
def test_a_second_change_first_ends_the_one_under_way(ring: Path) -> None:
    tokens = vault.keep_all(NUMBERS[:30])
    keys.add(index=True)
    with pytest.raises(KeyboardInterrupt):
        reindexing.change(told=_stop_after(10), piece=10)
    keys.add(index=True)
    assert lookup.find(NUMBERS[:30]) == tokens
    assert reindexing.change() == 20 + 30
    assert (reindexing.standing(), lookup.held(), lookup.find(NUMBERS[:30])) == ({3: 30}, LookupKeys(3), tokens)


@pytest.mark.django_db
def test_it_goes_on_without_the_key_that_leaves(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The old index key is lost, the numbers are sealed under another: searching says what is missing, the change makes it good."""
    keys.add()
    tokens = vault.keep_all(NUMBERS[:20])
    changed = keys.find_by(2)
    text = ring.read_text()
    monkeypatch.setattr(keys, "ring", lambda: keys.KeyRing(2, 2, {2: changed.masters[2]}))
    with pytest.raises(keys.KeysMissing, match="1 号"):
        lookup.find(NUMBERS[:1])
    assert reindexing.change() == 20
    assert lookup.find(NUMBERS[:20]) == tokens
    assert ring.read_text() == text


@pytest.mark.django_db
def test_a_number_that_does_not_open_stops_it_and_is_named(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tokens = vault.keep_all(NUMBERS[:30])
    bad = sorted(tokens.values())[7]
    sealed = bytearray(Secret.objects.get(pk=bad).sealed)
    sealed[-1] ^= 1
    Secret.objects.filter(pk=bad).update(sealed=bytes(sealed))
    keys.add(index=True)
    with pytest.raises(cipher.Tampered, match=bad):
        reindexing.change(piece=5)
    assert lookup.find(NUMBERS[:30]) == tokens, "the others go on being found"
    assert command.main(["rotate"]) == 1
    assert bad in capsys.readouterr().err


@pytest.mark.django_db
def test_a_number_that_stands_there_twice_is_named(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if somebody had altered the tables past the application."""
    vault.keep_all(NUMBERS[:5])
    first = vault.token(*NUMBERS[0])
    keys.add(index=True)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_lookupkeys SET key_number = 2, leaving = 1")
        other = lookup.values([NUMBERS[0]], 2, keys.ring())[0]
        sealed = cipher.seal(NUMBERS[0][1].encode(), purpose=vault.PURPOSE, bound_to=vault.bound("~" + "a" * 22))
        cursor.execute(
            "INSERT INTO privacy_secret (token, kind, lookup, lookup_key, tail, sealed, key_number) VALUES (%s, 'id', %s, 2, '', %s, 2)",
            ["~" + "a" * 22, other, sealed],
        )
    with pytest.raises(reindexing.Doubled, match="a" * 22):
        reindexing.change()
    assert Secret.objects.filter(token=first).exists()


def test_an_index_key_from_the_environment_is_changed_there(
    monkeypatch: pytest.MonkeyPatch, db: None, capsys: pytest.CaptureFixture[str]
) -> None:
    key = "YWJj" * 11
    monkeypatch.setenv("ANJU_KEYS", json.dumps({"active": 1, "index": 1, "keys": {"1": key}}))
    tokens = vault.keep_all(NUMBERS[:3])
    assert command.main(["rotate", "--index"]) == 1
    assert "index" in capsys.readouterr().err
    monkeypatch.setenv("ANJU_KEYS", json.dumps({"active": 2, "index": 2, "keys": {"1": key, "2": key[::-1]}}))
    assert command.main(["rotate", "--index"]) == 0
    assert (reindexing.standing(), lookup.find(NUMBERS[:3])) == ({2: 3}, tokens)


@pytest.mark.django_db(transaction=True)
def test_two_do_not_change_keys_at_once(ring: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(rotating, "_PATIENCE", "200ms")
    at_work, go_on = threading.Event(), threading.Event()

    def first() -> None:
        with rotating.alone():
            at_work.set()
            go_on.wait(30)
        connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    try:
        assert at_work.wait(30)
        assert command.main(["rotate"]) == 1
        assert "另一处正在换密钥" in capsys.readouterr().err
        assert keys.ring().active == 1
    finally:
        go_on.set()
        thread.join(30)
    assert command.main(["rotate"]) == 0


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_same_thousands_at_once_wait_for_each_other_in_turn(ring: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """More than one statement's worth each, in other orders, overlapping: nobody is broken off, and both get the same tokens."""
    monkeypatch.setattr(lookup, "_BATCH", 200)
    start, failures, kept = threading.Barrier(2), list[BaseException](), list[dict[lookup.Number, str]]()

    def enter(numbers: list[lookup.Number]) -> None:
        try:
            start.wait(20)
            with transaction.atomic():
                kept.append(vault.keep_all(numbers))
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(some,)) for some in (NUMBERS[:2000], NUMBERS[2500:500:-1])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    one, other = kept
    assert {number: token for number, token in one.items() if number in other} == {
        number: other[number] for number in one if number in other
    }
    assert Secret.objects.count() == len(one.keys() | other.keys()) == 2501

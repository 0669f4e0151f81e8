"""Whether this installation may be trusted with people's data: each question a Check with one function that answers it.

``anju selfcheck`` asks them all, the page /selfcheck/ the quick ones; those marked as guards are asked before the site or the worker starts,
and a No keeps them from starting. A new question is one entry of ``PROBES``.
"""

import enum
import os
import shutil
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anju import clock, database, policy
from anju.checks import BLOCK, WARN, Check
from anju.clock.models import BusinessDay
from anju.evidence import queries as evidence
from anju.evidence import shelf, store
from anju.operations import archive, register
from anju.privacy import keys, lookup, reindexing, rotating
from anju.trail import archived, verifying
from anju.trail.acting import SYSTEM, acting
from anju.trail.keeping import LAW, SIGN_INS, TRAIL, TooShort
from anju.vocabulary.table import BadDeclaration

OK, WARNED, FAILED, SKIPPED = "ok", "warn", "fail", "skip"

SECRET_LENGTH = 50
_SKEW = timedelta(seconds=5)
_ROOM_NEEDED, _ROOM_WISHED = 2 * 1024**3, 10 * 1024**3
_BACKUP_AGE, _VERIFIED_AGE = timedelta(days=2), timedelta(days=31)
_EXPIRED_AGE = timedelta(days=31)
_NEWEST = 1000
_NEWEST_FAR = 20
_INTEGRITY, _BACKUPS = "GB/T 22239-2019 8.1.4.7 数据完整性", "GB/T 22239-2019 8.1.4.9 数据备份恢复"
_ACCESS, _CONFIDENTIAL = "GB/T 22239-2019 8.1.4.2 访问控制", "GB/T 22239-2019 8.1.4.8 数据保密性"
_INTRUSION, _STORED, _SENT = "GB/T 22239-2019 8.1.4.4 入侵防范", "GB/T 39786-2021 8.4 e", "GB/T 39786-2021 8.4 d"


class Depth(enum.Enum):
    """How far a self-check goes: a page must be quick; the command looks at every file; ``deep`` reads every byte."""

    PAGE = "page"
    FULL = "full"
    DEEP = "deep"


@dataclass(frozen=True, slots=True)
class Answer:
    """``good`` None: the question doesn't arise here. ``said`` is what was found, ``todo`` what to do about it."""

    good: bool | None
    said: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Probe:
    """One question and how it is answered; ``guard``: a No keeps site and worker from starting."""

    check: Check
    group: str
    ask: Callable[[Depth], Answer]
    guard: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """One answered question."""

    check: Check
    group: str
    state: str
    said: str
    todo: str
    guard: bool

    def as_data(self) -> dict[str, Any]:
        """For ``--json``."""
        return {
            "id": self.check.id, "label": self.check.label, "source": self.check.source, "state": self.state,
            "said": self.said, "todo": self.todo, "guard": self.guard,
        }  # fmt: skip


def _asked(statement: str) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return tuple(row) if row else ()


# ------------------------------------------------------------------------------------------------ the database


def _setting(name: str) -> Callable[[Depth], Answer]:
    def ask(_depth: Depth) -> Answer:
        value = str(_asked(f"SHOW {name}")[0])
        todo = _("在数据库配置中设 %s = on 后重启数据库；关着时断电会丢失已确认的数据。") % name
        return Answer(value == "on", f"{name} = {value}", todo)

    return ask


def _checksums(_depth: Depth) -> Answer:
    value = str(_asked("SHOW data_checksums")[0])
    return Answer(value == "on", f"data_checksums = {value}", _("停库后运行 pg_checksums --enable；没有它，磁盘坏块不会被发现。"))


def _log(_depth: Depth) -> Answer:
    verbosity, statements, failed = _asked(
        "SELECT current_setting('log_error_verbosity'), current_setting('log_statement'), current_setting('log_min_error_statement')"
    )
    messages = _asked("SHOW log_min_messages")[0]
    good = verbosity == "terse" and statements == "none" and failed in ("fatal", "panic") and messages in ("log", "fatal", "panic")
    said = f"log_error_verbosity = {verbosity} · log_statement = {statements} · log_min_error_statement = {failed} · log_min_messages = {messages}"
    todo = _(
        "在数据库配置中设 log_error_verbosity = terse、log_statement = none、log_min_error_statement = panic，并对应用账户设 log_min_messages = log；否则出错的数据会写进日志。"
    )
    return Answer(good, said, todo)


def _version(_depth: Depth) -> Answer:
    number, text = _asked("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
    return Answer(number >= 170000, f"PostgreSQL {text}", _("升级到 PostgreSQL 17 或更新。"))


def _locale(_depth: Depth) -> Answer:
    encoding, collation, kind = _asked(
        "SELECT pg_encoding_to_char(encoding), datcollate, datctype FROM pg_database WHERE datname = current_database()"
    )
    good = encoding == "UTF8" and collation == "C" and kind != "C"
    return Answer(good, f"{encoding} · {collation} · {kind}", _("按 docs/howto/configure.md 的语句重新建库；区划范围和中文检索都依赖它。"))


def _rights(_depth: Depth) -> Answer:
    name, superuser, bypass, creates = _asked(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    held = [word for word, has in (("SUPERUSER", superuser), ("BYPASSRLS", bypass), ("CREATEDB/CREATEROLE", creates)) if has]
    said = _("账户 %s 没有特权") % name if not held else _("账户 %(name)s 带有 %(held)s") % {"name": name, "held": "、".join(held)}
    return Answer(not held, said, _("应用账户改用普通账户：ALTER ROLE … NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE。"))


def _owns(_depth: Depth) -> Answer:
    (count,) = _asked(
        "SELECT (SELECT count(*) FROM pg_class WHERE pg_has_role(current_user, relowner, 'MEMBER')"
        " AND relnamespace = 'public'::regnamespace)"
        " + (SELECT count(*) FROM pg_database WHERE datname = current_database() AND pg_has_role(current_user, datdba, 'MEMBER'))"
    )
    said = _("应用账户不是任何表的所有者") if not count else _("应用账户拥有 %d 个表或库") % count
    return Answer(not count, said, _("表和库交给另一个账户所有（DATABASE_OWNER_URL），应用账户只授读写权；所有者能绕过行级限制。"))


def _migrated(_depth: Depth) -> Answer:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    said = _("数据表已是最新") if not waiting else _("还有 %d 步升级没有做") % len(waiting)
    return Answer(not waiting, said, _("运行 anju migrate。"))


# ------------------------------------------------------------------------------------------------ secrets


def _secret(_depth: Depth) -> Answer:
    key = str(settings.SECRET_KEY)
    good = len(key) >= SECRET_LENGTH and len(set(key)) >= 10 and not key.startswith("django-insecure-")
    said = _("长度 %d") % len(key) if good else _("太短或是示例值（长度 %d）") % len(key)
    return Answer(good, said, _("去掉 ANJU_SECRET_KEY 让系统自己生成，或换成 50 个字符以上的随机串；改后所有人要重新登录。"))


def _keys(_depth: Depth) -> Answer:
    known = register.known_keys()
    from_file = not os.environ.get("ANJU_KEYS")
    if from_file and not keys.place().exists() and known:
        todo = _("把单独保存的密钥文件放回这个位置，属主可读写（0600）。没有它，证件号和备份都读不出来；不要新建。")
        return Answer(False, _("密钥文件 %s 不见了") % keys.place(), todo)
    try:
        ring = keys.ring()
    except (keys.KeysMissing, OSError) as error:
        return Answer(False, str(error), _("用单独保存的密钥文件换回。"))
    other = [number for number, print_ in known.items() if _changed(ring, number, print_)]
    if other:
        numbers = "、".join(str(number) for number in other)
        return Answer(False, _("%s 号密钥缺失或被换过") % numbers, _("用单独保存的密钥文件换回；旧数据只有原来的密钥能打开。"))
    held = lookup.held()
    if held is not None and not held.numbers <= ring.masters.keys():
        numbers = "、".join(str(number) for number in sorted(held.numbers - ring.masters.keys()))
        todo = _("用单独保存的密钥文件换回；没有它，号码检索不到。找不回时运行 anju keys rotate，用现有密钥重做检索。")
        return Answer(False, _("号码要用 %s 号检索密钥查找，密钥环里没有") % numbers, todo)
    return Answer(True, _("密钥环可读，共 %(count)d 把，正在用 %(active)d 号") % {"count": len(ring.masters), "active": ring.active})


def _keys_changed(depth: Depth) -> Answer:
    todo = _("运行 anju keys rotate 接着换；换的时候照常办公（docs/howto/keys.md）。")
    if reindexing.wanted(keys.ring()):
        return Answer(False, _("检索密钥还没有换完"), todo)
    if depth is Depth.PAGE:
        return Answer(None, _("只在命令行检查：anju selfcheck"))
    left = rotating.unfinished()
    return Answer(not left, _("还有 %d 行用旧密钥加密") % left if left else _("各表都用最新的密钥加密"), todo)


def _changed(ring: keys.KeyRing, number: int, print_: str) -> bool:
    """Whether a key known here is gone or another one, and wasn't retired."""
    return number not in ring.retired and (number not in ring.masters or archive.fingerprint(ring, number).hex() != print_)


def _key_file(_depth: Depth) -> Answer:
    if os.environ.get("ANJU_KEYS"):
        return Answer(None, _("密钥来自环境变量"))
    path = keys.place()
    wrong = []
    for each, allowed in ((path, 0o600), (path.parent, 0o700)):
        if not each.exists():
            continue
        told = each.stat()
        if stat.S_IMODE(told.st_mode) & ~allowed or told.st_uid != os.geteuid():
            wrong.append(f"{each}（{stat.S_IMODE(told.st_mode):04o}）")
    return Answer(not wrong, "、".join(wrong) or f"{path}（0600）", _("chown 给运行本系统的账户，并 chmod 600（目录 700）。"))


# ------------------------------------------------------------------------------------------------ the machine and its settings


def _time(_depth: Depth) -> Answer:
    before = datetime.now(UTC)
    (there, applied) = _asked("SELECT clock_timestamp(), (SELECT max(applied) FROM django_migrations)")
    middle = before + (datetime.now(UTC) - before) / 2
    skew = abs(there - middle)
    if applied and applied > middle + _SKEW:
        return Answer(False, _("系统时间早于上一次升级的时间"), _("校准系统时间（chrony 或 ntpd）后再用。"))
    said = _("与数据库相差 %s 秒") % f"{skew.total_seconds():.1f}"
    return Answer(skew <= _SKEW, said, _("两台机器都与同一时间源校准（chrony 或 ntpd）。"))


def _business_day(_depth: Depth) -> Answer:
    if not BusinessDay.objects.exists():
        return Answer(True, _("业务日期跟随日历"))
    said = _("业务日期固定在 %s") % clock.today().isoformat()
    return Answer(bool(settings.DEMO), said, _("只有演示才固定日期；正式使用请运行 anju clock --calendar。"))


def _policy(_depth: Depth) -> Answer:
    try:
        found = policy.read()
    except BadDeclaration as error:
        return Answer(False, str(error), _("改正 ANJU_POLICY 文件夹里的这个文件，或先把它移走。"))
    return Answer(True, _("%s 条，每条都有出处") % sum(len(rules) for rules in found.by_key.values()))


def _room(_depth: Depth) -> Answer:
    least = _least_room()
    return Answer(
        least >= _ROOM_NEEDED, _("最少的一处还剩 %s GB") % f"{least / 1024**3:.1f}", _("清理磁盘或扩容；低于 2 GB 时不要再导入。")
    )


def _room_ahead(_depth: Depth) -> Answer:
    least = _least_room()
    return Answer(least >= _ROOM_WISHED, _("最少的一处还剩 %s GB") % f"{least / 1024**3:.1f}", _("少于 10 GB，请安排扩容。"))


def _least_room() -> int:
    """Free bytes where there is least: of the home, or where files are kept."""
    kept = store.room()
    home = shutil.disk_usage(database.home()).free
    return home if kept is None else min(home, kept)


def _debug(_depth: Depth) -> Answer:
    return Answer(
        not settings.DEBUG, _("已关闭") if not settings.DEBUG else _("开着，出错页会显示内部数据"), _("去掉环境变量 ANJU_DEBUG。")
    )


def _hosts(_depth: Depth) -> Answer:
    wide = [host for host in settings.ALLOWED_HOSTS if host == "*" or host.startswith(".")]
    return Answer(
        not wide and bool(settings.ALLOWED_HOSTS), "、".join(settings.ALLOWED_HOSTS), _("在 ANJU_HOSTS 里逐个写明主机名，不用 *。")
    )


def _https(_depth: Depth) -> Answer:
    said = _("已启用") if settings.HTTPS else _("未启用，只应在本机或内部专网使用")
    return Answer(settings.HTTPS, said, _("在前面放一个终结 HTTPS 的代理，设 ANJU_HTTPS=1（docs/howto/operate.md）。"))


# ------------------------------------------------------------------------------------------------ nothing is lost


def _files(depth: Depth) -> Answer:
    try:
        newest = _NEWEST_FAR if shelf.shelf().far else _NEWEST
        found = evidence.kept(deep=depth is Depth.DEEP, newest=newest if depth is Depth.PAGE else None)
    except (shelf.Unreachable, store.Away) as away:
        return Answer(
            False, str(away), _("存放文件的地方连不上：核对 ANJU_FILES、ANJU_S3_ENDPOINT 和访问密钥（docs/howto/configure.md）。")
        )
    if found.missing or found.changed:
        said = _("缺 %(missing)d 个，内容或大小不对 %(changed)d 个（例如 %(first)s）") % {
            "missing": len(found.missing),
            "changed": len(found.changed),
            "first": (found.missing + found.changed)[0][:16],
        }
        return Answer(False, said, _("从最近一次核验过的备份取回：anju restore 备份文件 --into 新库名，或整体恢复。"))
    said = {
        Depth.PAGE: _("最近 %d 个文件都在，大小相符"),
        Depth.FULL: _("%d 个文件都在，大小相符"),
        Depth.DEEP: _("%d 个文件逐字节核对无误"),
    }[depth]
    return Answer(True, said % found.files)


def _orphans(depth: Depth) -> Answer:
    if depth is Depth.PAGE:
        return Answer(None, _("只在命令行检查：anju selfcheck"))
    try:
        orphans = store.orphans()
    except shelf.Unreachable as away:
        return Answer(None, str(away))
    said = _("没有无主文件") if not orphans else _("%d 个文件没有对应的记录") % orphans
    return Answer(not orphans, said, _("多为中断的接收或较新的恢复留下，不影响使用；确认后可删除。"))


def _trail(_depth: Depth) -> Answer:
    last = verifying.last()
    todo = _("运行 anju trail verify 看第一条不对的记录，保留现场，报告安全管理员和审计管理员。")
    if last is None:
        return Answer(None, _("还没有核对过，运行 anju trail verify"))
    if not last.sound:
        return Answer(False, "；".join(filter(None, (last.bad, *last.warnings))), todo)
    day = timezone.localtime(last.at).date().isoformat()
    return Answer(True, _("%(day)s 核对到第 %(head)s 号，完好") % {"day": day, "head": f"{last.head:,}"})


def _kept_for(_depth: Depth) -> Answer:
    try:
        said = _("留痕 %(trail)s 天，登录记录 %(sign_ins)s 天") % {"trail": f"{TRAIL.days:,}", "sign_ins": f"{SIGN_INS.days:,}"}
    except TooShort as refusal:
        return Answer(False, str(refusal), _("改环境变量；在改好之前什么都不清除、不归档。"))
    return Answer(True, said)


def _expired(_depth: Depth) -> Answer:
    earliest, pieces = archived.earliest(), archived.pieces()
    away = [piece.name for piece in pieces if not (archived.folder() / piece.name).exists()]
    if away:
        said = _("%(count)d 份归档文件不在本机（例如 %(first)s）") % {"count": len(away), "first": away[0]}
        return Answer(False, said, _("从备份或另存的地方放回 %s；已移交的，留好移交凭据。") % archived.folder())
    if earliest is None:
        return Answer(None, _("还没有留痕"))
    day = timezone.localtime(earliest).date().isoformat()
    try:
        due = timezone.now() - earliest > timedelta(days=TRAIL.days) + _EXPIRED_AGE
    except TooShort:
        return Answer(None, _("保留期定得太短，不归档"))
    said = _("库里最早一条是 %(day)s 的，已归档 %(count)d 份") % {"day": day, "count": len(pieces)}
    return Answer(not due, said, _("过了保留期：请审计管理员交办，运行 anju trail expire。"))


def _backup(_depth: Depth) -> Answer:
    if settings.DEMO:
        return Answer(None, _("演示数据，不要求备份"))
    line = register.last(register.TAKEN)
    if line is None:
        return Answer(False, _("还没有备份过"), _("运行 anju backup；并按 docs/howto/backup.md 设成每天自动。"))
    age = timezone.now() - line.taken_at
    hours = int(age.total_seconds() // 3600)
    said = _("最近一次在 %s 小时前") % f"{hours:,}" if hours else _("最近一次在 1 小时以内")
    return Answer(
        age <= _BACKUP_AGE,
        said,
        _("运行 anju backup，并查每天的定时任务为什么没有跑。"),
    )


def _verified(_depth: Depth) -> Answer:
    if settings.DEMO:
        return Answer(None, _("演示数据，不要求备份"))
    line = register.last(register.VERIFIED)
    if line is None:
        return Answer(False, _("还没有一份备份真正恢复过"), _("运行 anju backup verify 备份文件。"))
    age = timezone.now() - line.taken_at
    return Answer(
        age <= _VERIFIED_AGE,
        _("最近一份核验过的备份是 %s 的") % timezone.localtime(line.taken_at).date().isoformat(),
        _("运行 anju backup verify，至少每月一次。"),
    )


# ------------------------------------------------------------------------------------------------ all of them

DATABASE, SECRETS, MACHINE, KEPT = gettext_noop("数据库"), gettext_noop("密钥与密码"), gettext_noop("主机与设置"), gettext_noop("不丢数据")


def _check(id_: str, label: str, source: str, level: str = BLOCK) -> Check:
    return Check(id_, label, source, level)


PROBES: tuple[Probe, ...] = (
    Probe(_check("pg-fsync", gettext_noop("写入落盘（fsync）"), _INTEGRITY), DATABASE, _setting("fsync"), guard=True),
    Probe(
        _check("pg-synchronous-commit", gettext_noop("提交即落盘（synchronous_commit）"), _INTEGRITY),
        *(DATABASE, _setting("synchronous_commit")),
        guard=True,
    ),
    Probe(_check("pg-full-page-writes", gettext_noop("整页写入（full_page_writes）"), _INTEGRITY), DATABASE, _setting("full_page_writes")),
    Probe(_check("pg-checksums", gettext_noop("数据页校验"), _INTEGRITY), DATABASE, _checksums),
    Probe(_check("pg-log", gettext_noop("数据库日志不记内容"), _CONFIDENTIAL), DATABASE, _log),
    Probe(_check("pg-version", gettext_noop("数据库版本"), _INTRUSION), DATABASE, _version),
    Probe(_check("pg-locale", gettext_noop("编码与排序"), "PostgreSQL 手册 23 本地化"), DATABASE, _locale),
    Probe(_check("pg-role", gettext_noop("应用账户没有特权"), _ACCESS), DATABASE, _rights, guard=True),
    Probe(_check("pg-owner", gettext_noop("应用账户不拥有表"), _ACCESS), DATABASE, _owns),
    Probe(_check("migrations-applied", gettext_noop("数据表版本"), _INTEGRITY), DATABASE, _migrated),
    Probe(_check("secret-key", gettext_noop("会话签名密钥"), _CONFIDENTIAL), SECRETS, _secret, guard=True),
    Probe(_check("key-ring", gettext_noop("数据密钥"), _STORED), SECRETS, _keys, guard=True),
    Probe(_check("keys-changed", gettext_noop("换密钥已完成"), _STORED, WARN), SECRETS, _keys_changed),
    Probe(_check("key-file", gettext_noop("密钥文件的权限"), _STORED), SECRETS, _key_file),
    Probe(_check("system-clock", gettext_noop("系统时间"), "领域数据字典 3.27"), MACHINE, _time),
    Probe(_check("business-day", gettext_noop("业务日期"), "领域数据字典 3.27", WARN), MACHINE, _business_day),
    Probe(_check("policy-numbers", gettext_noop("项目规定的数值"), "本系统规定：没有出处的数值不装入"), MACHINE, _policy, guard=True),
    Probe(_check("disk-room", gettext_noop("磁盘空间"), _BACKUPS), MACHINE, _room),
    Probe(_check("disk-room-ahead", gettext_noop("磁盘余量"), _BACKUPS, WARN), MACHINE, _room_ahead),
    Probe(_check("debug-off", gettext_noop("调试模式"), _INTRUSION), MACHINE, _debug),
    Probe(_check("allowed-hosts", gettext_noop("允许的主机名"), _INTRUSION), MACHINE, _hosts),
    Probe(_check("https", gettext_noop("加密访问（HTTPS）"), _SENT, WARN), MACHINE, _https),
    Probe(_check("files-kept", gettext_noop("原件完好"), _INTEGRITY), KEPT, _files),
    Probe(_check("files-orphaned", gettext_noop("无主文件"), _INTEGRITY, WARN), KEPT, _orphans),
    Probe(_check("trail-sound", gettext_noop("留痕未被改动"), "GB/T 22239-2019 8.1.4.3 安全审计"), KEPT, _trail),
    Probe(_check("records-kept", gettext_noop("记录留存期限"), LAW), KEPT, _kept_for),
    Probe(_check("trail-archived", gettext_noop("留痕归档"), LAW, WARN), KEPT, _expired),
    Probe(_check("backup-age", gettext_noop("备份"), _BACKUPS), KEPT, _backup),
    Probe(_check("backup-verified", gettext_noop("恢复演练"), _BACKUPS), KEPT, _verified),
)
CHECKS: tuple[Check, ...] = tuple(probe.check for probe in PROBES)


def run(*, depth: Depth = Depth.FULL, probes: Iterable[Probe] = PROBES) -> list[Result]:
    """Asks and collects; a question that fails to be asked counts as a No with what went wrong."""
    results = []
    for probe in probes:
        try:
            # The inner savepoint is undone first, so that who acted before can be put back.
            with transaction.atomic(), acting(SYSTEM), transaction.atomic():
                answer = probe.ask(depth)
        except Exception as error:  # whatever goes wrong is the answer
            answer = Answer(
                False, _("没能检查：%s") % (str(error).strip().splitlines() or [type(error).__name__])[0], _("先解决这个错误。")
            )
        state = SKIPPED if answer.good is None else OK if answer.good else FAILED if probe.check.level == BLOCK else WARNED
        todo = answer.todo if state in (FAILED, WARNED) else ""
        results.append(Result(probe.check, probe.group, state, answer.said, todo, probe.guard))
    return results


LOOPBACK = ("127.", "localhost", "[::1]", "::1", "unix:")


def refusals(*, host: str = "127.0.0.1") -> list[Result]:
    """Why the site or the worker must not start; empty where it may. ``host`` is the address to listen on."""
    wrong = [one for one in run(probes=[probe for probe in PROBES if probe.guard]) if one.state == FAILED]
    if settings.DEBUG and not host.startswith(LOOPBACK):
        probe = next(probe for probe in PROBES if probe.check.id == "debug-off")
        said = _("调试模式不能对外监听（%s）") % host
        wrong.append(Result(probe.check, probe.group, FAILED, said, _("去掉环境变量 ANJU_DEBUG，或只监听 127.0.0.1。"), True))
    if not wrong:
        register.learn_keys(keys.ring())
    return wrong

"""``anju migrate | serve | worker | django``: the processes of an installation."""

import argparse
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from anju import database
from anju.operations import selfcheck
from anju.operations.command import line
from anju.trail import sealing
from anju.web import frontend

_DJANGO = (sys.executable, "-m", "django")


def _environment(**more: str) -> dict[str, str]:
    ours = {**os.environ, "DJANGO_SETTINGS_MODULE": "anju.web.settings", **more}
    if more.get("ANJU_ACTS") != "system":
        ours.pop("ANJU_ACTS", None)
    return ours


def migrate() -> int:
    """Starts the database where needed and brings its tables to this version, as their owner."""
    try:
        database.start()
    except database.DatabaseUnavailable as unavailable:
        print(unavailable, file=sys.stderr)
        return 2
    done = subprocess.run([*_DJANGO, "migrate", "--verbosity", "0"], env=_environment(ANJU_ROLE="owner"), check=False).returncode
    if done == 0:
        print("数据表已是最新。")
        _tidy_files()
    return done


def _may_start(host: str = "127.0.0.1") -> bool:
    """Whether nothing speaks against starting; else it is said what does."""
    refusals = selfcheck.refusals(host=host)
    connection.close()
    connection.close_pool()  # type: ignore[attr-defined]
    if refusals:
        print("没有启动，先解决：", *map(line, refusals), "（anju selfcheck 看全部检查）", sep="\n", file=sys.stderr)
    return not refusals


def _tidy_files() -> None:
    """Files an earlier version kept in clear are sealed, what killed work left behind is removed; what can't be is told on the terminal."""
    subprocess.run([sys.executable, "-m", "anju.cli", "files", "tidy"], env=_environment(), check=False)


def worker() -> int:
    """The background worker; ends on SIGTERM when its chunk is written."""
    if _may_start():
        os.environ.pop("ANJU_ACTS", None)
        _tidy_files()
        os.execve(
            sys.executable,
            [*_DJANGO, "procrastinate", "worker", "--queues", "work,care", "--concurrency", "4", "--delete-jobs", "successful"],
            _environment(),
        )
    return 3


def _watch(process: "subprocess.Popen[bytes]", stopping: threading.Event, again: Sequence[str]) -> None:
    """Starts the worker anew when it died by itself."""
    while not stopping.is_set():
        if process.poll() is not None and not stopping.is_set():
            time.sleep(1)
            process = subprocess.Popen(again, env=_environment())
        stopping.wait(0.5)
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def serve(arguments: list[str]) -> int:
    """The site and its worker until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="anju serve", description="启动网站和后台任务")
    parser.add_argument("--host", default="127.0.0.1", help="监听地址")
    parser.add_argument("--port", type=int, default=8000, help="端口")
    parser.add_argument("--workers", type=int, default=2, help="网站进程数")
    parser.add_argument("--threads", type=int, default=8, help="每个进程的线程数")
    options = parser.parse_args(arguments)
    if not _may_start(options.host):
        return 3
    sealing.seal()
    frontend.build()
    worker_command = [sys.executable, "-m", "anju.cli", "worker"]
    stopping = threading.Event()
    watcher = threading.Thread(target=_watch, args=(subprocess.Popen(worker_command, env=_environment()), stopping, worker_command))
    watcher.start()
    site = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "anju.web.wsgi:application", "--worker-class", "gthread"),
            *("--bind", f"{options.host}:{options.port}", "--workers", str(options.workers), "--threads", str(options.threads)),
            *("--timeout", "120", "--log-level", "warning", "--max-requests", "20000", "--max-requests-jitter", "2000"),
        ],
        env=_environment(),
    )

    def end(*_: object) -> None:
        site.send_signal(signal.SIGTERM)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print(f"安居 已启动：http://{options.host}:{options.port}  （Ctrl-C 停止）", flush=True)
    if not settings.HTTPS and not options.host.startswith(selfcheck.LOOPBACK):
        print("未启用 HTTPS：密码和证件号在网上明文传输，只应在内部专网使用（docs/howto/operate.md）。", file=sys.stderr, flush=True)
    try:
        return site.wait()
    finally:
        stopping.set()
        watcher.join()


def main(arguments: list[str]) -> int:
    """The verb comes first."""
    verb, rest = arguments[0], arguments[1:]
    if verb == "migrate":
        return migrate()
    if verb == "worker":
        return worker()
    if verb == "serve":
        return serve(rest)
    return subprocess.run([*_DJANGO, *rest], env=_environment(ANJU_ACTS="system"), check=False).returncode

"""Starting the jailed child and hearing it out: every way it can end is either data or one sentence."""

import contextlib
import fcntl
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from anju import memory
from anju.tabular.unreadable import Unreadable

_CHILD = Path(__file__).with_name("child.py")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost. Memory in bytes of address space, cpu in seconds, wait in seconds of silence of the child."""

    memory: int = 4 << 30
    cpu: int = 600
    wait: int = 300
    entries: int = 5_000
    unpacked: int = 3 << 30
    ratio: int = 400
    cells: int = 40_000_000
    sheets: int = 500


DEFAULT_LIMITS = Limits()


def _lines(descriptor: int, wait: float) -> Iterator[bytes]:
    pending = bytearray()
    while True:
        ready, _, _ = select.select([descriptor], [], [], wait)
        if not ready:
            raise Unreadable("time")
        block = os.read(descriptor, 1 << 20)
        if not block:
            return
        start = 0
        while (end := block.find(b"\n", start)) >= 0:
            pending += block[start:end]
            yield bytes(pending)
            pending.clear()
            start = end + 1
        pending += block[start:]


def _verdict(returncode: int) -> str:
    """The code for a child that ended without saying so: SIGABRT is the parser's answer to refused memory, SIGKILL the system's."""
    if returncode == -signal.SIGXCPU:
        return "time"
    if returncode in (-signal.SIGABRT, -signal.SIGKILL):
        return "memory"
    return "stopped"


def converse(path: Path, order: dict[str, Any], limits: Limits = DEFAULT_LIMITS) -> Iterator[Any]:
    """The child's messages, one by one; raises ``Unreadable`` where it refuses, dies, or falls silent.

    The child is gone when the iterator is closed, at whatever point.
    """
    if not path.is_file():
        raise Unreadable("not-found")
    held = memory.descriptor(path)
    request = json.dumps({"path": str(path if held is not None else path.resolve()), "limits": asdict(limits), **order})
    child = subprocess.Popen(
        [sys.executable, "-I", str(_CHILD), request],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2"},
        start_new_session=True,
        pass_fds=() if held is None else (held,),
    )
    assert child.stdout is not None
    finished = False
    try:
        with contextlib.suppress(OSError):
            fcntl.fcntl(child.stdout, fcntl.F_SETPIPE_SZ, 1 << 20)
        for line in _lines(child.stdout.fileno(), limits.wait):
            try:
                message = json.loads(line)
            except ValueError as error:
                raise Unreadable("stopped") from error
            if isinstance(message, dict):
                if "error" in message:
                    finished = True
                    raise Unreadable(str(message["error"]), message.get("detail", ""))
                if "end" in message:
                    finished = True
                    return
            yield message
        raise Unreadable(_verdict(child.wait(timeout=30)))
    finally:
        if not finished and child.poll() is None:
            child.kill()
        child.stdout.close()
        child.wait(timeout=30)

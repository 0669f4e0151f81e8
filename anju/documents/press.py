"""The presses: child processes that set papers, kept warm, ended when a paper takes too long or too much."""

import atexit
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from anju.documents import fonts
from anju.documents.declaration import Document
from anju.documents.refusal import Unprintable
from anju.documents.values import line

_CHILD = Path(__file__).with_name("child.py")
_LOOK = Path(__file__).with_name("look") / "paper.typ"
_MAIN = r"""
#set document(title: meta.title, author: "安居", keywords: meta.keywords, date: datetime(year: meta.day.at(0), month: meta.day.at(1), day: meta.day.at(2)))
#for (place, it) in json(bytes(sys.inputs.sheets)).enumerate() { sheet((..it, about: (..it.about, place: place))) }
"""
STANDARD = "a-2u"
"""PDF/A-2 with every character told: what archives take (GB/T 33190 aside) and what can be searched and copied."""
SHEETS = 100
"""A press is replaced after so many sheets: it remembers about 1.3 MB of each, which goes with it."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one order may cost. Memory in bytes of address space; wait in seconds for one paper, and so much more for each further one."""

    memory: int = 4 << 30
    wait: float = 20.0
    wait_each: float = 1.0
    size: int = 512 << 20


@dataclass(frozen=True, slots=True)
class Mark:
    """What a file that leaves the system says of itself: ``line`` at the foot of every page, ``keywords`` in its properties."""

    line: str = ""
    keywords: tuple[str, ...] = ()


UNMARKED = Mark()


class Press:
    """One child process; orders one after the other."""

    def __init__(self, limits: Limits) -> None:
        self.limits, self.sheets = limits, 0
        about = json.dumps({"memory": limits.memory, "fonts": [str(each) for each in fonts.folders()], "families": list(fonts.FAMILIES)})
        self.child = subprocess.Popen(
            [sys.executable, "-I", str(_CHILD), about],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "MALLOC_ARENA_MAX": "2", "RAYON_NUM_THREADS": "1", "HOME": "/nonexistent"},
            start_new_session=True,
        )

    @property
    def usable(self) -> bool:
        return self.sheets < SHEETS and self.child.poll() is None

    def make(self, order: dict[str, Any], pictures: Sequence[bytes], count: int) -> bytes:
        """The PDF of so many sheets; raises ``Unprintable``. After a refusal by time, memory or a stop the press is gone."""
        assert self.child.stdin is not None
        assert self.child.stdout is not None
        self.sheets += count
        late = threading.Event()

        def end() -> None:
            late.set()
            self.child.kill()

        watch = threading.Timer(self.limits.wait + self.limits.wait_each * (count - 1), end)
        watch.daemon = True
        watch.start()
        try:
            self.child.stdin.write(json.dumps({**order, "pictures": [len(each) for each in pictures]}, ensure_ascii=True).encode() + b"\n")
            for each in pictures:
                self.child.stdin.write(each)
            self.child.stdin.flush()
            answer = json.loads(self.child.stdout.readline() or b'{"error": "stopped"}')
            made = self.child.stdout.read(answer["pdf"]) if "pdf" in answer else b""
            if "pdf" in answer and len(made) < answer["pdf"]:
                answer = {"error": "stopped"}
        except (OSError, ValueError):
            answer, made = {"error": "stopped"}, b""
        finally:
            watch.cancel()
        if late.is_set():
            answer = {"error": "time"}
        if answer.get("error") in ("time", "stopped", "memory"):
            self.close()
        return made if "error" not in answer else _refused(answer)

    def close(self) -> None:
        self.child.kill()
        for pipe in (self.child.stdin, self.child.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        self.child.wait(timeout=30)


def _refused(answer: dict[str, Any]) -> bytes:
    reason, detail = answer["error"], answer.get("detail", "")
    if reason != "typst":
        raise Unprintable(reason)
    if any(word in detail for word in ("decode image", "unknown image format", "image format", "failed to load", "failed to decode")):
        raise Unprintable("picture")
    if "overfull" in detail:
        raise Unprintable("overfull")
    raise Unprintable("template", detail)


_idle: dict[int, queue.LifoQueue[Press]] = {}
"""Presses nobody uses, by process: a forked process starts its own."""


@contextlib.contextmanager
def press(limits: Limits) -> Iterator[Press]:
    """A press for one order, taken from the idle ones where there is one."""
    idle = _idle.setdefault(os.getpid(), queue.LifoQueue())
    taken: Press | None = None
    with contextlib.suppress(queue.Empty):
        while taken is None:
            candidate = idle.get_nowait()
            if candidate.limits == limits and candidate.usable:
                taken = candidate
            else:
                candidate.close()
    taken = taken or Press(limits)
    try:
        yield taken
    except BaseException:
        taken.close()
        raise
    if taken.usable and idle.qsize() < (os.cpu_count() or 1):
        idle.put(taken)
    else:
        taken.close()


@atexit.register
def close_idle() -> None:
    """Ends the presses that wait for work."""
    idle = _idle.pop(os.getpid(), None)
    while idle is not None and not idle.empty():
        idle.get_nowait().close()


def source(kind: Document) -> str:
    """The whole Typst source of a paper: the common look, its template, and the loop over the sheets. No user's text is in it."""
    return _LOOK.read_text() + kind.template.read_text() + _MAIN


def work(
    kind: Document,
    sheets: Sequence[dict[str, Any]],
    pictures: Sequence[bytes],
    *,
    title: str,
    on: date,
    limits: Limits,
    mark: Mark = UNMARKED,
) -> bytes:
    """One PDF with these sheets, each beginning on a page of its own; raises ``Unprintable``."""
    about = {"title": title, "day": [on.year, on.month, on.day], "mark": line(mark.line), "keywords": mark.keywords}
    order = {
        "source": source(kind),
        "sheets": json.dumps(sheets, ensure_ascii=False),
        "meta": json.dumps(about, ensure_ascii=False),
        "standard": STANDARD,
    }
    size = len(order["sheets"]) + sum(map(len, pictures))
    if size > limits.size:
        raise Unprintable("too-large", size)
    with press(limits) as ours:
        return ours.make(order, pictures, len(sheets))

"""What protection costs: grants, row policies, trail and sealed numbers, measured against the last version without them.

``python -m benchmarks.protection [rows] [rounds]``. Both versions are installed in folders of their own and take turns: the comparison of two
lists of 281,000 households, receiving a workbook of 281,000 rows, and the pages a clerk opens on the demonstration (61,247 households), asked
of the running site one after the other. Printed are medians and the ratio after ÷ before (quality: reconcile 1, receiving ≤ 1.5, pages ≤ 1.3).
"""

import argparse
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.reconcile_people import make
from tests.demo_check import Visitor, shown_logins

BEFORE = "50085c6"
"""The last version in which nobody was kept from anything."""
ROOT = Path(__file__).resolve().parent.parent
HOUSEHOLDS, ROWS, ROUNDS, ASKED = 281_000, 281_000, 3, 30
_RECEIVE = """
import subprocess, sys
from pathlib import Path
from benchmarks import receive
with receive.scratch() as name:
    subprocess.run([sys.executable, "-m", "benchmarks.receive", "{rows}", "--one", "anju", "--database", name, "--workbook", "{workbook}"], check=True)
"""
_ACTED = "/ after each act"
"""The first page, counted anew: what one did oneself shows at once, all else within 20 seconds."""
_PAGES = ("/", _ACTED, "/rosters/", "/rosters/cross/", "/rosters/letters/", "/households/", "/households/?q=%E7%8E%8B", "/places/map/")


class Version:
    """One version in its folder, with a database of its own."""

    def __init__(self, name: str, commit: str, folder: Path) -> None:
        self.name, self.tree = name, folder / name
        self.tree.mkdir()
        packed = subprocess.run(["git", "archive", commit], cwd=ROOT, check=True, capture_output=True).stdout
        subprocess.run(["tar", "x"], cwd=self.tree, input=packed, check=True)
        self._environment = {**os.environ, "ANJU_HOME": str(folder / f"home-{name}")}
        self._run("make", "--silent", "install-dev", "frontend")

    def _run(self, *command: str, **more: str) -> str:
        done = subprocess.run(command, cwd=self.tree, env=self._environment | more, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{self.name}: {' '.join(command)[:200]} → {done.returncode}\n{done.stdout[-2000:]}")
        return done.stdout

    def python(self, *arguments: str) -> str:
        """What its Python printed."""
        return self._run(f"{self.tree}/.venv/bin/python", *arguments)

    def reconcile(self, left: Path, right: Path) -> float:
        """Seconds of the command as a clerk runs it."""
        with tempfile.TemporaryDirectory() as out:
            began = time.perf_counter()
            self._run(f"{self.tree}/.venv/bin/anju", "reconcile", str(left), str(right), "--out", out, "--threads", "2")
            return time.perf_counter() - began

    def receive(self, workbook: Path, rows: int) -> float:
        """Seconds of receiving the workbook in a scratch database."""
        shown = self.python("-c", _RECEIVE.format(rows=rows, workbook=workbook))
        return float(re.findall(r'"seconds": ([0-9.]+)', shown)[-1])

    @contextmanager
    def site(self) -> Iterator[Visitor]:
        """The demonstration loaded and served; the county's clerk signed in."""
        self._run(f"{self.tree}/.venv/bin/anju", "migrate")
        self._run(f"{self.tree}/.venv/bin/anju", "demo", "load")
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            port = taken.getsockname()[1]
        process = subprocess.Popen(
            [f"{self.tree}/.venv/bin/anju", "serve", "--port", str(port)],
            cwd=self.tree,
            env=self._environment | {"ANJU_DEMO": "1"},
            stdout=subprocess.DEVNULL,
        )
        try:
            for _try in range(300):
                with socket.socket() as door:
                    if door.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.2)
            base = f"http://127.0.0.1:{port}"
            clerk, password = next(each for each in shown_logins(Visitor(base).get("/login/")) if each[0].startswith("demo-clerk"))
            visitor = Visitor(base)
            visitor.sign_in(clerk, password)
            yield visitor
        finally:
            process.terminate()
            process.wait(60)

    def stop(self) -> None:
        """Stops its database."""
        self._run(f"{self.tree}/.venv/bin/anju", "database", "stop")


def _deeper(visitor: Visitor) -> list[str]:
    """One list with its rows and its review, one household: the first that the pages lead to."""
    lists = sorted({int(pk) for pk in re.findall(r'href="/rosters/(\d+)/"', visitor.get("/rosters/"))})
    household = re.search(r'href="(/households/[0-9]{12}-[0-9]+/)"', visitor.get("/households/"))
    assert lists
    assert household
    return [f"/rosters/{lists[0]}/", f"/rosters/{lists[0]}/rows/", f"/rosters/{lists[0]}/review/", household.group(1)]


def _pages(versions: list[Version]) -> None:
    with ExitStack() as open_:
        visitors = [open_.enter_context(version.site()) for version in versions]
        asked = [[*_PAGES, *_deeper(visitor)] for visitor in visitors]
        ratios = []
        print(f"\n{'page':34s}{'before ms':>11s}{'after ms':>11s}{'ratio':>8s}   median of {ASKED}, in turns")
        for own in zip(*asked, strict=True):
            seconds: list[list[float]] = [[] for _version in versions]
            for turn in range(ASKED + 3):
                for at, (visitor, path) in enumerate(zip(visitors, own, strict=True)):
                    acted = path == _ACTED
                    if acted:
                        visitor.send("/theme/", visitor.get("/"), theme="auto", next="/rosters/")
                    began = time.perf_counter()
                    visitor.get("/" if acted else path)
                    if turn >= 3:
                        seconds[at].append(time.perf_counter() - began)
            before, after = (statistics.median(each) * 1000 for each in seconds)
            ratios.append(after / before)
            print(f"{own[1]:34s}{before:11.1f}{after:11.1f}{after / before:8.2f}", flush=True)
        print(f"{'pages, geometric mean':56s}{statistics.geometric_mean(ratios):8.2f}")


def _told(what: str, seconds: dict[str, list[float]]) -> None:
    before, after = (statistics.median(seconds[name]) for name in ("before", "after"))
    print(f"{what:34s}{before:10.1f}s{after:10.1f}s{after / before:8.2f}   {seconds}", flush=True)


def main() -> int:
    """Prints the three comparisons."""
    parser = argparse.ArgumentParser(prog="benchmarks.protection")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("rounds", nargs="?", type=int, default=ROUNDS)
    parser.add_argument("--before", default=BEFORE, help="commit")
    parser.add_argument("--after", default="HEAD", help="commit")
    parser.add_argument("--only", choices=("reconcile", "receive", "pages"), action="append")
    options = parser.parse_args()
    wanted = options.only or ["reconcile", "receive", "pages"]
    with tempfile.TemporaryDirectory(dir="/var/lib" if os.geteuid() == 0 else None) as made:
        folder = Path(made)
        folder.chmod(0o755)  # the database's own account goes through it
        versions = [Version("before", options.before, folder), Version("after", options.after, folder)]
        print(f"{'':34s}{'before':>11s}{'after':>11s}{'ratio':>8s}")
        try:
            if "reconcile" in wanted:
                left, right = make(HOUSEHOLDS, folder)
                taken: dict[str, list[float]] = {version.name: [] for version in versions}
                for _round in range(options.rounds):
                    for version in versions:
                        taken[version.name].append(version.reconcile(left, right))
                _told(f"reconcile {HOUSEHOLDS:,} households", taken)
            if "receive" in wanted:
                workbook = _workbook(options.rows)
                received: dict[str, list[float]] = {version.name: [] for version in versions}
                for _round in range(options.rounds):
                    for version in versions:
                        received[version.name].append(version.receive(workbook, options.rows))
                _told(f"receive {options.rows:,} rows", received)
            if "pages" in wanted:
                _pages(versions)
        finally:
            for version in versions:
                version.stop()
    return 0


def _workbook(rows: int) -> Path:
    made = subprocess.run(
        [sys.executable, "-c", f"from benchmarks.receive import workbook; print(workbook({rows}))"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return Path(made.stdout.strip().splitlines()[-1])


if __name__ == "__main__":
    raise SystemExit(main())

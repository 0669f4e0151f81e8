# ruff: noqa: E402  the settings come before the models
"""Changing the keys of a county of 281,000 households: every number sealed anew, or found by another index key, killed five times on the way.

``python -m benchmarks.rotate [households] [--kills 5] [--index]``. Into a scratch database come three numbers a household (two identity numbers, one
telephone); a key ring of the run's own gets a second key; workers in processes of their own are killed after a while each, the last one ends the work. It
prints what each did, the pace, how long exact searches took meanwhile, and whether every number still opens, is found under the token it had, and stands
under the new key. Beside it, in the same run, the floor: the same rows updated to random values of the same length by one statement.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

from django.db import connection

from anju.privacy import keys, lookup, reindexing, rotating, vault
from benchmarks.receive import scratch

HOUSEHOLDS = 281_000
_FLOORS = {
    "seal": "UPDATE privacy_secret SET sealed = sha256(sealed) || substr(sealed, 1, length(sealed) - 32), key_number = key_number + 1",
    "index": """UPDATE privacy_secret SET lookup = substr(md5(lookup), 1, 22), lookup_key = lookup_key + 1,
                tail = CASE WHEN tail = '' THEN '' ELSE substr(md5(tail), 1, 22) END""",
}


def _numbers(households: int) -> list[lookup.Number]:
    chance = random.Random(1)
    first = [(vault.ID, f"2109221954{chance.randrange(10**8):08d}") for _ in range(2 * households)]
    return first + [(vault.PHONE, f"139{chance.randrange(10**8):08d}") for _ in range(households)]


def _filled(numbers: list[lookup.Number]) -> dict[lookup.Number, str]:
    kept = {}
    for at in range(0, len(numbers), 20_000):
        kept.update(vault.keep_all(numbers[at : at + 20_000]))
    return kept


def _worker(name: str, what: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "anju.privacy.tests.rotator", name, str(rotating.PIECE), *([what] if what == "index" else [])],
        stdout=subprocess.PIPE,
        text=True,
    )


def _searched(numbers: list[lookup.Number], kept: dict[lookup.Number, str]) -> float:
    """Seconds an exact search of one number took; it finds the token the number had."""
    number = random.choice(numbers)
    began = time.perf_counter()
    found = lookup.find([number])
    spent = time.perf_counter() - began
    assert found == {number: kept[number]}
    return spent


def _ended(worker: "subprocess.Popen[str]", numbers: list[lookup.Number], kept: dict[lookup.Number, str]) -> list[float]:
    """Searches again and again until the worker has ended its work."""
    searches = []
    reader = threading.Thread(target=worker.communicate)
    reader.start()
    while reader.is_alive():
        searches.append(_searched(numbers, kept))
        reader.join(0.05)
    return sorted(searches)


def _right(kept: dict[lookup.Number, str], key: int, what: str) -> bool:
    numbers, whole = list(kept), True
    for at in range(0, len(numbers), 20_000):
        some = {number: kept[number] for number in numbers[at : at + 20_000]}
        whole = (
            whole and lookup.find(some) == some and vault.opened(some.values()) == {token: text for (_kind, text), token in some.items()}
        )
    if what == "index":
        return whole and reindexing.standing() == {key: len(kept)} and lookup.held() == lookup.LookupKeys(key)
    return whole and [(one.key_number, one.rows) for one in rotating.standing() if one.table == "privacy_secret"] == [(key, len(kept))]


def main() -> int:
    """Prints a line for each worker, and the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.rotate")
    parser.add_argument("households", nargs="?", type=int, default=HOUSEHOLDS)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--index", action="store_true", help="the index key instead of the sealing key")
    options = parser.parse_args()
    what = "index" if options.index else "seal"
    unfinished = reindexing.unfinished if options.index else rotating.unfinished
    with tempfile.TemporaryDirectory() as folder, scratch() as name:
        os.environ["ANJU_KEYS_FILE"] = str(Path(folder) / "keys.json")
        connection.settings_dict["NAME"] = name
        began = time.perf_counter()
        kept = _filled(_numbers(options.households))
        numbers = list(kept)
        print(f"{len(kept):,} numbers of {options.households:,} households sealed in {time.perf_counter() - began:.1f} s", flush=True)
        new = keys.add(index=options.index).active
        share = len(kept) // rotating.PIECE // (options.kills + 1)
        spent = 0.0
        for kill in range(options.kills):
            began = time.perf_counter()
            worker = _worker(name, what)
            assert worker.stdout is not None
            for _piece in range(max(1, share)):
                worker.stdout.readline()
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            spent += time.perf_counter() - began
            print(f"killed {kill + 1}: {unfinished():,} left, a search takes {1000 * _searched(numbers, kept):.1f} ms", flush=True)
        began = time.perf_counter()
        last = _worker(name, what)
        searches = _ended(last, numbers, kept)
        spent += time.perf_counter() - began
        right = last.returncode == 0 and _right(kept, new, what)
        done = "every number opens and is found by its token under the new key" if right else "WRONG"
        print(f"rotated in {spent:.1f} s, {len(kept) / spent:,.0f} numbers/s, {done}")
        print(
            f"{len(searches)} exact searches while the last one was at work: median {1000 * searches[len(searches) // 2]:.1f} ms, "
            f"95 of 100 within {1000 * searches[int(len(searches) * 0.95)]:.1f} ms"
        )
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(_FLOORS[what])
        floor = time.perf_counter() - began
        print(f"the floor, one UPDATE of all rows: {floor:.1f} s; the rotation takes {spent / floor:.1f} × as long")
        connection.close()
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())

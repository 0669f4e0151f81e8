# ruff: noqa: E402  the settings come before the models
"""Changing the keys of a county of 281,000 households: every number sealed anew, killed five times on the way.

``python -m benchmarks.rotate [households] [--kills 5]``. Into a scratch database come three numbers a household (two identity numbers, one telephone);
a key ring of the run's own gets a second key; workers in processes of their own are killed after a while each, the last one ends the work. It prints
what each did, the pace, and whether every number still opens and stands under the new key. Beside it, in the same run, the floor: the same rows
updated to random bytes of the same length by one statement.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

from django.db import connection

from anju.privacy import keys, rotating, vault
from benchmarks.receive import scratch

HOUSEHOLDS = 281_000


def _numbers(households: int) -> list[tuple[str, str]]:
    chance = random.Random(1)
    first = [(vault.ID, f"2109221954{chance.randrange(10**8):08d}") for _ in range(2 * households)]
    return first + [(vault.PHONE, f"139{chance.randrange(10**8):08d}") for _ in range(households)]


def _filled(numbers: list[tuple[str, str]]) -> dict[str, str]:
    kept = {}
    for at in range(0, len(numbers), 20_000):
        keeper = vault.Keeper()
        kept.update({keeper.token(kind, text): text for kind, text in numbers[at : at + 20_000]})
        keeper.write()
    return kept


def _worker(name: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "anju.privacy.tests.rotator", name, str(rotating.PIECE)], stdout=subprocess.PIPE, text=True
    )


def _right(kept: dict[str, str], key: int) -> bool:
    tokens = list(kept)
    whole = all(vault.opened(tokens[at : at + 20_000]).items() <= kept.items() for at in range(0, len(tokens), 20_000))
    standing = [(one.key_number, one.rows) for one in rotating.standing() if one.table == "privacy_secret"]
    return whole and standing == [(key, len(kept))]


def main() -> int:
    """Prints a line for each worker, and the result."""
    parser = argparse.ArgumentParser(prog="benchmarks.rotate")
    parser.add_argument("households", nargs="?", type=int, default=HOUSEHOLDS)
    parser.add_argument("--kills", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, scratch() as name:
        os.environ["ANJU_KEYS_FILE"] = str(Path(folder) / "keys.json")
        connection.settings_dict["NAME"] = name
        began = time.perf_counter()
        kept = _filled(_numbers(options.households))
        print(f"{len(kept):,} numbers of {options.households:,} households sealed in {time.perf_counter() - began:.1f} s", flush=True)
        new = keys.add().active
        share = len(kept) // rotating.PIECE // (options.kills + 1)
        spent = 0.0
        for kill in range(options.kills):
            began = time.perf_counter()
            worker = _worker(name)
            assert worker.stdout is not None
            for _piece in range(max(1, share)):
                worker.stdout.readline()
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            spent += time.perf_counter() - began
            print(f"killed {kill + 1}: {rotating.unfinished():,} left", flush=True)
        began = time.perf_counter()
        last = _worker(name)
        last.communicate()
        spent += time.perf_counter() - began
        right = last.returncode == 0 and _right(kept, new)
        print(
            f"rotated in {spent:.1f} s, {len(kept) / spent:,.0f} numbers/s, {'every number opens under the new key' if right else 'WRONG'}"
        )
        began = time.perf_counter()
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE privacy_secret SET sealed = sha256(sealed) || substr(sealed, 1, length(sealed) - 32), key_number = key_number + 1"
            )
        floor = time.perf_counter() - began
        print(f"the floor, one UPDATE of all rows: {floor:.1f} s; the rotation takes {spent / floor:.1f} × as long")
        connection.close()
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())

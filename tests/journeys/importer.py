"""A nursery of importing processes that can be killed: everything is imported once, each order forks a child that imports lists.

Run as ``python -m tests.journeys.importer DATABASE FILES``; orders come on standard input as JSON lines ``{"lists": [[path, area, layout], …], "login": …,
"seconds": float | null}``; the child gets SIGKILL after ``seconds``. Answers ``{"killed": bool, "code": int, "seconds": float}``.
"""

import json
import os
import signal
import sys
import time

import django

# A chunk is a transaction; small ones give the killer many places to strike.
CHUNK = 150


def main() -> None:
    """Answers orders until standard input ends."""
    database, files = sys.argv[1:3]
    django.setup()
    from django.conf import settings  # noqa: PLC0415  # the settings exist only after setup
    from django.db import connection  # noqa: PLC0415

    from anju.rosters import applying, command, receiving  # noqa: PLC0415

    settings.FILE_STORE = files
    connection.settings_dict["NAME"] = database
    receiving.CHUNK = CHUNK
    applying.CHUNK = CHUNK
    applying.HOUSEHOLDS = CHUNK // 3
    for line in sys.stdin:
        order = json.loads(line)
        began = time.monotonic()
        child = os.fork()
        if child == 0:
            quiet = os.open(os.devnull, os.O_WRONLY)
            os.dup2(quiet, 1)
            code = 1
            try:
                code = max(
                    command.main([path, "--area", area, "--layout", layout, "--login", order["login"], "--as-of", "2020-05-31"])
                    for path, area, layout in order["lists"]
                )
            finally:
                os._exit(code)
        killed, status = _wait(child, order["seconds"])
        print(json.dumps({"killed": killed, "code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}), flush=True)


def _wait(child: int, seconds: float | None) -> tuple[bool, int]:
    """Waits for the child, at most so long; then it is killed like a power cut would."""
    end = None if seconds is None else time.monotonic() + seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return False, status
        if end is not None and time.monotonic() >= end:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
            return True, status
        time.sleep(0.005)


if __name__ == "__main__":
    main()

"""A nursery of importing processes that can be killed: everything is imported once, each order forks a child that imports lists.

Run as ``python -m tests.journeys.importer DATABASE FILES``; orders come on standard input as JSON lines ``{"lists": [[path, area, layout], …],
"records": [path, area, kind], "undo": bool, "login": …, "seconds": float | null}``; the child gets SIGKILL after ``seconds``. Answers ``{"killed": bool, "code": int, "seconds": float}``.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator
from typing import Any

import django

# A chunk is a transaction; small ones give the killer many places to strike.
CHUNK = 150


def main() -> None:
    """Answers orders until standard input ends."""
    database, files = sys.argv[1:3]
    django.setup()
    from django.conf import settings  # noqa: PLC0415  # the settings exist only after setup
    from django.db import connection  # noqa: PLC0415

    from anju.imports import actions as records  # noqa: PLC0415
    from anju.imports import applying as recording  # noqa: PLC0415
    from anju.imports import reading  # noqa: PLC0415
    from anju.rosters import applying, command, receiving  # noqa: PLC0415

    settings.FILE_STORE = files
    connection.settings_dict["NAME"] = database
    receiving.CHUNK = reading.CHUNK = recording.CHUNK = CHUNK
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
                code = max(_orders(command, records, order))
            finally:
                os._exit(code)
        killed, status = _wait(child, order["seconds"])
        print(json.dumps({"killed": killed, "code": os.waitstatus_to_exitcode(status), "seconds": time.monotonic() - began}), flush=True)


def _orders(command: Any, records: Any, order: dict[str, Any]) -> Iterator[int]:
    """The exit codes of what was ordered: lists received, a workbook of records read in, or one taken back."""
    for path, area, layout in order.get("lists", ()):
        yield command.main([path, "--area", area, "--layout", layout, "--login", order["login"], "--as-of", "2020-05-31"])
    if order.get("undo"):
        yield _undone(records, order["login"])
    elif "records" in order:
        path, area, kind = order["records"]
        yield command.main([kind, path, "--area", area, "--by", order["login"], "--as-of", "2020-05-31"])


def _undone(records: Any, login: str) -> int:
    """Takes the workbook back, or goes on with taking it back."""
    from django.conf import settings  # noqa: PLC0415

    from anju.accounts.models import User  # noqa: PLC0415
    from anju.imports.models import ImportBatch  # noqa: PLC0415

    settings.JOBS = "inline"
    by = User.objects.select_related("organisation").get(login=login)
    batch = ImportBatch.objects.get()
    if batch.status == "undone":
        return 0
    batch = records.resume(batch=batch, by=by) if batch.status == "undoing" else records.undo(batch=batch, by=by, reason="传错")
    return 0 if batch.status == "undone" else 1


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

# ruff: noqa: E402  the settings come before the models
"""The morning's login storm: 4,687 people sign in at a live server (quality 7), as many as the cadres one county mobilised (S0-28).

``python -m benchmarks.signin [people] [clients]``. A scratch database with so many users; the site as ``anju serve`` starts it (gunicorn,
two processes); at most 16 clients on the same machine. Each sign-in is what a browser does: the login page, then name and password; it
counts when the answer is the way in. Beside it, the cost of one password check by our hasher and by the framework's default.
"""

import argparse
import http.client
import os
import re
import socket
import statistics
import subprocess
import sys
import time
import urllib.parse
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

import psutil
from django.contrib.auth.hashers import PBKDF2PasswordHasher, make_password
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases
from django.utils import timezone

from anju import database
from anju.accounts.actions import found
from anju.accounts.hashing import Argon2id
from anju.accounts.models import Grant, PasswordState, SignIn, User
from anju.trail.acting import SYSTEM, acting

PEOPLE, CLIENTS = 4_687, 16
PASSWORD = "Mao-dun-7-ci"
TOWNSHIPS = 65


@contextmanager
def scratch(people: int) -> Iterator[str]:
    """A database of its own with that many users, each with a password of their own."""
    database.start()
    owner = database.address(database.OWNER)
    ours = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    connection.settings_dict.update(USER=owner.user, PASSWORD=owner.password, OPTIONS={})
    made = setup_databases(verbosity=0, interactive=False)
    try:
        offices = [found(name=f"第 {at} 乡镇", kind="township", area=f"210922{100 + at:03}") for at in range(TOWNSHIPS)]
        encoded = make_password(PASSWORD)
        users = User.objects.bulk_create(
            [User(login=f"person{at:05}", name="测试", organisation=offices[at % TOWNSHIPS], password=encoded) for at in range(people)]
        )
        now = timezone.now()
        PasswordState.objects.bulk_create([PasswordState(user=user, changed_at=now) for user in users])
        Grant.objects.bulk_create(
            [Grant(user=user, role="village_collector", area=user.organisation.area, valid_from="2000-01-01") for user in users]
        )
        name = str(connection.settings_dict["NAME"])
        yield name
    finally:
        teardown_databases(made, verbosity=0)
        connection.settings_dict.update(ours)


@contextmanager
def site(name: str) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """The site on a free port, as ``anju serve`` starts it, on that database."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    environment = {**os.environ, "ANJU_BENCH_DATABASE": name, "ANJU_DEMO": ""}
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "benchmarks.signin_site:application", "--worker-class", "gthread"),
            *("--bind", f"127.0.0.1:{port}", "--workers", "2", "--threads", "8", "--timeout", "120", "--log-level", "error"),
        ],
        env=environment,
    )
    try:
        for _try in range(100):
            try:
                with socket.create_connection(("127.0.0.1", port), 1):
                    break
            except OSError:
                time.sleep(0.1)
        yield port, process
    finally:
        process.terminate()
        process.wait(30)


def sign_in(port: int, login: str) -> float:
    """One person: the page, then the form. Milliseconds until the way in is shown."""
    began = time.perf_counter()
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    try:
        line.request("GET", "/login/")
        answer = line.getresponse()
        page = answer.read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        cookie = (answer.getheader("Set-Cookie") or "").split(";")[0]
        assert token, page[:200]
        body = urllib.parse.urlencode({"csrfmiddlewaretoken": token[1], "login": login, "password": PASSWORD})
        line.request("POST", "/login/", body, {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie})
        answer = line.getresponse()
        answer.read()
        assert answer.status == 302, f"{login}: {answer.status}"
    finally:
        line.close()
    return (time.perf_counter() - began) * 1000


def _processor(process: "subprocess.Popen[bytes]") -> float:
    parent = psutil.Process(process.pid)
    return sum(sum(one.cpu_times()[:2]) for one in [parent, *parent.children(recursive=True)])


def _one_check(hasher: Argon2id | PBKDF2PasswordHasher, times: int) -> float:
    """Milliseconds of processor for one check, the median."""
    encoded = hasher.encode(PASSWORD, hasher.salt())
    taken = []
    for _time in range(times):
        began = time.process_time()
        assert hasher.verify(PASSWORD, encoded)
        taken.append((time.process_time() - began) * 1000)
    return statistics.median(taken)


def main() -> int:
    """Prints what the storm took, and what one check costs."""
    parser = argparse.ArgumentParser(prog="benchmarks.signin")
    parser.add_argument("people", nargs="?", type=int, default=PEOPLE)
    parser.add_argument("clients", nargs="?", type=int, default=CLIENTS)
    options = parser.parse_args()
    ours, default = _one_check(Argon2id(), 20), _one_check(PBKDF2PasswordHasher(), 5)
    print(
        f"one password check   ours (Argon2id 19 MiB, t=2) {ours:6.0f} ms   framework's default (PBKDF2) {default:6.0f} ms   {default / ours:.1f} ×"
    )
    with scratch(options.people) as name, site(name) as (port, process):
        sign_in(port, "person00000")
        with transaction.atomic(), acting(SYSTEM):
            SignIn.objects.all().delete()
        before = _processor(process)
        began = time.perf_counter()
        with ThreadPoolExecutor(options.clients) as clients:
            taken = sorted(clients.map(lambda at: sign_in(port, f"person{at:05}"), range(options.people)))
        seconds = time.perf_counter() - began
        spent = _processor(process) - before
        with transaction.atomic(), acting(SYSTEM):
            written = SignIn.objects.filter(outcome="ok").count()
        connection.close()
    if written != options.people:
        print(f"{written} of {options.people} sign-ins are in the history", file=sys.stderr)
        return 1
    p50, p95 = taken[len(taken) // 2], taken[int(len(taken) * 0.95)]
    print(
        f"{options.people:,} sign-ins, {options.clients} clients: {seconds:.0f} s, {options.people / seconds:.1f}/s, p50 {p50:.0f} ms, p95 {p95:.0f} ms; "
        f"the site's processor time {spent:.0f} s, {spent / options.people * 1000:.0f} ms each"
    )
    print(
        f"the same with the framework's hasher would be {options.people * default / 60_000:.0f} core-minutes of hashing alone; ours {options.people * ours / 60_000:.1f}"
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

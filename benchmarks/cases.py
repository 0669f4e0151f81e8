# ruff: noqa: E402  the settings come before the models
"""The renovation pages and acts of a county of 281,000 households with 78,500 cases, beside one a tenth its size; each in a database of its own, in one run.

``python -m benchmarks.cases [share]`` (``share`` 10: a tenth of both, to look at it quickly). Printed are, of each page, p50 and p95 of the server for both
counties and how much the larger costs (1.0: nothing); of acts on 1,000 cases at once what they take through the action and through the page; and the usual
way of doing the same in the same database, in the same run: counting live and paging by OFFSET through the ORM, and one case after the other.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from decimal import Decimal
from typing import Any

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django
import psycopg

django.setup()

from django.conf import settings
from django.core.paginator import Paginator
from django.db import connection, transaction
from django.db.models import Count, Min
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.scope import actor_of, scope, within
from anju.cases import actions, photographs, queries
from anju.cases.models import Case
from anju.exports.kinds import kind_of
from anju.rosters.tests import county
from anju.trail.acting import SYSTEM, acting
from anju.vocabulary.division import Level
from benchmarks.cases_county import TODAY, Size, plant, replayed
from benchmarks.imports import copies
from benchmarks.receive import scratch

LARGE, ASKED, AT_ONCE, ONE_BY_ONE = Size(281_000, 78_500, 500), 30, 1000, 100
TOWNSHIP = f"{county.COUNTY}300"
PEOPLE = {
    "county": ("county_clerk", county.COUNTY, "housing"),
    "township": ("township_reviewer", TOWNSHIP, "township"),
    "village": ("village_collector", f"{TOWNSHIP}200", "village"),
    "cosigner": ("cosigner", county.COUNTY, "poverty"),
    # Who do what a township or a village does, for the whole county: a thousand at once.
    "townships": ("township_reviewer", county.COUNTY, "township"),
    "villages": ("village_collector", county.COUNTY, "village"),
}  # fmt: skip
LISTS = (
    *("", "stage=applied", "stage=approved", "stage=closed", "phase=申请审批", "phase=施工", "phase=going", "phase=side", "phase=ended", "grade=D", "grade=none"),
    *("method=repair", "group=CJ", "work=approve", "work=post", "work=check", "stuck=1", "q=210922-GZ2019-000007"),
    *("grade=C&method=repair&group=DB", "stage=county_posted&grade=D", "grade=none&method=repair", "stuck=1&group=TK", "sort=number", "sort=place", "sort=-grade"),
)  # fmt: skip


def _person(name: str) -> User:
    user = User.objects.get(login=name)
    user.act_in(user.grants.get())
    return user


def _client(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.get(login=name))
    return client


@contextmanager
def _as(user: User) -> Iterator[None]:
    with transaction.atomic(), acting(actor_of(user)):
        yield


def _milliseconds(ask: Callable[[], Any], times: int = ASKED) -> tuple[float, float]:
    """(p50, p95) of asking so often."""
    taken = []
    for _time in range(times + 2):
        began = time.perf_counter()
        answer = ask()
        taken.append((time.perf_counter() - began) * 1000)
        assert getattr(answer, "status_code", 200) == 200, answer
    taken = sorted(taken[2:])
    return statistics.median(taken), taken[int(len(taken) * 0.95)]


# ------------------------------------------------------------------------------------------------ pages


def _pages() -> Iterator[tuple[str, Callable[[], Any]]]:
    clients = {name: _client(name) for name in PEOPLE}
    county_ = clients["county"]
    for name in ("county", "township", "village", "cosigner"):
        yield f"first page, counted anew: {name}", lambda client=clients[name]: _anew(client)  # type: ignore[misc]
    for query in LISTS:
        yield f"list ?{query}", lambda query=query: county_.get(f"{reverse('cases:list')}?{query}")  # type: ignore[misc]
    for query in ("", "stage=closed", "phase=申请审批", "grade=D"):
        twentieth = _twentieth(county_, query)
        yield f"list ?{query}, 20th page", lambda address=twentieth: county_.get(address)  # type: ignore[misc]
    yield "list of a township", lambda: clients["township"].get(reverse("cases:list"))
    yield "list of a village", lambda: clients["village"].get(reverse("cases:list"))
    yield "places", lambda: county_.get(reverse("cases:areas"))
    yield "plans", lambda: county_.get(reverse("cases:plans"))
    qualified, states = reverse("cases:qualified"), ("", "?state=none", "?state=returned", "?state=in", "?state=")
    yield "who is in no plan, counted anew", lambda: _anew(county_, qualified)
    for query in states:
        yield f"who is in no plan {query}", lambda query=query: county_.get(f"{qualified}{query}")  # type: ignore[misc]
    yield "who is in no plan, by township, counted anew", lambda: _anew(county_, reverse("cases:qualified-areas"))
    with acting(SYSTEM):
        case = Case.objects.filter(stage="approved").select_related("household").order_by("id")[0]
    yield "one case", lambda: county_.get(reverse("cases:show", args=[case.number]))
    yield "a household's cases", lambda: county_.get(reverse("cases:panel", args=[case.household.number]))
    yield "1,000 to be approved, ticked on a page", lambda: county_.get(reverse("cases:many", args=["approve"]))


def _anew(client: Client, address: str = "") -> Any:
    """A page (the first one) after an act of one's own."""
    client.cookies["anju_acted"] = f"{time.perf_counter_ns():x}"[-8:]
    return client.get(address or reverse("home"))


def _twentieth(client: Client, query: str) -> str:
    address = f"{reverse('cases:list')}?{query}"
    for _page in range(19):
        page = client.get(address).context["page"]
        if not page.next:
            break
        address = f"{reverse('cases:list')}?{query}&after={page.next}"
    return address


def _usual_list(user: User, page: int, **asked: str) -> int:
    """The list as it is usually made: counted by GROUP BY, a paginator with COUNT and OFFSET, what waits with a query each."""
    cases = scope(user, Case.objects.filter(within(user.area), **asked)).order_by("-since", "-id")
    told = dict(cases.order_by().values_list("stage").annotate(Count("pk")))
    late = cases.filter(queries.stuck(TODAY)).count()
    shown = Paginator(cases.select_related("household", "head"), 40).page(page).object_list
    waiting = [
        scope(user, Case.objects.filter(queries.WORK[work](user))).aggregate(Count("pk"), Min("since")) for work in queries.works_of(user)
    ]
    return len(list(shown)) + len(told) + late + len(waiting)


# ------------------------------------------------------------------------------------------------ acts on many


def _waiting(user: User, work: str, **more: Any) -> list[int]:
    """The keys of a thousand that wait for a person, alike in ``more``, the longest waiting first."""
    with acting(SYSTEM):
        return list(queries.waiting(user, work, user.area).filter(**more).values_list("pk", flat=True)[:AT_ONCE])


def _approvals(keys: list[int]) -> list[actions.Approval]:
    """Alike, each with areas of its own."""
    common = actions.Approval(case=0, method="rebuild", auxiliary_area=Decimal(10), amount=2_400_000, basis="彰住建〔2020〕3号")
    return [replace(common, case=key, main_area=Decimal(36) + Decimal(key % 9) / 2) for key in keys]


def _acts() -> Iterator[tuple[str, int, Callable[[], Any], Callable[[], Any] | None]]:
    """(what, how many, at once, one by one of the first ``ONE_BY_ONE``)."""
    people = {name: _person(name) for name in PEOPLE}
    applied, checked = _waiting(people["villages"], "review"), _waiting(people["county"], "post")
    unchecked, waiting = _waiting(people["cosigner"], "check"), _waiting(people["county"], "approve", grade="D")
    yield (
        "village review of a meeting",
        len(applied),
        lambda: _reviewed([actions.Vote(key, 22) for key in applied], people["villages"]),
        lambda: [_reviewed([actions.Vote(key, 22)], people["villages"]) for key in applied[:ONE_BY_ONE]],
    )
    yield (
        "one notice of the county",
        len(checked),
        lambda: actions.post(
            cases=checked, level=Level.COUNTY, area=county.COUNTY, title="公示", by=people["county"], hotline="0418-6922315", on=TODAY
        ),
        None,
    )
    yield (
        "check of a department",
        len(unchecked),
        lambda: actions.check_many(cases=unchecked, by=people["cosigner"], on=TODAY),
        lambda: [actions.check_many(cases=[key], by=people["cosigner"], on=TODAY) for key in unchecked[:ONE_BY_ONE]],
    )
    yield (
        "approval, each with its areas",
        len(waiting),
        lambda: actions.approve_many(approvals=_approvals(waiting), by=people["county"], on=TODAY),
        lambda: [actions.approve_many(approvals=[one], by=people["county"], on=TODAY) for one in _approvals(waiting[:ONE_BY_ONE])],
    )


def _reviewed(votes: list[actions.Vote], by: User) -> Any:
    """A meeting whose photos come afterwards, as from a phone."""
    album = photographs.open_for_meeting(area=f"{TOWNSHIP}200", since=TODAY, by=by)
    meeting: dict[str, Any] = {"due": 40, "came": 28, "chair": "金书记", "recorder": "金淑珍", "on": TODAY}
    return actions.review_many(votes=votes, by=by, album=album, photos_follow=True, **meeting)


def _undone(act: Callable[[], Any], user: User) -> float:
    """Seconds of an act, which is then taken back whole."""
    with transaction.atomic(), acting(actor_of(user)):
        began = time.perf_counter()
        refused = act()
        seconds = time.perf_counter() - began
        assert not (isinstance(refused, dict) and refused), next(iter(refused.values())).message
        transaction.set_rollback(True)
    return seconds


def _by_page() -> tuple[int, float]:
    """Approving a thousand through the page: (how many, seconds)."""
    keys, client = _waiting(_person("county"), "approve", grade="D"), _client("county")
    with acting(SYSTEM):
        numbers = list(Case.objects.filter(pk__in=keys).order_by("area", "number").values_list("number", flat=True))
    given: dict[str, Any] = {"case": numbers, "method": "rebuild", "main_area": "40", "on": TODAY.isoformat()}
    given |= {"amount": "24000", "basis": "彰住建〔2020〕3号"}
    given |= {f"main_area-{number}": str(36 + at % 9 / 2) for at, number in enumerate(numbers)}
    began = time.perf_counter()
    answer = client.post(reverse("cases:many", args=["approve"]), given)
    seconds = time.perf_counter() - began
    assert answer.status_code == 302, answer.content.decode()[-3000:]
    with acting(SYSTEM):
        done = Case.objects.filter(pk__in=keys, stage="approved")
        assert done.count() == len(keys)
        assert len(keys) < 9 or done.values("main_area").distinct().count() == 9
    return len(keys), seconds


def _exported(user: User) -> tuple[int, float]:
    began = time.perf_counter()
    with _as(user):
        made = kind_of("cases.list").make({}, user, False)
        rows = sum(1 for _row in made.rows)
    return rows, time.perf_counter() - began


# ------------------------------------------------------------------------------------------------ the run


def one(name: str) -> None:
    """Everything of one county, in this process; what it took as JSON."""
    connection.settings_dict["NAME"] = name
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["*"]
    with acting(SYSTEM):
        told, wrong = replayed(800)
        assert told, "no case"
        assert not wrong, f"{wrong} of {told} cases say something else than their steps"
    made: dict[str, Any] = {"pages": {}, "usual": {}, "acts": {}}
    for title, ask in _pages():
        made["pages"][title] = _milliseconds(ask)
    clerk = _person("county")
    for title, page, asked in (("list ?", 1, {}), ("list ?, 20th page", 20, {}), ("list ?grade=D", 1, {"grade": "D"})):

        def usual(page: int = page, asked: dict[str, str] = asked) -> int:
            with _as(clerk):
                return _usual_list(clerk, page, **asked)

        made["usual"][title] = _milliseconds(usual, 8)
    for title, many, at_once, by_one in _acts():
        seconds = [_undone(at_once, clerk) for _time in range(3)]
        single = _undone(by_one, clerk) / min(ONE_BY_ONE, many) if by_one else None
        made["acts"][title] = (many, statistics.median(seconds), single)
    made["page"] = _by_page()
    made["export"] = _exported(clerk)
    print(json.dumps(made, ensure_ascii=False))


def _told(large: dict[str, Any], small: dict[str, Any], share: int) -> None:
    print(f"\n{'page':<52}{'p50':>8}{'p95':>8}{f'1/{share} p50':>11}{'p95':>8}{'ratio':>8}   ms, {ASKED} askings each")
    for title, (median, most) in large["pages"].items():
        median_small, most_small = small["pages"][title]
        print(f"{title:<52}{median:8.1f}{most:8.1f}{median_small:11.1f}{most_small:8.1f}{median / median_small:8.2f}")
    print("\nthe same list the usual way (GROUP BY, COUNT, OFFSET, a query for each kind of work; no page made of it)")
    for title, (median, most) in large["usual"].items():
        ours = large["pages"][title][0]
        print(
            f"{title:<52}{median:8.1f}{most:8.1f}{small['usual'][title][0]:11.1f}{'':16}   {median / ours:.1f} × what our whole page takes"
        )
    print(f"\n{'act':<52}{'cases':>8}{'s':>8}{'per case':>11}{'one by one':>12}")
    for title, (many, seconds, single) in large["acts"].items():
        beside = f"{single * 1000:9.1f} ms   {single * many / seconds:.0f} × slower" if single else ""
        print(f"{title:<52}{many:8,}{seconds:8.2f}{seconds / many * 1000:8.2f} ms{beside}")
    many, seconds = large["page"]
    print(f"{'approval through the page, committed':<52}{many:8,}{seconds:8.2f}{seconds / many * 1000:8.2f} ms")
    many, seconds = large["export"]
    print(f"{'export of the whole list, rows':<52}{many:8,}{seconds:8.2f}{seconds / many * 1000:8.2f} ms")


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.cases")
    parser.add_argument("share", nargs="?", type=int, default=1, help="10: a tenth of both counties")
    parser.add_argument("--beside", type=int, default=10, help="how many times smaller the other county is")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one)
        return 0
    large = LARGE.part(options.share)
    sizes = {"small": large.part(options.beside), "large": large}
    taken: dict[str, dict[str, Any]] = {}
    owner = database.address(database.OWNER)
    with scratch() as name:
        with acting(SYSTEM):
            for login, (role, area, kind) in PEOPLE.items():
                office = found(name=f"{login}单位", kind=kind, area=area)
                admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)
        connection.close()
        for way, copy in copies(name, sizes):
            size = sizes[way]
            began = time.perf_counter()
            connection.settings_dict.update(NAME=copy, USER=owner.user, PASSWORD=owner.password, OPTIONS={})
            try:
                with acting(SYSTEM):
                    plant(size, _person("clerk"))
            finally:
                connection.close()
            with psycopg.connect(
                host=owner.host, port=owner.port, dbname=copy, user=owner.user, password=owner.password, autocommit=True
            ) as own:
                own.execute("VACUUM ANALYZE")
            print(f"{size.households:,} households, {size.cases:,} cases: written in {time.perf_counter() - began:.0f} s", flush=True)
            command = [sys.executable, "-m", "benchmarks.cases", "--one", copy]
            taken[way] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip().splitlines()[-1])
        connection.settings_dict["NAME"] = name
    _told(taken["large"], taken["small"], options.beside)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

"""``anju demo load``: a city in June 2020, told through the same doors that a clerk uses.

The divisions, the offices and their people are made; every department's list is received, read, compared and written to the
register by the same handlers as an upload (inline, with progress here); then some lists are reviewed, answered and locked, so that every page
has its story. Started again it goes on where it stopped; once whole it does nothing.
"""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

from django.db import connections

from anju import database
from anju.accounts import actions as accounts
from anju.accounts.models import Organisation, User
from anju.clock.actions import set_today
from anju.demo import oversight, renovations, safety, senders, setup, story, truth
from anju.demo.place import Place, rural
from anju.divisions import actions as divisions
from anju.divisions import source
from anju.evidence import store
from anju.rosters.actions import receiving
from anju.rosters.models import Batch
from anju.rosters.refusal import AlreadyReceived

PREFIX = "2109"
PASSWORD = "anju-demo"
STORY = story.DESK
"""Zhangwu 彰武县: the county whose desk the demonstration shows."""

_FIRST = 10
"""Lists up to this order are received before any other: they make the register."""
_OFFICES = (
    ("housing", "{county}住房和城乡建设局"),
    ("poverty", "{county}扶贫开发办公室"),
    ("civil_affairs", "{county}民政局"),
    ("disabled_federation", "{county}残疾人联合会"),
)
_CLERKS = {
    "210902": "钱玉成", "210903": "冯立新", "210904": "褚晓光", "210905": "卫国平", "210911": "蒋秀芝", "210921": "包海山", "210922": "沈文秀",
}  # fmt: skip
"""Invented names of the county clerks."""
_SIGNERS = {
    "210902": ("祝永胜", "毕春梅", "尤建军"), "210903": ("葛长青", "芦淑芬", "殷志远"), "210904": ("季宏伟", "项玉兰", "钟明远"),
    "210905": ("阮志刚", "闵秋菊", "康树林"), "210911": ("耿立军", "宫雅琴", "辛国栋"), "210921": ("海青松", "白音其木格", "齐永贵"),
    "210922": ("施正国", "孔令春", "曹艳玲"),
}  # fmt: skip
"""Invented names of those who sign and check for poverty relief, civil affairs and the disabled federation."""


def folder() -> Path:
    """Where the senders' files and the truth lie after loading, for whoever wants to look at them."""
    return database.home() / "demo"


def load(*, households: int = 0, processes: int = 2) -> int:
    """The whole story; 0, or 2 where another installation's data are there.

    ``households`` makes a smaller city; counties are received side by side in so many ``processes``, each county's lists in their order.
    """
    if Batch.objects.exclude(received_by__login__startswith="demo-").exists():
        print("数据库里已有其他名单，演示不装入。请用 ANJU_HOME 另指一个目录。", file=sys.stderr)
        return 2
    began = time.monotonic()
    with _step("生成各部门名单"):
        place = rural([(code, name) for code, name, _ in (*source.above([PREFIX]), *source.rows(PREFIX))], PREFIX)
        sent = senders.write("fuxin", place, folder(), households=households)
    with _step("行政区划"):
        divisions.load(prefixes=[PREFIX])
        set_today(day=truth.BUSINESS_DAY)
    with _step("机构和用户"):
        people = _people(place)
    _lists(sent, processes)
    with _step("人工核对、函件、锁定"):
        story.tell(people, folder() / "truth" / "rows.csv")
    with _step("改造对象鉴定"):
        asked = renovations.wanted(households)
        renovations.choose(people, place, asked)
    with _step("排查、鉴定、保障、核验"):
        safety.tell(people, place)
    with _step("问题台账、公示"):
        oversight.tell(people, place)
    with _step("危房改造"):
        renovations.tell(people, place, asked, processes)
    with _step("历年改造"):
        renovations.history.tell(people, place, folder())
    store.put(folder() / "manifest.json", name=setup.DONE, media_type="application/json", by=people["demo-clerk-210922"])
    print(f"演示已装好：{time.monotonic() - began:.0f} 秒。名单和真值在 {folder()}")
    return 0


class _step:
    """A line on the terminal for each part: what, how long."""

    def __init__(self, what: str) -> None:
        self.what = what

    def __enter__(self) -> None:
        self.began = time.monotonic()
        print(f"{self.what} …", end="", flush=True)

    def __exit__(self, *_: object) -> None:
        print(f" {time.monotonic() - self.began:.1f} 秒", flush=True)


def _people(place: Place) -> dict[str, User]:
    """Offices and their people by login; those already there stay."""
    made: dict[str, User] = {user.login: user for user in User.objects.filter(login__startswith="demo-")}

    def admit(login: str, name: str, office: Organisation, role: str) -> None:
        if login not in made:
            made[login] = accounts.admit(login=login, name=name, organisation=office, role=role, password=PASSWORD, check_password=False)

    city = accounts.found(name="阜新市住房和城乡建设局", kind="housing", area=PREFIX)
    discipline = accounts.found(name="阜新市纪委监委驻住建局纪检监察组", kind="discipline", area=PREFIX)
    for county in place.counties:
        name = place.names[county]
        office = {kind: accounts.found(name=title.format(county=name), kind=kind, area=county, parent=city) for kind, title in _OFFICES}
        if county == STORY:
            admit(f"demo-clerk-{county}", _CLERKS[county], office["housing"], "county_clerk")
            admit("demo-appraiser", "石岩", office["housing"], "appraiser")
            admit("demo-verifier", "邢志国", office["housing"], "verifier")
            admit("demo-poverty", "许长顺", office["poverty"], "sender")
            admit("demo-civil", "何桂芬", office["civil_affairs"], "sender")
            admit("demo-disabled", "吕小梅", office["disabled_federation"], "sender")
        for kind, who in zip(("poverty", "civil_affairs", "disabled_federation"), _SIGNERS.get(county, ()), strict=False):
            admit(f"demo-sign-{kind.replace('_', '-')}-{county}", who, office[kind], "cosigner")
    for township in [t for t in place.townships if t.startswith(STORY)][:1]:
        town = accounts.found(name=f"{place.names[township]}人民政府", kind="township", area=township)
        admit("demo-township", "严志刚", town, "township_reviewer")
        village = next(v for v in place.villages if v.township == township)
        committee = accounts.found(name=f"{village.name}村民委员会", kind="village", area=village.code, parent=town)
        admit("demo-village", "金淑珍", committee, "village_collector")
    admit("demo-city", "魏振华", city, "city_viewer")
    admit("demo-supervisor", "伍永昌", city, "supervisor")
    admit("demo-discipline", "陶铁军", discipline, "discipline")
    admit("demo-administrator", "姜卫东", city, "system_administrator")
    admit("demo-security", "鲍立群", city, "security_administrator")
    admit("demo-audit", "凌志远", city, "audit_administrator")
    for county in place.counties:
        if county != STORY:
            office_of = Organisation.objects.get(area=county, kind="housing")
            admit(f"demo-clerk-{county}", _CLERKS.get(county, "毛小东"), office_of, "county_clerk")
    renovations.admit(place, admit)
    return made


def _lists(sent: list[senders.Sent], processes: int) -> None:
    """Receives every list: first all of the registered poor, then the others; counties side by side, the largest first."""
    if processes < 2:
        for group in (*_groups(sent, first=True), *_groups(sent, first=False)):
            county(group)
        return
    connections.close_all()
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=setup.ready) as pool:
        for first in (True, False):
            for done in [pool.submit(county, group) for group in _groups(sent, first=first)]:
                done.result()


def _groups(sent: list[senders.Sent], *, first: bool) -> list[list[senders.Sent]]:
    by_county: dict[str, list[senders.Sent]] = {}
    for each in sent:
        if (each.order <= _FIRST) is first:
            by_county.setdefault(each.county, []).append(each)
    return sorted(by_county.values(), key=lambda lists: -sum(each.rows for each in lists))


def county(lists: list[senders.Sent]) -> None:
    """One county's lists in their order."""
    people = {user.login: user for user in User.objects.filter(login=f"demo-clerk-{lists[0].county}")}
    for each in lists:
        began = time.monotonic()
        batch = _receive(each, people)
        print(f"{each.title}：{each.rows:,} 行，{batch.get_status_display()}，{time.monotonic() - began:.1f} 秒", flush=True)


def _receive(each: senders.Sent, people: dict[str, User]) -> Batch:
    """One list, as its county's clerk would upload it; one that was begun before is gone on with."""
    clerk = people[f"demo-clerk-{each.county}"]
    try:
        batch = receiving.receive(
            file=folder() / each.file,
            name=each.file,
            by=clerk,
            area=each.county,
            as_of=date.fromisoformat(each.as_of),
            owner=each.owner,
            category=each.category,
            layout="" if each.mapping else each.layout,
            title=each.title,
            enrols=each.layout != "housing-ledger",
        )
    except AlreadyReceived as already:
        batch = receiving.resume(batch=already.batch, by=clerk)
    if batch.status == Batch.Status.MAPPING and not each.left_open:
        batch = receiving.map_columns(batch=batch, layout=each.layout, mapping=each.mapping, by=clerk)
    batch.refresh_from_db()
    return batch

"""The world of the journeys: one county with two townships, its people, a small register; a browser that refuses what must not happen."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.db import connection
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, expect, sync_playwright

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.signing_in.sessions import SessionStore
from anju.clock.actions import set_today
from anju.divisions import naming, pinyin
from anju.divisions.models import Division
from anju.registry import actions as registry
from anju.registry.models import Category
from anju.registry.staging import Enrolment
from anju.vocabulary import division, idnumber
from anju.vocabulary.keygroup import KEY_GROUPS
from tests import browser as browsers

# Playwright's loop runs in this thread; the tests look at the database from it too.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

TODAY = date(2020, 6, 10)
COUNTY = "210922"
FOREIGN_COUNTY = "210921"
WIDE = {"width": 1366, "height": 768}
NARROW = {"width": 390, "height": 844}
_PICTURES = os.environ.get("ANJU_PICTURES", "")
AXE = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"

_PLACES = (
    ("21", "辽宁省"),
    ("2109", "阜新市"),
    ("210921", "阜新蒙古族自治县"),
    ("210921100", "阜新镇"),
    ("210921100201", "桃李村委会"),
    ("210922", "彰武县"),
    ("210922109", "满堂红镇"),
    ("210922109201", "小官村委会"),
    ("210922109202", "大官村委会"),
    ("210922115", "大冷镇"),
    ("210922115201", "程沟村委会"),
    ("210922115202", "大庙村委会"),
)


def number(area: str, born: str, sequence: int) -> str:
    """A valid identity number that belongs to nobody."""
    first = f"{area[:6]}{born}{sequence:03d}"
    return first + idnumber.check_digit(first)


@dataclass(frozen=True)
class Resident:
    """One person of the small register."""

    household: str
    village: str
    name: str
    id_number: str
    relation: str = "02"
    category: str = ""


def _families() -> tuple[Resident, ...]:
    """Twelve households of two or three persons in four villages; every third one registered poor."""
    surnames, given = (
        "王李张刘陈赵周吴郑孙马胡",
        ("桂兰", "国栋", "凤芹", "德海", "玉霞", "庆山", "守义", "秀英", "长福", "永久", "淑清", "占山"),
    )
    villages = [code for code, _name in _PLACES if len(code) == 12 and code.startswith(COUNTY)]
    people = []
    for place, (surname, first) in enumerate(zip(surnames, given, strict=True)):
        household, village = f"H{place:02d}", villages[place % len(villages)]
        category = "JDLK" if place % 3 == 0 else ""
        people.append(
            Resident(
                household, village, surname + first, number(COUNTY, f"19{50 + place}0{place % 9 + 1}14", 21 + 2 * place), "02", category
            )
        )
        people.append(
            Resident(household, village, "韩" + given[-1 - place], number(COUNTY, f"19{52 + place}1{place % 3}05", 22 + 2 * place), "10")
        )
        if place % 2:
            people.append(
                Resident(household, village, surname + "小" + first[0], number(COUNTY, f"20{place:02d}0301", 31 + 2 * place), "20")
            )
    return tuple(people)


@dataclass
class World:
    """Who is there and what the register holds."""

    users: dict[str, User] = field(default_factory=dict)
    residents: tuple[Resident, ...] = ()


def plant_places() -> None:
    """The divisions above, as the national table would give them."""
    names: dict[str, str] = {"": ""}
    for code, name in _PLACES:
        level = division.level(code)
        short = naming.short(name, level)
        parent = division.parent(code) or None
        names[code] = names[parent or ""] + short
        spelled, initials = pinyin.spelled(naming.core(name, level))
        Division.objects.create(
            code=code,
            parent_id=parent,
            level=level,
            name=name,
            short_name=short,
            full_name=names[code],
            core=naming.core(name, level),
            pinyin=spelled,
            initials=initials,
        )


def plant_categories() -> None:
    """What the migration seeds and the flush between the journeys takes away."""
    for group in KEY_GROUPS:
        Category.objects.get_or_create(
            code=group.code,
            defaults={
                "name": group.name,
                "short": group.short,
                "name_en": group.code,
                "owner": group.owner.value,
                "scope": group.scope,
                "primary_order": group.order,
                "valid_from": group.valid_from,
                "valid_to": group.valid_to,
                "province": group.province,
                "source": group.source,
            },
        )


_CAST = (
    ("clerk", "周敏", "彰武县住房和城乡建设局", "housing", COUNTY, "county_clerk"),
    ("sender", "佟敏", "彰武县民政局", "civil_affairs", COUNTY, "sender"),
    ("civil", "何芳", "彰武县民政局", "civil_affairs", COUNTY, "cosigner"),
    ("poverty", "孟洋", "彰武县扶贫办", "poverty", COUNTY, "cosigner"),
    ("disabled", "郭岩", "彰武县残联", "disabled_federation", COUNTY, "cosigner"),
    ("housing", "沈岩", "彰武县住房和城乡建设局", "housing", COUNTY, "cosigner"),
    ("township", "关宏伟", "大冷镇人民政府", "township", "210922115", "township_reviewer"),
    ("discipline", "梁实", "彰武县纪委监委", "discipline", COUNTY, "discipline"),
    ("foreign", "包哈达", "阜蒙县住房和城乡建设局", "housing", FOREIGN_COUNTY, "county_clerk"),
)


@pytest.fixture
def world(transactional_db: None, jobs_inline: None) -> World:
    """The county before the first list comes."""
    plant_categories()
    plant_places()
    set_today(day=TODAY)
    here = World(residents=_families())
    for key, name, office, kind, area, role in _CAST:
        organisation = found(name=office, kind=kind, area=area)
        here.users[key] = admit(login=key, name=name, organisation=organisation, role=role, password="journeys-2020", check_password=False)
    registry.enrol(
        rows=[
            Enrolment(
                ordinal=place,
                source=f"journey:{place}",
                household_key=resident.household,
                name=resident.name,
                area=resident.village,
                id_number=resident.id_number,
                sex=idnumber.sex(resident.id_number),
                birth_date=idnumber.birth_date(resident.id_number),
                birth_precision="day",
                relation=resident.relation,
                category=resident.category,
                category_from=date(2019, 1, 1) if resident.category else None,
            )
            for place, resident in enumerate(here.residents)
        ],
        on=date(2020, 1, 1),
        by=here.users["clerk"],
        source="journey",
    )
    return here


# ------------------------------------------------------------------------------------------------ importing processes that are killed

Order = Callable[..., dict[str, Any]]


@pytest.fixture
def importing(transactional_db: None, tmp_path: Path) -> Iterator[Order]:
    """The county with its clerk alone. ``importing(seconds, **order)`` sends a process off to do what ``importer`` reads of the order, to be killed
    after so many seconds (None: never); what became of it."""
    plant_categories()
    plant_places()
    set_today(day=TODAY)
    key, name, office, kind, area, role = _CAST[0]
    admit(login=key, name=name, organisation=found(name=office, kind=kind, area=area), role=role, password="-", check_password=False)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.journeys.importer", str(connection.settings_dict["NAME"]), str(tmp_path / "files")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        cwd=django_settings.WEB.parents[1],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "anju.web.settings", "ANJU_ACTS": "system"},
    ) as nursery:
        orders, answers = nursery.stdin, nursery.stdout
        assert orders is not None
        assert answers is not None

        def send(seconds: float | None, **order: Any) -> dict[str, Any]:
            print(json.dumps({**order, "login": key, "seconds": seconds}), file=orders, flush=True)
            answer: dict[str, Any] = json.loads(answers.readline())
            return answer

        yield send
        orders.close()
        nursery.wait(30)


# ------------------------------------------------------------------------------------------------ browsers


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all journeys."""
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        opened = browsers.launch(playwright)
        yield opened
        opened.close()


_STICKS_OUT = """() => [...document.querySelectorAll('body *')]
    .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth && getComputedStyle(one).visibility !== 'hidden')
    .map(one => one.outerHTML.slice(0, 120)).slice(0, 8)"""


@dataclass
class Visitor:
    """Somebody at a screen, and what went wrong on it."""

    page: Page
    origin: str
    user: User
    wrongs: list[str] = field(default_factory=list)

    def go(self, address: str) -> Page:
        """Opens an address of our server."""
        self.page.goto(self.origin + address)
        return self.page

    def accessible(self) -> None:
        """axe finds nothing on the present page, and nothing sticks out sideways."""
        page = self.page
        seen, whole = page.viewport_size, page.evaluate("document.documentElement.scrollHeight")
        assert seen is not None
        # The whole page at once: what lies half under a bar that stays is reached by scrolling.
        page.set_viewport_size({"width": seen["width"], "height": max(seen["height"], int(whole) + 200)})
        page.evaluate(AXE.read_text("utf8"))
        found: list[dict[str, Any]] = page.evaluate(
            "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(done => done.violations.map("
            "one => ({id: one.id, help: one.help, nodes: one.nodes.slice(0, 4).map(node => node.html.slice(0, 200))})))"
        )
        page.set_viewport_size(seen)
        assert found == [], f"{page.url}: {found}"

    def fits(self) -> None:
        """No sideways scrolling of the page at this width."""
        over = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{self.page.url} is {over} px too wide at {self.page.viewport_size}: {self.page.evaluate(_STICKS_OUT)}"

    def picture(self, name: str, *, whole: bool = True) -> None:
        """Keeps the page as it is seen (``whole``: to its end) where ``ANJU_PICTURES`` names a folder to look at."""
        if _PICTURES:
            self.page.wait_for_timeout(500)
            self.page.screenshot(path=Path(_PICTURES, f"{name}.png"), full_page=whole)

    def keep(self, name: str, content: bytes) -> None:
        """Keeps a paper beside the pictures."""
        if _PICTURES:
            Path(_PICTURES, name).write_bytes(content)


Enter = Callable[..., Visitor]


@pytest.fixture
def enter(world: World, live_server: Any, chromium: Browser) -> Iterator[Enter]:
    """``enter("clerk")``: that user, signed in, at a screen. At the end: no foreign request, no refusal by the policy, no failed script."""
    visitors: list[tuple[Visitor, BrowserContext]] = []

    def open_for(who: str, viewport: dict[str, int] | None = None, **options: Any) -> Visitor:
        context = chromium.new_context(viewport=viewport or WIDE, locale="zh-CN", accept_downloads=True, **options)  # type: ignore[arg-type]
        user = world.users[who]
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(user.pk), django_settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        key = session.session_key
        assert key
        context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": key, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(60_000)
        visitor = Visitor(page, live_server.url, user)

        def request(one: Request) -> None:
            if not one.url.startswith((live_server.url, "data:", "blob:")):
                visitor.wrongs.append(f"a request left the host: {one.url}")

        def said(message: ConsoleMessage) -> None:
            if "Content Security Policy" in message.text or (
                message.type == "error" and "404" not in message.text and "422" not in message.text
            ):
                visitor.wrongs.append(f"console: {message.text}")

        page.on("request", request)
        page.on("console", said)
        page.on("pageerror", lambda error: visitor.wrongs.append(f"script: {error}"))
        visitors.append((visitor, context))
        return visitor

    yield open_for
    wrongs = [wrong for visitor, _context in visitors for wrong in visitor.wrongs]
    for _visitor, context in visitors:
        context.close()
    assert not wrongs, wrongs

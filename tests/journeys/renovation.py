"""A village of the renovation journeys: households on a locked list in dangerous houses, everybody who has a hand in their cases, and the steps a person
does on the case's page."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from playwright.sync_api import Locator, Page, expect

from anju.accounts.actions import admit, found
from anju.appraisals.actions.appraising import submit
from anju.appraisals.tests.conftest import GOOD, house_of
from anju.cases.models import Case
from anju.cases.tests.conftest import APPLIED, APPRAISED, LISTED, Road, on_a_locked_list
from anju.checks import Check
from anju.clock.actions import set_today
from anju.demo import pictures
from anju.demo.pictures import Words
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.vocabulary.coordinates import Place
from tests.journeys.conftest import COUNTY, Visitor, World

VILLAGE, TOWNSHIP = "210922109201", "210922109"
_STAFF = (
    ("appraiser", "石岩", "彰武县农房鉴定组", "housing", COUNTY, "appraiser"),
    ("collector", "金淑珍", "小官村村民委员会", "village", VILLAGE, "village_collector"),
    ("town", "包铁柱", "满堂红镇人民政府", "township", TOWNSHIP, "township_reviewer"),
)
POLICY = """[[subsidy.rule]]
area = "210922"
grades = ["D"]
methods = ["rebuild"]
per_m2 = 600
cap_area = 48
from = 2020-01-01
to = 2020-12-31
source = "彰住建〔2020〕3号：D 级每平方米 600 元，最多 48 ㎡"
"""
"""What the county of the journeys has set for the year."""


def people(world: World) -> Road:
    """Everybody of the road, and who leads the cases along that a journey doesn't look at."""
    for key, name, office, kind, area, role in _STAFF:
        made = found(name=office, kind=kind, area=area)
        world.users[key] = admit(login=key, name=name, organisation=made, role=role, password="journeys-2020", check_password=False)
    set_today(day=APPLIED)
    cast = {
        "county": "clerk",
        "village": "collector",
        "township": "town",
        "poverty": "poverty",
        "civil_affairs": "civil",
        "disabled_federation": "disabled",
    }
    return Road({name: world.users[key] for name, key in cast.items()})


def settle(world: World, *names: str) -> list[Household]:
    """Households of one head each, on a list locked on 31 January, their houses appraised D on 1 March."""
    clerk = world.users["clerk"]
    made = on_a_locked_list(clerk, names, office="civil_affairs", category="DB", title="低保户", source="j:list")
    for household in made:
        registry.record_dwelling(
            household=household, kind="own", on=LISTED, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "storeys": 1}
        )
        appraise(world, household, "d", APPRAISED)
    return made


def appraise(world: World, household: Household, wall: str, on: date) -> None:
    """Its house appraised on a day, everything sound but the wall."""
    form: Mapping[str, Any] = {**GOOD, "components": {**GOOD["components"], "bearing_wall": wall}}  # type: ignore[dict-item]
    submit(household=household, dwelling=house_of(household), form=dict(form), by=world.users["appraiser"], appraisers=["石岩"], on=on)


def opened(visitor: Visitor, case: Case) -> Page:
    """The case's page."""
    return visitor.go(f"/cases/{case.number}/")


def act(page: Page, key: str, **given: str) -> Locator:
    """One act of the page's, filled in and sent; the card it stands in."""
    card = page.locator(f"#act-{key}")
    expect(card).to_have_count(1)
    if card.evaluate("one => one.tagName === 'DETAILS' && !one.open"):
        card.locator("summary").click()
    for name, value in given.items():
        field = card.locator(f'[name="{name}"]')
        if field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
    card.locator(f'#form-{key} button.btn.p, #form-{key} button.btn.dgr, button[form="form-{key}"]').last.click()
    return card


def shoot(page: Page, key: str, seed: int, on: date) -> None:
    """The photo of an act, taken with its form."""
    card = page.locator(f"#act-{key}")
    card.get_by_role("button", name="开始拍照").click()
    expect(card.locator("[data-dropzone]")).to_have_count(1)
    words = Words(at=datetime.combine(on, time(0), ZoneInfo("Asia/Shanghai")), place=Place(122.53, 42.39), phone=seed)
    picture = {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": pictures.house(seed, size=(640, 480), words=words)}
    card.locator("[data-dropzone] input[type=file][multiple]").set_input_files(picture)  # type: ignore[arg-type]
    expect(card.locator(".ph-grid li")).to_have_count(1)


def moved(page: Page, case: Case, stage: str) -> None:
    """The page says that it was done, and the case stands there."""
    expect(page.locator("#said .msg")).to_have_count(1)
    case.refresh_from_db()
    assert case.stage == stage, page.locator("main").inner_text()[:1200]


def refused(page: Page, rule: Check, *words: str) -> None:
    """The page says why not, by which rule, and what that rests on."""
    for said in (*words, rule.label, rule.source):
        expect(page.locator("main")).to_contain_text(said)

"""A workbook of records killed at any moment and sent again ends like one that was left alone: rows, houses, timeline, and undone alike (quality 2)."""

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from django.db import connection

from anju.accounts.models import User
from anju.appraisals.actions import appraising
from anju.imports.models import ImportBatch, ImportRow, cells_bound
from anju.privacy import cells
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Enrolment, Housing
from anju.vocabulary import idnumber
from tests.journeys.conftest import COUNTY, TODAY, Order, number
from tests.journeys.test_killed_import import emptied

KILLS = 10
"""So often each of the two is killed: reading in, taking back."""
HOMES = 600
_HEADINGS = ("户编号", "户主身份证号", "户主姓名", "乡镇", "村", "建造年代", "结构形式", "主房面积", "备注")
_VILLAGES = {"210922109201": ("满堂红镇", "小官村"), "210922109202": ("满堂红镇", "大官村"), "210922115201": ("大冷镇", "程沟村")}


def _enrol(by: User) -> None:
    """The register before the workbook: each household with its head; every seventh has a house already."""
    chance = random.Random(5)
    codes = list(_VILLAGES)
    rows = []
    for at in range(HOMES):
        name = chance.choice("王李张刘陈赵周吴") + chance.choice("桂国凤德玉庆守秀长永淑占") + chance.choice("兰栋芹海霞山义英福久清")
        number_ = number(COUNTY, f"19{40 + at % 50}0{1 + at % 9}1{at % 9}", at)
        rows.append(Enrolment(at, f"k:{at}", name, codes[at % 3], f"k{at}", id_number=number_, sex=idnumber.sex(number_), relation="02"))
    registry.enrol(rows=rows, on=TODAY.replace(month=1, day=1), by=by, source="k")
    for home in Household.objects.order_by("number")[::7]:
        registry.record_dwelling(household=home, kind="own", on=TODAY.replace(month=2, day=1), by=by, state={"year_built": 1960})


def _workbook(path: Path) -> None:
    chance = random.Random(6)
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        sheet = csv.writer(out)
        sheet.writerow(_HEADINGS)
        for at, home in enumerate(Household.objects.order_by("number")):
            head = home.memberships.get().person
            town, village = _VILLAGES[home.area]
            said = ((home.number, "", "", "", ""), ("", head.id_number.clear, "", "", ""), ("", "", head.name, town, village))[at % 3]
            year = chance.choice(("1985", "1985年", "一九八五", "2031")) if chance.random() < 0.1 else str(1950 + at % 60)
            sheet.writerow(
                (*said, year, chance.choice(("土木", "砖木", "砖混", "茅草")), f"{30 + at % 90}㎡", "合计" if at % 50 == 9 else "")
            )


_STATE = {
    "rows": 'SELECT sheet, row, household_id, outcome, findings::text, "values"::text, area FROM imports_importrow ORDER BY 1, 2',
    "houses": """SELECT d.number, s.year_built, s.structure, s.main_area, s.valid_from, s.valid_to, s.superseded_at IS NULL FROM registry_dwelling d
                 JOIN registry_dwellingstate s ON s.dwelling_id = d.id ORDER BY 1, 5, 6, 7, 2""",
    "lives": """SELECT h.number, d.number, o.kind, o.valid_from, o.superseded_at IS NULL FROM registry_occupancy o
                JOIN registry_household h ON h.id = o.household_id JOIN registry_dwelling d ON d.id = o.dwelling_id ORDER BY 1, 2, 3, 5""",
    "timeline": 'SELECT h.number, c.kind, c."on", count(*) FROM registry_change c JOIN registry_household h ON h.id = c.household_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
    "counts": "SELECT status, rows_total, rows_applied, rows_noted, rows_refused, rows_undone, faults::text FROM imports_importbatch",
}


def _state(asked: Mapping[str, str] = _STATE) -> dict[str, list[Any]]:
    found_: dict[str, list[Any]] = {}
    with connection.cursor() as cursor:
        for name, sql in asked.items():
            cursor.execute(sql)
            found_[name] = cursor.fetchall()
    found_["cells"] = sorted(
        (held.sheet, int(row), kept)
        for batch in ImportBatch.objects.all()
        for held in batch.cells.all()
        for row, kept in cells.opened(bytes(held.sealed), cells_bound(batch.pk, held.sheet, held.row)).items()
    )
    return found_


Send = Callable[..., dict[str, Any]]


def _orders(importing: Order, path: Path, kind: str) -> Send:
    """``send(seconds, undo=…)``: the workbook read in, or taken back."""
    return lambda seconds, *, undo=False: importing(seconds, records=[str(path), COUNTY, kind], undo=undo)


def _killed(
    send: Send, plant: Callable[[], None], state: Callable[[], dict[str, list[Any]]], expected: Mapping[bool, tuple[float, Any]]
) -> None:
    """Kills the reading in and the taking back (``undo``) at random moments of the seconds each took when it was last left alone, ``KILLS`` times
    each, and goes on until each is through: it ends as it does left alone."""
    chance = random.Random()
    kills = dict.fromkeys(expected, 0)
    whole = {undo: seconds for undo, (seconds, _told) in expected.items()}
    while min(kills.values()) < KILLS:
        plant()
        for undo, (_seconds, told) in expected.items():
            for attempt in range(KILLS):
                answer = send(chance.uniform(0.02, whole[undo]) if kills[undo] < KILLS else None, undo=undo)
                if not answer["killed"]:
                    assert answer["code"] == 0
                    whole[undo] = answer["seconds"] if attempt == 0 else whole[undo]
                    break
                kills[undo] += 1
            else:
                assert send(None, undo=undo)["code"] == 0
            got = state()
            for name, rows in told.items():
                assert got[name] == rows, f"{name} after {kills[undo]} kills{' while it was taken back' if undo else ''}"


def _plant(path: Path) -> None:
    """The world as before the workbook, ids included."""
    emptied()
    clerk = User.objects.get(login="clerk")
    _enrol(clerk)
    if not path.exists():
        _workbook(path)


def test_a_workbook_killed_at_random_moments_ends_like_one_left_alone(importing: Order, tmp_path: Path) -> None:
    path = tmp_path / "houses.csv"
    send = _orders(importing, path, "houses")
    _plant(path)
    undisturbed = send(None)
    assert undisturbed["code"] == 0
    recorded = _state()
    assert {name for name, rows in recorded.items() if not rows} == set()
    outcomes = set(ImportRow.objects.values_list("outcome", flat=True))
    assert outcomes == {"applied", "noted", "refused"}  # an area seldom seen is told and taken
    taken_back = send(None, undo=True)
    assert taken_back["code"] == 0
    undone = _state()
    assert undone["counts"][0][0] == "undone"
    _killed(send, lambda: _plant(path), _state, {False: (undisturbed["seconds"], recorded), True: (taken_back["seconds"], undone)})


_COMPONENTS = {
    "地基基础": "foundation",
    "承重墙": "bearing_wall",
    "木柱、梁、檩": "timber_column_beam",
    "木屋架": "timber_truss",
    "屋面": "roof",
    "围护墙": "enclosure_wall",
}
_APPRAISED = {
    "rows": _STATE["rows"],
    "counts": _STATE["counts"],
    "papers": """SELECT a.number, h.number, a."on", a.grade, a.state, n.number, a.source <> '' FROM appraisals_appraisal a JOIN registry_household h ON h.id = a.household_id
                 LEFT JOIN appraisals_appraisal n ON n.id = a.superseded_by_id ORDER BY 1""",
    "components": """SELECT a.number, f.component, f.level FROM appraisals_componentfinding f JOIN appraisals_appraisal a ON a.id = f.appraisal_id ORDER BY 1, 2""",
    "grades": """SELECT h.number, g.grade, g.valid_from, g.valid_to, g.superseded_at IS NULL FROM appraisals_housegrade g
                 JOIN registry_household h ON h.id = g.household_id ORDER BY 1, 3, 4, 5, 2""",
    "series": "SELECT kind, county, year, last FROM appraisals_numberseries ORDER BY 1, 2, 3",
}


def _plant_houses(path: Path) -> None:
    """The world as before the workbook of appraisals: every household has a house, every fifth an older appraisal."""
    emptied()
    clerk = User.objects.get(login="clerk")
    clerk.act_in(clerk.grants.get())
    _enrol(clerk)
    bare = Household.objects.filter(occupancies=None).order_by("number")
    homes = [
        Housing(at, f"k.house:{home.pk}", home.pk, kinds="own+live", structure="brick_timber", storeys=1, status="used")
        for at, home in enumerate(bare)
    ]
    registry.record_houses(on=TODAY.replace(month=1, day=1), by=clerk, rows=homes)
    form = {"site": "safe", "structure": "brick_timber", "storeys": 1, "components": dict.fromkeys(_COMPONENTS.values(), "a")}
    papers = [
        appraising.Paper(
            household=home, dwelling=Dwelling.objects.filter(occupancies__household=home).distinct().get(), form=form, on=TODAY.replace(month=3, day=1),
            appraisers=["石岩"],
        )
        for home in Household.objects.order_by("number")[::5]
    ]  # fmt: skip
    assert not appraising.submit_many(papers=papers, by=clerk)
    if not path.exists():
        _workbook_of_appraisals(path)


def _workbook_of_appraisals(path: Path) -> None:
    chance = random.Random(7)
    with path.open("w", newline="", encoding="utf-8-sig") as out:
        sheet = csv.writer(out)
        sheet.writerow(("户编号", "鉴定日期", "鉴定人", "场地安全性", "结构形式", "层数", *_COMPONENTS))
        for home in Household.objects.order_by("number"):
            levels = [chance.choice("aabbcd") for _component in _COMPONENTS]
            levels[1] = chance.choice(("", "e")) if chance.random() < 0.05 else levels[1]
            sheet.writerow((home.number, f"2020-05-{chance.randint(1, 28):02d}", "石岩、梁工", "安全", "砖木", 1, *levels))


def test_a_workbook_of_appraisals_killed_at_random_moments_ends_like_one_left_alone(importing: Order, tmp_path: Path) -> None:
    path = tmp_path / "appraisals.csv"
    send = _orders(importing, path, "appraisals")
    _plant_houses(path)
    undisturbed = send(None)
    assert undisturbed["code"] == 0
    recorded = _state(_APPRAISED)
    assert {name for name, rows in recorded.items() if not rows} == set()
    taken_back = send(None, undo=True)
    assert taken_back["code"] == 0
    undone = _state(_APPRAISED)
    assert {row[4] for row in undone["papers"] if row[6]} == {"withdrawn"}
    expected = {False: (undisturbed["seconds"], recorded), True: (taken_back["seconds"], undone)}
    _killed(send, lambda: _plant_houses(path), lambda: _state(_APPRAISED), expected)

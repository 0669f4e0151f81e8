# ruff: noqa: E402  the settings come before the models
"""A province's renovations of earlier years: read, check every cell, find each row's household, record finished cases with their steps, days and money.

``python -m benchmarks.history [--rows 78840]`` (788,400 is one province, S1-24). A workbook of so many rows and one of a tenth, each in two ways, each in
a process of its own on its own copy of one register, dropped at the end:

* **anju**: the product's own, with the cells as sent kept sealed, findings in words, numbers of their year's series, resumable at every chunk, undoable as a whole;
* **openpyxl + bulk_create**: what a Django developer writes in an afternoon: the same checks on every cell, households found through a dictionary, the same
  tables written, the rows with their findings kept in a table.

Half of the rows say the household's number, half its head's identity number; one in fifty is wrong, one household in twenty comes twice. What a row
costs, and the memory, must not grow with the rows.
"""

import argparse
import json
import os
import random
import sys
import tempfile
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

import openpyxl
from django.db import connection, transaction
from django.utils import timezone

from anju.cases.importing import history
from anju.cases.models import Case, CaseHistory, CaseStep
from anju.cases.standing import FINISHED, standing
from anju.imports.importing import STRUCTURES
from anju.privacy import lookup, vault
from anju.registry.models import Household, Membership
from anju.rosters.tests import county
from anju.trail.acting import SYSTEM, acting
from anju.vocabulary import idnumber, relation
from benchmarks.imports import ROWS_TABLE, BenchRow, contest, head_of, measured, received, register, written
from benchmarks.receive import scratch

ROWS = 78_840
_HEADINGS = (
    *("户编号", "户主身份证号", "列入年度计划", "贫困类型", "危房等级", "改造方式", "建设方式", "改造后结构形式", "家庭人口", "改造后面积"),
    *(
        "批准日期",
        "开工日期",
        "竣工日期",
        "验收日期",
        "拨付日期",
        "中央补助",
        "省级补助",
        "市级补助",
        "县级补助",
        "补助合计",
        "总造价",
        "自筹",
        "档案号",
    ),
)
_DAYS = ("approved_on", "started_on", "completed_on", "accepted_on", "paid_on")


def households(rows: int) -> int:
    """One household in twenty comes twice."""
    return max(rows - rows // 20, 1)


def workbook(rows: int, path: Path) -> None:
    """The archive's export of so many rows."""
    numbers = dict(Household.objects.values_list("source", "number"))
    homes = ((at, at % households(rows)) for at in range(rows))
    written(path, "农户档案", _HEADINGS, (_row(at, home, numbers[f"bench#{home}"]) for at, home in homes))


def _row(at: int, home: int, number: str) -> tuple[str | float, ...]:
    chance = random.Random(-at)
    year = (2013 + home % 7) if at == home else 2009 + home % 4
    approved = date(year, 1 + chance.randrange(6), 1 + chance.randrange(28))
    days = [approved + timedelta(days=more) for more in (0, 20, 130, 150, 180)]
    repair = chance.random() < 0.4
    central, province, own = 7500.0, 4000.0, chance.choice((0.0, 1500.0, 2500.5))
    total = central + province + own
    if chance.random() < 0.02:
        wrong = chance.randrange(4)
        days[2] = days[0] - timedelta(days=1) if wrong == 0 else days[2]
        total += 100 if wrong == 1 else 0
        year = 2008 if wrong == 2 else year
        central = -1.0 if wrong == 3 else central
    return (
        *((number, "") if at % 2 else ("", head_of(home)[1])),
        *(
            year,
            chance.choice(("低保户", "五保户", "其他贫困户", "贫困残疾人家庭")),
            "C级" if repair else "D级",
            "修缮加固" if repair else "原址翻建",
        ),
        *("自建", chance.choice(("砖混", "砖木")), chance.randint(1, 6), round(chance.uniform(35, 90), 1)),
        *(day.isoformat() for day in days),
        *(central, province, 0.0, own, total, total + 24000, 24000.0, f"危改字〔{year}〕{at}号"),
    )


# ------------------------------------------------------------------------------------------------ the contestants


def anju(path: Path) -> int:
    """The product's own, done by the county's clerk in their grant."""
    return received(path, "历年改造户.xlsx").rows_total


def openpyxl_bulk_create(path: Path) -> int:
    """Read, check, find, collect, bulk_create, all in one transaction."""
    with acting(SYSTEM), transaction.atomic():
        return _peer(path)


def _peer(path: Path) -> int:
    homes: dict[str, tuple[int, str, int]] = {}
    for key, area, number, person, token in (
        Membership.objects.open()
        .filter(relation=relation.HEAD)
        .values_list("household_id", "household__area", "household__number", "person_id", "person__id_number")
    ):
        homes[number] = homes[str(token)] = (key, area, person)
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    tokens = lookup.find((vault.ID, str(cells[1])) for cells in found if cells[1])
    series: dict[int, int] = {}
    seen: set[tuple[int, int, str]] = set()
    rows: list[BenchRow] = []
    made: list[tuple[int, tuple[int, str, int], dict[str, Any]]] = []
    total = 0
    for at, cells in enumerate(found, 2):
        findings: list[dict[str, str]] = []
        said = str(cells[0]) if cells[0] else tokens.get((vault.ID, str(cells[1])), "") if idnumber.is_valid(str(cells[1])) else ""
        home = homes.get(said)
        if home is None:
            findings.append({"check": "household-unknown", "message": "找不到这一户"})
        values = _checked(cells, findings)
        if home is not None and not findings:
            same = (home[0], values["year"], values["method"])
            if same in seen:
                findings.append({"check": "past-twice", "message": "同一次改造只录一次"})
            else:
                seen.add(same)
                made.append((at, home, values))
        rows.append(BenchRow(row=at, household_id=home[0] if home else None, raw=[str(cell) for cell in cells], findings=findings))
        if len(rows) == 5000:
            total += _write(rows, made, series)
            rows, made = [], []
    return total + _write(rows, made, series)


_CHOICES = {"group": dict(history.GROUPS), "grade": dict(history.GRADES), "method": dict(history.WAYS), "mode": dict(history.BUILDERS), "structure": dict(STRUCTURES)}  # fmt: skip


def _checked(cells: Any, findings: list[dict[str, str]]) -> dict[str, Any]:
    def wrong(check: str, message: str) -> None:
        findings.append({"check": check, "message": message})

    values: dict[str, Any] = {
        "year": int(cells[2]),
        "size": int(cells[8]),
        "area_after": Decimal(str(cells[9])),
        "archive_number": str(cells[22]),
    }
    if not 2009 <= values["year"] <= county.AS_OF.year:
        wrong("past-year", f"写的是 {values['year']}")
    for name, cell in zip(("group", "grade", "method", "mode", "structure"), cells[3:8], strict=True):
        values[name] = _CHOICES[name].get(str(cell), "")
        if not values[name]:
            wrong("choice-unknown", "填写的内容不在可选范围")
    if not 0 < values["area_after"] <= 2000:
        wrong("past-house", "请核对面积")
    days = [date.fromisoformat(str(cell)) for cell in cells[10:15]]
    values |= dict(zip(_DAYS, days, strict=True))
    if days[:4] != sorted(days[:4]) or days[4] < days[0] or days[-1] > county.AS_OF:
        wrong("past-days", "日期先后颠倒")
    money = [round(Decimal(str(cell)) * 100) for cell in cells[15:22]]
    if min(money) < 0 or sum(money[:4]) != money[4]:
        wrong("past-money", "金额不成立")
    values |= dict(zip(("central", "province", "city", "county", "subsidy", "total_cost", "self_raised"), money, strict=True))
    return values


def _write(rows: list[BenchRow], made: list[tuple[int, tuple[int, str, int], dict[str, Any]]], series: dict[int, int]) -> int:
    BenchRow._default_manager.bulk_create(rows)
    now = timezone.now()
    cases, said = [], []
    for at, (household, area, head), values in made:
        series[values["year"]] = series.get(values["year"], 0) + 1
        details = {
            "head": head, "size": values["size"], "year": values["year"], "method": values["method"], "build_mode": values["mode"], "subsidy": values["subsidy"],
            **{name: values[name].isoformat() for name in _DAYS[:3]},
        }  # fmt: skip
        case = Case(
            number=f"210922-GZ{values['year']}-{series[values['year']]:06d}", area=area, household_id=household, group=values["group"], grade=values["grade"],
            applied_on=values["approved_on"], recorded_at=now, source=f"bench.row:{at}",
        )  # fmt: skip
        standing([CaseStep(case=case, area=area, code=FINISHED, on=values["accepted_on"], at=now, details=details)]).put_on(case)
        cases.append(case)
        said.append((details, values))
    Case.objects.bulk_create(cases)
    steps = CaseStep.objects.bulk_create(
        [
            CaseStep(case=case, area=case.area, code=FINISHED, on=values["accepted_on"], at=now, details=details)
            for case, (details, values) in zip(cases, said, strict=True)
        ]
    )
    for case, step in zip(cases, steps, strict=True):
        case.entered = step.pk
    Case.objects.bulk_update(cases, ["entered"], batch_size=1000)
    CaseHistory.objects.bulk_create(
        [
            CaseHistory(
                case=case, area=case.area, completed_year=values["completed_on"].year,
                **{name: values[name] for name in ("accepted_on", "paid_on", "structure", "area_after", "central", "province", "city", "county", "total_cost", "self_raised", "archive_number")},
            )
            for case, (_details, values) in zip(cases, said, strict=True)
        ]
    )  # fmt: skip
    return len(rows)


WAYS: dict[str, tuple[Callable[[Path], int], str]] = {
    "anju": (anju, "anju"),
    "bulk_create": (openpyxl_bulk_create, "openpyxl + bulk_create"),
}


def one(way: str, path: Path, name: str) -> None:
    """One contestant, in this process; prints what it took."""
    taken = measured(name, lambda: WAYS[way][0](path))
    with acting(SYSTEM):
        cases = Case.objects.filter(historic=True, stage="closed").count()
    print(json.dumps(taken | {"cases": cases}))


# ------------------------------------------------------------------------------------------------ the run


def _size(rows: int) -> dict[str, dict[str, float]] | None:
    """Both ways with so many rows; None where one lost some."""
    taken: dict[str, dict[str, float]] = {}
    with scratch() as name, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "历年改造户.xlsx")
        print(f"a register of {households(rows):,} households and {rows:,} renovations …", flush=True)
        with acting(SYSTEM):
            register(households(rows))
            workbook(rows, path)
        with connection.cursor() as cursor:
            cursor.execute(ROWS_TABLE)
            cursor.execute("ANALYZE")
        connection.close()
        for way, told in contest("benchmarks.history", name, path, WAYS):
            taken[way] = told
            if told["rows"] != rows:
                print(f"{WAYS[way][1]} stored {told['rows']:,} of {rows:,} rows", file=sys.stderr)
                return None
            rate = told["rows"] / told["seconds"]
            faster = "" if way == "anju" else f"   anju is {told['seconds'] / taken['anju']['seconds']:.1f} × faster"
            print(
                f"{WAYS[way][1]:28s}{told['rows']:>9,} rows {told['cases']:>9,} cases {told['seconds']:>8.1f} s {rate:>9,.0f} rows/s "
                f"{told['own']:>7,.0f} MB (reader {told['reader']:,.0f} MB){faster}",
                flush=True,
            )
    if taken["anju"]["cases"] != taken["bulk_create"]["cases"]:
        print(f"the two differ: {taken['anju']['cases']:,} and {taken['bulk_create']['cases']:,} cases", file=sys.stderr)
        return None
    return taken


def main() -> int:
    """Prints a line for each size and way, the ratio of the ways, and what ten times the rows cost a row."""
    parser = argparse.ArgumentParser(prog="benchmarks.history")
    parser.add_argument("--rows", type=int, default=ROWS)
    parser.add_argument("--one", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)
    parser.add_argument("--workbook", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.workbook, options.database)
        return 0
    small, large = _size(max(options.rows // 10, 1)), _size(options.rows)
    if small is None or large is None:
        return 1
    a, b = small["anju"], large["anju"]
    growth = b["seconds"] / b["rows"] / (a["seconds"] / a["rows"])
    print(f"ten times the rows: {growth:.2f} × a row's time, {b['own'] / a['own']:.2f} × the memory of the importing process")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

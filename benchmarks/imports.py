# ruff: noqa: E402  the settings come before the models
"""A workbook of 281,000 households' houses: read, check every cell, find each row's household, record the houses, keep what is wrong with each bad row.

``python -m benchmarks.imports [rows]``. Two ways in one run, each in a process of its own on its own copy of one register, dropped at the end:

* **anju**: the product's own, with the cells as sent kept sealed, findings in words, resumable at every chunk, undoable as a whole;
* **openpyxl + bulk_create**: what a Django developer writes in an afternoon: the same checks on every cell, households found through dictionaries,
  the same tables written, the rows with their findings kept in a table.

A third of the rows say the household's number, a third its head's identity number, a third its head's name and village; one in fifty is wrong.
"""

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django
import psycopg
import xlsxwriter

django.setup()

import openpyxl
from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from anju import database
from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.divisions import queries as divisions
from anju.imports import actions, importing
from anju.imports.models import ImportBatch
from anju.privacy import lookup, vault
from anju.registry import actions as registry
from anju.registry.models import Change, Dwelling, DwellingState, Household, Membership, Occupancy
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.trail.acting import SYSTEM, acting
from anju.vocabulary import coordinates, idnumber, relation
from benchmarks.receive import scratch

ROWS = 281_000
VILLAGES = 500
_HEADINGS = ("户编号", "户主姓名", "户主身份证号", "乡镇", "村", "建造年代", "结构形式", "主房面积", "层数", "经度", "纬度", "坐标系")
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙马胡朱高林何", "桂兰国栋凤芹德海玉霞庆山守义秀英长福永久淑清占山"
ROWS_TABLE = """CREATE TABLE bench_row (id bigserial PRIMARY KEY, row integer NOT NULL, household_id bigint, raw jsonb NOT NULL, findings jsonb NOT NULL);
    CREATE INDEX ON bench_row (household_id); GRANT ALL ON bench_row, bench_row_id_seq TO anju_app"""


class BenchRow(models.Model):
    """The peer's rows: cells as sent, and what is wrong with them."""

    row = models.IntegerField()
    household_id = models.BigIntegerField(null=True)
    raw = models.JSONField()
    findings = models.JSONField()

    class Meta:
        app_label = "imports"
        managed = False
        db_table = "bench_row"


def village_of(at: int) -> tuple[str, str, str]:
    """(code, township, village) of the household's village."""
    place = at % VILLAGES
    return f"210922{300 + place // 25:03d}{200 + place % 25:03d}", f"第{place // 25 + 1}镇", f"第{place % 25 + 1}村"


def head_of(at: int) -> tuple[str, str]:
    """(name, identity number) of the household's head."""
    chance = random.Random(at)
    name = chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
    born = f"{chance.randint(1930, 1998)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    return name, county.number(born, at % 999, f"{210100 + at // 999:06d}")


def register(rows: int) -> None:
    """The county's households, each with its head."""
    for place in range(VILLAGES):
        code, township, village = village_of(place)
        if place % 25 == 0:
            county.place(code[:9], township)
        county.place(code, f"{village}村委会".replace("村村", "村"))
    people = (
        Enrolment(at, f"bench:{at}", name, village_of(at)[0], str(at), id_number=number, relation="02")
        for at in range(rows)
        for name, number in (head_of(at),)
    )
    registry.enrol(rows=people, on=date(2020, 1, 1), by=None, source="bench")


def workbook(rows: int, path: Path) -> None:
    """The houses' workbook."""
    numbers = dict(Household.objects.values_list("source", "number"))
    written(path, "房屋情况", _HEADINGS, (_row(at, numbers[f"bench#{at}"]) for at in range(rows)))


def written(path: Path, title: str, headings: Sequence[str], rows: Iterable[Sequence[str | float]]) -> None:
    """A workbook of one sheet."""
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet(title)
        sheet.write_row(0, 0, headings)
        for at, cells in enumerate(rows, 1):
            for column, value in enumerate(cells):
                if isinstance(value, str):
                    sheet.write_string(at, column, value)
                else:
                    sheet.write_number(at, column, value)


def _row(at: int, number: str) -> tuple[str | float, ...]:
    chance = random.Random(-at)
    name, id_number = head_of(at)
    _code, township, village = village_of(at)
    said = (
        (number, "", "", "", ""),
        ("", name, id_number, township, village),
        ("", name, "", township, village),
    )[at % 3]
    year: str | float = chance.randint(1950, 2019)
    size: str | float = round(chance.uniform(30, 160), 1)
    if chance.random() < 0.02:
        year, size = chance.choice((("一九八五", size), (year, "约六十"), (2031, size), (year, 60500)))
    structure = chance.choice(("土木", "砖木", "砖混", "石木", "框架"))
    return (
        *said,
        year,
        structure,
        size,
        chance.randint(1, 3),
        round(122.4 + 0.3 * chance.random(), 6),
        round(42.3 + 0.3 * chance.random(), 6),
        "WGS84",
    )


# ------------------------------------------------------------------------------------------------ the contestants


def anju(path: Path) -> int:
    """The product's own, done by the county's clerk in their grant."""
    return received(path, "房屋情况.xlsx").rows_total


def clerk_of() -> User:
    """The county's clerk in their grant."""
    clerk = User.objects.get()
    clerk.act_in(clerk.grants.get())
    return clerk


def received(path: Path, name: str, kind: str = "") -> ImportBatch:
    """A workbook read in by the county's clerk, to its end."""
    with acting(SYSTEM):
        clerk = clerk_of()
    settings.JOBS = "inline"
    with acting(actor_of(clerk)):
        batch = actions.receive(file=path, name=name, by=clerk, area=county.COUNTY, kind=kind, as_of=county.AS_OF)
        batch.refresh_from_db()
    assert batch.status == "done", batch.message
    print(f"  recorded {batch.rows_in:,}, refused {batch.rows_refused:,}", file=sys.stderr)
    return batch


def openpyxl_bulk_create(path: Path) -> int:
    """Read, check, find, collect, bulk_create, all in one transaction."""
    with acting(SYSTEM), transaction.atomic():
        return _peer(path)


def _peer(path: Path) -> int:
    by_number = {number: (key, area) for key, number, area in Household.objects.values_list("pk", "number", "area")}
    heads = list(
        Membership.objects.open()
        .filter(relation=relation.HEAD)
        .values_list("household_id", "household__area", "person__name", "person__id_number")
    )
    by_token = {str(token): (key, area) for key, area, _name, token in heads}
    by_name: dict[tuple[str, str], list[tuple[int, str]]] = {}
    for key, area, name, _token in heads:
        by_name.setdefault((name, area), []).append((key, area))
    codes = {(township, village): code for code, township, village in (village_of(at) for at in range(VILLAGES))}
    numbers = dict(Household.objects.values_list("pk", "number"))
    rows, houses, total = [], [], 0
    now = timezone.now()
    structures = dict(importing.STRUCTURES)
    sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
    found = list(sheet.iter_rows(min_row=2, values_only=True))
    tokens = lookup.find((vault.ID, str(cells[2])) for cells in found if cells[2])
    known = _Known(by_number, by_token, by_name, codes, tokens)
    for at, cells in enumerate(found, 2):
        findings: list[dict[str, str]] = []
        home = _home(cells, known, findings)
        values = _checked(cells, structures, findings)
        rows.append(BenchRow(row=at, household_id=home[0] if home else None, raw=list(cells), findings=findings))
        if home and not findings:
            houses.append((at, home, values))
        if len(rows) == 5000:
            total += _write(rows, _in_the_county(houses, rows), numbers, now)
            rows, houses = [], []
    return total + _write(rows, _in_the_county(houses, rows), numbers, now)


def _in_the_county(houses: list[Any], rows: list[BenchRow]) -> list[Any]:
    """The houses that stand inside the county; the others are told on their rows."""
    points = [(float(values["lng"]), float(values["lat"])) for _at, _home, values in houses]
    outside = divisions.metres_outside(county.COUNTY, points)
    told = {at for (at, _home, _values), metres in zip(houses, outside, strict=True) if metres}
    for row in rows:
        if row.row in told:
            row.findings.append({"check": "house-elsewhere", "message": "不在本县境内"})
    return [house for house in houses if house[0] not in told]


@dataclass(frozen=True)
class _Known:
    """The register in dictionaries: household and area by number, by the head's token, by name and village."""

    by_number: dict[str, tuple[int, str]]
    by_token: dict[str, tuple[int, str]]
    by_name: dict[tuple[str, str], list[tuple[int, str]]]
    codes: dict[tuple[str, str], str]
    tokens: dict[tuple[str, str], str]


def _home(cells: Any, known: _Known, findings: list[dict[str, str]]) -> tuple[int, str] | None:
    number, name, id_number, township, village = cells[:5]
    home: tuple[int, str] | None = None
    if number:
        home = known.by_number.get(number)
    elif id_number:
        home = known.by_token.get(known.tokens.get((vault.ID, id_number), "")) if idnumber.is_valid(str(id_number)) else None
    else:
        several = known.by_name.get((name, known.codes.get((township, village), "")), [])
        home = several[0] if len(several) == 1 else None
    if home is None:
        findings.append({"check": "household-unknown", "message": "找不到这一户，或村内重名；请写户编号"})
    return home


def _checked(cells: Any, structures: dict[str, str], findings: list[dict[str, str]]) -> dict[str, Any]:
    year, structure, size, storeys, lng, lat, system = cells[5:]

    def wrong(check: str, message: str) -> None:
        findings.append({"check": check, "message": message})

    values: dict[str, Any] = {}
    try:
        values["year_built"] = int(year)
        if not 1500 <= values["year_built"] <= county.AS_OF.year:
            wrong("house-year", f"写的是 {year}，不是一个年份")
    except (TypeError, ValueError):
        wrong("number-expected", "应填整数；请改为阿拉伯数字")
    try:
        values["main_area"] = Decimal(str(size))
        if not 0 < values["main_area"] <= 2000:
            wrong("house-area", f"写的是 {size} 平方米；请核对单位和小数点")
    except InvalidOperation:
        wrong("number-expected", "应填数字；请改为阿拉伯数字")
    values["structure"] = structures.get(str(structure), "")
    if not values["structure"]:
        wrong("choice-unknown", "填写的内容不在可选范围")
    values["storeys"] = int(storeys)
    if not 1 <= values["storeys"] <= 30:
        wrong("house-storeys", f"写的是 {storeys}；请核对")
    place = coordinates.read(float(lng), float(lat), str(system))
    if not (73 <= place.lng <= 136 and 3 <= place.lat <= 54):
        wrong("house-place", "不在国内")
    values |= {"lng": Decimal(repr(round(place.lng, 6))), "lat": Decimal(repr(round(place.lat, 6))), "coordinates": str(system)}
    return values


def _write(rows: list[BenchRow], houses: list[Any], numbers: dict[int, str], now: Any) -> int:
    BenchRow._default_manager.bulk_create(rows)
    made = Dwelling.objects.bulk_create(
        [Dwelling(number=f"{numbers[home[0]]}-1", area=home[1], source=f"bench.row:{at}") for at, home, _values in houses]
    )
    common = {"valid_from": county.AS_OF, "recorded_at": now}
    DwellingState.objects.bulk_create(
        [DwellingState(dwelling=house, area=home[1], **common, **values) for house, (_at, home, values) in zip(made, houses, strict=True)]
    )
    Occupancy.objects.bulk_create(
        [
            Occupancy(household_id=home[0], dwelling=house, kind=kind, area=home[1], **common)
            for house, (_at, home, _values) in zip(made, houses, strict=True)
            for kind in ("own", "live")
        ]
    )
    Change.objects.bulk_create(
        [
            Change(
                household_id=home[0],
                area=home[1],
                kind="dwelling_recorded",
                on=county.AS_OF,
                recorded_at=now,
                detail={"dwelling": house.pk},
            )
            for house, (_at, home, _values) in zip(made, houses, strict=True)
        ]
    )
    return len(rows)


WAYS: dict[str, tuple[Callable[[Path], int], str]] = {
    "anju": (anju, "anju"),
    "bulk_create": (openpyxl_bulk_create, "openpyxl + bulk_create"),
}


def one(way: str, path: Path, name: str) -> None:
    """One contestant, in this process; prints what it took."""
    print(json.dumps(measured(name, lambda: WAYS[way][0](path)) | {"houses": _houses()}))


def measured(name: str, way: Callable[[], int]) -> dict[str, float]:
    """The rows that a contestant stored in a database, its seconds, the memory of this process (``own``) and of the one that read for it (``reader``)."""
    connection.settings_dict["NAME"] = name
    with tempfile.TemporaryDirectory() as files:
        settings.FILE_STORE = files
        began = time.perf_counter()
        stored = way()
        seconds = time.perf_counter() - began
    own, reader = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"rows": stored, "seconds": seconds, "own": own, "reader": reader}


def _houses() -> int:
    with acting(SYSTEM):
        return Dwelling.objects.count()


# ------------------------------------------------------------------------------------------------ the run


def copies(name: str, ways: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(way, a copy of the register of its own), one after the other."""
    owner = database.address(database.OWNER)
    with psycopg.connect(
        host=owner.host, port=owner.port, dbname="postgres", user=owner.user, password=owner.password, autocommit=True
    ) as own:
        for way in ways:
            copy = f"{name}_{way}"
            own.execute(f'DROP DATABASE IF EXISTS "{copy}"')
            own.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
            try:
                yield way, copy
            finally:
                own.execute(f'DROP DATABASE "{copy}"')


def contest(module: str, name: str, path: Path, ways: Iterable[str]) -> Iterator[tuple[str, dict[str, float]]]:
    """(way, what its ``one`` of a benchmark's module printed), one after the other, each in a process of its own on its own copy of the register."""
    for way, copy in copies(name, ways):
        command = [sys.executable, "-m", module, "--one", way, "--database", copy, "--workbook", str(path)]
        child = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
        yield way, json.loads(child.stdout.strip().splitlines()[-1])


def main() -> int:
    """Prints a line for each way, and the ratio."""
    parser = argparse.ArgumentParser(prog="benchmarks.imports")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--one", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)
    parser.add_argument("--workbook", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.workbook, options.database)
        return 0
    rates: dict[str, float] = {}
    with scratch() as name, tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "房屋情况.xlsx")
        print(f"a register of {options.rows:,} households and their workbook …", flush=True)
        with acting(SYSTEM):
            register(options.rows)
            workbook(options.rows, path)
        with connection.cursor() as cursor:
            cursor.execute(ROWS_TABLE)
            cursor.execute("ANALYZE")
        connection.close()
        for way, taken in contest("benchmarks.imports", name, path, WAYS):
            if taken["rows"] != options.rows:
                print(f"{WAYS[way][1]} stored {taken['rows']:,} of {options.rows:,} rows", file=sys.stderr)
                return 1
            rates[way] = taken["rows"] / taken["seconds"]
            print(
                f"{WAYS[way][1]:28s}{taken['rows']:>9,} rows {taken['houses']:>9,} houses {taken['seconds']:>8.1f} s {rates[way]:>9,.0f} rows/s "
                f"{taken['own'] + taken['reader']:>7,.0f} MB"
                + ("" if way == "anju" else f"   anju is {rates['anju'] / rates[way]:.1f} × faster"),
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

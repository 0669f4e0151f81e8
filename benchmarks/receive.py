# ruff: noqa: E402  the settings come before the models
"""Receiving a list of 281,000 rows: read the workbook, check every cell, say what is wrong with every bad row, store it.

``python -m benchmarks.receive [rows]``. Three ways in one run, each in a process of its own, into a scratch database that is dropped at the end:

* **anju**: the product's own receiving, with raw cells, findings and places kept, resumable at every chunk;
* **openpyxl + bulk_create**: what a Django developer writes in an afternoon, with the same checks on every cell;
* **django-import-export**: a ``ModelResource`` with the same checks, as its documentation begins (one ``save`` a row, a diff for the report),
  on a tenth of the rows because of its pace, and once more with its bulk mode and without diffs on all rows.

Peak memory is the largest resident set of the process, with anju's reading child added.
"""

import argparse
import contextlib
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django
import xlsxwriter

django.setup()

import openpyxl
import tablib
from django.conf import settings
from django.db import connection, models, transaction
from django.test.utils import setup_databases, teardown_databases
from import_export import resources

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.clock.actions import set_today
from anju.jobs.progress import Progress
from anju.rosters import receiving as reading
from anju.rosters.actions import receiving
from anju.rosters.tests import county
from anju.trail.acting import SYSTEM, acting
from anju.vocabulary import dates, idnumber, names, relation

ROWS = 281_000
_HEADINGS = ("户号", "户主姓名", "姓名", "性别", "身份证号", "出生日期", "与户主关系", "乡镇", "村", "村民小组", "联系电话", "户口性质")
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙马胡朱高林何", "桂兰国栋凤芹德海玉霞庆山守义秀英长福永久淑清占山"
_PLACES = (("满堂红镇", "小官村"), ("满堂红镇", "大官村"), ("大冷镇", "程沟村"))
_COUNTY = """CREATE TABLE bench_person (id bigserial PRIMARY KEY, row integer NOT NULL, household varchar(80) NOT NULL, head_name varchar(60) NOT NULL,
    name varchar(60) NOT NULL, sex varchar(1) NOT NULL, id_number varchar(18) NOT NULL, id_text varchar(60) NOT NULL, birth_date date, relation varchar(2) NOT NULL,
    area varchar(15) NOT NULL, phone varchar(40) NOT NULL, raw jsonb NOT NULL, findings jsonb NOT NULL);
    CREATE INDEX ON bench_person (id_number); CREATE INDEX ON bench_person (household)"""


class BenchPerson(models.Model):
    """The table of the peers: the same checked columns."""

    row = models.IntegerField()
    household = models.CharField(max_length=80)
    head_name = models.CharField(max_length=60)
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1)
    id_number = models.CharField(max_length=18)
    id_text = models.CharField(max_length=60)
    birth_date = models.DateField(null=True)
    relation = models.CharField(max_length=2)
    area = models.CharField(max_length=15)
    phone = models.CharField(max_length=40)
    raw = models.JSONField()
    findings = models.JSONField()

    class Meta:
        app_label = "rosters"
        managed = False
        db_table = "bench_person"


# ------------------------------------------------------------------------------------------------ the workbook


def workbook(rows: int) -> Path:
    """The list, made once and kept: one row in fifty is wrong somewhere."""
    path = database.home() / "cache" / f"bench-receive-{rows}.xlsx"
    if path.exists():
        return path
    print(f"making a workbook of {rows:,} rows …", flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random(1)
    unfinished = path.with_suffix(".part")
    with xlsxwriter.Workbook(str(unfinished), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("农户花名册")
        for column, heading in enumerate(_HEADINGS):
            sheet.write_string(0, column, heading)
        for at in range(1, rows + 1):
            for column, value in enumerate(_row(chance, at)):
                sheet.write_string(at, column, value)
    unfinished.rename(path)
    return path


def _row(chance: random.Random, at: int) -> tuple[str, ...]:
    household, place = divmod(at, 3)
    township, village = _PLACES[household % len(_PLACES)]
    head = _SURNAMES[household % 16] + _GIVEN[household % 24] + _GIVEN[household // 24 % 24]
    name = head if place == 0 else chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
    born = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
    number = county.number(born, chance.randint(0, 998))
    sex = "男" if int(number[16]) % 2 else "女"
    if chance.random() < 0.02:
        number = chance.choice((county.broken(number), "2.10922E+17", number[:-1], ""))
    day = f"{born[:4]}-{born[4:6]}-{born[6:]}"
    return (
        f"H{household:06d}",
        head,
        name,
        sex,
        number,
        day,
        ("户主", "配偶", "长子")[place],
        township,
        village,
        f"{household % 9 + 1}组",
        "13800000000",
        "农业",
    )


# ------------------------------------------------------------------------------------------------ the same checks for the peers


def _checked(row: int, cells: tuple[Any, ...], areas: dict[tuple[str, str], str], today: date) -> dict[str, Any]:
    household, head, name, sex, number, born, kin, township, village, _group, phone, _kind = (
        cell if cell is not None else "" for cell in cells
    )
    findings = []

    def wrong(check: str, message: str) -> None:
        findings.append({"check": check, "message": message})

    read = idnumber.read(number, today=today)
    if read.value is None and read.fault is not None:
        wrong(read.fault.value, idnumber.MESSAGES[read.fault])
    tidy = names.normalise(str(name))
    if not tidy:
        wrong("name-empty", "姓名为空；请补填姓名")
    day = dates.read(born)
    if day is None:
        wrong("date-form", "看不出是哪一天")
    code = relation.read(str(kin))
    if code is None:
        wrong("relation-unknown", "与户主关系看不懂")
    sexed = {"男": "1", "女": "2"}.get(str(sex), "")
    if read.value and sexed and idnumber.sex(read.value) != sexed:
        wrong("sex-differs", "性别与身份证号不一致")
    if read.value and day and idnumber.birth_date(read.value) != day.value:
        wrong("birth-date-differs", "出生日期与身份证号不一致")
    area = areas.get((str(township), str(village)), "")
    if not area:
        wrong("place-unknown", "所在村未能识别")
    return {
        "row": row,
        "household": str(household),
        "head_name": names.normalise(str(head)),
        "name": tidy,
        "sex": sexed,
        "id_number": read.value or "",
        "id_text": "" if read.value else read.text[:60],
        "birth_date": day.value if day else None,
        "relation": code or "",
        "area": area,
        "phone": str(phone),
        "raw": list(cells),
        "findings": findings,
    }


def _areas() -> dict[tuple[str, str], str]:
    codes = {name.removesuffix("委会"): code for code, name in county.PLACES if len(code) == 12}
    return {place: codes[place[1]] for place in _PLACES}


def _sheet(path: Path, limit: int | None = None) -> Iterator[tuple[int, tuple[Any, ...]]]:
    rows = openpyxl.load_workbook(path, read_only=True).worksheets[0].iter_rows(min_row=2, values_only=True)
    for at, cells in enumerate(rows, 2):
        if limit is not None and at - 2 >= limit:
            return
        yield at, cells


# ------------------------------------------------------------------------------------------------ the contestants


def anju(path: Path, rows: int) -> int:
    """The product's own, done by the county's clerk in their grant."""
    with acting(SYSTEM):
        clerk = User.objects.get()
        clerk.act_in(clerk.grants.get())
        actor = actor_of(clerk)
    with acting(actor):
        batch = receiving.receive(
            file=path, name="农户花名册.xlsx", by=clerk, area=county.COUNTY, as_of=county.AS_OF, layout="village-roll"
        )
        assert batch.job is not None
        reading.receive(batch, Progress(batch.job.pk))
        batch.refresh_from_db()
        return batch.rows_total


def openpyxl_bulk_create(path: Path, rows: int) -> int:
    """Read, check, collect, bulk_create, all in one transaction."""
    areas = _areas()
    made: list[BenchPerson] = []
    total = 0
    with transaction.atomic():
        for at, cells in _sheet(path):
            made.append(BenchPerson(**_checked(at, cells, areas, county.TODAY)))
            if len(made) == 5000:
                total += len(BenchPerson._default_manager.bulk_create(made))
                made = []
        total += len(BenchPerson._default_manager.bulk_create(made))
    return total


def _dataset(path: Path, limit: int | None) -> tablib.Dataset:
    dataset = tablib.Dataset(headers=["row", *_HEADINGS])
    for at, cells in _sheet(path, limit):
        dataset.append([at, *cells])
    return dataset


def _resource(**options: Any) -> resources.ModelResource:
    areas = _areas()

    class PersonResource(resources.ModelResource):  # type: ignore[misc]
        def before_import_row(self, row: dict[str, Any], **kwargs: Any) -> None:
            checked = _checked(int(row["row"]), tuple(row[heading] for heading in _HEADINGS), areas, county.TODAY)
            row.update(checked, raw=json.dumps(checked["raw"]), findings=json.dumps(checked["findings"]))

        class Meta:
            model = BenchPerson
            exclude = ("id",)
            import_id_fields: tuple[str, ...] = ()
            force_init_instance = True
            for name, value in options.items():
                locals()[name] = value

    return PersonResource()


def import_export(path: Path, rows: int) -> int:
    """As its documentation begins."""
    result = _resource().import_data(_dataset(path, rows), raise_errors=True)
    return int(result.totals["new"])


def import_export_bulk(path: Path, rows: int) -> int:
    """With its bulk mode, without diffs."""
    result = _resource(use_bulk=True, batch_size=5000, skip_diff=True, skip_html_diff=True).import_data(
        _dataset(path, None), raise_errors=True
    )
    return int(result.totals["new"])


WAYS: dict[str, tuple[Callable[[Path, int], int], str, int]] = {
    "anju": (anju, "anju", 1),
    "bulk_create": (openpyxl_bulk_create, "openpyxl + bulk_create", 1),
    "import_export": (import_export, "django-import-export, as documented", 10),
    "import_export_bulk": (import_export_bulk, "django-import-export, bulk mode", 1),
}


def one(way: str, path: Path, name: str, rows: int) -> None:
    """One contestant, in this process; prints what it took."""
    connection.settings_dict["NAME"] = name
    with tempfile.TemporaryDirectory() as files:
        settings.FILE_STORE = files
        began = time.perf_counter()
        stored = WAYS[way][0](path, rows)
        seconds = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    print(json.dumps({"rows": stored, "seconds": seconds, "megabytes": peak / 1024}))


# ------------------------------------------------------------------------------------------------ the run


@contextlib.contextmanager
def scratch() -> Iterator[str]:
    """A database of its own, made by the owner, with one county and one clerk."""
    database.start()
    owner = database.address(database.OWNER)
    ours = {key: connection.settings_dict[key] for key in ("USER", "PASSWORD", "OPTIONS")}
    connection.settings_dict.update(USER=owner.user, PASSWORD=owner.password, OPTIONS={})
    made = setup_databases(verbosity=0, interactive=False)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_COUNTY)
        for code, place in county.PLACES:
            county.place(code, place)
        set_today(day=county.TODAY)
        office = found(name="彰武县住建局", kind="housing", area=county.COUNTY)
        admit(login="clerk", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)
        name = str(connection.settings_dict["NAME"])
        connection.close()
        yield name
    finally:
        teardown_databases(made, verbosity=0)
        connection.settings_dict.update(ours)


def main() -> int:
    """Prints a line for each way, and the ratios."""
    parser = argparse.ArgumentParser(prog="benchmarks.receive")
    parser.add_argument("rows", nargs="?", type=int, default=ROWS)
    parser.add_argument("--one", choices=sorted(WAYS), help=argparse.SUPPRESS)
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)
    parser.add_argument("--workbook", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.workbook, options.database, options.rows)
        return 0
    path = workbook(options.rows)
    found_: dict[str, dict[str, float]] = {}
    with scratch() as name:
        for way, (_run, title, share) in WAYS.items():
            rows = options.rows // share
            child = subprocess.run(
                [sys.executable, "-m", "benchmarks.receive", str(rows), "--one", way, "--database", name, "--workbook", str(path)],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
            )
            taken = json.loads(child.stdout.strip().splitlines()[-1])
            if taken["rows"] != rows:
                print(f"{title} stored {taken['rows']:,} of {rows:,} rows", file=sys.stderr)
                return 1
            found_[way] = {**taken, "rate": taken["rows"] / taken["seconds"]}
            base = found_["anju"]
            ratio = base["rate"] / found_[way]["rate"]
            print(
                f"{title:38s}{taken['rows']:>9,} rows {taken['seconds']:>8.1f} s {found_[way]['rate']:>9,.0f} rows/s {taken['megabytes']:>7,.0f} MB"
                + ("" if way == "anju" else f"   anju is {ratio:.1f} × faster"),
                flush=True,
            )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

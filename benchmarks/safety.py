# ruff: noqa: E402  the settings come before the models
"""Whether houses are safe, at the size of a county: 281,000 screenings and 113,400 appraisals read in, coverage pages, 41,248 sheets from the register.

``python -m benchmarks.safety [households] [--appraised N] [--verified N]``. On one register of a county, each part in a process of its own:

* **workbooks**: the product's own reading-in (cells sealed, findings in words, resumable, undoable) against *openpyxl + bulk_create*, which reads the same
  workbook, makes the same checks by the same engine and writes the same tables, its rows with their findings kept in a table;
* **pages**: what the server takes for the verification's overview, one village, its open households and a round's coverage (one reader after the
  other), and the plan of the query behind them;
* **sheets**: the job that prints a county's sheets, from the question to the archive with a PDF for each village, each sheet with a photo from the store.
  How fast the pages are set, against WeasyPrint, is ``benchmarks.documents``.
"""

import argparse
import io
import json
import os
import random
import resource
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

import openpyxl
from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import setup_test_environment
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from anju import memory, temporary
from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals import judging
from anju.appraisals.actions import rounds
from anju.appraisals.models import Appraisal, HouseGrade, Round, Screening
from anju.appraisals.queries.coverage import coverage as round_coverage
from anju.evidence import store
from anju.evidence.models import Album, Photo
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Housing
from anju.rosters.tests import county
from anju.trail.acting import SYSTEM, acting
from anju.verification import actions as verification
from anju.verification import queries, sheets
from anju.verification.models import Campaign, Verification
from benchmarks.imports import ROWS_TABLE, BenchRow, clerk_of, copies, received, register, village_of, written
from benchmarks.receive import scratch

HOUSEHOLDS, APPRAISED, VERIFIED, ASKED = 281_000, 113_400, 41_248, 30
STARTS, HOUSED = date(2020, 5, 1), date(2020, 1, 2)
_LOOKS = ("户编号", "排查结果", "排查日期", "有人居住", "看到的情况")
_COMPONENTS = {
    "地基基础": "foundation", "承重墙": "bearing_wall", "木柱、梁、檩": "timber_column_beam", "木屋架": "timber_truss", "屋面": "roof", "围护墙": "enclosure_wall",
}  # fmt: skip
_PAPERS = ("户编号", "鉴定日期", "鉴定人", "场地安全性", "结构形式", "层数", *_COMPONENTS, "等级", "鉴定意见")
_SEEN = (("未见危险", "fine"), ("疑似危房", "suspect"), ("未能入户", "absent"))


# ------------------------------------------------------------------------------------------------ the county


def houses(by: User) -> None:
    """Every household owns and lives in one house."""
    numbers = list(Household.objects.order_by("number").values_list("pk", flat=True))
    for start in range(0, len(numbers), 20_000):
        rows = [
            Housing(at, f"bench.house:{key}", key, kinds="own+live", year_built=1985, structure="brick_timber", storeys=1, status="used")
            for at, key in enumerate(numbers[start : start + 20_000])
        ]
        registry.record_houses(on=HOUSED, by=by, rows=rows)


def looks(numbers: Sequence[str]) -> Any:
    """A look at each household; one in fifty is wrong."""
    for at, number in enumerate(numbers):
        chance = random.Random(at)
        seen = chance.choices([said for said, _code in _SEEN], [90, 7, 3])[0]
        day = f"2020-05-{chance.randint(1, 28):02d}"
        if chance.random() < 0.02:
            seen, day = chance.choice((("还行", day), ("", day), (seen, "2020-04-02")))
        yield number, seen, day, "是" if chance.random() < 0.8 else "否", "后墙有竖向裂缝" if seen == "疑似危房" else ""


def papers(numbers: Sequence[str]) -> Any:
    """An appraisal of each house: 15 in 100 are C or D, as where 113,400 reports became 96,800 plates (S0-28…34); one in fifty is wrong."""
    for at, number in enumerate(numbers):
        chance = random.Random(at)
        levels = [chance.choices("abcd", [78.3, 19, 2, 0.7])[0] for _component in _COMPONENTS]
        storeys = 1
        if chance.random() < 0.02:
            levels[1], storeys = chance.choice((("", 1), ("e", 1), ("a", 3)))
        yield number, f"2020-05-{chance.randint(1, 28):02d}", "石岩、梁工", "安全", "砖木", storeys, *levels, "", "按现状使用"


# ------------------------------------------------------------------------------------------------ the contestants


def anju(path: Path, kind: str) -> int:
    """The product's own, done by the county's clerk."""
    return received(path, f"{kind}.xlsx", kind).rows_total


def bulk_create(path: Path, kind: str) -> int:
    """Read, check, find, collect, bulk_create, all in one transaction."""
    with acting(SYSTEM), transaction.atomic():
        sheet = openpyxl.load_workbook(path, read_only=True).worksheets[0]
        known = {number: (key, area) for key, number, area in Household.objects.values_list("pk", "number", "area")}
        write = _peer_looks if kind == "screenings" else _peer_papers
        total, waiting = 0, []
        for row, cells in enumerate(sheet.iter_rows(min_row=2, values_only=True), 2):
            waiting.append((row, cells))
            if len(waiting) == 5000:
                write(waiting, known)
                total, waiting = total + 5000, []
        write(waiting, known)
        return total + len(waiting)


def _day(value: Any, findings: list[dict[str, str]]) -> date | None:
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError:
        findings.append({"check": "date", "message": "认不出日期；请写成 2020-05-20"})
        return None


def _peer_looks(rows: list[Any], known: dict[str, tuple[int, str]]) -> None:
    codes, round_, now, clerk = dict(_SEEN), Round.objects.get(), timezone.now(), clerk_of()
    kept, made = [], []
    for row, cells in rows:
        findings: list[dict[str, str]] = []
        home, on = known.get(cells[0]), _day(cells[2], findings)
        if home is None:
            findings.append({"check": "household", "message": "找不到这一户"})
        if cells[1] not in codes:
            findings.append({"check": "result", "message": "排查结果不在可选范围"})
        if on is not None and not round_.starts_on <= on <= county.AS_OF:
            findings.append({"check": "round", "message": "不在轮次的日期内"})
        kept.append(BenchRow(row=row, household_id=home[0] if home else None, raw=[str(cell or "") for cell in cells], findings=findings))
        if home is not None and on is not None and not findings:
            made.append(
                Screening(
                    round=round_, household_id=home[0], area=home[1], on=on, result=codes[cells[1]], lives_here=cells[3] == "是", note=cells[4] or "",
                    by=clerk, recorded_at=now, source=f"bench.row:{row}",
                )
            )  # fmt: skip
    BenchRow._default_manager.bulk_create(kept)
    Screening.objects.bulk_create(made)


def _peer_papers(rows: list[Any], known: dict[str, tuple[int, str]]) -> None:
    now, clerk = timezone.now(), clerk_of()
    households = [known[cells[0]][0] for _row, cells in rows]
    house_of = dict(Dwelling.objects.filter(occupancies__household__in=households).values_list("occupancies__household", "pk"))
    kept, made, forms = [], [], []
    for row, cells in rows:
        findings: list[dict[str, str]] = []
        home, on = known.get(cells[0]), _day(cells[1], findings)
        levels = {key: level for key, level in zip(_COMPONENTS.values(), cells[6:12], strict=True) if level}
        judged = None
        if home is not None and on is not None:
            form = {"site": "safe", "structure": "brick_timber", "storeys": cells[5], "components": levels}
            try:
                judged = judging.judge(form, area=home[1], on=on)
            except Refused as refused:
                findings.append({"check": refused.rule.id, "message": refused.message})
        kept.append(BenchRow(row=row, household_id=home[0] if home else None, raw=[str(cell or "") for cell in cells], findings=findings))
        if home is not None and on is not None and judged is not None:
            grade = judged.outcome.grade
            made.append(
                Appraisal(
                    number=f"{home[1][:6]}-JD2020-{row:06d}", household_id=home[0], dwelling_id=house_of[home[0]], area=home[1], on=on, kind="appraised",
                    organiser="county", appraisers=cells[2].split("、"), trigger="first", **judging.computed(judged), grade=grade,
                    advice=judging.default_advice(judged, grade), opinion=cells[13] or "", objection_until=judging.last_day_to_object(home[1], on), by=clerk,
                    recorded_at=now, source=f"bench.row:{row}",
                )
            )  # fmt: skip
            forms.append(judged)
    BenchRow._default_manager.bulk_create(kept)
    written = Appraisal.objects.bulk_create(made)
    found = [one for paper, judged in zip(written, forms, strict=True) for one in judging.findings(paper, judged)]
    type(found[0])._default_manager.bulk_create(found)
    HouseGrade.objects.bulk_create(
        [
            HouseGrade(
                household_id=paper.household_id, dwelling_id=paper.dwelling_id, grade=paper.grade, appraisal=paper, area=paper.area, valid_from=paper.on,
                recorded_at=now,
            )
            for paper in written
        ]
    )  # fmt: skip


WAYS: dict[str, tuple[Callable[[Path, str], int], str]] = {"anju": (anju, "anju"), "bulk_create": (bulk_create, "openpyxl + bulk_create")}


# ------------------------------------------------------------------------------------------------ pages and sheets


def conclude(many: int) -> None:
    """As many households concluded as were appraised A or B, at most so many."""
    clerk, campaign = clerk_of(), Campaign.objects.get()
    safe = list(
        HouseGrade.objects.filter(superseded_at=None, valid_to=None, grade__in=("A", "B"))
        .order_by("area", "household")
        .values_list("household", flat=True)
    )
    for start in range(0, min(many, len(safe)), 5000):
        piece = safe[start : min(start + 5000, many)]
        findings = [
            verification.Finding(
                household=key,
                category="appraised_safe",
                on=county.AS_OF,
                verifiers=["邢志国"],
                campaign=campaign,
                informant="本人",
                lives_here=True,
            )
            for key in piece
        ]
        refused = verification.conclude_many(findings=findings, by=clerk)
        assert not refused, next(iter(refused.values())).message


def pages(households: int) -> None:
    """What the server takes for each page, one reader; and how the database counts."""
    setup_test_environment()
    settings.ALLOWED_HOSTS = ["*"]
    with acting(SYSTEM):
        clerk, campaign, round_ = clerk_of(), Campaign.objects.get(), Round.objects.get()
        code = village_of(7)[0]
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    client = Client()
    client.force_login(clerk)
    asked: list[tuple[str, Callable[[], Any]]] = [
        ("verification overview", lambda: client.get(reverse("verification:overview"))),
        ("one village", lambda: client.get(reverse("verification:village", args=[campaign.pk, code]))),
        ("open households", lambda: client.get(reverse("verification:households", args=[campaign.pk]) + "?category=open")),
        ("first page, counted anew", lambda: _anew(client)),
        ("a round by township", lambda: client.get(reverse("appraisals:round", args=[round_.pk]))),
        ("households a round has left", lambda: client.get(reverse("appraisals:round-households", args=[round_.pk]) + "?state=left")),
        ("ledger of appraisals", lambda: client.get(reverse("appraisals:ledger"))),
        ("what waits for an appraisal", lambda: client.get(reverse("appraisals:waiting") + "?why=group")),
        ("danger ledger", lambda: client.get(reverse("guarantees:danger"))),
        ("people in dangerous houses", lambda: client.get(reverse("guarantees:lived-in"))),
        ("hazards", lambda: client.get(reverse("appraisals:hazards"))),
        ("newly recognised this month", lambda: client.get(reverse("appraisals:hazard-newly"))),
        ("a round's coverage by township (query)", lambda: _as(clerk, lambda: round_coverage(round_, digits=9))),
        ("closing sums by township (query)", lambda: _as(clerk, lambda: queries.balance(county.COUNTY, digits=9))),
    ]
    print(f"{households:,} households, {ASKED} askings each", flush=True)
    for name, ask in asked:
        taken = []
        for _time in range(ASKED + 2):
            began = time.perf_counter()
            answer = ask()
            taken.append((time.perf_counter() - began) * 1000)
            assert getattr(answer, "status_code", 200) == 200, name
        taken = sorted(taken[2:])
        print(f"{name:<42}p50 {statistics.median(taken):8.1f} ms   p95 {taken[int(len(taken) * 0.95)]:8.1f} ms", flush=True)
    print(_as(clerk, lambda: _plan(campaign)))


def _anew(client: Client) -> Any:
    """The first page after an act of one's own."""
    client.cookies["anju_acted"] = secrets.token_hex(4)
    return client.get(reverse("home"))


def _as(user: User, act: Callable[[], Any]) -> Any:
    with transaction.atomic(), acting(actor_of(user)):
        return act()


def _plan(campaign: Campaign) -> str:
    """How the overview's count is made, the lines that tell."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")
        cursor.execute(
            """EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY ON)
               SELECT left(h.area, 12), coalesce(v.category, ''), count(*) FROM registry_household h
               LEFT JOIN verification_verification v ON v.household_id = h.id AND v.valid_to IS NULL AND v.superseded_at IS NULL
               WHERE h.closed_on IS NULL AND h.area >= %s AND h.area < %s GROUP BY 1, 2""",
            [campaign.area, campaign.area + "~"],
        )
        return "\n".join(line for (line,) in cursor.fetchall())


def print_sheets() -> None:
    """A county's sheets from the register, each with a photo from the store, into one archive."""
    with acting(SYSTEM):
        with transaction.atomic():
            _photos()
        concluded = Verification.objects.open()
        began = time.perf_counter()
        with memory.file() as out:
            many = sheets.county_file(concluded, out, sheets.Run(lambda done, where: None))
            size = out.tell()
        seconds = time.perf_counter() - began
    own, presses = (resource.getrusage(who).ru_maxrss / 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    print(f"sheets      {many:>9,} in {seconds:8.1f} s {many / seconds:8.1f} pages/s   archive {size / 1e6:,.0f} MB")
    print(f"peak memory {own:,.0f} MB here, of it the archive; {presses:,.0f} MB in the largest press")


def _photos() -> None:
    """An album with one photo for every conclusion; all are one file of a thumbnail's size."""
    clerk, now = clerk_of(), timezone.now()
    picture = io.BytesIO()
    Image.frombytes("RGB", (60, 45), random.Random(7).randbytes(60 * 45 * 3)).resize((480, 360), Image.Resampling.BICUBIC).save(
        picture, "JPEG", quality=80
    )
    picture.seek(0)
    thumb = store.put(picture, name="thumb.jpg", media_type="image/jpeg", by=clerk)
    rows = list(Verification.objects.open().filter(album=None))
    for start in range(0, len(rows), 5000):
        piece = rows[start : start + 5000]
        albums = [Album(area=one.area, title="核验", owner="", created_by=clerk) for one in piece]
        temporary.insert(albums)
        temporary.insert(
            [
                Photo(
                    client_id=uuid.uuid4(), album=album, area=album.area, kind="present", file=thumb, thumb=thumb, width=480, height=360, original_sha256="0" * 64, original_sm3="0" * 64,
                    original_size=1, content_sha256="0" * 64, content_sm3="0" * 64, received_at=now, by=clerk, taken_at=now,
                )
                for album in albums
            ]
        )  # fmt: skip
        for one, album in zip(piece, albums, strict=True):
            one.album = album
        Verification.objects.bulk_update(piece, ["album"], batch_size=1000)


# ------------------------------------------------------------------------------------------------ the run


def one(part: str, way: str, options: argparse.Namespace) -> None:
    """One part, in this process; a contestant prints what it took."""
    connection.settings_dict["NAME"] = options.database
    with tempfile.TemporaryDirectory() as files:
        settings.FILE_STORE = str(Path(files, "store"))
        if part == "pages":
            with acting(SYSTEM), transaction.atomic():
                conclude(options.verified)
            pages(options.households)
        elif part == "sheets":
            print_sheets()
        else:
            began = time.perf_counter()
            stored = WAYS[way][0](Path(options.folder, f"{part}.xlsx"), part)
            seconds = time.perf_counter() - began
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
            with acting(SYSTEM):
                wrote = Screening.objects.count() if part == "screenings" else Appraisal.objects.count()
            print(json.dumps({"rows": stored, "seconds": seconds, "megabytes": peak / 1024, "wrote": wrote}))


def _child(part: str, way: str, copy: str, folder: str, options: argparse.Namespace) -> str:
    command = [
        *(
            sys.executable,
            "-m",
            "benchmarks.safety",
            str(options.households),
            "--verified",
            str(options.verified),
            "--one",
            part,
            "--way",
            way,
        ),
        *("--database", copy, "--folder", folder),
    ]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


def main() -> int:
    """Prints the tables."""
    parser = argparse.ArgumentParser(prog="benchmarks.safety")
    parser.add_argument("households", nargs="?", type=int, default=HOUSEHOLDS)
    parser.add_argument("--appraised", type=int, default=APPRAISED)
    parser.add_argument("--verified", type=int, default=VERIFIED)
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    parser.add_argument("--way", default="anju", help=argparse.SUPPRESS)
    parser.add_argument("--database", default="", help=argparse.SUPPRESS)
    parser.add_argument("--folder", default="", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        one(options.one, options.way, options)
        return 0
    rates: dict[tuple[str, str], float] = {}
    with scratch() as name, tempfile.TemporaryDirectory() as folder:
        print(f"a county of {options.households:,} households with their houses, and the workbooks …", flush=True)
        with acting(SYSTEM):
            _plant(options, Path(folder))
        connection.close()
        for way, copy in copies(name, WAYS):
            for part in ("screenings", "appraisals"):
                taken = json.loads(_child(part, way, copy, folder, options).strip().splitlines()[-1])
                rates[part, way] = taken["rows"] / taken["seconds"]
                faster = "" if way == "anju" else f"   anju is {rates[part, 'anju'] / rates[part, way]:.1f} × faster"
                print(
                    f"{part:<12}{WAYS[way][1]:<24}{taken['rows']:>9,} rows {taken['wrote']:>9,} recorded {taken['seconds']:>8.1f} s "
                    f"{rates[part, way]:>8,.0f} rows/s {taken['megabytes']:>7,.0f} MB{faster}",
                    flush=True,
                )
            if way == "anju":
                print(_child("pages", way, copy, folder, options), flush=True)
                print(_child("sheets", way, copy, folder, options), flush=True)
    return 0


def _plant(options: argparse.Namespace, folder: Path) -> None:
    register(options.households)
    clerk = clerk_of()
    houses(clerk)
    rounds.open_round(area=county.COUNTY, kind="great", name="大排查", starts_on=STARTS, ends_on=date(2020, 6, 30), by=clerk)
    verification.open_campaign(area=county.COUNTY, name="2020年核验", starts_on=STARTS, due=date(2020, 6, 30), by=clerk)
    numbers = list(Household.objects.order_by("number").values_list("number", flat=True))
    written(folder / "screenings.xlsx", "表", _LOOKS, looks(numbers))
    written(folder / "appraisals.xlsx", "表", _PAPERS, papers(numbers[: options.appraised]))
    with connection.cursor() as cursor:
        cursor.execute(ROWS_TABLE)
        cursor.execute("ANALYZE")


if __name__ == "__main__":
    raise SystemExit(main())

"""Renovations of 2009 to 2019 as the counties' archives have them: a workbook that comes in through the imports' door, as finished cases.

They are the works that the housing offices' ledgers tell of: the same households, years and sums.
"""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.demo.place import Place
from anju.imports import actions as imports
from anju.imports.models import ImportBatch
from anju.registry.models import Membership, PastSupport

Users = dict[str, User]
SEED = 2009
KIND = "renovations"
_HEADINGS = (
    "户编号", "年度", "对象类别", "危房等级", "改造方式", "建设方式", "改造后面积", "批准日期", "开工日期", "竣工日期", "验收日期", "补助合计", "总造价", "自筹", "施工方", "备注",
)  # fmt: skip
_LAST_PLAN, _LISTED_SINCE = 2019, 2014
_TEAMS = ("宏达施工队", "鑫源建筑队", "本村工匠", "自家和亲友")


def tell(people: Users, place: Place, folder: Path) -> None:
    """A workbook for each county; one that was received before is left as it is."""
    for county in place.counties:
        if ImportBatch.objects.filter(within(county), kind=KIND).exists():
            continue
        clerk = people[f"demo-clerk-{county}"]
        rows = list(_rows(county))
        if rows:
            path = folder / f"{place.names[county]}历年危房改造农户档案.xlsx"
            _write(path, rows)
            imports.receive(file=path, name=path.name, by=clerk, area=county, kind=KIND, as_of=date(2019, 12, 31))


def _rows(county: str) -> Iterator[tuple[str | int | float, ...]]:
    """One row a household and year, as far as the ledger tells of a house of this register."""
    chance = random.Random(f"{SEED}:{county}")
    told = PastSupport.objects.filter(within(county), year__lte=_LAST_PLAN, superseded_at=None).order_by("area", "id")
    spells = Membership.objects.open().filter(person__in=[one.person_id for one in told if one.person_id]).select_related("household")
    lives = {one.person_id: one.household for one in spells}
    seen = set()
    for support in told.select_related("household"):
        household = support.household or lives.get(support.person_id or 0)
        if household is None or household.closed_on is not None or household.pk in seen:
            continue
        seen.add(household.pk)
        whole = (support.amount or 0) >= 800_000 or "建" in support.kind
        start = date(support.year, 4, 10) + timedelta(days=chance.randint(0, 50))
        done = start + timedelta(days=chance.randint(70, 120) if whole else chance.randint(20, 45))
        paid = (support.amount or 600_000) // 100
        own = chance.randrange(3_000, 22_000, 500) if whole else chance.randrange(0, 3_000, 500)
        group = "建档立卡户" if support.year >= _LISTED_SINCE and "JDLK" in household.groups.split("+") else "其他贫困户"
        yield (
            *(
                household.number,
                support.year,
                group,
                "D" if whole else "C",
                "原址翻建" if whole else "修缮加固",
                chance.choice(("自建", "自建", "统建")) if whole else "自改",
            ),
            *(
                chance.randint(38, 72) if whole else chance.randint(45, 90),
                (start - timedelta(days=20)).isoformat(),
                start.isoformat(),
                done.isoformat(),
            ),
            *(
                (done + timedelta(days=12)).isoformat(),
                paid,
                paid + own,
                own,
                chance.choice(_TEAMS),
                "依据纸质档案录入" if chance.random() < 0.1 else "",
            ),
        )


def _write(path: Path, rows: list[tuple[str | int | float, ...]]) -> None:
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        book.set_properties({"created": date(2019, 12, 31)})
        sheet = book.add_worksheet("农户档案")
        for line, row in enumerate((_HEADINGS, *rows)):
            sheet.write_row(line, 0, row)

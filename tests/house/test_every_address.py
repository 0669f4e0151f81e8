"""Every address × every role × where the person stands: nothing of another area is shown, counted, handed out or changed.

The addresses are read from the site itself: one that isn't listed here fails. Retro-fitted access control leaks where nobody looked.
"""

import io
import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django.utils.html import escape

from anju.accounts import actions as accounts
from anju.accounts.models import Grant, NamedRecord, User
from anju.accounts.roles import ROLES, Power
from anju.accounts.signing_in.models import SignedInSession
from anju.appraisals.actions import appraising, hazards, no_house, objecting, posting, rechecking, rounds, screening, stock
from anju.appraisals.views import hanging, monitoring, paper
from anju.cases import actions as cases
from anju.cases.models import Case, CaseStep, HouseholdPlan
from anju.cases.photographs import SHOTS
from anju.cases.views import acts as case_acts
from anju.cases.views import archives as case_archives
from anju.cases.views import household_plan
from anju.cases.views import many as many_cases
from anju.cases.views import quota as case_quota
from anju.clock.actions import set_today
from anju.demo import pictures
from anju.entries import actions as entries
from anju.entries.models import SystemEntry
from anju.evidence import albums, photos
from anju.exports.actions import asking
from anju.guarantees import actions as guarantees
from anju.guarantees.views import household as way
from anju.guarantees.views import stock as stocks
from anju.imports import actions as imports
from anju.jobs.models import Job
from anju.notices import actions as notices
from anju.notices.views import notice
from anju.problems.actions import hand_over, open_problem
from anju.problems.views import problem
from anju.registry import actions as registry
from anju.registry.models import Category, Change, Household
from anju.rosters.actions import letters, receiving
from anju.rosters.models import Batch, BatchRow, Decision, Match
from anju.rosters.tests import county
from anju.trail.models import Entry
from anju.verification import actions as verification

PEOPLE, LISTED = 147, 137
"""Sizes of the other county's lists: numbers that stand nowhere else on a page."""


OTHER_CITY = "2110"
"""A city of the same province, above none of the two counties: who sits higher sees no more of what lies beside."""


@dataclass
class Side:
    """A county with everything an address can name, and the words by which its content is recognised."""

    code: str
    township: str
    clerk: User
    somebody: str
    words: set[str] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    ids: dict[str, Any] = field(default_factory=dict)


# name of the address → what it takes of the county it points at. None: it takes nothing.
ADDRESSES: dict[str, tuple[str, ...] | None] = {
    **dict.fromkeys(
        ("home", "area", "grant", "jobs:list", "jobs:panel", "jobs:badge", "people:list", "people:new", "people:offices"), None
    ),
    **dict.fromkeys(("operations:selfcheck", "components", "county-shapes", "places:tree", "places:map"), None),
    **dict.fromkeys(("households:list", "households:find"), None),
    **dict.fromkeys(("rosters:list", "rosters:upload", "rosters:nobody", "rosters:cross"), None),
    **dict.fromkeys(("rosters:against", "rosters:letters"), None),
    **dict.fromkeys(("trail:list", "trail:verify", "trail:root", "security:people", "security:history"), None),
    **dict.fromkeys(("account:page", "account:password", "account:phone", "account:end-others"), None),
    "trail:entry": ("entry",),
    "account:end-session": ("session",),
    "security:person": ("user",),
    "security:secure": ("user",),
    **dict.fromkeys(("jobs:row", "jobs:cancel"), ("job",)),
    **dict.fromkeys(("people:one", "people:give", "people:switch"), ("user",)),
    "people:take_back": ("user", "grant"),
    **dict.fromkeys(("exports:list", "exports:ask", "exports:reveals", "exports:masks"), None),
    **dict.fromkeys(("exports:show", "exports:download", "exports:decide"), ("export",)),
    **dict.fromkeys(("imports:list", "imports:upload", "entries:list", "entries:households", "entries:mark"), None),
    **dict.fromkeys(("imports:batch", "imports:progress", "imports:rows", "imports:resume", "imports:undo"), ("import",)),
    "imports:row": ("import", "import_row"),
    "entries:withdraw": ("mark",),
    "rosters:pairing": ("run",),
    **dict.fromkeys(("rosters:letter", "rosters:answer"), ("letter",)),
    **dict.fromkeys(
        (
            *("rosters:batch", "rosters:progress", "rosters:mapping", "rosters:columns", "rosters:act", "rosters:enrol", "rosters:sign"),
            *("rosters:void", "rosters:rows", "rosters:review"),
            *("rosters:review_undo", "rosters:compare", "rosters:end_left", "rosters:letters_of"),
        ),
        ("batch",),
    ),
    "rosters:undo": ("batch", "decision"),
    "rosters:row": ("batch", "row"),
    **dict.fromkeys(("rosters:pair", "rosters:decide", "rosters:reveal"), ("batch", "match")),
    **dict.fromkeys(
        (
            "households:page",
            "households:reveal",
            "households:head",
            "households:leave",
            "households:split",
            "households:merge",
            "households:move",
        ),
        ("household",),
    ),
    "households:undo": ("household", "change"),
    **dict.fromkeys(("problems:list", "problems:new", "notices:list", "notices:new"), None),
    "problems:panel": ("household",),
    **dict.fromkeys(("problems:show", "problems:paper"), ("problem",)),
    "problems:act": ("problem",),
    **dict.fromkeys(("notices:show", "notices:paper", "notices:photograph", "notices:close"), ("notice",)),
    "notices:act": ("notice",),
    "notices:answer": ("notice", "objection"),
    **dict.fromkeys(("appraisals:ledger", "appraisals:waiting", "appraisals:postings"), None),
    **dict.fromkeys(("appraisals:panel", "appraisals:fill", "appraisals:look", "appraisals:album"), ("household",)),
    **dict.fromkeys(("appraisals:show", "appraisals:report"), ("appraisal",)),
    "appraisals:act": ("appraisal",),
    "appraisals:answer": ("appraisal", "refusal"),
    **dict.fromkeys(("appraisals:posting", "appraisals:posting-paper"), ("posting",)),
    "appraisals:hang": ("posting",),
    **dict.fromkeys(("appraisals:rechecks", "appraisals:recheck-new", "appraisals:recheck-items"), None),
    **dict.fromkeys(("appraisals:recheck", "appraisals:recheck-void"), ("recheck",)),
    "appraisals:recheck-settle": ("recheck", "recheck_item"),
    **dict.fromkeys(
        ("appraisals:rounds", "appraisals:round-new", "appraisals:hazards", "appraisals:hazard-new", "appraisals:hazard-newly"), None
    ),
    **dict.fromkeys(("appraisals:round", "appraisals:round-households"), ("round",)),
    "appraisals:round-act": ("round",),
    **dict.fromkeys(("appraisals:round-village", "appraisals:round-alike"), ("round", "village")),
    **dict.fromkeys(("appraisals:round-look", "appraisals:round-album"), ("round", "household")),
    "appraisals:round-undo": ("round", "screening"),
    "appraisals:hazard-album": ("household",),
    **dict.fromkeys(("appraisals:no-house", "appraisals:no-house-end", "appraisals:no-house-album"), ("houseless",)),
    **dict.fromkeys(("appraisals:hazard", "appraisals:hazard-act", "guarantees:lift"), ("hazard",)),
    **dict.fromkeys(
        ("guarantees:list", "guarantees:danger", "guarantees:households", "guarantees:lived-in", "guarantees:stocks"),
        None,
    ),
    **dict.fromkeys(("guarantees:panel", "guarantees:record", "guarantees:album"), ("household",)),
    **dict.fromkeys(("guarantees:show", "guarantees:correct"), ("way_out",)),
    "guarantees:act": ("way_out",),
    **dict.fromkeys(("guarantees:stock", "guarantees:stock-households", "guarantees:stock-paper"), ("stock",)),
    "guarantees:stock-act": ("stock",),
    "guarantees:strike": ("stock_entry",),
    **dict.fromkeys(("verification:overview", "verification:new", "verification:balance", "verification:balance-households"), None),
    **dict.fromkeys(("verification:panel", "verification:conclude", "verification:sheet", "verification:album"), ("household",)),
    **dict.fromkeys(("verification:households", "verification:close"), ("campaign",)),
    **dict.fromkeys(("verification:village", "verification:alike"), ("campaign", "village")),
    **dict.fromkeys(("cases:list", "cases:areas", "cases:plans", "cases:years", "cases:drawings", "cases:new", "cases:many"), None),
    **dict.fromkeys(("cases:plans-cases", "cases:plans-down", "cases:quotas"), None),
    **dict.fromkeys(("cases:qualified", "cases:qualified-areas", "cases:qualified-apply"), None),
    **dict.fromkeys(("cases:quota", "cases:quota-act"), ("quota",)),
    "cases:panel": ("household",),
    **dict.fromkeys(("cases:show", "cases:history", "cases:subsidy", "cases:act"), ("case",)),
    **dict.fromkeys(("cases:archives", "cases:meeting-album"), None),
    "cases:household-archive": ("household",),
    **dict.fromkeys(("cases:application", "cases:review", "cases:agreement", "cases:photos", "cases:album"), ("case",)),
    **dict.fromkeys(("cases:archive", "cases:archive-album", "cases:archive-act"), ("case",)),
    **dict.fromkeys(("cases:household-plan", "cases:plan-look", "cases:plan-panel", "cases:plan-paper", "cases:plan-family"), ("case",)),
    "cases:retire-drawing": ("drawing",),
    "evidence:photo": ("photo",),
    **dict.fromkeys(("evidence:explain", "evidence:withdraw", "evidence:restore"), ("photo",)),
    **dict.fromkeys(("evidence:album", "evidence:add"), ("album",)),
}
# name of the address → the last word of its path: everything that can be done there.
STEPS: dict[str, tuple[str, ...]] = {
    "problems:act": tuple(problem.ACTS),
    "notices:act": tuple(notice.ACTS),
    "appraisals:act": tuple(paper.ACTS),
    "appraisals:answer": tuple(paper.ANSWERS),
    "appraisals:hang": tuple(hanging.ACTS),
    "appraisals:round-act": ("close", "staff"),
    "appraisals:hazard-act": tuple(monitoring.ACTS),
    "guarantees:act": tuple(way.ACTS),
    "guarantees:stock-act": tuple(stocks.ACTS),
    "cases:many": tuple(many_cases.ACTS),
    "cases:act": (*case_acts.ACTS, *case_acts.BESIDE),
    "cases:quota-act": tuple(case_quota.ACTS),
    "cases:album": tuple(SHOTS),
    "cases:archive-act": tuple(case_archives.ACTS),
    "cases:plan-family": tuple(household_plan.MOVES),
    "security:secure": ("unlock", "factor", "password"),
    "evidence:photo": ("thumb", "full"),
}
# What everybody may have: signing in, the look, public shapes, empty templates.
PUBLIC = {"login", "logout", "theme", "language", "divisions:boundaries", "rosters:template", "rosters:confirm", "imports:template"}
PUBLIC |= {"posted"}  # a notice, by an address that can't be guessed
PUBLIC |= {"plate"}  # a sign or plate, by an address that can't be guessed
PUBLIC |= {"door:code", "door:phone", "door:on", "door:password", "door:resume"}


def _addresses(resolver: URLResolver, space: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from _addresses(entry, f"{space}{entry.namespace}:" if entry.namespace else space)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}"


def test_every_address_is_listed_here() -> None:
    assert set(_addresses(get_resolver())) == set(ADDRESSES) | PUBLIC


def _paths(name: str, *sides: Side, steps: bool) -> list[str]:
    """The address of what the first side has, in one and the rest of what it has belongs to the last; with ``steps`` everything that can be done."""
    args = [sides[min(place, len(sides) - 1)].ids[one] for place, one in enumerate(ADDRESSES[name] or ())]
    ends: list[tuple[str, ...]] = [(step,) for step in STEPS.get(name, ())] or [()]
    return [reverse(name, args=[*args, *end]) for end in (ends if steps else ends[:1])]


Done = Callable[[], AbstractContextManager[Any]]


def _list(path: Path, clerk: User, code: str, done: Done) -> Batch:
    with done():
        batch = receiving.receive(file=path, name=path.name, by=clerk, area=code, as_of=county.AS_OF)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.MATCHED, batch.message
    return batch


def _problem_and_notice(side: Side, household: Household) -> dict[str, Any]:
    """A problem handed over and a notice objected to, with words that stand nowhere else."""
    word = f"屋面渗漏{side.code}"
    opened = open_problem(source="superior", category="archive", area=household.area, household=household, description=word, by=side.clerk)
    hand_over(problem=opened, to=side.clerk.organisation, due=county.TODAY, by=side.clerk)
    posted = notices.post(
        kind="review",
        area=household.area,
        title=f"评议结果{side.code}",
        rows=[{"place": f"某组{side.code}"}],
        by=side.clerk,
        hotline="0418-6926331",
    )
    objection = notices.object_to(notice=posted, about=f"不同意{side.code}", channel="visit", by=side.clerk)
    side.words |= {word, opened.number, posted.title, objection.about}
    return {"problem": opened.pk, "notice": posted.pk, "objection": objection.pk}


def _appraised(side: Side, household: Household) -> dict[str, Any]:
    """An appraised house with an objection and a sign, with words that stand nowhere else."""
    house = registry.record_dwelling(
        household=household, kind="own", on=date(2020, 1, 1), by=side.clerk, state={"structure": "stone", "storeys": 1}
    )
    made = appraising.submit(
        household=household,
        dwelling=house,
        form={"site": "dangerous"},
        by=side.clerk,
        appraisers=[f"鉴定人{side.code}"],
        opinion=f"搬离{side.code}",
    )
    inspector = accounts.admit(
        login=f"recheck{side.code}", name=f"抽查人{side.code}", organisation=side.clerk.organisation, role="county_clerk", password="-",
        check_password=False,
    )  # fmt: skip
    lot = rechecking.draw(
        appraiser=side.clerk, area=side.code, since=date(2020, 1, 1), until=county.TODAY, by=inspector, seed=f"随机{side.code}"
    )
    drawn = lot.items.get()
    objection = objecting.receive(appraisal=made, raised_by=f"户主{side.code}", reason=f"不认可{side.code}", by=side.clerk)
    sign = posting.issue(kind="sign", appraisal=made, by=side.clerk)
    side.words |= {lot.seed, inspector.name}
    side.words |= {made.number, made.opinion, objection.reason, objection.raised_by, sign.number, made.appraisers[0]}
    return {
        "house": house.pk, "appraisal": made.pk, "refusal": objection.pk, "posting": sign.pk, "recheck": lot.pk, "recheck_item": drawn.pk,
    }  # fmt: skip


def _looked_at(side: Side, household: Household) -> dict[str, Any]:
    """A round with a suspect house, and an open hazard, with words that stand nowhere else."""
    round_ = rounds.open_round(
        area=side.code, kind="revisit", name=f"回头看{side.code}", starts_on=date(2020, 1, 1), ends_on=county.TODAY, by=side.clerk
    )
    look = screening.screen(round=round_, household=household, result="suspect", by=side.clerk, note=f"山墙外鼓{side.code}")
    hazard = hazards.report(
        household=household,
        way="household",
        cause="flood",
        description=f"墙根泡水{side.code}",
        reporter=f"报告人{side.code}",
        by=side.clerk,
    )
    side.words |= {round_.name, look.note, hazard.description, hazard.reporter}
    return {"round": round_.pk, "screening": look.pk, "hazard": hazard.pk}


def _housed(side: Side, household: Household) -> dict[str, Any]:
    """A way of living safely, and a stock of the danger ledger, with words that stand nowhere else."""
    way_out = guarantees.record(
        household=household, route="exchange", since=county.TODAY, by=side.clerk, provider=f"提供人{side.code}", document=f"协议{side.code}",
        safe_because="验收合格",
    )  # fmt: skip
    registry.set_category(category=Category.objects.get(code="JDLK"), household=household, on=date(2020, 1, 1), by=side.clerk)
    made = stock.make(area=side.code, by=side.clerk, as_of=county.TODAY)
    entry = made.entries.first()
    assert entry is not None
    side.words |= {way_out.provider, way_out.document}
    return {"way_out": way_out.pk, "stock": made.pk, "stock_entry": entry.pk}


def _houseless(side: Side, household: Household) -> dict[str, Any]:
    """A household found to have no house, with words that stand nowhere else."""
    found = no_house.determine(
        household=household,
        applied_on=date(2020, 5, 1),
        village_on=date(2020, 5, 10),
        village_opinion=f"村里同意{side.code}",
        township_opinion=f"镇里同意{side.code}",
        by=side.clerk,
    )
    side.words |= {found.village_opinion, found.township_opinion}
    return {"houseless": household.number}


def _verified(side: Side, household: Household) -> dict[str, Any]:
    """A campaign with one conclusion, with words that stand nowhere else."""
    campaign = verification.open_campaign(
        area=side.code, name=f"核验任务{side.code}", starts_on=date(2020, 1, 1), due=county.TODAY, by=side.clerk
    )
    made = verification.conclude(
        household=household,
        category="unguaranteed",
        by=side.clerk,
        verifiers=[f"核验人{side.code}"],
        why=f"没有住处{side.code}",
        campaign=campaign,
    )
    side.words |= {campaign.name, made.why, made.verifiers[0]}
    return {"campaign": campaign.pk, "village": household.area[:12]}


def _renovated(side: Side, household: Household) -> dict[str, Any]:
    """A case with a visit, and a year's plan, with words that stand nowhere else."""
    head = household.memberships.filter(relation="02").order_by("pk")[0].person
    made = Case.objects.create(
        number=f"{side.code}-GZ2020-000001", area=household.area, household=household, group="JDLK", grade="D", applied_on=county.TODAY,
        recorded_at=timezone.now(), source=f"旧台账{side.code}", since=county.TODAY, head=head, size=1,
    )  # fmt: skip
    CaseStep.objects.create(
        case=made, area=made.area, code="apply", on=county.TODAY, by=side.clerk, office=side.clerk.organisation, at=timezone.now(),
        reason=f"墙体外鼓{side.code}", details={"head": head.pk, "size": 1},
    )  # fmt: skip
    paper = cases.file_paper(case=made, item="identity", by=side.clerk, kept_at=f"档案柜{side.code}")
    plan = cases.make_plan(area=side.code, year=2020, households=1, complete_due=county.TODAY, document=f"计划{side.code}", by=side.clerk)
    quota = cases.ask_quota(area=side.code, year=2020, households=2, reason=f"新排查出危房{side.code}", by=side.clerk)
    drawing = cases.add_drawing(
        area=side.code, code=f"B{side.code}", name=f"图集{side.code}", structure="stone", storeys=1, main_area=Decimal(40), rooms=2, document="图",
        valid_from=county.TODAY, by=side.clerk,
    )  # fmt: skip
    HouseholdPlan.objects.create(
        case=made, area=made.area, drawn_on=county.TODAY, method="rebuild", drawing=drawing, works=[["roof", True]], subsidy=0, self_raised=100, total=100,
        village_person="甲", township_person="乙", note=f"方案{side.code}", by=side.clerk, recorded_at=timezone.now(),
    )  # fmt: skip
    side.words |= {made.number, f"墙体外鼓{side.code}", plan.document, paper.kept_at, drawing.name, quota.reason}
    return {"case": made.number, "drawing": drawing.pk, "quota": quota.pk}


def _fill(side: Side, batch: Batch, done: Done) -> Side:
    letter = letters.write_letter(batch=batch, kinds=["id_repaired"], by=side.clerk)
    run = batch.runs.get(kind="register")
    row, match = BatchRow.objects.filter(batch=batch).first(), Match.objects.filter(run=run).first()
    household, *_others, houseless = Household.objects.filter(area__startswith=side.code).order_by("pk")
    assert row is not None
    assert match is not None
    change = Change.objects.filter(household=household).first()
    assert change is not None
    decision = Decision.objects.create(run=run, kind="dispose", by=side.clerk, mismatch_kind="id_repaired", at=batch.received_at)
    file = io.BytesIO(f"户编号,建造年代,结构形式\r\n{household.number},1985,砖木\r\n".encode())
    with done():
        houses = imports.receive(file=file, name="房屋.csv", by=side.clerk, area=side.code)
    entries.mark_listed(system="safety", state="entered", on=county.TODAY, by=side.clerk, numbers=household.number)
    marked = SystemEntry.objects.get(household=household)
    export = asking.ask(kind="rosters.original", filters={"batch": batch.pk}, by=side.clerk, reason="archive")
    job = Job.objects.filter(created_by=side.clerk).first()
    assert job is not None
    entry = Entry.objects.filter(within__startswith=side.code).first()
    assert entry is not None
    client = Client()
    client.force_login(side.clerk)
    session = SignedInSession.objects.get(user=side.clerk)
    album = albums.new(area=household.area, title=f"{household.number} 房屋鉴定", owner=household.number, by=side.clerk)
    photo = photos.add(album=album, file=pictures.house(int(side.code), size=(320, 240)), kind="house", by=side.clerk)
    side.ids = {
        "album": album.pk, "photo": photo.pk, "batch": batch.pk, "run": run.pk, "row": row.pk, "match": match.pk, "letter": letter.pk, "household": household.number,
        "change": change.pk, "decision": decision.pk, "job": job.pk, "entry": entry.seq, "session": session.pk, "user": side.clerk.pk, "grant": side.clerk.grants.get().pk,
        "export": export.pk, "import": houses.pk, "import_row": houses.rows.get().pk, "mark": marked.pk, **_problem_and_notice(side, household),
    }  # fmt: skip
    side.ids |= _appraised(side, household)
    side.ids |= _looked_at(side, household)
    side.ids |= _houseless(side, houseless)
    side.ids |= _housed(side, household)
    side.ids |= _verified(side, household)
    side.ids |= _renovated(side, household)
    side.words |= {letter.number, f"{side.code}109201-" if side.code == county.COUNTY else f"{side.code}100201-"}
    return side


@pytest.fixture
def sides(db: None, tmp_path: Path, jobs_inline: None, django_capture_on_commit_callbacks: Any) -> dict[str, Side]:
    """Two counties of one city, each with its register, a list compared with it, and a letter."""

    def done() -> AbstractContextManager[Any]:
        return django_capture_on_commit_callbacks(execute=True)  # type: ignore[no-any-return]

    for code, name in county.PLACES:
        county.place(code, name)
    county.place(OTHER_CITY, "辽阳市")
    set_today(day=county.TODAY)
    made = {}
    for code, name in ((county.COUNTY, "彰武县"), (county.OTHER_COUNTY, "阜蒙县")):
        office = accounts.found(name=f"{name}住房和城乡建设局", kind="housing", area=code)
        clerk = accounts.admit(
            login=f"clerk{code}", name=f"{name}经办", organisation=office, role="county_clerk", password="-", check_password=False
        )
        here = code == county.COUNTY
        made[code] = Side(code, "210922109" if here else "210921100", clerk, county.SUN.name if here else "佟山金")
    own, other = made[county.COUNTY], made[county.OTHER_COUNTY]
    _list(county.roll(tmp_path / "农户花名册.csv"), own.clerk, own.code, done)
    rows = [
        county.allowance_row(county.SUN, cert="D1", head="孙福", id_number=county.broken(county.SUN.id_number)),
        county.allowance_row(county.LIU, cert="D2", head="刘守义"),
    ]
    _fill(own, _list(county.write(tmp_path / "低保.csv", county.ALLOWANCE, rows), own.clerk, own.code, done), done)
    own.words |= {person.name for person in county.EVERYBODY} | {"小官村", "大官村", "程沟村"}
    people = [
        county.Someone(
            f"M{place // 3:03d}",
            f"佟{'山川河海林'[place % 5]}{'金木水火土日月'[place % 7]}",
            f"19{50 + place % 45}0{1 + place % 9}1{place % 9}",
            place,
            "户主" if place % 3 == 0 else "其他亲属",
            "阜新镇",
            "桃李村",
        )
        for place in range(PEOPLE)
    ]
    heads = {person.household: person.name for person in people if person.relation == "户主"}
    roll = [(p.household, heads[p.household], p.name, p.sex, p.id_number, p.relation, p.township, p.village, "", "农业") for p in people]
    _list(county.write(tmp_path / "花名册.csv", county.ROLL, roll), other.clerk, other.code, done)
    rows = [
        county.allowance_row(p, cert=f"E{place}", head=heads[p.household], id_number=county.broken(p.id_number) if place == 3 else "")
        for place, p in enumerate(people[:LISTED])
    ]
    _fill(other, _list(county.write(tmp_path / "低保名单.csv", county.ALLOWANCE, rows), other.clerk, other.code, done), done)
    other.words |= {person.name for person in people} | {"桃李村"}
    other.numbers = {str(PEOPLE), str(LISTED)}
    return made


@pytest.fixture
def quiet(caplog: pytest.LogCaptureFixture) -> None:
    """Thousands of refusals are meant here; each would be kept with its traceback and all that hangs on it."""
    caplog.set_level(logging.ERROR, "django.request")


def _state(side: Side) -> list[tuple[Any, ...]]:
    """Everything kept of a county, as sums of its rows."""
    found = []
    with connection.cursor() as cursor:
        for table in (
            "registry_household",
            "registry_person",
            "registry_membership",
            "rosters_batch",
            "rosters_batchrow",
            "rosters_match",
            "rosters_mismatch",
            "rosters_letter",
            "exports_export",
            "exports_reveal",
            "problems_problem",
            "notices_notice",
            "notices_objection",
            "appraisals_appraisal",
            "appraisals_objection",
            "appraisals_posting",
            "appraisals_rechecklot",
            "appraisals_recheckitem",
            "appraisals_round",
            "appraisals_screening",
            "appraisals_hazard",
            "appraisals_nohouse",
            "evidence_album",
            "verification_campaign",
            "verification_verification",
            "cases_case",
            "cases_casestep",
            "cases_casenotice",
            "cases_casewaiver",
            "cases_agreement",
            "cases_drawing",
            "cases_householdplan",
            "cases_annualplan",
            "cases_planchange",
            "cases_quotarequest",
            "cases_quotaground",
            "cases_casearchive",
            "cases_archivepaper",
            "cases_paperreading",
            "guarantees_guarantee",
            "appraisals_stock",
            "appraisals_stockentry",
            "imports_importbatch",
            "imports_importrow",
            "registry_dwellingstate",
            "entries_systementry",
            "evidence_photo",
        ):
            cursor.execute(
                f"SELECT count(*), md5(string_agg(t::text, '' ORDER BY id)) FROM {table} t WHERE area LIKE %s", [f"{side.code}%"]
            )
            found.append((table, *(cursor.fetchone() or ())))
    cursor_user = User.objects.get(pk=side.clerk.pk)
    return [*found, (cursor_user.is_active, cursor_user.grants.filter(ended_at=None).count())]


def _stand(user: User, role: str, area: str, *, household: str, moved_from: str = "") -> None:
    """The person in the role, in the area; perhaps with an ended right elsewhere."""
    if moved_from:
        Grant.objects.create(user=user, role=role, area=moved_from, valid_from=date(2019, 1, 1), ended_at="2020-06-01T00:00:00Z")
    grant = Grant.objects.create(user=user, role=role, area=area, valid_from=date(2020, 1, 1))
    if ROLES[role].named:
        NamedRecord.objects.create(grant=grant, kind="household", key=household)


_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.S)


def _leaks(body: str, side: Side) -> set[str]:
    text = _TAGS.sub(" ", body)
    counted = set(re.findall(r"(?<![\d:,-])\d[\d,]*(?![\d:-])", text)) if side.numbers else set()
    return {word for word in side.words if word in text} | (side.numbers & counted)


def _body(response: Any) -> str:
    if response.headers.get("Content-Type", "").startswith(("application/pdf", "image/")):
        return ""  # packed: digits that are found in it say nothing
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return str(content.decode("utf-8", "replace"))


def _sought(target: Side) -> dict[str, Any]:
    """What a list may be asked for."""
    return {"area": target.code, "q": target.somebody, "county": target.code}


def _named(target: Side) -> dict[str, Any]:
    """What of the target an address or a form may name beside its path."""
    kept = ("household", "round", "campaign", "album", "batch", "grant", "row", "run", "house", "case")
    same = {"left": "batch", "right": "batch", "again": "problem", "hazard": "hazard", "back": "village", "part": "village"}
    return {one: target.ids[one] for one in kept} | {one: target.ids[of] for one, of in same.items()} | {"pick": target.ids["household"]}


def _filled(target: Side) -> dict[str, Any]:
    """A form that names everything of the target."""
    chosen = {"reason": "看看", "verdict": "same", "kind": "rosters.original", "why": "identify", "on": county.TODAY.isoformat()}
    return {**_named(target), **_sought(target), **chosen}


def _answer(client: Client, target: Side, where: str, address: str, *, post: bool, query: dict[str, Any] | None = None) -> tuple[Any, str]:
    """Asks one thing; nothing of the target is in the answer but what was asked for. The answer, and how to say what was asked."""
    full = f"{address}?{urlencode(query)}" if query else address
    given = _filled(target) if post else query or {}
    response = client.post(full, given) if post else client.get(full)
    told = f"{where}: {'POST' if post else 'GET'} {full} → {response.status_code}"
    assert response.status_code < 500, told
    assert response.status_code != 302 or SESSION_KEY in client.session, told
    body = _body(response).replace(address, "")
    for typed in {given.get("q", ""), given.get("household", "")} - {""}:  # what was typed may be said back
        body = body.replace(escape(typed), "")
    leaked = _leaks(body, target)
    assert not leaked, f"{told}: {leaked}"
    return response, told


def _ask(client: Client, target: Side, where: str, *, post: bool, own: Side | None = None) -> None:
    """Asks every address for what the target has; with ``own`` also for what of the target stands within something of one's own, and lists with
    what a person may fill in."""
    for name, takes in ADDRESSES.items():
        if name == "components" and own is None:  # invented names only, the same for everybody
            continue
        ways = [(target,), (own, target)] if own and takes and len(takes) > 1 else [(target,)]
        queries = [None, _sought(target), _named(target)] if own and takes is None and not post else [None]
        for address in [path for those in ways for path in _paths(name, *those, steps=post)]:
            for query in queries:
                response, told = _answer(client, target, where, address, post=post, query=query)
                if takes and "user" not in takes:
                    assert response.status_code in (302, 403, 404, 405), told


def test_a_role_sees_changes_and_counts_nothing_of_another_area(sides: dict[str, Side], quiet: None) -> None:
    """Each role from its own county; each set of powers (several roles may share one) from everywhere, and by writing too."""
    own, other = sides[county.COUNTY], sides[county.OTHER_COUNTY]
    before = {side.code: _state(side) for side in sides.values()}
    stands = [
        ("own county", own.code, "", other),
        ("child township", own.township, "", other),
        ("sibling township", "210922115", "", other),
        ("other county", other.code, "", own),
        ("other city", OTHER_CITY, "", other),
        ("moved here", own.code, other.code, other),
    ]
    walked = set()
    for code, role in sorted(ROLES.items()):
        rights = (role.powers, role.named)
        for place, (where, area, moved_from, target) in enumerate(stands[:1] if rights in walked else stands):
            office = accounts.found(name=f"机构{place}", kind="housing", area=area)
            user = accounts.open_account(login=f"{code}{place}", name="某人", organisation=office, password="-", check_password=False)
            near = Household.objects.filter(area__startswith=area).first()
            _stand(user, code, area, household=near.number if near else "", moved_from=moved_from)
            client = Client()
            client.force_login(user)
            told = f"{code}, {where}"
            mine = own if where == "own county" else None
            _ask(client, target, told, post=False, own=mine)
            if where in ("own county", "moved here") and rights not in walked:
                _ask(client, target, told, post=True, own=mine)
        walked.add(rights)
    assert {side.code: _state(side) for side in sides.values()} == before


def test_what_is_ones_own_takes_nothing_of_another_area_in(sides: dict[str, Side], quiet: None) -> None:
    """A clerk's own pages and forms, asked and filled with what another county has: nothing of it is shown or changed."""
    own, other = sides[county.COUNTY], sides[county.OTHER_COUNTY]
    before = _state(other)
    client, answers = Client(), Counter[int]()
    for post in (False, True):
        for name in ADDRESSES:
            for address in _paths(name, own, steps=post):
                if SESSION_KEY not in client.session:
                    client.force_login(own.clerk)
                response, _told = _answer(client, other, "clerk", address, post=post, query=None if post else _named(other))
                answers[response.status_code] += 1
    assert answers[200] > 60
    assert _state(other) == before


def test_the_words_would_be_found_if_they_were_shown(sides: dict[str, Side]) -> None:
    """Who may see both counties sees both: the search for leaks above finds what is there."""
    city = accounts.found(name="阜新市住建局", kind="housing", area="2109")
    viewer = accounts.admit(login="city", name="市", organisation=city, role="city_viewer", password="-", check_password=False)
    assert viewer.may(Power.VIEW)
    client = Client()
    client.force_login(viewer)
    other = sides[county.OTHER_COUNTY]
    assert _leaks(_body(client.get(reverse("rosters:batch", args=[other.ids["batch"]]))), other) >= {str(LISTED)}
    assert _leaks(_body(client.get(reverse("households:list"))), other)
    assert _leaks(_body(client.get(reverse("households:page", args=[other.ids["household"]]))), other)

"""A county's renovations for ``benchmarks.cases``: households on locked lists, their houses and grades, cases in every stage with all that led them there.

What a case says follows from its steps: for each way a case can have gone (``ways``) the product's own ``standing`` is asked what it comes to, and the
rows are written from that by INSERT … SELECT. ``replayed`` asks it again of cases as they were written.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from anju.accounts.models import User
from anju.cases.actions import tallying
from anju.cases.models import AnnualPlan, Case, CaseStep
from anju.cases.standing import COLUMNS, standing
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment, Housing
from anju.rosters.models import Batch
from anju.rosters.tests import county
from anju.vocabulary.idnumber import check_digit

TODAY, LISTED = date(2020, 6, 10), date(2016, 12, 31)
_EPOCH = date(2000, 1, 1)
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙马胡朱高林何", "桂兰国栋凤芹德海玉霞庆山守义秀英长福永久淑清占山"
_GROUPS = (("JDLK", 58, "poverty"), ("DB", 20, "civil_affairs"), ("TK", 12, "civil_affairs"), ("CJ", 10, "disabled_federation"))
_METHODS = {"D": ("rebuild", "unified_build"), "C": ("repair", "unified_repair"), "none": ("newbuild", "unified_build")}

_ROAD = (
    *(("apply", 0), ("review", 3), ("post_village", 11), ("visit", 12), ("review_township", 13), ("post_township", 21)),
    *((f"check_{office}", 22) for office in ("housing", "poverty", "civil_affairs", "disabled_federation")),
    *(("check", 23), ("post_county", 31), ("approve", 32), ("survey_mode", 34), ("agree", 36), ("stock_materials", 37), ("train", 38)),
    *(("start_works", 40), ("lay_foundation", 50), ("raise_structure", 65), ("complete", 85), ("accept_first", 90), ("accept", 95)),
    *(("strike", 96), ("plate", 97), ("pay", 110), ("archive", 115), ("close", 120)),
)
"""The steps with the days after the application on which each is done."""

# Where a county stands in June, in thousandths: the step that brought a case to its stage, the last one of the road before it (and the others that some
# have), how long it lasts at most, and what of the road's side it took.
_STAGES: tuple[tuple[int, tuple[str, ...], int, str], ...] = (
    (595, ("close",), 900, ""),
    (14, ("post_village",), 500, "refuse"),
    (10, ("approve",), 500, "withdraw"),
    (6, ("post_village",), 500, "take_other_route"),
    (25, ("apply",), 20, ""),
    (25, ("review",), 10, ""),
    (30, ("post_village", "visit"), 20, ""),
    (25, ("review_township",), 10, ""),
    (40, ("post_township", "post_township", "check_housing", "check_housing", "check_poverty", "check_disabled_federation"), 20, ""),
    (20, ("check",), 10, ""),
    (30, ("post_county",), 10, ""),
    (40, ("approve", "survey_mode", "agree", "stock_materials", "train"), 40, ""),
    (30, ("start_works",), 40, ""),
    (25, ("lay_foundation",), 40, ""),
    (25, ("raise_structure",), 40, ""),
    (20, ("complete",), 10, ""),
    (10, ("accept_first",), 10, ""),
    (20, ("accept", "strike", "plate", "pay"), 40, ""),
    (5, ("archive",), 20, ""),
    (3, ("post_township",), 20, "return"),
    (2, ("start_works",), 60, "pause"),
)
assert sum(share for share, *_more in _STAGES) == 1000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a county is."""

    households: int
    cases: int
    villages: int

    def part(self, share: int) -> "Size":
        """A county so many times smaller, with as many villages to a township; never so small that a stage has no case."""
        cases = max(self.cases // share, 1000)
        return Size(max(self.households // share, 2 * cases), cases, max(self.villages // share, 25))

    @property
    def listed(self) -> int:
        """Households on a list: those with a case, and a tenth more that live in danger and for whom nobody has applied."""
        return self.cases + self.cases // 10


def village_of(at: int, size: Size) -> str:
    """The code of the household's village."""
    place = at % size.villages
    return f"{county.COUNTY}{300 + place // 25:03d}{200 + place % 25:03d}"


def _group_of(at: int) -> int:
    share, found = at * 17 % 100, 0
    for place, (_code, part, _office) in enumerate(_GROUPS):
        if share < found + part:
            return place
        found += part
    raise AssertionError(share)


def _name(at: int) -> str:
    many = len(_GIVEN)
    return _SURNAMES[at % 16] + _GIVEN[at // 16 % many] + _GIVEN[at // 16 // many % many]


def plant(size: Size, by: User) -> None:
    """The whole county."""
    for place in range(size.villages):
        code = village_of(place, size)
        if place % 25 == 0:
            county.place(code[:9], f"第{place // 25 + 1}镇")
        county.place(code, f"第{place % 25 + 1}村委会")
    first = _lists(size, by)
    registry.enrol(rows=_people(size, first), on=LISTED, by=None, source="bench")
    Batch.objects.update(status="locked", locked_at=timezone.now())
    _houses(by)
    _cases(size, by)
    tallying.gather()
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _lists(size: Size, by: User) -> int:
    """The four locked lists with a row for each household on them; the key of the first row."""
    common = {"area": county.COUNTY, "as_of": LISTED, "received_by": by, "received_at": timezone.now()}
    lists = [
        Batch.objects.create(owner=office, category=code, title=code, status="matched", **common).pk for code, _part, office in _GROUPS
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('rosters_batchrow', 'id'))")
        first: int = cursor.fetchone()[0] + 1
        cursor.execute(
            """INSERT INTO rosters_batchrow (id, batch_id, sheet, row, area, placed, place, address, name, id_number, id_text, sex, birth_precision,
                   relation, household, head_name, phone, cert_no, extra, outcome, findings)
               SELECT %(first)s + at, (%(lists)s::bigint[])[1 + CASE WHEN at * 17 %% 100 < 58 THEN 0 WHEN at * 17 %% 100 < 78 THEN 1 WHEN at * 17 %% 100 < 90 THEN 2 ELSE 3 END],
                   '名单', at + 2, '210922' || lpad((300 + at %% %(villages)s / 25)::text, 3, '0') || lpad((200 + at %% %(villages)s %% 25)::text, 3, '0'),
                   true, '', '', '', '', '', '', '', '02', '', '', '', '', '{}', 'clean', '[]'
               FROM generate_series(0, %(listed)s - 1) at ORDER BY at""",
            {"first": first, "lists": lists, "villages": size.villages, "listed": size.listed},
        )
        cursor.execute("SELECT setval(pg_get_serial_sequence('rosters_batchrow', 'id'), %s)", [first + size.listed])
    return first


def _people(size: Size, first: int) -> Iterator[Enrolment]:
    """A head each, and somebody more in every second of those that have a case."""
    for at in range(size.households):
        village = village_of(at, size)
        listed = at < size.listed
        number = f"{210100 + at // 999:06d}{1930 + at % 69}0{1 + at % 9}{10 + at % 19}{at % 999:03d}"
        yield Enrolment(
            at, f"rosters.row:{first + at}" if listed else f"bench:{at}", _name(at), village, str(at), id_number=number + check_digit(number),
            relation="02", category=_GROUPS[_group_of(at)][0] if listed else "",
        )  # fmt: skip
        if listed and at % 2:
            yield Enrolment(at, f"bench:{at}:2", _name(at + 7), village, str(at), relation="10")


def _houses(by: User) -> None:
    keys = list(Household.objects.order_by("id").values_list("pk", flat=True))
    for start in range(0, len(keys), 20_000):
        rows = [
            Housing(at, f"bench.house:{key}", key, kinds="own+live", year_built=1985, structure="brick_timber", storeys=1, status="used")
            for at, key in enumerate(keys[start : start + 20_000])
        ]
        registry.record_houses(on=LISTED + timedelta(days=1), by=by, rows=rows)


# ------------------------------------------------------------------------------------------------ how a case can have gone


@dataclass(frozen=True, slots=True)
class Way:
    """The steps of a case with their days after its application, and what ``standing`` says of them."""

    stage: int
    turn: int
    grade: str
    spread: int
    steps: list[tuple[str, int]]
    columns: dict[str, Any]


def ways() -> list[Way]:
    """Every way: by stage of ``_STAGES``, how much of its stage is done, grade."""
    found = []
    for place, (_share, lasts, spread, side) in enumerate(_STAGES):
        for turn, last in enumerate(lasts):
            for grade, (method, mode) in _METHODS.items():
                steps = []
                for code, day in _ROAD:
                    if grade != "C" or code not in ("lay_foundation", "raise_structure"):
                        steps.append((code, day))
                    if code == last:
                        break
                if side:
                    steps.append((side, steps[-1][1] + 2))
                told = [
                    CaseStep(pk=at, code=code, on=_EPOCH + timedelta(days=day), details=_said(code, method, mode))
                    for at, (code, day) in enumerate(steps, 1)
                ]
                columns = {name: getattr(standing(told), name) for name in COLUMNS}
                found.append(Way(place, turn, grade, spread, steps, columns))
    return found


def _said(code: str, method: str, mode: str) -> dict[str, Any]:
    """What a step says; what differs from case to case is put in by ``_STEPS``."""
    area = {} if method == "repair" else {"main_area": "40", "auxiliary_area": "10"}
    said: dict[str, dict[str, Any]] = {
        "apply": {"head": 0, "size": 0},
        "review": {"due": 40, "came": 28, "agreed": 22, "chair": "金书记", "recorder": "金淑珍"},
        "visit": {"seen": "墙体开裂，屋面漏雨"},
        "approve": {"plan": 0, "method": method, **area, "subsidy": 600_000 if method == "repair" else 2_400_000, "subsidy_said": "彰住建〔2020〕3号"},
        "survey_mode": {"build_mode": mode},
        "agree": {"agreement": 0, "kind": "three", "stages": [["开工", 30], ["竣工验收", 70]], "filed_on": ""},
    }  # fmt: skip
    return said.get(code, {})


_PLANNED = """
CREATE TEMP TABLE bench_case AS
SELECT b.*, nextval(pg_get_serial_sequence('cases_case', 'id')) AS id, w.id AS way,
    CASE WHEN b.stage < 4 THEN date '2019-12-20' ELSE %(today)s::date - 1 END - abs(hashint8(b.village * 1000 + b.stage * 10 + b.at / %(villages)s %% 3)) %% w.spread - w.since AS applied_on
FROM (
    SELECT a.*, (SELECT count(*) FROM unnest(%(until)s::int[]) u WHERE a.at * 7919 %% 1000 >= u)::int AS stage FROM (
        SELECT split_part(h.source, '#', 2)::int AS at, h.id AS household_id, h.area, m.person_id AS head_id, o.dwelling_id,
            split_part(h.source, '#', 2)::int %% %(villages)s AS village,
            CASE WHEN split_part(h.source, '#', 2)::int * 31 %% 100 < 60 THEN 'D' WHEN split_part(h.source, '#', 2)::int * 31 %% 100 < 90 THEN 'C' ELSE 'none' END AS grade
        FROM registry_household h
        JOIN registry_membership m ON m.household_id = h.id AND m.relation = '02'
        JOIN registry_occupancy o ON o.household_id = h.id AND o.kind = 'own'
    ) a WHERE a.at < %(cases)s
) b JOIN bench_way w ON w.stage = b.stage AND w.grade = b.grade AND w.turn = b.at / 7 %% w.turns;
ANALYZE bench_case;
CREATE TEMP TABLE bench_step AS
SELECT o.*, nextval(pg_get_serial_sequence('cases_casestep', 'id')) AS id FROM (
    SELECT c.id AS case_id, c.area, s.at, s.code, least(c.applied_on + s.day, %(today)s::date) AS on, s.details
    FROM bench_case c JOIN bench_way_step s ON s.way = c.way ORDER BY c.id, s.at
) o;
CREATE INDEX ON bench_step (case_id, at);
CREATE INDEX ON bench_step (code);
ANALYZE bench_step;
"""

_GROUNDS = """
INSERT INTO appraisals_appraisal (id, by_id, recorded_at, client_id, device, source, number, household_id, dwelling_id, area, "on", kind, organiser, appraisers,
    trigger, standard, structure, site, whole, disaster, qualitative, quantitative, computed, grade, override_reason, advice, opinion, subsidy, acknowledged,
    objection_until, state, state_reason)
SELECT id, %(by)s, now(), '', '', '', '210922-JD' || extract(year FROM applied_on) || '-' || lpad(at::text, 6, '0'), household_id, dwelling_id, area, applied_on - 9,
    'appraised', 'county', '["石岩"]', 'first', 'mohurd-2019', 'brick_timber', 'safe', '', '{}', grade, '', grade, grade, '', 'rebuild', '', false, 'unsigned',
    applied_on, 'valid', ''
FROM bench_case WHERE grade <> 'none' ORDER BY id;
"""

_HOUSED = """
INSERT INTO appraisals_housegrade (area, valid_from, valid_to, recorded_at, source, household_id, dwelling_id, grade, appraisal_id)
SELECT area, applied_on - 9, NULL, now(), '', household_id, dwelling_id, grade, id FROM bench_case WHERE grade <> 'none' ORDER BY id;
INSERT INTO appraisals_nohouse (id, area, valid_from, recorded_at, source, household_id, applied_on, village_on, village_opinion, township_opinion, by_id)
SELECT id, area, applied_on - 9, now(), '', household_id, applied_on - 9, applied_on - 9, '情况属实', '同意', %(by)s FROM bench_case WHERE grade = 'none' ORDER BY id;
"""

# For whom nobody has applied yet, and who has moved into the house that was built.
_BESIDE = """
CREATE TEMP TABLE bench_unapplied AS
SELECT 10000000 + split_part(h.source, '#', 2)::int AS id, split_part(h.source, '#', 2)::int AS at, h.id AS household_id, h.area, o.dwelling_id
FROM registry_household h JOIN registry_occupancy o ON o.household_id = h.id AND o.kind = 'own'
WHERE split_part(h.source, '#', 2)::int >= %(cases)s AND split_part(h.source, '#', 2)::int < %(listed)s;
INSERT INTO appraisals_appraisal (id, by_id, recorded_at, client_id, device, source, number, household_id, dwelling_id, area, "on", kind, organiser, appraisers,
    trigger, standard, structure, site, whole, disaster, qualitative, quantitative, computed, grade, override_reason, advice, opinion, subsidy, acknowledged,
    objection_until, state, state_reason)
SELECT id, %(by)s, now(), '', '', '', '210922-JD2020-' || lpad(at::text, 6, '0'), household_id, dwelling_id, area, %(today)s::date - 60, 'appraised', 'county',
    '["石岩"]', 'first', 'mohurd-2019', 'brick_timber', 'safe', '', '{}', 'D', '', 'D', 'D', '', 'rebuild', '', false, 'unsigned', %(today)s::date - 50, 'valid', ''
FROM bench_unapplied ORDER BY id;
INSERT INTO appraisals_housegrade (area, valid_from, valid_to, recorded_at, source, household_id, dwelling_id, grade, appraisal_id)
SELECT area, %(today)s::date - 60, NULL, now(), '', household_id, dwelling_id, 'D', id FROM bench_unapplied ORDER BY id;
INSERT INTO guarantees_guarantee (area, valid_from, recorded_at, source, household_id, route, provider, relation, place, document, safe_because, note, ended_reason)
SELECT area, completed_on, now(), '', household_id, 'renovation', '', '', '', '', '', '', '' FROM cases_case WHERE stage IN ('accepted', 'archived', 'closed') ORDER BY id;
DROP TABLE bench_unapplied;
"""

_CASES = """
INSERT INTO cases_case (id, number, area, household_id, dwelling_id, appraisal_id, no_house_id, "group", grade, applied_on, recorded_at, source, stage, since, entered,
    marks, behind, head_id, size, plan_id, method, build_mode, main_area, auxiliary_area, subsidy, subsidy_said, approved_on, started_on, completed_on, ended_on, year, historic)
SELECT c.id, '210922-GZ' || extract(year FROM c.applied_on) || '-' || lpad(c.at::text, 6, '0'), c.area, c.household_id, CASE WHEN c.grade <> 'none' THEN c.dwelling_id END,
    CASE WHEN c.grade <> 'none' THEN c.id END, CASE WHEN c.grade = 'none' THEN c.id END,
    CASE WHEN c.at * 17 %% 100 < 58 THEN 'JDLK' WHEN c.at * 17 %% 100 < 78 THEN 'DB' WHEN c.at * 17 %% 100 < 90 THEN 'TK' ELSE 'CJ' END, c.grade, c.applied_on, now(), '',
    w.to_stage, c.applied_on + w.since, e.id, w.marks, w.behind, c.head_id, 1 + c.at %% 2, p.id, w.method, w.build_mode, w.main_area, w.auxiliary_area, w.subsidy,
    w.subsidy_said, c.applied_on + w.approved, c.applied_on + w.started, c.applied_on + w.completed, c.applied_on + w.ended,
    extract(year FROM c.applied_on + w.approved), false
FROM bench_case c JOIN bench_way w ON w.id = c.way JOIN bench_step e ON e.case_id = c.id AND e.at = w.entered
LEFT JOIN cases_annualplan p ON w.approved IS NOT NULL AND p.year = extract(year FROM c.applied_on + w.approved)
ORDER BY c.id;
ANALYZE cases_case;
INSERT INTO cases_agreement (id, case_id, area, kind, builder, builder_certificate, stages, start_due, finish_due, publishes, pays_builder, signed_on, filed_on,
    filed_number, by_id, recorded_at)
SELECT s.case_id, s.case_id, s.area, 'three', '彰武宏达施工队', '', '[["开工", 30], ["竣工验收", 70]]', s.on, s.on + 90, true, false, s.on, s.on, '', %(by)s, now()
FROM bench_step s WHERE s.code = 'agree' ORDER BY s.case_id;
INSERT INTO cases_casestep (id, case_id, area, code, "on", by_id, office_id, at, reason, details, waived, client_id, device, source)
SELECT s.id, s.case_id, s.area, s.code, s.on, %(by)s, %(office)s, s.on + time '10:00',
    CASE WHEN s.code IN ('refuse', 'withdraw', 'take_other_route', 'return', 'pause') THEN '见书面材料' ELSE '' END,
    s.details || CASE s.code WHEN 'apply' THEN jsonb_build_object('head', c.head_id, 'size', c.size) WHEN 'approve' THEN jsonb_build_object('plan', p.id)
        WHEN 'agree' THEN jsonb_build_object('agreement', s.case_id, 'filed_on', s.on) ELSE '{}' END, '{}', '', '', ''
FROM bench_step s JOIN cases_case c ON c.id = s.case_id LEFT JOIN cases_annualplan p ON p.year = extract(year FROM s.on) ORDER BY s.id;
"""

# Who went on had hung; of those that wait a third has hung, a third hangs, a third isn't posted yet.
_NOTICES = """
ANALYZE cases_casestep;
CREATE TEMP TABLE bench_hung AS
SELECT h.case_id, h.area, h.level, h.entered, left(h.area, h.digits) AS place, h.closed_on, dense_rank() OVER (ORDER BY h.level, left(h.area, h.digits), h.closed_on) AS of
FROM (
    SELECT s.case_id, s.area, l.level, l.digits, b.id AS entered, s.on AS closed_on
    FROM bench_step s JOIN (VALUES ('post_village', 6, 12, 'review'), ('post_township', 5, 9, 'review_township'), ('post_county', 4, 6, 'check')) l(code, level, digits, before)
        ON l.code = s.code JOIN bench_step b ON b.case_id = s.case_id AND b.code = l.before
    UNION ALL
    SELECT c.id, c.area, l.level, l.digits, c.entered, CASE WHEN c.id %% 3 = 0 THEN %(today)s::date END
    FROM cases_case c JOIN (VALUES ('reviewed', 6, 12), ('township_reviewed', 5, 9), ('checked', 4, 6)) l(stage, level, digits) ON l.stage = c.stage
    WHERE c.id %% 3 < 2
) h;
INSERT INTO notices_notice (id, kind, level, area, title, intro, content, rows, mask, key, days, starts_on, boards, token, hotline, office_id, posted_by_id, posted_at,
    start_photo_on, end_photo_on, outcome, closed_on, closed_by_id, closed_why, withdrawn_why)
SELECT %(base)s + of, CASE level WHEN 6 THEN 'review' WHEN 5 THEN 'township' ELSE 'county' END, level, place, '改造对象公示', '', '[]', count(*), 'four_four', '', 7,
    coalesce(closed_on - 7, %(today)s::date - 3), '{board}', left(md5(of::text), 22), '0418-6922315', %(office)s, %(by)s, now(), coalesce(closed_on - 7, %(today)s::date - 3), closed_on,
    CASE WHEN closed_on IS NULL THEN '' ELSE 'none' END, closed_on, CASE WHEN closed_on IS NULL THEN NULL ELSE %(by)s END, '', ''
FROM bench_hung GROUP BY of, level, place, closed_on ORDER BY of;
INSERT INTO cases_casenotice (case_id, area, notice_id, entered, level) SELECT case_id, area, %(base)s + of, entered, level FROM bench_hung ORDER BY case_id, level;
SELECT setval(pg_get_serial_sequence('notices_notice', 'id'), %(base)s + (SELECT max(of) FROM bench_hung));
SELECT setval(pg_get_serial_sequence('appraisals_appraisal', 'id'), (SELECT max(id) FROM cases_case)), setval(pg_get_serial_sequence('cases_agreement', 'id'), (SELECT max(id) FROM cases_case)),
    setval(pg_get_serial_sequence('appraisals_nohouse', 'id'), (SELECT max(id) FROM cases_case));
ANALYZE cases_casestep;
DROP TABLE bench_hung, bench_step, bench_case, bench_way_step, bench_way;
"""


def _days_after(day: date | None) -> int | None:
    return None if day is None else (day - _EPOCH).days


def _cases(size: Size, by: User) -> None:
    values: dict[str, Any] = {
        "today": TODAY, "villages": size.villages, "cases": size.cases, "listed": size.listed, "by": by.pk, "office": by.organisation_id, "base": 1_000_000,
        "until": [sum(share for share, *_more in _STAGES[:at]) for at in range(1, len(_STAGES))],
    }  # fmt: skip
    made = {"area": county.COUNTY, "households": size.cases // 4, "made_by": by, "made_at": timezone.now()}
    AnnualPlan.objects.bulk_create(AnnualPlan(year=year, complete_due=date(year, 12, 25), **made) for year in range(2016, 2021))
    with connection.cursor() as cursor:
        _write_ways(cursor)
        for text in (_PLANNED, _GROUNDS, _HOUSED, _CASES, _BESIDE, _NOTICES):
            for statement in text.split(";\n"):
                if statement.strip():
                    cursor.execute(statement, values)


def _write_ways(cursor: Any) -> None:
    cursor.execute(
        """CREATE TEMP TABLE bench_way (id int, stage int, turn int, turns int, grade text, spread int, to_stage text, since int, entered int, marks text[], behind text[],
               method text, build_mode text, main_area numeric, auxiliary_area numeric, subsidy bigint, subsidy_said text, approved int, started int, completed int,
               ended int);
           CREATE TEMP TABLE bench_way_step (way int, at int, code text, day int, details jsonb)"""
    )
    for key, way in enumerate(ways()):
        said = way.columns
        cursor.execute(
            f"INSERT INTO bench_way VALUES ({', '.join(['%s'] * 21)})",
            [
                key, way.stage, way.turn, len(_STAGES[way.stage][1]), way.grade, way.spread, said["stage"], _days_after(said["since"]), said["entered"], said["marks"],
                said["behind"], said["method"], said["build_mode"], said["main_area"], said["auxiliary_area"], said["subsidy"], said["subsidy_said"],
                *(_days_after(said[name]) for name in ("approved_on", "started_on", "completed_on", "ended_on")),
            ],
        )  # fmt: skip
        method, mode = _METHODS[way.grade]
        cursor.executemany(
            "INSERT INTO bench_way_step VALUES (%s, %s, %s, %s, %s)",
            [
                (key, at, code, day, connection.ops.adapt_json_value(_said(code, method, mode), None))
                for at, (code, day) in enumerate(way.steps, 1)
            ],
        )


def replayed(many: int) -> tuple[int, int]:
    """(how many cases were told anew from their steps, how many of these say something else than their steps): so many, spread over all of them."""
    told: dict[int, list[CaseStep]] = {}
    keys = list(Case.objects.order_by("id").values_list("pk", flat=True))
    cases = Case.objects.in_bulk(keys[:: max(1, len(keys) // many)])
    for step in CaseStep.objects.filter(case__in=list(cases)).order_by("id"):
        told.setdefault(step.case_id, []).append(step)
    wrong = 0
    for key, case in cases.items():
        said = standing(told[key])
        wrong += any(getattr(said, name) != _as_told(getattr(case, name)) for name in COLUMNS)
    return len(cases), wrong


def _as_told(value: Any) -> Any:
    return Decimal(str(value)) if isinstance(value, Decimal) else value

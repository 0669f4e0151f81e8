"""Lists, one list's comparison and its rows, as pages show them. Whoever sees a part of a list's area gets that part's rows and counts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.divisions import queries as places
from anju.divisions.models import Division
from anju.linkage.passes import LABELS
from anju.privacy import vault
from anju.privacy.vault import open_all
from anju.registry.models import Household
from anju.rosters import layouts, marking, receiving
from anju.rosters.actions import locking
from anju.rosters.kinds import HANDLING
from anju.rosters.marking import Part
from anju.rosters.models import Batch, BatchRow, Disposition, Letter, LockSignature, Match, MatchRun, Mismatch
from anju.rosters.queries.keyset import Page, cursor, made
from anju.tabular.values import CHECKS
from anju.vocabulary import division, relation
from anju.vocabulary.keygroup import Office

REJECTED = "rejected"
PASS_LABELS: dict[str, str] = {**LABELS, "repeat": "与前面的行重复", "": "未找到", REJECTED: "人工核对后没有"}
CHECK_LABELS: dict[str, str] = {
    check.id: check.label
    for check in (*CHECKS, *receiving.CHECKS, *(check for layout in layouts.ALL for rule in layout.rules for check in rule.checks))
}
OUTCOMES = (Match.Outcome.AUTO, Match.Outcome.REVIEW, Match.Outcome.ONLY_LIST)
FIELD_LABELS = {
    "name": "姓名",
    "id_number": "证件号",
    "relation": "与户主关系",
    "household": "户编号",
    "place": "村组",
    "phone": "联系电话",
    "cert_no": "证号",
    "grade": "危房等级",
}


@dataclass(frozen=True)
class Flow:
    """One step of the comparison: how many rows it settled, and where they went."""

    passed: str
    label: str
    rows: int
    to: list[tuple[str, int]]


@dataclass(frozen=True)
class Result:
    """One outcome with its share of all rows."""

    outcome: str
    label: str
    count: int
    share: float


@dataclass(frozen=True)
class KindCount:
    """One kind of difference: how many, how many still pending, and what can be done about it."""

    kind: str
    label: str
    total: int
    pending: int
    action: str
    meaning: str
    listed: str
    at_once: bool


@dataclass(frozen=True)
class BatchPage:
    """A list's page."""

    batch: Batch
    run: MatchRun | None
    version: MatchRun | None
    total: int
    flow: list[Flow]
    results: list[Result]
    previous_gone: int | None
    faults: list[tuple[str, str, int]]
    kinds: list[KindCount]
    pending: int
    open_pairs: int
    enrollable: int
    signatures: list[LockSignature]
    missing_signatures: list[Office]
    columns_known: tuple[int, int]


def seen(area: str) -> Q:
    """Lists inside an area, and those from the county down that cover it."""
    return within(area) | Q(area__in=[area[:length] for length in (6, 9, 12) if length < len(area)])


def batches(user: User, filters: Mapping[str, Any] | None = None) -> QuerySet[Batch]:
    """The lists a user may see, newest first; ``filters``: status, owner, category, area."""
    chosen = {key: value for key, value in (filters or {}).items() if value and key in ("status", "owner", "category")}
    found = Batch.objects.filter(seen(user.area), **chosen)
    if area := (filters or {}).get("area"):
        found = found.filter(within(area))
    return found.select_related("file", "received_by", "job", "previous").order_by("-id")


def whole(user: User, batch_or_run: Batch | MatchRun) -> bool:
    """Whether the user sees all of the list."""
    return division.contains(user.area, batch_or_run.area)


def current_run(batch: Batch, kind: str = MatchRun.Kind.REGISTER) -> MatchRun | None:
    """The comparison that holds."""
    return MatchRun.objects.filter(batch=batch, kind=kind, current=True).exclude(stage=MatchRun.Stage.NEW).first()


def flows(run: MatchRun, user: User) -> list[list[Any]]:
    """[step, outcome, rows]; counted when the comparison was stored, anew for who sees a part."""
    if whole(user, run):
        return list(run.flow)
    counted = _engine(Match.objects.filter(within(user.area), run=run)).order_by().values_list("passed", "outcome")
    return [list(line) for line in counted.annotate(rows=Count("row", distinct=True)).order_by("-rows")]


def _engine(found: QuerySet[Match]) -> QuerySet[Match]:
    """What the engine said of the list's rows, without what followed from people's verdicts."""
    return found.exclude(outcome=Match.Outcome.ONLY_OTHER).exclude(passed=REJECTED)


def page(batch: Batch, user: User) -> BatchPage:
    """Everything above the differences."""
    run = current_run(batch)
    version = current_run(batch, MatchRun.Kind.VERSION)
    lines = flows(run, user) if run else []
    steps: dict[str, list[tuple[str, int]]] = {}
    for passed, outcome, count in lines:
        steps.setdefault(passed, []).append((outcome, count))
    flow = [Flow(passed, _(PASS_LABELS.get(passed, passed)), sum(n for _o, n in to), to) for passed, to in steps.items()]
    order = list(PASS_LABELS)
    flow.sort(key=lambda step: order.index(step.passed) if step.passed in order else 99)
    total = batch.rows_total if whole(user, batch) else sum(step.rows for step in flow)
    counts = dict.fromkeys(OUTCOMES, 0)
    for _passed, outcome, count in lines:
        counts[outcome] = counts.get(outcome, 0) + count
    kinds = _kinds(run, user) if run else []
    open_pairs = Match.objects.filter(within(user.area), run=run, outcome=Match.Outcome.REVIEW, verdict="").count() if run else 0
    known = batch.recognition.get("headings", [])
    unmatched = batch.recognition.get("unmatched", [])
    signatures = list(LockSignature.objects.filter(batch=batch).select_related("by").order_by("at"))
    return BatchPage(
        batch=batch,
        run=run,
        version=version,
        total=total,
        flow=flow,
        results=[Result(code, str(Match.Outcome(code).label), counts[code], counts[code] / total if total else 0.0) for code in OUTCOMES],
        previous_gone=versions(batch, user).left if version else None,
        faults=[(check, _(CHECK_LABELS.get(check, check)), count) for check, count in batch.faults.items()] if whole(user, batch) else [],
        kinds=kinds,
        pending=sum(kind.pending for kind in kinds),
        open_pairs=open_pairs,
        enrollable=run.applied.get("waiting", 0) if run else 0,
        signatures=signatures,
        missing_signatures=[office for office in locking.required(batch) if office not in {signature.office for signature in signatures}],
        columns_known=(len(known) - len(unmatched), len(known)),
    )


def _kinds(run: MatchRun, user: User) -> list[KindCount]:
    counted = (
        Mismatch.objects.filter(within(user.area), run=run)
        .order_by()
        .values_list("kind")
        .annotate(total=Count("pk"), pending=Count("pk", filter=Q(disposition=Disposition.PENDING)))
    )
    found = {kind: (total, pending) for kind, total, pending in counted}
    return [
        KindCount(
            kind,
            str(Mismatch.Kind(kind).label),
            *found[kind],
            _(HANDLING[kind].action),
            _(HANDLING[kind].meaning),
            _(HANDLING[kind].listed),
            HANDLING[kind].at_once,
        )
        for kind in Mismatch.Kind.values
        if kind in found
    ]


# ------------------------------------------------------------------------------------------------ places


def townships(run: MatchRun, user: User) -> list[tuple[str, str, int]]:
    """(code, name, pending differences) of the townships of the list that the user sees."""
    pending: dict[str, int] = {}
    for area, count in (
        Mismatch.objects.filter(within(user.area), run=run, disposition=Disposition.PENDING)
        .order_by()
        .values_list("area")
        .annotate(n=Count("pk"))
    ):
        pending[area[:9]] = pending.get(area[:9], 0) + count
    area = max(run.area, user.area[:9], key=len)
    places = Division.objects.filter(within(area, "code"), level=division.Level.TOWNSHIP, valid_to=None).order_by("code")
    return [(place.code, place.short_name, pending.get(place.code, 0)) for place in places]


def matrix(run: MatchRun, user: User) -> list[tuple[tuple[str, str], dict[str, int]]]:
    """((code, name) of the township, {outcome: rows}); rows whose township isn't known come last under the county."""
    counts: dict[str, dict[str, int]] = {}
    grouped = (
        Match.objects.filter(within(user.area), run=run).exclude(outcome=Match.Outcome.ONLY_OTHER).order_by().values_list("area", "outcome")
    )
    for area, outcome, count in grouped.annotate(n=Count("row", distinct=True)):
        line = counts.setdefault(area[:9] if len(area) >= 9 else area, {})
        line[outcome] = line.get(outcome, 0) + count
    names = dict(Division.objects.filter(code__in=counts).values_list("code", "short_name"))
    return [
        ((code, names.get(code, code) if len(code) >= 9 else _("乡镇不明")), counts[code])
        for code in sorted(counts, key=lambda code: (len(code) < 9, code))
    ]


# ------------------------------------------------------------------------------------------------ differences


@dataclass(frozen=True)
class Difference:
    """One line of the table of differences; the parts are masked and marked."""

    mismatch: Mismatch
    row_number: int
    kind: str
    kind_label: str
    listed: list[Part]
    held: list[Part]
    explanation: str
    place: str
    action: str
    disposition: str


def difference_rows(run: MatchRun, user: User, *, kind: str = "", township: str = "", disposition: str = "") -> QuerySet[Mismatch]:
    """The differences that filters name, in the list's order."""
    found = Mismatch.objects.filter(within(user.area), run=run)
    if kind:
        found = found.filter(kind=kind)
    if township:
        found = found.filter(within(township))
    if disposition:
        found = found.filter(disposition=disposition)
    return found.order_by("row_id", "id")


def differences(
    run: MatchRun, user: User, *, kind: str = "", township: str = "", disposition: str = "", after: str = "", limit: int = 50
) -> Page[Difference]:
    """A page of the differences."""
    found = difference_rows(run, user, kind=kind, township=township, disposition=disposition)
    total = found.count()
    at = cursor(after, 2)
    if at:
        row, key = int(at[1][0]), int(at[1][1])
        found = found.filter(row_id__gte=row).filter(Q(row_id__gt=row) | Q(id__gt=key))
    rows = list(found.select_related("row", "household", "match__person")[: limit + 1])
    part = made(rows, limit, at, lambda one: (one.row_id or 0, one.pk), total)
    return Page(shown(part.rows), part.after, part.total, part.first, part.last)


def shown(mismatches: list[Mismatch]) -> list[Difference]:
    """Differences in words, with what they need from other tables fetched at once."""
    areas = {one.area for one in mismatches} | {one.household.area for one in mismatches if one.household}
    names = places.below_county(areas)
    repeated = {int(one.detail["repeats"]) for one in mismatches if "repeats" in one.detail}
    row_numbers = dict(BatchRow.objects.filter(pk__in=repeated).values_list("pk", "row"))
    open_all(*(side for one in mismatches for side in (one.row, one.match.person if one.match else None)))
    return [_shown(one, names, row_numbers) for one in mismatches]


# Said in words on both sides, so that comparing the letters would say nothing.
_TOLD = (Mismatch.Kind.LISTED_TWICE, Mismatch.Kind.IN_TWO_HOUSEHOLDS)


def _shown(one: Mismatch, names: Mapping[str, str], row_numbers: Mapping[int, int]) -> Difference:
    listed, held = _sides(one, names, row_numbers)
    left, right = (marking.parts(listed), marking.parts(held)) if one.kind in _TOLD else marking.compare(listed, held)
    return Difference(
        mismatch=one,
        row_number=one.row.row if one.row else 0,
        kind=one.kind,
        kind_label=one.get_kind_display(),
        listed=left,
        held=right,
        explanation=one.explanation,
        place=names.get(one.area, ""),
        action=_(HANDLING[one.kind].action),
        disposition=one.disposition,
    )


def texts(one: Mismatch, names: Mapping[str, str], row_numbers: Mapping[int, int]) -> tuple[str, str]:
    """The two sides in words, unmasked."""
    return _sides(one, names, row_numbers)


def _sides(one: Mismatch, names: Mapping[str, str], row_numbers: Mapping[int, int]) -> tuple[str, str]:
    row, person, household = one.row, one.match.person if one.match else None, one.household
    typed = f"{row.name} {row.typed.clear}".strip() if row else ""
    known = f"{person.name} {person.id_number.clear}".strip() if person else ""
    match one.kind:
        case Mismatch.Kind.HEAD_DIFFERS:
            return _head(one.listed), _head(one.held)
        case Mismatch.Kind.SPLIT | Mismatch.Kind.MERGED:
            return one.listed, one.held
        case Mismatch.Kind.MOVED:
            return names.get(one.area, ""), names.get(household.area, "") if household else one.held
        case Mismatch.Kind.LISTED_TWICE if row and "repeats" in one.detail:
            first = row_numbers.get(int(one.detail["repeats"]))
            return _said_twice(row, first) if first else typed, known
        case Mismatch.Kind.IN_TWO_HOUSEHOLDS if row:
            return _numbered(row.name, _household_number(row)), _numbered(person.name, household.number) if person and household else ""
        case _:
            return typed, known


def _said_twice(row: BatchRow, first: int) -> str:
    return _("%(name)s（第 %(first)s、%(row)s 行）") % {"name": row.name, "first": f"{first:,}", "row": f"{row.row:,}"}


def _household_number(row: BatchRow) -> str:
    """How the list names the household."""
    return vault.opened([row.household])[row.household] if vault.is_token(row.household) else row.household


def _numbered(name: str, number: str) -> str:
    return _("%(name)s 户 …%(tail)s") % {"name": name, "tail": number[-4:]}


def _head(text: str) -> str:
    return _("户主 %s") % text.rpartition("户主 ")[2] if "户主 " in text else text


# ------------------------------------------------------------------------------------------------ rows


@dataclass(frozen=True)
class RowFilters:
    """What a number of the page counts: every field that is given must hold.

    ``outcome``/``passed``/``verdict`` of the comparison; ``check`` a rule's id; ``reading`` clean, noted, faulty; ``township`` a code;
    ``gone`` the earlier version's rows that this one hasn't; ``enrolled`` "yes"/"no" among those only the list knows.
    """

    outcome: str = ""
    passed: str = ""
    verdict: str = ""
    check: str = ""
    reading: str = ""
    township: str = ""
    gone: bool = False
    enrolled: str = ""


@dataclass(frozen=True)
class Row:
    """One row of a list with what it turned out to be."""

    row: BatchRow
    match: Match | None
    place: str
    outcome: str
    outcome_label: str
    passed_label: str
    household: Household | None
    faults: list[str] = field(default_factory=list)


def row_set(batch: Batch, user: User, filters: RowFilters) -> QuerySet[BatchRow]:
    """The rows that filters name, in the list's order."""
    run = current_run(batch)
    if filters.gone:
        version = current_run(batch, MatchRun.Kind.VERSION)
        gone = Match.objects.filter(run=version, outcome=Match.Outcome.ONLY_OTHER) if version else Match.objects.none()
        found = BatchRow.objects.filter(within(user.area), batch=batch.previous_id, pk__in=gone.values("other_row"))
    else:
        found = BatchRow.objects.filter(within(user.area), batch=batch)
        compared: dict[str, Any] = {name: value for name in ("outcome", "passed", "verdict") if (value := getattr(filters, name))}
        if filters.enrolled:
            compared["applied"] = filters.enrolled == "yes"
        if compared:
            found = found.filter(Exists(_engine(Match.objects.filter(run=run, row=OuterRef("pk"), **compared))))
    if filters.reading:
        found = found.filter(outcome=filters.reading)
    if filters.check:
        found = found.exclude(outcome="clean").filter(findings__contains=[{"check": filters.check}])
    if filters.township:
        found = found.filter(within(filters.township))
    return found.order_by("id")


def _known_total(batch: Batch, user: User, filters: RowFilters) -> int | None:
    """How many rows, where that was counted when the list was read or compared: a page of a county's roll doesn't count them again."""
    if not whole(user, batch):
        return None
    if filters == RowFilters():
        return batch.rows_total
    if filters == RowFilters(outcome=filters.outcome, passed=filters.passed):
        run = current_run(batch)
        lines: list[tuple[str, str, int]] = run.flow if run else []
        return sum(n for passed, outcome, n in lines if filters.outcome in ("", outcome) and filters.passed in ("", passed))
    return None


def _keys_by_match(batch: Batch, user: User, filters: RowFilters, last: int, limit: int) -> list[int] | None:
    """The page's rows from the index of outcomes, where only the comparison is asked about: few of many rows are found without a scan."""
    run = current_run(batch)
    if run is None or not filters.outcome or filters.gone or filters.check or filters.reading:
        return None
    found = _engine(Match.objects.filter(within(user.area), run=run, outcome=filters.outcome, row_id__gt=last))
    for name in ("passed", "verdict"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.enrolled:
        found = found.filter(applied=filters.enrolled == "yes")
    if filters.township:
        found = found.filter(within(filters.township))
    return list(found.order_by("row_id").values_list("row_id", flat=True).distinct()[:limit])


def rows(batch: Batch, user: User, filters: RowFilters | None = None, after: str = "", limit: int = 50) -> Page[Row]:
    """A page of a list's rows."""
    asked = filters or RowFilters()
    found = row_set(batch, user, asked)
    total = _known_total(batch, user, asked)
    if total is None:
        total = found.count()
    at = cursor(after, 1)
    last = int(at[1][0]) if at else 0
    keys = _keys_by_match(batch, user, asked, last, limit + 1)
    found = found.filter(pk__gt=last) if keys is None else BatchRow.objects.filter(pk__in=keys).order_by("id")
    part = made(list(found[: limit + 1]), limit, at, lambda row: (row.pk,), total)
    return Page(told(batch, part.rows), part.after, part.total, part.first, part.last)


def told(batch: Batch, found: list[BatchRow]) -> list[Row]:
    """Rows with their outcome, fetched at once."""
    run = current_run(batch)
    best: dict[int, Match] = {}
    order = {"same": 0, "": 1, "doubtful": 2, "different": 3}
    if run is not None:
        for pair in Match.objects.filter(run=run, row__in=found).select_related("person", "household").order_by("-score", "pk"):
            held = best.get(pair.row_id or 0)
            if held is None or order[pair.verdict] < order[held.verdict]:
                best[pair.row_id or 0] = pair
    names = places.below_county({row.area for row in found if row.placed})
    return [
        Row(
            row=row,
            match=(match := best.get(row.pk)),
            place=names.get(row.area, "") if row.placed else row.place,
            outcome=match.outcome if match else "",
            outcome_label=_outcome_label(match),
            passed_label=_(PASS_LABELS.get(match.passed, "")) if match and match.passed else "",
            household=match.household if match else None,
            faults=[one["message"] for one in row.findings if one.get("level") != "note"],
        )
        for row in found
    ]


def _outcome_label(match: Match | None) -> str:
    if match is None:
        return ""
    if match.outcome == Match.Outcome.ONLY_LIST and match.applied:
        return _("仅在名单，已入册")
    if match.verdict:
        return str(match.get_verdict_display())
    return str(match.get_outcome_display())


# ------------------------------------------------------------------------------------------------ versions


@dataclass(frozen=True)
class Versions:
    """A list beside its earlier version, in persons."""

    joined: int
    left: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class VersionRow:
    """One person who joined, left or changed; ``changes`` are (field, before, after)."""

    row: BatchRow | None
    other: BatchRow | None
    changes: list[tuple[str, str, str]]
    place: str
    explanation: str


_WHAT = {"joined": Q(outcome="only_list"), "left": Q(outcome="only_other"), "changed": Q(outcome="auto", changes__isnull=False)}


def versions(batch: Batch, user: User) -> Versions:
    """How many joined, left, changed since the earlier version."""
    run = current_run(batch, MatchRun.Kind.VERSION)
    if run is None:
        return Versions(0, 0, 0, 0)
    if whole(user, run):
        told_ = run.summary
        return Versions(told_["only_list"], told_["only_other"], told_["changed"], told_["unchanged"])
    found = Match.objects.filter(within(user.area), run=run).aggregate(
        **{what: Count("pk", filter=where) for what, where in _WHAT.items()},
        same=Count("pk", filter=Q(outcome="auto", changes__isnull=True)),
    )
    return Versions(found["joined"], found["left"], found["changed"], found["same"])


def version_set(run: MatchRun, user: User, what: str) -> QuerySet[Match]:
    """Who joined, left, or changed, in the lists' order."""
    return Match.objects.filter(within(user.area), _WHAT[what], run=run).select_related("row", "other_row").order_by("id")


def version_rows(run: MatchRun, user: User, what: str, after: str = "", limit: int = 50) -> Page[VersionRow]:
    """A page of them."""
    found = version_set(run, user, what)
    total = found.count()
    at = cursor(after, 1)
    if at:
        found = found.filter(pk__gt=int(at[1][0]))
    part = made(list(found[: limit + 1]), limit, at, lambda match: (match.pk,), total)
    return Page(changed(part.rows), part.after, part.total, part.first, part.last)


def changed(matches: list[Match]) -> list[VersionRow]:
    """Pairs of versions in words."""
    names = places.below_county(
        {
            area
            for one in matches
            for area in (one.area, one.row.area if one.row else "", one.other_row.area if one.other_row else "")
            if area
        }
    )
    open_all(*(side for one in matches for side in (one.row, one.other_row)))
    return [
        VersionRow(
            row=one.row,
            other=one.other_row,
            changes=[
                (_(FIELD_LABELS[key]), _value(one.other_row, key, names), _value(one.row, key, names))
                for key in FIELD_LABELS
                if key in (one.changes or {})
            ],
            place=names.get(one.area, ""),
            explanation=one.explanation,
        )
        for one in matches
    ]


def _value(row: BatchRow | None, key: str, names: Mapping[str, str]) -> str:
    if row is None:
        return ""
    match key:
        case "id_number":
            return row.typed.clear
        case "place":
            return names.get(row.area, row.place)
        case "relation":
            return _(relation.NAMES.get(row.relation, row.relation))
        case "grade":
            return str(row.extra.get("grade") or "")
        case "phone":
            return row.phone.clear
        case "cert_no":
            return row.cert_no.clear
        case _:
            return str(getattr(row, key))


# ------------------------------------------------------------------------------------------------ worklist


@dataclass(frozen=True)
class Waiting:
    """One kind of open work: how much, and in which lists."""

    count: int
    batches: list[Batch]


@dataclass(frozen=True)
class Worklist:
    """What lists wait for people, by kind of work."""

    mapping: Waiting
    running: Waiting
    failed: Waiting
    open_pairs: Waiting
    doubtful: Waiting
    pending: Waiting
    unsigned: Waiting
    unanswered_letters: Waiting


def worklist(user: User) -> Worklist:
    """Open work on the lists the user sees: each count with the lists it comes from."""
    mine = Batch.objects.filter(seen(user.area)).order_by("as_of", "id")
    runs = MatchRun.objects.filter(batch__in=mine.filter(status=Batch.Status.MATCHED), kind=MatchRun.Kind.REGISTER, current=True)
    pairs = Match.objects.filter(within(user.area), run__in=runs, outcome=Match.Outcome.REVIEW)
    pending = Mismatch.objects.filter(within(user.area), run__in=runs, disposition=Disposition.PENDING).exclude(kind=Mismatch.Kind.REVIEW)
    unsigned = [
        batch
        for batch in mine.filter(status=Batch.Status.MATCHED).prefetch_related("signatures")
        if user.organisation.kind in locking.required(batch)
        and user.organisation.kind not in {one.office for one in batch.signatures.all()}
    ]
    letters = Letter.objects.filter(within(user.area), answered_at__isnull=True)
    return Worklist(
        mapping=_waiting(mine.filter(status=Batch.Status.MAPPING)),
        running=_waiting(mine.filter(status__in=[Batch.Status.RECEIVING, Batch.Status.RECEIVED, Batch.Status.MATCHING])),
        failed=_waiting(mine.filter(status=Batch.Status.FAILED)),
        open_pairs=_counted(mine, pairs.filter(verdict="")),
        doubtful=_counted(mine, pairs.filter(verdict=Match.Verdict.DOUBTFUL)),
        pending=_counted(mine, pending),
        unsigned=Waiting(len(unsigned), unsigned),
        unanswered_letters=Waiting(letters.count(), list(mine.filter(pk__in=letters.values("batch")))),
    )


def _waiting(found: QuerySet[Batch]) -> Waiting:
    listed = list(found.select_related("job"))
    return Waiting(len(listed), listed)


def _counted(mine: QuerySet[Batch], found: QuerySet[Any]) -> Waiting:
    counts = dict(found.order_by().values_list("run__batch").annotate(n=Count("pk")))
    return Waiting(sum(counts.values()), list(mine.filter(pk__in=counts)))

"""Every set of rows that a page shows, as a workbook's sheet: the same filters, the same rows, the same order."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.divisions import queries as places
from anju.exports.kinds import Filters, NotThere, Numbers, RowSet, export_kind
from anju.privacy.vault import open_all
from anju.registry import queries as registry
from anju.rosters.models import Batch, BatchRow, Disposition, Letter, LetterRow, Match, MatchRun, Mismatch
from anju.rosters.queries import batches
from anju.rosters.queries.batches import RowFilters
from anju.vocabulary import division, idnumber, masking, relation

_CHUNK = 2000
_SEXES = {"1": "男", "2": "女"}


def _seen_part(batch: Batch, user: User) -> str:
    """The area of what the user sees of a list."""
    return max(str(batch.area), user.area, key=len)


def _batch(filters: Filters, user: User) -> Batch:
    asked = str(filters.get("batch", ""))
    found = batches.batches(user).filter(pk=int(asked)).first() if asked.isdecimal() else None
    if found is None:
        raise NotThere
    return found


def _id(number: str, full: bool) -> str:
    return number if full else idnumber.mask(number)


def _chunks(queryset: Any) -> Iterator[list[Any]]:
    """A queryset ordered by id, in pieces found by key."""
    last = 0
    while piece := list(queryset.filter(pk__gt=last)[:_CHUNK]):
        yield piece
        last = piece[-1].pk


@export_kind(
    "rosters.rows",
    "名单人员",
    numbers=Numbers.CHOICE,
    filters=("batch", "outcome", "passed", "verdict", "check", "reading", "enrolled", "town", "township", "gone"),
)
def _rows(filters: Filters, user: User, full: bool) -> RowSet:
    batch = _batch(filters, user)
    asked = RowFilters(
        **{name: str(filters.get(name, "")) for name in ("outcome", "passed", "verdict", "check", "reading", "enrolled")},
        township=str(filters.get("town") or filters.get("township") or ""),
        gone=str(filters.get("gone", "")) == "1",
    )
    found = batches.row_set(batch, user, asked)

    def lines() -> Iterator[Sequence[object]]:
        for piece in _chunks(found):
            told = batches.told(batch, piece)
            open_all(*piece, *(one.match.person for one in told if one.match))
            for one in told:
                row, match = one.row, one.match
                person = match.person if match else None
                yield (
                    row.row,
                    row.name,
                    _id(row.typed.clear, full),
                    _SEXES.get(row.sex, ""),
                    row.birth_date,
                    relation.NAMES.get(row.relation, ""),
                    row.head_name,
                    one.place,
                    row.cert_no.clear if full else "",
                    one.outcome_label,
                    one.passed_label,
                    masking.narrowed(match.explanation) if match else "",
                    person.name if person else "",
                    _id(person.id_number.clear, full) if person else "",
                    one.household.number if one.household else "",
                    "；".join(one.faults),
                )

    headings = (
        *("原表行", "姓名", "证件号", "性别", "出生日期", "与户主关系", "户主", "村组", "证号", "结果", "步骤", "说明"),
        *("登记库姓名", "登记库证件号", "户编号", "原表问题"),
    )
    return RowSet(_("%(list)s 人员") % {"list": batch.title}, headings, found.count(), lines(), area=_seen_part(batch, user))


@export_kind("rosters.differences", "名单差异", numbers=Numbers.CHOICE, filters=("batch", "kind", "town", "township", "disposition"))
def _differences(filters: Filters, user: User, full: bool) -> RowSet:
    batch = _batch(filters, user)
    run = batches.current_run(batch)
    if run is None:
        raise NotThere
    disposition = str(filters.get("disposition", ""))
    if disposition not in Disposition.values:
        disposition = "" if disposition == "all" else Disposition.PENDING
    found = batches.difference_rows(
        run,
        user,
        kind=str(filters.get("kind", "")),
        township=str(filters.get("town") or filters.get("township") or ""),
        disposition=disposition,
    )

    def lines() -> Iterator[Sequence[object]]:
        for piece in _chunks(found.order_by("id").select_related("row", "household", "match__person")):
            yield from difference_lines(piece, full)

    title = _("%(list)s 差异") % {"list": batch.title}
    return RowSet(title, DIFFERENCE_HEADINGS, found.count(), lines(), area=_seen_part(batch, user))


DIFFERENCE_HEADINGS = ("原表行", "类别", "名单中", "登记库中", "说明", "村", "处置", "处置说明")


def difference_lines(mismatches: list[Mismatch], full: bool) -> Iterator[Sequence[object]]:
    """Differences as lines of a sheet."""
    names = places.below_county({one.area for one in mismatches} | {one.household.area for one in mismatches if one.household})
    repeated = dict(
        BatchRow.objects.filter(pk__in=[int(one.detail["repeats"]) for one in mismatches if "repeats" in one.detail]).values_list(
            "pk", "row"
        )
    )
    shown = batches.shown(mismatches)
    for one, difference in zip(mismatches, shown, strict=True):
        listed, held = batches.texts(one, names, repeated)
        if not full:
            listed, held = ("".join(part.text for part in side) for side in (difference.listed, difference.held))
        yield (
            difference.row_number,
            difference.kind_label,
            listed,
            held,
            masking.narrowed(one.explanation),
            difference.place,
            one.get_disposition_display(),
            one.note,
        )


@export_kind("rosters.batches", "名单一览", numbers=Numbers.NONE, filters=("office", "owner", "category", "county", "area", "status"))
def _batches(filters: Filters, user: User, full: bool) -> RowSet:
    chosen = {**filters, "owner": filters.get("office") or filters.get("owner"), "area": filters.get("county") or filters.get("area")}
    if chosen.get("status") not in Batch.Status.values:
        chosen["status"] = ""
    found = batches.batches(user, chosen).exclude(status=Batch.Status.VOIDED)
    names = places.below_county(set(found.values_list("area", flat=True)))

    def lines() -> Iterator[Sequence[object]]:
        for one in found.iterator(_CHUNK):
            yield (
                one.title,
                names.get(one.area, one.area),
                one.owner_name,
                one.as_of,
                one.get_status_display(),
                one.rows_total,
                one.rows_faulty,
                one.file.name if one.file else "",
                one.received_by.name,
                one.received_at,
            )

    headings = ("名单", "地区", "报送部门", "数据截至", "状态", "行数", "有错行", "原文件", "接收人", "收到")
    return RowSet(_("名单一览"), headings, found.count(), lines())


@export_kind("rosters.cross", "部门名单交叉", numbers=Numbers.NONE, filters=("area", "on"))
def _cross(filters: Filters, user: User, full: bool) -> RowSet:
    asked = str(filters.get("area", ""))
    area = asked if asked and division.contains(user.area, asked) else user.area
    try:
        on = date.fromisoformat(str(filters.get("on", "")))
    except ValueError:
        on = clock.today()
    table = registry.cross_table(within=area, on=min(on, clock.today()))
    lines = [("＋".join(one.shorts) or _("不在任何名单"), len(one.codes), one.households) for one in table.combinations]
    return RowSet(_("部门名单交叉 %(day)s") % {"day": table.on}, ("所在名单", "名单数", "户数"), len(lines), iter(lines), area=area)


@export_kind("rosters.versions", "两期对照", numbers=Numbers.CHOICE, filters=("batch", "what"))
def _versions(filters: Filters, user: User, full: bool) -> RowSet:
    batch = _batch(filters, user)
    run = batches.current_run(batch, MatchRun.Kind.VERSION)
    what = str(filters.get("what", "joined"))
    if run is None or what not in ("joined", "left", "changed"):
        raise NotThere
    found = batches.version_set(run, user, what)

    def lines() -> Iterator[Sequence[object]]:
        for piece in _chunks(found):
            for one in batches.changed(piece):
                row = one.row or one.other
                assert row is not None
                said = "；".join(
                    f"{label}：{_masked(before, full)} → {_masked(after, full)}" if before else f"{label}：{_masked(after, full)}"
                    for label, before, after in one.changes
                )
                yield (row.row, row.name, _id(row.typed.clear, full), one.place, said or masking.narrowed(one.explanation))

    title = {"joined": _("本期新增"), "left": _("本期不在"), "changed": _("内容有变")}[what]
    return RowSet(
        f"{batch.title} {title}", ("原表行", "姓名", "证件号", "村", "变化"), found.count(), lines(), area=_seen_part(batch, user)
    )


def _masked(text: str, full: bool) -> str:
    return text if full or len(text) < 15 or not text[:15].isdigit() else idnumber.mask(text)


@export_kind("rosters.pairs", "两份名单对照", numbers=Numbers.CHOICE, filters=("run", "what"))
def _pairs(filters: Filters, user: User, full: bool) -> RowSet:
    """Two lists laid side by side."""
    asked = str(filters.get("run", ""))
    run = MatchRun.objects.filter(within(user.area), pk=int(asked)).select_related("batch", "other").first() if asked.isdecimal() else None
    if run is None:
        raise NotThere
    found = Match.objects.filter(within(user.area), run=run).select_related("row", "other_row", "person").order_by("id")
    if (what := str(filters.get("what", ""))) in Match.Outcome.values:
        found = found.filter(outcome=what)

    def lines() -> Iterator[Sequence[object]]:
        for piece in _chunks(found):
            open_all(*(side for one in piece for side in (one.row, one.other_row)))
            for one in piece:
                other = one.other_row
                yield (
                    one.row.row if one.row else "",
                    one.row.name if one.row else "",
                    _id(one.row.typed.clear, full) if one.row else "",
                    other.row if other else "",
                    other.name if other else "",
                    _id(other.typed.clear, full) if other else "",
                    one.get_verdict_display() if one.verdict else one.get_outcome_display(),
                    masking.narrowed(one.explanation),
                )

    headings = ("左表行", "左表姓名", "左表证件号", "右表行", "右表姓名", "右表证件号", "结果", "说明")
    title = _("%(a)s 对 %(b)s") % {"a": run.batch.title, "b": run.other.title if run.other else _("登记库")}
    return RowSet(title, headings, found.count(), lines(), area=run.area)


LETTER_HEADINGS = ("函号", "序号", "原表行", "类别", "名单中", "登记库中", "问题", "核实结果", "核实说明")


def letter_set(letter: Letter) -> RowSet:
    """A letter's rows in full: its addressee sent them, and needs the right number to correct them."""
    found = (
        LetterRow.objects.filter(letter=letter)
        .select_related("mismatch__row", "mismatch__household", "mismatch__match__person")
        .order_by("ordinal")
    )

    def lines() -> Iterator[Sequence[object]]:
        for piece in _chunks(found.order_by("id")):
            told = difference_lines([one.mismatch for one in piece], full=True)
            for one, line in zip(piece, told, strict=True):
                yield (
                    letter.number,
                    one.ordinal,
                    line[0],
                    line[1],
                    line[2],
                    line[3],
                    one.question,
                    one.get_answer_display() if one.answer else "",
                    one.answer_note,
                )

    return RowSet(letter.number, LETTER_HEADINGS, found.count(), lines())

"""农户档案 of a case: numbered once when it is approved, its papers filed and taken back, reviewed when nothing required is missing."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import seat
from anju.cases import archives, rules
from anju.cases.models import ArchivePaper, ArchiveSeries, Case, CaseArchive, CaseStep, PaperReading
from anju.cases.photographs import kinds_in
from anju.divisions import queries as divisions
from anju.documents.renovation.archive_cover import archive_number
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.models import Household
from anju.trail.acting import SYSTEM, acting
from anju.trail.acts import recorded

_KEPT = ("required", "present", "missing", "complete", "reckoned_at")
_NUMBERED = ("number", "township", "year", "serial")
_REVIEWED = ("reviewed_on", "reviewed_by", "review_note")


@recorded("archive.reckoned")
@transaction.atomic
def reckon(*, cases: Sequence[Case], steps: Mapping[int, Sequence[CaseStep]] | None = None) -> dict[int, archives.Checklist]:
    """What is there of the archives of these cases and what is missing, kept where it isn't what was kept; an approved case gets its number.

    One that was reviewed and lacks something now has to be reviewed again. The caller holds the cases; ``steps``: all of theirs, where it has them.
    """
    found = {key: archives.checklist(records) for key, records in archives.records_of(cases, steps).items()}
    kept = {one.case_id: one for one in CaseArchive.objects.filter(case__in=list(found))}
    now, made, changed, numberless = timezone.now(), [], [], []
    for case in cases:
        told, row = found[case.pk], kept.get(case.pk)
        new = row is None
        row = CaseArchive(case=case, area=case.area) if row is None else row
        before = (row.required, list(row.missing), row.complete, row.reviewed_on)
        if told.missing:
            row.reviewed_on, row.reviewed_by, row.review_note = None, None, ""
        row.required, row.missing, row.complete = told.required, list(told.missing), told.complete
        row.present, row.reckoned_at = told.required - len(told.missing), now
        year = case.approved_on.year if case.approved_on is not None and not case.historic and not row.number else None
        if year is not None:
            numberless.append((row, year))
        if new:
            made.append(row)
        elif year is not None or before != (row.required, row.missing, row.complete, row.reviewed_on):
            changed.append(row)
    _number(numberless)
    temporary.insert(made)
    temporary.update(changed, [*_KEPT, *_NUMBERED, *_REVIEWED])
    return found


def reckon_now(*, case: Case) -> archives.Checklist:
    """What is there of one archive at this moment. It is the system's doing: who only looks leaves no mark in the county's trail."""
    with transaction.atomic(), acting(SYSTEM):
        return reckon(cases=[_held(case)])[case.pk]


def _number(rows: Sequence[tuple[CaseArchive, int]]) -> None:
    """The next numbers of their townships and years, in the order of the cases; each series is held until the transaction ends."""
    wanted: dict[tuple[str, int], list[CaseArchive]] = {}
    for row, year in rows:
        wanted.setdefault((row.area[:9], year), []).append(row)
    names = divisions.short_names({township for township, _year in wanted})
    for (township, year), held in sorted(wanted.items(), key=lambda one: one[0]):
        series, _made = ArchiveSeries.objects.get_or_create(township=township, year=year)
        series = ArchiveSeries.objects.select_for_update(no_key=True).get(pk=series.pk)
        for serial, row in enumerate(sorted(held, key=lambda one: one.case_id), series.last + 1):
            row.township, row.year, row.serial = township, year, serial
            row.number = archive_number(names.get(township, township), year, serial)
        ArchiveSeries.objects.filter(pk=series.pk).update(last=series.last + len(held))


def _held(case: Case) -> Case:
    return Case.objects.select_for_update(no_key=True, of=("self",)).select_related("household", "appraisal").get(pk=case.pk)


@recorded("archive.paper_filed")
@transaction.atomic
def file_paper(
    *,
    case: Case,
    item: str,
    by: User,
    on_paper: bool = True,
    kept_at: str = "",
    note: str = "",
    on: date | None = None,
    album: Album | None = None,
) -> ArchivePaper:
    """归入一份材料: which of the nineteen, on paper (and where it lies) or as a scan, or both."""
    permitting.allow(by, Power.CASE_PREPARE, case.area, rules.ARCHIVE_PAPER)
    if item not in archives.BY_CODE:
        raise Refused(rules.ARCHIVE_PAPER, _("请选是哪一份材料"))
    title = _(archives.BY_CODE[item].title)
    if on_paper and not kept_at.strip():
        raise Refused(rules.ARCHIVE_PAPER, _("请写明“%s”的纸质件存放在哪里") % title)
    if not on_paper and not kinds_in(album):
        raise Refused(rules.ARCHIVE_PAPER, _("“%s”既没有纸质件也没有扫描件；请先拍照或上传，再归入") % title)
    row, day = _held(case), permitting.day_of(on, rules.DAY)
    if day < row.applied_on:
        raise Refused(rules.DAY, _("归入的日期 %(on)s 早于申请 %(applied)s") % {"on": day, "applied": row.applied_on})
    if (there := row.papers.filter(item=item, taken_on=None).first()) is not None:
        raise Refused(rules.ARCHIVE_PAPER, _("“%(item)s”%(on)s 已经归入；要更换的先取回") % {"item": title, "on": there.filed_on})
    made = ArchivePaper.objects.create(
        case=row, area=row.area, item=item, on_paper=on_paper, kept_at=kept_at.strip()[: ArchivePaper.PLACES] if on_paper else "", note=note.strip()[:200],
        album=album, filed_on=day, filed_by=by, filed_at=timezone.now(),
    )  # fmt: skip
    reckon(cases=[row])
    return made


@recorded("archive.paper_taken_back")
@transaction.atomic
def take_back_paper(*, case: Case, item: str, by: User, reason: str) -> ArchivePaper:
    """取回一份材料: with why; an archive that had been reviewed has to be reviewed again."""
    permitting.allow(by, Power.CASE_PREPARE, case.area, rules.ARCHIVE_PAPER)
    row = _held(case)
    paper = row.papers.filter(item=item, taken_on=None).first()
    if paper is None:
        raise Refused(rules.ARCHIVE_PAPER, _("这份材料没有归入，不用取回"))
    if not reason.strip():
        raise Refused(rules.ARCHIVE_PAPER, _("请写明为什么取回"))
    paper.taken_on, paper.taken_by, paper.taken_why = max(clock.today(), paper.filed_on), by, reason.strip()[:200]
    paper.save(update_fields=["taken_on", "taken_by", "taken_why"])
    CaseArchive.objects.filter(case=row).update(reviewed_on=None, reviewed_by=None, review_note="")
    reckon(cases=[row])
    return paper


@recorded("archive.reviewed")
@transaction.atomic
def review_archive(*, case: Case, by: User, note: str = "", on: date | None = None) -> CaseArchive:
    """审核档案: nothing that is required now may be missing."""
    permitting.allow(by, Power.CASE_APPROVE, case.area, rules.ARCHIVE_REVIEW)
    row, day = _held(case), permitting.day_of(on, rules.DAY)
    told = reckon(cases=[row])[row.pk]
    if told.missing:
        names = _("、").join(_(archives.BY_CODE[code].title) for code in told.missing)
        raise Refused(rules.ARCHIVE_REVIEW, _("还缺 %(count)d 项：%(names)s；补齐后再审核") % {"count": len(told.missing), "names": names})
    kept = CaseArchive.objects.get(case=row)
    kept.reviewed_on, kept.reviewed_by, kept.review_note = day, by, note.strip()[:200]
    kept.save(update_fields=["reviewed_on", "reviewed_by", "review_note"])
    return kept


@recorded("paper.read")
@transaction.atomic
def read_paper(*, household: Household, paper: str, of: str, by: User) -> PaperReading:
    """Somebody takes a paper out as a file: told at the reader's level and above."""
    reading = _reading(household, paper, of, by)
    reading.save(force_insert=True)
    return reading


@recorded("paper.read")
@transaction.atomic
def read_archives(*, households: Sequence[Household], by: User) -> None:
    """As ``read_paper``, of the whole files of many households that leave together."""
    temporary.insert([_reading(one, "archive", one.number, by) for one in households])


def _reading(household: Household, paper: str, of: str, by: User) -> PaperReading:
    return PaperReading(
        area=household.area, seat=seat(by), household=household, paper=paper, of=of, by=by, office=by.organisation, at=timezone.now()
    )

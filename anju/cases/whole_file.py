"""The complete file of one household: cover, contents with how much is there, a section for each case, every paper that exists (domain 2.8, 3.25).

The same records give the same bytes on the same day. Numbers appear as the mask policy shows them on paper.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from django.conf import settings
from django.utils import translation

from anju import clock
from anju.accounts.models import User
from anju.appraisals.models import Appraisal
from anju.appraisals.papers import competent, report_pdf
from anju.cases import papers, queries
from anju.cases.actions.moving import holding
from anju.cases.archives import PLACE_OF, Checklist, Line, checklist, records_of
from anju.cases.models import Case, CaseArchive, CaseHistory
from anju.cases.papers import About
from anju.cases.plan_paper import plan_pdf
from anju.cases.workflow import WORKFLOW
from anju.divisions import queries as divisions
from anju.documents import UNMARKED, Mark
from anju.documents.renovation.archive_cover import ArchiveCover, Item, Section
from anju.documents.renovation.whole_file import Filed, household_file
from anju.registry.models import Household
from anju.vocabulary.method import METHODS, MODES


@dataclass(frozen=True, slots=True)
class _Case:
    """One case of the file: what is known of it, its items, its number in the archive."""

    about: About
    items: Checklist
    number: str
    archive: CaseArchive | None


def whole_file(household: Household, by: User, mark: Mark = UNMARKED) -> bytes | None:
    """The file as ``by`` may see it, with ``mark`` on every page; None where the household has no case.

    Raises ``documents.Unprintable`` and ``store.Damaged``, whose texts say what to do.
    """
    with translation.override(settings.LANGUAGE_CODE):
        rows = queries.of_household(by, household.pk).exclude(stage=WORKFLOW.taken_back)
        rows = rows.select_related("household", "appraisal", "no_house", "plan", "archive__reviewed_by", "history")
        cases = [_known(one) for one in rows.order_by("id")]
        if not cases:
            return None
        filed = [
            Filed(section=at, item=PLACE_OF[item], content=content, label=label)
            for at, one in enumerate(cases)
            for item, label, make in _papers(one)
            if (content := make()) is not None
        ]
        return household_file(_cover(household, cases), filed, mark=mark)


def _known(case: Case) -> _Case:
    items = checklist(records_of([case])[case.pk])
    archive: CaseArchive | None = getattr(case, "archive", None)
    history: CaseHistory | None = getattr(case, "history", None)
    number = (archive.number if archive is not None else "") or (history.archive_number if history is not None else "") or case.number
    return _Case(About.of(case), items, number, archive)


def _papers(one: _Case) -> Iterator[tuple[str, str, Callable[[], bytes | None]]]:
    """The papers of a case: the item each belongs to, what the contents call it, and how it is made (None where it turns out not to be)."""
    about, case, number, today = one.about, one.about.case, one.number, clock.today()
    lines = {line.item.code: line for line in one.items.lines}

    def scans(line: Line, title: str) -> Callable[[], bytes | None]:
        albums = [line.paper.album_id] if line.paper is not None else []
        return lambda: papers.photos_pdf(papers.scans_of(case, title, number, today, albums))

    def of_step(code: str, title: str) -> Callable[[], bytes | None]:
        step = about.last(code)
        return lambda: papers.photos_pdf(papers.scans_of(case, title, number, today, [step.album_id if step is not None else None]))

    yield "application", "申请审批表", partial(papers.application_pdf, about)
    if lines["letter"].recorded:
        yield "letter", "改造申请书", of_step("apply", "改造申请书")
    if case.appraisal is not None:
        yield "appraisal", "危房鉴定报告", partial(_report, case.appraisal)
    elif case.no_house is not None and case.no_house.album_id:
        album = case.no_house.album_id
        yield "appraisal", "无房认定材料", lambda: papers.photos_pdf(papers.scans_of(case, "无房认定材料", number, today, [album]))
    if about.last("review") is not None:
        yield "review" if lines["review"].recorded else "other", "村民（代表）会议评议记录", partial(papers.review_pdf, about)
    for notice in papers.notices_of(case):
        well = lines["notice"].recorded
        yield "notice" if well else "other", notice.title, partial(papers.notice_pdf, about, notice)
    signed = about.agreement()
    if signed is not None:
        title = str(signed.get_kind_display())
        there = lines["agreement"].recorded
        yield "agreement" if there else "other", title if there else f"{title}（签字件待扫描）", partial(papers.agreement_pdf, about)
        if there:
            yield "agreement", f"{title}签字件", of_step("agree", f"{title}签字件")
    plan = holding(case)
    if plan is not None:
        yield "other", "一户一方案", partial(plan_pdf, plan)
    if one.items.lines[PLACE_OF["photos"]].recorded:
        yield "photos", "改造前、中、后照片", lambda: papers.photos_pdf(papers.photo_sheet_of(about, number, today))
    else:
        yield "other", "照片", lambda: papers.photos_pdf(papers.photo_sheet_of(about, number, today))
    if about.last("withdraw") is not None:
        yield "other", "自愿放弃的书面声明", of_step("withdraw", "自愿放弃的书面声明")
    for line in one.items.lines:
        if line.scanned:
            yield line.item.code, line.item.title, scans(line, line.item.title)


def _report(paper: Appraisal) -> bytes:
    return report_pdf(
        Appraisal.objects.select_related("household", "dwelling", "agency", "by__organisation", "round", "album").get(pk=paper.pk)
    )


def _cover(household: Household, cases: list[_Case]) -> ArchiveCover:
    last = cases[-1]
    places = dict.fromkeys(line.paper.kept_at for one in cases for line in one.items.lines if line.paper is not None and line.paper.kept_at)
    area = household.area
    township = divisions.full_names([area[:9]]).get(area[:9], "")
    village = divisions.short_names([area[:9], area[:12]])
    reviewed = last.archive.reviewed_by.name if last.archive is not None and last.archive.reviewed_by is not None else ""
    return ArchiveCover(
        number=last.number,
        organisation=competent(area) or township,
        household=papers.household_part(household, papers.head_of(last.about.case), clock.today()),
        made_on=clock.today(),
        sections=tuple(_section(one) for one in cases),
        village="".join(village.get(code, "") for code in (area[:9], area[:12])),
        kept_at="；".join(places)[:100],
        reviewer=reviewed,
        retention="长期",
    )


def _section(one: _Case) -> Section:
    case = one.about.case
    how = METHODS[case.method].name if case.method in METHODS else ""
    mode = f"（{MODES[case.build_mode].name}）" if case.build_mode in MODES else ""
    accepted = one.about.last("accept")
    return Section(
        number=one.number,
        title=f"{case.year or case.applied_on.year} 年　{how or '申请'}{mode}",
        items=tuple(
            Item(
                name=line.item.title,
                required=line.required,
                present=line.present,
                paper=line.paper is not None and line.paper.on_paper,
                electronic=line.electronic,
                note=line.paper.note if line.paper is not None else "",
            )
            for line in one.items.lines
        ),
        approved_on=case.approved_on,
        accepted_on=accepted.on if accepted is not None else None,
        closed_on=case.ended_on if case.stage == "closed" else None,
    )

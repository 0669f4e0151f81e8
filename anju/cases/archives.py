"""DECLARED: the nineteen items of a case's archive: when each is required, and what of the records makes it present (domain 2.8, 3.25).

A case is asked for what its stage has made possible: a payment voucher isn't missing before the payment. What is required never depends on
what was filed, so that filing never lowers how much is there.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.appraisals.models import NoHouse
from anju.cases.models import ArchivePaper, Case, CaseNotice, CaseStep
from anju.cases.photographs import AFTER, BEFORE, DURING
from anju.cases.standing import counting, since_anew
from anju.cases.workflow import ENDS, WORKFLOW
from anju.documents.renovation.archive_cover import CHECKLIST
from anju.entries.models import SystemEntry
from anju.evidence.models import Photo
from anju.evidence.queries import accepted
from anju.notices.models import Outcome
from anju.vocabulary.method import METHODS

_ORDER = tuple(one.code for one in WORKFLOW.stages)
_REVIEWED, _APPROVED, _STARTED, _COMPLETED, _ACCEPTED, _ARCHIVED = (
    _ORDER.index(code) for code in ("reviewed", "approved", "started", "completed", "accepted", "archived")
)


@dataclass(frozen=True, slots=True)
class Records:
    """What the records of a case say of its archive since it last began anew. ``reached``: the place of the furthest stage it has come to."""

    case: Case
    reached: int
    steps: frozenset[str] = frozenset()
    pictured: Mapping[str, frozenset[str]] = field(default_factory=dict)  # step → kinds of its accepted photos
    before: bool = False  # an accepted photo of before the works, of the appraisal or of a step
    notices: int = 0  # notices that ended well, with both photos
    entered: bool = False  # in the national archive system
    papers: Mapping[str, ArchivePaper] = field(default_factory=dict)
    scanned: frozenset[str] = frozenset()  # items filed with at least one accepted photo

    @property
    def shown(self) -> frozenset[str]:
        """The kinds of all accepted photos of the works."""
        return frozenset().union(*self.pictured.values())


Needs = Callable[[Records], bool | None]
Has = Callable[[Records], bool]


def _always(_records: Records) -> bool | None:
    return True


def _never(_records: Records) -> bool | None:
    return False


def _nothing(_records: Records) -> bool:
    return False


def _from(stage: int) -> Needs:
    """Required once the case has come so far; not known before."""
    return lambda records: True if records.reached >= stage else None


def _tests(records: Records) -> bool | None:
    """材料检测报告: of houses that somebody builds for the household, whose materials the county has tested together."""
    case = records.case
    built = case.method in METHODS and METHODS[case.method].new and case.build_mode in ("unified_build", "turnkey")
    return False if case.method and not built else _from(_COMPLETED)(records)


def _photos(records: Records) -> bool:
    """改造前、中、后照片, as far as the works are: a repair has no milestone between its start and its end."""
    if not records.before:
        return False
    if records.reached < _COMPLETED:
        return True
    between = "structure" in METHODS[records.case.method].milestones if records.case.method in METHODS else False
    return bool(records.shown & AFTER) and (not between or bool(records.shown & DURING))


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its code, its name in the contents, when it is required, what of the records makes it present, why it is asked for then."""

    code: str
    title: str
    required: Needs
    recorded: Has = _nothing
    when: Any = ""


ITEMS: tuple[Item, ...] = tuple(
    Item(code, title, required, recorded, when)
    for title, (code, required, recorded, when) in zip(
        CHECKLIST,
        (
            ("application", _always, lambda records: not records.case.historic, _("系统按办理情况生成")),
            ("letter", _always, lambda records: bool(records.pictured.get("apply")), _("申请时交")),
            ("identity", _always, _nothing, _("申请时交")),
            ("category", _always, _nothing, _("申请时交")),
            ("card", _from(_APPROVED), _nothing, _("批准后交")),
            ("village_proof", _never, _nothing, _("需要时交")),
            ("survey", lambda records: records.case.grade != "none", _nothing, _("有住房的户都要")),
            ("appraisal", _always, lambda records: bool(records.case.appraisal_id or records.case.no_house_id), _("鉴定报告或无房认定")),
            ("review", _from(_REVIEWED), lambda records: "meeting" in records.pictured.get("review", ()), _("评议后，连同会议照片")),
            ("notice", _from(_ORDER.index("village_posted")), lambda records: records.notices > 0, _("村公示期满后，连同公示栏照片")),
            ("approval", _from(_APPROVED), lambda records: "approve" in records.steps, _("批准后，系统按办理情况生成")),
            ("agreement", _from(_STARTED), lambda records: "agreement" in records.pictured.get("agree", ()), _("开工后，要有签好的扫描件")),
            ("inspection", _from(_COMPLETED), _nothing, _("竣工后")),
            ("tests", _tests, _nothing, _("统建、代建的新房竣工后")),
            ("acceptance", _from(_ACCEPTED), _nothing, _("验收合格后")),
            ("voucher", _from(_ARCHIVED), _nothing, _("补助付清后")),
            ("card_form", _from(_APPROVED), lambda records: records.entered, _("批准后录入农户档案信息检索系统")),
            ("photos", _from(_STARTED), _photos, _("开工后，随进度")),
            ("other", _never, _nothing, _("需要时交")),
        ),
        strict=True,
    )
)  # fmt: skip
"""In the order of the contents (``CHECKLIST``)."""
BY_CODE = {one.code: one for one in ITEMS}
PLACE_OF = {one.code: at for at, one in enumerate(ITEMS)}


@dataclass(frozen=True, slots=True)
class Line:
    """An item of one case: ``required`` is None where the stage doesn't know it yet."""

    item: Item
    required: bool | None
    recorded: bool
    paper: ArchivePaper | None
    scanned: bool

    @property
    def electronic(self) -> bool:
        """The records have it, or it was filed as a scan."""
        return self.recorded or self.scanned

    @property
    def present(self) -> bool:
        """There in whatever form."""
        return self.electronic or (self.paper is not None and self.paper.on_paper)

    @property
    def missing(self) -> bool:
        """Required and not there."""
        return bool(self.required) and not self.present


@dataclass(frozen=True, slots=True)
class Checklist:
    """The nineteen items of a case."""

    lines: tuple[Line, ...]

    @property
    def required(self) -> int:
        """How many items are required now."""
        return sum(1 for one in self.lines if one.required)

    @property
    def missing(self) -> tuple[str, ...]:
        """The codes of what is required and not there, in the order of the contents."""
        return tuple(one.item.code for one in self.lines if one.missing)

    @property
    def complete(self) -> int:
        """齐全率, whole percent; 100 only where nothing required is missing."""
        required = self.required
        return 100 * (required - len(self.missing)) // required if required else 100


def checklist(records: Records) -> Checklist:
    """What a case's records and papers make of its archive."""
    return Checklist(
        tuple(
            Line(one, one.required(records), one.recorded(records), records.papers.get(one.code), one.code in records.scanned)
            for one in ITEMS
        )
    )


def records_of(cases: Collection[Case], steps: Mapping[int, Sequence[CaseStep]] | None = None) -> dict[int, Records]:
    """The records of cases, by key; a fixed number of questions to the database however many. ``steps``: all of theirs, where they are at hand."""
    keys = [one.pk for one in cases]
    all_told = {key: counting(rows) for key, rows in (_steps_of(keys) if steps is None else steps).items()}
    told = {key: since_anew(rows) for key, rows in all_told.items()}
    grounds = grounds_of(cases)
    papers: dict[int, dict[str, ArchivePaper]] = {}
    for paper in ArchivePaper.objects.filter(case__in=keys, taken_on=None).select_related("filed_by"):
        papers.setdefault(paper.case_id, {})[paper.item] = paper
    albums: set[int | None] = {*grounds.values()}
    albums |= {one.album_id for rows in all_told.values() for one in rows}
    albums |= {one.album_id for held in papers.values() for one in held.values()}
    kinds: dict[int | None, set[str]] = {}
    for album, kind in Photo.objects.filter(accepted(), album__in=albums - {None}).values_list("album_id", "kind").distinct():
        kinds.setdefault(album, set()).add(kind)
    well = CaseNotice.objects.filter(case__in=keys, notice__withdrawn_on=None, notice__outcome__in=(Outcome.NONE, Outcome.SETTLED))
    hung: dict[int, int] = {}
    for key, hung_after in well.values_list("case_id", "entered"):
        if any(one.pk == hung_after for one in told.get(key, ())):
            hung[key] = hung.get(key, 0) + 1
    entered = _entered(cases)
    found = {}
    for case in cases:
        rows, held = told.get(case.pk, []), papers.get(case.pk, {})
        pictured: dict[str, frozenset[str]] = {}
        for step in rows:  # done once more, the later one holds
            pictured[step.code] = frozenset(kinds.get(step.album_id or 0, ()))
        if "agreement" not in case.marks:  # what the former head signed
            pictured.pop("agree", None)
        seen = {grounds.get(case.pk), *(one.album_id for one in all_told.get(case.pk, ()))}
        found[case.pk] = Records(
            case=case,
            reached=_reached(case),
            steps=frozenset(one.code for one in rows),
            pictured=pictured,
            before=any(kinds.get(album, set()) & BEFORE for album in seen),
            notices=hung.get(case.pk, 0),
            entered=case.household_id in entered,
            papers=held,
            scanned=frozenset(code for code, one in held.items() if one.album_id in kinds),
        )
    return found


def _steps_of(cases: Collection[int]) -> dict[int, list[CaseStep]]:
    steps: dict[int, list[CaseStep]] = {}
    for step in CaseStep.objects.filter(case__in=cases).defer("details", "reason").order_by("id"):
        steps.setdefault(step.case_id, []).append(step)
    return steps


def grounds_of(cases: Collection[Case]) -> dict[int, int]:
    """The albums of what cases rest on, the appraisal or the finding that there is no house, by the case's key."""
    no_house = dict(NoHouse.objects.filter(pk__in={one.no_house_id for one in cases if one.no_house_id}).values_list("pk", "album"))
    found = {one.pk: one.appraisal.album_id if one.appraisal is not None else no_house.get(one.no_house_id or 0) for one in cases}
    return {key: album for key, album in found.items() if album is not None}


def _entered(cases: Iterable[Case]) -> set[int]:
    """The households that the national archive system has."""
    found = SystemEntry.objects.filter(
        household__in={one.household_id for one in cases}, system=SystemEntry.System.ARCHIVE, state=SystemEntry.State.ENTERED,
        superseded_at=None, withdrawn=False,
    )  # fmt: skip
    return set(found.values_list("household_id", flat=True))


def _reached(case: Case) -> int:
    """How far the case is on the road: of one on a side road the stage it left, of one that ended without works what it had come to."""
    at = case.behind[0] if case.behind else case.stage
    if at in _ORDER and not WORKFLOW.stage(at).side and (at not in ENDS or at == "closed"):
        return _ORDER.index(at)
    marked = {"started": case.started_on, "approved": case.approved_on}
    return next((_ORDER.index(code) for code, day in marked.items() if day is not None), 0)

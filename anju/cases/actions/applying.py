"""农户申请: a case begins with what the register and the appraisals say of the household on that day."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import rules
from anju.cases.grounds import dangerous
from anju.cases.looking import Look, look
from anju.cases.models import Case, CaseStep, NumberSeries
from anju.cases.standing import APPLY
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@recorded("case.applied")
@transaction.atomic
def apply(
    *, household: Household, by: User, on: date | None = None, album: Album | None = None, captured: Captured = _NOWHERE, source: str = ""
) -> Case:
    """受理改造申请: the household's own words, its identity as a locked list has it, the grade of its house (or that it has none).

    Raises ``Refused`` for a household that isn't on the register, has a case going on, is on no locked list, or whose house isn't dangerous.
    The same ``captured.client_id`` gives the same case.
    """
    return _begun(household, by=by, on=on, album=album, captured=captured, source=source)


@recorded("case.applied")
@transaction.atomic
def apply_many(*, households: Sequence[int], by: User, on: date | None = None) -> dict[int, Refused]:
    """Many applications of one day, by the keys of the households, each held to all that ``apply`` holds one to. Those refused have no case: key → why."""
    day = permitting.day_of(on, rules.DAY)
    rows = list(Household.objects.select_for_update(no_key=True).filter(pk__in=set(households)).order_by("pk"))
    known = look([row.pk for row in rows], day)
    made: list[CaseStep] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for row in rows:
            try:
                permitting.allow(by, Power.CASE_APPLY, row.area, rules.ROLE)
                made.append(_made(row, known, by=by))
            except Refused as refused:
                refusals[row.pk] = refused
    _written(made)
    return refusals


@recorded("case.applied")
@transaction.atomic
def reopen(*, case: Case, by: User, on: date | None = None, reason: str, album: Album | None = None, captured: Captured = _NOWHERE) -> Case:
    """返危重开: the house of a finished case has become dangerous again through a disaster; a new case begins that names the former."""
    if case.stage != "closed":
        raise Refused(rules.ORDER, _("%s 还没有结案，不能按返危重开") % case.number)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明因为什么返危"))
    return _begun(case.household, by=by, on=on, album=album, captured=captured, again_of=case, reason=reason)


def _begun(
    household: Household,
    *,
    by: User,
    on: date | None,
    album: Album | None,
    captured: Captured,
    source: str = "",
    again_of: Case | None = None,
    reason: str = "",
) -> Case:
    permitting.allow(by, Power.CASE_APPLY, household.area, rules.ROLE)
    day = permitting.day_of(on, rules.DAY)
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if (sent := sent_before(CaseStep, captured)) is not None:
        if (sent.case.household_id, sent.code) != (row.pk, APPLY):
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的申请另行提交"))
        found: Case = sent.case
        return found
    made = _made(row, look([row.pk], day), by=by, album=album, captured=captured, source=source, again_of=again_of, reason=reason)
    return _written([made])[0]


def _made(
    row: Household,
    known: Look,
    *,
    by: User,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
    again_of: Case | None = None,
    reason: str = "",
) -> CaseStep:
    """The application of a new case, neither of them written yet, where nothing speaks against it; else ``Refused``."""
    day = known.on
    if row.closed_on is not None:
        raise Refused(rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不能申请") % {"number": row.number, "on": row.closed_on})
    if (going := known.open_cases.get(row.pk)) is not None:
        raise Refused(rules.ONE_OPEN, _("该户 %(on)s 申请的 %(number)s 还在办理") % {"on": going.applied_on, "number": going.number})
    head = known.heads.get(row.pk)
    if head is None:
        raise Refused(rules.HOUSEHOLD, _("登记库里该户没有户主；请先在农户页写明户主"))
    worst, no_house = dangerous(row, known)
    if again_of is not None and again_of.completed_on is not None and worst is not None and worst.appraisal.on <= again_of.completed_on:
        raise Refused(
            rules.GRADE,
            _("%(on)s 的鉴定在上次竣工 %(done)s 之前；返危要有竣工以后的鉴定") % {"on": worst.appraisal.on, "done": again_of.completed_on},
        )
    appraised = worst.appraisal.on if worst is not None else day
    identity = known.confirmed(row, appraised)
    if identity is None:
        raise Refused(
            rules.IDENTITY, _("%(on)s 时没有锁定的名单确认该户是重点对象；请先会签锁定名单，再用那以后的鉴定申请") % {"on": appraised}
        )
    now = timezone.now()
    case = Case(
        area=row.area, household=row, dwelling=worst.dwelling if worst else None, appraisal=worst.appraisal if worst else None,
        no_house=no_house, again_of=again_of, group=identity.category.code, grade=worst.grade if worst else "none", applied_on=day, recorded_at=now,
        source=source, since=day, head=head.person, size=known.sizes[row.pk],
    )  # fmt: skip
    return CaseStep(
        case=case, area=row.area, code=APPLY, on=day, by=by, office=by.organisation, at=now, reason=reason.strip()[:300],
        details={"head": head.person_id, "size": case.size}, album=album, client_id=captured.client_id, captured_at=captured.at,
        device=captured.device[:80], source=source,
    )  # fmt: skip


def _written(applications: Sequence[CaseStep]) -> list[Case]:
    """The cases of these applications, each with the year's next number of its county: 210922-GZ2020-000288."""
    series: dict[tuple[str, int], list[Case]] = {}
    for step in applications:
        series.setdefault((step.area[:6], step.on.year), []).append(step.case)
    for (county, year), cases in sorted(series.items()):
        kept, _new = NumberSeries.objects.get_or_create(county=county, year=year)
        NumberSeries.objects.filter(pk=kept.pk).update(last=F("last") + len(cases))
        kept.refresh_from_db()
        for number, case in enumerate(cases, kept.last - len(cases) + 1):
            case.number = f"{county}-GZ{year}-{number:06d}"
    made = [step.case for step in applications]
    temporary.insert(made)
    for step in applications:
        step.case_id = step.case.pk
    temporary.insert(applications)
    for step in applications:
        step.case.entered = step.pk
    Case.objects.bulk_update(made, ["entered"], batch_size=500)
    return made

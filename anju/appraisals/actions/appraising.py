"""An appraisal is submitted, acknowledged, withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import grading
from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.appraisals import grades, identity, numbering, rules, settling
from anju.appraisals.models import Appraisal, ComponentFinding, NumberSeries, Objection, Round
from anju.appraisals.permitting import allow, day_of, standing
from anju.evidence.models import Album
from anju.grading.standards import NoStandard, standard_on
from anju.policy import keys, value
from anju.refusing import Refused
from anju.registry.facts import true_on
from anju.registry.models import Dwelling, Household, Occupancy
from anju.trail.acting import everywhere
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.grade import GRADES, better

ADVICE = {"A": Appraisal.Advice.KEEP, "B": Appraisal.Advice.KEEP, "C": Appraisal.Advice.REPAIR, "D": Appraisal.Advice.REBUILD}
_NOWHERE = Captured()


@dataclass(frozen=True, slots=True)
class Judged:
    """A form read and computed by the standard of its day."""

    form: grading.Form
    outcome: grading.Outcome


def judge(form: Mapping[str, Any], *, area: str, on: date) -> Judged:
    """The form as the standard of that day and province computes it; what the form leaves out of both is filled in. Raises ``Refused``."""
    try:
        standard = standard_on(area, on)
    except NoStandard as none:
        raise Refused(rules.STANDARD, str(none)) from none
    given = {**form, "standard": form.get("standard") or standard.key, "area": area, "date": on.isoformat()}
    if given["standard"] != standard.key:
        raise Refused(
            rules.STANDARD,
            _("%(on)s 应按《%(title)s》鉴定，表是按 %(key)s 填的") % {"on": on, "title": standard.title, "key": given["standard"]},
        )
    try:
        read = grading.read(given)
        return Judged(read, grading.appraise(read))
    except grading.NotCovered as beyond:
        raise Refused(rules.STOREYS, str(beyond)) from beyond
    except grading.MalformedForm as wrong:
        raise Refused(rules.COMPONENTS if wrong.field == "components" else rules.FORM, str(wrong)) from wrong


@recorded("appraisal.submitted")
@transaction.atomic
def submit(
    *,
    household: Household,
    dwelling: Dwelling,
    form: Mapping[str, Any],
    on: date | None = None,
    by: User,
    appraisers: Sequence[str],
    kind: str = Appraisal.Kind.APPRAISED,
    organiser: str = Appraisal.Organiser.COUNTY,
    agency: Organisation | None = None,
    trigger: str = Appraisal.Trigger.FIRST,
    round: Round | None = None,
    grade: str = "",
    why: str = "",
    advice: str = "",
    opinion: str = "",
    subsidy: bool = False,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
) -> Appraisal:
    """鉴定: a house gets its grade by the standard of the day; from that day on it holds, until a later appraisal.

    ``form``: what ``anju.grading`` reads (components, site, …), without standard, area and date, which follow from the house and ``on``.
    ``grade``: the appraiser's conclusion where it isn't the computed one, with ``why``. ``appraisers``: names as they sign. ``subsidy``: the paper is
    to carry an application, so the identity must have been confirmed before (S4-05). The same ``captured.client_id`` gives the same appraisal.
    """
    allow(by, Power.APPRAISE, household.area)
    day = day_of(on)
    row = standing(household)
    if captured.client_id and (known := Appraisal.objects.filter(client_id=captured.client_id).first()):
        return _the_same(known, dwelling, day, grade)
    _of_household(row, dwelling, day)
    names = [name.strip()[:30] for name in appraisers if name.strip()]
    if not names:
        raise Refused(rules.APPRAISERS, _("没有写鉴定人，请填写鉴定人姓名"))
    judged = judge(form, area=row.area, on=day)
    final = _concluded(judged, grade, why)
    if subsidy:
        _identified(row, day)
    now = timezone.now()
    made = Appraisal.objects.create(
        number=numbering.give(NumberSeries.Kind.REPORT, row.area, day.year)[0],
        household=row, dwelling=dwelling, area=row.area, round=round, on=day, kind=Appraisal.Kind(kind), organiser=Appraisal.Organiser(organiser),
        agency=agency, appraisers=names, trigger=Appraisal.Trigger(trigger), **computed(judged), grade=final, override_reason=why.strip()[:300],
        advice=advice or default_advice(judged, final), opinion=opinion.strip()[:500], subsidy=subsidy, objection_until=last_day_to_object(row.area, day),
        album=album, by=by, recorded_at=now, client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80], source=source,
    )  # fmt: skip
    ComponentFinding.objects.bulk_create(findings(made, judged))
    grades.settle(dwelling, now)
    settling.settle(made, by)
    made.refresh_from_db()
    return made


def _the_same(known: Appraisal, dwelling: Dwelling, day: date, grade: str) -> Appraisal:
    if (known.dwelling_id, known.on) != (dwelling.pk, day) or (grade and grade != known.grade):
        raise Refused(rules.TWICE, _("这份提交已登记为 %(number)s，内容与这次的不同；请作为新的鉴定另行提交") % {"number": known.number})
    return known


def _of_household(household: Household, dwelling: Dwelling, day: date) -> None:
    if not Occupancy.objects.filter(true_on(day), household=household, dwelling=dwelling).exists():
        raise Refused(
            rules.HOUSE,
            _("房屋 %(house)s 在 %(on)s 不是户 %(number)s 的住房；请先在农户页登记房屋")
            % {"house": dwelling.number, "on": day, "number": household.number},
        )


def _identified(household: Household, day: date) -> None:
    with everywhere():
        found = identity.confirmed(household, day)
    if found is None:
        raise Refused(
            rules.IDENTITY,
            _("户 %(number)s 到 %(on)s 还不在已锁定的重点对象名单上；请先比对并锁定名单，或不勾选“用于申请补助”")
            % {"number": household.number, "on": day},
        )


def _concluded(judged: Judged, grade: str, why: str) -> str:
    """The final grade: the computed one, or the appraiser's with a reason. By the 2009 guide never better than the qualitative one."""
    outcome = judged.outcome
    final = grade or outcome.grade
    if final not in GRADES:
        raise Refused(rules.FORM, _("结论等级应是 A、B、C、D 之一"))
    said = bool(why.strip())
    if final != outcome.grade and not said:
        raise Refused(
            rules.OVERRIDE, _("推算为 %(computed)s 级，结论填 %(final)s 级：请写明理由") % {"computed": outcome.grade, "final": final}
        )
    if outcome.standard.startswith("2009") and better(final, outcome.qualitative):
        raise Refused(rules.NOT_BETTER, _("定性鉴定为 %(qualitative)s 级，结论不能好于它") % {"qualitative": outcome.qualitative})
    if outcome.asks_reason and not said:
        raise Refused(rules.OVERRIDE, _("鉴定表内有不一致之处，请写明理由：%(what)s") % {"what": " ".join(outcome.reasons)})
    return final


def computed(judged: Judged) -> dict[str, Any]:
    """What a form and its outcome say, in the columns of an appraisal."""
    form, outcome = judged.form, judged.outcome
    return {
        "standard": outcome.standard,
        "structure": form.structure or "",
        "storeys": form.storeys,
        "site": form.site or "",
        "whole": form.whole or "",
        "disaster": dict(outcome.hazards),
        "qualitative": outcome.qualitative,
        "quantitative": outcome.quantitative or "",
        "p": _numbers(outcome.p),
        "mu": _numbers(outcome.mu),
        "computed": outcome.grade,
    }


def _numbers(exact: Mapping[str, Fraction] | None) -> dict[str, float] | None:
    return None if exact is None else {key: round(float(each), 6) for key, each in exact.items()}


def default_advice(judged: Judged, grade: str) -> Appraisal.Advice:
    """What the grade asks for; a dangerous site asks for another place."""
    return Appraisal.Advice.RELOCATE if judged.form.site == "dangerous" else ADVICE[grade]


def last_day_to_object(area: str, on: date) -> date:
    """The last day on which the household may object: so many days from the day after it was told."""
    return on + timedelta(days=value(keys.OBJECTION_DAYS, area, on))


def findings(appraisal: Appraisal, judged: Judged) -> list[ComponentFinding]:
    """The form's components with their levels, danger points and, by the 2009 guide, counts; not yet saved."""
    form = judged.form
    rows: dict[str, ComponentFinding] = {}

    def row(component: str) -> ComponentFinding:
        return rows.setdefault(component, ComponentFinding(appraisal=appraisal, component=component))

    for component, level in form.components.items():
        row(component).level = level
    for component, measured in form.measured.items():
        row(component).points = [
            {
                "point": one.point.key,
                "value": one.value if isinstance(one.value, bool | int) else float(one.value),
                "limit": one.limit.written if one.limit else None,
                "exceeds": one.exceeds,
            }
            for one in measured
        ]
    for part, members in (form.counts or {}).items():
        for member, count in members.items():
            made = row(f"{part}.{member}" if member else part)
            made.dangerous, made.total = count.dangerous, count.total
    return list(rows.values())


@recorded("appraisal.acknowledged")
@transaction.atomic
def acknowledge(*, appraisal: Appraisal, agreed: bool, by: User, on: date | None = None) -> Appraisal:
    """The household has signed under the result, that it agrees or that it doesn't; an objection itself is ``objecting.raise_objection``."""
    allow(by, Power.HEAR_OBJECTIONS, appraisal.area)
    day = day_of(on)
    row = current(appraisal)
    if day < row.on:
        raise Refused(rules.DAY, _("签字日期 %(on)s 早于鉴定日期 %(appraised)s") % {"on": day, "appraised": row.on})
    row.acknowledged = Appraisal.Acknowledgement.AGREED if agreed else Appraisal.Acknowledgement.OBJECTED
    row.acknowledged_on = day
    row.save(update_fields=["acknowledged", "acknowledged_on"])
    return row


@recorded("appraisal.withdrawn")
@transaction.atomic
def withdraw(*, appraisal: Appraisal, by: User, reason: str) -> Appraisal:
    """作废: the paper doesn't count; the grade before it holds again. It stays readable with the reason."""
    allow(by, Power.MANAGE_APPRAISALS, appraisal.area)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么作废"))
    row = Appraisal.objects.select_for_update(no_key=True).get(pk=appraisal.pk)
    if row.state == Appraisal.State.WITHDRAWN:
        raise Refused(rules.STATE, _("鉴定 %(number)s 已经作废") % {"number": row.number})
    if hanging := row.postings.filter(removed_on=None).first():
        raise Refused(
            rules.HANGING,
            _("%(kind)s %(number)s 还挂着，请先登记摘牌再作废") % {"kind": hanging.get_kind_display(), "number": hanging.number},
        )
    if row.objections.filter(state=Objection.State.OPEN).exists():
        raise Refused(rules.OBJECTION, _("农户对 %(number)s 的异议还没有处理，请先重新鉴定或答复，再作废") % {"number": row.number})
    now: datetime = timezone.now()
    row.state, row.state_at, row.state_reason, row.superseded_by = Appraisal.State.WITHDRAWN, now, reason.strip()[:300], None
    row.save(update_fields=["state", "state_at", "state_reason", "superseded_by"])
    grades.settle(row.dwelling, now)
    settling.reopen(row)
    return row


def current(appraisal: Appraisal) -> Appraisal:
    """The appraisal, locked; refused where it was withdrawn or superseded."""
    row = Appraisal.objects.select_for_update(no_key=True).get(pk=appraisal.pk)
    if row.state != Appraisal.State.VALID:
        raise Refused(
            rules.STATE, _("鉴定 %(number)s %(state)s，请办理当前有效的那一份") % {"number": row.number, "state": row.get_state_display()}
        )
    return row


__all__ = ["Judged", "acknowledge", "computed", "current", "findings", "judge", "submit", "withdraw"]

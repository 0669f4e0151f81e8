"""新增险情: a new danger is reported, the people are brought to safety, the item is struck once they live safely again (domain 2.12)."""

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules, settling
from anju.appraisals.models import Appraisal, Hazard
from anju.appraisals.permitting import allow, day_of, locked, on_register
from anju.evidence.models import Album
from anju.kept import kept
from anju.policy import find, keys
from anju.refusing import Refused
from anju.registry.models import Dwelling, Household
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.grade import GRADES

_NOWHERE = Captured()
_URGENT = timedelta(days=3)
_MONTH = 20
"""The day of the month by which a house is appraised where policy says nothing yet."""


def due_after(area: str, on: date) -> date:
    """The day by which a hazard found on a day is to be appraised: the policy's day of that month, or of the next one where it has passed."""
    rule = find(keys.APPRAISED_DAY, area, on)
    day = rule.value if rule else _MONTH
    if on.day <= day:
        return on.replace(day=day)
    first_of_next = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    return first_of_next.replace(day=day)


@recorded("hazard.reported")
@transaction.atomic
def report(
    *,
    household: Household,
    way: str,
    cause: str,
    description: str,
    by: User,
    on: date | None = None,
    reporter: str = "",
    urgent: bool = False,
    dwelling: Dwelling | None = None,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
) -> Hazard:
    """登记险情: found by the household, a cadre or a department. Its house is to be appraised by the policy's day; an urgent one within three days.

    What a cadre found himself was seen on the spot; a household's word and a warning are looked at first (``check``). Reported late, it has the
    appraisal that was made since it was found.
    """
    allow(by, Power.REPORT_HAZARD, household.area)
    day = day_of(on)
    row = locked([household.pk])[household.pk]
    if (known := sent_before(Hazard, captured)) is not None:
        if (known.household_id, known.way, known.cause) != (household.pk, way, cause):
            raise Refused(rules.TWICE, _("这份提交已登记为别的险情；请作为新的险情另行提交"))
        return known
    on_register(row)
    if way not in Hazard.Way.values or cause not in Hazard.Cause.values or not description.strip():
        raise Refused(rules.HAZARD, _("请选发现途径和成因，并写明情况"))
    if held := Hazard.objects.filter(household=row, closed_on=None).first():
        raise Refused(rules.HAZARD, _("该户 %(on)s 报的险情还没有销号，请在那一条上补充") % {"on": held.on})
    due = min(due_after(row.area, day), day + _URGENT) if urgent else due_after(row.area, day)
    seen = way == Hazard.Way.CADRE
    made = Hazard.objects.create(
        household=row, dwelling=dwelling, area=row.area, on=day, way=way, cause=cause, reporter=reporter.strip()[:60],
        description=description.strip()[:500], urgent=urgent, due=due, album=album, by=by, recorded_at=timezone.now(),
        checked_on=day if seen else None, checked_by=by if seen else None,
        client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80], source=source,
    )  # fmt: skip
    settling.appraised([row.pk])
    made.refresh_from_db()
    return made


@recorded("hazard.checked")
@transaction.atomic
def check(*, hazard: Hazard, by: User, found: bool, note: str, on: date | None = None, urgent: bool | None = None) -> Hazard:
    """核实: somebody went there, once. ``found``: the danger is there; otherwise the item is struck as unfounded, which one whose house has been
    appraised can't be. ``urgent`` as it is seen now."""
    allow(by, Power.REPORT_HAZARD, hazard.area)
    day = day_of(on)
    row = _open(hazard)
    if day < row.on:
        raise Refused(rules.CHECKED, _("核实日期 %(on)s 早于发现险情的日期 %(found)s") % {"on": day, "found": row.on})
    if not note.strip():
        raise Refused(rules.CHECKED, _("请写明到现场看到的情况"))
    if row.appraisal is not None and not found:
        raise Refused(
            rules.CHECKED,
            _("房屋已鉴定为 %(grade)s 级（%(number)s），不能再按没有险情解除；住上安全房再销号")
            % {"grade": row.appraisal.grade, "number": row.appraisal.number},
        )
    if row.checked_on is not None:
        said = _("%(on)s 已核实有险情，不用再登记核实") if found else _("%(on)s 已核实有险情，不能再按没有险情解除；请先鉴定")
        raise Refused(rules.CHECKED, said % {"on": row.checked_on})
    row.checked_on, row.checked_by, row.checked_note, row.unfounded = day, by, note.strip()[:300], not found
    if urgent is not None and urgent and not row.urgent:
        row.urgent, row.due = True, min(row.due, day + _URGENT)
    if not found:
        row.closed_on, row.closed_how, row.closed_by = day, kept(gettext_lazy("核实没有险情")), by
    row.save()
    return row


@recorded("hazard.evacuated")
@transaction.atomic
def evacuate(*, hazard: Hazard, by: User, on: date | None = None) -> Hazard:
    """The people have left the dangerous house; the day is said once."""
    allow(by, Power.REPORT_HAZARD, hazard.area)
    day = day_of(on)
    row = _open(hazard)
    if day < row.on:
        raise Refused(rules.HAZARD, _("转移日期 %(on)s 早于发现险情的日期 %(found)s") % {"on": day, "found": row.on})
    if row.evacuated_on is not None:
        raise Refused(rules.HAZARD, _("%(on)s 已登记转移，不用再登记") % {"on": row.evacuated_on})
    row.evacuated_on = day
    row.save(update_fields=["evacuated_on"])
    return row


@recorded("hazard.closed")
@transaction.atomic
def close(
    *, hazard: Hazard, by: User, how: str, appraisal: Appraisal | None = None, housed: bool = False, on: date | None = None
) -> Hazard:
    """销号: by an appraisal since then that says A or B, or because the household is housed safely elsewhere (``housed``: the caller has seen that);
    then the paper about the dangerous house stays with it."""
    allow(by, Power.REPORT_HAZARD, hazard.area)
    day = day_of(on)
    row = _open(hazard)
    paper = Appraisal.objects.get(pk=appraisal.pk) if appraisal is not None else None
    if not how.strip():
        raise Refused(rules.SAFE_AGAIN, _("请写明怎样解决的"))
    if day < row.on:
        raise Refused(rules.SAFE_AGAIN, _("销号日期 %(on)s 早于发现险情的日期 %(found)s") % {"on": day, "found": row.on})
    if paper is not None and (paper.household_id != row.household_id or paper.on < row.on or paper.state != Appraisal.State.VALID):
        raise Refused(rules.SAFE_AGAIN, _("鉴定 %(number)s 不是该户险情之后的有效鉴定") % {"number": paper.number})
    if not housed and (paper is None or not GRADES[paper.grade].safe):
        raise Refused(rules.SAFE_AGAIN, _("还没有险情之后 A、B 级的鉴定，也没有别的保障途径，不能销号"))
    row.appraisal = paper or row.appraisal
    row.closed_on, row.closed_how, row.closed_by, row.housed = day, how.strip()[:200], by, housed
    row.save(update_fields=["appraisal", "closed_on", "closed_how", "closed_by", "housed"])
    return row


def _open(hazard: Hazard) -> Hazard:
    locked([hazard.household_id])
    row = Hazard.objects.select_for_update(no_key=True).get(pk=hazard.pk)
    if row.closed_on is not None:
        raise Refused(rules.HAZARD, _("这条险情已于 %(on)s 销号") % {"on": row.closed_on})
    return row

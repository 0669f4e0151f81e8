"""What a filled form comes to: the grade by the standard of the day, what may be concluded of it, and how the paper keeps it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from anju import grading
from anju.appraisals import rules
from anju.appraisals.models import Appraisal, ComponentFinding
from anju.grading.standards import NoStandard, standard_on
from anju.policy import keys, value
from anju.refusing import Refused
from anju.vocabulary.grade import GRADES, better

ADVICE = {"A": Appraisal.Advice.KEEP, "B": Appraisal.Advice.KEEP, "C": Appraisal.Advice.REPAIR, "D": Appraisal.Advice.REBUILD}


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


def concluded(judged: Judged, grade: str, why: str) -> str:
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

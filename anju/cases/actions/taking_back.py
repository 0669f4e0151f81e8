"""Steps that a workbook has recorded, taken back by reversing steps: those that nothing was done after."""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.archiving import reckon
from anju.cases.actions.stepping import COLUMNS_OF_CASE, Step, advance_many, held, may
from anju.cases.models import Case, CaseStep
from anju.cases.standing import APPLY, UNDO, counting, put
from anju.cases.workflow import WORKFLOW
from anju.refusing import Refused
from anju.trail.acts import recorded


@recorded("case.undone")
@transaction.atomic
def undo_many(*, sources: Collection[str], cases: Collection[int], by: User, reason: str) -> dict[str, Refused]:
    """撤销一份表登记的环节: of these cases (their keys) every step that bears one of these ``sources``, where nothing was done since. By whoever may do the
    steps themselves. Those refused stay: source → why."""
    if not reason.strip():
        return dict.fromkeys(sources, Refused(rules.REASON, _("请写明为什么撤销")))
    rows = held(cases)
    told: dict[int, list[CaseStep]] = {}
    for step in CaseStep.objects.filter(case__in=[one.pk for one in rows]).order_by("id"):
        told.setdefault(step.case_id, []).append(step)
    going = _going(rows)
    now, today = timezone.now(), clock.today()
    made: list[CaseStep] = []
    moved: list[Case] = []
    refused: dict[str, Refused] = {}
    for case in rows:
        last: list[CaseStep] = []
        try:
            for step in reversed(counting(told[case.pk])):
                if step.source not in sources or step.code == APPLY:
                    break
                last.append(step)
            _checked(case, told[case.pk], last, sources, going, by=by)
        except Refused as why:
            refused |= {step.source: why for step in counting(told[case.pk]) if step.source in sources}
            continue
        back = [
            CaseStep(
                case=case, area=case.area, code=UNDO, on=today, by=by, office=by.organisation, at=now, reason=reason.strip()[:300], undoes=step
            )
            for step in last
        ]  # fmt: skip
        if back:
            made += back
            moved.append(put(case, [*told[case.pk], *back]))
    temporary.insert(made)
    temporary.update(moved, COLUMNS_OF_CASE)
    reckon(cases=moved)
    return refused


def _going(rows: Sequence[Case]) -> set[int]:
    """The households of ended ones among these cases that have another case by now."""
    ended = {one.household_id for one in rows if one.ended_on is not None}
    return set(Case.objects.filter(household__in=ended, ended_on=None).values_list("household_id", flat=True))


def _checked(case: Case, told: list[CaseStep], last: list[CaseStep], sources: Collection[str], going: set[int], *, by: User) -> None:
    """Refused where these last steps of a case can't be taken back, or others that stand before later ones would have to be."""
    if sum(step.source in sources and step.code != APPLY for step in counting(told)) > len(last):
        after = counting(told)[-1]
        raise Refused(rules.ORDER, _("之后又办了“%s”；请先撤销后来的，再撤销这一行") % _(WORKFLOW.transition(after.code).title))
    for step in last:
        way = WORKFLOW.transition(step.code)
        if way.final or not way.by:
            raise Refused(rules.ORDER, _("“%s”不能在这里撤销") % _(way.title))
        may(by, way, case.area)
    if last and case.ended_on is not None and case.household_id in going:
        raise Refused(rules.ONE_OPEN, _("该户又有了在办的改造，这一件不能再恢复"))


@recorded("case.undone")
@transaction.atomic
def call_off_many(*, sources: Collection[str], cases: Collection[int], by: User, reason: str) -> dict[str, Refused]:
    """撤销一份表登记的申请: an application taken by mistake ends as 认定不符合, with the reason, where nothing was done since. Source → why not."""
    rows = [one for one in held(cases) if one.source in sources and one.ended_on is None]
    later = {
        one.case_id: one
        for one in CaseStep.objects.filter(case__in=[row.pk for row in rows])
        .exclude(code__in=(APPLY, UNDO))
        .filter(undone_by=None)
        .order_by("id")
    }
    why = {
        row.source: Refused(
            rules.ORDER, _("之后又办了“%s”；请先撤销后来的，再撤销这一行") % _(WORKFLOW.transition(later[row.pk].code).title)
        )
        for row in rows
        if row.pk in later
    }
    free = {row.pk: row.source for row in rows if row.pk not in later}
    refused = advance_many(cases=list(free), step=Step(code="refuse", reason=reason), by=by)
    return why | {free[key]: refusal for key, refusal in refused.items()}

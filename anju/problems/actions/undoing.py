"""Taking back the last step: by a further step, so that both stay readable."""

from django.db import transaction
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.problems import rules
from anju.problems.actions.stepping import allow, expect, levels, locked, step, told
from anju.problems.models import Problem, State, Step
from anju.problems.standing import effective
from anju.refusing import Refused
from anju.trail.acts import recorded

POWERS = {
    Step.Kind.OPENED: Power.PROBLEMS_OPEN,
    Step.Kind.PLANNED: Power.PROBLEMS_RECTIFY,
    Step.Kind.RECTIFIED: Power.PROBLEMS_RECTIFY,
}


@recorded("problem.undone")
@transaction.atomic
def undo(*, problem: Problem, by: User, reason: str) -> Problem:
    """Takes back the last step that counts; the problem stands as before it. Taking back the opening strikes a mistaken entry from the ledger.

    By the office that did the step. A problem taken back is void for ever; its number isn't given again.
    """
    problem = locked(problem)
    counts = effective(problem.steps.select_related("office"))
    if not counts:
        raise Refused(rules.UNDO, _("登记已经撤销"))
    last = counts[-1]
    allow(by, POWERS.get(Step.Kind(last.kind), Power.PROBLEMS_VERIFY), problem.area)
    if last.office_id != by.organisation_id:
        raise Refused(rules.UNDO, _("最后一步“%(step)s”是%(office)s办的") % {"step": last.get_kind_display(), "office": last.office.name})
    words = told(reason, rule=rules.REASON, asks=_("没有写撤销的理由"))
    step(problem, Step.Kind.UNDONE, by=by, level=levels(by)[0], on=clock.today(), text=words, reverses=last)
    return problem


@recorded("problem.undone")
@transaction.atomic
def strike(*, problem: Problem, by: User, power: Power, reason: str) -> Problem:
    """The opening is taken back, because what the problem came from was taken back by who has ``power`` over that (as in ``open_problem``).

    Whoever opened it. Refused once it was handed over: then it goes its way to the end.
    """
    problem = locked(problem)
    allow(by, power, problem.area)
    expect(problem, State.OPEN)
    opening = effective(problem.steps.all())[-1]
    words = told(reason, rule=rules.REASON, asks=_("没有写撤销的理由"))
    step(problem, Step.Kind.UNDONE, by=by, level=levels(by)[0], on=clock.today(), text=words, reverses=opening)
    return problem

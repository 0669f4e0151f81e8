"""验收: a level above the one that rectified looks, and strikes the problem off or sends it back."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.problems import rules
from anju.problems.actions.stepping import allow, day_of, due_of, expect, levels, locked, step, told
from anju.problems.models import Problem, State, Step, Way
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary.division import LEVEL_NAMES, Level


def from_above(problem: Problem, by: User) -> int:
    """The level at which the person verifies; refuses one that doesn't stand above the rectification.

    The lowest of office and right counts, against the highest of the rectifier's: nobody rises above their own office by another right.
    """
    level = levels(by)[1]
    done = problem.rectified_level or 0
    if level >= done:
        words = {"done": _(LEVEL_NAMES[Level(done)]), "own": _(LEVEL_NAMES[Level(level)])}
        raise Refused(rules.ABOVE, _("整改由%(done)s级完成，您在%(own)s级；要由更高一级来验收") % words)
    return level


@recorded("problem.verified")
@transaction.atomic
def verify(*, problem: Problem, way: str, by: User, text: str = "", on: date | None = None) -> Problem:
    """验收销号: a level above the one that rectified found it mended; ``way`` says how it was looked at (``Way``)."""
    problem = locked(problem)
    allow(by, Power.PROBLEMS_VERIFY, problem.area)
    expect(problem, State.VERIFYING)
    level = from_above(problem, by)
    if way not in Way.values:
        raise Refused(rules.ORDER, _("没有选核实方式：书面、现场抽查或全查"))
    step(problem, Step.Kind.CLOSED, by=by, level=level, on=day_of(on), text=told(text), detail={"way": way})
    return problem


@recorded("problem.sent_back")
@transaction.atomic
def send_back(*, problem: Problem, text: str, by: User, due: date | None = None, on: date | None = None) -> Problem:
    """验收退回: not mended; ``text`` says what is still wrong, ``due`` gives a new day (else the old one stands)."""
    problem = locked(problem)
    allow(by, Power.PROBLEMS_VERIFY, problem.area)
    expect(problem, State.VERIFYING)
    level = from_above(problem, by)
    words = told(text, rule=rules.REASON, asks=_("没有写退回的理由"))
    day = day_of(on)
    detail = {"due": due_of(due, earliest=day).isoformat()} if due else {}
    step(problem, Step.Kind.RETURNED, by=by, level=level, on=day, text=words, detail=detail)
    return problem

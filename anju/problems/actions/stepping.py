"""What every step shares: who may, at which level they act, the lock, the row, and the problem brought to where its steps say."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, ROLES, Power
from anju.checks import Check
from anju.problems import rules
from anju.problems.models import Problem, State, Step
from anju.problems.standing import standing
from anju.refusing import Refused
from anju.vocabulary import division, numbers

LONGEST = 2000


def levels(by: User) -> tuple[int, int]:
    """(highest, lowest) of the levels at which the person's office and the right they act in stand, as division levels (1 the nation)."""
    both = (int(division.level(by.organisation.area)), int(division.level(by.area)))
    return min(both), max(both)


def allow(by: User, power: Power, area: str) -> None:
    """Refuses who hasn't the power, and who acts outside their area."""
    if not by.may(power):
        titles = _("、").join(_(role.title) for role in ROLES.values() if power in role.powers)
        raise Refused(
            rules.ROLE,
            _("您的角色“%(role)s”不能%(do)s，由%(roles)s办理")
            % {"role": _(by.role_title) if by.role_title else _("没有授权"), "do": _(POWER_NAMES[power]), "roles": titles},
        )
    if not division.contains(by.area, area):
        raise Refused(rules.AREA, _("这个问题所在地不在您的辖区内"))


def locked(problem: Problem) -> Problem:
    """The problem as it is now, held until the end of the transaction."""
    problem.refresh_from_db(from_queryset=Problem.objects.select_for_update(no_key=True))
    return problem


def expect(problem: Problem, *states: State) -> None:
    """Refuses what isn't to be done now, naming what can be."""
    if problem.state not in states:
        words = _("、").join(str(state.label) for state in states)
        raise Refused(
            rules.ORDER,
            _("问题现在是“%(now)s”，要在“%(states)s”时才能办这一步") % {"now": problem.get_state_display(), "states": words},
        )


def told(text: str, *, rule: Check | None = None, asks: str = "", longest: int = LONGEST) -> str:
    """What was written, tidied; ``rule`` refuses an empty text with ``asks``, and a number that names somebody is refused always."""
    words = text.strip()
    if rule is not None and not words:
        raise Refused(rule, asks)
    if len(words) > longest:
        raise Refused(
            rules.REASON, _("写了 %(written)d 字，最多 %(most)d 字；请写要点，详情放进附件") % {"written": len(words), "most": longest}
        )
    no_numbers(words)
    return words


def no_numbers(text: str) -> None:
    """Refuses a text that holds a number which names somebody: the ledger takes none, nor does what leads into it."""
    if found := numbers.naming(text):
        raise Refused(rules.NUMBERS, _("文字里有%(what)s，请去掉；台账用户编号指明是哪一户") % {"what": _(found)})


def day_of(on: date | None) -> date:
    """The day of the step: today, or an earlier one that the papers bear."""
    today = clock.today()
    if on is not None and on > today:
        raise Refused(rules.ORDER, _("日期 %(day)s 还没有到") % {"day": on.isoformat()})
    return on or today


def due_of(due: date | None, *, earliest: date) -> date:
    """A due day that isn't past on the day it is given."""
    if due is None:
        raise Refused(rules.DUE, _("没有写整改期限"))
    if due < earliest:
        raise Refused(rules.DUE, _("期限 %(due)s 早于当天 %(day)s") % {"due": due.isoformat(), "day": earliest.isoformat()})
    return due


def step(
    problem: Problem, kind: Step.Kind, *, by: User, level: int, on: date, text: str = "", detail: Any = None, reverses: Step | None = None
) -> Step:
    """Writes the step and brings the problem to where its steps now say. The problem is locked by the caller."""
    before = list(problem.steps.order_by("ordinal"))
    if before and on < before[-1].on:
        raise Refused(rules.ORDER, _("日期 %(day)s 早于上一步的 %(last)s") % {"day": on.isoformat(), "last": before[-1].on.isoformat()})
    made = Step.objects.create(
        problem=problem,
        ordinal=len(before) + 1,
        kind=kind,
        on=on,
        at=timezone.now(),
        by=by,
        office=by.organisation,
        level=level,
        text=text,
        detail=detail or {},
        reverses=reverses,
    )
    follow(problem, [*before, made])
    return made


def follow(problem: Problem, steps: list[Step]) -> None:
    """The problem's copy of what its steps say."""
    for name, value in standing(steps).items():
        setattr(problem, name, value)
    problem.save(update_fields=[name.removesuffix("_id") for name in Problem.FOLLOWS])

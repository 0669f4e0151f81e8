"""交办: to the office that has to mend it; 移交: to the discipline commission."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.evidence import albums
from anju.kept import kept
from anju.problems import rules
from anju.problems.actions.stepping import allow, day_of, due_of, expect, levels, locked, step, told
from anju.problems.models import Clue, Problem, State, Step
from anju.refusing import Refused
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.vocabulary import division


@recorded("problem.handed_over")
@transaction.atomic
def hand_over(*, problem: Problem, to: Organisation, due: date, by: User, note: str = "", on: date | None = None) -> Problem:
    """交办: the office ``to`` has to mend it by ``due`` (S1-26, S2-22). Again to another office or with another day, with a ``note`` saying why.

    An album for the photos of the mending is opened. The office lies in the area of ``by`` and answers for the place the problem concerns.
    """
    problem = locked(problem)
    allow(by, Power.PROBLEMS_VERIFY, problem.area)
    expect(problem, State.OPEN, State.RECTIFYING, State.RETURNED)
    if not division.contains(to.area, problem.area):
        raise Refused(rules.OFFICE, _("%(office)s管不到问题所在的地方，请交给所在村、乡镇或县的单位") % {"office": to.name})
    if not division.contains(by.area, to.area):
        raise Refused(rules.OFFICE, _("%(office)s在您的辖区之上，不能由您交办；请报上级") % {"office": to.name})
    day = day_of(on)
    due_of(due, earliest=day)
    again = problem.handed_to_id is not None
    words = told(note, rule=rules.REASON if again else None, asks=_("已经交办过；改交办或改期限请写明理由"))
    if problem.album_id is None:
        # The household may have moved out of the area since.
        number = Household.objects.filter(problems=problem).values_list("number", flat=True).first()
        owner = number or f"problem:{problem.pk}"
        problem.album = albums.new(
            area=problem.area, title=kept(gettext_lazy("%(number)s 整改照片"), {"number": problem.number}), owner=owner, by=by
        )
        problem.save(update_fields=["album"])
    step(
        problem,
        Step.Kind.HANDED,
        by=by,
        level=levels(by)[0],
        on=day,
        text=words,
        detail={"office": to.pk, "due": due.isoformat()},
    )
    return problem


@recorded("problem.transferred")
@transaction.atomic
def transfer(*, problem: Problem, reason: str, by: User, text: str, on: date | None = None) -> Problem:
    """移交线索: to the discipline commission, for one of the reasons of ``Clue`` (S0-26, S0-27). It leaves the ordinary way."""
    problem = locked(problem)
    allow(by, Power.PROBLEMS_VERIFY, problem.area)
    expect(problem, State.OPEN, State.RECTIFYING, State.VERIFYING, State.RETURNED)
    if reason not in Clue.values:
        raise Refused(rules.CLUE, _("没有选移交的情形"))
    words = told(text, rule=rules.REASON, asks=_("没有写移交的事由"))
    step(problem, Step.Kind.TRANSFERRED, by=by, level=levels(by)[0], on=day_of(on), text=words, detail={"reason": reason})
    return problem


@recorded("problem.clue_answered")
@transaction.atomic
def answer_clue(*, problem: Problem, outcome: str, by: User, on: date | None = None) -> Problem:
    """What became of a clue that was handed to the discipline commission comes back into the ledger (S4-48)."""
    problem = locked(problem)
    allow(by, Power.PROBLEMS_VERIFY, problem.area)
    expect(problem, State.CLUE)
    words = told(outcome, rule=rules.REASON, asks=_("没有写处理结果"))
    step(problem, Step.Kind.OUTCOME, by=by, level=levels(by)[0], on=day_of(on), text=words)
    return problem

"""整改: the office that got the problem says how it will mend it, and that it did."""

from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence.models import Photo
from anju.problems import rules
from anju.problems.actions.stepping import allow, day_of, expect, levels, locked, step, told
from anju.problems.models import Problem, State, Step
from anju.refusing import Refused
from anju.trail.acts import recorded


def _own(problem: Problem, by: User) -> None:
    """Refuses who isn't of the office that has to mend it."""
    allow(by, Power.PROBLEMS_RECTIFY, problem.area)
    if problem.handed_to is not None and problem.handed_to_id != by.organisation_id:
        raise Refused(rules.OWN_OFFICE, _("这个问题交办给%(office)s，由该单位的人填报") % {"office": problem.handed_to.name})


def mending_photos(problem: Problem) -> QuerySet[Photo]:
    """The photos that show the mending: those of the problem's own album that stand, but for those of the state before."""
    return Photo.objects.filter(album=problem.album_id, withdrawn_at__isnull=True).exclude(kind="before_mending")


@recorded("problem.planned")
@transaction.atomic
def report_plan(*, problem: Problem, plan: str, by: User, on: date | None = None) -> Problem:
    """整改方案: what will be done, by whom, until when. May be given anew."""
    problem = locked(problem)
    _own(problem, by)
    expect(problem, State.RECTIFYING, State.RETURNED)
    words = told(plan, rule=rules.REPORT, asks=_("没有写整改方案"))
    step(problem, Step.Kind.PLANNED, by=by, level=levels(by)[0], on=day_of(on), text=words)
    return problem


@recorded("problem.rectified")
@transaction.atomic
def rectify(*, problem: Problem, report: str, cause: str, mended: str, self_check: str, by: User, on: date | None = None) -> Problem:
    """报整改完成: what was done (S2-23), the ``cause``, the rule ``mended`` so that it doesn't happen again (S4-47; where no rule had a gap, that),
    and what the ``self_check`` of like cases found 举一反三 (S1-31). A photo of the mending lies in ``problem.album`` by then (S2-23). It then waits for
    a higher level.
    """
    problem = locked(problem)
    _own(problem, by)
    expect(problem, State.RECTIFYING, State.RETURNED)
    words = told(report, rule=rules.REPORT, asks=_("没有写整改完成情况"))
    if not mending_photos(problem).exists():
        raise Refused(rules.PHOTO, _("还没有整改后的照片，请先上传；改的是账目、档案的，拍材料"))
    detail = {
        "cause": told(cause, rule=rules.CAUSE, asks=_("没有写问题的原因"), longest=500),
        "mended": told(mended, rule=rules.CAUSE, asks=_("没有写堵住漏洞的办法；没有制度漏洞的也请写明"), longest=500),
        "self_check": told(self_check, rule=rules.SELF_CHECK, asks=_("没有写同类问题自查的结果"), longest=500),
    }
    step(problem, Step.Kind.RECTIFIED, by=by, level=levels(by)[0], on=day_of(on), text=words, detail=detail)
    return problem

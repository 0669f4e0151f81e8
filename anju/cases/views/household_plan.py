"""一户一方案 on the screen: the form with what it comes to while it is filled in, the plan on the case's page, the paper, where the family moved."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import attempt, named
from anju.accounts.roles import Power
from anju.appraisals.queries.appraisal import day_in
from anju.cases import actions, queries, standards
from anju.cases.actions.household_plan import schedule
from anju.cases.actions.moving import holding
from anju.cases.forms import DayForm, metres
from anju.cases.guards import must_leave
from anju.cases.looking import look
from anju.cases.models import Case, HouseholdPlan
from anju.cases.plan_forms import HouseholdPlanForm, said
from anju.cases.plan_paper import plan_pdf
from anju.cases.views.printing import UNPRINTED, answered
from anju.cases.views.within import case_of, letter, method_said, mode_said, stage_said
from anju.cases.workflow import WORKFLOW, WORKING
from anju.vocabulary.method import DISPOSALS, METHODS, MILESTONES
from anju.vocabulary.money import fen_of, yuan
from anju.vocabulary.works import ACCESSIBILITY, MEANWHILE, TOILETS, WORKS

SOURCES = ("self_raised", "loan", "donated", "granted")
MOVES = {"move": actions.move_meanwhile, "return": actions.return_home}


@open_to(Power.CASE_PREPARE)
@require_http_methods(["GET", "POST"])
def draw(request: HttpRequest, number: str) -> HttpResponseBase:
    """登记或变更一户一方案; what is refused comes back with what was typed."""
    case, user = case_of(request, number), user_of(request)
    holds = holding(case)
    form = HouseholdPlanForm(request.POST if request.method == "POST" else None, case=case, user=user, holds=holds)
    code = "draw_plan" if holds is None else "redraw_plan"
    do = actions.draw_plan if holds is None else actions.redraw_plan
    if request.method == "POST" and attempt(form, do, case=case, by=user):
        messages.success(request, _("已登记“%s”。") % _(WORKFLOW.transition(code).title))
        return redirect("cases:show", number)
    context = {
        "case": case,
        "holds": holds,
        "form": form,
        "title": _(WORKFLOW.transition(code).title),
        "head": queries.names([case]).get(case.head_id, ""),
        "letter": letter(case.grade),
        "facts": _approved(case),
        "leaves": must_leave(case),
        "closed": "" if WORKFLOW.can(case.state, code) else _("现在是“%s”，不能登记方案") % stage_said(case.stage),
        "look": _look(case, form.data if form.is_bound else _typed(form)),
    }
    return render(request, "cases/household_plan.html", context, status=422 if form.errors else 200)


def _typed(form: HouseholdPlanForm) -> dict[str, str]:
    """What the form shows before anything is typed, as text."""
    names = (*SOURCES, "total", "main_area", "auxiliary_area", "finish_on", "on")
    return {name: str(form[name].value() or "") for name in names if name in form.fields}


@require_POST
def looked(request: HttpRequest, number: str) -> HttpResponse:
    """What the plan comes to as far as it is filled in."""
    case = case_of(request, number)
    return render(request, "cases/_plan_look.html", {"look": _look(case, request.POST)})


def _look(case: Case, typed: Any) -> dict[str, Any]:
    """The sum of the sources beside the cost, what the household carries, the areas beside their limits, the days counted back."""
    today = clock.today()
    sources = {name: _fen(typed.get(name, "")) for name in SOURCES}
    total, subsidy = _fen(typed.get("total", "")), case.subsidy or 0
    found = subsidy + sum(sources.values())
    own = sources["self_raised"] + sources["loan"]
    day = day_in(str(typed.get("on", ""))) or today
    steps, late = schedule(case, day, day_in(str(typed.get("finish_on", ""))))
    main, auxiliary = metres(str(typed.get("main_area", ""))), metres(str(typed.get("auxiliary_area", "")))
    wrong = None
    if main is not None and case.method in METHODS:
        held = case.household_id in look([case.household_id], today).double_none
        wrong = standards.area_refused(case.area, day, method=case.method, size=case.size, main=main, auxiliary=auxiliary, lower_limit=held)
    return {
        "sum": yuan(found),
        "total": yuan(total) if total else "",
        "rest": yuan(abs(total - found)) if total and total != found else "",
        "short": total > found,
        "own": yuan(own),
        "share": f"{own * 100 // total}%" if total else "",
        "debt": standards.debt_said(case.area, day, own=own, total=total) if total else "",
        "parts": [
            {"name": name, "amount": yuan(fen), "share": fen * 100 // found if found else 0}
            for name, fen in ((_("补助"), subsidy), *((_source(one), fen) for one, fen in sources.items()))
            if fen
        ],
        "steps": [{"name": _(MILESTONES[milestone]), "day": date.fromisoformat(on)} for milestone, on in steps],
        "late": late,
        "area": wrong,
    }


def _source(name: str) -> str:
    return {"self_raised": _("自筹"), "loan": _("贷款、借款"), "donated": _("社会捐助"), "granted": _("其他补助")}[name]


def _fen(typed: Any) -> int:
    """An amount as far as it can be read; 0 else."""
    try:
        return max(0, fen_of(str(typed).strip())) if str(typed).strip() else 0
    except ValueError:
        return 0


def _approved(case: Case) -> list[tuple[str, Any]]:
    """What was approved: the plan keeps to it."""
    facts = [
        (_("改造方式"), method_said(case.method)),
        (_("建设方式"), mode_said(case.build_mode) or _("还没有登记")),
        (_("家庭人口"), _("%d 人") % case.size),
        (_("批准主房"), _area(case.main_area)),
        (_("批准附属房"), _area(case.auxiliary_area)),
        (_("批准补助"), yuan(case.subsidy) if case.subsidy is not None else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _area(metres_: Decimal | None) -> str:
    return f"{metres_.normalize():f} ㎡" if metres_ is not None else ""


# ------------------------------------------------------------------------------------------------ on the case's page


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The plan that holds, for the case's page, and how many came before it."""
    case, user = case_of(request, number), user_of(request)
    return render(request, "cases/_plan_panel.html", _panel(case, user))


def _panel(case: Case, user: User) -> dict[str, Any]:
    holds = holding(case)
    code = "draw_plan" if holds is None else "redraw_plan"
    may = user.may(Power.CASE_PREPARE)
    return {
        "case": case,
        "plan": holds,
        "shown": case.stage == "approved" or case.stage in WORKING or holds is not None or case.household_plans.exists(),
        "may_draw": may and WORKFLOW.can(case.state, code),
        "parts": _parts(holds) if holds is not None else [],
        "facts": plan_said(holds) if holds is not None else [],
        "steps": _milestones(holds) if holds is not None else [],
        "living": _living(holds) if holds is not None else "",
        "move": _move(holds, may and case.ended_on is None) if holds is not None else None,
        "form": DayForm(auto_id="plan-move-%s"),
        "total": yuan(holds.total) if holds is not None else "",
        "earlier": [
            {"one": one, "total": yuan(one.total)}
            for one in case.household_plans.select_related("by").order_by("-id")
            if holds is None or one.pk != holds.pk
        ],
    }


def _parts(plan: HouseholdPlan) -> list[dict[str, Any]]:
    """Where the money comes from, the largest share first told as it stands in the plan."""
    named_ = ((_("补助"), plan.subsidy), *((_source(one), getattr(plan, one)) for one in SOURCES))
    return [{"name": name, "amount": yuan(fen), "share": fen * 100 // plan.total} for name, fen in named_ if fen]


def plan_said(plan: HouseholdPlan) -> list[tuple[str, Any]]:
    """What a plan says, in the office's words."""
    facts = [
        (_("制定日期"), plan.drawn_on.isoformat()),
        (_("怎样改"), _("，").join(one for one in (method_said(plan.method), mode_said(plan.build_mode or plan.case.build_mode)) if one)),
        (_("图集"), said(plan.drawing) if plan.drawing is not None else ""),
        (_("结构"), _listed((plan.get_structure_display() if plan.structure else "", _("%d 层") % plan.storeys if plan.storeys else ""))),
        (_("拟建面积"), _listed((_("主房 %s") % _area(plan.main_area) if plan.main_area else "", _("附属房 %s") % _area(plan.auxiliary_area) if plan.auxiliary_area else ""))),
        (_("提升安全"), _works(plan, True)),
        (_("其他内容"), _works(plan, False)),
        (_("改厕"), _("%s，农户同意") % _(TOILETS[plan.toilet]) if plan.toilet else _("农户不同意") if plan.toilet_consent is False else ""),
        (_("无障碍"), _("、").join(_(ACCESSIBILITY[one]) for one in plan.accessibility if one in ACCESSIBILITY)),
        (_("人畜分离"), plan.animals),
        (_("人居环境"), plan.environment),
        (_("旧房"), _listed((_(DISPOSALS[plan.disposal]) if plan.disposal else "", _("%s 前") % plan.disposal_by if plan.disposal_by else ""))),
        (_("投工投劳"), _listed((_("%d 个工日") % plan.labour_days if plan.labour_days else "", plan.labour_by))),
        (_("责任人"), _("村 %(village)s，乡镇 %(township)s") % {"village": plan.village_person, "township": plan.township_person}),
        (_("备注"), plan.note),
    ]  # fmt: skip
    return [(name, value) for name, value in facts if value]


def _listed(parts: Iterable[Any]) -> str:
    return _("，").join(str(one) for one in parts if one)


def _works(plan: HouseholdPlan, safety: bool) -> str:
    return _("、").join(_(WORKS[work].name) if work in WORKS else work for work, safe in plan.works if safe is safety)


def _milestones(plan: HouseholdPlan) -> list[dict[str, Any]]:
    """The days planned, beside those on which the works were there."""
    case = plan.case
    reached = {"start": case.started_on, "completion": case.completed_on}
    for step in case.steps.filter(code__in=("lay_foundation", "raise_structure"), undone_by=None):
        reached["foundation" if step.code == "lay_foundation" else "structure"] = step.on
    return [
        {"name": _(MILESTONES[milestone]), "day": date.fromisoformat(day), "reached": reached.get(milestone)}
        for milestone, day in plan.milestones
        if milestone in MILESTONES
    ]


def _living(plan: HouseholdPlan) -> str:
    """Where the family lives meanwhile."""
    if not plan.meanwhile:
        return ""
    where = plan.dwelling.number if plan.dwelling is not None else ""
    days = _("%s 起") % plan.meanwhile_from if plan.meanwhile_from else ""
    if plan.meanwhile_from and plan.meanwhile_until:
        days = _("%(from)s 至 %(to)s") % {"from": plan.meanwhile_from, "to": plan.meanwhile_until}
    return _listed((_(MEANWHILE[plan.meanwhile]), plan.meanwhile_place, where, days))


def _move(plan: HouseholdPlan, may: bool) -> dict[str, Any] | None:
    """What the register says of where the family lives, and what can be done about it."""
    if not plan.meanwhile or plan.meanwhile == "stays":
        return None
    if plan.dwelling is None:
        return {"tone": "soon", "said": _("过渡住处只有文字，没有登记库里的房屋：危房住人仍按原住房统计"), "do": ""}
    if plan.moved is None:
        do = "move" if may else ""
        return {"tone": "soon", "said": _("还没有搬入过渡住房：危房住人仍按原住房统计"), "do": do, "title": _("登记已搬入")}
    if plan.returned is None:
        do = "return" if may else ""
        return {"tone": "ok", "said": _("%s 起住在过渡住房，不算危房住人") % plan.moved.on, "do": do, "title": _("登记过渡结束")}
    return {"tone": "idle", "said": _("过渡居住已于 %s 结束") % plan.returned.on, "do": ""}


@require_POST
def moved(request: HttpRequest, number: str, do: str) -> HttpResponse:
    """登记已搬入过渡住房，或过渡结束."""
    case, action = case_of(request, number), named(MOVES, do)
    form = DayForm(request.POST)
    if attempt(form, action, case=case, by=user_of(request)):
        messages.success(request, _("已登记搬入过渡住房。") if do == "move" else _("已登记过渡结束。"))
    else:
        messages.error(request, " ".join(str(one) for errors in form.errors.values() for one in errors))
    return redirect(reverse("cases:show", args=[number]) + "#plan")


@require_safe
def paper(request: HttpRequest, number: str) -> HttpResponse:
    """The plan that holds, or one that was replaced (``?plan=``), as PDF."""
    case = case_of(request, number)
    asked = request.GET.get("plan", "")
    plan = holding(case)
    if asked.isdecimal() or plan is None:
        rows = case.household_plans.select_related("drawing", "dwelling", "by__organisation")
        plan = get_object_or_404(rows, pk=int(asked) if asked.isdecimal() and len(asked) < 19 else 0)
    try:
        made = plan_pdf(plan)
    except UNPRINTED as refusal:
        messages.error(request, str(refusal))
        return redirect("cases:show", number)
    return answered(request, case.household, "plan", case.number, made)

"""One problem: what it is, how far it is, its steps, what is to be done now and by whom; the paper with which it is handed over."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.divisions import queries as divisions
from anju.evidence.models import Album
from anju.evidence.uploading import ON_THE_SPOT
from anju.problems import actions, queries
from anju.problems import forms as asked
from anju.problems.actions.undoing import POWERS
from anju.problems.actions.verifying import from_above
from anju.problems.models import UNFINISHED, WITH_OFFICE, Clue, Problem, State, Step, Way
from anju.problems.standing import effective
from anju.problems.views.ledger import SEVERITY_TONES, TONES, lines
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary.division import LEVEL_NAMES, Level

ACTS: dict[str, Act] = {
    "hand-over": Act(gettext_lazy("交办"), asked.HandForm, actions.hand_over, gettext_lazy("已交办，可打印交办单。")),
    "plan": Act(gettext_lazy("报整改方案"), asked.PlanForm, actions.report_plan, gettext_lazy("已记下整改方案。")),
    "rectify": Act(gettext_lazy("报整改完成"), asked.RectifyForm, actions.rectify, gettext_lazy("已报整改完成，等上一级验收。")),
    "verify": Act(gettext_lazy("验收销号"), asked.VerifyForm, actions.verify, gettext_lazy("已销号。")),
    "send-back": Act(gettext_lazy("退回"), asked.ReturnForm, actions.send_back, gettext_lazy("已退回承办单位。"), danger=True),
    "transfer": Act(
        gettext_lazy("移交线索"), asked.TransferForm, actions.transfer, gettext_lazy("已移交，处理结果回来后记在这里。"), danger=True
    ),
    "outcome": Act(gettext_lazy("记处理结果"), asked.OutcomeForm, actions.answer_clue, gettext_lazy("已记下处理结果。")),
    "undo": Act(gettext_lazy("撤销上一步"), asked.UndoForm, actions.undo, gettext_lazy("已撤销上一步；两步都留在记录里。"), danger=True),
}


def problem_of(request: HttpRequest, pk: int) -> Problem:
    """The problem inside the user's area; 404 elsewhere."""
    found = Problem.objects.select_related("household", "handed_to", "found_by__organisation", "recurrence_of")
    return get_object_or_404(scope(user_of(request), found), pk=pk)


def _now(problem: Problem, user: User) -> tuple[list[str], list[str], str]:
    """(acts to be done now, acts that are possible beside them, why nothing is to be done by this person)."""
    state, verifies = State(problem.state), user.may(Power.PROBLEMS_VERIFY)
    waits = ""
    now: list[str] = []
    beside: list[str] = []
    if state == State.OPEN:
        now, waits = (["hand-over"], "") if verifies else ([], _("待交办：%s。") % why_not(user, Power.PROBLEMS_VERIFY))
    elif state in WITH_OFFICE:
        office = problem.handed_to.name if problem.handed_to else ""
        if user.may(Power.PROBLEMS_RECTIFY) and problem.handed_to_id == user.organisation_id:
            now, beside = ["rectify"], ["plan"]
        else:
            waits = _("由%(office)s整改，改好后上一级验收。") % {"office": office}
        beside += ["hand-over"] if verifies else []
    elif state == State.VERIFYING:
        try:
            from_above(problem, user)
        except Refused as refusal:
            waits = refusal.message
        else:
            now, waits = (["verify", "send-back"], "") if verifies else ([], _("待验收：%s。") % why_not(user, Power.PROBLEMS_VERIFY))
    elif state == State.CLUE and verifies:
        now = ["outcome"]
    if verifies and state in UNFINISHED:
        beside.append("transfer")
    return now, beside, waits


def _may_undo(steps: list[Step], user: User) -> bool:
    counts = effective(steps)
    if not counts:
        return False
    last = counts[-1]
    return last.office_id == user.organisation_id and user.may(POWERS.get(Step.Kind(last.kind), Power.PROBLEMS_VERIFY))


def _page(request: HttpRequest, problem: Problem, *, tried: str = "", form: forms.Form | None = None, status: int = 200) -> HttpResponse:
    user = user_of(request)
    steps = queries.steps(problem)
    now, beside, waits = _now(problem, user)
    if _may_undo(steps, user):
        beside.append("undo")
    if tried and tried not in (*now, *beside):
        now = [tried, *now]

    def offer(key: str) -> dict[str, Any]:
        act = ACTS[key]
        shown = form if key == tried and form is not None else act.form(problem=problem, user=user, auto_id=f"{key}-%s")  # type: ignore[call-arg]
        title = _("改交办、改期限") if key == "hand-over" and problem.handed_to_id else act.title
        return {
            "key": key, "title": title, "form": shown, "open": key == tried, "danger": act.danger,
            "url": reverse("problems:act", args=[problem.pk, key]),
        }  # fmt: skip

    context = {
        "problem": problem,
        "tone": TONES[State(problem.state)],
        "counted": problem.due if problem.state in UNFINISHED else None,
        "severity": SEVERITY_TONES.get(problem.severity, ""),  # type: ignore[call-overload]
        "where": divisions.full_names([problem.area]).get(problem.area, problem.area),
        "line": _line(problem, steps),
        "now": [offer(key) for key in now],
        "beside": [offer(key) for key in beside],
        "waits": waits,
        "events": _events(steps),
        "facts": _facts(problem),
        "result": _result(problem),
        "album": Album.objects.filter(pk=problem.album_id).first() if problem.album_id else None,
        "found_album": Album.objects.filter(pk=problem.found_album_id).first() if problem.found_album_id else None,
        "mends": "rectify" in now,
        "related": lines(list(_related(problem, user))),
        "may_open": user.may(Power.PROBLEMS_OPEN),
    }
    response = render(request, "problems/problem.html", context, status=status)
    if context["mends"]:
        response["Permissions-Policy"] = ON_THE_SPOT
    return response


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The problem's page."""
    return _page(request, problem_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Takes one step; what is refused comes back with what was typed."""
    problem = problem_of(request, pk)
    offered, user = named(ACTS, do), user_of(request)
    form = offered.form(request.POST, problem=problem, user=user, auto_id=f"{do}-%s")  # type: ignore[call-arg]
    if attempt(form, offered.do, problem=problem, by=user):
        messages.success(request, str(offered.said))
        return redirect("problems:show", pk)
    return _page(request, problem_of(request, pk), tried=do, form=form, status=422)


def _line(problem: Problem, steps: list[Step]) -> list[dict[str, Any]]:
    """发现 → 交办 → 整改 → 验收 → 销号, as far as it is."""
    counts = effective(steps)
    last = {step.kind: step for step in counts}
    state = State(problem.state)
    at = {State.OPEN: 1, State.RECTIFYING: 2, State.RETURNED: 2, State.VERIFYING: 3, State.CLOSED: 5, State.CLUE: 0, State.VOID: 0}[state]
    today = clock.today()

    def note(kind: str) -> str:
        step = last.get(kind)
        return f"{step.on.month}-{step.on.day:02}" if step else ""

    late = problem.due is not None and problem.due < today and state in UNFINISHED
    waiting = note("rectified") if at > 2 else _("期限 %s") % f"{problem.due.month}-{problem.due.day:02}" if at == 2 and problem.due else ""
    items: list[dict[str, Any]] = [
        {"title": _("发现登记"), "note": note("opened")},
        {"title": _("交办"), "note": note("handed")},
        {"title": _("整改"), "note": waiting, "late": late and at == 2},
        {"title": _("验收"), "note": note("closed") if at == 5 else _("上一级核实") if at == 3 else ""},
        {"title": _("销号"), "note": f"{problem.closed_on.month}-{problem.closed_on.day:02}" if problem.closed_on else ""},
    ]
    for place, item in enumerate(items):
        item["state"] = "done" if place < at else "now" if place == at else ""
    if at == 0:
        items = [items[0] | {"state": "done"}, {"title": problem.get_state_display(), "state": "now", "note": note("transferred")}]
    return items


def _events(steps: list[Step]) -> list[dict[str, Any]]:
    """The steps, newest first, each with who and what was said."""
    found = []
    # What the last of these say stands in full above.
    above = {step.kind: step.pk for step in effective(steps) if step.kind in ("opened", "planned", "rectified")}
    for step in reversed(steps):
        said = [_detail(step), "" if above.get(step.kind) == step.pk else step.text]
        taken_back = getattr(step, "reversed_by", None)
        if step.reverses:
            said.insert(0, _("撤销的是“%(step)s”") % {"step": step.reverses.get_kind_display()})
        who = _("%(office)s %(who)s（%(level)s级）") % {
            "office": step.office.name,
            "who": step.by.name,
            "level": _(LEVEL_NAMES[Level(step.level)]),
        }
        found.append(
            {
                "on": step.on,
                "kind": "note" if taken_back else "problem" if step.kind in ("returned", "transferred", "undone") else "milestone",
                "title": step.get_kind_display(),
                "state": _("已撤销") if taken_back else "",
                "tone": "idle",
                "text": " · ".join(part for part in (who, *said) if part),
            }
        )
    return found


def _detail(step: Step) -> str:
    detail = step.detail
    if step.kind == Step.Kind.HANDED:
        return str(_("期限 %s") % detail["due"])
    if step.kind == Step.Kind.RETURNED and detail.get("due"):
        return str(_("新期限 %s") % detail["due"])
    if step.kind == Step.Kind.CLOSED:
        return str(Way(detail["way"]).label)
    if step.kind == Step.Kind.TRANSFERRED:
        return str(Clue(detail["reason"]).label)
    return ""


def _facts(problem: Problem) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("编号"), problem.number),
        (_("类别"), problem.get_category_display()),
        (_("发现渠道"), problem.get_source_display()),
        (_("程度"), problem.get_severity_display()),
        (_("发现"), f"{problem.found_on.isoformat()} {problem.found_by.organisation.name} {problem.found_by.name}"),
        (_("承办单位"), problem.handed_to.name if problem.handed_to else ""),
        (_("整改期限"), problem.due.isoformat() if problem.due else ""),
    ]
    if problem.closed_on:
        facts.append((_("销号"), f"{problem.closed_on.isoformat()} {problem.get_way_display()}"))
        if problem.due:
            facts.append(
                (_("按期"), _("是") if problem.closed_on <= problem.due else _("迟 %d 天") % (problem.closed_on - problem.due).days)
            )
    return facts


def _result(problem: Problem) -> list[tuple[str, str]]:
    """What was done about it, as far as it was said."""
    told = [
        (_("整改方案"), problem.plan),
        (_("整改完成情况"), problem.report),
        (_("原因"), problem.cause),
        (_("堵住漏洞"), problem.mended),
        (_("举一反三"), problem.self_check),
    ]
    return [(label, text) for label, text in told if text]


def _related(problem: Problem, user: User) -> list[Problem]:
    """The problem it repeats, those that repeat it, and the household's others."""
    found = scope(user, Problem.objects.select_related("handed_to")).exclude(pk=problem.pk).exclude(state=State.VOID)
    near = list(found.filter(recurrence_of=problem).order_by("-id")[:10])
    if problem.recurrence_of_id:
        near = [*found.filter(pk=problem.recurrence_of_id), *near]
    if problem.household_id:
        near += [one for one in found.filter(household=problem.household_id).order_by("-id")[:10] if one not in near]
    return near


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """问题交办单: the printed paper that goes to the office."""
    problem = problem_of(request, pk)
    if problem.handed_to is None or problem.handed_on is None:
        messages.error(request, _("还没有交办，没有交办单可打印。"))
        return redirect("problems:show", pk)
    handed = [step for step in effective(queries.steps(problem)) if step.kind == Step.Kind.HANDED]
    step = handed[-1] if handed else None
    context = {
        "problem": problem,
        "where": divisions.full_names([problem.area]).get(problem.area, problem.area),
        "sender": step.office.name if step else "",
        "note": step.text if step else "",
        "left": (problem.due - problem.handed_on).days if problem.due else 0,
    }
    return render(request, "problems/paper.html", context)


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """A household's problems, for its page."""
    user = user_of(request)
    household = get_object_or_404(scope(user, Household.objects.all()), number=number)
    rows = list(queries.of_household(user, household.pk)[:20])
    open_ones = sum(row.state in UNFINISHED for row in rows)
    context = {"lines": lines(rows), "household": household, "open": open_ones, "may_open": user.may(Power.PROBLEMS_OPEN)}
    return render(request, "problems/_panel.html", context)

"""One case: how far it is, what the next step asks for, what can be done now and by whom, what was done."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.filling import captured, client_id
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import ROLES, Power
from anju.cases import queries, rules, standards
from anju.cases.actions.stepping import checks
from anju.cases.forms import metres
from anju.cases.guards import LEVEL_OF, Asked, findings
from anju.cases.looking import Look, look
from anju.cases.models import Agreement, AnnualPlan, Case, CaseStep
from anju.cases.photographs import SHOTS
from anju.cases.standing import APPLY, FINISHED, UNDO, counting, of_this_round
from anju.cases.views import many
from anju.cases.views.acts import ACTS, BESIDE, CaseAct, powers_of
from anju.cases.views.picturing import on_the_spot, pictured, thumbs
from anju.cases.views.said import agreement_said, said_of, step_title
from anju.cases.views.within import case_of, known_by_year, letter, method_said, mode_said, places, shorts, stage_said, tone
from anju.cases.workflow import CHECKING, PREPARED, UNSTARTED, WORKFLOW
from anju.checks import BLOCK, NOTE, Finding
from anju.evidence.models import Album
from anju.notices import queries as notices
from anju.notices.models import Notice
from anju.policy.rules import upwards
from anju.vocabulary.method import METHODS
from anju.vocabulary.money import yuan
from anju.workflow import BACK, STAYS, State, Transition

TYPED = frozenset(
    {
        *(*rules.OF_A_PLAN, rules.MEETING, rules.METHOD, rules.AREA, rules.AMOUNT, rules.BUILDER, rules.STAGES, rules.WRITTEN),
        *(rules.MEETING_PHOTO, rules.MILESTONE_PHOTO),
    }
)
"""The rules that look at what is filled in: they can't be told before."""
MILESTONES_OF = {"foundation": "lay_foundation", "structure": "raise_structure", "completion": "complete"}
MILESTONES = frozenset(MILESTONES_OF.values())
_REACHED = {"started": "start", "foundation": "foundation", "structure": "structure"}
_RULES = {one.id: one for one in rules.CHECKS}
_FORWARD = frozenset(one.code for _phase, stages in WORKFLOW.line() for one in stages)


@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """The case's page."""
    return _page(request, case_of(request, number))


@require_POST
def act(request: HttpRequest, number: str, do: str) -> HttpResponse:
    """One step of the case; what is refused comes back with what was typed."""
    case, user = case_of(request, number), user_of(request)
    offered = {**ACTS, **BESIDE}.get(do)
    if offered is None:
        raise Http404
    if offered.page:
        return redirect(offered.page, number)
    form = offered.form(request.POST, case=case, auto_id=f"{do}-%s")  # type: ignore[call-arg]
    album = pictured(case, do, request.POST.get("album", ""), user)
    shown = {"album": album} if do in SHOTS else {}
    if done := attempt(form, offered.do, case=case, by=user, captured=captured(request.POST), **shown):
        messages.success(request, _said(do))
        made = done.made
        return redirect("cases:show", made.number if do == "reopen" else number)
    return _page(request, case_of(request, number), tried=do, form=form, album=album, status=422)


def _said(do: str) -> str:
    if do in ACTS:
        return _("已登记“%s”。") % _title(do)
    said = {
        "undo": _("已撤销上一步；两步都留在记录里。"),
        "waive": _("已按户豁免，理由留在记录里。"),
        "unwaive": _("已收回豁免，这条规则又算数了。"),
        "reopen": _("已按返危重开一件新的改造。"),
    }
    return said[do]


def _title(do: str, *, historic: bool = False) -> str:
    if do == "undo" and historic:
        return _("录入作废")
    if do in ACTS:
        return _(WORKFLOW.transition(do).title)
    return {"undo": _("撤销上一步"), "waive": _("豁免一条规则"), "unwaive": _("收回一条豁免"), "reopen": _("返危重开")}[do]


@require_safe
def tried(request: HttpRequest, number: str) -> HttpResponse:
    """What the standard gives for this case with the method and the area that are being filled in."""
    case, today = case_of(request, number), clock.today()
    method = request.GET.get("method", "")
    context: dict[str, Any] = {"case": case}
    if method in METHODS:
        main, auxiliary = metres(request.GET.get("main_area", "")), metres(request.GET.get("auxiliary_area", ""))
        held = case.household_id in look([case.household_id], today).double_none
        asked = {
            "group": case.group,
            "grade": case.grade,
            "method": method,
            "size": case.size,
            "main_area": main,
            "extras": request.GET.getlist("extras"),
        }
        wrong = standards.method_refused(case.area, today, grade=case.grade, method=method)
        context |= {
            "wrong": wrong or (standards.area_refused(case.area, today, method=method, size=case.size, main=main, auxiliary=auxiliary, lower_limit=held) if main else None),
            "told": None if wrong else standards.tried(case.area, today, asked=asked),
        }  # fmt: skip
    return render(request, "cases/_subsidy.html", context)


# ------------------------------------------------------------------------------------------------ the page


def _page(
    request: HttpRequest,
    case: Case,
    *,
    tried: str = "",
    form: django_forms.Form | None = None,
    album: Album | None = None,
    status: int = 200,
) -> HttpResponse:
    user, today = user_of(request), clock.today()
    known = look([case.household_id], today, [case])
    steps = list(case.steps.select_related("by", "office", "undoes", "undone_by").order_by("id"))
    state = case.state
    ways = WORKFLOW.possible(state, powers_of(user))
    ways = [way for way in ways if _fits(case, way, user)]
    agreement = _agreed(case, steps)
    said = _Offering(case, user, known, tried, form, sent=request.POST.get("client_id", "")[:60], album=album)
    now = [said.of(way.code, ACTS[way.code]) for way in ways if way.code in ACTS and not ACTS[way.code].aside]
    aside = [said.of(way.code, ACTS[way.code]) for way in ways if way.code in ACTS and ACTS[way.code].aside and not ACTS[way.code].page]
    aside = [one for one in aside if one["key"] != "regrade" or one["open"] or not one["blocked"]]  # only where a grade has changed
    aside += [said.of(key, BESIDE[key]) for key in _beside(case, user, steps)]
    if tried and tried not in {one["key"] for one in (*now, *aside)}:
        now.insert(0, said.of(tried, {**ACTS, **BESIDE}[tried]))
    now.sort(key=lambda one: (one["key"] != tried, one["blocked"] > 0))
    looked, shown = _looked_at(state, ways, _next_milestone(case)), thumbs(one.album_id for one in steps)
    context = {
        "case": case,
        "head": queries.names([case]).get(case.head_id, ""),
        "where": places([case.area]).get(case.area, ""),
        "letter": letter(case.grade),
        "stage": stage_said(case.stage),
        "tone": tone(case.stage),
        "sub": _facts_in_line(case, agreement.builder if agreement else ""),
        "line": [] if case.historic else _line(case, steps, today),
        "now": now,
        "aside": aside,
        "waits": "" if now else _waits(case, state, user),
        "checked": [_checked(case, way, known, user) for way in looked],
        "events": [_event(one, shown.get(one.album_id or 0, [])) for one in reversed(steps)],
        "facts": _facts(case),
        "hung": _hung(case, today),
        "agreements": [agreement_said(one, agreement) for one in case.agreements.order_by("-id")],
        "waivers": [
            {"one": one, "label": _(_RULES[one.rule].label)}
            for one in case.waivers.select_related("by__organisation", "ended_by__organisation").order_by("id")
        ],
        "others": [one for one in queries.of_household(user, case.household_id) if one.pk != case.pk],
        "subsidy_url": reverse("cases:subsidy", args=[case.number]),
    }
    return on_the_spot(render(request, "cases/case.html", context, status=status))


def _agreed(case: Case, steps: list[CaseStep]) -> Agreement | None:
    """The agreement that holds: the one that the last step that counts names."""
    if "agreement" not in case.marks:
        return None
    last = next(one for one in reversed(counting(steps)) if one.code == "agree")
    return case.agreements.filter(pk=last.details["agreement"]).first()


class _Offering:
    """How each act is offered on the page: its form, and what already speaks against it."""

    def __init__(
        self, case: Case, user: User, known: Look, tried: str, form: django_forms.Form | None, *, sent: str, album: Album | None
    ) -> None:
        self.case, self.user, self.known, self.tried, self.form, self.sent, self.album = case, user, known, tried, form, sent, album
        self.state = case.state

    def of(self, key: str, act: CaseAct) -> dict[str, Any]:
        """One of them."""
        found = _findings(self.case, WORKFLOW.transition(key), self.known) if key in ACTS and WORKFLOW.can(self.state, key) else []
        blocks = [one for one in found if one.level == BLOCK]
        shown = self.form if key == self.tried and self.form is not None else act.form(case=self.case, auto_id=f"{key}-%s")  # type: ignore[call-arg]
        return {
            "key": key, "title": _title(key, historic=self.case.historic), "form": shown, "open": key == self.tried, "danger": act.aside, "blocked": len(blocks), "blocks": blocks,
            "url": reverse("cases:act", args=[self.case.number, key]), "post": self._post(key), "computes": key == "approve",
            "client_id": self.sent if key == self.tried and self.sent else client_id(),
            "page": reverse(act.page, args=[self.case.number]) if act.page else "",
            "shots": SHOTS.get(key), "album": self.album if key == self.tried else None,
        }  # fmt: skip

    def _post(self, key: str) -> str:
        """Where its notice is posted, where this person may and none hangs yet."""
        if key not in LEVEL_OF or not may_post(self.user, key):
            return ""
        if self.known.hung(self.case, LEVEL_OF[key]):
            return ""
        return reverse("cases:many", args=[key.replace("_", "-")]) + f"?case={self.case.number}"


def may_post(user: User, code: str) -> bool:
    """Whether this person posts the notice that a transition waits for."""
    return many.ACTS[code.replace("_", "-")].open_to(user)


def _fits(case: Case, way: Transition, user: User) -> bool:
    """Whether the step is for this case and person at all: a repair has no foundation, and each department checks for itself."""
    if way.mark in CHECKING:
        return checks(user, way)
    return way.code not in MILESTONES or way.code == _next_milestone(case)


def _next_milestone(case: Case) -> str:
    """The code of the next milestone of the case's method; "" where there is none."""
    if case.stage not in _REACHED or case.method not in METHODS:
        return ""
    wanted = METHODS[case.method].milestones
    at = wanted.index(_REACHED[case.stage]) if _REACHED[case.stage] in wanted else -1
    return next((MILESTONES_OF[name] for name in wanted[at + 1 :]), "")


def _details(case: Case, way: Transition, today: date) -> dict[str, Any]:
    """What a guard would be told, as far as it is known before anything is filled in."""
    if rules.PLAN not in way.checks:
        return {}
    return {
        "plan": AnnualPlan.objects.filter(area__in=[stem for stem in upwards(case.area) if stem], year=today.year)
        .values_list("pk", flat=True)
        .first()
    }


def _findings(case: Case, way: Transition, known: Look) -> list[Finding]:
    """What speaks against a step before anything is filled in."""
    if not way.checks:
        return []
    typed = {one.id for one in TYPED}
    return [one for one in findings(case, Asked(way.code, known.on, _details(case, way, known.on)), known) if one.check not in typed]


def _looked_at(state: State, ways: list[Transition], milestone: str) -> list[Transition]:
    """The steps whose rules are shown: those of this person that lead on, else the one that leads on at all."""
    mine = [way for way in ways if way.checks and way.code in ACTS and not ACTS[way.code].aside]
    if mine:
        return sorted(mine, key=lambda way: way.target == STAYS)
    return [
        way
        for way in WORKFLOW.possible(state)
        if way.checks
        and way.target in _FORWARD
        and not (way.code in ACTS and ACTS[way.code].aside)
        and (way.code not in MILESTONES or way.code == milestone)
    ][:1]


def _checked(case: Case, way: Transition, known: Look, user: User) -> dict[str, Any]:
    """The rules of a step: what speaks against it with what to do, what is kept, what is only told when it is filled in."""
    found = {one.check: one for one in _findings(case, way, known)}
    wrong = [one for one in found.values() if one.level != NOTE]
    items = [
        {
            "level": one.level,
            "title": _(_RULES[one.check].label),
            "todo": one.message,
            "source": _("依据：%s") % _(_RULES[one.check].source),
            "fix": _fix(one.check, case, way, user, hung=way.code in LEVEL_OF and bool(known.hung(case, LEVEL_OF[way.code]))),
        }
        for one in wrong
    ]
    passed = [_(rule.label) for rule in way.checks if rule.id not in found and rule not in TYPED]
    lifted = [_("%s（已按户豁免）") % _(_RULES[one.check].label) for one in found.values() if one.level == NOTE]
    return {
        "title": _("“%s”前的检查") % _(way.title),
        "items": items,
        "blocks": sum(one.level == BLOCK for one in wrong),
        "passed": [*passed, *lifted],
        "typed": [_(rule.label) for rule in way.checks if rule in TYPED],
    }


def _fix(rule: str, case: Case, way: Transition, user: User, *, hung: bool) -> dict[str, str] | None:
    """Where what speaks against a step is put right, by whom."""
    household = reverse("households:page", args=[case.household.number])
    if rule == rules.NOTICE.id and may_post(user, way.code) and not hung:
        return {"label": _("去公示"), "url": reverse("cases:many", args=[way.code.replace("_", "-")]) + f"?case={case.number}"}
    if rule == rules.PLAN.id:
        return {"label": _("去录入"), "url": reverse("cases:plans")}
    if rule == rules.SAME_HEAD.id and user.may(Power.CASE_TOWNSHIP):
        return {"label": _("去登记"), "url": "#act-change_head"}
    if rule == rules.VISIT.id and user.may(Power.CASE_TOWNSHIP):
        return {"label": _("去登记"), "url": "#act-visit"}
    if rule == rules.HOUSEHOLD_PLAN.id:
        return {"label": _("去登记"), "url": reverse("cases:household-plan", args=[case.number])} if user.may(Power.CASE_PREPARE) else None
    marks = {rules.MODE.id: "survey_mode", rules.AGREEMENT.id: "agree", rules.MATERIALS.id: "stock_materials", rules.TRAINING.id: "train"}
    if rule in marks:
        return {"label": _("去登记"), "url": f"#act-{marks[rule]}"} if user.may(Power.CASE_PREPARE) else None
    if rule in {
        one.id
        for one in (rules.GRADE, rules.IDENTITY, rules.HOUSE, rules.PUBLIC_EMPLOYEE, rules.ONCE, rules.HEAD, rules.OTHER_ROUTE, rules.ROUTE)
    }:
        return {"label": _("看农户"), "url": household}
    return None


def _waits(case: Case, state: State, user: User) -> str:
    """Why nothing is to be done by this person: whose turn it is."""
    if case.historic:
        return ""
    if case.ended_on is not None:
        return _("%(on)s 已办结：%(stage)s。") % {"on": case.ended_on, "stage": stage_said(case.stage)}
    ways = [way for way in WORKFLOW.possible(state) if way.code in ACTS and not ACTS[way.code].aside]
    if not ways:
        return _("现在由检查验收和资金拨付接着办理。")
    milestone = _next_milestone(case)
    way = next((one for one in ways if one.target in _FORWARD and (one.code not in MILESTONES or one.code == milestone)), ways[0])
    powers = {Power(code) for code in way.by}
    holders = _("、").join(_(role.title) for role in ROLES.values() if powers & role.powers)
    return _("“%(what)s”由%(who)s办理。") % {"what": _(way.title), "who": holders}


def _beside(case: Case, user: User, steps: list[CaseStep]) -> Iterable[str]:
    """What can be done besides the steps of the road."""
    if case.stage == WORKFLOW.taken_back:
        return
    last = counting(steps)[-1]
    if last.code == FINISHED:
        if user.may(Power.CASE_APPROVE):
            yield "undo"
    elif last.code != APPLY:
        way = WORKFLOW.transition(last.code)
        if way.by and not way.final and any(user.may(Power(code)) for code in way.by) and (way.mark not in CHECKING or checks(user, way)):
            yield "undo"
    if case.stage in (*UNSTARTED, "returned", "paused") and user.may(Power.CASE_APPROVE):
        yield "waive"
        if _unused(case, steps):
            yield "unwaive"
    if case.stage == "closed" and user.may(Power.CASE_APPLY):
        yield "reopen"


def _unused(case: Case, steps: list[CaseStep]) -> bool:
    """Whether a rule is lifted of which no step of this round has made use."""
    used = {rule for step in of_this_round(steps) for rule in step.waived}
    return any(one.rule not in used and one.ended_at is None for one in case.waivers.all())


# ------------------------------------------------------------------------------------------------ what is shown of it


def _facts_in_line(case: Case, builder: str) -> str:
    """How it is done, in one line."""
    parts = [method_said(case.method), mode_said(case.build_mode), f"{case.main_area.normalize():f} ㎡" if case.main_area else "", builder]
    parts += [_("%d 人户") % case.size, yuan(case.subsidy) if case.subsidy is not None else ""]
    return " · ".join(one for one in parts if one)


def _line(case: Case, steps: list[CaseStep], today: date) -> list[dict[str, Any]]:
    """The road by phase: what was reached when, where it stands, what is to come; before the start also what has to be ready."""
    days = _days(steps)
    milestones = METHODS[case.method].milestones if case.method in METHODS else ()
    at = case.behind[0] if case.behind else case.stage
    order = [one.code for _phase, stages in WORKFLOW.line() for one in stages]
    place = order.index(at) if at in order else max((order.index(code) for code in days if code in order), default=0)
    ended = case.ended_on is not None
    found = []
    for phase, stages in WORKFLOW.line():
        items = []
        for stage in stages:
            if milestones and stage.code in ("foundation", "structure") and stage.code not in milestones:
                continue
            position = order.index(stage.code)
            state = "done" if position < place or (position == place and ended) else "now" if position == place else ""
            items.append({"state": state, "title": _(stage.title), "note": _short(days.get(stage.code)) if state else ""})
            if stage.code == "approved":
                items += [_mark(mark, case, days) for mark in PREPARED]
        states = {one["state"] for one in items}
        state = "now" if "now" in states else "done" if "done" in states and items[0]["state"] == "done" else ""
        note = ""
        if state == "now" and not case.behind:
            begun = next((days[stage.code] for stage in stages if stage.code in days), case.since)
            note = _("第 %d 天") % ((today - begun).days + 1)
        elif state == "now":
            note = stage_said(case.stage)
        found.append({"state": state, "title": _(phase), "note": note, "steps": items})
    return found


def _mark(mark: str, case: Case, days: dict[str, date]) -> dict[str, str]:
    names = {"mode": _("方式"), "plan": _("方案"), "agreement": _("协议"), "materials": _("备料"), "training": _("培训")}
    left = mark in case.marks
    return {"state": "done" if left else "", "title": names[mark], "note": _short(days.get(mark)) if left else ""}


def _days(steps: list[CaseStep]) -> dict[str, date]:
    """The day on which each stage was last reached, and each mark was left."""
    first, *rest = counting(steps)
    state, days = WORKFLOW.begun(), {WORKFLOW.start: first.on}
    for step in rest:
        way = WORKFLOW.transition(step.code)
        after = WORKFLOW.step(state, step.code)
        if after.stage != state.stage and way.target != BACK:
            days[after.stage] = step.on
        if way.mark:
            days[way.mark] = step.on
        state = after
    return days


def _short(day: date | None) -> str:
    return f"{day.month}-{day.day:02}" if day else ""


def _event(step: CaseStep, photos: list[dict[str, str]]) -> dict[str, Any]:
    """A step as the history shows it, with its photos; one taken back is struck through."""
    undone = getattr(step, "undone_by", None)
    who = " ".join(one for one in (step.office.name if step.office else "", step.by.name if step.by else "") if one)
    title: Any = _("撤销“%s”") % step_title(step.undoes) if step.code == UNDO and step.undoes else step_title(step)
    parts = [
        said_of(step),
        step.reason,
        _("按户豁免：%s") % _("、").join(_(_RULES[one].label) for one in step.waived) if step.waived else "",
        who,
    ]
    return {
        "on": None if step.code == FINISHED and known_by_year(step.on, step.details) else step.on,
        "kind": "note"
        if undone or step.code == UNDO
        else "problem"
        if step.code in ("return", "refuse", "revoke", "withdraw", "pause", "fail", "regrade")
        else "milestone",
        "title": format_html("<s>{}</s>", title) if undone else title,
        "text": " · ".join(one for one in parts if one),
        "state": _("已撤销") if undone else "",
        "tone": "idle",
        "photos": photos,
    }


def _facts(case: Case) -> list[tuple[str, Any]]:
    names = shorts()
    checked = [mark for mark in CHECKING if mark in case.marks]
    said = [
        (_("户编号"), case.household.number),
        (_("对象类别"), names.get(case.group, case.group)),
        (_("家庭人口"), _("%d 人") % case.size),
        (_("申请日期"), "" if case.historic else case.applied_on.isoformat()),
        (_("鉴定报告"), case.appraisal.number if case.appraisal else _("无房认定") if case.no_house else ""),
        (_("返危前的改造"), case.again_of.number if case.again_of else ""),
        (_("年度计划"), _("%d 年") % case.plan.year if case.plan else ""),
        (_("四部门联审"), _("%(done)d / %(all)d") % {"done": len(checked), "all": len(CHECKING)} if checked else ""),
        (_("改造方式"), method_said(case.method)),
        (_("建设方式"), mode_said(case.build_mode)),
        (_("批准面积"), _metres(case)),
        (_("补助"), yuan(case.subsidy) if case.subsidy is not None else ""),
        (_("补助的依据"), case.subsidy_said),
    ]
    return [(name, value) for name, value in said if value]


def _metres(case: Case) -> str:
    if case.main_area is None:
        return ""
    main = f"{case.main_area.normalize():f}"
    if case.auxiliary_area:
        return _("主房 %(main)s ㎡，附属房 %(more)s ㎡") % {"main": main, "more": f"{case.auxiliary_area.normalize():f}"}
    return _("主房 %s ㎡") % main


def _hung(case: Case, today: date) -> list[dict[str, Any]]:
    """The notices in which it hangs or hung."""
    tones = {"unposted": "soon", "hanging": "doing", "due": "soon", "closed": "ok", "withdrawn": "idle"}
    words = {"unposted": _("待张贴拍照"), "hanging": _("公示中"), "due": _("期满待结束"), "withdrawn": _("已撤下")}
    found = []
    for one in case.notices.select_related("notice").defer("notice__content").order_by("-id"):
        notice: Notice = one.notice
        state = notices.state_of(notice, today)
        word = str(notice.get_outcome_display()) if state == "closed" else words[state]
        found.append({"notice": notice, "level": one.get_level_display(), "tone": tones[state], "word": word})
    return found

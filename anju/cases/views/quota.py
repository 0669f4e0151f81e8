"""指标申请: what this level asks of the one above, what it is asked by those below, and each request with the households that were counted."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.appraisals.queries.household import heads
from anju.cases import actions, planning, planning_forms, qualified, quotas
from anju.cases.models import AnnualPlan, QuotaRequest
from anju.cases.planning_words import named as names_of
from anju.cases.planning_words import states
from anju.cases.views.plans import query_of
from anju.cases.views.within import LIMIT, letter, places, tabs
from anju.policy.rules import upwards
from anju.vocabulary import division

TONES = {"asked": "soon", "granted": "ok", "refused": "late", "withdrawn": "idle"}

ACTS: dict[str, Act] = {
    "answer": Act(
        gettext_lazy("答复"), planning_forms.AnswerForm, actions.answer_quota, gettext_lazy("已答复，任务户数已按同意的户数调整。")
    ),
    "withdraw": Act(
        gettext_lazy("撤回申请"), planning_forms.WithdrawQuotaForm, actions.withdraw_quota, gettext_lazy("已撤回。"), danger=True
    ),
    "seen": Act(gettext_lazy("知道了"), planning_forms.SeenForm, actions.note_quota, gettext_lazy("已知悉。")),
}


@require_http_methods(["GET", "POST"])
def requests(request: HttpRequest) -> HttpResponse:
    """The requests of both kinds; the form that asks."""
    user, today = user_of(request), clock.today()
    form = _form(request, user)
    if request.method == "POST" and (done := attempt(form, actions.ask_quota, area=user.area, by=user)):
        messages.success(request, _("已申请，连同应改未改的 %d 户一起报上级。") % done.made.counted)
        return redirect("cases:quota", done.made.pk)
    side, state = request.GET.get("side", ""), request.GET.get("state", "")
    found = quotas.listed(user, side=side, state=state)
    page = paging.page(found, order=("-id",), asked=request.GET, limit=LIMIT, total=found.count())
    names = names_of([code for one in page.rows for code in (one.area, one.asked_of)])
    own = AnnualPlan.objects.filter(area=division.stem(user.area), year=today.year).first()
    may = user.may(Power.CASE_QUOTA)
    context = {
        "page": page,
        "rows": [_line(one, names) for one in page.rows],
        "chips": _chips(request, side, state),
        "form": form,
        "own": own,
        "missing": qualified.missing(user, user.area, today) if may else 0,
        "may": may and bool(form.fields["asked_of"].choices),  # type: ignore[attr-defined]
        "why_not": why_not(user, Power.CASE_QUOTA) or _("没有上级可以申请"),
        "tabs": tabs("quotas"),
        "asked": urlencode({name: value for name, value in (("side", side), ("state", state)) if value}),
        "headings": [
            *({"title": _("地方")}, {"title": _("年度")}, {"title": _("申请"), "align": "r"}, {"title": _("应改未改"), "align": "r"}),
            *(
                {"title": _("申请日期")},
                {"title": _("向")},
                {"title": _("状态")},
                {"title": _("同意"), "align": "r"},
                {"title": _("答复日期")},
            ),
        ],
    }
    return render(request, "cases/quotas.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, user: User) -> planning_forms.QuotaForm:
    """The levels above, the nearest first; the nation is asked by a province only."""
    own = division.stem(user.area)
    codes = [one for one in upwards(own) if one != own and (one or division.parent(own) == "")]
    names = names_of(codes)
    return planning_forms.QuotaForm(
        request.POST if request.method == "POST" else None, levels=[(one, names.get(one, one)) for one in codes]
    )


def _line(one: QuotaRequest, names: dict[str, str]) -> dict[str, Any]:
    return {
        "one": one,
        "place": names.get(one.area, one.area),
        "to": names.get(one.asked_of, one.asked_of),
        "state": one.get_state_display(),
        "tone": TONES[one.state],
    }


def _chips(request: HttpRequest, side: str, state: str) -> list[dict[str, Any]]:
    sides = [("", _("全部")), (quotas.MINE, _("本级申请的")), (quotas.ASKED_OF_ME, _("下级申请的"))]
    found = [{"label": label, "count": None, "url": query(request, side=key or None), "on": side == key} for key, label in sides]
    return [
        *found,
        *(
            {"label": str(label), "count": None, "url": query(request, state=None if state == key else key), "on": state == key}
            for key, label in QuotaRequest.State.choices
        ),
    ]


def _of(request: HttpRequest, pk: int) -> QuotaRequest:
    return get_object_or_404(quotas.seen(user_of(request)), pk=pk)


@require_http_methods(["GET"])
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One request with the households counted, and what can be done with it."""
    return _page(request, _of(request, pk), {})


@require_http_methods(["POST"])
def act(request: HttpRequest, pk: int, do: str) -> HttpResponseBase:
    """Answers, withdraws, takes note; a refusal comes back with what was typed."""
    user, one, what = user_of(request), _of(request, pk), named(ACTS, do)
    form = what.form(request.POST)
    if attempt(form, what.do, request=one, by=user):
        messages.success(request, str(what.said))
        return redirect("cases:quota", one.pk)
    return _page(request, _of(request, pk), {do: form})


def _offers(user: User, one: QuotaRequest, forms: dict[str, django_forms.Form]) -> list[dict[str, Any]]:
    """What this person may do with it now."""
    own = division.stem(user.area)
    recorded = own == one.area and user.may(Power.CASE_QUOTA) and not planning.planners(one.asked_of)
    wanted = []
    if one.state == QuotaRequest.State.ASKED:
        if (own == one.asked_of and user.may(Power.CASE_PLAN)) or recorded:
            wanted.append("answer")
        if own == one.area and user.may(Power.CASE_QUOTA):
            wanted.append("withdraw")
    elif (
        one.state in (QuotaRequest.State.GRANTED, QuotaRequest.State.REFUSED)
        and own == one.area
        and user.may(Power.CASE_QUOTA)
        and not one.seen_at
    ):
        wanted.append("seen")
    wanted += [do for do in forms if do not in wanted]
    return [
        {
            "key": do,
            "title": _("登记上级的答复") if do == "answer" and recorded else ACTS[do].title,
            "danger": ACTS[do].danger,
            "form": forms.get(do) or ACTS[do].form(initial={"granted": one.households} if do == "answer" else None),
            "url": reverse("cases:quota-act", args=[one.pk, do]),
        }
        for do in wanted
    ]


def _page(request: HttpRequest, one: QuotaRequest, forms: dict[str, django_forms.Form]) -> HttpResponse:
    user = user_of(request)
    names = names_of([one.area, one.asked_of])
    found = quotas.ground(user, one)
    page = paging.page(found, order=("area", "id"), asked=request.GET, limit=LIMIT, total=one.counted)
    keys = [each.household_id for each in page.rows]
    head, where, said = heads(keys), places(each.area for each in page.rows), states()
    context = {
        "one": one,
        "line": _line(one, names),
        "facts": [
            (_("申请单位"), f"{one.by.organisation.name} {one.by.name}"),
            (_("申请文号"), one.document),
            (_("申请时任务"), _("%d 户") % one.task),
            (_("理由"), one.reason),
        ],
        "answer": [
            (_("同意"), _("%+d 户") % one.granted if one.granted is not None else ""),
            (_("答复单位"), f"{one.answered_by.organisation.name} {one.answered_by.name}" if one.answered_by else ""),
            (_("答复日期"), one.answered_on.isoformat() if one.answered_on else ""),
            (_("答复文号"), one.answer_document),
            (_("意见"), one.answer),
        ],
        "offers": _offers(user, one, forms),
        "page": page,
        "lines": [
            {
                "household": each.household,
                "head": head.get(each.household_id, ""),
                "place": where.get(each.area, each.area),
                "grade": letter(each.grade),
                "why": said[each.why][0] if each.why in said else "",
            }
            for each in page.rows
        ],
        "plan_url": query_of(one.area, one.year),
    }
    return render(request, "cases/quota.html", context, status=422 if forms else 200)

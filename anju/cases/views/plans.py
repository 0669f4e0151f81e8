"""年度计划: the year's tasks of the area and of those above it, with how far each is; the form that enters one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anju import clock
from anju.accounts.asking import user_of, why_not
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.cases import actions, forms, queries
from anju.cases.views.within import tabs
from anju.divisions import queries as divisions


@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The plans; made again for the same year, one is corrected."""
    user, area = user_of(request), chosen(request)
    form = forms.PlanForm(request.POST if request.method == "POST" else None, area=user.area)
    if request.method == "POST" and (done := attempt(form, actions.make_plan, by=user)):
        messages.success(request, _("已录入 %(year)d 年计划，%(count)d 户。") % {"year": done.made.year, "count": done.made.households})
        return redirect("cases:plans")
    found = queries.plans(user, area)
    names = divisions.short_names({one.plan.area for one in found})
    context = {
        "rows": [{"one": one, "plan": one.plan, "where": names.get(one.plan.area, one.plan.area)} for one in found],
        "form": form,
        "may": user.may(Power.CASE_PLAN),
        "why_not": why_not(user, Power.CASE_PLAN),
        "today": clock.today(),
        "tabs": tabs("plans"),
    }
    return render(request, "cases/plans.html", context, status=422 if form.errors else 200)

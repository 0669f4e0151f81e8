"""农房图集: the designs that households of the area may choose, those of the levels above among them; each level adds and retires its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from anju import clock, paging
from anju.accounts.asking import user_of, why_not
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.cases import actions, drawings
from anju.cases.drawings import Filters
from anju.cases.models import Drawing
from anju.cases.plan_forms import DrawingForm
from anju.cases.views.within import LIMIT, tabs
from anju.divisions import queries as divisions
from anju.refusing import Refused
from anju.registry.models import DwellingState
from anju.vocabulary import division


@require_http_methods(["GET", "POST"])
def catalogue(request: HttpRequest) -> HttpResponse:
    """The designs asked for; the form that adds one."""
    user, area, today = user_of(request), chosen(request), clock.today()
    form = DrawingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and (done := attempt(form, actions.add_drawing, area=user.area, by=user)):
        messages.success(request, _("已录入图集 %s。") % done.made)
        return redirect("cases:drawings")
    filters = Filters.of(request.GET.dict())
    found = drawings.listed(area, filters, today)
    page = paging.page(found, order=("code", "id"), asked=request.GET, limit=LIMIT, total=found.count())
    names = divisions.short_names({one.area for one in page.rows})
    may = user.may(Power.CASE_DRAWINGS)
    context: dict[str, Any] = {
        "page": page,
        "rows": [
            {
                "one": one,
                "where": names.get(one.area, one.area),
                "coming": one.valid_from > today,
                "over": one.valid_to is not None and one.valid_to < today,
                "retires": may
                and one.valid_from <= today
                and (one.valid_to is None or one.valid_to > today)
                and one.area == division.stem(user.area),
            }
            for one in page.rows
        ],
        "filters": filters,
        "structures": DwellingState.Structure.choices,
        "form": form,
        "may": may,
        "why_not": why_not(user, Power.CASE_DRAWINGS),
        "tabs": tabs("drawings"),
    }
    return render(request, "cases/drawings.html", context, status=422 if form.errors else 200)


@require_POST
def retire(request: HttpRequest, pk: int) -> HttpResponse:
    """停用: after today nobody chooses it."""
    drawing = get_object_or_404(Drawing.objects.filter(drawings.seen_from(user_of(request).area)), pk=pk)
    try:
        actions.retire_drawing(drawing=drawing, by=user_of(request))
        messages.success(request, _("%s 已停用，今天以后不能再选。") % drawing)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("cases:drawings")

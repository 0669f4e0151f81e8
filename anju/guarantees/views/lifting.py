"""解危 because the household is housed safely elsewhere: asked for on the hazard's page, by its address."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from anju import clock
from anju.accounts.asking import by_htmx, user_of
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals.models import Hazard
from anju.guarantees import lifting
from anju.refusing import Refused


@require_http_methods(["GET", "POST"])
def lift(request: HttpRequest, pk: int) -> HttpResponse:
    """The way out that is in force, with the act; a POST strikes the hazard."""
    user = user_of(request)
    hazard = get_object_or_404(scope(user, Hazard.objects.select_related("household")), pk=pk)
    how, refused = request.POST.get("how", ""), ""
    if request.method == "POST":
        try:
            lifting.lift(hazard=hazard, by=user, how=how)
        except Refused as refusal:
            refused = refusal.message
        else:
            messages.success(request, _("已解危销号。"))
            back = reverse("appraisals:hazard", args=[pk])
            return HttpResponse(headers={"HX-Redirect": back}) if by_htmx(request) else redirect(back)
    context = {
        "hazard": hazard,
        "way": lifting.way_out(hazard, clock.today()),
        "may": user.may(Power.REPORT_HAZARD) and hazard.closed_on is None,
        "how": how,
        "refused": refused,
    }
    return render(request, "guarantees/_lift.html", context, status=422 if refused else 200)

"""How a case begins: on the household's page, what there is of it, and the application."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.filling import captured, client_id
from anju.accounts.middleware import open_to
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals.queries import household as appraisals
from anju.appraisals.queries.living import worst_home
from anju.cases import actions, queries
from anju.cases.card_forms import ApplyWithCardForm
from anju.cases.looking import look
from anju.cases.views.within import household_of, lines, method_said, where_of
from anju.cases.years import Support, supports
from anju.registry.models import Household


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The household's cases, for its page."""
    household, user = household_of(request, number), user_of(request)
    rows = list(queries.of_household(user, household.pk)[:6])
    context = {
        "household": household,
        "lines": lines(rows, clock.today()),
        "may": user.may(Power.CASE_APPLY) and household.closed_on is None and all(one.ended_on is not None for one in rows),
    }
    return render(request, "cases/_panel.html", context)


@open_to(Power.CASE_APPLY)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """受理申请: what is refused comes back with what was typed."""
    user = user_of(request)
    asked = request.GET.get("household", "")
    form = ApplyWithCardForm(request.POST if request.method == "POST" else None, initial={"household": asked})
    typed = request.POST.get("household", asked).replace("\0", "").strip()[:20]
    household = scope(user, Household.objects.filter(number=typed)).first() if typed else None
    if request.method == "POST":
        if household is None:
            form.add_error("household", _("辖区内没有户编号 %(number)s，请核对。") % {"number": typed})
        elif form.is_valid():
            card, once = form.card(household), captured(request.POST)
            if done := attempt(form, lambda **said: actions.apply(household=household, by=user, on=said["on"], card=card, captured=once)):
                messages.success(request, _("已受理 %(number)s，接下来由村里评议。") % {"number": done.made.number})
                return redirect("cases:show", done.made.number)
    sent = request.POST.get("client_id", "")[:60]
    context = {"form": form, "household": household, "client_id": sent or client_id(), **(_known(household) if household else {})}
    return render(request, "cases/new.html", context, status=422 if form.errors else 200)


def _supported(one: Support) -> str:
    """A support of earlier, with where it is known from."""
    told = [method_said(one.case.method) if one.case is not None else "", *(entry.kind for entry in one.ledger)]
    return f"{one.year} {' / '.join(dict.fromkeys(word for word in told if word))}"


def _known(household: Household) -> dict[str, object]:
    """What the register and the appraisals say of the household today."""
    today = clock.today()
    known = look([household.pk], today)
    grade = worst_home(household.pk, today)
    worst = next((one for one in known.grades.get(household.pk, ()) if one.grade == grade), None)
    support = supports(known.finished.get(household.pk, []), known.support.get(household.pk, []))
    identity = known.confirmed(household, worst.appraisal.on if worst is not None else today)
    facts = [
        (_("户编号"), household.number),
        (_("住址"), where_of(household.area)),
        (_("人口"), _("%d 人") % known.sizes.get(household.pk, 0)),
        (_("对象身份"), _(identity.category.short) if identity is not None else _("锁定的名单上没有")),
        (_("住房"), _("无房") if household.pk in known.no_house and not grade else ""),
        (_("以前的补助"), _("、").join(_supported(one) for one in support)),
    ]
    return {
        "head": appraisals.heads([household.pk]).get(household.pk, ""),
        "grade": grade,
        "facts": [(name, value) for name, value in facts if value],
    }

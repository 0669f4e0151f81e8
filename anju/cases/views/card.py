"""The household's bank card, as a panel of its pages: masked, with who holds it since when; recorded and ended there, seen whole with a reason only."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from anju.accounts.asking import user_of, why_not
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.cases import card_forms
from anju.cases.views.within import household_of
from anju.exports.actions import revealing
from anju.exports.reasons import REVEAL_REASONS
from anju.exports.refusal import Refused as NotShown
from anju.privacy import vault
from anju.registry import actions
from anju.registry.models import Household, HouseholdCard
from anju.registry.queries import cards as queries
from anju.vocabulary import masking

_MOST = 6


@never_cache
@require_http_methods(["GET", "POST"])
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The card in use and those before it; what is refused when one is recorded comes back with what was typed."""
    household = household_of(request, number)
    if request.method != "POST":
        return _panel(request, household)
    _allow(request)
    form = card_forms.CardForm(request.POST)
    if attempt(form, actions.record_card, household=household, by=user_of(request)):
        return _panel(request, household, said=_("已登记银行卡。"))
    return _panel(request, household, recording=form)


@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """The card is used no more."""
    household = household_of(request, number)
    _allow(request)
    form = card_forms.EndCardForm(request.POST)
    if attempt(form, actions.end_card, household=household, by=user_of(request)):
        return _panel(request, household, said=_("已停用；登记新卡以前不能拨付。"))
    return _panel(request, household, ending=form)


@require_POST
@never_cache
def full(request: HttpRequest, number: str) -> HttpResponse:
    """The whole number, in this answer only; that it was looked at, and why, is registered."""
    household = household_of(request, number)
    card = queries.in_force([household.pk]).get(household.pk)
    if card is None:
        return render(request, "cases/_card_full.html", {"refused": _("该户现在没有在用的银行卡。")})
    try:
        revealing.reveal(
            area=household.area,
            subject=_("农户 %s 的银行卡") % household.number,
            numbers=1,
            by=user_of(request),
            reason=request.POST.get("why", ""),
            url=reverse("households:page", args=[number]),
        )
    except NotShown as refusal:
        return render(request, "cases/_card_full.html", {"refused": refusal.message})
    return render(request, "cases/_card_full.html", {"number": card.card_no.clear})


def _allow(request: HttpRequest) -> None:
    user = user_of(request)
    if not user.may(Power.CASE_APPLY):
        raise PermissionDenied(_("您的角色不登记银行卡：%s。") % why_not(user, Power.CASE_APPLY))


def _panel(
    request: HttpRequest,
    household: Household,
    *,
    said: str = "",
    recording: card_forms.CardForm | None = None,
    ending: card_forms.EndCardForm | None = None,
) -> HttpResponse:
    user = user_of(request)
    may = user.may(Power.CASE_APPLY)
    cards = list(queries.of_household(household.pk)[:_MOST])
    vault.open_all(*cards)
    held = next((one for one in cards if one.valid_to is None), None)
    head = queries.heads([household.pk]).get(household.pk)
    context: dict[str, Any] = {
        "household": household,
        "held": held,
        "masked": _masked(held) if held is not None else "",
        "head": head.person.name if head is not None else "",
        "former": [{"card": one, "masked": _masked(one)} for one in cards if one.valid_to is not None],
        "said": said,
        "may": may and household.closed_on is None,
        "may_end": may and held is not None,  # of a closed household too: elsewhere the number is free only then
        "may_reveal": held is not None and user.may(Power.REVEAL),
        "reveal_reasons": REVEAL_REASONS,
        "recording": recording or card_forms.CardForm(auto_id="card-%s"),
        "ending": ending or card_forms.EndCardForm(auto_id="card-end-%s"),
        "open_recording": recording is not None,
        "open_ending": ending is not None,
    }
    return render(request, "cases/_card.html", context)


def _masked(card: HouseholdCard) -> str:
    return masking.in_force().show(masking.Kind.CARD, card.card_no.clear, masking.Place.PAGE)

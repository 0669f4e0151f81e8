"""认定无房户: the application, the village's and the township's review, with the papers that prove them; ended once there is a house."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.middleware import open_to
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.appraisals import albums
from anju.appraisals.actions import no_house as actions
from anju.appraisals.field_forms import HousedForm, NoHouseForm
from anju.appraisals.models import NoHouse
from anju.appraisals.queries import household as households
from anju.appraisals.views.within import household_of, where_of
from anju.kept import kept
from anju.registry.models import Household


@open_to(Power.DETERMINE)
@require_http_methods(["GET", "POST"])
def determine(request: HttpRequest, number: str) -> HttpResponse:
    """The form of a household; what is refused comes back as it was typed."""
    household, user = household_of(request, number), user_of(request)
    standing = NoHouse.objects.open().filter(household=household).select_related("album", "by").first()
    form = NoHouseForm(request.POST if request.method == "POST" else None)
    album = albums.begun(request.POST.get("album", ""), household=household, by=user)
    if attempt(form, actions.determine, household=household, by=user, album=album):
        messages.success(request, _("已认定为无房户，列入危房台账。"))
        return redirect("appraisals:no-house", number)
    return _page(request, household, standing, form=form, status=422 if form.errors else 200)


def _page(
    request: HttpRequest,
    household: Household,
    standing: NoHouse | None,
    *,
    form: NoHouseForm | None = None,
    ending: HousedForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "household": household,
        "head": households.heads([household.pk]).get(household.pk, ""),
        "where": where_of(household.area),
        "form": form or NoHouseForm(),
        "ending": ending or HousedForm(auto_id="end-%s"),
        "standing": standing,
        "facts": [
            (_("本人申请"), standing.applied_on.isoformat()),
            (_("村评议"), f"{standing.village_on.isoformat()} {standing.village_opinion}"),
            (_("乡镇审核"), f"{standing.valid_from.isoformat()} {standing.township_opinion}"),
            (_("登记"), standing.by.name if standing.by else ""),
        ]
        if standing
        else [],
        "houses": households.houses(household, clock.today()),
        "said": household.screenings.filter(superseded_at=None, result="no_house").select_related("round").order_by("-on").first(),
        "album": albums.begun(request.POST.get("album", ""), household=household, by=user_of(request)),
    }
    return render(request, "appraisals/no_house.html", context, status=status)


@open_to(Power.DETERMINE)
@require_POST
def end(request: HttpRequest, number: str) -> HttpResponse:
    """The household has a house from a day on."""
    household, user = household_of(request, number), user_of(request)
    standing = NoHouse.objects.open().filter(household=household).select_related("album", "by").first()
    form = HousedForm(request.POST, auto_id="end-%s")
    if standing is None:
        messages.error(request, _("该户现在没有无房认定。"))
        return redirect("appraisals:no-house", number)
    if attempt(form, actions.end, no_house=standing, by=user):
        messages.success(request, _("无房认定已结束。"))
        return redirect("households:page", number)
    return _page(request, household, standing, ending=form, status=422)


@open_to(Power.DETERMINE)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the papers: application, minutes of the village, the township's opinion."""
    household = household_of(request, number)
    title = kept(gettext_lazy("无房认定材料 %s"), clock.today().isoformat())
    made = albums.of_papers(household=household, title=title, by=user_of(request))
    return render(request, "appraisals/_album.html", {"album": made, "form_id": "determination", "kinds": "proof,other", "kind": "proof"})

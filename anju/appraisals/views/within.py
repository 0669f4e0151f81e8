"""What several pages of appraisals share: the row inside the user's area, the tabs, the way a place is said."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.scope import scope
from anju.appraisals import albums
from anju.appraisals.models import Appraisal, Hazard, Posting
from anju.appraisals.queries import household as households
from anju.divisions import queries as divisions
from anju.evidence.uploading import ON_THE_SPOT
from anju.registry.models import Household

STATE_TONES = {Appraisal.State.VALID: "ok", Appraisal.State.SUPERSEDED: "idle", Appraisal.State.WITHDRAWN: "late"}
SIGNED_TONES = {"unsigned": "soon", "agreed": "ok", "objected": "late"}


def household_of(request: HttpRequest, number: str) -> Household:
    """The household of that number inside the user's area; 404 elsewhere."""
    return get_object_or_404(scope(user_of(request), Household.objects.all()), number=number)


def appraisal_of(request: HttpRequest, pk: int) -> Appraisal:
    """The appraisal inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Appraisal.objects.all())
    return get_object_or_404(
        found.select_related("household", "dwelling", "agency", "by__organisation", "round", "album", "report", "superseded_by"), pk=pk
    )


def posting_of(request: HttpRequest, pk: int) -> Posting:
    """The sign or plate inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Posting.objects.all())
    return get_object_or_404(
        found.select_related(
            "appraisal__by__organisation", "appraisal__agency", "household", "album", "issued_by", "posted_by", "removed_by"
        ),
        pk=pk,
    )


def hazard_of(request: HttpRequest, pk: int) -> Hazard:
    """The hazard inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Hazard.objects.all())
    return get_object_or_404(found.select_related("household", "dwelling", "appraisal", "album", "by", "checked_by", "closed_by"), pk=pk)


def on_the_spot(response: HttpResponse) -> HttpResponse:
    """The page may use the camera and ask where it is."""
    response["Permissions-Policy"] = ON_THE_SPOT
    return response


def photo_album(request: HttpRequest, household: Household, *, title: str, form: str, kinds: str, house: str = "") -> HttpResponse:
    """Opens an album for photos taken at the household's house (the one of key ``house``, else its own) and shows it; its key goes along with
    the form of id ``form``."""
    known = [one.dwelling for one in households.houses(household, clock.today())]
    dwelling = next((one for one in known if str(one.pk) == house), known[0] if known else None)
    made = albums.of_house(household=household, dwelling=dwelling, title=title, by=user_of(request), since=clock.today())
    return render(request, "appraisals/_album.html", {"album": made, "form_id": form, "kinds": kinds})


def tabs(here: str) -> list[dict[str, Any]]:
    """The lists of appraisals beside each other."""
    named = (("waiting", _("待鉴定")), ("ledger", _("鉴定台账")), ("postings", _("公示牌和认定牌")), ("rechecks", _("复核抽查")))
    return [{"label": label, "count": None, "url": reverse(f"appraisals:{name}"), "on": name == here} for name, label in named]


def places(areas: Iterable[str]) -> dict[str, str]:
    """Area → township and village as a table says them."""
    wanted = set(areas)
    names = divisions.short_names({stem for area in wanted for stem in (area[:9], area[:12], area)})
    return {area: "".join(dict.fromkeys(names.get(stem, "") for stem in (area[:9], area[:12], area))) or area for area in wanted}


def where_of(area: str) -> str:
    """The full name of a place."""
    return divisions.full_names([area]).get(area, area)

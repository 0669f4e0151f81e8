"""Photos of the steps of a case: an album begun with a form, what each step shows, before, during and after side by side."""

from collections.abc import Iterable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anju.accounts.asking import ticked, user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.cases import photographs
from anju.cases.models import Case
from anju.cases.photographs import SHOTS
from anju.cases.standing import counting
from anju.cases.views.said import step_title
from anju.cases.views.within import case_of
from anju.evidence.models import Album, Photo
from anju.evidence.uploading import ON_THE_SPOT
from anju.vocabulary import division

_THUMBS = 4


def on_the_spot(response: HttpResponse) -> HttpResponse:
    """The page may use the camera and ask where it is."""
    response["Permissions-Policy"] = ON_THE_SPOT
    return response


def pictured(case: Case, code: str, key: str, user: User) -> Album | None:
    """The album that was begun with the form of a step, as the form names it."""
    if code not in SHOTS:
        return None
    return photographs.begun(key, code=code, owner="" if code == "review" else case.household.number, by=user)


@open_to(Power.PHOTOGRAPH)
@require_POST
def album(request: HttpRequest, number: str, do: str) -> HttpResponse:
    """Opens the album for the photos of a step that is being filled in."""
    case, user = case_of(request, number), user_of(request)
    if do not in SHOTS:
        raise Http404
    if do == "review":
        made = photographs.open_for_meeting(area=case.area, since=case.since, by=user)
    else:
        made = photographs.open_for(case=case, code=do, by=user)
    return _opened(request, made, do, f"form-{do}")


@open_to(Power.CASE_VILLAGE, Power.PHOTOGRAPH)
@require_POST
def meeting(request: HttpRequest) -> HttpResponse:
    """Opens the album for the photos of a meeting that reviews many cases, all of one village."""
    user = user_of(request)
    picked = ticked(request.POST, "case", most=400)
    found = list(scope(user, Case.objects.filter(number__in=picked)).values_list("area", "since"))
    place = division.holding(*(area[:12] for area, _since in found)) if found else ""
    if len(place) < 12:
        return HttpResponse(_("一次会议只评一个村的户；请先按村筛选"), status=422)
    made = photographs.open_for_meeting(area=place, since=min(since for _area, since in found), by=user)
    return _opened(request, made, "review", "many")


def _opened(request: HttpRequest, made: Album, do: str, form: str) -> HttpResponse:
    return render(request, "cases/_album.html", {"album": made, "shots": SHOTS[do], "form_id": form})


def thumbs(shown: Iterable[int | None]) -> dict[int, list[dict[str, str]]]:
    """The first photos of albums, as a history shows them: album → photos."""
    albums = {one for one in shown if one}
    found: dict[int, list[dict[str, str]]] = {}
    for photo in Photo.objects.filter(album__in=albums, withdrawn_at=None).order_by("id") if albums else ():
        first = found.setdefault(photo.album_id, [])
        if len(first) < _THUMBS:
            first.append(
                {
                    "url": reverse("evidence:photo", args=[photo.pk, "full"]),
                    "src": reverse("evidence:photo", args=[photo.pk, "thumb"]),
                    "label": str(photo.what.title),
                }
            )
    return found


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """Before, during and after side by side, and the albums of the steps, to which photos may still be added."""
    case = case_of(request, number)
    steps = counting(case.steps.select_related("album").order_by("id"))
    albums = [one.album for one in steps if one.album is not None]
    shown: list[dict[str, Any]] = [
        {
            "title": step_title(one),
            "on": one.on,
            "album": one.album,
            "kinds": ",".join(SHOTS[one.code].kinds),
            "kind": SHOTS[one.code].kinds[0],
        }
        for one in reversed(steps)
        if one.album is not None and one.code in SHOTS
    ]
    before = case.appraisal.album if case.appraisal is not None else None
    stages = [*([before] if before is not None else []), *albums]
    return render(request, "cases/_photos.html", {"case": case, "stages": stages, "shown": shown, "open": case.ended_on is None})

"""The photos of an album: their bytes, taking them in, explaining and withdrawing them."""

from datetime import datetime
from typing import Any, BinaryIO, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju.accounts.asking import user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.evidence import photos, queries, uploading
from anju.evidence.models import Album, Photo
from anju.evidence.pictures import Unusable
from anju.evidence.refusal import Refused
from anju.evidence.sending import shown_picture
from anju.evidence.store import StoreFull
from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Place, System

_SIZES = ("full", "thumb")


def _photo(request: HttpRequest, pk: int) -> Photo:
    return get_object_or_404(scope(user_of(request), Photo.objects.select_related("album", "file", "thumb")), pk=pk)


def _album(request: HttpRequest, pk: int) -> Album:
    return get_object_or_404(scope(user_of(request), Album.objects.all()), pk=pk)


@require_safe
def photo(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """The picture or its thumbnail. The browser may keep it but asks each time whether the person still may see it."""
    found = _photo(request, pk)
    if size not in _SIZES:
        raise Http404
    tag = f'"{found.content_sha256[:32]}-{size}"'
    if request.headers.get("If-None-Match") == tag:
        response: HttpResponseBase = HttpResponseNotModified()
    else:
        response = shown_picture(request, found.thumb if size == "thumb" else found.file)
    if response.status_code < 400:
        response["ETag"] = tag
        response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def album(request: HttpRequest, pk: int) -> HttpResponse:
    """The pictures of an album as they stand now, for the page that shows it."""
    return _grid(request, _album(request, pk))


def _grid(request: HttpRequest, found: Album, done: dict[str, Any] | None = None) -> HttpResponse:
    context = {"album": found, "photos": queries.photos_of(found), "user": request.user, "done": done, "allowed": allowed(user_of(request))}
    return render(request, "evidence/_grid.html", context)


def allowed(user: User) -> dict[str, bool]:
    """What the person may do with photos."""
    return {"add": user.may(Power.PHOTOGRAPH), "judge": user.may(Power.JUDGE_PHOTOS)}


# ------------------------------------------------------------------------------------------------ taking in


@open_to(Power.PHOTOGRAPH)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """A page to add photos from camera or files; a POST brings one and is answered with its row."""
    found = _album(request, pk)
    if request.method != "POST":
        response = render(request, "evidence/add.html", {"album": found})
        response["Permissions-Policy"] = uploading.ON_THE_SPOT
        return response
    files = request.FILES.getlist("file")  # without scripts both inputs are sent, the unused one empty
    given = next((one for one in files if one.size), files[0] if files else None)
    row: dict[str, Any] = {"album": found, "name": getattr(given, "name", "") or ""}
    if given is None:
        return _refused(request, row, _("没有收到文件。请重新选择照片。"))
    if large := uploading.too_large(given):
        return _refused(request, row, large)
    try:
        taken = photos.add(
            album=found, file=cast(BinaryIO, given.file), kind=request.POST.get("kind", ""), by=user_of(request), **_told(request)
        )
    except (Unusable, Refused) as refused:
        return _refused(request, row, refused.message)
    except StoreFull as full:
        return _refused(request, row, str(full))
    if not request.headers.get("X-Requested-With"):
        return redirect(_back(request, found))
    return render(request, "evidence/_row.html", row | {"shown": queries.shown([taken])[0]})


def _refused(request: HttpRequest, row: dict[str, Any], message: str) -> HttpResponse:
    if not request.headers.get("X-Requested-With"):
        messages.error(request, message)
        return redirect(_back(request, row["album"]))
    return render(request, "evidence/_row.html", row | {"refused": message}, status=422)


def _told(request: HttpRequest) -> dict[str, Any]:
    """What the page's device tells of the photo. Nonsense is not taken: the photo then says for itself."""
    given = request.POST
    told: dict[str, Any] = {"device": given.get("device", ""), "place": _place(given)}
    key = given.get("client_id", "")
    told["client_id"] = key or None
    try:
        told["captured_at"] = datetime.fromisoformat(given.get("captured_at", "")) or None
    except ValueError:
        told["captured_at"] = None
    return told


def _place(given: Any) -> Place | None:
    try:
        accuracy = float(given["accuracy"]) if given.get("accuracy") else None
        return coordinates.read(float(given["lng"]), float(given["lat"]), System.WGS84, accuracy)
    except (KeyError, ValueError):
        return None


# ------------------------------------------------------------------------------------------------ afterwards


@open_to(Power.JUDGE_PHOTOS)
@require_POST
def explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Says why a photo with findings stands."""
    found = _photo(request, pk)
    try:
        photos.explain(photo=found, by=user_of(request), reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _answer(request, found, {"tone": "late", "text": refused.message})
    return _answer(request, found, {"tone": "ok", "text": _("已采信照片，说明已记录")})


@open_to(Power.PHOTOGRAPH, Power.JUDGE_PHOTOS)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a photo out of the evidence, with the reason."""
    found = _photo(request, pk)
    try:
        photos.withdraw(photo=found, by=user_of(request), reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _answer(request, found, {"tone": "late", "text": refused.message})
    undo = reverse("evidence:restore", args=[found.pk])
    return _answer(request, found, {"tone": "ok", "text": _("已撤下：%s") % found.what.title, "undo": undo})


@open_to(Power.PHOTOGRAPH, Power.JUDGE_PHOTOS)
@require_POST
def restore(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes a withdrawal back."""
    found = _photo(request, pk)
    try:
        photos.restore(photo=found, by=user_of(request))
    except Refused as refused:
        return _answer(request, found, {"tone": "late", "text": refused.message})
    return _answer(request, found, {"tone": "ok", "text": _("已恢复：%s") % found.what.title})


def _answer(request: HttpRequest, found: Photo, done: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return _grid(request, found.album, done)
    (messages.error if done["tone"] == "late" else messages.success)(request, done["text"])
    return redirect(_back(request, found.album))


def _back(request: HttpRequest, found: Album) -> str:
    """The page the album stands on, where it is ours."""
    came = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure())
    return came if ours else reverse("evidence:add", args=[found.pk])

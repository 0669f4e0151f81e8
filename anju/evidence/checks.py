"""The rules on photos: place, time, device, and whether the same picture stands for another owner (domain 4.3 V8, quality 8).

Each warns; none keeps a photo out: what is found is shown with the photo until somebody explains it. What was found is kept as numbers
(``Photo.details``) and said in the reader's language; what lies in another area is told as its county alone (domain 4.5).
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.checks import WARN, Check
from anju.divisions import queries as places
from anju.evidence import limits
from anju.evidence.expecting import Expected
from anju.evidence.kinds import Where
from anju.evidence.models import Basis, Photo
from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Place

_V8 = "领域行为 4.3 V8, 质量要求 8"


def _check(code: str, label: str, source: str = _V8) -> Check:
    return Check(code, label, source, WARN)


FAR = _check("photo-far", "照片离应在位置太远")
NO_PLACE = _check("photo-place-missing", "照片没有位置", "S2-17, 领域行为 4.3 V8")
NO_TIME = _check("photo-time-missing", "照片没有拍摄时间", "S2-17, 领域行为 4.3 V8")
OLD = _check("photo-old", "照片早于这次到场")
LATE = _check("photo-late", "照片晚于这次到场")
AHEAD = _check("photo-clock-ahead", "拍摄时间晚于收到时间")
TIMES_APART = _check("photo-times-differ", "照片自带时间与设备所报不符")
PLACES_APART = _check("photo-places-differ", "照片自带位置与设备所报不符")
TOO_FAST = _check("photo-device-too-fast", "同一设备不可能这么快到")
SHARED = _check("photo-device-shared", "同一设备同时在两人名下")
REUSED = _check("photo-reused", "同一张照片已用于另一户")
ALIKE = _check("photo-alike", "与另一户的照片几乎相同")

CHECKS: dict[str, Check] = {
    check.id: check for check in (FAR, NO_PLACE, NO_TIME, OLD, LATE, AHEAD, TIMES_APART, PLACES_APART, TOO_FAST, SHARED, REUSED, ALIKE)
}

Found = tuple[Check, dict[str, Any]]


# ------------------------------------------------------------------------------------------------ what one photo tells by itself


def by_itself(photo: Photo, expected: Expected, camera_place: Place | None) -> Iterator[Found]:
    """Place and time of one photo against what is expected of it and against each other. ``camera_place`` is the camera's own word on the place."""
    yield from _placed(photo, expected)
    yield from _timed(photo, expected)
    told = photo.place
    if told is not None and camera_place is not None and photo.place_from == Photo.PlaceFrom.TOLD:
        apart = coordinates.metres(told, camera_place)
        if apart > limits.PLACES_APART.value + (told.accuracy_m or 0) + (camera_place.accuracy_m or 0):
            yield PLACES_APART, {"metres": round(apart)}


def _placed(photo: Photo, expected: Expected) -> Iterator[Found]:
    if photo.what.where is Where.ANYWHERE:
        return
    if photo.lng is None:
        yield NO_PLACE, {}
    elif photo.distance_m is not None and expected.radius_m is not None:
        # A device that says how unsure it is of its place is given that much.
        unsure = min(photo.accuracy_m or 0.0, expected.radius_m)
        if photo.distance_m > expected.radius_m + unsure:
            yield FAR, {"metres": round(photo.distance_m), "limit": round(expected.radius_m), "of": photo.distance_to}


def _timed(photo: Photo, expected: Expected) -> Iterator[Found]:
    moments = [moment for moment in (photo.taken_at, photo.captured_at) if moment is not None]
    slack = timedelta(minutes=limits.WINDOW.value)
    if not moments:
        if photo.what.where is not Where.ANYWHERE:
            yield NO_TIME, {}
        return
    first, last = min(moments), max(moments)
    begins, ends = expected.begins, expected.ends
    if begins is not None and first < begins - slack:
        yield OLD, {"at": first.isoformat(), "since": begins.isoformat()}
    if ends is not None and last > ends + slack:
        yield LATE, {"at": last.isoformat(), "until": ends.isoformat()}
    if last > photo.received_at + timedelta(minutes=limits.CLOCK_AHEAD.value):
        yield AHEAD, {"at": last.isoformat(), "received": photo.received_at.isoformat()}
    if len(moments) == 2 and last - first > timedelta(minutes=limits.TIMES_APART.value):
        yield TIMES_APART, {"camera": moments[0].isoformat(), "device": moments[1].isoformat()}


# ------------------------------------------------------------------------------------------------ said to a person


def said(check: str, values: dict[str, Any], *, visible: Photo | None = None) -> tuple[str, str]:
    """(what is the matter, what to do) of one finding. ``visible`` is the other photo where the reader may see it."""
    if check == FAR.id:
        return _far(values), _("到现场重新拍；确在现场的，请核对房屋登记位置后写明原因。")
    if check in (REUSED.id, ALIKE.id):
        return _elsewhere(values, visible), _("请到现场重新拍；确属同一处房屋或误传的，写明原因或撤下。")
    if check == TOO_FAST.id:
        return _("同一设备 %(hours)s 前后在 %(km)s 千米外拍过另一张，相当于每小时 %(kmh)s 千米") % values + _county(values), _(
            "请拍照人说明这台设备当天由谁使用。"
        )
    if check == SHARED.id:
        return _("同一设备在 %(minutes)s 分钟内还以另一人的账号传过照片") % values + _county(values), _(
            "账号和手机应一人一机；请拍照人说明。"
        )
    words = {
        NO_PLACE.id: (_("照片和设备都没有给出拍摄位置"), _("打开手机定位后重新拍；经微信转发的照片会丢失位置，请传原图。")),
        NO_TIME.id: (_("照片和设备都没有给出拍摄时间"), _("请传原图，不要传截图或转发的图片。")),
        OLD.id: (_("拍摄于 %(at)s，早于这次到场（%(since)s 起）"), _("请用这次到场所拍的照片；确为这次所拍的，请校准手机时间并写明原因。")),
        LATE.id: (_("拍摄于 %(at)s，晚于这次到场（%(until)s 止）"), _("请传到对应的那次到场；确属这次的，写明原因。")),
        AHEAD.id: (_("拍摄时间 %(at)s 晚于收到时间 %(received)s"), _("请把手机时间设为自动，再重新拍。")),
        TIMES_APART.id: (_("照片自带时间 %(camera)s，设备所报 %(device)s"), _("请现场拍摄，不要从相册选旧照片；手机时间请设为自动。")),
        PLACES_APART.id: (_("照片自带位置与设备所报位置相距 %(metres)s 米"), _("请现场拍摄，不要从相册选照片。")),
    }
    what, todo = words[check]
    return what % {name: _shown(value) for name, value in values.items()}, todo


def _far(values: dict[str, Any]) -> str:
    of = {
        Basis.HOUSE: _("房屋登记位置"),
        Basis.FIRST_PHOTO: _("这一户第一张采信的照片"),
        Basis.VILLAGE: _("本村各户中间位置"),
        Basis.COUNTY: _("县界"),
    }[Basis(values["of"])]
    return _("离%(of)s %(distance)s，应在 %(limit)s 以内") % {
        "of": of,
        "distance": metres_said(values["metres"]),
        "limit": metres_said(values["limit"]),
    }


def metres_said(metres: float) -> str:
    """12 米, 51.2 千米."""
    return _("%s 米") % f"{metres:,.0f}" if metres < 1000 else _("%s 千米") % f"{metres / 1000:,.1f}"


def _elsewhere(values: dict[str, Any], visible: Photo | None) -> str:
    if visible is not None:
        return _("与“%(title)s”（%(owner)s）%(day)s 的照片相同") % {
            "title": visible.album.title,
            "owner": visible.album.owner or _("无户编号"),
            "day": timezone.localtime(visible.at or visible.received_at).date().isoformat(),
        }
    return _("与外地一张照片相同；对方的内容不在此显示，请与%(place)s住建部门核实") % {"place": _place(values.get("county", ""))}


def _county(values: dict[str, Any]) -> str:
    return _("（在%(place)s，请与当地核实）") % {"place": _place(values["county"])} if values.get("county") else ""


def _place(county: str) -> str:
    return places.names([county]).get(county, county) if county else _("当地")


def _shown(value: Any) -> Any:
    """Moments in China's time to the minute; numbers with their thousands."""
    if isinstance(value, str) and "T" in value:
        return f"{timezone.localtime(datetime.fromisoformat(value)):%Y-%m-%d %H:%M}"
    return f"{value:,}" if isinstance(value, int | float) else value

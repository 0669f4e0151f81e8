"""鉴定表: the form that asks a house of this structure what the standard of the day asks, computes as it is filled, and is never lost."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.filling import captured, client_id
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import albums, judging
from anju.appraisals.actions import appraising
from anju.appraisals.forms import AppraisalForm
from anju.appraisals.models import Appraisal
from anju.appraisals.queries import household as queries
from anju.appraisals.queries.appraisal import day_in
from anju.appraisals.sheet import Sheet
from anju.appraisals.views.within import household_of, photo_album, where_of
from anju.divisions import queries as divisions
from anju.grading.standards import NoStandard
from anju.kept import kept
from anju.policy import keys, value
from anju.refusing import Refused
from anju.registry.models import DwellingState, Household
from anju.vocabulary.grade import GRADES


@open_to(Power.APPRAISE)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, number: str) -> HttpResponse:
    """The form of a household; what is refused comes back with everything that was typed."""
    household = household_of(request, number)
    user = user_of(request)
    if household.closed_on is not None:
        messages.error(request, _("户 %(number)s 已销户，不再鉴定。") % {"number": number})
        return redirect("households:page", number)
    houses = queries.houses(household, clock.today())
    if not houses:
        messages.error(request, _("本户还没有登记房屋。先由县里登记房屋，再鉴定；确实没有房屋的，按无房户认定。"))
        return redirect("households:page", number)
    if request.method == "GET":
        return _page(request, household, houses, _initial(request, user, household, houses))
    answers = request.POST
    form = AppraisalForm(answers, area=household.area, houses=_choices(houses))
    if form.is_valid():
        try:
            made = _submit(household, houses, form, answers, user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(
                request,
                _("已提交 %(number)s，%(grade)s 级。农户可在 %(until)s 前提出异议。")
                % {"number": made.number, "grade": made.grade, "until": made.objection_until.isoformat()},
            )
            wanted = value(keys.APPRAISAL_PHOTOS, made.area, made.on)
            there = made.album.photos.filter(withdrawn_at=None).count() if made.album else 0
            if there < wanted:
                messages.warning(request, _("照片要 %(wanted)d 张，现有 %(there)d 张，请补拍。") % {"wanted": wanted, "there": there})
            return redirect("appraisals:show", made.pk)
    return _page(request, household, houses, answers, form=form, status=422)


def _submit(household: Household, houses: list[queries.House], form: AppraisalForm, answers: Mapping[str, str], user: User) -> Appraisal:
    given: dict[str, Any] = dict(form.cleaned_data)
    dwelling = next(one.dwelling for one in houses if str(one.dwelling.pk) == given.pop("house"))
    day: date = given.pop("on")
    del given["structure"], given["storeys"]
    return appraising.submit(
        household=household,
        dwelling=dwelling,
        form=_sheet(answers, household, day).form(),
        on=day,
        by=user,
        album=albums.begun(answers.get("album", ""), household=household, by=user),
        captured=captured(answers),
        **given,
    )


def _sheet(answers: Mapping[str, str], household: Household, day: date) -> Sheet:
    intensity = divisions.seismic_intensity(household.area, day)
    degree = int(float(intensity.intensity)) if intensity is not None else None
    try:
        return Sheet.of(answers, area=household.area, day=day, intensity=degree)
    except NoStandard:
        return Sheet.of(answers, area=household.area, day=clock.today(), intensity=degree)


def _choices(houses: list[queries.House]) -> list[tuple[str, str]]:
    return [(str(one.dwelling.pk), _said(one)) for one in houses]


def _said(house: queries.House) -> str:
    state = house.state
    parts = [house.kind]
    if state is not None:
        parts += [state.get_structure_display() if state.structure else "", _("%d 年") % state.year_built if state.year_built else ""]
        parts += [_("%d 间") % state.bays if state.bays else "", f"{state.main_area} ㎡" if state.main_area else ""]
    return f"{house.dwelling.number}　{'，'.join(str(part) for part in parts if part)}"


def _initial(request: HttpRequest, user: User, household: Household, houses: list[queries.House]) -> dict[str, str]:
    asked, trigger = request.GET.get("house", ""), request.GET.get("trigger", "")
    house = next((one for one in houses if str(one.dwelling.pk) == asked), houses[0])
    state, today = house.state, clock.today()
    third = user.as_role is not None and user.as_role.code == "third_party_appraiser"
    organisers = Appraisal.Organiser
    return {
        "house": str(house.dwelling.pk),
        "on": today.isoformat(),
        "structure": state.structure if state and state.structure in DwellingState.Structure.values else "",
        "storeys": str(state.storeys or "") if state else "",
        "kind": Appraisal.Kind.APPRAISED,
        "organiser": organisers.THIRD_PARTY if third else organisers.COUNTY,
        "trigger": trigger if trigger in Appraisal.Trigger.values else queries.trigger_of(household, today),
        "appraisers": user.name,
    }


def _page(
    request: HttpRequest,
    household: Household,
    houses: list[queries.House],
    answers: Mapping[str, str],
    *,
    form: AppraisalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    day = day_in(answers.get("on", "")) or clock.today()
    shown = form or AppraisalForm(area=household.area, houses=_choices(houses), initial=dict(answers))
    context = {
        "household": household,
        "head": queries.heads([household.pk]).get(household.pk, ""),
        "where": where_of(household.area),
        "form": shown,
        "sheet": _sheet(answers, household, day),
        "houses": houses,
        "album": albums.begun(answers.get("album", ""), household=household, by=user),
        "papers": queries.papers(user, household)[:5],
        "wanted": value(keys.APPRAISAL_PHOTOS, household.area, day),
        "client_id": answers.get("client_id", "") or client_id(),
        "result": _result(answers, household, day) if status != 200 else None,
    }
    return render(request, "appraisals/fill.html", context, status=status)


@open_to(Power.APPRAISE)
@require_POST
def look(request: HttpRequest, number: str) -> HttpResponse:
    """What the answers so far come to; with ``?part=sheet`` the questions of another structure, height or day."""
    household = household_of(request, number)
    answers = request.POST
    day = day_in(answers.get("on", "")) or clock.today()
    if request.GET.get("part") == "sheet":
        return render(request, "appraisals/_sheet.html", {"sheet": _sheet(answers, household, day)})
    return render(request, "appraisals/_result.html", {"result": _result(answers, household, day)})


def _result(answers: Mapping[str, str], household: Household, day: date) -> dict[str, Any]:
    """The computed grade with its reasons, or what is still missing."""
    sheet = _sheet(answers, household, day)
    made = sheet.form()
    if not made.get("site") and not made.get("qualitative"):
        return {"waiting": _("选好场地和各组成部分，这里就推算等级")}
    missing = [one.name for one in sheet.components if one.required(sheet.structure) and f"c:{one.key}" not in answers]
    if missing and made.get("site") != "dangerous" and not sheet.old:
        return {"waiting": _("还差：%s") % _("、").join(_(name) for name in missing)}
    try:
        judged = judging.judge(made, area=household.area, on=day)
    except Refused as refusal:
        return {"refused": refusal.message}
    outcome = judged.outcome
    return {
        "grade": outcome.grade,
        "name": _(GRADES[outcome.grade].name),
        "meaning": _(GRADES[outcome.grade].meaning),
        "advice": judging.default_advice(judged, outcome.grade).label,
        "reasons": outcome.reasons,
        "asks": outcome.asks_reason,
        "until": judging.last_day_to_object(household.area, day),
        "quantitative": outcome.quantitative,
    }


@open_to(Power.APPRAISE)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the photos of an appraisal that is being filled."""
    household, house = household_of(request, number), request.POST.get("house", "")
    if not queries.houses(household, clock.today()):
        return HttpResponse(status=404)
    title = kept(gettext_lazy("房屋鉴定 %s"), clock.today().isoformat())
    return photo_album(request, household, title=title, form="appraisal", kinds="house,component,appraisal_form,other", house=house)

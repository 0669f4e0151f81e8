"""排查到户: a village on foot, household after household; the short form at the door; many safe houses in one act; taking back."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.filling import captured, client_id
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals import albums
from anju.appraisals.actions import screening as actions
from anju.appraisals.field_forms import SIGNS, ScreenForm, result_says, signs_of
from anju.appraisals.models import Round, Screening
from anju.appraisals.queries import coverage
from anju.appraisals.queries import household as households
from anju.appraisals.queries import rounds as queries
from anju.appraisals.queries.coverage import Coverage
from anju.appraisals.views.rounds import TONES, VILLAGE, round_of, words
from anju.appraisals.views.within import household_of, on_the_spot, photo_album, where_of
from anju.divisions import queries as divisions
from anju.kept import kept
from anju.policy import keys, value
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary import division

LIMIT = 60
_CHIPS = ("left", queries.SEEN, "suspect", "absent", "")


def _village(request: HttpRequest, round: Round, code: str) -> str:
    """The code of a village both of the round and the user's; 404 elsewhere."""
    if (
        not code.isdecimal()
        or len(code) != VILLAGE
        or not division.contains(user_of(request).area, code)
        or not division.contains(round.area, code)
    ):
        raise Http404
    return code


@require_safe
def village(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """A village of the round in the order of its villager groups; those nobody has looked at first."""
    round, user = round_of(request, pk), user_of(request)
    code = _village(request, round, code)
    asked = request.GET.get("state", "left")
    state = "" if asked == "all" else asked if asked in _CHIPS else "left"
    tally = coverage.coverage(round, within=code).get(code, Coverage(code))
    counts = {
        "": tally.households,
        queries.SEEN: tally.seen,
        "left": tally.left,
        "suspect": tally.suspect,
        "absent": tally.absent,
    }
    page = paging.page(
        scope(user, queries.on_foot(round, code, state)), order=queries.ON_FOOT, asked=request.GET, limit=LIMIT, total=counts[state]
    )
    keys_of = [one.pk for one in page.rows]
    heads, grades, seen = households.heads(keys_of), households.open_grades(keys_of), queries.looks(round, page.rows)
    may = user.may(Power.SCREEN) and round.closed_at is None
    named = words()
    context = {
        "round": round,
        "code": code,
        "name": divisions.short_names([code]).get(code, code),
        "where": where_of(code),
        "tally": tally,
        "seen": counts[queries.SEEN],
        "state": state,
        "page": page,
        "lines": [
            {
                "household": one,
                "head": heads.get(one.pk, ""),
                "grade": grades.get(one.pk, ""),
                "group": queries.group_said(one),
                "look": seen.get(one.pk),
                "tone": TONES[seen[one.pk].result] if one.pk in seen else "idle",
            }
            for one in page.rows
        ],
        "chips": [
            {"label": named[key], "count": counts[key], "url": query(request, state=key or "all"), "on": key == state} for key in _CHIPS
        ],
        "may": may,
        "why_not": "" if round.closed_at else why_not(user, Power.SCREEN),
        "pickable": may and any(one.pk not in seen for one in page.rows),
        "undo": _undoable(request, round, user),
        "up": reverse("appraisals:round", args=[round.pk]) + f"?area={code[:9]}",
    }
    return render(request, "appraisals/village.html", context)


def _undoable(request: HttpRequest, round: Round, user: User) -> dict[str, str] | None:
    """What this person did last, as the address names it, while it still counts."""
    key = request.GET.get("done", "")
    if not key.isdecimal() or len(key) > 18:
        return None
    made = Screening.objects.filter(pk=int(key), round=round, by=user, superseded_at=None).select_related("household").first()
    if made is None or round.closed_at is not None:
        return None
    together = _together(made)
    if together > 1:
        return {"text": _("%d 户登记为未见危险") % together, "url": reverse("appraisals:round-undo", args=[round.pk, made.pk]) + "?all=1"}
    head = households.heads([made.household_id]).get(made.household_id, made.household.number)
    return {
        "text": _("%(head)s：%(result)s") % {"head": head, "result": made.get_result_display()},
        "url": reverse("appraisals:round-undo", args=[round.pk, made.pk]),
    }


def _together(made: Screening) -> int:
    return Screening.objects.filter(round=made.round_id, by=made.by_id, recorded_at=made.recorded_at, superseded_at=None).count()


@open_to(Power.SCREEN)
@require_POST
def alike(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """The ticked households of a village: nothing dangerous was seen at any."""
    round, user = round_of(request, pk), user_of(request)
    code = _village(request, round, code)
    back = reverse("appraisals:round-village", args=[pk, code])
    picked = scope(user, queries.households(round, code, "left")).filter(number__in=request.POST.getlist("pick")[: LIMIT * 2])
    try:
        made = actions.screen_alike(round=round, households=picked, by=user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    if not made:
        messages.warning(request, _("没有登记：请先勾选还没有排查的户。"))
        return redirect(back)
    return redirect(f"{back}?done={made[0].pk}")


@open_to(Power.SCREEN)
@require_POST
def undo(request: HttpRequest, pk: int, screening: int) -> HttpResponse:
    """Takes back one look, or with ``?all=1`` all that were recorded in the same act."""
    round, user = round_of(request, pk), user_of(request)
    made = get_object_or_404(scope(user, round.screenings.select_related("household", "round")), pk=screening)
    try:
        if request.GET.get("all") == "1":
            taken = actions.undo_alike(screening=made, by=user)
            messages.success(request, _("已撤销 %d 户的排查结果。") % taken)
        else:
            before = actions.undo(screening=made, by=user)
            messages.success(request, _("已撤销，恢复为“%s”。") % before.get_result_display() if before else _("已撤销，该户又是未排查。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("appraisals:round-village", pk, made.household.area[:VILLAGE])


# ------------------------------------------------------------------------------------------------ at the door


@open_to(Power.SCREEN)
@require_http_methods(["GET", "POST"])
def look(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """The short form of one household; what is refused comes back as it was typed, what is saved leads to the next door."""
    round, household, user = round_of(request, pk), household_of(request, number), user_of(request)
    answers = request.POST if request.method == "POST" else None
    form = ScreenForm(answers, initial=_initial(round, household))
    if answers is not None and form.is_valid():
        given = form.cleaned_data
        try:
            made = actions.screen(
                round=round,
                household=household,
                result=given["result"],
                by=user,
                on=given["on"],
                lives_here=given["lives_here"],
                note=form.said(),
                album=albums.begun(answers.get("album", ""), household=household, by=user),
                captured=captured(answers),
            )
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            return _onwards(request, round, household, made)
    return _form(request, round, household, form)


def _initial(round: Round, household: Household) -> dict[str, Any]:
    """What the round knows already, to be corrected."""
    known = queries.looks(round, [household]).get(household.pk)
    if known is None:
        return {}
    signs, note = signs_of(known.note) if known.result == Screening.Result.SUSPECT else ([], known.note)
    return {"result": known.result, "signs": signs, "note": note, "lives_here": known.lives_here}


def _onwards(request: HttpRequest, round: Round, household: Household, made: Screening) -> HttpResponse:
    """After saving: the next door, the proof that there is no house, or back to the village."""
    if made.result == Screening.Result.SUSPECT:
        messages.warning(request, _("已登记疑似危房，列入待鉴定。"))
    wanted = value(keys.SCREENING_PHOTOS, made.area, made.on)
    there = made.album.photos.filter(withdrawn_at=None).count() if made.album else 0
    if made.result == Screening.Result.SUSPECT and there < wanted:
        messages.warning(request, _("照片要 %(wanted)d 张，现有 %(there)d 张，请补拍。") % {"wanted": wanted, "there": there})
    if made.result == Screening.Result.NO_HOUSE and user_of(request).may(Power.DETERMINE):
        return redirect("appraisals:no-house", household.number)
    code = household.area[:VILLAGE]
    following = queries.following(round, code, household) if request.POST.get("then") != "village" else None
    if following is not None:
        return redirect(f"{reverse('appraisals:round-look', args=[round.pk, following.number])}?done={made.pk}")
    return redirect(f"{reverse('appraisals:round-village', args=[round.pk, code])}?done={made.pk}")


def _form(request: HttpRequest, round: Round, household: Household, form: ScreenForm) -> HttpResponse:
    answers: Mapping[str, str] = request.POST
    user, code = user_of(request), household.area[:VILLAGE]
    walked = queries.on_foot(round, code).filter(pk=household.pk).first()
    tally = coverage.coverage(round, within=code).get(code, Coverage(code))
    chosen = str(form["result"].value() or "")
    signs = form["signs"].value() or []
    lives = str(form["lives_here"].value())
    houses = households.houses(household, clock.today())
    known = queries.looks(round, [household]).get(household.pk)
    context = {
        "round": round,
        "household": household,
        "head": households.heads([household.pk]).get(household.pk, ""),
        "grade": households.open_grades([household.pk]).get(household.pk, ""),
        "group": queries.group_said(walked) if walked else "",
        "where": divisions.short_names([code]).get(code, code),
        "code": code,
        "form": form,
        "results": {
            "name": "result",
            "options": [
                {"value": one.value, "word": one.label, "says": result_says(one.value), "on": chosen == one.value}
                for one in Screening.Result
            ],
        },
        "signs": [{"value": sign, "word": word, "on": sign in signs} for sign, word in SIGNS.items()],
        "lives": [
            {"value": key, "word": word, "on": lives == key}
            for key, word in (("True", _("有人住")), ("False", _("没人住")), ("None", _("没问到")))
        ],
        "house": houses[0] if houses else None,
        "known": known,
        "left": tally.left,
        "households": tally.households,
        "album": albums.begun(answers.get("album", ""), household=household, by=user) or (known.album if known else None),
        "client_id": answers.get("client_id", "") or client_id(),
        "undo": _undoable(request, round, user),
        "outside": walked is None,
        "may_report": user.may(Power.REPORT_HAZARD),
        "may_determine": user.may(Power.DETERMINE),
    }
    return on_the_spot(render(request, "appraisals/look.html", context, status=422 if form.errors else 200))


@open_to(Power.SCREEN)
@require_POST
def album(request: HttpRequest, pk: int, number: str) -> HttpResponse:
    """Opens the album for the photos of one look."""
    round, household = round_of(request, pk), household_of(request, number)
    title = kept(gettext_lazy("%(round)s 排查照片"), {"round": round.name[:60]})
    return photo_album(request, household, title=title, form="looking", kinds="house,component,other")

"""动态监测: the hazards of an area with their deadlines, one hazard with its steps, and the households newly recognised last month."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.filling import captured, client_id
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals import albums
from anju.appraisals import field_forms as forms
from anju.appraisals.actions import hazards as actions
from anju.appraisals.models import Appraisal, Hazard
from anju.appraisals.queries import household as households
from anju.appraisals.queries import monitoring as queries
from anju.appraisals.queries.monitoring import Filters
from anju.appraisals.views.rounds import shorts
from anju.appraisals.views.within import hazard_of, household_of, on_the_spot, photo_album, places, where_of
from anju.divisions import queries as divisions
from anju.kept import kept
from anju.registry.models import Household
from anju.vocabulary import division
from anju.vocabulary.grade import GRADES

LIMIT = 40
SORTS = {"on": ("on", "id"), "due": ("due", "id")}
TONES = {
    queries.TO_CHECK: "soon",
    queries.TO_APPRAISE: "doing",
    queries.TO_LIFT: "hold",
    queries.LIFTED: "ok",
    queries.UNFOUNDED: "idle",
}


# ------------------------------------------------------------------------------------------------ the list


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The hazards of the area, counted by state; the figures of the month above them."""
    user, area, today = user_of(request), chosen(request), clock.today()
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters.area, today)
    found = queries.ledger(user, filters, today)
    sort = request.GET.get("sort", "")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), ("on", "id"))
    if sort.startswith("-") or sort not in SORTS:
        order = tuple(f"-{name}" for name in order)
    total = found.count() if filters.narrowed else counts.states[filters.state]
    page = paging.page(found.select_related("household", "appraisal"), order=order, asked=request.GET, limit=LIMIT, total=total)
    named = queries.words()
    context = {
        "page": page,
        "lines": lines(page.rows, today),
        "chips": [
            {"label": label, "count": counts.states[key], "url": query(request, state=key or None), "on": filters.state == key}
            for key, label in named.items()
        ],
        "figures": _figures(request, user, filters.area, counts, today),
        "headings": [
            *({"title": _("户主")}, {"title": _("住址")}, {"title": _("发现"), "key": "on", "sort": True}, {"title": _("途径")}),
            *({"title": _("成因")}, {"title": _("情况")}, {"title": _("未销号天数"), "align": "r"}),
            *({"title": _("鉴定期限"), "key": "due", "sort": True}, {"title": _("等级"), "align": "c"}, {"title": _("状态")}),
        ],
        "filters": filters,
        "filtered": filters.narrowed or filters.state or filters.area != area,
        "ways": Hazard.Way.choices,
        "causes": Hazard.Cause.choices,
        "places": divisions.children(area),
        "sort": sort,
        "may_report": user.may(Power.REPORT_HAZARD),
        "why_not": why_not(user, Power.REPORT_HAZARD),
    }
    return render(request, "appraisals/hazards.html", context)


def lines(rows: list[Hazard], today: date) -> list[dict[str, Any]]:
    """Rows of a table of hazards."""
    heads, where, named = households.heads(row.household_id for row in rows), places(row.area for row in rows), queries.words()
    made = []
    for row in rows:
        state = queries.state_of(row)
        made.append(
            {
                "row": row,
                "head": heads.get(row.household_id, ""),
                "place": where[row.area],
                "state": named[state],
                "tone": TONES[state],
                "late": queries.is_late(row, today),
                "counted": row.closed_on is None and row.appraisal_id is None,
                "days": queries.days_open(row, today),
            }
        )
    return made


def _figures(request: HttpRequest, user: User, area: str, counts: queries.Counts, today: date) -> list[dict[str, Any]]:
    """The month's figures, each with the rows it counts."""
    here, month = f"&area={area}", queries.month_in("", today, area)
    found = queries.newly_counted(user, area, month)
    new, left = found[queries.ALL], found[queries.LEFT]
    page, monthly = reverse("appraisals:hazards"), reverse("appraisals:hazard-newly")
    states, days = counts.states, (month.appraised_by - today).days
    return [
        {
            "label": _("本月新增险情"), "value": counts.this_month, "url": f"{page}?since={today.replace(day=1).isoformat()}{here}", "unit": _("户"),
            "under": _("随报随核实"), "tone": "",
        },
        {
            "label": _("待核实"), "value": states[queries.TO_CHECK], "url": f"{page}?state=check{here}", "unit": _("户"),
            "under": _("先到现场看"), "tone": "",
        },
        {
            "label": _("逾期未鉴定"), "value": states[queries.LATE], "url": f"{page}?state=late{here}", "unit": _("户"),
            "under": _("未销号共 %d 户") % states[queries.OPEN], "tone": "late" if states[queries.LATE] else "",
        },
        {
            "label": _("最久未销号"), "value": (today - counts.oldest).days if counts.oldest else 0, "url": f"{page}?state=open&sort=on{here}",
            "unit": _("天"), "under": _("%s 发现") % counts.oldest.isoformat() if counts.oldest else _("没有未销号的"), "tone": "",
        },
        {
            "label": _("%d月新认定对象") % month.first.month, "value": new, "url": f"{monthly}?month={month.key}{here}", "unit": _("户"),
            "under": _("%s 前由认定部门提供") % month.given_by.isoformat(), "tone": "",
        },
        {
            "label": _("其中还没有鉴定"), "value": left, "url": f"{monthly}?month={month.key}&state=left{here}", "unit": _("户"),
            "under": (_("%(day)s 前完成，剩 %(n)d 天") if days >= 0 else _("%(day)s 前完成，逾期 %(n)d 天"))
            % {"day": month.appraised_by.isoformat(), "n": abs(days)},
            "tone": "late" if left and days < 0 else "",
        },
    ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ newly recognised


@require_safe
def newly(request: HttpRequest) -> HttpResponse:
    """The households recognised in a month, with the days by which policy wants them given and appraised."""
    user, here, today = user_of(request), chosen(request), clock.today()
    asked = request.GET.get("area", "")
    area = asked if asked and division.contains(here, asked) else here
    month = queries.month_in(request.GET.get("month", ""), today, area)
    state = request.GET.get("state", "") if request.GET.get("state", "") in queries.NEW_STATES else queries.ALL
    counts = queries.newly_counted(user, area, month)
    page = paging.page(
        queries.newly(user, area, month, state), order=("area", "number"), asked=request.GET, limit=LIMIT, total=counts[state]
    )
    keys = [one.pk for one in page.rows]
    heads, grades, where, named = households.heads(keys), households.open_grades(keys), places(one.area for one in page.rows), shorts()
    since = households.last_appraised(keys, month.first)
    labels = {
        queries.ALL: _("全部"), queries.LEFT: _("还没有鉴定"), queries.DONE: _("已鉴定或无房"),
        queries.LATE_GIVEN: _("%d日后才录入") % month.given_by.day,
    }  # fmt: skip
    context = {
        "month": month,
        "page": page,
        "counts": counts,
        "late": month.appraised_by < today and counts[queries.LEFT],
        "left_url": query(request, state=queries.LEFT),
        "lines": [
            {
                "household": one,
                "head": heads.get(one.pk, ""),
                "place": where[one.area],
                "groups": _("、").join(named.get(code, code) for code in one.groups.split("+") if code),
                "grade": grades.get(one.pk, ""),
                "paper": since.get(one.pk),
            }
            for one in page.rows
        ],
        "chips": [
            {"label": label, "count": counts[key], "url": query(request, state=key or None), "on": key == state}
            for key, label in labels.items()
        ],
        "headings": [
            *(
                {"title": _("户主")},
                {"title": _("户编号")},
                {"title": _("住址")},
                {"title": _("对象类别")},
                {"title": _("现等级"), "align": "c"},
            ),
            *({"title": _("认定后的鉴定")}, {"title": _("处理"), "align": "r"}),
        ],
        "months": [_month_link(request, month, by) for by in (-1, 1)],
        "places": divisions.children(here),
        "area": area,
        "state": state,
        "may_appraise": user.may(Power.APPRAISE),
    }
    return render(request, "appraisals/newly.html", context)


def _month_link(request: HttpRequest, month: queries.Month, by: int) -> dict[str, str] | None:
    """The month before or after; None for one to come."""
    first = (month.first - timedelta(days=1)).replace(day=1) if by < 0 else month.next
    if first > clock.today():
        return None
    return {"url": query(request, month=f"{first:%Y-%m}"), "label": _("%(year)d年%(month)d月") % {"year": first.year, "month": first.month}}


# ------------------------------------------------------------------------------------------------ reporting one


@open_to(Power.REPORT_HAZARD)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """上报险情: first the household by its number, then what was found; what is refused comes back as it was typed."""
    user = user_of(request)
    number = (request.POST.get("household") or request.GET.get("household", "")).strip()
    if not number:
        return render(request, "appraisals/hazard_new.html", {})
    household = scope(user, Household.objects.filter(number=number)).first()
    if household is None:
        return render(request, "appraisals/hazard_new.html", {"number": number, "unknown": True}, status=422)
    held = household.hazards.filter(closed_on=None).first()
    answers = request.POST if request.method == "POST" else None
    form = forms.HazardForm(answers, initial={"way": Hazard.Way.CADRE if user.may(Power.SCREEN) else Hazard.Way.HOUSEHOLD})
    album = albums.begun(request.POST.get("album", ""), household=household, by=user)
    if done := attempt(form, actions.report, household=household, by=user, album=album, captured=captured(request.POST)):
        messages.success(request, _("已登记险情，%s 前完成鉴定。") % done.made.due.isoformat())
        return redirect("appraisals:hazard", done.made.pk)
    given: Mapping[str, str] = request.POST
    context = {
        "household": household,
        "number": number,
        "head": households.heads([household.pk]).get(household.pk, ""),
        "where": where_of(household.area),
        "grade": households.open_grades([household.pk]).get(household.pk, ""),
        "form": form,
        "held": held,
        "album": albums.begun(given.get("album", ""), household=household, by=user),
        "client_id": given.get("client_id", "") or client_id(),
    }
    return on_the_spot(render(request, "appraisals/hazard_new.html", context, status=422 if form.errors else 200))


@open_to(Power.REPORT_HAZARD)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the photos of a hazard that is being reported."""
    title = kept(gettext_lazy("险情 %s"), clock.today().isoformat())
    return photo_album(request, household_of(request, number), title=title, form="hazard", kinds="component,house,other")


# ------------------------------------------------------------------------------------------------ one hazard


def _lift(*, hazard: Hazard, by: User, how: str, on: date) -> Hazard:
    return actions.close(hazard=hazard, by=by, how=how, appraisal=households.safe_paper(hazard, on), on=on)


ACTS: dict[str, Act] = {
    "check": Act(gettext_lazy("登记核实"), forms.CheckForm, actions.check, gettext_lazy("已登记核实。")),
    "evacuate": Act(gettext_lazy("登记转移"), forms.EvacuateForm, actions.evacuate, gettext_lazy("已登记转移。")),
    "close": Act(gettext_lazy("解危销号"), forms.LiftForm, _lift, gettext_lazy("已解危销号。")),
}


def _page(request: HttpRequest, row: Hazard, *, tried: str = "", form: django_forms.Form | None = None, status: int = 200) -> HttpResponse:
    user, today, state = user_of(request), clock.today(), queries.state_of(row)
    safe = households.safe_paper(row, today)
    offered = []
    if row.closed_on is None and user.may(Power.REPORT_HAZARD):
        offered += ["close"] if safe is not None else []
        offered += ["check"] if state == queries.TO_CHECK else []
        offered += ["evacuate"] if row.evacuated_on is None else []
    if tried and tried not in offered:
        offered.insert(0, tried)
    paper = row.appraisal
    context = {
        "row": row,
        "head": households.heads([row.household_id]).get(row.household_id, ""),
        "where": where_of(row.area),
        "state": queries.words()[state],
        "tone": TONES[state],
        "late": queries.is_late(row, today),
        "counted": row.closed_on is None and row.appraisal_id is None,
        "days": queries.days_open(row, today),
        "line": _line(row, state, today),
        "next": _next(row, state, safe),
        "safe": safe,
        "unsafe": paper is not None and not GRADES[paper.grade].safe and safe is None and row.closed_on is None,
        "facts": _facts(row),
        "offers": [
            {
                "key": key,
                "title": ACTS[key].title,
                "danger": False,
                "open": key == tried or (not tried and place == 0),
                "url": reverse("appraisals:hazard-act", args=[row.pk, key]),
                "form": form if key == tried and form is not None else ACTS[key].form(auto_id=f"{key}-%s", initial={"urgent": row.urgent}),
            }
            for place, key in enumerate(offered)
        ],
        "may_photograph": row.closed_on is None and user.may(Power.REPORT_HAZARD),
        "may_appraise": row.closed_on is None and safe is None and user.may(Power.APPRAISE),
    }
    return on_the_spot(render(request, "appraisals/hazard.html", context, status=status))


def _next(row: Hazard, state: str, safe: Appraisal | None) -> str:
    """What comes next, in one sentence."""
    if state == queries.TO_CHECK:
        return _("先到现场核实：有险情的鉴定，没有的解除。")
    if state == queries.TO_APPRAISE:
        return _("%s 前完成鉴定或评定。") % row.due.isoformat()
    if state == queries.TO_LIFT:
        if safe is not None:
            return _("险情之后鉴定为 %s 级，可以解危销号。") % safe.grade
        return _("房屋鉴定为危房：改造后重新鉴定，或登记保障途径，住上安全房再销号。")
    return ""


def _line(row: Hazard, state: str, today: date) -> list[dict[str, Any]]:
    """上报 → 核实 → 鉴定 → 解危销号; 转移 where people had to leave."""

    def step(title: str, on: date | None, note: str = "") -> dict[str, Any]:
        return {"title": title, "note": on.isoformat() if on else note, "state": "done" if on else ""}

    items = [step(_("上报"), row.on), step(_("核实"), row.checked_on)]
    if row.urgent or row.evacuated_on:
        items.append(step(_("转移"), row.evacuated_on))
    if row.unfounded:
        return [*items, {"title": _("解除"), "note": row.closed_on.isoformat() if row.closed_on else "", "state": "done"}]
    late = queries.is_late(row, today)
    items.append(step(_("鉴定"), row.appraisal.on if row.appraisal else None, _("%s 前") % row.due.isoformat()) | {"late": late})
    items.append(step(_("解危销号"), row.closed_on))
    for item in items:
        if not item["state"]:
            item["state"] = "now"
            break
    return items


def _facts(row: Hazard) -> list[tuple[str, Any]]:
    return [
        (_("户编号"), row.household.number),
        (_("发现途径"), row.get_way_display()),
        (_("成因"), row.get_cause_display()),
        (_("报告人"), row.reporter),
        (_("发现"), row.on.isoformat()),
        (_("登记"), row.by.name if row.by else ""),
        (_("核实"), f"{row.checked_on.isoformat()} {row.checked_by.name if row.checked_by else ''}" if row.checked_on else ""),
        (_("鉴定期限"), row.due.isoformat()),
        (_("转移"), row.evacuated_on.isoformat() if row.evacuated_on else ""),
        (_("销号"), f"{row.closed_on.isoformat()} {row.closed_by.name if row.closed_by else ''}" if row.closed_on else ""),
        (_("怎样解决的"), row.closed_how),
    ]


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A hazard's page."""
    return _page(request, hazard_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """核实, 转移, 解危; what is refused comes back as it was typed."""
    row = hazard_of(request, pk)
    offered = named(ACTS, do)
    form = offered.form(request.POST, auto_id=f"{do}-%s")
    if attempt(form, offered.do, hazard=row, by=user_of(request)):
        messages.success(request, str(offered.said))
        return redirect("appraisals:hazard", pk)
    return _page(request, hazard_of(request, pk), tried=do, form=form, status=422)

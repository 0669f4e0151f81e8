"""复核抽查: the lots drawn from appraisers' work, a new one, the drawn papers, and one paper looked at again."""

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals.actions import rechecking as actions
from anju.appraisals.field_forms import DrawForm, SettleForm, VoidForm
from anju.appraisals.models import Appraisal, RecheckItem, RecheckLot
from anju.appraisals.queries import household as households
from anju.appraisals.queries import rechecks as queries
from anju.appraisals.queries.rechecks import Filters, Person, Tally
from anju.appraisals.views.paper import components
from anju.appraisals.views.within import places, tabs, where_of
from anju.divisions import queries as divisions
from anju.refusing import Refused

LIMIT = 40
LOT_TONES = {queries.OPEN: "soon", queries.SETTLED: "ok", queries.VOIDED: "idle"}
TONES = {queries.OPEN: "soon", queries.SAME: "ok", queries.DIFFERENT: "late", queries.GONE: "idle"}


def words() -> dict[str, str]:
    """State of a drawn paper → what lists call it."""
    return {
        "": _("全部"), queries.OPEN: _("待复核"), queries.SETTLED: _("已复核"), queries.SAME: _("一致"), queries.DIFFERENT: _("不一致"),
        queries.GONE: _("原鉴定已作废"),
    }  # fmt: skip


def lot_words() -> dict[str, str]:
    """State of a lot → what lists call it."""
    return {"": _("全部"), queries.OPEN: _("待复核"), queries.SETTLED: _("已复核"), queries.VOIDED: _("已作废")}


def lot_of(request: HttpRequest, pk: int) -> RecheckLot:
    """The lot inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), RecheckLot.objects.all())
    return get_object_or_404(found.select_related("appraiser", "drawn_by", "voided_by"), pk=pk)


def _item_of(request: HttpRequest, lot: int, pk: int) -> RecheckItem:
    found = scope(user_of(request), RecheckItem.objects.all())
    return get_object_or_404(
        found.select_related(
            *(
                "lot__appraiser",
                "appraisal__household",
                "appraisal__dwelling",
                "appraisal__album",
                "second__by",
                "second__album",
                "settled_by",
            )
        ),
        pk=pk,
        lot=lot,
    )


def _worked(row: RecheckLot) -> str:
    """The address of the person's papers of the lot's period."""
    asked = f"?area={row.area}&by={row.appraiser_id}&since={row.since.isoformat()}&until={row.until.isoformat()}"
    return reverse("appraisals:ledger") + asked


# ------------------------------------------------------------------------------------------------ the lots


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The lots of the area, newest first, and how often the second look at each person's work differs."""
    user, area = user_of(request), chosen(request)
    state, appraiser = queries.lots_asked(request.GET.dict())
    counts, people = queries.lot_counts(user, area, appraiser), queries.people(user, area)
    found = queries.lots(user, area, state, appraiser)
    page = paging.page(found.select_related("appraiser"), order=("-id",), asked=request.GET, limit=LIMIT, total=counts[state])
    counted, where = queries.tallies(page.rows), divisions.full_names({row.area for row in page.rows})
    items, named = reverse("appraisals:recheck-items"), lot_words()
    context = {
        "page": page,
        "lines": [_lot_line(row, counted.get(row.pk, Tally()), where.get(row.area) or _("全国")) for row in page.rows],
        "figures": _figures(user, area, people) if people else [],
        "people": [{"one": one, "url": f"{items}?appraiser={one.pk}"} for one in people[:LIMIT]],
        "chips": [
            {"label": label, "count": counts[key], "url": query(request, state=key or None), "on": state == key}
            for key, label in named.items()
            if key != queries.VOIDED or counts[key]
        ],
        "headings": [
            *({"title": _("鉴定人")}, {"title": _("范围")}, {"title": _("鉴定日期")}, {"title": _("这段时间的鉴定"), "align": "r"}),
            *({"title": _("抽取"), "align": "r"}, {"title": _("已复核"), "align": "r"}, {"title": _("不一致"), "align": "r"}),
            *({"title": _("不一致率"), "align": "r"}, {"title": _("状态")}),
        ],
        "tabs": tabs("rechecks"),
        "area": area,
        "appraiser": appraiser,
        "state": state,
        "filtered": bool(state or appraiser),
        "may_draw": user.may(Power.MANAGE_APPRAISALS),
        "why_not": why_not(user, Power.MANAGE_APPRAISALS),
    }
    return render(request, "appraisals/rechecks.html", context)


def _lot_line(row: RecheckLot, tally: Tally, where: str) -> dict[str, Any]:
    state = queries.lot_state(row, tally)
    return {
        "row": row,
        "where": where,
        "tally": tally,
        "state": lot_words()[state],
        "tone": LOT_TONES[state],
        "url": reverse("appraisals:recheck", args=[row.pk]),
        "worked_url": _worked(row),
    }


def _figures(user: User, area: str, people: list[Person]) -> list[dict[str, Any]]:
    """What the lots of the area come to, each figure with the papers it counts."""
    items = reverse("appraisals:recheck-items")
    all_ = queries.tally(queries.items(user, area))
    mine = queries.waiting(user, area).count() if user.may(Power.APPRAISE) else 0
    return [
        {"label": _("抽取"), "value": all_.drawn, "url": items, "unit": _("份"), "under": _("鉴定人 %d 名") % len(people), "tone": ""},
        {
            "label": _("待复核"), "value": all_.open, "url": f"{items}?state=open", "unit": _("份"), "tone": "",
            "under": _("其中可由您复核 %d 份") % mine if mine else _("由别的鉴定人复核"),
        },
        {
            "label": _("已复核"), "value": all_.settled, "url": f"{items}?state=settled", "unit": _("份"), "tone": "",
            "under": _("一致 %d 份") % all_.same,
        },
        {
            "label": _("不一致"), "value": all_.different, "url": f"{items}?state=different", "unit": _("份"), "tone": "late" if all_.different else "",
            "under": _("不一致率 %s") % all_.differing if all_.settled else _("还没有复核结果"),
        },
    ]  # fmt: skip


@open_to(Power.MANAGE_APPRAISALS)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A lot is drawn from a person's work in the area looked at."""
    user, area, today = user_of(request), chosen(request), clock.today()
    people = {pk: (name, many) for pk, name, many in queries.appraisers(user, area)}
    initial: dict[str, Any] = {"since": (today.replace(day=1) - timedelta(days=1)).replace(day=1), "until": today}
    source = ""
    try:
        says = actions.share_rule(area, today)
    except Refused as refusal:
        source = refusal.message
    else:
        initial["share"] = says.value
        source = _("规定为 %(share)d%%：%(source)s") % {"share": says.value, "source": says.source}
    choices = [(pk, _("%(name)s（%(many)d 份）") % {"name": name, "many": many}) for pk, (name, many) in people.items()]
    form = DrawForm(request.POST if request.method == "POST" else None, appraisers=choices, source=source, initial=initial)
    if done := attempt(form, actions.draw, area=area, by=user):
        said = _("已从 %(worked)d 份鉴定中抽取 %(drawn)d 份。")
        messages.success(request, said % {"worked": done.made.worked, "drawn": done.made.items.count()})
        return redirect("appraisals:recheck", done.made.pk)
    context = {"form": form, "where": where_of(area) or _("全国"), "nobody": not people}
    return render(request, "appraisals/recheck_new.html", context, status=422 if form.errors else 200)


# ------------------------------------------------------------------------------------------------ the papers


def _rows(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    """A page of drawn papers with the chips over it."""
    user = user_of(request)
    narrowed: dict[str, Any] = {"lot": filters.lot, "appraiser": filters.appraiser, "theirs": filters.theirs}
    counts = queries.tally(queries.items(user, filters.area, **narrowed))
    found = queries.items(user, filters.area, filters.state, **narrowed)
    page = paging.page(
        found.select_related("lot__appraiser", "appraisal__household", "second"),
        order=("area", "id"), asked=request.GET, limit=LIMIT, total=counts.of(filters.state),
    )  # fmt: skip
    heads, where = households.heads(one.appraisal.household_id for one in page.rows), places(one.area for one in page.rows)
    named = words()
    return {
        "page": page,
        "tally": counts,
        "lines": [
            {
                "row": one,
                "head": heads.get(one.appraisal.household_id, ""),
                "url": reverse("appraisals:recheck-settle", args=[one.lot_id, one.pk]),
                "place": where[one.area],
                "state": named[queries.state_of(one)],
                "tone": TONES[queries.state_of(one)],
                "act": queries.state_of(one) == queries.OPEN
                and one.lot.voided_at is None
                and user.may(Power.APPRAISE)
                and user.pk != one.lot.appraiser_id,
            }
            for one in page.rows
        ],
        "chips": [
            {"label": label, "count": counts.of(state), "url": query(request, state=state or None), "on": filters.state == state}
            for state, label in named.items()
            if state != queries.GONE or counts.gone
        ],
        "headings": [
            *({"title": _("户主")}, {"title": _("户编号")}, {"title": _("住址")}, {"title": _("鉴定报告")}),
            *([] if filters.lot else [{"title": _("鉴定人")}]),
            *({"title": _("原等级"), "align": "c"}, {"title": _("复核等级"), "align": "c"}, {"title": _("状态")}, {"title": _("说明")}),
            *({"title": _("复核日期")}, {"title": _("处理"), "align": "r"}),
        ],
        "filters": filters,
    }


@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """The drawn papers of the area that a figure counts."""
    user, area = user_of(request), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    context = {
        **_rows(request, filters),
        "filtered": bool(filters.narrowed or filters.state or filters.area != area),
        "places": divisions.children(area),
        "people": queries.people(user, area),
        "may_appraise": user.may(Power.APPRAISE),
    }
    return render(request, "appraisals/recheck_items.html", context)


def _lot_figures(lot: RecheckLot, tally: Tally) -> list[dict[str, Any]]:
    page = reverse("appraisals:recheck", args=[lot.pk])
    return [
        {"label": _("这段时间的鉴定"), "value": lot.worked, "url": _worked(lot), "unit": _("份"), "under": lot.appraiser.name, "tone": ""},
        {
            "label": _("抽取"), "value": tally.drawn, "url": page, "unit": _("份"), "tone": "",
            "under": _("比例 %s") % f"{(lot.share * 100).normalize():f}%",
        },
        {
            "label": _("待复核"), "value": tally.open, "url": f"{page}?state=open", "unit": _("份"), "tone": "",
            "under": _("原鉴定已作废 %d 份") % tally.gone if tally.gone else _("由别的鉴定人复核"),
        },
        {
            "label": _("不一致"), "value": tally.different, "url": f"{page}?state=different", "unit": _("份"), "tone": "late" if tally.different else "",
            "under": _("不一致率 %s") % tally.differing if tally.settled else _("还没有复核结果"),
        },
    ]  # fmt: skip


def _lot_page(request: HttpRequest, lot: RecheckLot, *, form: VoidForm | None = None, status: int = 200) -> HttpResponse:
    user = user_of(request)
    state = request.GET.get("state", "") if request.GET.get("state", "") in queries.STATES else ""
    rows = _rows(request, Filters(area=lot.area, state=state, lot=lot.pk))
    may = user.may(Power.MANAGE_APPRAISALS) and user.pk != lot.appraiser_id and lot.voided_at is None and not rows["tally"].settled
    context = {
        **rows,
        "lot": lot,
        "facts": [
            (_("范围"), where_of(lot.area) or _("全国")),
            (_("鉴定日期"), f"{lot.since.isoformat()} — {lot.until.isoformat()}"),
            (_("抽取比例"), f"{(lot.share * 100).normalize():f}%"),
            (_("随机数"), lot.seed),
            (_("抽取人"), lot.drawn_by.name),
            *([(_("作废的理由"), lot.voided_reason)] if lot.voided_at else []),
        ],
        "figures": _lot_figures(lot, rows["tally"]),
        "offer": {
            "title": _("作废抽查"), "danger": True, "open": form is not None, "url": reverse("appraisals:recheck-void", args=[lot.pk]),
            "form": form or VoidForm(),
        }
        if may or form is not None
        else None,
    }  # fmt: skip
    return render(request, "appraisals/recheck.html", context, status=status)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A lot's page."""
    return _lot_page(request, lot_of(request, pk))


@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """作废抽查."""
    lot, form = lot_of(request, pk), VoidForm(request.POST)
    if attempt(form, actions.void, lot=lot, by=user_of(request)):
        messages.success(request, _("已作废，这些鉴定可以重新抽取。"))
        return redirect("appraisals:recheck", pk)
    return _lot_page(request, lot, form=form, status=422)


@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, pk: int, item: int) -> HttpResponse:
    """One drawn paper: what the first look said beside what the second says, and the form with which it is settled."""
    row, user = _item_of(request, pk, item), user_of(request)
    second, first = row.second or queries.second_of(row), row.appraisal
    differs = second is not None and second.grade != first.grade
    form = SettleForm(request.POST if request.method == "POST" else None, initial={"same": "no" if differs else "yes"})
    if attempt(form, actions.settle, item=row, by=user, second=second):
        messages.success(request, _("已登记 %s 的复核结果。") % first.number)
        return redirect("appraisals:recheck", pk)
    state = queries.state_of(row)
    open_ = state == queries.OPEN and row.lot.voided_at is None
    context = {
        "row": row,
        "lot": row.lot,
        "first": first,
        "second": second,
        "lines": _beside(first, second),
        "head": households.heads([first.household_id]).get(first.household_id, ""),
        "where": where_of(row.area),
        "state": words()[state],
        "tone": TONES[state],
        "open": open_,
        "own": user.pk == row.lot.appraiser_id,
        "may": open_ and user.pk != row.lot.appraiser_id and user.may(Power.APPRAISE),
        "why_not": why_not(user, Power.APPRAISE),
        "offer": {"title": _("登记复核结果"), "url": reverse("appraisals:recheck-settle", args=[pk, item]), "form": form},
        "fill": reverse("appraisals:fill", args=[first.household.number]) + f"?house={first.dwelling_id}&trigger=recheck",
        "facts": [
            (_("复核结果"), words()[state]),
            (_("复核日期"), row.done_on.isoformat() if row.done_on else ""),
            (_("复核人"), row.settled_by.name if row.settled_by else ""),
            (_("说明"), row.note),
        ],
    }
    return render(request, "appraisals/recheck_item.html", context, status=422 if form.errors else 200)


def _beside(first: Appraisal, second: Appraisal | None) -> list[dict[str, Any]]:
    """The parts of the house as both looks found them, those that differ marked; a part that one of them doesn't have is empty there."""
    looks = [{one["title"]: one for one in components(paper)} if paper else {} for paper in (first, second)]
    lines = []
    for title in dict.fromkeys((*looks[0], *looks[1])):
        found = [look.get(title) for look in looks]
        said = [(one["level"], one["says"]) if one else None for one in found]
        lines.append({"title": title, "first": found[0], "second": found[1], "differs": second is not None and said[0] != said[1]})
    return lines

"""公示: those of the area looked at with how many days are left, and the form with which one is posted."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.divisions import queries as divisions
from anju.notices import actions, content, forms, queries, sources
from anju.notices.models import LEVELS, Kind, Notice
from anju.notices.queries import Filters
from anju.policy import NoRule
from anju.refusing import Refused
from anju.vocabulary import division
from anju.vocabulary.division import Level

LIMIT = 40
SORTS = {"start": ("starts_on", "id"), "close": ("closes_on", "id")}
TONES = {"unposted": "soon", "hanging": "doing", "due": "soon", "closed": "ok", "withdrawn": "idle"}


def words() -> dict[str, str]:
    """The states as the page says them."""
    return {
        "unposted": _("待张贴拍照"),
        "hanging": _("公示中"),
        "objected": _("有异议待答复"),
        "due": _("期满待结束"),
        "closed": _("已结束"),
        "withdrawn": _("已撤下"),
    }


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Notices of the area, counted by state, found by key."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters.area, today)
    sort = request.GET.get("sort", "")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), ("id",))
    if sort.startswith("-") or sort.lstrip("-") not in SORTS:
        order = tuple(f"-{name}" for name in order)
    found = queries.listed(user, filters, today)
    page = paging.page(found.defer("content"), order=order, asked=request.GET, limit=LIMIT, total=found.count())
    said = words()
    context = {
        "page": page,
        "lines": lines(page.rows, today),
        "headings": _headings(),
        "chips": [
            {"label": label, "count": counts[state or "all"], "url": query(request, state=state or None), "on": filters.state == state}
            for state, label in (("", _("全部")), *said.items())
        ],
        "filters": filters,
        "filtered": filters.kind or filters.state or filters.area != area,
        "kinds": Kind.choices,
        "places": divisions.children(area),
        "may_post": user.may(Power.NOTICES_POST),
        "sort": sort,
    }
    return render(request, "notices/list.html", context)


def lines(rows: list[Notice], today: date) -> list[dict[str, Any]]:
    """Rows of a table of notices: where, how far, how many days are left."""
    names = divisions.short_names({stem for row in rows for stem in (row.area, row.area[:9])})
    said = words()
    found = []
    for row in rows:
        state = queries.state_of(row, today)
        found.append(
            {
                "notice": row,
                "place": "".join(dict.fromkeys(names.get(stem, "") for stem in (row.area[:9], row.area))) or row.area,
                "tone": TONES[state],
                "state": str(row.get_outcome_display()) if state == "closed" else said[state],
                "hung": max(0, min(row.days, ((row.withdrawn_on or row.closed_on or today) - row.starts_on).days)),
                "counted": row.closes_on if state in ("hanging", "due") else None,
            }
        )
    return found


def _headings() -> list[dict[str, Any]]:
    return [
        {"title": _("公示")},
        {"title": _("种类")},
        {"title": _("范围")},
        {"title": _("行数"), "align": "r"},
        {"title": _("起"), "key": "start", "sort": True},
        {"title": _("可结束"), "key": "close", "sort": True},
        {"title": _("已公示"), "align": "r"},
        {"title": _("异议"), "align": "r"},
        {"title": _("状态")},
    ]


# ------------------------------------------------------------------------------------------------ posting


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """张贴: what another app drafts, or a table pasted in; first it is shown as it would hang, then posted."""
    user = user_of(request)
    if not user.may(Power.NOTICES_POST):
        messages.error(request, _("您的角色不张贴公示：%s。") % why_not(user, Power.NOTICES_POST))
        return redirect("notices:list")
    area = chosen(request)
    source = sources.source_of(request.GET.get("source", ""))
    draft = None
    place = request.GET.get("area", "")
    if source is not None:
        try:
            draft = source.make(
                user, place if division.contains(user.area, place) else area, {name: request.GET.get(name, "") for name in source.filters}
            )
        except sources.NothingToPost as nothing:
            messages.error(request, str(nothing))
            return redirect("notices:list")
    context: dict[str, Any] = {
        "source": source,
        "sources": sources.declared() if source is None else [],
        "most": content.ROWS,
        "area": area,
    }
    if request.method == "GET":
        context["form"] = forms.PostForm(area=area, drafted=draft is not None, initial=_initial(user, area, source, draft))
        context["preview"] = _preview(draft) if draft else None
        return render(request, "notices/new.html", context)
    form = forms.PostForm(request.POST, area=area, drafted=draft is not None)
    context["form"] = form
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            rows, columns = (draft.rows, draft.columns) if draft else content.pasted(given.pop("table"))
            if request.POST.get("do") == "look":
                context["preview"] = _shown(content.masked(rows, columns))
                return render(request, "notices/new.html", context)
            notice = actions.post(**given, rows=rows, columns=columns, key=draft.key if draft else "", by=user)
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("已登记公示，内容不再改动。贴出后当天拍照。"))
            return redirect("notices:show", notice.pk)
    return render(request, "notices/new.html", context, status=422)


def _initial(user: User, area: str, source: sources.NoticeSource | None, draft: sources.Draft | None) -> dict[str, Any]:
    level = min(max(division.level(area), Level.COUNTY), Level.VILLAGE)
    today = clock.today()
    initial: dict[str, Any] = {"area": area, "starts_on": today, "boards": forms.boards(user), "hotline": forms.hotline(user)}
    try:
        initial["days"] = actions.days_asked(level if level in LEVELS else Level.VILLAGE, area, today).value
    except NoRule:
        initial["days"] = None
    if source is not None and draft is not None:
        initial |= {"kind": source.kind, "title": draft.title, "intro": draft.intro}
    return initial


def _preview(draft: sources.Draft) -> dict[str, Any] | None:
    try:
        return _shown(content.masked(draft.rows, draft.columns))
    except Refused:
        return None


def _shown(made: content.Content) -> dict[str, Any]:
    return table(made.kept(), made.policy)


def table(kept: dict[str, Any], mask: str = "") -> dict[str, Any]:
    """A notice's content for a template: headings with their side, rows of cells."""
    columns = [
        {"title": _(title), "right": content.COLUMNS[key].right if key in content.COLUMNS else False, "key": key}
        for key, title in kept["columns"]
    ]
    rights = [column["right"] for column in columns]
    return {"columns": columns, "rows": [list(zip(row, rights, strict=True)) for row in kept["rows"]], "mask": mask}

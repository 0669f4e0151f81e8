"""档案: how complete the archives of an area are and what is missing, and the papers of one case filed, taken back, reviewed."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anju import paging
from anju.accounts.asking import by_htmx, query, user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.cases import actions, archive_forms, archive_queries, queries
from anju.cases.archives import BY_CODE, Line
from anju.cases.models import ArchivePaper, Case, CaseArchive
from anju.cases.papers import About, notices_of
from anju.cases.queries import GOING, PHASES
from anju.cases.views.picturing import on_the_spot, thumbs
from anju.cases.views.within import LIMIT, case_of, places, stage_said, tabs, tone
from anju.divisions import queries as divisions
from anju.evidence import albums
from anju.evidence.models import Album

SORTS: dict[str, tuple[str, ...]] = {"complete": ("complete", "id"), "number": ("number", "id"), "place": ("area", "id")}
ACTS: dict[str, Act] = {
    "file": Act(gettext_lazy("归入材料"), archive_forms.FileForm, actions.file_paper, "", power=Power.CASE_PREPARE),
    "take-back": Act(gettext_lazy("取回"), archive_forms.TakeBackForm, actions.take_back_paper, "", power=Power.CASE_PREPARE, danger=True),
    "review": Act(gettext_lazy("审核通过"), archive_forms.ReviewForm, actions.review_archive, "", power=Power.CASE_APPROVE),
}


def opened(**asked: str) -> str:
    """The address of the very archives a figure counts."""
    return f"{reverse('cases:archives')}?{urlencode({name: value for name, value in asked.items() if value})}"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The archives asked for, the least complete first."""
    user, area = user_of(request), chosen(request)
    filters = archive_queries.Filters.of(request.GET.dict(), area)
    counts = archive_queries.counts(user, filters.area)
    sort = request.GET.get("sort", "complete")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), SORTS["complete"])
    if sort.startswith("-"):
        order = tuple(f"-{name}" for name in order)
    found = archive_queries.listed(user, filters)
    total = found.count() if filters.narrowed else counts.total
    page = paging.page(found.select_related("case__household"), order=order, asked=request.GET, limit=LIMIT, total=total)
    below = {"area": filters.area if filters.area != area else ""}
    context = {
        "lines": _lines(page.rows),
        "page": page,
        "counts": counts,
        "filters": filters,
        "filtered": filters.narrowed,
        "sort": request.GET.get("sort", ""),
        "places": divisions.children(filters.area),
        "phases": [(GOING, _("在办")), *((one, _(one)) for one in PHASES)],
        "states": _states(),
        "items": [(one.code, _(one.title)) for one in BY_CODE.values()],
        "tiles": [
            {"label": _("档案"), "value": counts.total, "url": opened(**below), "tone": ""},
            {"label": _("应有的都有"), "value": counts.whole, "url": opened(state="whole", **below), "tone": "ok"},
            {
                "label": _("缺材料"),
                "value": counts.total - counts.whole,
                "url": opened(state="lacking", **below),
                "tone": "soon" if counts.total > counts.whole else "",
            },
            {"label": _("已审核"), "value": counts.reviewed, "url": opened(state="reviewed", **below), "tone": ""},
        ],
        "chips": _chips(request, counts, filters),
        "headings": [
            *({"title": _("户主")}, {"title": _("档号"), "key": "number", "sort": True}, {"title": _("改造编号")}),
            *({"title": _("住址"), "key": "place", "sort": True}, {"title": _("阶段")}),
            *({"title": _("齐全率"), "key": "complete", "sort": True}, {"title": _("缺什么")}, {"title": _("审核")}),
        ],
        "tabs": tabs("archives"),
    }
    return render(request, "cases/archives.html", context)


def _states() -> list[tuple[str, str]]:
    return [("lacking", _("缺材料")), ("whole", _("应有的都有")), ("unreviewed", _("齐全待审核")), ("reviewed", _("已审核"))]


def _chips(request: HttpRequest, counts: archive_queries.Counts, filters: archive_queries.Filters) -> list[dict[str, Any]]:
    """The items that are missing somewhere, with how many archives lack each."""
    return [
        {"label": _("全部"), "count": None, "url": query(request, missing=None), "on": not filters.missing},
        *(
            {"label": _(BY_CODE[code].title), "count": rows, "url": query(request, missing=code), "on": filters.missing == code}
            for code, rows in counts.missing.items()
        ),
    ]


def _lines(rows: list[CaseArchive]) -> list[dict[str, Any]]:
    cases: list[Case] = [one.case for one in rows]
    heads, where = queries.names(cases), places(one.area for one in rows)
    return [
        {
            "archive": one,
            "case": one.case,
            "head": heads.get(one.case.head_id, ""),
            "place": where.get(one.area, one.area),
            "stage": stage_said(one.case.stage),
            "tone": tone(one.case.stage),
            "missing": _lacking([code for code in one.missing if code in BY_CODE]),
        }
        for one in rows
    ]


def _lacking(codes: list[str]) -> str:
    """The first of what is missing, and how many in all."""
    names = _("、").join(_(BY_CODE[code].title).partition("（")[0].partition(" (")[0] for code in codes[:3])
    return _("%(names)s等 %(count)d 项") % {"names": names, "count": len(codes)} if len(codes) > 3 else names


# ------------------------------------------------------------------------------------------------ one case


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The archive of a case, for its page; what has come since it was reckoned last is counted now."""
    return _panel(request, _kept(request, number))


def _kept(request: HttpRequest, number: str) -> Case:
    """The case of that number; one of earlier years has its archive elsewhere."""
    case = case_of(request, number)
    if case.historic:
        raise Http404
    return case


@require_POST
def act(request: HttpRequest, number: str, do: str) -> HttpResponseBase:
    """Files, takes back, reviews; what is refused comes back with what was typed."""
    case, user = _kept(request, number), user_of(request)
    offered = named(ACTS, do)
    form = offered.form(request.POST, auto_id=f"{do}-%s")
    given: dict[str, Any] = {"album": _begun(case, request.POST.get("album", ""), user)} if do == "file" else {}
    if attempt(form, offered.do, case=case, by=user, **given):
        if by_htmx(request):
            return _panel(request, case_of(request, number))
        messages.success(request, _("档案已更新。"))
        return redirect("cases:show", number)
    return _panel(request, case_of(request, number), tried=do, form=form, album=given.get("album"), status=422)


@open_to(Power.CASE_PREPARE)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the scan of a paper that is being filed."""
    case, user = _kept(request, number), user_of(request)
    made = albums.new(area=case.area, title=_("档案材料 %s") % case.number, owner=case.household.number, by=user)
    return render(request, "cases/_scan.html", {"album": made})


def _begun(case: Case, key: str, user: User) -> Album | None:
    found = albums.begun(key=key, owner=case.household.number, by=user)
    return None if found is not None and ArchivePaper.objects.filter(album=found).exists() else found


def _panel(
    request: HttpRequest,
    case: Case,
    *,
    tried: str = "",
    form: django_forms.Form | None = None,
    album: Album | None = None,
    status: int = 200,
) -> HttpResponse:
    user = user_of(request)
    told = actions.reckon_now(case=case)
    archive = CaseArchive.objects.select_related("reviewed_by__organisation").get(case=case)
    about = About.of(case)
    may_file, may_review = user.may(Power.CASE_PREPARE), user.may(Power.CASE_APPROVE)
    pages = thumbs(line.paper.album_id for line in told.lines if line.paper is not None)
    missing = [line for line in told.lines if line.missing]
    unfiled = [*missing, *(line for line in told.lines if not line.missing and line.paper is None)]
    blank = archive_forms.FileForm(auto_id="file-%s", initial={"item": missing[0].item.code if missing else ""})
    file = form if tried == "file" and form is not None else blank
    file.fields["item"].choices = [  # type: ignore[attr-defined]
        ("", _("请选择")),
        *((line.item.code, f"{_(line.item.title)}{_('（缺）') if line.missing else ''}") for line in unfiled),
    ]
    context = {
        "case": case,
        "archive": archive,
        "told": told,
        "missing": len(missing),
        "rows": [_row(line, pages) for line in told.lines],
        "documents": _documents(about),
        "file": file if may_file else None,
        "file_url": reverse("cases:archive-act", args=[case.number, "file"]),
        "take_back": reverse("cases:archive-act", args=[case.number, "take-back"]) if may_file else "",
        "review": (form if tried == "review" and form is not None else archive_forms.ReviewForm(auto_id="review-%s"))
        if may_review and not archive.reviewed_on and not missing
        else None,
        "review_url": reverse("cases:archive-act", args=[case.number, "review"]),
        "refused": form if tried in ("review", "take-back") else None,
        "album": album,
        "open": tried == "file",
    }
    return on_the_spot(render(request, "cases/_archive.html", context, status=status))


def _row(line: Line, pages: dict[int, list[dict[str, str]]]) -> dict[str, Any]:
    """An item as the panel shows it, with the first pages of its scan."""
    paper = line.paper
    if line.missing:
        word, colour = _("缺"), "late"
    elif line.present:
        word, colour = (
            _("、").join(
                one for one in (_("电子") if line.electronic else "", _("纸质") if paper is not None and paper.on_paper else "") if one
            ),
            "ok",
        )
    else:
        word, colour = (_("还不用") if line.required is None else _("不要求")), "idle"
    said, shown = "", pages.get(paper.album_id or 0, []) if paper is not None else []
    if paper is not None:
        said = _("%(on)s %(who)s归入") % {"on": paper.filed_on, "who": paper.filed_by.name}
        said = " · ".join(one for one in (said, paper.kept_at, paper.note) if one)
    elif not line.present:
        said = str(line.item.when)
    return {"line": line, "title": _(line.item.title), "word": word, "tone": colour, "said": said, "paper": paper, "pages": shown}


def _documents(about: About) -> list[dict[str, str]]:
    """The papers that can be printed now."""
    case = about.case
    found = [(_("申请审批表"), reverse("cases:application", args=[case.number]))]
    if about.last("review") is not None:
        found.append((_("评议记录"), reverse("cases:review", args=[case.number])))
    signed = about.agreement()
    if signed is not None:
        found.append((str(signed.get_kind_display()), reverse("cases:agreement", args=[case.number])))
    found += [(_("%s级公示") % one.get_level_display(), reverse("notices:paper", args=[one.pk])) for one in notices_of(case)]
    if case.appraisal is not None:
        found.append((_("鉴定报告"), reverse("appraisals:report", args=[case.appraisal.pk])))
    found.append((_("全档（PDF）"), reverse("cases:household-archive", args=[case.household.number])))
    return [{"label": label, "url": url} for label, url in found]

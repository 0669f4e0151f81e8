"""公示牌和认定牌: the register of what is to be hung, hangs, must come down, was taken down; one of them with its photos and its PDF."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.offering import attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.appraisals import forms, papers
from anju.appraisals.actions import posting as actions
from anju.appraisals.models import Appraisal, Posting
from anju.appraisals.queries import appraisal as queries
from anju.appraisals.queries import household as households
from anju.appraisals.views.within import places, posting_of, tabs, where_of
from anju.divisions import queries as divisions
from anju.documents import Unprintable
from anju.policy import keys, value
from anju.vocabulary import division

LIMIT = 40
TONES = {queries.ISSUED: "soon", queries.HANGING: "ok", queries.OUTDATED: "late", queries.REMOVED: "idle"}


def _words() -> dict[str, str]:
    return {queries.ISSUED: _("待挂"), queries.HANGING: _("已挂"), queries.OUTDATED: _("应摘"), queries.REMOVED: _("已摘")}


def state_of(row: Posting) -> str:
    """One of ``queries.POSTING_STATES``."""
    if row.removed_on is not None:
        return queries.REMOVED
    if row.appraisal.state != Appraisal.State.VALID:
        return queries.OUTDATED
    return queries.ISSUED if row.posted_on is None else queries.HANGING


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Signs and plates of the area, counted by state."""
    user, area = user_of(request), chosen(request)
    asked = request.GET.get("area", "")
    area = asked if asked and division.contains(area, asked) else area
    kind = request.GET.get("kind", "") if request.GET.get("kind", "") in Posting.Kind.values else ""
    state = request.GET.get("state", "") if request.GET.get("state", "") in queries.POSTING_STATES else ""
    counts = queries.posting_counts(user, area, kind)
    found = queries.postings(user, area, state, kind).select_related("appraisal", "household")
    page = paging.page(found, order=("-id",), asked=request.GET, limit=LIMIT, total=counts[state])
    heads = households.heads(row.household_id for row in page.rows)
    grades = households.open_grades(row.household_id for row in page.rows)
    where = places(row.area for row in page.rows)
    words = _words()
    context = {
        "page": page,
        "lines": [
            {
                "row": row,
                "head": heads.get(row.household_id, ""),
                "place": where[row.area],
                "tone": TONES[state_of(row)],
                "state": words[state_of(row)],
                "now": grades.get(row.household_id, ""),
                "wrong": row.kind == Posting.Kind.PLATE and row.removed_on is None and grades.get(row.household_id, "") in ("C", "D"),
            }
            for row in page.rows
        ],
        "chips": [
            {"label": label, "count": counts[key], "url": query(request, state=key or None), "on": state == key}
            for key, label in {"": _("全部"), **words}.items()
        ],
        "tabs": tabs("postings"),
        "headings": [
            *(
                {"title": _("编号")},
                {"title": _("种类")},
                {"title": _("户主")},
                {"title": _("住址")},
                {"title": _("牌上等级"), "align": "c"},
            ),
            *({"title": _("现等级"), "align": "c"}, {"title": _("制牌")}, {"title": _("挂牌")}, {"title": _("摘牌")}, {"title": _("状态")}),
        ],
        "kinds": Posting.Kind.choices,
        "kind": kind,
        "state": state,
        "filtered": bool(kind or state or asked),
        "wrong": queries.plates_at_dangerous_houses(user, area).count(),
        "places": divisions.children(chosen(request)),
    }
    return render(request, "appraisals/postings.html", context)


ACTS: dict[str, tuple[type[django_forms.Form], Any]] = {
    "hang": (forms.HangForm, actions.hang),
    "take-down": (forms.TakeDownForm, actions.take_down),
}


def _page(request: HttpRequest, row: Posting, *, tried: str = "", form: django_forms.Form | None = None, status: int = 200) -> HttpResponse:
    user, state = user_of(request), state_of(row)
    titles = {"hang": _("登记挂牌"), "take-down": _("登记摘牌") if row.posted_on else _("不挂了，销去")}
    offered = [] if row.removed_on else ["take-down"]
    if state == queries.ISSUED:
        offered.insert(0, "hang")
    context = {
        "row": row,
        "paper": row.appraisal,
        "head": households.heads([row.household_id]).get(row.household_id, ""),
        "where": where_of(row.area),
        "tone": TONES[state],
        "state": _words()[state],
        "outdated": state == queries.OUTDATED,
        "line": _line(row),
        "facts": [
            (_("编号"), row.number),
            (_("种类"), row.get_kind_display()),
            (_("鉴定报告"), row.appraisal.number),
            (_("制牌"), f"{row.issued_on.isoformat()} {row.issued_by.name}"),
            (_("挂牌"), f"{row.posted_on.isoformat()} {row.posted_by.name if row.posted_by else ''}" if row.posted_on else ""),
            (_("摘牌"), f"{row.removed_on.isoformat()} {row.removed_by.name if row.removed_by else ''}" if row.removed_on else ""),
            (_("摘牌的理由"), row.removed_reason),
        ],
        "wanted": value(keys.PLATE_PHOTOS, row.area, row.issued_on),
        "public": _public(request, row),
        "offers": [
            {
                "key": key,
                "title": titles[key],
                "danger": key == "take-down",
                "open": key == tried or (key == "hang" and not tried),
                "url": reverse("appraisals:hang", args=[row.pk, key]),
                "form": form if key == tried and form is not None else ACTS[key][0](auto_id=f"{key}-%s"),
            }
            for key in offered
        ]
        if user.may(Power.HANG)
        else [],
    }
    return render(request, "appraisals/posting.html", context, status=status)


def _line(row: Posting) -> list[dict[str, Any]]:
    at = 3 if row.removed_on else 2 if row.posted_on else 1
    items: list[dict[str, Any]] = [
        {"title": _("制牌"), "note": row.issued_on.isoformat()},
        {"title": _("挂牌拍照"), "note": row.posted_on.isoformat() if row.posted_on else ""},
        {"title": _("摘牌"), "note": row.removed_on.isoformat() if row.removed_on else ""},
    ]
    for place, item in enumerate(items):
        item["state"] = "done" if place < at else "now" if place == at == 1 else ""
    return items


def _public(request: HttpRequest, row: Posting) -> str:
    return request.build_absolute_uri(reverse("plate", args=[row.token]))


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A sign's or plate's page."""
    return _page(request, posting_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """挂牌, 摘牌."""
    row = posting_of(request, pk)
    asked, action = named(ACTS, do)
    form = asked(request.POST, auto_id=f"{do}-%s")
    if attempt(form, action, posting=row, by=user_of(request)):
        messages.success(request, _("已登记 %(on)s。") % {"on": (form.cleaned_data.get("on") or clock.today()).isoformat()})
        return redirect("appraisals:posting", pk)
    return _page(request, posting_of(request, pk), tried=do, form=form, status=422)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign or plate as PDF, with the code of its public page."""
    row = posting_of(request, pk)
    try:
        made = papers.posting_pdf(row, _public(request, row))
    except Unprintable as refusal:
        messages.error(request, str(refusal))
        return redirect("appraisals:posting", pk)
    answered = HttpResponse(made, content_type="application/pdf")
    answered["Content-Disposition"] = f'inline; filename="{row.number}.pdf"'
    answered["Cache-Control"] = "private, no-store"
    return answered

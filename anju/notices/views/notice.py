"""One notice: what hangs out, the days, both photos, objections, and how it ends; the paper that is put up."""

from datetime import date
from typing import Any, BinaryIO, cast

import segno
from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.divisions import queries as divisions
from anju.evidence.uploading import too_large
from anju.notices import actions, forms, queries, rules
from anju.notices.models import Board, BoardPhoto, Notice, Objection
from anju.notices.views.listing import TONES, table, words
from anju.refusing import Refused
from anju.vocabulary import division, masking

ACTS: dict[str, Act] = {
    "object": Act(gettext_lazy("登记异议"), forms.ObjectionForm, actions.object_to, gettext_lazy("已登记异议；答复完才能结束公示。")),
    "stop": Act(gettext_lazy("终止公示"), forms.ReasonForm, actions.stop, gettext_lazy("已终止。"), danger=True),
    "withdraw": Act(gettext_lazy("撤下公示"), forms.ReasonForm, actions.withdraw, gettext_lazy("已撤下，网页不再显示。"), danger=True),
}


def notice_of(request: HttpRequest, pk: int) -> Notice:
    """The notice, where it hangs in the user's area or comes from a level above; 404 elsewhere."""
    found = queries.visible(user_of(request)).select_related("office", "posted_by", "closed_by", "withdrawn_by")
    return get_object_or_404(found, pk=pk)


def _page(
    request: HttpRequest, notice: Notice, *, tried: str = "", form: django_forms.Form | None = None, answered: int = 0, status: int = 200
) -> HttpResponse:
    user, today = user_of(request), clock.today()
    state = queries.state_of(notice, today)
    own = division.contains(user.area, notice.area)
    may_post = user.may(Power.NOTICES_POST) and own
    objections = list(notice.objections.filter(within(user.area)).select_related("received_by", "answered_by"))
    offered = [key for key in ACTS if notice.running and (user.may(Power.NOTICES_HEAR) if key == "object" else may_post)]
    if (
        "stop" in offered
        and not any(one.result in (Objection.Result.UPHELD, Objection.Result.PARTLY) for one in objections)
        and tried != "stop"
    ):
        offered.remove("stop")
    against = actions.hindrances(notice, today) if notice.running else []
    broken = {rule.id for rule, _said in against}
    context = {
        "notice": notice,
        "tone": TONES[state],
        "state": str(notice.get_outcome_display()) if state == "closed" else words()[state],
        "counted": notice.closes_on if state in ("hanging", "due") else None,
        "where": divisions.full_names([notice.area]).get(notice.area, notice.area),
        "line": _line(notice, state),
        "table": table(notice.content),
        "mask": _(masking.POLICIES[notice.mask].title),
        "facts": _facts(notice),
        "boards": [Board(one).label for one in notice.boards],
        "public": request.build_absolute_uri(reverse("posted", args=[notice.token])) if Board.WEB in notice.boards else "",
        "public_on": Board.WEB in notice.boards and state in ("unposted", "hanging") and notice.starts_on <= today < notice.closes_on,
        "checks": [{"level": "block", "title": said, "source": f"{_(rule.label)} · {_(rule.source)}"} for rule, said in against],
        "passed": [_(rule.label) for rule in (rules.DAYS, rules.START_PHOTO, rules.END_PHOTO, rules.OBJECTIONS) if rule.id not in broken],
        "may_close": may_post and notice.running,
        "why_not_close": "" if may_post else why_not(user, Power.NOTICES_POST) or _("由公示的单位办理"),
        "photos": _photos(notice, user, today),
        "offers": [
            {
                "key": key,
                "title": ACTS[key].title,
                "danger": ACTS[key].danger,
                "open": key == tried,
                "url": reverse("notices:act", args=[notice.pk, key]),
                "form": form if key == tried and form is not None else ACTS[key].form(notice=notice, auto_id=f"{key}-%s"),  # type: ignore[call-arg]
            }
            for key in offered
        ],
        "objections": [
            {
                "objection": one,
                "phone": masking.in_force().show(masking.Kind.PHONE, one.phone.clear, masking.Place.PAGE) if one.phone else "",
                "form": (form if answered == one.pk and form is not None else forms.AnswerForm(auto_id=f"answer-{one.pk}-%s"))
                if not one.result and notice.running and user.may(Power.NOTICES_HEAR)
                else None,
                "open": answered == one.pk,
            }
            for one in objections
        ],
        "waiting": sum(not one.result for one in objections),
    }
    return render(request, "notices/notice.html", context, status=status)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The notice's page."""
    return _page(request, notice_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Objects, stops, withdraws; what is refused comes back with what was typed."""
    notice = notice_of(request, pk)
    offered = named(ACTS, do)
    form = offered.form(request.POST, notice=notice, auto_id=f"{do}-%s")  # type: ignore[call-arg]
    if attempt(form, offered.do, notice=notice, by=user_of(request)):
        messages.success(request, str(offered.said))
        return redirect("notices:show", pk)
    return _page(request, notice_of(request, pk), tried=do, form=form, status=422)


@require_POST
def answer(request: HttpRequest, pk: int, objection: int) -> HttpResponse:
    """答复异议."""
    notice = notice_of(request, pk)
    user = user_of(request)
    row = get_object_or_404(notice.objections.filter(within(user.area)), pk=objection)
    form = forms.AnswerForm(request.POST, auto_id=f"answer-{row.pk}-%s")
    if attempt(form, actions.answer_objection, objection=row, by=user):
        messages.success(request, _("已记下答复。"))
        return redirect("notices:show", pk)
    return _page(request, notice_of(request, pk), answered=row.pk, form=form, status=422)


@require_POST
def photograph(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo of the board: ``which`` is start or end."""
    notice = notice_of(request, pk)
    file = request.FILES.get("file")
    take = {"start": actions.photograph_start, "end": actions.photograph_end}.get(request.POST.get("which", ""))
    if take is None or file is None or isinstance(file, list):
        messages.error(request, _("没有收到照片，请重新选择。"))
        return redirect("notices:show", pk)
    try:
        if oversize := too_large(file):
            raise Refused(rules.START_PHOTO, oversize)
        take(notice=notice, by=user_of(request), file=cast("BinaryIO", file.file))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(
            request,
            _("已收下照片。公示从 %(start)s 算起，%(close)s 起可以结束。")
            % {"start": notice.starts_on.isoformat(), "close": notice.closes_on.isoformat()},
        )
    return redirect("notices:show", pk)


def _photos(notice: Notice, user: User, today: date) -> list[dict[str, Any]]:
    """Both ends: their albums, the form for a photo once it is time, or from when on."""
    may = user.may(Power.NOTICES_PHOTOGRAPH) and notice.running
    address = reverse("notices:photograph", args=[notice.pk])
    kept = list(notice.photos.filter(within(user.area)).select_related("photo__album"))
    due = {BoardPhoto.Moment.START: notice.starts_on, BoardPhoto.Moment.END: notice.last_day}
    asks = {
        BoardPhoto.Moment.START: (
            _("拍到整个公示栏和这张公示；晚拍一天，公示就晚算一天"),
            _("公示从 %s 起") % notice.starts_on.isoformat(),
        ),
        BoardPhoto.Moment.END: (_("公示还在栏里时拍"), _("%s 起拍") % notice.last_day.isoformat()),
    }
    found = []
    for moment in BoardPhoto.Moment:
        time = due[moment] <= today and (moment == BoardPhoto.Moment.START or notice.start_photo_on is not None)
        found.append(
            {
                "which": moment.value,
                "title": moment.label,
                "on": notice.start_photo_on if moment == BoardPhoto.Moment.START else notice.end_photo_on,
                "albums": list({one.photo.album_id: one.photo.album for one in kept if one.moment == moment}.values()),
                "url": address if may and time else "",
                "hint": asks[moment][0] if may and time else asks[moment][1],
            }
        )
    return found


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponse:
    """结束公示."""
    notice = notice_of(request, pk)
    try:
        actions.close(notice=notice, by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("公示已结束：%s。") % notice.get_outcome_display())
    return redirect("notices:show", pk)


def _line(notice: Notice, state: str) -> list[dict[str, Any]]:
    """张贴 → 拍照 → 公示 → 期满拍照 → 结束, as far as it is."""
    if state == "withdrawn":
        return [
            {"title": _("张贴"), "state": "done", "note": notice.starts_on.isoformat()},
            {"title": _("已撤下"), "state": "now", "note": notice.withdrawn_on.isoformat() if notice.withdrawn_on else ""},
        ]
    at = {"unposted": 1, "hanging": 2, "due": 3 if notice.end_photo_on is None else 4, "closed": 5}[state]
    items: list[dict[str, Any]] = [
        {"title": _("登记"), "note": notice.starts_on.isoformat()},
        {"title": _("张贴拍照"), "note": notice.start_photo_on.isoformat() if notice.start_photo_on else ""},
        {"title": _("公示 %d 天") % notice.days, "note": _("到 %s") % notice.last_day.isoformat()},
        {"title": _("期满拍照"), "note": notice.end_photo_on.isoformat() if notice.end_photo_on else ""},
        {"title": _("结束"), "note": notice.closed_on.isoformat() if notice.closed_on else _("%s 起") % notice.closes_on.isoformat()},
    ]
    for place, item in enumerate(items):
        item["state"] = "done" if place < at else "now" if place == at else ""
    return items


def _facts(notice: Notice) -> list[tuple[str, Any]]:
    facts: list[tuple[str, Any]] = [
        (_("种类"), notice.get_kind_display()),
        (_("公示单位"), notice.office.name),
        (_("登记"), notice.posted_by.name),
        (_("公示期"), f"{notice.starts_on.isoformat()} – {notice.last_day.isoformat()}"),
        (_("异议电话"), notice.hotline),
        (_("脱敏规则"), _(masking.POLICIES[notice.mask].title)),
    ]
    if notice.closed_on:
        facts.append((_("结束"), f"{notice.closed_on.isoformat()} {notice.closed_by.name if notice.closed_by else ''}"))
    if notice.closed_why:
        facts.append((_("终止的理由"), notice.closed_why))
    if notice.withdrawn_on:
        facts.append((_("撤下"), f"{notice.withdrawn_on.isoformat()} {notice.withdrawn_by.name if notice.withdrawn_by else ''}"))
        facts.append((_("撤下的理由"), notice.withdrawn_why))
    return facts


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper that is put up: A4 or A3, in large type, with the address of its web page as a code."""
    notice = notice_of(request, pk)
    address = request.build_absolute_uri(reverse("posted", args=[notice.token])) if Board.WEB in notice.boards else ""
    context = {
        "notice": notice,
        "where": divisions.full_names([notice.area]).get(notice.area, notice.area),
        "table": table(notice.content),
        "size": "a3" if request.GET.get("size") == "a3" else "a4",
        "code": str(segno.make(address, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff")) if address else "",
    }
    return render(request, "notices/paper.html", context)

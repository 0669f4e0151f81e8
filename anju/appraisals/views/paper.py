"""One appraisal as one paper on the screen: what was found, the result, the household's word, objections, what hangs, what came before and after."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals import forms, papers
from anju.appraisals.actions import appraising, objecting, posting, reporting
from anju.appraisals.models import Appraisal, Objection, Posting
from anju.appraisals.queries import household as queries
from anju.appraisals.views.looked import looked
from anju.appraisals.views.within import SIGNED_TONES, STATE_TONES, appraisal_of, household_of, where_of
from anju.documents import Unprintable
from anju.evidence import store
from anju.grading.form import DISASTER, SITES
from anju.grading.standards import standard_by_id
from anju.policy import keys, value
from anju.vocabulary.grade import GRADES, LEVEL_NAMES

ACTS: dict[str, Act] = {
    "acknowledge": Act(
        gettext_lazy("农户签字"),
        forms.AcknowledgeForm,
        appraising.acknowledge,
        gettext_lazy("已登记农户意见。"),
        power=Power.HEAR_OBJECTIONS,
    ),
    "object": Act(
        gettext_lazy("登记异议"),
        forms.ObjectForm,
        objecting.receive,
        gettext_lazy("已登记异议，请重新鉴定或答复。"),
        power=Power.HEAR_OBJECTIONS,
    ),
    "sign": Act(
        gettext_lazy("制作结果公示牌"),
        forms.IssueForm,
        partial(posting.issue, kind=Posting.Kind.SIGN),
        gettext_lazy("已编号，可以打印。"),
        power=Power.MANAGE_APPRAISALS,
    ),
    "plate": Act(
        gettext_lazy("制作安全认定牌"),
        forms.IssueForm,
        partial(posting.issue, kind=Posting.Kind.PLATE),
        gettext_lazy("已编号，可以打印。"),
        power=Power.MANAGE_APPRAISALS,
    ),
    "withdraw": Act(
        gettext_lazy("作废"),
        forms.WithdrawForm,
        appraising.withdraw,
        gettext_lazy("已作废，以前的等级恢复。"),
        danger=True,
        power=Power.MANAGE_APPRAISALS,
    ),
}


@dataclass(frozen=True)
class Answer:
    """How an objection is closed without a new appraisal."""

    title: Any
    power: Power
    form: type[django_forms.Form]
    do: Callable[..., Any]


ANSWERS: dict[str, Answer] = {
    "maintain": Answer(gettext_lazy("维持原结果"), Power.MANAGE_APPRAISALS, forms.MaintainForm, objecting.maintain),
    "take-back": Answer(gettext_lazy("农户撤回"), Power.HEAR_OBJECTIONS, forms.TakeBackForm, objecting.withdraw),
}


def _page(
    request: HttpRequest, row: Appraisal, *, tried: str = "", form: django_forms.Form | None = None, at: int = 0, status: int = 200
) -> HttpResponse:
    user, today = user_of(request), clock.today()
    objections = list(row.objections.select_related("received_by", "answered_by", "reappraisal").order_by("-on", "-id"))
    postings = list(row.postings.order_by("-id"))
    context = {
        "row": row,
        "head": queries.heads([row.household_id]).get(row.household_id, ""),
        "where": where_of(row.area),
        "tone": STATE_TONES[Appraisal.State(row.state)],
        "signed_tone": SIGNED_TONES[row.acknowledged],
        "grade": GRADES[row.grade],
        "computed": GRADES[row.computed],
        "valid": row.state == Appraisal.State.VALID,
        "components": components(row),
        "facts": _facts(row),
        "result": _result(row),
        "left": row.objection_until if row.objection_until >= today else None,
        "objections": [_shown(one, user, tried, form, at) for one in objections],
        "postings": postings,
        "offers": _offers(row, user, tried, form),
        "refuses_plate": row.state == Appraisal.State.VALID and not GRADES[row.grade].safe,
        "history": [one for one in queries.papers(user, row.household) if one.dwelling_id == row.dwelling_id],
        "wanted": value(keys.APPRAISAL_PHOTOS, row.area, row.on),
        "may_photograph": user.may(Power.PHOTOGRAPH) and row.state == Appraisal.State.VALID,
        "may_appraise": user.may(Power.APPRAISE),
        "photos": row.album.photos.filter(withdrawn_at=None).count() if row.album else 0,
    }
    return render(request, "appraisals/appraisal.html", context, status=status)


def _offers(row: Appraisal, user: User, tried: str, form: django_forms.Form | None) -> list[dict[str, Any]]:
    open_one = row.objections.filter(state=Objection.State.OPEN).exists()
    standing = set(row.postings.filter(removed_on=None).values_list("kind", flat=True))

    def offered(key: str) -> bool:
        if not ACTS[key].open_to(user) or (row.state == Appraisal.State.WITHDRAWN):
            return False
        if key == "withdraw":
            return True
        if row.state != Appraisal.State.VALID:
            return False
        if key == "acknowledge":
            return row.acknowledged == Appraisal.Acknowledgement.UNSIGNED
        if key == "object":
            return not open_one and clock.today() <= row.objection_until
        return key not in standing and (key != "plate" or GRADES[row.grade].safe)

    return [
        {
            "key": key,
            "title": act.title,
            "danger": act.danger,
            "open": key == tried,
            "url": reverse("appraisals:act", args=[row.pk, key]),
            "form": form if key == tried and form is not None else act.form(auto_id=f"{key}-%s"),
        }
        for key, act in ACTS.items()
        if offered(key) or key == tried
    ]


def _shown(one: Objection, user: User, tried: str, form: django_forms.Form | None, at: int) -> dict[str, Any]:
    answers = []
    if one.state == Objection.State.OPEN:
        for key, answer in ANSWERS.items():
            if user.may(answer.power):
                here = at == one.pk and key == tried
                answers.append(
                    {
                        "title": answer.title,
                        "open": here,
                        "url": reverse("appraisals:answer", args=[one.appraisal_id, one.pk, key]),
                        "form": form if here and form is not None else answer.form(auto_id=f"{key}-{one.pk}-%s"),
                    }
                )
    tones = {"open": "soon", "reappraised": "ok", "rejected": "ok", "withdrawn": "idle"}
    return {"one": one, "tone": tones[one.state], "answers": answers, "waited": (clock.today() - one.on).days}


def components(row: Appraisal) -> list[dict[str, Any]]:
    """What was found of each part of the house, in the order of the standard."""
    standard = standard_by_id(row.standard)
    found = {one.component: one for one in row.components.all()}
    lines = []
    for declared in standard.components:
        if (one := found.get(declared.key)) is None:
            continue
        points = {point.key: point for point in declared.points}
        dangers = [
            {
                "title": _(points[item["point"]].name),
                "measured": _("有")
                if item["value"] is True
                else _("无")
                if item["value"] is False
                else f"{item['value']} {_(points[item['point']].unit)}",
                "limit": points[item["point"]].says,
                "exceeds": item["exceeds"],
            }
            for item in one.points
            if item["point"] in points
        ]
        lines.append(
            {
                "title": _(declared.name),
                "level": one.level,
                "says": _(declared.criteria[one.level]) if one.level else "",
                "dangers": dangers,
            }
        )
    for part in standard.parts:
        for member in part.members or [None]:
            key = f"{part.key}.{member.key}" if member else part.key
            if (one := found.get(key)) is not None and one.total is not None:
                title = _(part.name) + (f" · {_(member.name)}" if member else "")
                says = _("危险构件 %(dangerous)d / %(total)d") % {"dangerous": one.dangerous or 0, "total": one.total}
                lines.append({"title": title, "level": "", "says": says, "dangers": []})
    return lines


def _facts(row: Appraisal) -> list[tuple[str, Any]]:
    standard = standard_by_id(row.standard)
    return [
        (_("报告编号"), row.number),
        (_("房屋"), row.dwelling.number),
        (_("鉴定日期"), row.on.isoformat()),
        (_("鉴定人"), _("、").join(row.appraisers)),
        (_("鉴定机构"), papers.office_of(row)),
        (_("组织方式"), f"{row.get_kind_display()} · {row.get_organiser_display()}"),
        (_("为什么鉴定"), row.get_trigger_display()),
        (_("轮次"), row.round.name if row.round else ""),
        (_("标准"), _("%(title)s（%(document)s），自 %(since)s") % {
            "title": _(standard.title), "document": standard.document, "since": standard.valid_from.isoformat(),
        }),
        (_("依据"), standard.source),
    ]  # fmt: skip


def _result(row: Appraisal) -> list[tuple[str, Any]]:
    standard = standard_by_id(row.standard)
    found: list[tuple[str, Any]] = []
    if row.site:
        found.append((_("场地"), _(SITES[row.site])))
    if row.qualitative and row.standard.startswith("2009"):
        found.append((_("定性鉴定"), _("%s 级") % row.qualitative))
    if row.quantitative:
        found.append((_("定量鉴定"), _("%s 级") % row.quantitative))
    if row.whole:
        found.append((_("从整体看"), f"{row.whole} {_(LEVEL_NAMES[row.whole])}"))
    found += [(_(hazard.name), _(DISASTER[row.disaster[hazard.key]])) for hazard in standard.hazards if hazard.key in row.disaster]
    return found


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """The appraisal's page."""
    return _page(request, appraisal_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Does one thing; what is refused comes back with what was typed."""
    row = appraisal_of(request, pk)
    offered = named(ACTS, do)
    form = offered.form(request.POST, auto_id=f"{do}-%s")
    if done := attempt(form, offered.do, appraisal=row, by=user_of(request)):
        messages.success(request, str(offered.said))
        return redirect("appraisals:posting", done.made.pk) if isinstance(done.made, Posting) else redirect("appraisals:show", pk)
    return _page(request, appraisal_of(request, pk), tried=do, form=form, status=422)


@require_POST
def answer(request: HttpRequest, pk: int, objection: int, do: str) -> HttpResponse:
    """Closes an objection without a new appraisal."""
    row = appraisal_of(request, pk)
    asked = named(ANSWERS, do)
    one = get_object_or_404(scope(user_of(request), row.objections.all()), pk=objection)
    form = asked.form(request.POST, auto_id=f"{do}-{one.pk}-%s")
    if attempt(form, asked.do, objection=one, by=user_of(request)):
        messages.success(request, _("异议已处理。"))
        return redirect("appraisals:show", pk)
    return _page(request, appraisal_of(request, pk), tried=do, form=form, at=one.pk, status=422)


@require_safe
def report(request: HttpRequest, pk: int) -> HttpResponseBase:
    """鉴定报告 as PDF: made at the first asking, the same bytes ever after."""
    row = appraisal_of(request, pk)
    try:
        kept = reporting.report(appraisal=row, by=user_of(request))
    except Unprintable as refusal:
        messages.error(request, str(refusal))
        return redirect("appraisals:show", pk)
    answered = FileResponse(store.opened(kept), content_type="application/pdf", filename=f"{row.number}.pdf")
    answered["Cache-Control"] = "private, no-store"
    return answered


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """A household's appraisals, for its page."""
    user = user_of(request)
    household = household_of(request, number)
    rows = queries.papers(user, household)
    houses = queries.houses(household, clock.today())
    now = next((one for one in rows if one.state == Appraisal.State.VALID), None)
    context = {
        "household": household,
        "rows": rows[:6],
        "now": now,
        "houses": houses,
        "postings": queries.hanging(household),
        "albums": [one.album for one in rows if one.album is not None],
        "may_appraise": user.may(Power.APPRAISE) and household.closed_on is None and bool(houses),
        **looked(user, household),
    }
    return render(request, "appraisals/_panel.html", context)

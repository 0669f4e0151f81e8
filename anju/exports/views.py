"""导出登记: asking for a file, its page, the register, another person's word; looks at full numbers; the mask policy."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju.accounts.asking import user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.accounts.signing_in.middleware import unattended
from anju.divisions import queries as places
from anju.evidence.sending import sent
from anju.exports import limits, queries
from anju.exports.actions import asking, handing, masking
from anju.exports.exporting import filters_of
from anju.exports.forms import MaskForm
from anju.exports.kinds import declared, kind_of
from anju.exports.models import Export
from anju.exports.reasons import EXPORT_REASONS
from anju.exports.refusal import Refused
from anju.masks.models import MaskChoice
from anju.vocabulary.masking import POLICIES, Kind, Place, Shown, in_force

_LIMIT = 50
READERS = (Power.VIEW, Power.AUDIT, Power.SET_MASKS)
TONES = {
    Export.State.WAITING: "soon",
    Export.State.REFUSED: "late",
    Export.State.MAKING: "doing",
    Export.State.READY: "ok",
    Export.State.FAILED: "late",
    Export.State.EXPIRED: "idle",
}


def _back(request: HttpRequest) -> str:
    """The page the export was asked on, where it is ours."""
    came = request.META.get("HTTP_REFERER", "")
    ours = url_has_allowed_host_and_scheme(came, {request.get_host()}, request.is_secure())
    return came if ours else reverse("exports:list")


# ------------------------------------------------------------------------------------------------ asking


@open_to(Power.VIEW, Power.AUDIT)
@require_POST
def ask(request: HttpRequest) -> HttpResponseBase:
    """Asks for a file of the kind, with the filters of the address; then the file's own page, or the file where it lies ready."""
    user, given = user_of(request), request.POST
    filters: dict[str, Any] = {name: value for name, value in request.GET.items() if name not in ("after", "before")}
    filters.setdefault("area", chosen(request))
    try:
        export = asking.ask(
            kind=_declared(given.get("kind", "")),
            filters=filters,
            by=user,
            reason=given.get("why", ""),
            note=given.get("note", ""),
            full=given.get("full") == "1",
        )
        if given.get("at_once") and export.state == Export.State.READY:
            return _handed(request, export)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(_back(request))
    return redirect("exports:show", export.pk)


def _declared(code: str) -> str:
    if code not in {kind.code for kind in declared()}:
        raise Http404
    return code


def _handed(request: HttpRequest, export: Export) -> HttpResponseBase:
    """The file; a damaged one isn't counted as taken."""
    with transaction.atomic():
        response = sent(request, handing.hand_over(export=export, by=user_of(request)))
        transaction.set_rollback(response.status_code >= 500)
    response["Cache-Control"] = "private, no-store"
    return response


@open_to(*READERS)
@unattended
@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry: what was asked for and why, how far it is, and the file for the one who asked."""
    user = user_of(request)
    found = queries.visible(user).select_related("requested_by__organisation", "decided_by__organisation", "job", "file")
    export = get_object_or_404(found, pk=pk)
    mine = export.requested_by_id == user.pk
    context = {
        "export": export,
        "tone": TONES[Export.State(export.state)],
        "mine": mine,
        "job": export.job if export.state == Export.State.MAKING else None,
        "facts": _facts(export),
        "may_decide": export.state == Export.State.WAITING and asking.may_decide(export, user),
        "approvers": queries.approvers(export) if export.state == Export.State.WAITING and mine else [],
        "still": asking.still(export, asking.requester(export)),
        "downloads": export.downloads.select_related("by").order_by("-id")[:20],
        "days": limits.KEPT_DAYS.value,
        "threshold": asking.threshold(export.full),
    }
    part = request.headers.get("HX-Request") == "true"
    return render(request, "exports/_state.html" if part else "exports/show.html", context)


def _facts(export: Export) -> list[tuple[str, str]]:
    kind = kind_of(export.kind)
    return [
        (_("编号"), export.number),
        (_("内容"), export.title),
        (_("种类"), _(kind.title)),
        (_("范围"), places.full_names([export.area]).get(export.area, "") or _("全国")),
        (_("行数"), f"{export.rows:,}"),
        (_("号码"), _("含完整号码") if export.full else _("脱敏或无号码")),
        (_("列"), _("、").join(export.columns[:30])),
        (_("用途"), export.reason_said + (f"：{export.note}" if export.note else "")),
        (_("申请人"), f"{export.office} {export.requested_by.name}（{_(export.grant)}）"),
    ]


@open_to(*READERS)
@require_POST
def download(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The file, for the one who asked and while the right holds; that it was taken is kept."""
    user = user_of(request)
    export = get_object_or_404(queries.visible(user).filter(requested_by=user).select_related("file"), pk=pk)
    try:
        return _handed(request, export)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("exports:show", pk)


@open_to(Power.APPROVE_EXPORT)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Another person's word."""
    user = user_of(request)
    export = get_object_or_404(queries.visible(user), pk=pk)
    words = request.POST.get("reason", "")
    try:
        if request.POST.get("verdict") == "approve":
            asking.approve(export=export, by=user, note=words)
            messages.success(request, _("已同意，正在为申请人生成文件。"))
        else:
            asking.refuse(export=export, by=user, reason=words)
            messages.success(request, _("已记下不同意和理由，申请人能看到。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("exports:show", pk)


# ------------------------------------------------------------------------------------------------ the register


@open_to(*READERS)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """导出登记: one's own; for who audits, everything in the area; for who approves, what stood before a second person."""
    user = user_of(request)
    page = queries.register(user, filters_of(request.GET.dict()), area=chosen(request), after=request.GET.get("after", ""), limit=_LIMIT)
    waiting = queries.waiting_for(user, chosen(request)).count()
    names = ("state", "kind", "numbers", "reason", "since", "until", "mine", "mark")
    context = {
        "rows": [{"export": one, "tone": TONES[Export.State(one.state)]} for one in page.rows],
        "pager": {"first": None, "last": None, "total": page.total, "next": page.after, "previous": ""},
        "waiting": waiting,
        "states": Export.State.choices,
        "kinds": [(kind.code, _(kind.title)) for kind in declared()],
        "reasons": EXPORT_REASONS,
        "filtered": any(request.GET.get(name) for name in names),
        "others": user.may(Power.AUDIT) or user.may(Power.APPROVE_EXPORT),
        "whole": user.may(Power.AUDIT),
        "tabs": _tabs(user, "register"),
        "query": request.GET.urlencode(),
    }
    return render(request, "exports/list.html", context)


def _tabs(user: User, on: str) -> list[dict[str, Any]]:
    offered = [("register", gettext_lazy("导出"), "exports:list"), ("reveals", gettext_lazy("查看全号"), "exports:reveals")]
    if user.may(Power.SET_MASKS) or user.may(Power.AUDIT):
        offered.append(("masks", gettext_lazy("脱敏规则"), "exports:masks"))
    return [{"label": label, "url": reverse(name), "on": key == on, "count": None} for key, label, name in offered]


@open_to(*READERS)
@require_safe
def reveals(request: HttpRequest) -> HttpResponse:
    """Who looked at whose full numbers, when and why."""
    user = user_of(request)
    page = queries.reveals(user, area=chosen(request), after=request.GET.get("after", ""), limit=_LIMIT)
    context = {
        "rows": page.rows,
        "pager": {"first": None, "last": None, "total": page.total, "next": page.after, "previous": ""},
        "tabs": _tabs(user, "reveals"),
        "whole": user.may(Power.AUDIT),
        "allowed": limits.REVEALS_AN_HOUR.value,
    }
    return render(request, "exports/reveals.html", context)


# ------------------------------------------------------------------------------------------------ the mask policy

_EXAMPLES = {
    Kind.ID_NUMBER: (gettext_lazy("身份证号"), "11010519491231002X"),
    Kind.NAME: (gettext_lazy("姓名"), "张三丰"),
    Kind.PHONE: (gettext_lazy("电话"), "13800001234"),
    Kind.CARD: (gettext_lazy("银行卡号"), "6222020000001234567"),
    Kind.CERTIFICATE: (gettext_lazy("残疾证号"), "11010519491231002X43"),
    Kind.DISABILITY: (gettext_lazy("残疾类别和等级"), gettext_lazy("肢体二级")),
}
_PLACES = {
    Place.PAGE: gettext_lazy("页面"),
    Place.EXPORT: gettext_lazy("导出"),
    Place.PAPER: gettext_lazy("打印"),
    Place.NOTICE: gettext_lazy("公示"),
}


@open_to(Power.SET_MASKS, Power.AUDIT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def masks(request: HttpRequest) -> HttpResponse:
    """脱敏规则: what each policy would show where; the choice for the whole deployment, with its reason."""
    user = user_of(request)
    if not (user.may(Power.SET_MASKS) or user.may(Power.AUDIT)):
        raise Http404
    form = MaskForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = masking.choose_mask(by=user, **form.cleaned_data)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(
                request, _("脱敏规则已定为“%(policy)s”，从下一次打开页面起生效。") % {"policy": _(POLICIES[made.policy].title)}
            )
            return redirect("exports:masks")
    now = in_force()
    looked_at = request.GET.get("policy", "")
    policies = [_previewed(code, code == now.code) for code in POLICIES]
    policy = next((one for one in policies if one["code"] == looked_at), None) or next(one for one in policies if one["on"])
    context = {
        "policies": policies,
        "policy": policy,
        "offered": [{"label": one["title"], "url": f"?policy={one['code']}", "on": one is policy, "count": None} for one in policies],
        "places": _PLACES.values(),
        "form": form,
        "may": user.may(Power.SET_MASKS),
        "history": [
            {"title": _(POLICIES[one.policy].title), "choice": one}
            for one in MaskChoice.objects.select_related("chosen_by").order_by("-id")[:20]
        ],
        "tabs": _tabs(user, "masks"),
    }
    return render(request, "exports/masks.html", context, status=422 if form.errors else 200)


def _previewed(code: str, on: bool) -> dict[str, Any]:
    policy = POLICIES[code]
    said = {Shown.OMITTED: _("不列")}
    return {
        "code": code,
        "title": _(policy.title),
        "summary": _(policy.summary),
        "source": _(policy.source),
        "on": on,
        "rows": [
            (
                label,
                [
                    (said.get(policy.way(kind, place)) or policy.show(kind, str(example), place), policy.way(kind, place))
                    for place in _PLACES
                ],
            )
            for kind, (label, example) in _EXAMPLES.items()
        ],
    }

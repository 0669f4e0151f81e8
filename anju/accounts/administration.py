"""Pages of the system administrator (offices, accounts) and of the security administrator (grants). Each does only its half (三员分立)."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock
from anju.accounts import actions, queries
from anju.accounts.forms import AccountForm, GrantForm, OfficeForm
from anju.accounts.middleware import open_to
from anju.accounts.models import Grant, User
from anju.accounts.roles import ROLES, Power
from anju.accounts.signing_in import queries as door
from anju.divisions.models import Division
from anju.vocabulary import division
from anju.vocabulary.office import OFFICE_KINDS

STATES = (("open", "在用"), ("without", "没有授权"), ("closed", "已停用"))


def _by(request: HttpRequest) -> User:
    return cast(User, request.user)


def _places(codes: set[str]) -> dict[str, str]:
    return {"": _("全国"), **dict(Division.objects.filter(code__in=codes).values_list("code", "short_name"))}


@open_to(Power.ADMINISTER, Power.SECURE)
@require_safe
def people(request: HttpRequest) -> HttpResponse:
    """Who may sign in, and what each may do."""
    by = _by(request)
    asked = queries.Asked(request.GET.get("q", "").strip(), request.GET.get("role", ""), request.GET.get("state", ""))
    found = queries.people(by.area, asked)
    after = request.GET.get("after", "")
    rows = list((found.filter(pk__gt=int(after)) if after.isdecimal() else found)[: queries.PAGE + 1])
    shown = rows[: queries.PAGE]
    held = queries.held(shown)
    places = _places({grant.area for grants in held.values() for grant in grants} | {row.organisation.area for row in shown})
    context = {
        "rows": [
            (row, [(_(ROLES[grant.role].title), places.get(grant.area, grant.area), grant) for grant in held[row.pk]]) for row in shown
        ],
        "page": {
            "next": shown[-1].pk if len(rows) > queries.PAGE else "",
            "previous": "",
            "first": None,
            "last": None,
            "total": found.count(),
        },
        "asked": asked,
        "roles": [(code, _(role.title)) for code, role in ROLES.items()],
        "states": [(code, _(title)) for code, title in STATES],
        "may_administer": by.may(Power.ADMINISTER),
        "any": asked.text or asked.role or asked.state,
    }
    return render(request, "accounts/people.html", context)


@open_to(Power.ADMINISTER)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Opens an account; what it may do is the security administrator's to say."""
    by = _by(request)
    form = AccountForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.open_account(**form.cleaned_data, by=by)
        except actions.NotAllowed as refusal:
            form.add_error("login", str(refusal))
        except ValidationError as weak:
            form.add_error("password", weak)
        else:
            messages.success(request, _("账号已开：%(name)s。请安全管理员授权后他才能办理业务。") % {"name": made.name})
            return redirect("people:one", made.pk)
    return render(request, "accounts/new.html", {"form": form}, status=422 if form.errors else 200)


@open_to(Power.ADMINISTER)
@require_http_methods(["GET", "POST"])
def offices(request: HttpRequest) -> HttpResponse:
    """The offices inside the area, and opening another."""
    by = _by(request)
    form = OfficeForm(request.POST or None, by=by)
    if request.method == "POST" and form.is_valid():
        made = actions.found(**form.cleaned_data)
        messages.success(request, _("机构已登记：%(name)s。") % {"name": made.name})
        return redirect("people:offices")
    rows = list(queries.offices(by.area)[:500])
    places = _places({row.area for row in rows})
    lines = [(row, _(OFFICE_KINDS.get(row.kind, row.kind)), places.get(row.area, row.area)) for row in rows]
    return render(request, "accounts/offices.html", {"rows": lines, "form": form}, status=422 if form.errors else 200)


def _one(request: HttpRequest, pk: int) -> User:
    found = get_object_or_404(User.objects.select_related("organisation"), pk=pk)
    if not division.contains(_by(request).area, found.organisation.area):
        raise Http404
    return found


@open_to(Power.ADMINISTER, Power.SECURE)
@require_safe
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One person: the account, the grants that hold and those that ended."""
    return _page(request, _one(request, pk))


def _page(request: HttpRequest, person: User, form: GrantForm | None = None) -> HttpResponse:
    by = _by(request)
    grants = list(person.grants.select_related("given_by", "ended_by").prefetch_related("named").order_by("-id"))
    today = clock.today()
    places = _places({grant.area for grant in grants} | {person.organisation.area})
    lines = [
        {
            "grant": grant,
            "role": _(ROLES[grant.role].title),
            "place": places.get(grant.area, grant.area),
            "dialog": f"end-{grant.pk}",
            "holds": grant.ended_at is None and grant.valid_from <= today and (grant.valid_to is None or grant.valid_to >= today),
            "waits": grant.ended_at is None and grant.valid_from > today,
        }
        for grant in grants
    ]
    context: dict[str, Any] = {
        "person": person,
        "kind": _(OFFICE_KINDS.get(person.organisation.kind, person.organisation.kind)),
        "place": places.get(person.organisation.area, person.organisation.area),
        "lines": lines,
        "form": form or GrantForm(by=by, initial={"valid_from": today, "area": person.organisation.area}),
        "may_secure": by.may(Power.SECURE) and by.pk != person.pk,
        "may_administer": by.may(Power.ADMINISTER) and by.pk != person.pk,
        "door": by.may(Power.SECURE) and door.answered_for(by).filter(pk=person.pk).exists(),
    }
    return render(request, "accounts/person.html", context, status=422 if form is not None else 200)


@open_to(Power.SECURE)
@require_POST
def give(request: HttpRequest, pk: int) -> HttpResponse:
    """Gives a right."""
    person = _one(request, pk)
    form = GrantForm(request.POST, by=_by(request))
    if form.is_valid():
        try:
            actions.give(user=person, by=_by(request), **form.cleaned_data)
        except actions.NotAllowed as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("已授权，%(name)s 的下一次操作起生效。") % {"name": person.name})
            return redirect("people:one", person.pk)
    return _page(request, person, form)


@open_to(Power.SECURE)
@require_POST
def take_back(request: HttpRequest, pk: int, grant: int) -> HttpResponse:
    """Ends a right at once."""
    person = _one(request, pk)
    row = get_object_or_404(Grant, pk=grant, user=person)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("请写明收回的理由。"))
        return redirect("people:one", person.pk)
    try:
        actions.take_back(grant=row, by=_by(request), reason=reason[:200])
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("已收回，立即生效；正在排队的任务和导出也随之停止。"))
    return redirect("people:one", person.pk)


@open_to(Power.ADMINISTER)
@require_POST
def switch(request: HttpRequest, pk: int) -> HttpResponse:
    """Closes the account, or opens it again."""
    person = _one(request, pk)
    reason = request.POST.get("reason", "").strip()
    if not reason:
        messages.error(request, _("请写明理由。"))
        return redirect("people:one", person.pk)
    act = actions.close_account if person.is_active else actions.reopen_account
    try:
        act(user=person, by=_by(request), reason=reason[:200])
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("账号已启用。") if person.is_active else _("账号已停用，对方立即退出。"))
    return redirect("people:one", person.pk)

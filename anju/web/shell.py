"""Pages that belong to no subject: signing in and out, the first page, the gallery, jobs, choosing area, theme and language."""

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anju.accounts.asking import user_of
from anju.accounts.middleware import open_to
from anju.accounts.models import Grant, User, in_force
from anju.accounts.roles import Power
from anju.accounts.scope import choose, choose_grant
from anju.accounts.signing_in import actions as signing_in
from anju.accounts.signing_in import entering, policy
from anju.accounts.signing_in.forms import SignInForm
from anju.accounts.signing_in.middleware import unattended
from anju.divisions.models import Division
from anju.jobs import actions as job_actions
from anju.jobs import queries as jobs
from anju.jobs.models import Job
from anju.web import counted, demonstration, duties, gallery, navigation

YEAR = 365 * 24 * 3600


def back_to(request: HttpRequest, otherwise: str) -> str:
    """The page to return to: ``next`` where it is ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or request.META.get("HTTP_REFERER", "")
    return wanted if wanted and url_has_allowed_host_and_scheme(wanted, {request.get_host()}, request.is_secure()) else otherwise


@login_not_required
@open_to()
@never_cache
def sign_in(request: HttpRequest) -> HttpResponse:
    """The login page; beside the form the demonstration's roles where this is one."""
    target = back_to(request, "") if "next" in request.GET or "next" in request.POST else ""
    if request.user.is_authenticated:
        return redirect(target or settings.LOGIN_REDIRECT_URL)
    form, wait = SignInForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        tried = signing_in.try_password(login=given["login"].strip(), password=given["password"], origin=entering.origin_of(request))
        if tried.user:
            return entering.begin(request, tried.user, target)
        wait = tried.wait
        form.add_error(
            None, entering.locked_in_words(tried) or _("用户名或密码不对。注意大小写；忘记密码请找%s重设。") % policy.whom_to_ask()
        )
    context = {
        "form": form,
        "next": target,
        "ask": policy.whom_to_ask(),
        "limits": policy.LIMITS,
        "lock_minutes": policy.minutes(policy.LIMITS.locked_for),
    }
    answer = render(request, "web/login.html", context | demonstration.roles(), status=429 if wait else 422 if form.errors else 200)
    if wait:
        answer["Retry-After"] = str(wait)
    return answer


@login_not_required
@open_to()
@require_POST
def sign_out(request: HttpRequest) -> HttpResponseRedirect:
    """Signing out; where the session has run out by itself there is nothing left to do."""
    signing_in.go_out(request=request)
    return HttpResponseRedirect(reverse("login"))


def _remembered(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    response: HttpResponse = HttpResponseRedirect(back_to(request, "/"))
    response.set_cookie(cookie, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@login_not_required
@open_to()
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the machine is."""
    wish = request.POST.get("theme", "auto")
    return _remembered(request, "anju_theme", wish if wish in navigation.THEMES else "auto")


@login_not_required
@open_to()
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Chinese or English."""
    wish = request.POST.get("language", "")
    return _remembered(request, settings.LANGUAGE_COOKIE_NAME, wish if check_for_language(wish) else settings.LANGUAGE_CODE)


@require_POST
def area(request: HttpRequest) -> HttpResponse:
    """Looks at another area inside the user's own; elsewhere there is nothing to see."""
    if not choose(request, request.POST.get("area", "")):
        raise Http404
    return HttpResponseRedirect(back_to(request, "/"))


@open_to()
@require_POST
def grant(request: HttpRequest) -> HttpResponse:
    """Acts in another of one's own grants from now on."""
    if not choose_grant(request, request.POST.get("grant", "")):
        raise Http404
    return HttpResponseRedirect(reverse("home"))


@open_to()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What is to be done today; in a new installation, how to begin."""
    user = user_of(request)
    now = counted.today(request, user)
    begun = now.groups or now.lists or not (user.may(Power.ADMINISTER) or user.may(Power.RECEIVE))
    context = {
        "groups": now.groups,
        "lists": now.lists,
        "figures": duties.of(user),
        "beginning": [] if begun else beginning(user),
        "role": _role_in_words(user),
    }
    return render(request, "web/home.html", context)


def _role_in_words(user: User) -> dict[str, Any] | None:
    role = user.as_role
    if role is None:
        return None
    return {
        "title": _(role.title),
        "summary": _(role.summary),
        "coming": _(role.coming) if role.coming else "",
        "administers": role.administers,
        "people": user.may(Power.ADMINISTER) or user.may(Power.SECURE),
    }


def beginning(user: User) -> list[dict[str, Any]]:
    """The three steps of a new installation with their state; empty once those that the person can take are done."""
    counties = Grant.objects.filter(in_force(), role="county_clerk").exists()
    placed = Division.objects.exists()
    rows: list[dict[str, Any]] = [
        {
            "title": _("导入行政区划"), "done": placed, "power": Power.ADMINISTER,
            "text": _("从省到村的代码和名称。导入后，名单里的地址才能落到村。"), "command": "anju divisions load --prefix 2109", "route": "divisions:tree", "label": _("看行政区划"),
        },
        {
            "title": _("建县级用户"), "done": counties, "power": Power.ADMINISTER,
            "text": _("由本县的审批员收名单、核对、锁定；乡镇和部门的用户由他往下建。"), "command": "anju user --role county_clerk --area 210922 …", "route": "", "label": "",
        },
        {
            "title": _("导入第一份名单"), "done": False, "power": Power.RECEIVE,
            "text": _("把部门给的表格原样拖进来，按表头认列；认不出的，对一次就记住。"), "command": "", "route": "rosters:upload", "label": _("上传名单"),
        },
    ]  # fmt: skip
    if not user.may(Power.VIEW) and placed and counties:  # who sees no list can't tell whether one came
        return []
    now = next((row for row in rows if not row["done"]), None)
    for row in rows:
        row["state"] = "done" if row["done"] else "now" if row is now else ""
        row["url"] = navigation.address(row["route"]) if row["route"] and user.may(row["power"]) else ""
    return rows


@open_to()
@require_safe
def components(request: HttpRequest) -> HttpResponse:
    """Every component with an example; no page invents its own."""
    return render(request, "web/components.html", gallery.examples())


@open_to()
@require_safe
def county_shapes(request: HttpRequest) -> HttpResponse:
    """The gallery's small map: two invented squares, so that the page needs no data."""
    return HttpResponse(gallery.SHAPES, content_type="application/geo+json")


@open_to()
@require_safe
def job_list(request: HttpRequest) -> HttpResponse:
    """Everything the user asked for, newest first."""
    before = request.GET.get("after", "")
    found = jobs.of(user_of(request))
    if before.isdecimal():
        found = found.filter(pk__lt=int(before))
    rows = list(found[:31])
    page = {"next": rows[29].pk if len(rows) > 30 else "", "previous": "", "first": None, "last": None, "total": None}
    return render(request, "jobs/list.html", {"jobs": rows[:30], "page": page})


@unattended
@open_to()
@require_safe
def job_panel(request: HttpRequest) -> HttpResponse:
    """The last jobs, for the bar and the first page."""
    return render(request, "jobs/panel.html", {"jobs": jobs.of(user_of(request))[:4]})


@unattended
@open_to()
@require_safe
def job_badge(request: HttpRequest) -> HttpResponse:
    """How many jobs run, for the bar."""
    return render(request, "jobs/badge.html", {"running": jobs.running(user_of(request)).count()})


def _own(request: HttpRequest, pk: int) -> Job:
    return get_object_or_404(jobs.of(user_of(request)), pk=pk)


@unattended
@open_to()
@require_safe
def job_row(request: HttpRequest, pk: int) -> HttpResponse:
    """One job as it stands."""
    return render(request, "jobs/row.html", {"job": _own(request, pk)})


@open_to()
@require_POST
def job_cancel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Calls a job off."""
    job = _own(request, pk)
    job_actions.cancel(job=job)
    job.refresh_from_db()
    if request.headers.get("HX-Request"):
        return render(request, "jobs/row.html", {"job": job})
    return redirect("jobs:list")


def _plain(request: HttpRequest, status: int, template: str) -> HttpResponse:
    try:
        return render(request, template, {"path": request.path}, status=status)
    except ImproperlyConfigured:
        return HttpResponse(_("前端尚未构建：运行 make frontend"), status=status, content_type="text/plain; charset=utf-8")


def refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403."""
    return _plain(request, 403, "403.html")


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: there is none, or it lies outside the user's area; both look the same."""
    return _plain(request, 404, "404.html")


def failed(request: HttpRequest) -> HttpResponse:
    """500: rendered without the shell, whose own queries may be what failed."""
    try:
        page = render_to_string("500.html", {"path": request.path})
    except ImproperlyConfigured:
        return HttpResponse(_("前端尚未构建：运行 make frontend"), status=500, content_type="text/plain; charset=utf-8")
    return HttpResponse(page, status=500)

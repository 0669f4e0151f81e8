"""The pages of the door: code, phone, password on the way in; one's own account; what a security administrator sees of the others."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju.accounts.actions import NotAllowed
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.signing_in import actions, attempts, entering, origin, passwords, policy, queries, second_factor
from anju.accounts.signing_in.forms import CodeForm, PasswordForm, ReasonForm
from anju.accounts.signing_in.middleware import INTERRUPTED
from anju.accounts.signing_in.models import SignIn

_PAGE = 30
_FAILED = "failed"


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


# ------------------------------------------------------------------------------------------------ on the way in


def _again() -> HttpResponseRedirect:
    return redirect("login")


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """Asks for the code of the phone."""
    at = entering.here(request)
    if at is None:
        return _again()
    form = CodeForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        tried = actions.try_code(user=at.user, code=form.cleaned_data["code"], origin=entering.origin_of(request))
        if tried.user:
            return entering.go_on(request, entering.passed(request, at))
        form.add_error(None, entering.locked_in_words(tried) or _wrong_code())
        status = 429 if tried.wait else 422
    answer = render(request, "door/code.html", {"form": form}, status=status)
    if status == 429:
        answer["Retry-After"] = str(tried.wait)
    return answer


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest) -> HttpResponse:
    """The first time: takes the secret over into a phone, then shows the recovery codes once."""
    at = entering.here(request)
    if at is None or at.passed or second_factor.factor(at.user):
        return _again() if at is None else entering.go_on(request, at)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        codes = second_factor.confirm(user=at.user, code=form.cleaned_data["code"])
        if codes is not None:
            entering.passed(request, at)
            return render(request, "door/codes.html", {"codes": codes})
        form.add_error(None, _wrong_code())
    secret = second_factor.begin(user=at.user)
    return render(request, "door/phone.html", _enrolling(at.user, secret, form), status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_POST
def go_on(request: HttpRequest) -> HttpResponse:
    """The recovery codes are put away: on to what comes next."""
    at = entering.here(request)
    return entering.go_on(request, at) if at else _again()


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def first_password(request: HttpRequest) -> HttpResponse:
    """A password of one's own, where another has set it or it ran out."""
    at = entering.here(request)
    if at is None:
        return _again()
    if actions.next_step(at.user, passed=at.passed) is not actions.Step.PASSWORD:
        return entering.go_on(request, at)
    form = PasswordForm(request.POST or None, ask_old=False)
    if request.method == "POST" and form.is_valid() and _chosen(request, at.user, form):
        return entering.go_on(request, at)
    context = {"form": form, "handed": passwords.handed_over(at.user)}
    return render(request, "door/first_password.html", context, status=422 if form.errors else 200)


@open_to()
@never_cache
@require_safe
def resume(request: HttpRequest) -> HttpResponse:
    """What was sent when the session had run out: its sender decides whether it goes out now."""
    kept = request.session.pop(INTERRUPTED, None)
    if not kept or kept["user"] != _user(request).pk:
        return redirect("home")
    return render(request, "door/resume.html", {"kept": kept})


def _chosen(request: HttpRequest, user: User, form: PasswordForm) -> bool:
    """Whether the new password was taken; what is wrong with it stands beside its field."""
    try:
        actions.choose_password(user=user, password=form.cleaned_data["new"], request=request)
    except ValidationError as refused:
        form.add_error("new", refused)
        return False
    return True


def _wrong_code() -> str:
    return _("验证码不对，或已经用过。请输手机上现在显示的 6 位数字。")


def _enrolling(user: User, secret: str, form: CodeForm) -> dict[str, Any]:
    spaced = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    return {"form": form, "picture": second_factor.picture(user, secret), "secret": spaced}


# ------------------------------------------------------------------------------------------------ my account


@open_to()
@never_cache
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    """One's own account: where one is signed in, password, second factor, who tried to come in."""
    user = _user(request)
    here = actions.here(request)
    sessions = [
        {"row": row, "device": origin.device(row.sign_in.agent if row.sign_in else ""), "here": here is not None and row.pk == here.pk}
        for row in queries.sessions_of(user)
    ]
    rows, page = _paged(request, queries.history_of(user))
    runs_out = passwords.runs_out(user)
    context = {
        "sessions": sessions,
        "rows": rows,
        "page": page,
        "factor": second_factor.factor(user),
        "demanded": second_factor.demanded(user),
        "codes_left": second_factor.codes_left(user),
        "password_runs_out": runs_out,
        "password_handed": passwords.handed_over(user),
        "profile": _(policy.profile().title),
        "idle": policy.minutes(policy.idle()),
        "longest": policy.minutes(policy.longest()) // 60,
    }
    return render(request, "door/account.html", context)


@open_to()
@never_cache
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Changes one's own password; a wrong old one counts as a wrong sign-in."""
    user = _user(request)
    form = PasswordForm(request.POST or None, ask_old=True)
    if request.method == "POST" and form.is_valid():
        tried = actions.try_password(login=user.login, password=form.cleaned_data["old"], origin=entering.origin_of(request))
        if not tried.user:
            form.add_error("old", entering.locked_in_words(tried) or _("现在的密码不对。"))
        elif _chosen(request, user, form):
            messages.success(request, _("密码已改。您在别处的登录都已结束。"))
            return redirect("account:page")
    return render(request, "door/password.html", {"form": form}, status=422 if form.errors else 200)


@open_to()
@never_cache
@require_http_methods(["GET", "POST"])
def own_phone(request: HttpRequest) -> HttpResponse:
    """Sets up a second factor by oneself; with one in place, new recovery codes or another phone against a code of the present one."""
    user = _user(request)
    form = CodeForm(request.POST or None)
    held = second_factor.factor(user)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data["code"]
        if held is None:
            codes = second_factor.confirm(user=user, code=typed)
            if codes is not None:
                return render(request, "door/own_codes.html", {"codes": codes})
            form.add_error("code", _wrong_code())
        else:
            tried = actions.try_code(user=user, code=typed, origin=entering.origin_of(request))
            if tried.user and request.POST.get("do") == "phone":
                second_factor.remove(user=user)
                return redirect("account:phone")
            if tried.user:
                return render(request, "door/own_codes.html", {"codes": second_factor.write_codes(user=user)})
            form.add_error("code", entering.locked_in_words(tried) or _wrong_code())
    status = 422 if form.errors else 200
    if held is None:
        context = _enrolling(user, second_factor.begin(user=user), form)
        return render(request, "door/own_phone.html", context, status=status)
    context = {"form": form, "factor": held, "codes_left": second_factor.codes_left(user)}
    return render(request, "door/own_factor.html", context, status=status)


@open_to()
@require_POST
def end_session(request: HttpRequest, pk: int) -> HttpResponse:
    """Ends one of one's own sessions."""
    if not actions.end_session(user=_user(request), session=pk):
        raise Http404
    messages.success(request, _("那里的登录已结束。"))
    return redirect("account:page")


@open_to()
@require_POST
def end_others(request: HttpRequest) -> HttpResponse:
    """Ends every other session."""
    count = actions.end_others(user=_user(request), request=request)
    messages.success(request, _("已结束别处的 %d 个登录。") % count)
    return redirect("account:page")


# ------------------------------------------------------------------------------------------------ the security administrator


@open_to(Power.SECURE)
@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Who is locked, and everybody of the area; a name or login is posted, so that it stands in no address."""
    user = _user(request)
    found: QuerySet[User] = queries.people_in_the_area(user)
    typed = request.POST.get("q", "").strip()[:60]
    if typed:
        found = found.filter(Q(login=typed) | Q(name__startswith=typed) | Q(organisation__name__contains=typed))
        rows, page = list(found[:100]), None
    else:
        after = request.GET.get("after", "")
        found = found.order_by("pk").filter(pk__gt=int(after)) if after.isdecimal() else found.order_by("pk")
        rows = list(found[: _PAGE + 1])
        page = {"next": rows[_PAGE - 1].pk if len(rows) > _PAGE else "", "previous": "", "first": None, "last": None, "total": None}
        rows = rows[:_PAGE]
    locked = queries.locked_in_the_area(user)
    context = {
        "people": rows,
        "page": page,
        "locked": locked,
        "locked_pks": {one.user.pk for one in locked},
        "typed": typed,
        "on": "people",
    }
    return render(request, "door/people.html", context)


@open_to(Power.SECURE)
@never_cache
@require_safe
def history(request: HttpRequest) -> HttpResponse:
    """Every try to come in, on logins of the area."""
    found = queries.history_in_the_area(_user(request))
    kind = request.GET.get("kind", "")
    if kind == _FAILED:
        found = found.filter(outcome__in=queries.FAILED)
    rows, page = _paged(request, found)
    return render(request, "door/history.html", {"rows": rows, "page": page, "kind": kind, "on": "history"})


@open_to(Power.SECURE)
@never_cache
@require_safe
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """One user as the door knows them, and what can be done."""
    return _person(request, get_object_or_404(queries.people_in_the_area(_user(request)), pk=pk), ReasonForm())


def _person(request: HttpRequest, seen: User, form: ReasonForm, *, handed: str = "", status: int = 200) -> HttpResponse:
    rows, page = _paged(request, queries.history_told(_user(request), seen))
    context = {
        "seen": seen,
        "form": form,
        "handed": handed,
        "locked_until": attempts.locked_until(attempts.digest(seen.login)),
        "sessions": queries.sessions_told(_user(request), seen).count(),
        "factor": second_factor.factor(seen),
        "demanded": second_factor.demanded(seen),
        "password_runs_out": passwords.runs_out(seen),
        "password_handed": passwords.handed_over(seen),
        "own": seen.pk == _user(request).pk,
        "rows": rows,
        "page": page,
    }
    return render(request, "door/person.html", context, status=status)


@open_to(Power.SECURE)
@never_cache
@require_POST
def secure(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Unlocks, hands over a new password, or voids a second factor; each with its reason."""
    by = _user(request)
    seen = get_object_or_404(queries.people_in_the_area(by), pk=pk)
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return _person(request, seen, form, status=422)
    reason, handed = form.cleaned_data["reason"], ""
    try:
        if do == "unlock":
            actions.unlock(user=seen, by=by, reason=reason)
            messages.success(request, _("已解锁，现在可以登录。"))
        elif do == "factor":
            actions.reset_second_factor(user=seen, by=by, reason=reason)
            messages.success(request, _("第二重验证已作废；下次登录时重新绑定手机。"))
        else:
            handed = actions.reset_password(user=seen, by=by, reason=reason)
    except NotAllowed as refused:
        form.add_error(None, ValidationError(str(refused)))
        return _person(request, seen, form, status=422)
    return _person(request, seen, ReasonForm(), handed=handed) if handed else redirect("security:person", pk=seen.pk)


def _paged(request: HttpRequest, found: QuerySet[SignIn]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    after = request.GET.get("after", "")
    if after.isdecimal():
        found = found.filter(pk__lt=int(after))
    rows = list(found[: _PAGE + 1])
    page = {"next": rows[_PAGE - 1].pk if len(rows) > _PAGE else "", "previous": "", "first": None, "last": None, "total": None}
    return [{"row": row, "device": origin.device(row.agent), "tone": _TONES[row.outcome]} for row in rows[:_PAGE]], page


_TONES = {
    SignIn.Outcome.OK.value: "ok",
    SignIn.Outcome.HALF.value: "soon",
    SignIn.Outcome.WRONG_PASSWORD.value: "late",
    SignIn.Outcome.WRONG_CODE.value: "late",
    SignIn.Outcome.LOCKED.value: "hold",
}

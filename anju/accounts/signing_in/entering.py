"""The way from a right password to the first page: second factor, a password of one's own where due, then in, back to where one was.

Until the last step nobody is signed in; how far one has come is kept in the stranger's session for ten minutes.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.signing_in import actions, origin, policy
from anju.accounts.signing_in.actions import Step
from anju.accounts.signing_in.attempts import Origin
from anju.accounts.signing_in.middleware import INTERRUPTED

_KEY = "entering"
_PAGES = {Step.CODE: "door:code", Step.ENROL: "door:phone", Step.PASSWORD: "door:password"}


@dataclass(frozen=True, slots=True)
class Entering:
    """Somebody whose password was right: who, whether the second factor was too, and where they want to go."""

    user: User
    passed: bool
    half: int | None
    target: str


def origin_of(request: HttpRequest) -> Origin:
    """Where the request comes from."""
    return Origin(origin.address(request), origin.agent(request))


def begin(request: HttpRequest, user: User, target: str) -> HttpResponseRedirect:
    """The password was right: in, or to what is asked next."""
    if actions.next_step(user, passed=False) is Step.NONE:
        return _in(request, Entering(user, False, None, target))
    half = actions.half_way(user=user, origin=origin_of(request))
    entering = Entering(user, False, half.pk, target)
    _keep(request, entering)
    return go_on(request, entering)


def here(request: HttpRequest) -> Entering | None:
    """Who is on the way in; None where nobody is, it took too long, or the password has been changed meanwhile."""
    kept = request.session.get(_KEY)
    if not kept or timezone.now().timestamp() - kept["at"] > policy.LIMITS.half_way / timedelta(seconds=1):
        return None
    user = User.objects.select_related("organisation").filter(pk=kept["user"], is_active=True).first()
    if user is None or not constant_time_compare(kept["hash"], user.get_session_auth_hash()):
        return None
    return Entering(user, kept["passed"], kept["half"], kept["target"])


def passed(request: HttpRequest, entering: Entering) -> Entering:
    """The second factor was right."""
    done = Entering(entering.user, True, entering.half, entering.target)
    _keep(request, done)
    return done


def go_on(request: HttpRequest, entering: Entering) -> HttpResponseRedirect:
    """To the page of the next step; in, where none is left."""
    step = actions.next_step(entering.user, passed=entering.passed)
    return _in(request, entering) if step is Step.NONE else HttpResponseRedirect(reverse(_PAGES[step]))


def _keep(request: HttpRequest, entering: Entering) -> None:
    user = entering.user
    request.session[_KEY] = {
        "user": user.pk,
        "hash": user.get_session_auth_hash(),
        "passed": entering.passed,
        "half": entering.half,
        "target": entering.target,
        "at": timezone.now().timestamp(),
    }


def _in(request: HttpRequest, entering: Entering) -> HttpResponseRedirect:
    request.session.pop(_KEY, None)
    user = entering.user
    last = actions.come_in(request=request, user=user, origin=origin_of(request), half=entering.half, passed=entering.passed)
    if last.wrong:
        said = _("上次登录以后，有 %d 次用您的用户名登录没有成功。不是您本人的，请改密码并告诉安全管理员。")
        messages.warning(request, said % last.wrong)
    kept = request.session.get(INTERRUPTED)
    if kept and kept["user"] == user.pk:
        return HttpResponseRedirect(reverse("door:resume"))
    request.session.pop(INTERRUPTED, None)
    return HttpResponseRedirect(entering.target or reverse("home"))


def locked_in_words(tried: actions.Tried) -> str:
    """Why one can't come in now, until when, and whom to ask."""
    if tried.wait:
        return _("从这里来的错误登录太多，请等 %d 秒再试。") % tried.wait
    if tried.locked_until is None:
        return ""
    until = date_format(timezone.localtime(tried.locked_until), "H:i")
    said = _("输错 %(count)d 次，账号锁定到 %(until)s。急用请找%(ask)s解锁。")
    return said % {"count": policy.LIMITS.failures, "until": until, "ask": policy.whom_to_ask()}

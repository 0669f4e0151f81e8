"""What a password must be here, and changing it."""

import re
import secrets
import string
from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.signing_in import policy
from anju.accounts.signing_in.models import PasswordState, PastPassword

_COUNTING = "0123456789" * 4
_CLASSES = (r"[A-Z]", r"[a-z]", r"[0-9]", r"[^A-Za-z0-9\s]")
# Habits of this country's offices that no list of the world holds.
_HABITS = frozenset(
    ("admin", "administrator", "anju", "weifang", "weigai", "zhufang", "zhujian", "nongcun", "fupin", "woaini", "mima", "abc", "abcd", "aa", "qq", "password", "passw0rd", "p@ssword", "p@ssw0rd", "qwer", "qwerty", "qwert", "qaz", "qazwsx", "asdf", "zxcv", "iloveyou", "welcome", "china", "zhongguo", "test", "root", "user", "huawei")
)  # fmt: skip


class _Common(CommonPasswordValidator):
    """The framework's list of 20,000 passwords from breaches."""


class ProfileValidator:
    """Django's door to the profile (``AUTH_PASSWORD_VALIDATORS``), so that every way of setting a password passes through it."""

    @cached_property
    def _listed(self) -> set[str]:
        return set(_Common().passwords)

    def validate(self, password: str, user: User | None = None) -> None:
        """Raises with everything that is wrong at once."""
        wrong = list(self._wrong(password, user))
        if wrong:
            raise ValidationError(wrong)

    def get_help_text(self) -> str:
        """The rules in one sentence."""
        return str(rules())

    def _wrong(self, password: str, user: User | None) -> Iterator[str]:
        now = policy.profile()
        if len(password) < now.minimum:
            yield _("密码至少 %(count)d 位，现在 %(given)d 位。") % {"count": now.minimum, "given": len(password)}
        if len(password) > policy.MAXIMUM:
            yield _("密码最多 %d 位。") % policy.MAXIMUM
        if now.classes and sum(bool(re.search(kind, password)) for kind in _CLASSES) < now.classes:
            yield _("大写字母、小写字母、数字、符号，至少要有其中 %d 类。") % now.classes
        if self._common(password):
            yield _("这个密码太常见，别人一猜就中，请换一个。")
        if user is not None and _resembles(password, user):
            yield _("密码里不能有用户名、姓名。")
        if user is not None and user.pk and _used(password, user, max(1, now.remembered)):
            yield _("最近 %d 次用过的密码不能再用。") % now.remembered if now.remembered else _("新密码不能和现在的一样。")

    def _common(self, password: str) -> bool:
        """On the list as it is, or a habit dressed up: a common word, figures and signs around it."""
        small = password.lower()
        bare = re.sub(r"[^a-z0-9]", "", small)
        core = re.sub(r"^[^a-z]+|[^a-z]+$", "", small)
        figures = re.sub(r"[^0-9]", "", small)
        again = re.fullmatch(r"(.+?)\1+", bare)
        listed = bool({small, bare, again[1] if again else small} & self._listed)
        counted = bare.isdigit() and (bare in _COUNTING or bare in _COUNTING[::-1])
        dressed = core in _HABITS and (len(set(figures)) <= 2 or figures in _COUNTING or bool(re.fullmatch(r"(19|20)\d\d", figures)))
        return listed or counted or dressed or len(set(password)) < 4


def rules() -> str:
    """What a password must be, in a sentence for the page."""
    now = policy.profile()
    said = [_("至少 %d 位") % now.minimum]
    if now.classes:
        said.append(_("大写、小写、数字、符号中至少 %d 类") % now.classes)
    if now.remembered:
        said.append(_("不同于最近 %d 次") % now.remembered)
    if now.max_age:
        said.append(_("%d 天换一次") % now.max_age.days)
    said.append(_("不能常见，不能含用户名、姓名"))
    return _("；").join(said)


def runs_out(user: User) -> datetime | None:
    """When the password is to be changed; None: never. One that somebody else has set, at once."""
    state = PasswordState.objects.filter(pk=user.pk).first()
    if state is None or state.must_change:
        return timezone.now()
    age = policy.profile().max_age
    return state.changed_at + age if age else None


def handed_over(user: User) -> bool:
    """Whether the present password is one that somebody else has set."""
    state = PasswordState.objects.filter(pk=user.pk).first()
    return state is None or state.must_change


def must_change(user: User) -> bool:
    """Whether the user is led to a new password before anything else."""
    when = runs_out(user)
    return when is not None and when <= timezone.now()


def store(*, user: User, password: str, own: bool) -> None:
    """The new password, and the old one among those of the past. ``own``: the user chose it, so it needn't be changed at once."""
    now = timezone.now()
    PastPassword.objects.create(user=user, encoded=user.password, at=now)
    kept = PastPassword.objects.filter(user=user).order_by("-id").values("pk")[:12]
    PastPassword.objects.filter(user=user).exclude(pk__in=[row["pk"] for row in kept]).delete()
    user.set_password(password)
    user.save(update_fields=["password"])
    PasswordState.objects.update_or_create(user=user, defaults={"changed_at": now, "must_change": not own})


def invented() -> str:
    """A password to hand over: 12 letters and figures that aren't mistaken for each other."""
    letters = [one for one in string.ascii_letters + string.digits if one not in "0O1lI"]
    while True:
        made = "-".join("".join(secrets.choice(letters) for _place in range(4)) for _group in range(3))
        if all(re.search(kind, made) for kind in _CLASSES):
            return made


def _resembles(password: str, user: User) -> bool:
    small = password.lower()
    return any(len(part) >= 3 and part.lower() in small for part in (user.login, user.name, *re.split(r"\W+", user.login))) or (
        len(user.name) >= 2 and user.name in password
    )


def _used(password: str, user: User, count: int) -> bool:
    """Whether it is the present one or one of the last before it."""
    past = PastPassword.objects.filter(user=user).order_by("-id").values_list("encoded", flat=True)[: count - 1]
    return any(check_password(password, encoded) for encoded in (user.password, *past))

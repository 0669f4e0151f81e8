"""What the door remembers: who came when, what is locked, sessions, passwords of before, second factors."""

from datetime import datetime
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from anju.divisions.fields import AreaField
from anju.privacy.rotating import Sealing


class SignIn(models.Model):
    """One try to come in. ``login_digest`` is keyed: what a stranger typed is never kept.

    ``seat`` is the level at which the person stood then, with all their rights together: the try is shown there and above. Kept for the days of
    ``policy.SIGN_INS``, then taken away.
    """

    class Outcome(models.TextChoices):
        """What came of it."""

        OK = "ok", _("已登录")
        HALF = "half", _("密码正确，未完成")
        WRONG_PASSWORD = "password", _("密码不对")
        WRONG_CODE = "code", _("验证码不对")
        LOCKED = "locked", _("锁定中")

    class Ended(models.TextChoices):
        """How the session that came of it ended."""

        LEFT = "left", _("本人退出")
        TIMED_OUT = "timed_out", _("超时")
        REVOKED = "revoked", _("本人结束")
        PASSWORD = "password", _("密码已改")
        RESET = "reset", _("管理员重设")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="sign_ins")
    seat = AreaField()
    login_digest = models.BinaryField(max_length=16)
    at = models.DateTimeField(default=timezone.now)
    address = models.GenericIPAddressField(null=True)
    agent = models.CharField(max_length=200, default="", blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome.choices, db_collation="C")
    second_factor = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    ended = models.CharField(max_length=10, choices=Ended.choices, default="", blank=True, db_collation="C")

    class Meta:
        indexes = [
            models.Index(fields=["user", "-id"], name="accounts_signin_of_user"),
            models.Index(fields=["user", "address", "-at"], condition=models.Q(outcome="ok"), name="accounts_signin_known"),
            models.Index(fields=["at"], name="accounts_signin_at"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.outcome}"


class LoginLock(models.Model):
    """Wrong tries on one login, whether or not anybody has it. ``refused`` counts those that came while it was locked."""

    login_digest = models.BinaryField(max_length=16, primary_key=True)
    failures = ArrayField(models.DateTimeField(), default=list)
    refused = models.PositiveIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{len(self.failures)}, {self.locked_until}"

    def locked(self, now: datetime) -> bool:
        """Whether nobody comes in by this login now."""
        return self.locked_until is not None and self.locked_until > now


class SourceDelay(models.Model):
    """Wrong tries from one address (of IPv6: its /64). It slows, it never locks."""

    source = models.GenericIPAddressField(primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    not_before = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.source}: {self.failures}"


class SignedInSession(models.Model):
    """A session. The cookie's key is kept as its digest and the content sealed, so that the table opens no door and tells nothing."""

    SEALING: ClassVar[Sealing] = Sealing("session", ("key_digest",), bytes, column="content", numbered=False)

    id = models.BigAutoField(primary_key=True)
    key_digest = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="sessions")
    sign_in = models.ForeignKey(SignIn, null=True, on_delete=models.SET_NULL, related_name="sessions")
    content = models.BinaryField()
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    deadline = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.pk}, {self.deadline:%Y-%m-%d %H:%M}"


class PasswordState(models.Model):
    """Since when the user's own password holds; without a row it is one that somebody else has set."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="password_state")
    changed_at = models.DateTimeField()
    must_change = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.changed_at:%Y-%m-%d}"


class PastPassword(models.Model):
    """The hash of a password used before, so that it isn't used again."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="past_passwords")
    encoded = models.CharField(max_length=128)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["user", "-id"], name="accounts_pastpassword_of_user")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d}"


def factor_bound(user: int) -> bytes:
    """What the secret of a user's second factor is bound to."""
    return b"user:%d" % user


class SecondFactor(models.Model):
    """The secret a user's phone makes codes from, sealed; ``last_step`` is the step of the last code used, so that none counts twice."""

    SEALING: ClassVar[Sealing] = Sealing("totp", ("user_id",), factor_bound, column="secret", numbered=False)

    user = models.OneToOneField(settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="second_factor")
    secret = models.BinaryField()
    confirmed_at = models.DateTimeField(null=True)
    last_step = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.confirmed_at}"


class RecoveryCode(models.Model):
    """A code for the day the phone is lost: kept as a digest, used once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "digest"], name="accounts_recoverycode_once")]

    def __str__(self) -> str:
        return f"{self.used_at}"

"""The second factor: a six-digit code that changes every 30 seconds (TOTP, RFC 6238), and codes on paper for the day the phone is lost."""

import hashlib
import secrets

import pyotp
import segno
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import ROLES
from anju.accounts.signing_in.models import RecoveryCode, SecondFactor, factor_bound
from anju.privacy import cipher

SECOND_FACTOR = tuple(code for code, role in ROLES.items() if role.second_factor)
STEP = 30
DRIFT = 1
CODES = 10
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ0123456789"  # Crockford's: 32 that aren't mistaken for each other


def demanded(user: User) -> bool:
    """Whether one of the user's roles comes in with a second factor only. A demonstration doesn't ask; a banner says so."""
    return not settings.DEMO and user.grants_in_force().filter(role__in=SECOND_FACTOR).exists()


def factor(user: User) -> SecondFactor | None:
    """The user's confirmed factor."""
    return SecondFactor.objects.filter(pk=user.pk, confirmed_at__isnull=False).first()


@transaction.atomic
def begin(*, user: User) -> str:
    """The secret to take over into a phone; the same again until it is confirmed, so that going back and forth spoils nothing."""
    begun = SecondFactor.objects.filter(pk=user.pk).first()
    if begun and begun.confirmed_at:
        raise ValueError("a confirmed factor is removed before another is begun")
    if begun:
        return _secret(begun)
    secret = pyotp.random_base32()
    sealed = cipher.seal(secret.encode(), purpose=SecondFactor.SEALING.purpose, bound_to=factor_bound(user.pk))
    SecondFactor.objects.create(user=user, secret=sealed)
    return secret


@transaction.atomic
def confirm(*, user: User, code: str) -> list[str] | None:
    """The phone shows the right code: the factor holds from now. The recovery codes, shown this once; None where the code is wrong."""
    begun = SecondFactor.objects.select_for_update().filter(pk=user.pk, confirmed_at=None).first()
    if begun is None or not _accept(begun, code):
        return None
    begun.confirmed_at = timezone.now()
    begun.save(update_fields=["confirmed_at"])
    return write_codes(user=user)


@transaction.atomic
def write_codes(*, user: User) -> list[str]:
    """New recovery codes; those of before are void."""
    RecoveryCode.objects.filter(user=user).delete()
    codes = ["".join(secrets.choice(_LETTERS) for _place in range(16)) for _number in range(CODES)]
    RecoveryCode.objects.bulk_create([RecoveryCode(user=user, digest=_digest(user.pk, code)) for code in codes])
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


@transaction.atomic
def verify(*, user: User, code: str) -> bool:
    """Whether the code is the phone's of now (one step of drift either way) or an unused recovery code. Each counts once."""
    held = SecondFactor.objects.select_for_update().filter(pk=user.pk, confirmed_at__isnull=False).first()
    if held is None:
        return False
    typed = "".join(letter for letter in code.upper() if letter.isalnum())
    if len(typed) == 16:
        unused = RecoveryCode.objects.filter(user=user, digest=_digest(user.pk, typed), used_at=None)
        return unused.update(used_at=timezone.now()) == 1
    return _accept(held, typed)


@transaction.atomic
def remove(*, user: User) -> None:
    """The factor and its recovery codes are void; the next sign-in sets up another."""
    SecondFactor.objects.filter(pk=user.pk).delete()
    RecoveryCode.objects.filter(user=user).delete()


def codes_left(user: User) -> int:
    """Recovery codes not used yet."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def picture(user: User, secret: str) -> str:
    """The QR code a phone scans, as an image address that carries the image itself."""
    name = pyotp.TOTP(secret).provisioning_uri(name=user.login, issuer_name=_("安居"))
    return str(segno.make(name, error="m").svg_data_uri(scale=4, border=2, dark="#000", light="#fff"))


def _accept(held: SecondFactor, code: str) -> bool:
    """The step the code belongs to, if it is near now and later than the last one used."""
    typed = "".join(letter for letter in code if letter.isdigit())
    if len(typed) != 6:
        return False
    otp, now = pyotp.TOTP(_secret(held)), int(timezone.now().timestamp()) // STEP
    for step in range(now - DRIFT, now + DRIFT + 1):
        if secrets.compare_digest(otp.generate_otp(step), typed) and step > held.last_step:
            held.last_step = step
            held.save(update_fields=["last_step"])
            return True
    return False


def _secret(held: SecondFactor) -> str:
    return cipher.unseal(bytes(held.secret), purpose=SecondFactor.SEALING.purpose, bound_to=factor_bound(held.pk)).decode()


def _digest(user: int, code: str) -> bytes:
    """80 random bits: a plain digest, bound to the user, gives nothing away."""
    return hashlib.sha256(f"{user}:{code}".encode()).digest()

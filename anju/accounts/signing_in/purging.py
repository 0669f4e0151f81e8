"""Tries to come in whose days are over are taken away; that they were stands in the trail."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from anju.accounts.signing_in.models import SignIn
from anju.trail.acting import SYSTEM, acting, doing
from anju.trail.keeping import SIGN_INS

_PIECE, _PIECES = 5_000, 100


def purge() -> int:
    """How many were taken away, a piece a transaction; what is left over when it has been at it for long is the next day's.

    Raises ``keeping.TooShort`` where the deployment would keep them for less than the law asks: then all stay.
    """
    days, gone = SIGN_INS.days, 0
    for _piece in range(_PIECES):
        with acting(SYSTEM), doing("account.history_purged", f"{SIGN_INS.label} {days} 天"), transaction.atomic():
            old = SignIn.objects.filter(at__lt=timezone.now() - timedelta(days=days), sessions=None).order_by("at")
            keys = list(old.values_list("pk", flat=True)[:_PIECE])
            SignIn.objects.filter(pk__in=keys).delete()
        gone += len(keys)
        if len(keys) < _PIECE:
            break
    return gone

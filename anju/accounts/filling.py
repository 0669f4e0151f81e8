"""Which filling of a form an answer is: what every form of the field and of the desk carries beside what is asked."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from django.db import connection, models
from django.utils import timezone

from anju.vocabulary.fieldwork import Captured

M = TypeVar("M", bound=models.Model)
_LOCK = 0x66696C6C  # "fill": of two sendings of one filling the second waits for the first


def client_id() -> str:
    """One filling of a form is one record, however often its button is pressed."""
    return f"desk-{uuid.uuid4()}"


def captured(answers: Mapping[str, str]) -> Captured:
    """Which filling of a form this is, and what the device tells of it."""
    return Captured(
        client_id=answers.get("client_id", "")[:60].replace("\0", ""),
        at=moment(answers.get("captured_at", "")),
        device=answers.get("device", "").replace("\0", ""),
    )


def sent_before(model: type[M], filling: Captured) -> M | None:
    """What this filling has already made, whatever household it names now."""
    if not filling.client_id:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, filling.client_id])
    return model._default_manager.filter(client_id=filling.client_id).first()


def moment(text: str) -> datetime | None:
    """A moment as a form carries it; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at

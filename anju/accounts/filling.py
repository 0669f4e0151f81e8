"""Which filling of a form an answer is: what every form of the field and of the desk carries beside what is asked."""

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone

from anju.vocabulary.fieldwork import Captured


def client_id() -> str:
    """One filling of a form is one record, however often its button is pressed."""
    return f"desk-{uuid.uuid4()}"


def captured(answers: Mapping[str, str]) -> Captured:
    """Which filling of a form this is, and what the device tells of it."""
    return Captured(
        client_id=answers.get("client_id", "")[:60], at=moment(answers.get("captured_at", "")), device=answers.get("device", "")
    )


def moment(text: str) -> datetime | None:
    """A moment as a form carries it; None where it is none."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return timezone.make_aware(at) if timezone.is_naive(at) else at

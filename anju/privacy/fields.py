"""Field types for personal numbers, so that how they are stored is decided in one place."""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from anju.vocabulary import idnumber


class IdNumberField(models.CharField):  # type: ignore[type-arg]
    """A resident identity number: 18 upper-case characters that obey GB 11643, or "" where none is known.

    Whatever is typed is read by ``vocabulary.idnumber.read`` first; what can't be read is refused with its reason.
    """

    description = "resident identity number"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["max_length"] = 18
        kwargs.setdefault("db_collation", "C")
        kwargs.setdefault("blank", True)
        kwargs.setdefault("default", "")
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> str:
        """The valid number, or ""; raises ValidationError with the Chinese reason."""
        if value is None or value == "":
            return ""
        reading = idnumber.read(value)
        if reading.value is None:
            assert reading.fault is not None
            raise ValidationError(idnumber.MESSAGES[reading.fault], code=reading.fault.value)
        return reading.value

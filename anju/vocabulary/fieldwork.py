"""Who wrote a record in the field and when; every action done outside carries it (domain 3.27)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Captured:
    """``client_id`` is made by the device and unique: the same item sent twice is one record. ``at`` is the device's own clock."""

    client_id: str = ""
    at: datetime | None = None
    device: str = ""

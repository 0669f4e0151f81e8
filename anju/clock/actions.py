"""Setting the business clock."""

from datetime import date

from anju.clock.models import BusinessDay
from anju.clock.reading import another_day


def set_today(*, day: date | None) -> None:
    """The installation lives on ``day`` from now; None returns it to the calendar."""
    if day is None:
        BusinessDay.objects.all().delete()
    else:
        BusinessDay.objects.update_or_create(only=True, defaults={"day": day})
    another_day()

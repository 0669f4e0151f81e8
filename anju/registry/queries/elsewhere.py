"""What lies outside the asker's area: that it is there is told, and where to ask; nothing else (3.27, 4.5)."""

from collections.abc import Iterable

from django.db import connection

from anju.divisions.models import Division


def holders(tokens: Iterable[str]) -> dict[str, str]:
    """Identity numbers (their tokens) → the county in which somebody holds it, wherever that is; those nobody holds are left out."""
    return _asked("SELECT number, county FROM registry_holders(%s)", tokens)


def households(numbers: Iterable[str]) -> dict[str, str]:
    """Household numbers → the county in which that household is registered, wherever that is; unknown ones are left out."""
    return _asked("SELECT number, county FROM registry_homes(%s)", numbers)


def _asked(sql: str, wanted: Iterable[str]) -> dict[str, str]:
    asked = sorted({str(one) for one in wanted if one})
    if not asked:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(sql, [asked])
        return dict(cursor.fetchall())


def places(counties: Iterable[str]) -> dict[str, str]:
    """Counties by their full names, as a sentence names whom to ask."""
    wanted = set(counties)
    return {county: county for county in wanted} | dict(Division.objects.filter(code__in=wanted).values_list("code", "full_name"))

"""案件编号: numbers of cases, from one series for each county and year (210922-GZ2020-000288 is the 288th of 2020)."""

from collections import Counter
from collections.abc import Sequence

from django.db import connection


def numbers(series: Sequence[tuple[str, int]]) -> list[str]:
    """The next number for each of so many cases, of which the county and the year are given, in their order. Each series is held until the transaction
    ends."""
    wanted, last = Counter(series), dict[tuple[str, int], int]()
    with connection.cursor() as cursor:
        for (county, year), many in sorted(wanted.items()):
            cursor.execute(
                """INSERT INTO cases_numberseries AS s (county, year, last) VALUES (%s, %s, %s)
                   ON CONFLICT (county, year) DO UPDATE SET last = s.last + excluded.last RETURNING last""",
                [county, year, many],
            )
            last[county, year] = cursor.fetchone()[0] - many
    given = []
    for county, year in series:
        last[county, year] += 1
        given.append(f"{county}-GZ{year}-{last[county, year]:06d}")
    return given

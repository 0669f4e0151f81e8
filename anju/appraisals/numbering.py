"""Numbers of papers: county, kind and year, and a serial without gaps: 210922-JD2020-000123."""

from collections.abc import Sequence

from anju.appraisals.models import NumberSeries


def give(kind: NumberSeries.Kind, area: str, year: int, many: int = 1) -> Sequence[str]:
    """The next numbers of the county's year, in order. The series stays locked until the end of the transaction."""
    county = area[:6]
    NumberSeries.objects.bulk_create([NumberSeries(kind=kind, county=county, year=year)], ignore_conflicts=True)
    series = NumberSeries.objects.select_for_update(no_key=True).get(kind=kind, county=county, year=year)
    first = series.last + 1
    series.last += many
    series.save(update_fields=["last"])
    return [f"{county}-{kind.value}{year}-{serial:06d}" for serial in range(first, series.last + 1)]

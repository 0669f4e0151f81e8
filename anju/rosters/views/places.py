"""Names of places as a table shows them: 满堂红镇 小官村 3组."""

from collections.abc import Iterable

from anju.divisions.models import Division


def names(areas: Iterable[str]) -> dict[str, str]:
    """Township, village and group of each area, in one query; counties and above by their own name."""
    wanted = set(areas)
    stems = {area[:length] for area in wanted for length in (9, 12) if len(area) >= length} | wanted
    short = dict(Division.objects.filter(code__in=stems).values_list("code", "short_name"))
    return {area: _joined(area, short) for area in wanted}


def _joined(area: str, short: dict[str, str]) -> str:
    if len(area) < 9:
        return short.get(area, area)
    stems = dict.fromkeys(stem for stem in (area[:9], area[:12], area) if len(stem) >= 9)
    return " ".join(short[stem] for stem in stems if stem in short) or area

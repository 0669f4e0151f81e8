"""Villagers' groups 村民小组: they have no national code, so each installation gives them local ones below the village."""

from collections.abc import Iterable
from datetime import date

from django.db import connection, transaction
from django.utils.translation import gettext as _

from anju.divisions import naming
from anju.divisions.loading import Record, UnknownDivision, record
from anju.divisions.models import Division
from anju.vocabulary import division
from anju.vocabulary.division import Level


class NoCodeLeft(ValueError):
    """A village has used all its 189 local codes."""


def group_code(village: str, number: int) -> str:
    """The code below ``village``: two digits for 1–89, three for 900–999, so that none is the prefix of another."""
    return f"{village}{number:02d}" if number < 90 else f"{village}{number}"


def title(text: str) -> str:
    """How a group is written: ``3``, ``第三村民小组``, ``03组`` → ``三组``; a group with a name keeps it (``王家屯``)."""
    number = naming.group_number(text)
    return f"{naming.in_chinese(number)}组" if number else naming.clean(text)


def add_groups(*, groups: Iterable[tuple[str, str]], since: date | None = None) -> dict[tuple[str, str], str]:
    """Gives every (village, group as typed) its code, making those that don't exist; returns the code of each pair as given.

    ``三组``, ``3`` and ``第三村民小组`` of one village are one group. Numbers 1–89 become the code; named groups and higher
    numbers take the next free code. Raises ``UnknownDivision`` for a village that isn't there or is closed.
    """
    asked = dict.fromkeys(groups)
    villages = sorted({division.stem(village) for village, _group in asked})
    with transaction.atomic(), connection.cursor() as cursor:
        # One writer a village: two imports at once must not give one code to two groups.
        found = {
            place.code: place
            for place in Division.objects.filter(code__in=villages, level=Level.VILLAGE, valid_to=None)
            .select_for_update(no_key=True)
            .order_by("code")
        }
        if missing := [village for village in villages if village not in found]:
            raise UnknownDivision(missing)
        taken: dict[str, set[str]] = {village: set() for village in villages}
        known: dict[tuple[str, str], str] = {}
        for code, village, name, valid_to in Division.objects.filter(parent_id__in=villages).values_list(
            "code", "parent_id", "name", "valid_to"
        ):
            assert village is not None
            taken[village].add(code)
            if valid_to is None:
                known[village, _key(name)] = code
        answer: dict[tuple[str, str], str] = {}
        made: list[tuple[Record, int | None]] = []
        for village, text in sorted(asked, key=lambda pair: (pair[0], naming.group_number(pair[1]) or 999, pair[1])):
            stem = division.stem(village)
            key = (stem, _key(text))
            if key not in known:
                number = naming.group_number(text)
                code = _free(stem, number, taken[stem])
                taken[stem].add(code)
                known[key] = code
                made.append((record(code, title(text), Level.GROUP, stem, found[stem].full_name), number))
            answer[village, text] = known[key]
        if made:
            with cursor.copy(
                "COPY divisions_division (code, parent_id, level, name, short_name, full_name, core, pinyin, initials, number, valid_from, urban_rural) FROM STDIN"
            ) as copy:
                for row, number in made:
                    copy.write_row((*row, number, since, ""))
    return answer


def add_group(*, village: str, name: str, since: date | None = None) -> Division:
    """Gives one villagers' group its code; the group itself where it is there already."""
    return Division.objects.get(code=add_groups(groups=[(village, name)], since=since)[village, name])


def _key(text: str) -> str:
    number = naming.group_number(text)
    return str(number) if number else naming.group_core(text)


def _free(village: str, number: int | None, taken: set[str]) -> str:
    if number and number < 90 and (code := group_code(village, number)) not in taken:
        return code
    # Named groups from 89 downwards and then 900–999, to leave the low numbers to the groups that bear them.
    for candidate in (*range(89, 40, -1), *range(900, 1000), *range(40, 0, -1)):
        if (code := group_code(village, candidate)) not in taken:
            return code
    raise NoCodeLeft(_("%(village)s 的小组代码已用完。") % {"village": village})

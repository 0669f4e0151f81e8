"""The national table into the database: set-based, through COPY, changing nothing that is there."""

from collections.abc import Iterable, Iterator
from itertools import chain

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.divisions import naming, pinyin, source
from anju.divisions.models import DivisionLoad
from anju.vocabulary import division
from anju.vocabulary.division import Level

_COLUMNS = ("code", "parent_id", "level", "name", "short_name", "full_name", "core", "pinyin", "initials")


class UnknownDivision(LookupError):
    """Codes that stand for no place; the message names them."""

    def __init__(self, codes: Iterable[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(_("没有这个区划代码：%(codes)s") % {"codes": "、".join(self.codes)})


Record = tuple[str, str | None, int, str, str, str, str, str, str]


def full_name(above: str, short_name: str, level: Level) -> str:
    """``辽宁省阜新市彰武县`` + ``大冷镇``; rows of the code table that nobody writes (``市辖区``) are passed over."""
    if level is Level.PREFECTURE and naming.is_bookkeeping(short_name):
        return above
    # 嘉峪关市 is city and county at once: written once.
    return above if level is Level.COUNTY and above.endswith(short_name) else above + short_name


def record(code: str, name: str, level: Level, parent: str | None, above: str) -> Record:
    """One place's row, from its name and the full name of the place above."""
    short_name = naming.short(name, level)
    full_pinyin, initials = pinyin.spelled(short_name, as_words=level < Level.VILLAGE)
    whole = full_name(above, short_name, level) or short_name
    return code, parent, level.value, name, short_name, whole, naming.core(name, level), full_pinyin[:240], initials[:60]


def _records(rows: Iterable[source.Row]) -> Iterator[Record]:
    """Rows in code order, ancestors first → records; the parent is the nearest place above that exists."""
    path: list[tuple[str, str]] = []
    for code, name, level in rows:
        while path and not (code.startswith(path[-1][0]) and code != path[-1][0]):
            path.pop()
        parent, above = path[-1] if path else (None, "")
        made = record(code, name, level, parent, above)
        yield made
        if level < Level.VILLAGE:
            path.append((code, made[5]))


def load(*, prefixes: Iterable[str], by: AbstractBaseUser | None = None) -> int:
    """Loads the places at and below each prefix, and those above them; "" is the whole country. Returns how many were new.

    What is there already (closed, renamed, moved since) stays as it is: a second run changes nothing. Raises
    ``source.SourceUnavailable`` where the table can't be had, ``UnknownDivision`` for a prefix that isn't in it.
    """
    stems = sorted({division.stem(prefix) for prefix in prefixes})
    chosen = list(source.above(stems))
    everything = _in_order(chosen, source.load(stems))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE divisions_arriving ON COMMIT DROP AS SELECT {', '.join(_COLUMNS)} FROM divisions_division WITH NO DATA"
        )
        with cursor.copy(f"COPY divisions_arriving ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for made in _records(everything):
                copy.write_row(made)
        cursor.execute(
            "SELECT stem FROM unnest(%s::text[]) stem WHERE stem <> '' AND NOT EXISTS (SELECT FROM divisions_arriving a WHERE a.code = stem)",
            [stems],
        )
        if unknown := [row[0] for row in cursor.fetchall()]:
            raise UnknownDivision(unknown)
        cursor.execute(
            f"""
            INSERT INTO divisions_division ({", ".join(_COLUMNS)}, urban_rural, state_on)
            SELECT {", ".join(f"a.{column}" for column in _COLUMNS)}, '', %s
            FROM divisions_arriving a
            WHERE NOT EXISTS (SELECT FROM divisions_division d WHERE d.code = a.code)
            ORDER BY a.code COLLATE "C"
            ON CONFLICT (code) DO NOTHING -- two loads at once
            """,
            [source.STATE],
        )
        added: int = max(cursor.rowcount, 0)
        cursor.execute("DROP TABLE divisions_arriving")
        if added:
            DivisionLoad.objects.create(
                source=source.TITLE,
                prefixes=stems,
                added=added,
                recorded_at=timezone.now(),
                recorded_by=by.get_username() if by else "",
            )
    return added


def _in_order(above: list[source.Row], rows: Iterable[source.Row]) -> Iterator[source.Row]:
    """The few places above merged into the stream where they belong; each code once."""
    waiting = sorted(above)
    last = ""
    for row in chain(rows, [("~", "", Level.NATION)]):
        while waiting and waiting[0][0] < row[0]:
            ancestor = waiting.pop(0)
            if ancestor[0] != last:
                last = ancestor[0]
                yield ancestor
        if row[0] not in ("~", last):
            last = row[0]
            yield row

"""Which workbooks of records can be read in. The app that owns the records declares each kind in its ``importing.py``.

    LAYOUT = record_layout(key="screenings", title="房屋安全排查表", columns=(…), signature=("排查结果",), source="S0-28")

    register(Kind("screenings", "房屋安全排查", LAYOUT, Power.SCREEN, apply, why="逐户排查结果", undo=undo))

``apply(rows, batch)`` gets some thousand rows at a time, in the file's order, inside the transaction that also keeps how far the work is: each has
its cells read and checked, its household found, not closed and locked. It writes all of them set-based (``staging.stage`` lays them in a temporary
table) and answers what is wrong with which: ``{row.id: [Finding, …]}``. A row with a finding of level *block* must not have been written; it is
refused and goes back to the sender. Findings of other levels go along with a row that was applied. Rows name themselves ``row.source`` for ever, so
that applying a row twice can be told from applying two. A killed worker's successor goes on with the first chunk that wasn't committed.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.checks import Check, Finding
from anju.tabular.columns import HEAD_ID_NUMBER, HEAD_NAME, HOUSEHOLD, PLACE, renamed
from anju.tabular.layout import Column, Layout, RowRule
from anju.vocabulary.keygroup import Office

if TYPE_CHECKING:
    from anju.imports.models import ImportBatch

Findings = Mapping[int, Sequence[Finding]]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a workbook as the records' owner gets it.

    ``values`` are by the layout's keys, typed as ``tabular.reading.SheetRow`` has them (days as ``date``, sums and measures as ``Decimal``), absent
    where the cell was empty. ``area`` is the household's.
    """

    id: int
    sheet: str
    row: int
    household_id: int
    area: str
    values: Mapping[str, Any]

    @property
    def source(self) -> str:
        """How facts name this row."""
        return f"imports.row:{self.id}"


Referring = Callable[[Iterable[str]], Mapping[str, str]]
"""What rows call a household by in their owner's own way (the numbers of cases) → the household's number; what nobody is called by is left out."""
Apply = Callable[[Sequence[Row], "ImportBatch"], Findings]
Undo = Callable[[Sequence[Row], "ImportBatch", User], Findings]


@dataclass(frozen=True)
class Kind:
    """One kind of workbook of records.

    ``power``: who may read it in. ``why``: what it is for, beside its template. ``undo(rows, batch, by)`` takes rows of a whole import back in the right
    of the person who undoes; what can't be taken back it answers with a blocking finding. ``others``: who may take back what somebody else read in,
    where ``power`` isn't enough for that. ``once``: keys that, with the household, make a row the only one of its workbook; the second is
    refused (``("appraised_on",)``; by default a household stands in a workbook once); None where a household may come any number of times.
    ``refers``: the key of a column that may say whose a row is in the owner's own way, and what finds the households that are meant.
    ``sealed``: keys kept sealed though their cells are codes or figures. ``checks``: rules by which ``apply`` and ``undo`` find, for the answer to the sender.
    """

    key: str
    title: str
    layout: Layout
    power: Power
    apply: Apply
    why: str
    undo: Undo | None = None
    others: Power | None = None
    once: tuple[str, ...] | None = ()
    refers: tuple[str, Referring] | None = None
    sealed: frozenset[str] = frozenset()
    checks: tuple[Check, ...] = ()

    def undone_with(self, own: bool) -> Power:
        """The power with which a workbook is taken back: one's ``own``, or somebody else's."""
        return self.power if own or self.others is None else self.others

    @cached_property
    def open_keys(self) -> frozenset[str]:
        """Keys whose values are kept in the open with the row: figures, days, choices. Names, numbers, texts are sealed."""
        return frozenset(column.key for column in self.layout.columns if column.kind in _OPEN) - self.sealed


_OPEN = frozenset({"date", "int", "decimal", "money", "choice"})
_KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Declares a kind; once in its owner's ``importing.py``."""
    if _KINDS.setdefault(kind.key, kind) is not kind:
        raise ValueError(f"two kinds of import are called {kind.key}")
    return kind


def kind_of(key: str) -> Kind:
    """The declared kind; KeyError where nobody declared one."""
    return _KINDS[key]


def declared() -> list[Kind]:
    """Every kind, in name order."""
    return [kind for _key, kind in sorted(_KINDS.items())]


def open_to(user: User) -> list[Kind]:
    """The kinds a user may read in."""
    return [kind for kind in declared() if user.may(kind.power)]


# By what a row says whose it is; any one of the three.
WHOSE: tuple[Column, ...] = (
    renamed(HOUSEHOLD, "户编号"),
    HEAD_NAME,
    renamed(HEAD_ID_NUMBER, "户主身份证号", "身份证号", "身份证号码", "证件号码", "公民身份号码"),
    *PLACE,
)


def record_layout(
    *,
    key: str,
    title: str,
    columns: Sequence[Column],
    source: str,
    note: str = "",
    signature: Sequence[str] = (),
    title_words: Sequence[str] = (),
    needs: Sequence[tuple[str, ...]] = (),
    rules: Sequence[RowRule] = (),
    owner: Office = Office.HOUSING,
    by: Column | None = None,
) -> Layout:
    """The layout of a workbook of records: whose row it is (户编号, or 户主身份证号, or 户主姓名 and village), then the records' own ``columns``.

    ``needs``: keys of which a file must have at least one each, besides those that say whose a row is. ``by``: a column that says it in the owner's own
    way (``Kind.refers``), first of all.
    """
    own = () if by is None else (by,)
    return Layout(
        key=key,
        title=title,
        owner=owner,
        category=None,
        columns=(*own, *WHOSE, *columns),
        note=f"一行一户。每行写{'或'.join([*(one.title for one in own), '户编号'])}，或户主身份证号，或户主姓名加乡镇、村（村内不重名才认得出）。{note}",
        signature=tuple(signature),
        title_words=tuple(title_words),
        needs=((*(one.key for one in own), "household", "head_id_number", "head_name"), *needs),
        per_household=True,
        source=source,
        rules=tuple(rules),
    )


def layouts() -> Iterator[Layout]:
    """The layouts of all kinds."""
    return (kind.layout for kind in declared())

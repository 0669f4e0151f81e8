"""What the senders' files look like: one declaration a file, one file a sender. Pure data, no database."""

from anju.rosters.layouts import allowance, disability, extreme_poverty, housing_ledger, poverty, village_roll
from anju.tabular.layout import Layout

ALL: tuple[Layout, ...] = (
    poverty.LAYOUT,
    allowance.LAYOUT,
    extreme_poverty.LAYOUT,
    disability.LAYOUT,
    housing_ledger.LAYOUT,
    village_roll.LAYOUT,
)

BY_KEY: dict[str, Layout] = {layout.key: layout for layout in ALL}


def declarations() -> list[dict[str, object]]:
    """Every layout as plain data, for the catalogue."""
    return [layout.declaration() for layout in ALL]

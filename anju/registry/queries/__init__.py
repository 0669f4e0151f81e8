"""Every read across rows of the register; each takes ``within``, the stem of the area its reader may see."""

from anju.registry.queries.cards import cards_to_renew
from anju.registry.queries.household import (
    Event,
    FlagView,
    FormerMember,
    HouseholdPage,
    HouseView,
    Member,
    Standing,
    Support,
    household_page,
)
from anju.registry.queries.listing import Filters, Page, Row, count, in_groups, listing
from anju.registry.queries.searching import Area, Found, Hit, search
from anju.registry.queries.standing import (
    AreaCount,
    CategoryCount,
    Combination,
    CrossTable,
    OfficeCombination,
    ThenAndNow,
    counts_by_division,
    cross_table,
    then_and_now,
)

__all__ = [
    "Area",
    "AreaCount",
    "CategoryCount",
    "Combination",
    "CrossTable",
    "Event",
    "Filters",
    "FlagView",
    "FormerMember",
    "Found",
    "Hit",
    "HouseView",
    "HouseholdPage",
    "Member",
    "OfficeCombination",
    "Page",
    "Row",
    "Standing",
    "Support",
    "ThenAndNow",
    "cards_to_renew",
    "count",
    "counts_by_division",
    "cross_table",
    "household_page",
    "in_groups",
    "listing",
    "search",
    "then_and_now",
]

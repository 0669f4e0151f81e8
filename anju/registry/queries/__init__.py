"""Every read across rows of the register; each takes ``within``, the stem of the area its reader may see."""

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

__all__ = [
    "Event",
    "FlagView",
    "FormerMember",
    "HouseView",
    "HouseholdPage",
    "Member",
    "Standing",
    "Support",
    "household_page",
]

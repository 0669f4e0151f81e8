"""Every write to places: loading, villagers' groups, changes, tags, intensities."""

from anju.divisions.changes import Outcome, record_change, undo
from anju.divisions.groups import NoCodeLeft, add_group, add_groups
from anju.divisions.loading import UnknownDivision, load
from anju.divisions.marks import set_intensity, tag
from anju.divisions.planning import ChangeRefused, New

__all__ = [
    "ChangeRefused",
    "New",
    "NoCodeLeft",
    "Outcome",
    "UnknownDivision",
    "add_group",
    "add_groups",
    "load",
    "record_change",
    "set_intensity",
    "tag",
    "undo",
]

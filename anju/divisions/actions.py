"""Every write to places: loading, villagers' groups, tags, intensities, changes."""

from anju.divisions.loading import UnknownDivision, load

__all__ = ["UnknownDivision", "load"]

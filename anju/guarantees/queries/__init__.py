"""How households are housed, read: one household's ways, lists of ways, and whose dangerous house has none."""

from anju.guarantees.queries.danger import lived_in_dangerous
from anju.guarantees.queries.household import ending, history, in_force, of, routes, ways_of

__all__ = ["ending", "history", "in_force", "lived_in_dangerous", "of", "routes", "ways_of"]

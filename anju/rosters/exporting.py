"""Lists and differences back into workbooks: text cells, no formulas, numbers masked unless the user may see them."""

from typing import Any

from anju.accounts.models import User
from anju.jobs.progress import Progress
from anju.rosters.models import Batch


def error_workbook(batch: Batch, by: User, progress: Progress) -> dict[str, Any]:
    """The sender's own workbook with what is wrong in each row."""
    raise NotImplementedError


def export(what: str, filters: dict[str, Any], by: User, progress: Progress) -> dict[str, Any]:
    """Rows as seen on a page."""
    raise NotImplementedError

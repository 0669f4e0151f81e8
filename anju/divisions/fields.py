"""The one field type for an area code."""

from typing import Any

from django.db import models


class AreaField(models.CharField):  # type: ignore[type-arg]
    """The stem of an area's code (``vocabulary.division``), compared byte by byte so that a range is a subtree; "" is the nation.

    When a division is merged, split or moved, ``divisions.actions.record_change`` rewrites every column of this type, so no table
    can be forgotten. ``follows=False`` marks a column that keeps the code of its day (a past change, a printed paper).
    """

    description = "area code"

    def __init__(self, *args: Any, follows: bool = True, **kwargs: Any) -> None:
        self.follows = follows
        kwargs["max_length"] = 15
        kwargs["db_collation"] = "C"
        kwargs.setdefault("default", "")
        kwargs.setdefault("blank", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        """As every field; ``follows`` is kept where it isn't the default."""
        name, path, args, kwargs = super().deconstruct()
        if not self.follows:
            kwargs["follows"] = False
        return name, path, args, kwargs

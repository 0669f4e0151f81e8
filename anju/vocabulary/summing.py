"""Counts of an area by kind, which add up over areas."""

from dataclasses import fields, replace
from typing import Any, Self, cast


class Summed:
    """Ground of a frozen dataclass with an ``area`` and numbers: two are added number by number, under the first one's area."""

    __slots__ = ()

    def __add__(self, other: Self) -> Self:
        this = cast(Any, self)
        return cast(
            Self,
            replace(this, **{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(this) if one.name != "area"}),
        )

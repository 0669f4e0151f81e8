"""The questions the work asks of policy: what holds here, on that day."""

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, overload

from anju.policy.keys import Key
from anju.policy.loading import load
from anju.policy.rules import Rule, Rules

T = TypeVar("T")

SHIPPED = Path(__file__).parent
"""Where the numbers lie that come with the system."""


def read() -> Rules:
    """Reads everything in force in this installation: what is shipped, and the folder ``ANJU_POLICY`` names. Raises ``BadDeclaration``."""
    own = os.environ.get("ANJU_POLICY", "")
    return load([SHIPPED, *([Path(own)] if own else [])])


@cache
def rules() -> Rules:
    """As ``read``, once for the life of the process: a changed file counts from the next start."""
    return read()


def _name(key: str | Key[Any]) -> str:
    return key if isinstance(key, str) else key.key


@overload
def rule(key: Key[T], area: str, day: date) -> Rule[T]: ...
@overload
def rule(key: str, area: str, day: date) -> Rule[Any]: ...
def rule(key: str | Key[Any], area: str, day: date) -> Rule[Any]:
    """The rule that holds in an area on a day: the nearest area at or above it that sets one. Raises ``NoRule``."""
    return rules().rule(_name(key), area, day)


@overload
def value(key: Key[T], area: str, day: date) -> T: ...
@overload
def value(key: str, area: str, day: date) -> Any: ...
def value(key: str | Key[Any], area: str, day: date) -> Any:
    """The number itself; raises ``NoRule``. A ``Key`` of ``anju.policy.keys`` gives it with its type."""
    return rules().rule(_name(key), area, day).value


@overload
def find(key: Key[T], area: str, day: date) -> Rule[T] | None: ...
@overload
def find(key: str, area: str, day: date) -> Rule[Any] | None: ...
def find(key: str | Key[Any], area: str, day: date) -> Rule[Any] | None:
    """As ``rule``, None where nothing is set: for what may well have no rule, as a deadline."""
    return rules().find(_name(key), area, day)

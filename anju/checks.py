"""A rule of the programme, and what it found: one rule = one id, one label, one source."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

BLOCK = "block"
WARN = "warn"
NOTE = "note"


@dataclass(frozen=True, slots=True)
class Check:
    """One rule.

    ``id`` is stable and English (``id-check-digit``); ``label`` is what a clerk calls it; ``source`` is the clause, standard or
    requirement it rests on; ``level`` is ``block`` (what breaks it can't go on) or ``warn`` (somebody should look). A rule of
    level ``note`` only tells that a value was written in another way and was understood.
    """

    id: str
    label: str
    source: str
    level: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found in one place.

    ``check`` is the rule's id; ``message`` says in Chinese which column, what is wrong and what to do; ``column`` is the heading
    as the file has it; ``field`` is our key of that column; ``level`` is copied from the rule.
    """

    check: str
    message: str
    column: str = ""
    field: str = ""
    level: str = BLOCK


def as_data(findings: Iterable[Finding], said: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """Findings as they are kept with a row; ``said`` is what becomes of the words."""
    return [asdict(replace(found, message=said(found.message))) for found in findings]


def from_data(kept: Iterable[Mapping[str, Any]]) -> list[Finding]:
    """Findings as they were."""
    return [Finding(one["check"], one["message"], one["column"], one["field"], one["level"]) for one in kept]

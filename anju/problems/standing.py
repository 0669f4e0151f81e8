"""Where a problem stands: what its steps, read in order, say. The one place that knows; ``Problem`` keeps a copy to sort and filter by."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from anju.problems.models import State, Step

_AT_FIRST: dict[str, Any] = {
    **dict.fromkeys(("plan", "report", "cause", "mended", "self_check", "way"), ""),
    **dict.fromkeys(("handed_to_id", "handed_on", "due", "rectified_on", "rectified_level", "verified_level", "closed_on"), None),
    "state": State.VOID,
}


def effective(steps: Iterable[Step]) -> list[Step]:
    """The steps that still count, in order: without those taken back and without the taking back."""
    rows = sorted(steps, key=lambda step: step.ordinal)
    gone = {step.reverses_id for step in rows if step.reverses_id is not None}
    return [step for step in rows if step.kind != Step.Kind.UNDONE and step.pk not in gone]


def standing(steps: Iterable[Step]) -> dict[str, Any]:
    """The fields ``Problem.FOLLOWS`` as the steps say; a problem whose opening was taken back is void."""
    found = dict(_AT_FIRST)
    for step in effective(steps):
        found.update(_said(step))
    return found


def _said(step: Step) -> dict[str, Any]:
    detail = step.detail
    match step.kind:
        case Step.Kind.OPENED:
            return {"state": State.OPEN, "due": _day(detail.get("due"))}
        case Step.Kind.HANDED:
            handed = {"handed_to_id": detail["office"], "handed_on": step.on, "due": _day(detail["due"])}
            return {**_AT_FIRST, "state": State.RECTIFYING, **handed}
        case Step.Kind.PLANNED:
            return {"plan": step.text}
        case Step.Kind.RECTIFIED:
            words = {name: detail.get(name, "") for name in ("cause", "mended", "self_check")}
            return {"state": State.VERIFYING, "report": step.text, "rectified_on": step.on, "rectified_level": step.level, **words}
        case Step.Kind.RETURNED:
            return {"state": State.RETURNED, **({"due": _day(detail["due"])} if detail.get("due") else {})}
        case Step.Kind.CLOSED:
            return {"state": State.CLOSED, "way": detail["way"], "verified_level": step.level, "closed_on": step.on}
        case Step.Kind.TRANSFERRED:
            return {"state": State.CLUE}
    return {}


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None

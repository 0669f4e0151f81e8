"""Which function does which kind of work; each app declares its own in its ``work.py``."""

from collections.abc import Callable
from typing import Any

from anju.jobs.progress import Progress

Handler = Callable[..., dict[str, Any]]
_HANDLERS: dict[str, Handler] = {}


def handler(kind: str) -> Callable[[Handler], Handler]:
    """Declares the function that does ``kind``: called with ``progress`` and the job's arguments, returns its result.

    It may be called again after a killed worker and must then go on from what the database holds.
    """

    def declare(function: Handler) -> Handler:
        if kind in _HANDLERS and _HANDLERS[kind] is not function:
            raise ValueError(f"two handlers for {kind}")
        _HANDLERS[kind] = function
        return function

    return declare


def handler_for(kind: str) -> Handler:
    """The declared function; KeyError where nobody declared one."""
    return _HANDLERS[kind]


def declared() -> list[tuple[str, str]]:
    """Every kind of work with the first line of its function's meaning, in name order."""
    return [(kind, (function.__doc__ or "").strip().split("\n")[0]) for kind, function in sorted(_HANDLERS.items())]


__all__ = ["Handler", "Progress", "declared", "handler", "handler_for"]

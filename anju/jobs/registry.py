"""Which function does which kind of work; each app declares its own in its ``work.py``."""

from collections.abc import Callable, Mapping
from typing import Any

from anju.jobs.progress import Progress

Handler = Callable[..., dict[str, Any]]
_HANDLERS: dict[str, Handler] = {}
_LEFT: dict[str, Callable[..., None]] = {}


def handler(kind: str, *, left: Callable[..., None] | None = None) -> Callable[[Handler], Handler]:
    """Declares the function that does ``kind``: called with ``progress`` and the job's arguments, returns its result.

    It may be called again after a killed worker and must then go on from what the database holds. ``left`` is told, with the same arguments,
    of work that ended undone: called off before it began, no longer anybody's right, failed.
    """

    def declare(function: Handler) -> Handler:
        if kind in _HANDLERS and _HANDLERS[kind] is not function:
            raise ValueError(f"two handlers for {kind}")
        _HANDLERS[kind] = function
        if left is not None:
            _LEFT[kind] = left
        return function

    return declare


def handler_for(kind: str) -> Handler:
    """The declared function; KeyError where nobody declared one."""
    return _HANDLERS[kind]


def leave(kind: str, arguments: Mapping[str, Any]) -> None:
    """Tells whose work it was that it ended undone."""
    if kind in _LEFT:
        _LEFT[kind](**arguments)


def declared() -> list[tuple[str, str]]:
    """Every kind of work with the first line of its function's meaning, in name order."""
    return [(kind, (function.__doc__ or "").strip().split("\n")[0]) for kind, function in sorted(_HANDLERS.items())]


__all__ = ["Handler", "Progress", "declared", "handler", "handler_for", "leave"]

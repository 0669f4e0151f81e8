"""What an action on lists answers when it can't be done."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anju.rosters.models import Batch


class Refused(Exception):
    """Nothing was changed; ``message`` says in Chinese what is the matter and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AlreadyReceived(Refused):
    """The very file was received before; ``batch`` is what came of it then."""

    def __init__(self, message: str, batch: "Batch") -> None:
        super().__init__(message)
        self.batch = batch

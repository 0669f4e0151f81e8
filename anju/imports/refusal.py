"""What an action on a workbook of records answers when it can't be done."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from anju.imports.models import ImportBatch


class Refused(Exception):
    """Nothing was changed; ``message`` says in Chinese what is the matter and what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class AlreadyImported(Refused):
    """The very file was read in before; ``batch`` is what came of it then."""

    def __init__(self, message: str, batch: "ImportBatch") -> None:
        super().__init__(message)
        self.batch = batch

"""A workbook back to who sent it, with what is wrong in each row: the rows of ``tabular.writing.error_workbook`` for the register of exports."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from anju.checks import Check, Finding, from_data
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.jobs.progress import Progress
from anju.tabular.recognition import Recognition
from anju.tabular.writing import Stamp
from anju.tabular.writing import error_workbook as annotated

Wrong = Iterable[tuple[str, int, Iterable[Mapping[str, Any]]]]


def writer(
    file: StoredFile, recognised: Callable[[Path], Recognition], wrong: Callable[[], Wrong], checks: Iterable[Check]
) -> Callable[[BinaryIO, Stamp, Progress], int]:
    """Writes the sender's rows among ``wrong`` (sheet, row, findings as kept) as they were sent, marked; ``recognised`` reads the file's headings again.

    ``checks`` are the rules that may speak besides those of the cells.
    """

    def written(out: BinaryIO, stamp: Stamp, progress: Progress) -> int:
        found: dict[tuple[str, int], list[Finding]] = {(sheet, row): from_data(findings) for sheet, row, findings in wrong()}
        with store.memory(file) as sent:
            rows = annotated(sent, recognised(sent), found, out, checks={check.id: check for check in checks}, stamp=stamp)
        progress.step(rows, rows)
        return rows

    return written

"""Workbooks of records read in and taken back as in an installation; for tests of whoever owns the records."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from anju.accounts.models import User
from anju.clock import today
from anju.imports import actions as imports
from anju.imports.models import ImportBatch, ImportRow
from anju.imports.tests.conftest import write

Send = Callable[..., ImportBatch]
TakeBack = Callable[[ImportBatch, User], ImportBatch]


@pytest.fixture
def send(jobs_inline: None, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]], tmp_path: Path) -> Send:
    """Reads rows in as a workbook and lets the background work happen."""

    def read_in(rows: Sequence[dict[str, object]], headings: Sequence[str], by: User, name: str = "表.xlsx", **more: Any) -> ImportBatch:
        with django_capture_on_commit_callbacks(execute=True):
            batch = imports.receive(file=write(tmp_path / name, rows, headings), name=name, by=by, area=by.area, as_of=today(), **more)
        batch.refresh_from_db()
        return batch

    return read_in


@pytest.fixture
def take_back(jobs_inline: None, django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]]) -> TakeBack:
    """Takes a whole workbook back."""

    def undo(batch: ImportBatch, by: User) -> ImportBatch:
        with django_capture_on_commit_callbacks(execute=True):
            imports.undo(batch=batch, by=by, reason="传错了表")
        batch.refresh_from_db()
        return batch

    return undo


def said(batch: ImportBatch, row: int) -> str:
    """What was found wrong in a row of the sheet."""
    return "；".join(one["message"] for one in ImportRow.objects.get(batch=batch, row=row).findings)


def faults(batch: ImportBatch) -> dict[str, int]:
    """Rule → rows."""
    found: dict[str, int] = batch.faults
    return found

"""Policy of a test's own, beside what is shipped."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from anju import policy

Set = Callable[..., None]


@pytest.fixture
def also(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Set]:
    """Writes a file into the deployment's folder, which then holds for this test."""

    def write(text: str, name: str = "21-liaoning.toml") -> None:
        (tmp_path / name).write_text(text, "utf-8")
        monkeypatch.setenv("ANJU_POLICY", str(tmp_path))
        policy.rules.cache_clear()

    yield write
    policy.rules.cache_clear()

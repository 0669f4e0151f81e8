"""A press that hangs, eats memory or dies takes nothing with it: one sentence for that order, and the next one is set."""

import dataclasses
import os
from pathlib import Path

import pytest

from anju.documents import Document, Limits, Unprintable, pdf
from anju.documents.press import press
from anju.documents.tests.echo import ECHO, Echo, pages


def _paper(tmp_path: Path, template: str) -> Document:
    path = tmp_path / "hostile.typ"
    path.write_text(template)
    return dataclasses.replace(ECHO, key="hostile", template=path)


def test_a_paper_that_takes_too_long_is_stopped(tmp_path: Path) -> None:
    endless = _paper(tmp_path, "#let sheet(it) = { let n = 0; for i in range(9000) { for k in range(9000) { n += 1 } }; [#n] }")
    with pytest.raises(Unprintable, match="用时太长"):
        pdf(endless, Echo("x"), limits=Limits(wait=2))
    assert pages(pdf(ECHO, Echo("石门村")))[0].startswith("石门村")


def test_a_paper_that_takes_too_much_memory_is_stopped(tmp_path: Path) -> None:
    greedy = _paper(tmp_path, "#let sheet(it) = { let a = (1,) * 1000; for i in range(30) { a = a + a }; [#a.len()] }")
    with pytest.raises(Unprintable) as refused:
        pdf(greedy, Echo("x"), limits=Limits(memory=1 << 30, wait=60))
    assert refused.value.reason in ("memory", "stopped")
    assert pages(pdf(ECHO, Echo("石门村")))[0].startswith("石门村")


def test_a_press_that_was_killed_is_replaced() -> None:
    limits = Limits()
    pdf(ECHO, Echo("甲"), limits=limits)
    with press(limits) as ours:
        child = ours.child
    child.kill()
    child.wait(timeout=10)
    assert pages(pdf(ECHO, Echo("乙"), limits=limits))[0].startswith("乙")


def test_a_faulty_template_says_where(tmp_path: Path) -> None:
    with pytest.raises(Unprintable, match=r"文书模板有误：.*nonesuch"):
        pdf(_paper(tmp_path, "#let sheet(it) = nonesuch"), Echo("x"))


def test_a_template_cannot_read_the_machine(tmp_path: Path) -> None:
    for reading in ('read("/etc/passwd")', 'read("../../etc/passwd")', f'read("{Path(__file__)}")'):
        with pytest.raises(Unprintable):
            pdf(_paper(tmp_path, f"#let sheet(it) = [#{reading}]"), Echo("x"))


def test_nothing_is_left_in_the_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    kept = {each: set(os.listdir(each)) for each in ("/dev/shm",)}
    pdf(ECHO, Echo("石门村"))
    assert list(tmp_path.iterdir()) == []
    assert set(os.listdir("/dev/shm")) <= kept["/dev/shm"]

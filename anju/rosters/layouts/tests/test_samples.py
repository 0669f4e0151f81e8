"""Each layout's sample workbooks: those that should pass and those that should fail (made by tests/samples/make.py)."""

import json
from collections import Counter
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from anju.rosters.layouts import ALL, BY_KEY, declarations
from anju.tabular.layout import KINDS
from anju.tabular.reading import Remarks, Unreadable, read, recognise
from anju.tabular.values import CHECKS

SAMPLES = Path(__file__).parents[4] / "tests" / "samples"
EXPECTED: dict[str, dict[str, Any]] = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
TODAY = date(2020, 6, 10)


def layout_of(file: str) -> str:
    return Path(file).parts[0]


def files(folder: str) -> list[str]:
    return sorted(str(path.relative_to(SAMPLES)) for path in SAMPLES.glob(f"*/{folder}/*"))


@pytest.mark.parametrize("file", files("should_pass"))
def test_a_good_file_is_recognised_and_every_row_can_go_on(file: str) -> None:
    expected = EXPECTED[file]
    recognition = recognise(SAMPLES / file, ALL)
    assert recognition.layout is BY_KEY[layout_of(file)]
    assert recognition.header_rows[1] == expected["heading_row"]
    assert len(recognition.sheets) == expected.get("sheets", 1)
    assert recognition.unmatched == ()
    rows = list(read(SAMPLES / file, recognition, today=TODAY))
    assert [row.findings for row in rows if row.blocked] == []
    assert len(rows) == expected["rows"]
    told = Counter(found.check for row in rows for found in row.findings if found.level != "note")
    assert told == Counter()
    notes = Counter(found.check for row in rows for found in row.findings)
    for check, count in expected.get("notes", {}).items():
        assert notes[check] == count
    if "filled" in expected:
        assert all(row.values.get(expected["filled"]) for row in rows)
    if "support_amount" in expected:
        assert rows[0].values["support_amount"] == Decimal(expected["support_amount"])
    if "relation" in expected:
        assert {row.values["relation"] for row in rows} == {expected["relation"]}


@pytest.mark.parametrize("file", files("should_fail"))
def test_a_bad_file_is_refused_or_its_bad_rows_are_kept_with_their_reasons(file: str) -> None:
    expected = EXPECTED[file]
    if "code" in expected:
        with pytest.raises(Unreadable) as refused:
            recognise(SAMPLES / file, ALL)
        assert refused.value.code == expected["code"]
        return
    recognition = recognise(SAMPLES / file, ALL)
    assert recognition.layout is BY_KEY[layout_of(file)]
    rows = list(read(SAMPLES / file, recognition, today=TODAY))
    assert len(rows) == expected["rows"]
    told = Counter(found.check for row in rows for found in row.findings if found.level != "note")
    assert told == Counter(expected["checks"])
    assert any(row.blocked for row in rows)


def test_every_sample_is_expected_and_every_expected_sample_exists() -> None:
    assert sorted(EXPECTED) == sorted(files("should_pass") + files("should_fail"))


def test_every_layout_has_files_that_pass_and_files_that_fail() -> None:
    for layout in ALL:
        assert list((SAMPLES / layout.key / "should_pass").iterdir())
        assert list((SAMPLES / layout.key / "should_fail").iterdir())


def test_sum_rows_notes_and_repeated_headings_are_remarked_not_read() -> None:
    path = SAMPLES / "village-roll/should_pass/成员行户号留空_中间重复表头.xlsx"
    remarks = Remarks()
    list(read(path, recognise(path, ALL), remarks=remarks))
    assert [skipped.reason for skipped in remarks.skipped] == ["标题或说明行", "重复的表头", "合计或说明行"]


def test_no_two_rules_have_one_id() -> None:
    own = {check.id: check for layout in ALL for rule in layout.rules for check in rule.checks}
    general = {check.id for check in CHECKS}
    assert not set(own) & general
    assert len(general) == len(CHECKS)
    assert {check.level for check in (*CHECKS, *own.values())} <= {"block", "warn", "note"}


def test_declarations_are_plain_data_and_their_kinds_are_known() -> None:
    assert json.loads(json.dumps(declarations(), ensure_ascii=False))
    for layout in ALL:
        keys = [column.key for column in layout.columns]
        assert len(keys) == len(set(keys))
        assert {column.kind for column in layout.columns} <= set(KINDS)
        for need in layout.needs:
            assert set(need) <= set(keys)
        titles = [column.title for column in layout.columns]
        assert len(titles) == len(set(titles))
        for column in layout.columns:
            assert layout.by_form[next(iter(column.forms))][0] == column.key

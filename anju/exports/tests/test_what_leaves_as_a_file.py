"""Every kind of export: registered before it is made, marked, nothing in it a formula, numbers as text and masked unless asked for."""

import io
import re
import zipfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from anju.accounts.models import User
from anju.appraisals.actions import appraising, hazards, rechecking, rounds, screening, stock
from anju.evidence import store
from anju.exports.actions.asking import ask
from anju.exports.kinds import Numbers, declared
from anju.exports.models import Export
from anju.exports.refusal import Refused
from anju.exports.tests.conftest import EVIL
from anju.guarantees import actions as guarantees
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Enrolment
from anju.rosters.actions import letters
from anju.rosters.models import Batch, Letter
from anju.rosters.tests import county
from anju.verification import actions as verification
from anju.vocabulary import idnumber

Done = Callable[[], AbstractContextManager[Any]]
_MAY = county.TODAY.replace(month=5, day=6)
TYPED = {
    **dict.fromkeys(("guarantees.danger", "guarantees.lived_in", "guarantees.stock", "households.list", "monitoring.newly"), EVIL),
    "guarantees.list": "=提供人()", "hazards.ledger": "+后墙裂", "appraisals.ledger": "-理由", "rounds.households": "@屋面漏",
    "verification.households": "=未保障()", "problems.ledger": "=未保障()", "appraisals.rechecks": "=再看一遍()", "appraisals.recheck_lots": "=随机数()",
}  # fmt: skip
"""By kind of export what somebody has typed that stands in it: a head's name, a provider, what was seen, why."""
_NUMBER = re.compile(r"\d{17}[\dX]")
_EXAMPLE = "210922198503021237"
"""The made-up number in the instructions of every workbook that is filled in and sent back."""


@pytest.fixture
def letter(allowance: Batch, clerk: User) -> Letter:
    """A letter about the list's damaged numbers."""
    return letters.write_letter(batch=allowance, kinds=["id_repaired", "listed_twice"], by=clerk)


_GOOD = {"site": "safe", "storeys": 1, "structure": "brick_timber"}
_COMPONENTS = ("foundation", "bearing_wall", "timber_column_beam", "timber_truss", "roof", "enclosure_wall")


@pytest.fixture
def safety(register: None, clerk: User, colleague: User) -> dict[str, int]:
    """Two households newly recognised, each in a D house: one lives with relatives since, one lives there still; looked at twice, in danger,
    concluded, in a stock. What can be typed about them looks like a formula."""
    month: dict[str, Any] = {"starts_on": _MAY, "by": clerk, "area": county.COUNTY}
    round_ = rounds.open_round(kind="revisit", name="=回头看", ends_on=county.TODAY, **month)
    campaign = verification.open_campaign(name="=核验", due=county.TODAY, **month)
    rows = [
        Enrolment(at, f"e:{at}", EVIL, "210922109201", f"e{at}", "=1组", sex="1", relation="02", category="TK", category_from=_MAY)
        for at in (1, 2)
    ]
    registry.enrol(rows=rows, on=_MAY, by=clerk, source="e")
    away, there = Household.objects.filter(memberships__person__name=EVIL).order_by("number")
    for one in (away, there):
        registry.record_dwelling(
            household=one, kind="own", on=_MAY, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "storeys": 1}
        )
        appraising.submit(
            household=one, dwelling=Dwelling.objects.distinct().get(occupancies__household=one), form={**_GOOD, "components": dict.fromkeys(_COMPONENTS, "b")},
            by=clerk, on=_MAY, appraisers=["=鉴定人"], grade="D", why=TYPED["appraisals.ledger"], opinion="=意见", round=round_,
        )  # fmt: skip
        screening.screen(round=round_, household=one, result="suspect", by=clerk, note=TYPED["rounds.households"])
        hazards.report(household=one, way="cadre", cause="wind_snow", description=TYPED["hazards.ledger"], reporter="=报告人", by=clerk)
    drawn = rechecking.draw(
        appraiser=clerk, area=county.COUNTY, since=_MAY, until=_MAY, by=colleague, share=Decimal(1), seed=TYPED["appraisals.recheck_lots"]
    )
    for item in drawn.items.all():
        rechecking.settle(item=item, by=colleague, same=True, note=TYPED["appraisals.rechecks"])
    guarantees.record(
        household=away, route="relatives", since=county.TODAY, until=county.TODAY, by=clerk, provider=TYPED["guarantees.list"], relation="-父子",
        place="=小官村", document="=同意书", safe_because="=鉴定", note="=备注",
    )  # fmt: skip
    why = TYPED["verification.households"]
    verification.conclude(
        household=there, category="unguaranteed", by=clerk, verifiers=["=核验人"], campaign=campaign, informant="=受访人", why=why
    )
    made = stock.make(area=county.COUNTY, by=clerk, as_of=county.TODAY)
    return {"round": round_.pk, "campaign": campaign.pk, "stock": made.pk}


def asked(kind: str, batch: Batch, letter: Letter) -> dict[str, Any]:
    """Filters that find something of the kind."""
    return {"batch": batch.pk, "letter": letter.pk, "disposition": "all", "what": "left" if kind == "rosters.versions" else ""}


def made(export: Export) -> bytes:
    export.refresh_from_db()
    assert export.state == "ready", (export.state, export.job and export.job.message)
    assert export.file is not None
    with store.open(export.file) as kept:
        return kept.read()


def cells(content: bytes) -> list[Any]:
    book = openpyxl.load_workbook(io.BytesIO(content))
    return [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]


# Needs two lists laid side by side, hands a kept file out, or is for who audits: tried by themselves below and with the trail. Of workbooks of
# records and of national systems: with imports and entries, where there are such.
_APART = {"rosters.pairs", "rosters.original", "rosters.letter", "trail.entries"}
_APART |= {"imports.error_workbook", "imports.original", "entries.archive", "entries.poverty", "entries.safety"}
_APART |= {"verification.sheets"}  # papers, not a workbook
_APART |= {one.code for one in declared() if one.code.startswith("cases.")}  # with the cases, which rest on a locked list


def test_no_cell_is_a_formula_numbers_are_text_and_the_file_names_its_entry(
    allowance: Batch, letter: Letter, safety: dict[str, int], clerk: User, done: Done
) -> None:
    bare, untyped = [], []
    for kind in (one.code for one in declared() if one.code not in _APART):
        with done():
            export = ask(kind=kind, filters=asked(kind, allowance, letter) | safety, by=clerk, reason="daily")
        look_through(export)
        if not export.rows:
            bare.append(kind)
        if kind in TYPED and TYPED[kind] not in [cell.value for cell in cells(made(export))]:
            untyped.append(kind)
    assert (bare, untyped) == ([], []), "looked through without rows, or without what was typed"


def look_through(export: Export) -> None:
    """Every part and every cell of the workbook."""
    content = made(export)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            assert b"<f>" not in archive.read(name)
        core = archive.read("docProps/core.xml").decode()
        assert export.mark in core
        assert export.number in archive.read("docProps/custom.xml").decode()
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        assert export.mark in sheet
        assert export.number in sheet
    found = cells(content)
    for cell in found:
        assert cell.data_type != "f"
        if isinstance(cell.value, int | float):
            assert abs(cell.value) < 10**9, f"{export.kind}: {cell.coordinate} holds a long number as a figure"
        elif isinstance(cell.value, str) and cell.value.startswith(("=", "+", "-", "@", "\t", "\r")):
            assert cell.quotePrefix
            assert cell.data_type == "s"
    text = "\n".join(str(cell.value) for cell in found)
    assert export.number in text
    assert "周敏" in text
    if not export.full:
        assert not [one for one in _NUMBER.findall(text) if idnumber.fault(one) is None and one != _EXAMPLE], (
            "a whole number in a masked file"
        )


def test_a_name_that_looks_like_a_formula_stays_a_name(listed: Batch, clerk: User, done: Done) -> None:
    with done():
        export = ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk, reason="daily")
    assert [cell for cell in cells(made(export)) if cell.value == EVIL and cell.quotePrefix and cell.data_type == "s"]


def test_full_numbers_need_the_power_a_note_and_are_text(listed: Batch, clerk: User, township: User, done: Done) -> None:
    with pytest.raises(Refused, match="给谁、做什么用"):
        ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk, reason="inspection", full=True)
    with pytest.raises(Refused, match="只能导出脱敏"):
        ask(kind="rosters.rows", filters={"batch": listed.pk}, by=township, reason="daily", note="给自己看", full=True)
    with done():
        export = ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk, reason="inspection", note="县审计局抽查", full=True)
        part = ask(kind="rosters.rows", filters={"batch": listed.pk}, by=township, reason="daily")
    whole = [cell for cell in cells(made(export)) if cell.value == county.BAO.id_number]
    assert whole
    assert all(cell.data_type == "s" and cell.number_format == "@" for cell in whole)
    assert (export.full, export.area, part.area) == (True, county.COUNTY, "210922109")
    assert "含完整号码" in str(cells(made(export))[1].value)
    assert "包玉霞" not in "".join(str(cell.value) for cell in cells(made(part)))  # lives in the other township


def test_what_is_registered_says_who_what_where_and_why_but_nothing_personal(listed: Batch, clerk: User, done: Done) -> None:
    with done():
        export = ask(
            kind="rosters.rows",
            filters={"batch": listed.pk, "reading": "faulty", "q": county.BAO.id_number},
            by=clerk,
            reason="department",
            note="发民政核对",
        )
    export.refresh_from_db()
    assert export.filters == {"batch": str(listed.pk), "reading": "faulty"}
    assert (export.office, export.rows, export.reason, export.note) == ("彰武县住建局", 1, "department", "发民政核对")
    assert "证件号" in export.columns
    assert export.job is not None
    assert export.job.result["export"] == export.pk


def test_no_reason_no_file(listed: Batch, clerk: User, sender: User) -> None:
    with pytest.raises(Refused, match="用途"):
        ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk)
    with pytest.raises(Refused, match="说明"):
        ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk, reason="other")
    with pytest.raises(Refused, match="不能导出"):
        ask(kind="rosters.rows", filters={"batch": listed.pk}, by=sender, reason="daily")
    assert not Export.objects.exists()


@pytest.mark.parametrize("kind", ["rosters.rows", "rosters.error_workbook", "rosters.original"])
def test_another_areas_list_is_not_there(kind: str, listed: Batch, stranger: User) -> None:
    with pytest.raises(Refused, match="不在您的辖区"):
        ask(kind=kind, filters={"batch": listed.pk}, by=stranger, reason="daily")
    assert not Export.objects.exists()


def test_the_senders_file_comes_back_marked_row_by_row_and_as_it_was_sent(allowance: Batch, clerk: User, done: Done) -> None:
    with done():
        marked = ask(kind="rosters.error_workbook", filters={"batch": allowance.pk}, by=clerk, reason="department")
    assert "校验位不成立" in "".join(str(cell.value) for cell in cells(made(marked)))
    sent = ask(kind="rosters.original", filters={"batch": allowance.pk}, by=clerk, reason="department")
    assert allowance.file is not None
    with store.open(allowance.file) as kept:
        assert made(sent) == kept.read()
    assert (sent.as_is, sent.full, sent.rows) == (True, True, allowance.rows_total)


def test_a_letters_workbook_is_registered_for_who_takes_it(letter: Letter, sender: User, at_desk: Any, cosigner: User) -> None:
    answer = at_desk(sender).post(f"/exports/ask/?letter={letter.pk}", {"kind": "rosters.letter", "why": "letter", "at_once": "1"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Cache-Control"] == "private, no-store"
    entry = Export.objects.get(kind="rosters.letter")
    assert (entry.requested_by, entry.downloads.count(), entry.full) == (sender, 1, True)
    refused = at_desk(cosigner).post(f"/exports/ask/?letter={letter.pk}", {"kind": "rosters.letter", "why": "letter", "at_once": "1"})
    assert refused.status_code == 302
    content = b"".join(answer.streaming_content)
    assert letter.number in "".join(str(cell.value) for cell in cells(content))


def test_two_lists_that_are_not_there_do_not_leave(clerk: User) -> None:
    with pytest.raises(Refused, match="不在您的辖区"):
        ask(kind="rosters.pairs", filters={"run": "0"}, by=clerk, reason="daily")


def test_every_kind_says_what_numbers_it_holds() -> None:
    assert {kind.code for kind in declared()} >= {
        *("rosters.rows", "rosters.differences", "rosters.batches", "rosters.cross", "rosters.versions", "rosters.pairs"),
        *("rosters.error_workbook", "rosters.original", "rosters.letter", "households.list", "places.counts", "exports.register"),
    }
    assert {kind.code for kind in declared() if kind.numbers is Numbers.WHOLE} == {
        "rosters.error_workbook",
        "rosters.original",
        "rosters.letter",
        "imports.error_workbook",
        "imports.original",
    }

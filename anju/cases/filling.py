"""What cases know for the national systems' workbooks: the latest renovation of a household, whether it ran here, was read in, or stands in the housing ledger."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Exists, OuterRef, Q

from anju.cases.models import Case, CaseHistory
from anju.cases.workflow import DONE, WITHOUT_WORKS
from anju.entries.fields import Asked, Filled, fills
from anju.entries.models import SystemEntry
from anju.entries.systems import due
from anju.registry.models import DwellingState, PastSupport
from anju.vocabulary.method import METHODS, MODES

_YES = {True: "是", False: "否"}


def _counting() -> Q:
    """Cases that were approved and haven't ended otherwise."""
    return Q(year__isnull=False) & ~Q(stage__in=WITHOUT_WORKS)


@due(SystemEntry.System.ARCHIVE)
def approved() -> Q:
    """Households whose renovation was approved: each has its file."""
    return Q(Exists(Case.objects.filter(_counting(), household=OuterRef("pk"))))


@fills(
    *("plan_year", "cause", "method", "build_mode", "new_structure", "new_area", "approved_on", "started_on", "finished_on", "accepted_on", "acceptance"),
    *("builder", "total_cost", "central_fund", "province_fund", "city_fund", "county_fund", "subsidy", "self_fund", "loan", "other_fund", "paid_on"),
    "had_support",
)  # fmt: skip
def renovated(households: Sequence[int], asked: Asked) -> Filled:
    """The latest renovation; of one year the case says more than the ledger, which counts as the same."""
    cases = Case.objects.filter(_counting(), household__in=households).select_related("history").order_by("year", "id")
    ledger = PastSupport.objects.filter(household__in=households, superseded_at__isnull=True).order_by("year", "id")
    latest = {one.household_id: one for one in cases}
    done = set(Case.objects.filter(household__in=households, stage__in=DONE).values_list("household", flat=True))
    told: dict[int, PastSupport] = {one.household_id: one for one in ledger if one.household_id is not None}
    found: dict[int, dict[str, object]] = {}
    for key in households:
        case, entry = latest.get(key), told.get(key)
        found[key] = {"had_support": _YES[key in done or entry is not None]}
        if case is not None and (entry is None or (case.year or 0) >= entry.year):
            found[key] |= _line(case, entry if entry is not None and entry.year == case.year else None)
        elif entry is not None:
            found[key] |= {"plan_year": entry.year, "method": entry.kind, "subsidy": _yuan(entry.amount)}
    return found


def _line(case: Case, entry: PastSupport | None) -> dict[str, Any]:
    known: CaseHistory | None = getattr(case, "history", None)
    subsidy = case.subsidy if case.subsidy is not None or entry is None else entry.amount
    said: dict[str, Any] = {
        "plan_year": case.year, "cause": {"C": "C级", "D": "D级", "none": "无房"}.get(case.grade, ""), "method": METHODS[case.method].name,
        "build_mode": MODES[case.build_mode].name if case.build_mode else "", "approved_on": case.approved_on, "started_on": case.started_on,
        "finished_on": case.completed_on, "subsidy": _yuan(subsidy), "new_area": case.main_area,
    }  # fmt: skip
    if known is not None:
        said |= {
            "new_structure": str(dict(DwellingState.Structure.choices).get(known.structure, "")), "new_area": known.area_after, "accepted_on": known.accepted_on,
            "acceptance": "合格" if known.accepted_on else "", "builder": known.builder, "paid_on": known.paid_on, "total_cost": _yuan(known.total_cost),
            "central_fund": _yuan(known.central), "province_fund": _yuan(known.province), "city_fund": _yuan(known.city), "county_fund": _yuan(known.county),
            "self_fund": _yuan(known.self_raised), "loan": _yuan(known.loan), "other_fund": _yuan(known.other),
        }  # fmt: skip
    return {name: value for name, value in said.items() if value is not None}


def _yuan(fen: int | None) -> Decimal | str:
    return "" if fen is None else Decimal(fen) / 100

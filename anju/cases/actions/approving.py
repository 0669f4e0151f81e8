"""县联审 and 审批: each of the four departments looks, then the county approves into the year's plan; the amount is fixed by the rules of that day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju.accounts import permitting
from anju.accounts.models import User
from anju.cases import rules, standards
from anju.cases.actions.stepping import Own, Step, advance_many
from anju.cases.looking import Look
from anju.cases.models import AnnualPlan, Case
from anju.cases.workflow import CHECKING
from anju.policy.rules import upwards
from anju.refusing import Refused
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

_NOWHERE = Captured()


def check_many(
    *,
    cases: Sequence[int],
    by: User,
    on: date | None = None,
    note: str = "",
    notes: Mapping[int, str] | None = None,
    captured: Captured = _NOWHERE,
) -> dict[int, Refused]:
    """部门联审: the department of whoever asks has nothing against these cases. Each of the four does so for itself. ``notes``: what it says of single
    cases (their keys) in place of ``note``."""
    office = by.organisation.kind
    if f"checked_{office}" not in CHECKING:
        raise Refused(rules.JOINT, _("您的单位不在联审的四个部门里"))
    own = {case: Own(details={"note": words.strip()[:200]}) for case, words in (notes or {}).items() if words.strip()}
    step = Step(code=f"check_{office}", on=on, details={"note": note.strip()[:200]}, own=own, captured=captured)
    return advance_many(cases=cases, step=step, by=by)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What is approved of one case (its key): how it is to be renovated and how large. ``amount`` in fen where the standard leaves it to the county,
    with ``basis``, the document, where no standard is set; ``extras`` are the keys of what is added by the standard for a household in special need."""

    case: int
    method: str
    main_area: Decimal | None = None
    auxiliary_area: Decimal | None = None
    amount: int | None = None
    basis: str = ""
    extras: Sequence[str] = ()
    source: str = ""


def approve(*, case: Case, by: User, on: date | None = None, captured: Captured = _NOWHERE, **said: Any) -> None:
    """As ``approve_many``, one case; ``said`` are the fields of ``Approval``. Raises ``Refused``."""
    refused = approve_many(approvals=[Approval(case=case.pk, **said)], by=by, on=on, captured=captured)
    if refused:
        raise refused[case.pk]


def approve_many(*, approvals: Sequence[Approval], by: User, on: date | None = None, captured: Captured = _NOWHERE) -> dict[int, Refused]:
    """批准并列入计划: method, area and amount by the rules of that day are fixed here. Those refused stay: key → why."""
    asked = {one.case: one for one in approvals}
    day = permitting.day_of(on, rules.DAY)
    plans = {plan.area: plan for plan in AnnualPlan.objects.filter(year=day.year)}

    def said(case: Case, known: Look) -> dict[str, Any]:
        one = asked[case.pk]
        plan = next((plans[stem] for stem in upwards(case.area) if stem in plans), None)
        made: dict[str, Any] = {"plan": plan.pk if plan else None, "method": one.method}
        made |= {name: str(value) for name in ("main_area", "auxiliary_area") if (value := getattr(one, name)) is not None}
        wanted = {
            "group": case.group,
            "grade": case.grade,
            "method": one.method,
            "size": case.size,
            "main_area": one.main_area,
            "extras": one.extras,
        }
        if one.extras:
            made["extras"] = list(one.extras)
        return made | standards.subsidy_said(case.area, known.on, asked=wanted, amount=one.amount, basis=one.basis)

    own = {one.case: Own(source=one.source) for one in approvals if one.source}
    return advance_many(cases=list(asked), step=Step(code="approve", on=on, details=said, own=own, captured=captured), by=by)


OFFICES = tuple((office, _name) for office, _name in OFFICE_NAMES.items() if office is not Office.VILLAGE)
"""The four departments of the joint check with their names."""

"""What the programme's numbers say of a case: which methods a grade allows, how large, how much. Asked of ``anju.policy``, said in the office's words."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju import policy
from anju.cases.models import Case
from anju.policy import area as areas
from anju.policy import keys
from anju.policy.schedule import deadlines
from anju.policy.subsidy import NoSubsidyRule, Subsidy, subsidy
from anju.policy.subsidy import extras as additions
from anju.policy.values.programme import FILED_WITH
from anju.vocabulary.method import METHODS, MILESTONES
from anju.vocabulary.money import yuan

_MOST = 100_000_000
"""No household is paid more than a million yuan: an amount beyond is a slip of the pen."""
LARGEST = 9_999
"""Square metres of a house: more is a slip of the pen."""
PUBLIC_EMPLOYEE, ANOTHER_HOUSE = "public_employee", "another_safe_house"
"""Facts that policy may exclude a household for, as ``anju.policy`` names them."""


def excluded(area: str, on: date, fact: str) -> bool | None:
    """Whether a household of which the fact holds gets nothing there and then; False where it has to be explained, None where nobody asks."""
    rule = policy.find(keys.EXCLUSIONS, area, on)
    if rule is None or fact not in (*rule.value.block, *rule.value.explain):
        return None
    return fact in rule.value.block


def filed_with(area: str, on: date) -> str:
    """The office with which agreements are filed there and then, in words; "" where they aren't."""
    rule = policy.find(keys.AGREEMENT, area, on)
    return _(FILED_WITH[rule.value.filed_with]) if rule is not None and rule.value.filed_with else ""


def method_refused(area: str, on: date, *, grade: str, method: str) -> str | None:
    """Why the method doesn't go with the grade there and then; None where it does."""
    rule = policy.find(keys.METHODS, area, on)
    fitting = rule.value.of(grade) if rule is not None else ()
    if rule is None or method in fitting:
        return None
    named = _("、").join(_(METHODS[code].name) for code in fitting)
    what = _("无房户") if grade == "none" else _("%s 级") % grade
    return _("%(what)s的改造方式应是：%(ways)s（%(source)s）") % {"what": what, "ways": named, "source": rule.source}


def milestone_refused(area: str, on: date, *, name: str, since: date, repaired: bool) -> str | None:
    """Why a milestone (its code) can't be reached on a day, the one before it having been reached on ``since``; None where it can."""
    rule = policy.find(keys.MILESTONE_DAYS, area, on)
    least = rule.value.of(name, repaired=repaired) if rule is not None else 1
    if (on - since).days >= least:
        return None
    return _("上一个节点是 %(since)s，到“%(name)s”至少隔 %(least)d 天，%(earliest)s 起才能登记；请核对日期（%(source)s）") % {
        "since": since, "name": _(MILESTONES[name]), "least": least, "earliest": since + timedelta(days=least), "source": rule.source if rule is not None else "",
    }  # fmt: skip


def area_refused(
    area: str, on: date, *, method: str, size: int, main: Decimal | None, auxiliary: Decimal | None = None, lower_limit: bool = False
) -> str | None:
    """Why the areas aren't what the rule allows; None where they are, or the method keeps the house it has."""
    if method not in METHODS or not METHODS[method].new:
        return None
    if main is None:
        return None  # asked for by the rule of the amount, which nobody lifts
    try:
        found = areas.judged(area, on, method=method, size=size, main=main, auxiliary=auxiliary or Decimal(0), lower_limit=lower_limit)
    except ValueError as unmeasurable:
        return str(unmeasurable)
    wrong = [one for one in found if one.result != "ok"]
    return _("；").join(f"{one.words}（{one.source}）" for one in wrong) if wrong else None


def measured(value: Decimal) -> bool:
    """Whether this is the area of a house as a case keeps it: not below nothing, two decimals at most, no slip of the pen."""
    try:
        return areas.square_metres(value) <= LARGEST
    except ValueError:
        return False


def subsidy_said(area: str, on: date, *, asked: Mapping[str, Any], amount: int | None, basis: str) -> dict[str, Any]:
    """The amount in fen and how it came about, as a step keeps them; ``no_subsidy`` with why where it can't be fixed.

    ``asked``: group, grade, method, size, main area and what is added, as ``anju.policy.subsidy`` takes them. A standard that is a ceiling leaves the amount to the
    county, up to it; where no standard is set the county says amount and document.
    """
    try:
        found = subsidy(area, on, **asked)
    except ValueError as needed:  # an area, or which of its grades a place means
        return {"no_subsidy": str(needed)}
    except NoSubsidyRule:
        if amount is None or not 0 < amount <= _MOST or not basis.strip():
            return {"no_subsidy": _("这里这一天没有适用的补助标准；请写明金额和依据的文件")}
        return {"subsidy": amount, "subsidy_said": basis.strip()[:500]}
    return _by_standard(found, amount)


def extras(case: Case, on: date) -> list[tuple[str, str]]:
    """What may be added to the subsidy of this household there and then (兜底、基本没有劳动能力 …): key and words."""
    found = additions(case.area, on, group=case.group, grade=case.grade, size=case.size)
    return [(one.key, f"{one.said()}（{one.scope.source}）") for one in found]


def _by_standard(found: Subsidy, amount: int | None) -> dict[str, Any]:
    if not found.ceiling:
        if amount is not None and amount != found.amount:
            return {"no_subsidy": _("按标准应为 %(right)s，填的是 %(given)s") % {"right": yuan(found.amount), "given": yuan(amount)}}
        return {"subsidy": found.amount, "subsidy_said": _told(found)}
    if amount is None:
        return {"no_subsidy": _("标准是上限 %(most)s，请写明批准的金额") % {"most": yuan(found.amount)}}
    least = found.least or 0
    if not least <= amount <= found.amount:
        return {
            "no_subsidy": _("金额 %(given)s 不在标准的 %(least)s 至 %(most)s 以内")
            % {"given": yuan(amount), "least": yuan(least), "most": yuan(found.amount)}
        }
    return {"subsidy": amount, "subsidy_said": _told(found)}


def _told(found: Subsidy) -> str:
    return "；".join((*found.steps, *found.sources))[:500]


def tried(area: str, on: date, *, asked: Mapping[str, Any]) -> tuple[str, str]:
    """What the standard of the day gives for a case as it would be approved: (the amount or what is missing, how it comes about)."""
    try:
        found = subsidy(area, on, **asked)
    except ValueError as needed:
        return str(needed), ""
    except NoSubsidyRule:
        return _("没有补助标准，请写金额和依据"), _("这里这一天没有适用的补助标准；请写明金额和依据的文件")
    if not found.ceiling:
        return yuan(found.amount), _told(found)
    if found.least:
        return _("%(least)s 至 %(most)s，请写金额") % {"least": yuan(found.least), "most": yuan(found.amount)}, _told(found)
    return _("不超过 %s，请写金额") % yuan(found.amount), _told(found)


def debt_said(area: str, on: date, *, own: int, total: int) -> str:
    """The warning where what a household finds and owes, in fen, may make it poor there and then (S0-43); "" where it is below the line."""
    rule = policy.find(keys.DEBT_LINE, area, on)
    if rule is None or not rule.value.over(own=own, total=total):
        return ""
    return _("农户自筹和借款 %(own)s，占总费用的 %(percent)d%%，超过提醒线（%(line)s）") % {
        "own": yuan(own), "percent": own * 100 // total if total else 0, "line": rule.value.said(),
    }  # fmt: skip


def finish_due(area: str, on: date, *, plan_due: date | None) -> date | None:
    """By when works end there: the day of the year's plan, or an earlier one that the programme sets; None where nobody set one."""
    days = [one.day for one in deadlines(area, on) if one.step == "completion"]
    return min([*days, *([plan_due] if plan_due is not None else [])], default=None)

"""What the programme's numbers say of a case: which methods a grade allows, how large, how much. Asked of ``anju.policy``, said in the office's words."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from anju import policy
from anju.policy import area as areas
from anju.policy import keys
from anju.policy.subsidy import AreaNeeded, NoSubsidyRule, Subsidy, subsidy
from anju.vocabulary.method import METHODS
from anju.vocabulary.money import yuan


def method_refused(area: str, on: date, *, grade: str, method: str) -> str | None:
    """Why the method doesn't go with the grade there and then; None where it does."""
    rule = policy.find(keys.METHODS, area, on)
    fitting = rule.value.of(grade) if rule is not None else ()
    if rule is None or method in fitting:
        return None
    named = _("、").join(_(METHODS[code].name) for code in fitting)
    what = _("无房户") if grade == "none" else _("%s 级") % grade
    return _("%(what)s的改造方式应是：%(ways)s（%(source)s）") % {"what": what, "ways": named, "source": rule.source}


def area_refused(
    area: str, on: date, *, method: str, size: int, main: Decimal | None, auxiliary: Decimal | None = None, lower_limit: bool = False
) -> str | None:
    """Why the areas aren't what the rule allows; None where they are, or the method keeps the house it has."""
    if method not in METHODS or not METHODS[method].new:
        return None
    if main is None:
        return _("请写明批准的主房面积")
    found = areas.judged(area, on, method=method, size=size, main=main, auxiliary=auxiliary or Decimal(0), lower_limit=lower_limit)
    wrong = [one for one in found if one.result != "ok"]
    return _("；").join(f"{one.words}（{one.source}）" for one in wrong) if wrong else None


def subsidy_said(area: str, on: date, *, asked: Mapping[str, Any], amount: int | None, basis: str) -> dict[str, Any]:
    """The amount in fen and how it came about, as a step keeps them; ``no_subsidy`` with why where it can't be fixed.

    ``asked``: group, grade, method, size and main area, as ``anju.policy.subsidy`` takes them. A standard that is a ceiling leaves the amount to the
    county, up to it; where no standard is set the county says amount and document.
    """
    try:
        found = subsidy(area, on, **asked)
    except AreaNeeded as needed:
        return {"no_subsidy": str(needed)}
    except NoSubsidyRule:
        if amount is None or not basis.strip():
            return {"no_subsidy": _("这里这一天没有适用的补助标准；请写明金额和依据的文件")}
        return {"subsidy": amount, "subsidy_said": basis.strip()[:500]}
    return _by_standard(found, amount)


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
    return "；".join((*found.steps, found.source))[:500]


def tried(area: str, on: date, *, asked: Mapping[str, Any]) -> tuple[str, str]:
    """What the standard of the day gives for a case as it would be approved: (the amount or what is missing, how it comes about)."""
    try:
        found = subsidy(area, on, **asked)
    except AreaNeeded:
        return _("按面积补助，请写主房面积"), ""
    except NoSubsidyRule:
        return _("没有补助标准，请写金额和依据"), _("这里这一天没有适用的补助标准；请写明金额和依据的文件")
    if not found.ceiling:
        return yuan(found.amount), _told(found)
    if found.least:
        return _("%(least)s 至 %(most)s，请写金额") % {"least": yuan(found.least), "most": yuan(found.amount)}, _told(found)
    return _("不超过 %s，请写金额") % yuan(found.amount), _told(found)

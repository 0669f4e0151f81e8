"""What several of the pages share: the case inside the user's area, how a case is said in a table, the tabs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.asking import user_of
from anju.accounts.scope import scope
from anju.cases import queries
from anju.cases.models import Case
from anju.cases.workflow import DONE, WORKFLOW
from anju.divisions import queries as divisions
from anju.registry.models import Category, Household
from anju.vocabulary.keygroup import EARLIER_GROUPS
from anju.vocabulary.method import METHODS, MODES

LIMIT = 40


def case_of(request: HttpRequest, number: str) -> Case:
    """The case of that number inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Case.objects.select_related("household", "appraisal", "no_house", "again_of", "plan"))
    return get_object_or_404(found, number=number)


def household_of(request: HttpRequest, number: str) -> Household:
    """The household of that number inside the user's area; 404 elsewhere."""
    return get_object_or_404(scope(user_of(request), Household.objects.all()), number=number)


def where_of(area: str) -> str:
    """The full name of a place."""
    return divisions.full_names([area]).get(area, area)


def stage_said(code: str) -> str:
    """What the office calls a stage."""
    return _(WORKFLOW.stage(code).title)


def tone(code: str) -> str:
    """How a stage looks: ended well, ended otherwise, on a side road, in the works, before them."""
    stage = WORKFLOW.stage(code)
    if code in ("returned", "failed"):
        return "late"
    if stage.side:
        return "hold"
    if stage.ends:
        return "ok" if stage.phase else "idle"
    return "doing" if code in ("started", "foundation", "structure") else "soon" if code in queries.POSTING else "doing"


def method_said(code: str) -> str:
    """What the office calls a way of renovation."""
    return _(METHODS[code].name) if code in METHODS else ""


def mode_said(code: str) -> str:
    """What the office calls a build mode."""
    return _(MODES[code].name) if code in MODES else ""


def letter(grade: str) -> str:
    """The letter of a grade; "" for a household that has no house."""
    return "" if grade == "none" else grade


def shorts() -> dict[str, str]:
    """Every list's short name by its code."""
    return {code: _(short) for code, short in (*Category.objects.values_list("code", "short"), *EARLIER_GROUPS.items())}


def known_by_year(ended: date, said: Mapping[str, Any]) -> bool:
    """Whether a case of earlier years is known to have ended in a year only, of which its day is the last."""
    return (ended.month, ended.day) == (12, 31) and not said.get("completed_on")


def lines(rows: Sequence[Case], today: date) -> list[dict[str, Any]]:
    """Rows of a table of cases: who, where, how, how far, for how long."""
    heads, where, groups = queries.names(rows), places(one.area for one in rows), shorts()
    return [
        {
            "case": one,
            "head": heads.get(one.head_id, ""),
            "place": where.get(one.area, one.area),
            "number": one.number.partition("-")[2],
            "grade": letter(one.grade),
            "method": method_said(one.method),
            "group": groups.get(one.group, one.group),
            "stage": _("%d 年改造") % one.year if one.historic and one.stage in DONE else stage_said(one.stage),
            "tone": tone(one.stage),
            "in_year": one.since.year
            if one.historic and one.stage in DONE and known_by_year(one.since, {"completed_on": one.completed_on})
            else None,
            "days": (today - one.since).days if one.ended_on is None else None,
            "late": one.stage in queries.STUCK_AFTER and (today - one.since).days > queries.STUCK_AFTER[one.stage],
        }
        for one in rows
    ]


def places(areas: Iterable[str]) -> dict[str, str]:
    """Area → township and village as a table says them."""
    return divisions.below_county(areas)


def tabs(here: str) -> list[dict[str, Any]]:
    """The list, the places, the plans, the archives, the years and the drawings beside each other."""
    named = (
        *(("list", _("逐户")), ("areas", _("各地进度")), ("qualified", _("应改尽改")), ("plans", _("年度计划")), ("quotas", _("指标申请")), ("archives", _("档案"))),
        *(("years", _("历年改造")), ("drawings", _("农房图集"))),
    )
    return [{"label": label, "count": None, "url": reverse(f"cases:{name}"), "on": name == here} for name, label in named]

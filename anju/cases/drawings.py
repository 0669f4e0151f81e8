"""The drawings catalogue 图集: what an area may see of it; which fit a household: those of its place that are in force and no larger than it may build."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju import policy
from anju.accounts.scope import within
from anju.cases.models import Case, Drawing
from anju.policy import keys
from anju.policy.rules import upwards
from anju.registry.models import DwellingState
from anju.vocabulary.method import METHODS


def in_force(on: date) -> Q:
    """In force on the day."""
    return Q(valid_from__lte=on) & (Q(valid_to__isnull=True) | Q(valid_to__gte=on))


def of_place(area: str) -> Q:
    """Of the place or of one that it lies in."""
    return Q(area__in=[stem for stem in upwards(area) if stem])


def seen_from(area: str) -> Q:
    """Of the area, of one that it lies in, or of one in it."""
    return of_place(area) | within(area)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for of the catalogue; "" means everything. ``size``: for a household of so many persons."""

    q: str = ""
    structure: str = ""
    size: str = ""
    former: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> "Filters":
        """The filters an address names; what can't be read is left out."""
        structure, size = asked.get("structure", ""), asked.get("size", "")
        return cls(
            q=asked.get("q", "").strip()[:30],
            structure=structure if structure in DwellingState.Structure.values else "",
            size=size if size.isdecimal() and 1 <= len(size) <= 2 and int(size) > 0 else "",
            former=asked.get("former") == "1",
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything is asked for."""
        return self != Filters()


def listed(area: str, filters: Filters, on: date) -> QuerySet[Drawing]:
    """The designs of an area, of what lies in it and above it: those that can be chosen now or later, or with ``former`` all."""
    found = Drawing.objects.filter(seen_from(area))
    if not filters.former:
        found = found.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    if filters.structure:
        found = found.filter(structure=filters.structure)
    if filters.q:
        found = found.filter(Q(code__icontains=filters.q) | Q(name__icontains=filters.q))
    if filters.size:
        rule = policy.find(keys.AREA_STANDARD, area, on)
        least, most = rule.value.limits(int(filters.size)) if rule is not None else (0, None)
        found = found.filter(main_area__gte=least)
        found = found if most is None else found.filter(main_area__lte=most)
    return found


def fitting(case: Case, on: date) -> QuerySet[Drawing]:
    """What this household may choose from on the day; none for a repair."""
    if case.method not in METHODS or not METHODS[case.method].new:
        return Drawing.objects.none()
    found = Drawing.objects.filter(of_place(case.area), in_force(on), main_area__gte=_least(case, on)).order_by("main_area", "code")
    return found if case.main_area is None else found.filter(main_area__lte=case.main_area)


def _least(case: Case, on: date) -> Decimal:
    """The least main area of a household of this size there and then, or what was approved where that is less."""
    rule = policy.find(keys.AREA_STANDARD, case.area, on)
    least = Decimal(rule.value.limits(case.size)[0]) if rule is not None else Decimal(0)
    return least if case.main_area is None else min(least, case.main_area)


def refused(drawing: Drawing, case: Case, on: date) -> str | None:
    """Why the drawing isn't for this household; None where it is."""
    said = {"name": str(drawing)}
    if not METHODS[case.method].new:
        return _("维修加固不选图集")
    if drawing.area not in upwards(case.area):
        return _("图集“%(name)s”不是本地的；请从适用的图集里选") % said
    if drawing.valid_from > on or (drawing.valid_to is not None and drawing.valid_to < on):
        return _("图集“%(name)s”在 %(on)s 不是有效的；请从适用的图集里选") % {**said, "on": on}
    if case.main_area is not None and drawing.main_area > case.main_area:
        return _("图集“%(name)s”主房 %(has)s ㎡，超过批准的 %(most)s ㎡；请选小一些的") % {
            **said, "has": f"{drawing.main_area.normalize():f}", "most": f"{case.main_area.normalize():f}",
        }  # fmt: skip
    least = _least(case, on)
    if drawing.main_area < least:
        return _("图集“%(name)s”主房 %(has)s ㎡，小于 %(size)d 人户的下限 %(least)s ㎡；请选大一些的") % {
            **said, "has": f"{drawing.main_area.normalize():f}", "size": case.size, "least": f"{least.normalize():f}",
        }  # fmt: skip
    return None

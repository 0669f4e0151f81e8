"""What a case rests on: the dangerous house of the household by its newest appraisal, or that it has none."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django.utils.translation import gettext as _

from anju.appraisals.models import HouseGrade, NoHouse
from anju.appraisals.queries.living import DANGEROUS
from anju.cases import rules
from anju.cases.looking import Look
from anju.cases.models import Case
from anju.refusing import Refused
from anju.registry.models import Household


@dataclass(frozen=True, slots=True)
class Ground:
    """The grade, C, D or ``none``, and by their keys the house, its appraisal, or the finding that there is no house."""

    grade: str
    dwelling: int | None
    appraisal: int | None
    no_house: int | None

    @classmethod
    def of(cls, case: Case) -> "Ground":
        """What a case rests on now."""
        return cls(case.grade, case.dwelling_id, case.appraisal_id, case.no_house_id)

    def said(self) -> Mapping[str, Any]:
        """As a step keeps it."""
        return asdict(self)


def ground(household: Household, known: Look) -> Ground:
    """What a case of the household would rest on by what is known; ``Refused`` where there is nothing."""
    worst, none = dangerous(household, known)
    if worst is not None:
        return Ground(worst.grade, worst.dwelling_id, worst.appraisal_id, None)
    return Ground("none", None, None, none.pk if none is not None else None)


def dangerous(household: Household, known: Look) -> tuple[HouseGrade | None, NoHouse | None]:
    """The dangerous house of the household, or that it has none; ``Refused`` where neither is known."""
    grades = known.grades.get(household.pk, ())
    worst = next((one for one in grades if one.grade in DANGEROUS), None)
    if worst is not None:
        return worst, None
    if (none := known.no_house.get(household.pk)) is not None:
        return None, none
    if grades:
        raise Refused(
            rules.GRADE,
            _("住房 %(on)s 鉴定为 %(grade)s 级，不是 C、D 级；不认可的请申请重新鉴定")
            % {"on": grades[0].valid_from, "grade": grades[0].grade},
        )
    raise Refused(rules.GRADE, _("住房还没有鉴定，也没有认定无房；请先鉴定或认定"))

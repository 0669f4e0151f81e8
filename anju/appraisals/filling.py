"""What appraisals know for the national systems' workbooks: the grade of a household's house, since when, what is damaged, whether it is dangerous."""

from collections.abc import Sequence
from typing import Any

from anju.appraisals.models import ComponentFinding, HouseGrade, NoHouse
from anju.entries.fields import Asked, Filled, fills
from anju.grading.standards import standard_by_id
from anju.registry.facts import true_on
from anju.vocabulary.grade import GRADES, LEVEL_NAMES


@fills("grade", "appraised_on", "damage", "house_dangerous")
def appraised(households: Sequence[int], asked: Asked) -> Filled:
    """The best of its houses' grades, which is the one that counts for safety; 无房 where that was determined."""
    grades: dict[int, HouseGrade] = {}
    found = HouseGrade.objects.filter(true_on(asked.on), household__in=households).select_related("appraisal").order_by("grade", "id")
    for one in found:
        grades.setdefault(one.household_id, one)
    damage = _damage([one.appraisal_id for one in grades.values()])
    filled: dict[int, dict[str, Any]] = {
        key: {
            "grade": one.grade,
            "appraised_on": one.appraisal.on,
            "damage": "；".join(damage.get(one.appraisal_id, ())),
            "house_dangerous": "否" if GRADES[one.grade].safe else "是",
        }
        for key, one in grades.items()
    }
    for household in NoHouse.objects.filter(true_on(asked.on), household__in=households).values_list("household_id", flat=True):
        filled.setdefault(household, {"grade": "无房"})
    return filled


def _damage(appraisals: Sequence[int]) -> dict[int, list[str]]:
    """Appraisal → its damaged components with their levels, in words."""
    damaged = ComponentFinding.objects.filter(appraisal__in=appraisals, level__in=["b", "c", "d"]).order_by("id")
    found: dict[int, list[str]] = {}
    for appraisal, standard, component, level in damaged.values_list("appraisal_id", "appraisal__standard", "component", "level"):
        names = {one.key: one.name for one in standard_by_id(standard).components}
        found.setdefault(appraisal, []).append(f"{names.get(component, component)} {level}（{LEVEL_NAMES[level]}）")
    return found

"""Every word an appraiser reads in a standard is handed to translation, and nothing that no standard says any more."""

from anju.grading.form import DISASTER, SITES
from anju.grading.standards import EXTENSIONS, STANDARDS, Extension, Member, Part, Standard
from anju.vocabulary.grade import GRADES, LEVEL_NAMES
from anju.web.appraisal_words import WORDS


def test_the_words_of_the_standards_are_those_translated() -> None:
    owners: list[Standard | Extension] = [*STANDARDS.values(), *EXTENSIONS.values()]
    components = [component for owner in owners for component in owner.components]
    hazards = [hazard for standard in STANDARDS.values() for hazard in standard.hazards]
    parts = [part for standard in STANDARDS.values() for part in standard.parts]
    counted: list[Part | Member] = [*parts, *(member for part in parts for member in part.members)]
    declared = {
        *(word for grade in GRADES.values() for word in (grade.name, grade.meaning, grade.treatment)),
        *LEVEL_NAMES.values(),
        *SITES.values(),
        *DISASTER.values(),
        *(owner.title for owner in owners),
        *(word for component in components for word in (component.name, *component.criteria.values())),
        *(word for component in components for point in component.points for word in (point.name, point.unit)),
        *(word for hazard in hazards for word in (hazard.name, *(measure.name for measure in hazard.measures))),
        *(word for one in counted for word in (one.name, one.unit)),
    } - {"", "%"}
    assert sorted(set(WORDS) ^ declared) == [], "anju/web/appraisal_words.py says other words than anju/grading/data"
    assert len(WORDS) == len(set(WORDS))

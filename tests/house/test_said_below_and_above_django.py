"""What is declared below Django and again in a model is the same."""

from anju.grading.structures import STRUCTURES
from anju.registry.models import DwellingState


def test_structures_of_the_standards_are_those_of_the_register() -> None:
    assert list(STRUCTURES) == list(DwellingState.Structure.values)

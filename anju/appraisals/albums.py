"""Albums for what is photographed at a household's house: what is expected of their photos follows from the house's place and policy."""

from datetime import date

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.models import Appraisal, Hazard, NoHouse, Screening
from anju.evidence import albums
from anju.evidence.expecting import Expected
from anju.evidence.expecting import of_house as expected_at_house
from anju.evidence.models import Album
from anju.registry.facts import is_open
from anju.registry.models import Dwelling, DwellingState, Household
from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Place

_NEIGHBOURS = 200


def of_house(*, household: Household, dwelling: Dwelling | None, title: str, by: User, since: date) -> Album:
    """An empty album of the household, whose photos must be taken at the house from ``since`` on; in its village where no house is known."""
    return albums.new(area=household.area, title=title, owner=household.number, expected=_expected(household, dwelling, since), by=by)


def of_papers(*, household: Household, title: str, by: User) -> Album:
    """An empty album of the household for papers, photographed wherever they lie."""
    return albums.new(area=household.area, title=title, owner=household.number, by=by)


def begun(key: str, *, household: Household, by: User) -> Album | None:
    """The album begun on a form: the household's, opened by this person, not yet part of a record."""
    found = albums.begun(key=key, owner=household.number, by=by)
    taken = found is not None and any(record.objects.filter(album=found).exists() for record in (Appraisal, Screening, Hazard, NoHouse))
    return None if taken else found


def _expected(household: Household, dwelling: Dwelling | None, since: date) -> Expected:
    return expected_at_house(
        owner=household.number,
        area=household.area,
        registered=place_of(DwellingState.objects.filter(is_open(), dwelling=dwelling).first()) if dwelling else None,
        neighbours=neighbours(household.area),
        since=since,
    )


def neighbours(area: str) -> list[Place]:
    """The places of the houses of a village, as far as they are registered."""
    houses = DwellingState.objects.filter(is_open(), within(area[:12]), lng__isnull=False, lat__isnull=False)
    return [place for state in houses[:_NEIGHBOURS] if (place := place_of(state)) is not None]


def place_of(state: DwellingState | None) -> Place | None:
    """Where a house stands; None where nobody registered it."""
    if state is None or state.lng is None or state.lat is None:
        return None
    try:
        return coordinates.read(float(state.lng), float(state.lat), state.coordinates or coordinates.System.WGS84)
    except ValueError:
        return None

"""The dated grade of a house, read off its appraisals: each holds from its day until the next one's; of one day the last recorded counts.

What is known is brought in line whatever happened (a new paper, a late one, one withdrawn): facts that no longer follow are superseded, those
that follow and aren't there are written, and every paper says what replaced it.
"""

from datetime import date, datetime

from anju.appraisals.models import Appraisal, HouseGrade
from anju.registry.models import Dwelling

State = Appraisal.State


def settle(dwelling: Dwelling, now: datetime) -> None:
    """Brings a house's grades in line with its appraisals; the house stays locked until the end of the transaction."""
    Dwelling.objects.select_for_update(no_key=True).get(pk=dwelling.pk)
    papers = list(Appraisal.objects.filter(dwelling=dwelling).exclude(state=State.WITHDRAWN).order_by("on", "id"))
    spells: dict[tuple[int, date, date | None], Appraisal] = {}
    for paper, following in zip(papers, [*papers[1:], None], strict=False):
        if following is None or following.on > paper.on:
            spells[paper.pk, paper.on, following.on if following else None] = paper
        _says(paper, following, now)
    for fact in HouseGrade.objects.filter(dwelling=dwelling, superseded_at=None):
        if spells.pop((fact.appraisal_id, fact.valid_from, fact.valid_to), None) is None:
            fact.superseded_at = now
            fact.save(update_fields=["superseded_at"])
    for (_pk, since, until), paper in spells.items():
        HouseGrade.objects.create(
            household_id=paper.household_id, dwelling=dwelling, grade=paper.grade, appraisal=paper, area=paper.area, valid_from=since,
            valid_to=until, recorded_at=now, source=paper.source,
        )  # fmt: skip


def _says(paper: Appraisal, following: Appraisal | None, now: datetime) -> None:
    state = State.SUPERSEDED if following else State.VALID
    if (paper.state, paper.superseded_by_id) != (state, following.pk if following else None):
        paper.state, paper.superseded_by, paper.state_at = state, following, now
        paper.save(update_fields=["state", "superseded_by", "state_at"])

"""What the guards look at, asked once for all the cases of one act: identity, grades, other houses, earlier support, flags, notices, waivers."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date

from django.db.models import Q

from anju.appraisals.identity import Identity, Standings, standings
from anju.appraisals.models import HouseGrade, NoHouse
from anju.appraisals.queries.living import SAFE
from anju.cases.models import Case, CaseNotice, CaseStep, CaseWaiver
from anju.cases.photographs import photographed_before
from anju.cases.standing import of_this_round
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import in_force
from anju.notices.models import Notice, Objection
from anju.registry.facts import true_on
from anju.registry.models import DatedFlag, Household, Membership, PastSupport
from anju.vocabulary import relation
from anju.vocabulary.division import Level


@dataclass(frozen=True, slots=True)
class Look:
    """What is known of the households and cases of one act, on its day."""

    on: date
    identity: Standings
    heads: dict[int, Membership] = field(default_factory=dict)
    sizes: dict[int, int] = field(default_factory=dict)
    grades: dict[int, list[HouseGrade]] = field(default_factory=dict)
    no_house: dict[int, NoHouse] = field(default_factory=dict)
    support: dict[int, list[PastSupport]] = field(default_factory=dict)
    finished: dict[int, list[Case]] = field(default_factory=dict)
    open_cases: dict[int, Case] = field(default_factory=dict)
    public_employees: dict[int, DatedFlag] = field(default_factory=dict)
    double_none: dict[int, DatedFlag] = field(default_factory=dict)
    ways: dict[int, Guarantee] = field(default_factory=dict)
    steps: dict[int, list[CaseStep]] = field(default_factory=dict)
    notices: dict[int, list[CaseNotice]] = field(default_factory=dict)
    objected: frozenset[int] = frozenset()
    waived: dict[int, frozenset[str]] = field(default_factory=dict)
    before: dict[int, date] = field(default_factory=dict)

    def confirmed(self, household: Household, on: date) -> Identity | None:
        """The household's identity as a locked list confirms it for a day."""
        return self.identity.confirmed(household, on)

    def left(self, household: Household, category: str) -> date | None:
        """Since when the household is in a category no longer; None where it still is."""
        return self.identity.left(household, category, self.on)

    def hung(self, case: Case, level: Level) -> list[Notice]:
        """The notices of a level in which the case hangs or hung since it came to its stage, but for those taken down; the last one last."""
        found = (one for one in self.notices.get(case.pk, ()) if one.level == level and one.entered == case.entered)
        return [one.notice for one in found if one.notice.withdrawn_on is None]

    def other_safe_house(self, household: int, dwelling: int | None) -> HouseGrade | None:
        """A house of the household, other than the one of the case, that is A or B."""
        return next((one for one in self.grades.get(household, ()) if one.dwelling_id != dwelling and one.grade in SAFE), None)

    def grade_of(self, household: int, dwelling: int | None) -> HouseGrade | None:
        """The grade that one of its houses has."""
        return next((one for one in self.grades.get(household, ()) if one.dwelling_id == dwelling), None)


def look(households: Iterable[int], on: date, cases: Iterable[Case] = ()) -> Look:
    """Everything the guards may ask about these households (their keys) and these cases of theirs, on a day."""
    wanted, held = set(households), {one.pk: one for one in cases}
    found = Look(on, standings(wanted))
    whose: dict[int, int] = {}
    for spell in Membership.objects.filter(true_on(on), household__in=wanted).select_related("person"):
        whose[spell.person_id] = spell.household_id
        found.sizes[spell.household_id] = found.sizes.get(spell.household_id, 0) + 1
        if spell.relation == relation.HEAD:
            found.heads[spell.household_id] = spell
    for grade in HouseGrade.objects.filter(true_on(on), household__in=wanted).select_related("appraisal").order_by("-grade", "id"):
        found.grades.setdefault(grade.household_id, []).append(grade)
    found.no_house.update({one.household_id: one for one in NoHouse.objects.filter(true_on(on), household__in=wanted)})
    of_any = Q(household__in=wanted) | Q(person__in=list(whose))
    for support in PastSupport.objects.filter(of_any, superseded_at=None).order_by("-year", "-id"):
        found.support.setdefault(support.household_id or whose[support.person_id or 0], []).append(support)
    flags = {DatedFlag.Flag.PUBLIC_EMPLOYEE.value: found.public_employees, DatedFlag.Flag.DOUBLE_NONE.value: found.double_none}
    for flag in DatedFlag.objects.filter(of_any, true_on(on), flag__in=list(flags)):
        flags[flag.flag].setdefault(flag.household_id or whose[flag.person_id or 0], flag)
    for case in Case.objects.filter(household__in=wanted).order_by("-id"):
        if case.ended_on is None:
            found.open_cases[case.household_id] = case
        elif case.stage == "closed":
            found.finished.setdefault(case.household_id, []).append(case)
    found.ways.update(
        {one.household_id: one for one in Guarantee.objects.filter(in_force(on), household__in=wanted).order_by("valid_from", "id")}
    )
    for step in CaseStep.objects.filter(case__in=held).order_by("id"):
        found.steps.setdefault(step.case_id, []).append(step)
    # What hangs in a notice is as long as its cases are many: read once a case, a thousand cases would read a million lines.
    hung = list(CaseNotice.objects.filter(case__in=held).select_related("notice").defer("notice__content").order_by("id"))
    for one in hung:
        found.notices.setdefault(one.case_id, []).append(one)
    waivers: dict[int, set[str]] = {}
    for waiver in CaseWaiver.objects.filter(case__in=held, ended_at=None):
        if waiver.at > of_this_round(found.steps[waiver.case_id])[0].at:
            waivers.setdefault(waiver.case_id, set()).add(waiver.rule)
    found.waived.update({key: frozenset(rules) for key, rules in waivers.items()})
    found.before.update(photographed_before(one.household_id for one in held.values() if one.stage == "approved"))
    open_objections = Objection.objects.filter(notice__in={one.notice_id for one in hung}, result="")
    return replace(found, objected=frozenset(open_objections.values_list("notice_id", flat=True)))

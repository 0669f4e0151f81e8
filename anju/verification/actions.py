"""Every write to verifications: one transaction each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.models import Appraisal, HouseGrade
from anju.evidence.models import Album
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import ways_of
from anju.problems.actions import open_problem
from anju.problems.models import UNFINISHED, Problem, Source
from anju.problems.models import Category as Wrong
from anju.refusing import Refused
from anju.registry.facts import true_on
from anju.registry.models import Category as RegisterCategory
from anju.registry.models import Household, Occupancy
from anju.trail.acts import recorded
from anju.verification import rules
from anju.verification.models import Campaign, Verification
from anju.vocabulary import division
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.grade import GRADES
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

_NOWHERE = Captured()
_LIVING = (Occupancy.Kind.OWN, Occupancy.Kind.LIVE, Occupancy.Kind.RENT, Occupancy.Kind.BORROW, Occupancy.Kind.TRANSITIONAL)


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the data say of a household on a day: the grades of its houses, and the way by which it is housed."""

    grades: tuple[HouseGrade, ...]
    guarantee: Guarantee | None

    @property
    def safe(self) -> HouseGrade | None:
        """An A or B house of the household."""
        return next((one for one in self.grades if GRADES[one.grade].safe), None)

    @property
    def dangerous(self) -> HouseGrade | None:
        """A C or D house of the household, the worst."""
        found = [one for one in self.grades if not GRADES[one.grade].safe]
        return max(found, key=lambda one: one.grade, default=None)

    @property
    def supported(self) -> Category | None:
        """The category that the data bear out, if any: what a page offers first."""
        if self.guarantee is not None:
            category = ROUTES[self.guarantee.route].category
            if category is Category.GUARANTEED or self.dangerous is None or self.safe is not None:
                return category
        return Category.APPRAISED if self.safe is not None and self.guarantee is None else None


def grounds(household: Household, on: date) -> Grounds:
    """What the data say on a day, as known now."""
    return grounds_of([household], on)[household.pk]


def grounds_of(households: Iterable[Household], on: date) -> dict[int, Grounds]:
    """What the data say of each of these households on a day, by their key."""
    keys = {one.pk for one in households}
    houses: dict[int, set[int]] = {key: set() for key in keys}
    lived = Occupancy.objects.filter(true_on(on), household__in=keys, kind__in=_LIVING)
    for key, dwelling in lived.values_list("household_id", "dwelling_id"):
        houses[key].add(dwelling)
    wanted = set().union(*houses.values()) if houses else set()
    grades = list(HouseGrade.objects.filter(true_on(on), dwelling__in=wanted).select_related("appraisal").order_by("grade", "id"))
    ways = ways_of(keys, on)
    return {key: Grounds(tuple(one for one in grades if one.dwelling_id in houses[key]), ways.get(key)) for key in keys}


@recorded("verification.concluded")
@transaction.atomic
def conclude(
    *,
    household: Household,
    category: str,
    by: User,
    verifiers: Sequence[str],
    on: date | None = None,
    campaign: Campaign | None = None,
    informant: str = "",
    interview: str = "",
    lives_here: bool | None = None,
    why: str = "",
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
) -> Verification:
    """核验结论: one of the three safe categories where the data bear it out, or 未保障 with ``why``. It supersedes the one before.

    ``verifiers``: names as they sign. The same ``captured.client_id`` gives the same conclusion. Raises ``Refused`` with what the data say.
    """
    permitting.allow(by, Power.VERIFY, household.area, rules.ROLE)
    day = permitting.day_of(on, rules.DAY)
    if captured.client_id and (known := Verification.objects.filter(client_id=captured.client_id).first()):
        if (known.household_id, known.category) != (household.pk, category):
            raise Refused(rules.TWICE, _("这份提交已登记为别的结论；请作为新的核验另行提交"))
        return known
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if row.closed_on is not None:
        raise Refused(rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不用核验") % {"number": row.number, "on": row.closed_on})
    names = [name.strip()[:30] for name in verifiers if name.strip()]
    if not names:
        raise Refused(rules.VERIFIERS, _("没有写核验人，请填写核验人姓名"))
    said = grounds(row, day)
    claimed = _claimed(category)
    appraisal, guarantee = _borne_out(claimed, said, why)
    now = timezone.now()
    for held in Verification.objects.select_for_update(no_key=True).filter(household=row, superseded_at=None, valid_to=None):
        if held.valid_from > day:
            raise Refused(rules.DAY, _("该户 %(since)s 已有核验结论，新的结论不能早于它") % {"since": held.valid_from})
        _ended(held, day, now)
    made = Verification.objects.create(
        household=row, area=row.area, campaign=campaign, category=claimed.value, route=guarantee.route if guarantee else "", appraisal=appraisal,
        guarantee=guarantee, verifiers=names, informant=informant.strip()[:60], interview=interview.strip()[:500], lives_here=lives_here,
        why=why.strip()[:500], album=album, by=by, valid_from=day, recorded_at=now, source=source, client_id=captured.client_id,
        captured_at=captured.at, device=captured.device[:80],
    )  # fmt: skip
    if claimed is Category.UNGUARANTEED:
        _to_be_mended(made, said, by)
    return made


_KEY = "verification.unguaranteed:"


def problem_of(household: Household) -> Problem | None:
    """The unfinished problem that came from concluding that the household isn't safely housed."""
    return Problem.objects.filter(household=household, key__startswith=_KEY, state__in=UNFINISHED).order_by("-id").first()


def _to_be_mended(made: Verification, said: Grounds, by: User) -> None:
    """未保障 is a problem to be mended: it enters the ledger, unless the one from an earlier conclusion isn't struck off yet."""
    household = made.household
    if problem_of(household) is not None:
        return
    wrong = Wrong.QUALITY if said.dangerous is not None else Wrong.COVERAGE if not said.grades else Wrong.OTHER
    before = Problem.objects.filter(household=household, key__startswith=_KEY).order_by("-id").first()
    open_problem(
        source=Source.SELF, category=wrong, area=household.area, household=household, title=f"住房未保障：{household.number}", description=made.why,
        on=made.valid_from, by=by, recurrence_of=before, key=f"{_KEY}{made.pk}", power=Power.VERIFY,
    )  # fmt: skip


def _claimed(category: str) -> Category:
    try:
        return Category(category)
    except ValueError:
        raise Refused(rules.VERIFIERS, _("核验结论应是鉴定安全、改造安全、保障安全、未保障之一")) from None


def _borne_out(claimed: Category, said: Grounds, why: str) -> tuple[Appraisal | None, Guarantee | None]:
    """The ground of a claim; refused where the data say otherwise, with what they say and what would be right."""
    match claimed:
        case Category.UNGUARANTEED:
            if not why.strip():
                raise Refused(rules.UNGUARANTEED, _("请写明为什么没有保障、打算怎么解决"))
            return None, None
        case Category.APPRAISED:
            if said.safe is None:
                raise Refused(rules.APPRAISED, _no_safe_house(said))
            return said.safe.appraisal, None
        case Category.RENOVATED | Category.GUARANTEED:
            return _safe_appraisal(said), _way(claimed, said)


def _no_safe_house(said: Grounds) -> str:
    if said.dangerous is None:
        return _("现住房还没有鉴定，不能下“鉴定安全”的结论；请先鉴定，或结论为“未保障”")
    return _("现住房 %(on)s 鉴定为 %(grade)s 级（%(number)s），不是 A、B 级；不认可的请申请重新鉴定，否则结论为“未保障”") % {
        "on": said.dangerous.valid_from,
        "grade": said.dangerous.grade,
        "number": said.dangerous.appraisal.number,
    }


def _way(claimed: Category, said: Grounds) -> Guarantee:
    rule = rules.RENOVATED if claimed is Category.RENOVATED else rules.GUARANTEED
    way = said.guarantee
    if way is None:
        raise Refused(rule, _("没有登记在期限内的保障途径；请先登记，或结论为“未保障”"))
    route = ROUTES[way.route]
    if route.category is not claimed:
        raise Refused(
            rule,
            _("登记的途径是“%(route)s”，属于%(right)s，不是%(claimed)s")
            % {"route": _(route.name), "right": _(CATEGORY_NAMES[route.category]), "claimed": _(CATEGORY_NAMES[claimed])},
        )
    if claimed is Category.RENOVATED and said.dangerous is not None and said.safe is None:
        raise Refused(
            rule,
            _("登记了“%(route)s”，但现住房 %(on)s 鉴定为 %(grade)s 级；请改造后重新鉴定，或结论为“未保障”")
            % {"route": _(route.name), "on": said.dangerous.valid_from, "grade": said.dangerous.grade},
        )
    return way


def _safe_appraisal(said: Grounds) -> Appraisal | None:
    return said.safe.appraisal if said.safe is not None else None


def _copy(held: Verification) -> Verification:
    values = {field.attname: getattr(held, field.attname) for field in Verification._meta.concrete_fields if not field.primary_key}
    return Verification(**values)


def _ended(held: Verification, on: date, now: datetime) -> None:
    """Supersedes the conclusion and writes it with its end; one of that very day is replaced whole."""
    held.superseded_at = now
    held.save(update_fields=["superseded_at"])
    if held.valid_from == on:
        return
    again = _copy(held)
    again.valid_to, again.recorded_at, again.superseded_at, again.client_id, again.album_id = on, now, None, "", None
    again.save(force_insert=True)


@recorded("verification.withdrawn")
@transaction.atomic
def withdraw(*, verification: Verification, by: User, reason: str) -> Verification | None:
    """撤销结论: it never held; the one before it holds again and is returned, None where there was none."""
    permitting.allow(by, Power.VERIFY, verification.area, rules.ROLE)
    row = Verification.objects.select_for_update(no_key=True).get(pk=verification.pk)
    if row.superseded_at is not None or row.valid_to is not None:
        raise Refused(rules.DAY, _("这条结论已有更新的结论，请撤销当前的一条"))
    if not reason.strip():
        raise Refused(rules.UNGUARANTEED, _("请写明为什么撤销"))
    now = timezone.now()
    row.superseded_at = now
    row.save(update_fields=["superseded_at"])
    before = Verification.objects.filter(household=row.household_id, superseded_at=None, valid_to=row.valid_from).order_by("-id").first()
    if before is None:
        return None
    again = _copy(before)
    before.superseded_at = now
    before.save(update_fields=["superseded_at"])
    again.valid_to, again.recorded_at, again.superseded_at, again.client_id, again.album_id = None, now, None, "", None
    again.save(force_insert=True)
    return again


@recorded("campaign.opened")
@transaction.atomic
def open_campaign(
    *, area: str, name: str, starts_on: date, due: date, by: User, categories: Sequence[str] = (), document: str = ""
) -> Campaign:
    """开展核验: all households of an area, or those on the lists of ``categories``, to the last one, by a day."""
    stem = division.stem(area)
    permitting.allow(by, Power.ORGANISE, stem, rules.ROLE)
    if not name.strip():
        raise Refused(rules.CAMPAIGN, _("请写核验任务的名称"))
    if due < starts_on:
        raise Refused(rules.CAMPAIGN, _("完成期限 %(due)s 早于开始日期 %(start)s") % {"due": due, "start": starts_on})
    codes = sorted(set(categories))
    if unknown := set(codes) - set(RegisterCategory.objects.filter(code__in=codes).values_list("code", flat=True)):
        raise Refused(rules.CAMPAIGN, _("没有“%s”这种对象类别") % "、".join(sorted(unknown)))
    try:
        with transaction.atomic():
            return Campaign.objects.create(
                area=stem, name=name.strip()[:80], categories=codes, starts_on=starts_on, due=due, document=document.strip()[:120],
                organiser=by.organisation, opened_by=by, opened_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused(rules.CAMPAIGN, _("本地已有叫“%s”的核验任务，请换个名称") % name.strip()) from twice


@recorded("campaign.closed")
@transaction.atomic
def close_campaign(*, campaign: Campaign, by: User) -> Campaign:
    """结束核验任务: conclusions can still be drawn, but no longer for it."""
    permitting.allow(by, Power.ORGANISE, campaign.area, rules.ROLE)
    row = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)
    if row.closed_at is not None:
        raise Refused(rules.CAMPAIGN, _("“%s”已经结束") % row.name)
    row.closed_at = timezone.now()
    row.save(update_fields=["closed_at"])
    return row

"""Every write to verifications: one transaction each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.models import Appraisal
from anju.evidence.models import Album
from anju.guarantees.models import Guarantee
from anju.problems.actions import no_numbers, open_problem, strike
from anju.problems.models import UNFINISHED, Problem, Source, State
from anju.problems.models import Category as Wrong
from anju.refusing import Refused
from anju.registry.facts import copied, given_way
from anju.registry.models import Category as RegisterCategory
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.verification import rules
from anju.verification.grounds import Data, Grounds, grounds, grounds_of
from anju.verification.models import Campaign, Verification
from anju.vocabulary import division
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

_NOWHERE = Captured()


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
    if (sent := sent_before(Verification, captured)) is not None:
        if (sent.household_id, sent.category) != (household.pk, category):
            raise Refused(rules.TWICE, _("这份提交已登记为别的结论；请作为新的核验另行提交"))
        return sent
    finding = Finding(
        household=household.pk, category=category, on=day, verifiers=verifiers, campaign=campaign, informant=informant, interview=interview,
        lives_here=lives_here, why=why, album=album, captured=captured, source=source,
    )  # fmt: skip
    made, refusals = _concluded([finding], by)
    if refusals:
        raise refusals[0]
    return made[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was concluded of one household; its fields as ``conclude`` names them. ``household`` is its key."""

    household: int
    category: str
    on: date
    verifiers: Sequence[str]
    campaign: Campaign | None = None
    informant: str = ""
    interview: str = ""
    lives_here: bool | None = None
    why: str = ""
    album: Album | None = None
    captured: Captured = _NOWHERE
    source: str = ""


@recorded("verification.concluded")
@transaction.atomic
def conclude_many(*, findings: Sequence[Finding], by: User) -> dict[int, Refused]:
    """Many households in one act, each held to all that ``conclude`` holds one to. Those refused aren't written: place in ``findings`` → why.

    A household comes once at most.
    """
    return _concluded(findings, by)[1]


def _concluded(findings: Sequence[Finding], by: User) -> tuple[list[Verification], dict[int, Refused]]:
    keys = {finding.household for finding in findings}
    households = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").in_bulk()
    data = Data(keys)
    campaigns = Campaign.objects.in_bulk({finding.campaign.pk for finding in findings if finding.campaign is not None})
    findings = [replace(one, campaign=campaigns[one.campaign.pk]) if one.campaign is not None else one for one in findings]
    open_ones = Verification.objects.open().select_for_update(no_key=True).filter(household__in=keys).order_by("pk")
    held = {one.household_id: one for one in open_ones}
    now = timezone.now()
    made: list[Verification] = []
    superseded: list[Verification] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for at, finding in enumerate(findings):
            household, before = households[finding.household], held.get(finding.household)
            try:
                made.append(_checked(finding, household, data, before, by=by, now=now))
            except Refused as refused:
                refusals[at] = refused
                continue
            if before is not None:
                superseded.append(before)
    Verification.objects.filter(pk__in=[one.pk for one in superseded]).update(superseded_at=now)
    since = {one.household_id: one.valid_from for one in made}
    ended = [_copy(one, now, until=since[one.household_id]) for one in superseded if one.valid_from < since[one.household_id]]
    temporary.insert(ended)
    temporary.insert(made)
    _to_be_mended(made, data, by)
    return made, refusals


def _checked(finding: Finding, household: Household, data: Data, before: Verification | None, *, by: User, now: datetime) -> Verification:
    """The conclusion, not yet written, where nothing speaks against it; else ``Refused``."""
    permitting.allow(by, Power.VERIFY, household.area, rules.ROLE)
    day = permitting.day_of(finding.on, rules.DAY)
    if household.closed_on is not None:
        raise Refused(
            rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不用核验") % {"number": household.number, "on": household.closed_on}
        )
    if finding.campaign is not None:
        _for_campaign(finding.campaign, household)
    names = [name.strip()[:30] for name in finding.verifiers if name.strip()]
    if not names:
        raise Refused(rules.VERIFIERS, _("没有写核验人，请填写核验人姓名"))
    claimed = _claimed(finding.category)
    appraisal, guarantee = _borne_out(claimed, data.on(household.pk, day), finding.why)
    if before is not None and before.valid_from > day:
        raise Refused(rules.DAY, _("该户 %(since)s 已有核验结论，新的结论不能早于它") % {"since": before.valid_from})
    captured = finding.captured
    return Verification(
        household=household, area=household.area, campaign=finding.campaign, category=claimed.value, route=guarantee.route if guarantee else "",
        appraisal=appraisal, guarantee=guarantee, replaces=before, verifiers=names, informant=finding.informant.strip()[:60],
        interview=finding.interview.strip()[:500], lives_here=finding.lives_here, why=finding.why.strip()[:500], album=finding.album, by=by, valid_from=day, recorded_at=now,
        source=finding.source, client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80],
    )  # fmt: skip


def _for_campaign(campaign: Campaign, household: Household) -> None:
    """Refuses what is concluded for a campaign that is over, or that isn't one of the household's area."""
    if campaign.closed_at is not None:
        raise Refused(rules.CAMPAIGN, _("核验任务“%s”已经结束，不再记入结论；仍要核验的，请不指明任务另行核验") % campaign.name)
    if not division.contains(campaign.area, household.area):
        raise Refused(
            rules.CAMPAIGN, _("户 %(number)s 不在核验任务“%(name)s”的范围内") % {"number": household.number, "name": campaign.name}
        )


_KEY = "verification.unguaranteed:"


def problem_of(household: Household) -> Problem | None:
    """The unfinished problem that came from concluding that the household isn't safely housed."""
    return Problem.objects.filter(household=household, key__startswith=_KEY, state__in=UNFINISHED).order_by("-id").first()


def opened_by(conclusions: Iterable[Verification]) -> dict[int, Problem]:
    """The unfinished problem that each of these conclusions opened, by the conclusion's key; also where it was written anew with another end since."""
    unsafe = [one for one in conclusions if one.category == Category.UNGUARANTEED.value]
    # Written anew, a conclusion still says what it replaced, and nothing else replaced that; those that replaced nothing differ by what they say.
    same = {_same(one): one.pk for one in unsafe}
    rows = Verification.objects.filter(household__in=[one.household_id for one in unsafe], category=Category.UNGUARANTEED.value)
    whose = {f"{_KEY}{row.pk}": same[_same(row)] for row in rows if _same(row) in same}
    found = Problem.objects.filter(key__in=list(whose), state__in=UNFINISHED).order_by("id")
    return {whose[problem.key]: problem for problem in found}


def _same(one: Verification) -> tuple[Any, ...]:
    return one.household_id, one.replaces_id, one.valid_from, one.why, one.by_id


def _to_be_mended(made: Sequence[Verification], data: Data, by: User) -> None:
    """未保障 is a problem to be mended: it enters the ledger, unless the one from an earlier conclusion isn't struck off yet."""
    unsafe = [one for one in made if one.category == Category.UNGUARANTEED.value]
    before = {
        problem.household_id: problem
        for problem in Problem.objects.filter(household__in=[one.household_id for one in unsafe], key__startswith=_KEY)
        .exclude(state=State.VOID)
        .order_by("id")
    }
    for one in unsafe:
        last = before.get(one.household_id)
        if last is not None and last.state in UNFINISHED:
            continue
        said = data.on(one.household_id, one.valid_from)
        wrong = Wrong.QUALITY if said.dangerous is not None else Wrong.COVERAGE if not said.grades else Wrong.OTHER
        open_problem(
            source=Source.SELF, category=wrong, area=one.area, household=one.household, title=f"住房未保障：{one.household.number}",
            description=one.why, on=one.valid_from, by=by, key=f"{_KEY}{one.pk}", power=Power.VERIFY,
            recurrence_of=last if last is not None and division.contains(by.area, last.area) else None,
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
            no_numbers(why.strip()[:500])
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


def _copy(held: Verification, now: datetime, until: date | None) -> Verification:
    """The conclusion as it is known from now on, with another end; what the device sent stays with the original."""
    again = copied(held)
    again.valid_to, again.recorded_at, again.superseded_at, again.client_id = until, now, None, ""
    return again


@recorded("verification.withdrawn")
@transaction.atomic
def withdraw(*, verification: Verification, by: User, reason: str) -> Verification | None:
    """撤销结论: it never held; the one before it holds again and is returned, None where there was none."""
    restored, refusals = _withdrawn([verification.pk], by, reason)
    if refusals:
        raise refusals[verification.pk]
    return next(iter(restored), None)


@recorded("verification.withdrawn")
@transaction.atomic
def withdraw_many(*, verifications: Sequence[int], by: User, reason: str) -> dict[int, Refused]:
    """Many conclusions, by their keys, each held to all that ``withdraw`` holds one to. Those refused still hold: key → why."""
    return _withdrawn(verifications, by, reason)[1]


def _withdrawn(verifications: Sequence[int], by: User, reason: str) -> tuple[list[Verification], dict[int, Refused]]:
    rows = Verification.objects.select_for_update(no_key=True).filter(pk__in=verifications).order_by("pk")
    gone: dict[int, Verification] = {}
    refusals: dict[int, Refused] = {}
    for row in rows:
        try:
            permitting.allow(by, Power.VERIFY, row.area, rules.ROLE)
            if row.superseded_at is not None or row.valid_to is not None:
                raise Refused(rules.DAY, _("这条结论已有更新的结论，请撤销当前的一条"))
            if not reason.strip():
                raise Refused(rules.UNGUARANTEED, _("请写明为什么撤销"))
        except Refused as refused:
            refusals[row.pk] = refused
        else:
            gone[row.household_id] = row
    now = timezone.now()
    held, ended = given_way(Verification, list(gone.values()))
    Verification.objects.filter(pk__in=[one.pk for one in (*gone.values(), *ended)]).update(superseded_at=now)
    restored = [_copy(one, now, until=None) for one in held]
    temporary.insert(restored)
    for problem in opened_by(gone.values()).values():
        if problem.state == State.OPEN and division.contains(by.area, problem.area):
            strike(problem=problem, by=by, power=Power.VERIFY, reason=_("所依据的核验结论已撤销"))
    return restored, refusals


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


__all__ = [
    "Finding",
    "Grounds",
    "close_campaign",
    "conclude",
    "conclude_many",
    "grounds",
    "grounds_of",
    "open_campaign",
    "opened_by",
    "problem_of",
    "withdraw",
    "withdraw_many",
]

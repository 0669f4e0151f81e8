"""银行卡: to which account a household's subsidies go. The holder is the head, a number serves one household, a new card takes the former's place."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.kept import kept
from anju.privacy import vault
from anju.refusing import Refused
from anju.registry import rules
from anju.registry.facts import copied, given_way
from anju.registry.models import Household, HouseholdCard, Membership
from anju.registry.queries import cards as queries
from anju.registry.queries import elsewhere
from anju.trail.acts import recorded
from anju.vocabulary import bankcard, names

_LOCK = 0x63617264  # "card": numbers are given to households one act after the other


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is said of the card of one household (its key): the number and the holder's name as they stand on it, the bank, from which day (today).

    ``compared``: somebody has compared the number with the card itself, digit by digit.
    """

    household: int
    number: str = field(repr=False)
    holder: str
    bank: str
    since: date | None = None
    compared: bool = False
    source: str = ""


@recorded("card.recorded")
@transaction.atomic
def record_card(
    *,
    household: Household,
    number: str,
    holder: str,
    bank: str,
    by: User,
    since: date | None = None,
    compared: bool = False,
    source: str = "",
) -> HouseholdCard:
    """登记银行卡: the household's subsidies go to this card from ``since`` on. The same card once more changes nothing. Raises ``Refused``."""
    said = Card(household=household.pk, number=number, holder=holder, bank=bank, since=since, compared=compared, source=source)
    refusals = _recorded([said], by)
    if refusals:
        raise refusals[0]
    return HouseholdCard.objects.open().get(household=household)


@recorded("card.recorded")
@transaction.atomic
def record_cards(*, cards: Sequence[Card], by: User) -> dict[int, Refused]:
    """Many households in one act, each held to all that ``record_card`` holds one to. Those refused aren't written: place in ``cards`` → why.

    A household comes once at most.
    """
    return _recorded(cards, by)


def _locked(keys: Iterable[int]) -> dict[int, Household]:
    """These households (their keys), and the right to give numbers away: always in this order, cards last, so that no two wait for each other."""
    households = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").in_bulk()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    return households


class _Sound(NamedTuple):
    """A card against which nothing speaks so far."""

    at: int
    household: Household
    number: str
    holder: int
    bank: str
    since: date
    source: str


def _recorded(said: Sequence[Card], by: User) -> dict[int, Refused]:
    keys = {one.household for one in said}
    households = _locked(keys)
    held = {one.household_id: one for one in HouseholdCard.objects.open().filter(household__in=keys)}
    used_until = queries.used_until(keys)
    heads = queries.heads(keys)
    sound: list[_Sound] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for at, one in enumerate(said):
            try:
                household = households.get(one.household)
                if household is None:
                    raise Refused(rules.ROLE, _("这一户不在您的辖区内"))
                sound.append(_checked(at, one, household=household, head=heads.get(household.pk), by=by))
            except Refused as refused:
                refusals[at] = refused
    tokens = vault.keep_all((vault.CARD, one.number) for one in sound)
    refusals |= _shared({one.at: (tokens[vault.CARD, one.number], one.household) for one in sound})
    now = timezone.now()
    made = []
    for good in sound:
        before, token = held.get(good.household.pk), tokens[vault.CARD, good.number]
        if good.at in refusals or (before is not None and _same(before, good, token)):
            continue
        if before is not None and before.valid_from > good.since:
            words = _("该户 %(since)s 起已用现在的卡，新卡不能早于它；请改正日期") % {"since": before.valid_from}
            refusals[good.at] = Refused(rules.DAY, words)
            continue
        if (until := used_until.get(good.household.pk)) is not None and until > good.since:
            refusals[good.at] = Refused(rules.DAY, _("该户以前的卡用到 %s，新卡不能早于那一天；请改正日期") % until)
            continue
        made.append(
            HouseholdCard(
                household=good.household, area=good.household.area, holder_id=good.holder, card_no=token, bank=good.bank, valid_from=good.since,
                replaces=before, recorded_at=now, by=by, source=good.source,
            )
        )  # fmt: skip
    _give_way([(held[one.household_id], one.valid_from) for one in made if one.household_id in held], kept(gettext_lazy("换卡")), now)
    temporary.insert(made)
    return refusals


def _same(before: HouseholdCard, one: _Sound, token: str) -> bool:
    return (str(before.card_no), before.holder_id, before.bank) == (token, one.holder, one.bank)


def _checked(at: int, one: Card, *, household: Household, head: Membership | None, by: User) -> _Sound:
    """The card, where nothing speaks against it but perhaps another card; else ``Refused``."""
    permitting.allow(by, Power.CASE_APPLY, household.area, rules.ROLE)
    day = permitting.day_of(one.since, rules.DAY)
    if household.closed_on is not None:
        raise Refused(
            rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不能再登记") % {"number": household.number, "on": household.closed_on}
        )
    if head is None:
        raise Refused(rules.HOLDER, _("登记库里户 %s 没有户主；请先在农户页写明户主") % household.number)
    reading = bankcard.read(one.number)
    fault = bankcard.Fault.ROUNDED if reading.rounded and not one.compared else reading.fault
    if fault is not None or reading.value is None:
        raise Refused(rules.NUMBER, _(bankcard.MESSAGES[fault or bankcard.Fault.FORM]))
    holder = names.normalise(one.holder)
    if not holder:
        raise Refused(rules.HOLDER, _("没有写持卡人；请照卡面或存折填写，应是户主%s") % head.person.name)
    if holder != names.normalise(head.person.name):
        raise Refused(
            rules.HOLDER,
            _("持卡人“%(holder)s”不是户主%(head)s；请用户主本人的卡，户主已经变了的先在农户页更换户主")
            % {"holder": holder[:20], "head": head.person.name},
        )
    bank = bankcard.bank(one.bank)
    if not bank or len(bank) > bankcard.BANK_LONGEST:
        raise Refused(rules.BANK, _("请写明开户银行的名称，至多 %d 个字，不写卡号") % bankcard.BANK_LONGEST)
    return _Sound(at, household, reading.value, head.person_id, bank, day, one.source)


def _shared(wanted: Mapping[int, tuple[str, Household]]) -> dict[int, Refused]:
    """Those whose number serves another household, in force or in this very act: place → why. What a closed household still had is ended."""
    refusals: dict[int, Refused] = {}
    users: dict[str, list[int]] = {}
    for at, (token, _household) in wanted.items():
        users.setdefault(token, []).append(at)
    found = queries.in_use(users)
    _end_closed([one.card for one in found if one.closed and one.visible])
    using = {one.token: one for one in found if not (one.closed and one.visible)}
    counties = elsewhere.places({one.county for one in using.values() if not one.visible})
    for token, places in users.items():
        holder = using.get(token)
        for at in places:
            mine = wanted[at][1]
            if holder is not None and holder.household != mine.pk:
                refusals[at] = Refused(rules.SHARED, _used_by(holder, counties))
            elif holder is None and len(places) > 1:
                others = _("、").join(sorted(wanted[other][1].number for other in places if other != at)[:3])
                refusals[at] = Refused(rules.SHARED, _("同一个卡号也写给了户 %s；请与卡面核对，一户一卡") % others)
    return refusals


def _used_by(holder: queries.InUse, counties: Mapping[str, str]) -> str:
    if not holder.visible:
        return _("这张卡已登记给%(place)s的农户，请与当地住建部门核实；对方的内容不在此显示") % {"place": counties[holder.county]}
    return _("这张卡已登记给户 %s；请核对卡号，确属本户的先在那一户停用") % holder.number


def _end_closed(cards: Sequence[int]) -> None:
    """Households that are closed receive nothing any more: their cards ended with them."""
    if cards:
        open_ones = HouseholdCard.objects.open().select_for_update(no_key=True, of=("self",)).filter(pk__in=cards)
        rows = list(open_ones.select_related("household").order_by("pk"))
        _give_way([(one, one.household.closed_on or one.valid_from) for one in rows], kept(gettext_lazy("已销户")), timezone.now())


def _give_way(ending: Sequence[tuple[HouseholdCard, date]], why: str, now: datetime) -> None:
    """Cards that are used no more from these days on; one that began that very day, or later, was never in use."""
    HouseholdCard.objects.filter(pk__in=[one.pk for one, _day in ending]).update(superseded_at=now)
    ended = []
    for one, day in ending:
        if one.valid_from < day:
            again = copied(one)
            again.valid_to, again.ended_reason, again.renew, again.recorded_at, again.superseded_at = day, why[:200], False, now, None
            ended.append(again)
    temporary.insert(ended)


@recorded("card.ended")
@transaction.atomic
def end_card(*, household: Household, by: User, reason: str, on: date | None = None) -> None:
    """停用银行卡: lost, closed, or given by mistake; from that day on nothing is paid to it. Raises ``Refused``."""
    permitting.allow(by, Power.CASE_APPLY, household.area, rules.ROLE)
    day = permitting.day_of(on, rules.DAY)
    Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    held = HouseholdCard.objects.open().filter(household=household).first()
    if held is None:
        raise Refused(rules.HOUSEHOLD, _("该户现在没有在用的银行卡"))
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么停用"))
    if day < held.valid_from:
        raise Refused(rules.DAY, _("停用日期 %(on)s 早于启用的 %(since)s；请改正日期") % {"on": day, "since": held.valid_from})
    _give_way([(held, day)], reason.strip(), timezone.now())


@recorded("card.withdrawn")
@transaction.atomic
def withdraw_cards(*, cards: Sequence[int], by: User, reason: str) -> dict[int, Refused]:
    """撤销登记: these cards, by their keys, were never the households'; what they had until then serves again. Those refused stay: key → why."""
    asked = HouseholdCard.objects.filter(pk__in=cards)
    _locked(asked.values_list("household_id", flat=True))
    rows = list(asked.order_by("pk"))
    gone: list[HouseholdCard] = []
    refusals: dict[int, Refused] = {}
    for row in rows:
        try:
            permitting.allow(by, Power.CASE_APPLY, row.area, rules.ROLE)
            if row.superseded_at is not None or row.valid_to is not None:
                raise Refused(rules.DAY, _("这张卡已经换过或停用，请办理在用的一张"))
            if not reason.strip():
                raise Refused(rules.REASON, _("请写明为什么撤销"))
        except Refused as refused:
            refusals[row.pk] = refused
        else:
            gone.append(row)
    held, ended = given_way(HouseholdCard, gone)
    taken = {one.token: one for one in queries.in_use([str(one.card_no) for one in held])}
    back = [one for one in held if (user := taken.get(str(one.card_no))) is None or user.household == one.household_id]
    lost = {one.household_id for one in held} - {one.household_id for one in back}
    for row in [one for one in gone if one.household_id in lost]:
        refusals[row.pk] = Refused(rules.SHARED, _("该户以前的卡现在登记给了另一户；请先在那一户停用，再撤销"))
    gone = [one for one in gone if one.household_id not in lost]
    now = timezone.now()
    HouseholdCard.objects.filter(pk__in=[one.pk for one in gone]).update(superseded_at=now, ended_reason=reason.strip()[:200])
    HouseholdCard.objects.filter(pk__in=[one.pk for one in ended if one.household_id not in lost]).update(superseded_at=now)
    heads = queries.heads([one.household_id for one in back])
    restored = []
    for one in back:
        again = copied(one)
        head = heads.get(one.household_id)
        again.recorded_at, again.superseded_at, again.renew = now, None, head is not None and head.person_id != one.holder_id
        restored.append(again)
    temporary.insert(restored)
    return refusals

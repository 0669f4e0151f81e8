"""Marking households as entered or sent back: many at a time, and taking marks back."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.entries.models import SystemEntry
from anju.entries.refusal import Refused
from anju.entries.systems import SYSTEMS
from anju.registry.models import Household
from anju.registry.queries import elsewhere
from anju.trail.acts import recorded
from anju.vocabulary.keygroup import OFFICE_NAMES
from anju.vocabulary.text import half_width

MOST = 20_000
_NUMBERS = re.compile(r"[^\s,，、;；]+")
_TYPES = 'ordinal integer, household_id bigint, state text, "on" date, result text, source text COLLATE "C"'


@dataclass(frozen=True, slots=True)
class Marking:
    """How one household stands in a system; ``source`` names what says so."""

    household_id: int
    state: str
    on: date
    result: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Marked:
    """What a marking did: households marked, those that stood so before, and numbers that couldn't be, with the reason."""

    changed: int
    same: int
    left: tuple[tuple[str, str], ...] = ()


def refuse_unless(by: User, system: str) -> None:
    """The power, and for those who send for one office that office's system."""
    if system not in SYSTEMS:
        raise Refused(_("请选择是哪个系统。"))
    if not by.may(Power.ENTER):
        raise Refused(_("您的角色“%(role)s”不能登记上级系统的录入情况。") % {"role": _(by.role_title)})
    if by.role == "sender" and by.organisation.kind != SYSTEMS[system].office:
        raise Refused(
            _("“%(system)s”由%(office)s录入。")
            % {"system": SystemEntry.System(system).label, "office": _(OFFICE_NAMES[SYSTEMS[system].office])}
        )


@recorded("entry.marked")
@transaction.atomic
def mark(*, system: str, rows: Iterable[Marking], by: User) -> Marked:
    """Households were entered in the system, or sent back by it. A household that stands so already is left; each is named once. Sent back says why.

    The caller has seen to it that the households are the user's to mark.
    """
    refuse_unless(by, system)
    given = list(rows)
    if any(one.on > clock.today() for one in given):
        raise Refused(_("录入日期晚于今天，请改正。"))
    if any(one.state == SystemEntry.State.RETURNED and not one.result.strip() for one in given):
        raise Refused(_("退回的要写明原因。"))
    now = timezone.now()
    with connection.cursor() as cursor:
        temporary.create(cursor, "entries_marking", _TYPES)
        temporary.copy_rows(
            cursor,
            "entries_marking",
            ("ordinal", "household_id", "state", '"on"', "result", "source"),
            ((at, one.household_id, one.state, one.on, one.result.strip()[:300], one.source) for at, one in enumerate(given)),
        )
        cursor.execute(
            """ANALYZE entries_marking;
               SELECT id FROM registry_household WHERE id IN (SELECT household_id FROM entries_marking) ORDER BY id FOR NO KEY UPDATE;
               DELETE FROM entries_marking m USING entries_systementry e WHERE e.household_id = m.household_id AND e.system = %(system)s
                   AND e.superseded_at IS NULL AND (e.state, e."on", e.result) = (m.state, m."on", m.result);
               UPDATE entries_systementry e SET superseded_at = %(now)s FROM entries_marking m
                   WHERE e.household_id = m.household_id AND e.system = %(system)s AND e.superseded_at IS NULL""",
            {"system": system, "now": now},
        )
        cursor.execute(
            """INSERT INTO entries_systementry (household_id, area, system, state, "on", result, by_id, recorded_at, withdrawn, source)
               SELECT m.household_id, h.area, %s, m.state, m."on", m.result, %s, %s, false, m.source
               FROM entries_marking m JOIN registry_household h ON h.id = m.household_id ORDER BY m.ordinal""",
            [system, by.pk, now],
        )
        changed = cursor.rowcount
        cursor.execute("DROP TABLE entries_marking")
    return Marked(changed, len(given) - changed)


@recorded("entry.marked")
@transaction.atomic
def mark_listed(*, system: str, state: str, on: date, by: User, numbers: str, result: str = "") -> Marked:
    """Households whose numbers were pasted, separated by anything; those that aren't the user's, or aren't numbers, are answered with the reason."""
    refuse_unless(by, system)
    if state not in SystemEntry.State.values:
        raise Refused(_("请选择已录入还是退回。"))
    typed = list(dict.fromkeys(half_width(one).strip() for one in _NUMBERS.findall(numbers)))
    if not typed:
        raise Refused(_("请粘贴户编号，一行一个。"))
    if len(typed) > MOST:
        raise Refused(_("一次最多 %(most)s 个；更多的请用“批量录入”上传。") % {"most": f"{MOST:,}"})
    found = dict(scope(by, Household.objects.all()).filter(number__in=typed).values_list("number", "pk"))
    away = elsewhere.households(one for one in typed if one not in found)
    places = elsewhere.places(away.values())
    left = tuple(
        (one, _("已登记在%(place)s，请与当地核实") % {"place": places[away[one]]} if one in away else _("不是户编号，或没有这一户"))
        for one in typed
        if one not in found
    )
    done = mark(system=system, rows=[Marking(key, state, on, result) for key in found.values()], by=by)
    return Marked(done.changed, done.same, left)


@recorded("entry.withdrawn")
@transaction.atomic
def withdraw(*, entry: SystemEntry, by: User, reason: str) -> None:
    """A mark that was wrong is known no more: the household counts as not entered, or stands as before that mark."""
    refuse_unless(by, entry.system)
    if not reason.strip():
        raise Refused(_("请写明撤回的原因。"))
    if unmark(system=entry.system, households=[entry.household_id], recorded=[entry.pk], by=by):
        raise Refused(_("这条登记之后已有新的登记，请先撤回新的。"))


@recorded("entry.withdrawn")
@transaction.atomic
def unmark(*, system: str, households: Sequence[int], recorded: Sequence[int], by: User) -> list[int]:
    """Takes marks back, and restores what they superseded; the households whose mark has itself been superseded since stay and are answered."""
    now = timezone.now()
    list(Household.objects.select_for_update(no_key=True).filter(pk__in=households).order_by("pk").values_list("pk"))
    marks = list(SystemEntry.objects.filter(pk__in=recorded, system=system, withdrawn=False).order_by("pk"))
    standing = [one for one in marks if one.superseded_at is None]
    SystemEntry.objects.filter(pk__in=[one.pk for one in standing]).update(superseded_at=now, withdrawn=True)
    before = {
        (one.household_id, one.superseded_at): one
        for one in SystemEntry.objects.filter(
            system=system, household__in=[one.household_id for one in standing], superseded_at__isnull=False
        )
    }
    again = [before[one.household_id, one.recorded_at] for one in standing if (one.household_id, one.recorded_at) in before]
    SystemEntry.objects.bulk_create(
        [
            SystemEntry(
                household_id=one.household_id,
                area=one.area,
                system=system,
                state=one.state,
                on=one.on,
                result=one.result,
                by_id=one.by_id,
                recorded_at=now,
                source=one.source,
            )
            for one in again
        ]
    )
    return [one.household_id for one in marks if one.superseded_at is not None and one not in standing]

"""What a clerk decides on a comparison, and taking it back. Each act is one transaction and one ``Decision``."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.jobs import actions as jobs
from anju.jobs.models import Job
from anju.registry import actions as registry
from anju.registry import staging
from anju.registry.models import Category, Change, Household, Membership, Person
from anju.registry.refusal import Refused as RegisterRefused
from anju.rosters import applying
from anju.rosters.kinds import HANDLING
from anju.rosters.models import Batch, BatchRow, Decision, Disposition, Letter, Match, MatchRun, Mismatch
from anju.rosters.refusal import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.relation import HEAD

SAME, DIFFERENT, DOUBTFUL = Match.Verdict.SAME, Match.Verdict.DIFFERENT, Match.Verdict.DOUBTFUL


@dataclass(frozen=True)
class Consequences:
    """What each verdict on a pair will cause, in sentences."""

    same: list[str]
    different: list[str]
    doubtful: list[str]


def refuse_unless_decidable(run: MatchRun, by: User, area: str) -> Batch:
    """The power, the area, and that the list isn't locked. Locks the list's row against signing meanwhile."""
    if not by.may(Power.DECIDE):
        raise Refused(_("您的角色“%(role)s”不能核对名单，请找县级审批员或乡镇审核员办理。") % {"role": _(by.role_title)})
    if not division.contains(by.area, area):
        raise Refused(_("这一行不在您的辖区内。"))
    batch = Batch.objects.select_for_update(no_key=True).get(pk=run.batch_id)
    if batch.status == Batch.Status.LOCKED:
        raise Refused(_("名单“%(title)s”已锁定，不能再改。如需更正，请送新一期名单。") % {"title": batch.title})
    if batch.status == Batch.Status.VOIDED:
        raise Refused(_("名单“%(title)s”已作废。") % {"title": batch.title})
    return batch


@contextmanager
def _register_changes(decision: Decision, households: Iterable[int | None]) -> Iterator[None]:
    """Notes which lines of the register's timeline come into being inside, so that they can be taken back."""
    known = {key for key in households if key is not None}
    before = Change.objects.aggregate(last=Max("id"))["last"] or 0
    try:
        yield
    except RegisterRefused as refusal:
        raise Refused(refusal.message) from refusal
    made = Change.objects.filter(id__gt=before, main__isnull=True).filter(Q(household__in=known) | Q(others__household__in=known))
    keys = sorted(set(made.values_list("id", flat=True)))
    if keys:
        decision.effects = {**decision.effects, "changes": [*decision.effects.get("changes", []), *keys]}
        decision.save(update_fields=["effects"])


# ------------------------------------------------------------------------------------------------ a pair


def consequences(*, match: Match) -> Consequences:
    """What deciding on this pair will cause, before it is done."""
    row, person, batch = match.row, match.person, match.run.batch
    if row is None or person is None:
        return Consequences([_("两份名单中的这两行记为同一人")], [_("两行记为不同的人")], [_("留在待核")])
    same = []
    if _numbers_differ(row, person):
        same.append(
            _("证件号以登记库为准，%(office)s名单第 %(row)s 行写入退回清单。") % {"office": batch.owner_name, "row": f"{row.row:,}"}
        )
    elif row.id_number and not person.id_number:
        same.append(_("登记库补入此人的证件号。"))
    household = Household.objects.filter(memberships__person=person, memberships__valid_to=None, memberships__superseded_at=None).first()
    if batch.category and household is not None:
        held = [code for code in household.groups.split("+") if code]
        if batch.category not in held:
            names = dict(Category.objects.values_list("code", "short"))
            after = "＋".join(names.get(code, code) for code in [*held, batch.category])
            same.append(_("该户对象类别变为 %(groups)s。") % {"groups": after})
    if row.phone and not person.phone:
        same.append(_("补入联系电话。"))
    rivals = Match.objects.filter(run=match.run_id, row=row, outcome=Match.Outcome.REVIEW, verdict="").exclude(pk=match.pk).count()
    if rivals:
        same.append(_("这一行的另外 %(count)s 个人选同时判为不是同一人。") % {"count": rivals})
    if not same:
        same.append(_("名单第 %(row)s 行关联到登记库中的此人。") % {"row": f"{row.row:,}"})
    different = [
        _("还要看这一行的另外 %(count)s 个人选。") % {"count": rivals}
        if rivals
        else _("名单第 %(row)s 行按登记库中没有的人处理，可登记入册。") % {"row": f"{row.row:,}"}
    ]
    return Consequences(same, different, [_("两边都不变，留在待核，由乡镇入户核实后再判。")])


def _numbers_differ(row: BatchRow, person: Person) -> bool:
    typed = row.id_number or row.id_text
    return bool(typed and person.id_number and typed != person.id_number)


@recorded("pair.judged")
@transaction.atomic
def decide(*, match: Match, verdict: str, by: User, reason: str = "") -> Decision:
    """A clerk says whether the two are the same person, and what follows from it is done.

    ``verdict``: same, different or doubtful. *Same* tells the register what the row adds and rules out the row's other candidates; a differing
    number goes on the list back to the department. Raises ``Refused`` for a pair already decided.
    """
    if verdict not in (SAME, DIFFERENT, DOUBTFUL):
        raise Refused(_("请判定：是同一人、不是同一人，或存疑。"))
    batch = refuse_unless_decidable(match.run, by, match.area)
    match = Match.objects.select_for_update(no_key=True, of=("self",)).select_related("row", "person", "run").get(pk=match.pk)
    if match.outcome != Match.Outcome.REVIEW:
        raise Refused(_("这一对不需要人工核对。"))
    if match.verdict not in ("", DOUBTFUL):
        raise Refused(_("这一对已判为“%(verdict)s”，要改判请先撤销。") % {"verdict": match.get_verdict_display()})
    decision = Decision.objects.create(
        run=match.run,
        kind=Decision.Kind.VERDICT,
        verdict=verdict,
        reason=reason.strip()[:300],
        by=by,
        at=timezone.now(),
        mismatch_kind="review",
    )
    _judge(batch, [match.pk], verdict, decision)
    return decision


@recorded("pair.judged_alike")
@transaction.atomic
def accept_alike(*, match: Match, by: User, reason: str = "") -> Decision:
    """All open pairs of the run that rest on the very same evidence as this one are the same person, in one act."""
    batch = refuse_unless_decidable(match.run, by, match.area)
    keys = list(alike(match, by).select_for_update(no_key=True, of=("self",)).values_list("id", flat=True))
    if not keys:
        raise Refused(_("没有依据相同的待核对了。"))
    decision = Decision.objects.create(
        run=match.run,
        kind=Decision.Kind.CLASS,
        verdict=SAME,
        mismatch_kind="review",
        reason=(reason.strip() or match.pattern)[:300],
        size=len(keys),
        by=by,
        at=timezone.now(),
    )
    _judge(batch, keys, SAME, decision)
    return decision


def alike(match: Match, by: User) -> QuerySet[Match]:
    """Open pairs with the same pattern of evidence, each the only candidate of its row; the pair itself is one of them while open."""
    low, high = division.bounds(by.area)
    pairs = Match.objects.filter(run=match.run_id, outcome=Match.Outcome.REVIEW)
    rival = pairs.filter(row=OuterRef("row")).exclude(pk=OuterRef("pk"))
    return pairs.filter(~Exists(rival), pattern=match.pattern, verdict="", area__gte=low, area__lt=high).exclude(pattern="")


def _judge(batch: Batch, keys: list[int], verdict: str, decision: Decision) -> None:
    """Writes a verdict on pairs and does what follows."""
    pairs = Match.objects.filter(pk__in=keys)
    doubted = list(pairs.filter(verdict=DOUBTFUL).values_list("pk", flat=True))
    decision.effects = {"matches": keys, **({"doubtful": doubted} if doubted else {})}
    decision.save(update_fields=["effects"])
    pairs.update(verdict=verdict, decision=decision)
    rows = list(pairs.values_list("row_id", flat=True))
    mismatches = Mismatch.objects.filter(run=decision.run, kind=Mismatch.Kind.REVIEW, row__in=rows, disposition=Disposition.PENDING)
    if verdict == SAME:
        Match.objects.filter(run=decision.run, row__in=rows, outcome=Match.Outcome.REVIEW, verdict="").update(
            verdict=DIFFERENT, decision=decision
        )
        if decision.run.kind == MatchRun.Kind.REGISTER:
            persons = list(pairs.values_list("person_id", flat=True))
            households = Membership.objects.open().filter(person__in=persons).values_list("household_id", flat=True)
            with _register_changes(decision, list(households)):
                applying.attach_matches(batch, keys, by=decision.by, source=decision.source)
            _send_back_numbers(decision, keys)
        _handle(mismatches, Disposition.CONFIRMED, decision, _("核对为同一人"))
    elif verdict == DIFFERENT:
        still = Match.objects.filter(run=decision.run, row__in=rows, outcome=Match.Outcome.REVIEW).exclude(verdict=DIFFERENT).values("row")
        _handle(mismatches.exclude(row__in=still), Disposition.CONFIRMED, decision, _("核对为不是同一人"))
    else:
        mismatches.update(note=_("存疑，待乡镇核实"))


def _handle(mismatches: QuerySet[Mismatch], disposition: str, decision: Decision, note: str) -> int:
    return mismatches.update(disposition=disposition, decision=decision, note=note[:300], handled_by=decision.by, handled_at=timezone.now())


def _send_back_numbers(decision: Decision, keys: list[int]) -> None:
    """Rows whose number was wrong join the differences that go back to the department."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO rosters_mismatch (run_id, kind, row_id, match_id, household_id, area, subject, listed, held, explanation, detail, disposition, note)
            SELECT m.run_id, 'id_repaired', r.id, m.id, m.household_id, m.area, 'row:' || r.id, '', '', '人工核对为同一人，名单上的证件号与登记库不同',
                   jsonb_build_object('decision', %s), 'pending', ''
            FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id JOIN registry_person p ON p.id = m.person_id
            WHERE m.id = ANY(%s) AND p.id_number <> '' AND coalesce(nullif(r.id_number, ''), r.id_text) NOT IN ('', p.id_number)
            ON CONFLICT (run_id, kind, subject) DO NOTHING
            """,
            [decision.pk, keys],
        )


# ------------------------------------------------------------------------------------------------ a difference


@recorded("mismatch.adopted")
@transaction.atomic
def adopt(*, mismatch: Mismatch, by: User, listed: bool = False, reason: str = "") -> Decision:
    """Settles one difference as its button says (``kinds.HANDLING``); with ``listed`` the other way: the register follows the list."""
    mismatch = Mismatch.objects.select_related("run", "row", "household", "match").get(pk=mismatch.pk)
    refuse_unless_decidable(mismatch.run, by, mismatch.area)
    mismatch = _locked(mismatch)
    handling = HANDLING[mismatch.kind]
    if not handling.action or mismatch.kind == Mismatch.Kind.REVIEW or (listed and not handling.listed):
        raise Refused(_("“%(kind)s”不能一键处理：%(meaning)s。") % {"kind": mismatch.get_kind_display(), "meaning": handling.meaning})
    decision = Decision.objects.create(
        run=mismatch.run,
        kind=Decision.Kind.ADOPT,
        mismatch_kind=mismatch.kind,
        verdict="listed" if listed else "",
        reason=reason.strip()[:300],
        by=by,
        at=timezone.now(),
    )
    _settle(mismatch, decision, listed)
    return decision


def _locked(mismatch: Mismatch) -> Mismatch:
    found = (
        Mismatch.objects.select_for_update(no_key=True, of=("self",)).select_related("run", "row", "household", "match").get(pk=mismatch.pk)
    )
    if found.disposition != Disposition.PENDING:
        raise Refused(_("这处差异已处理为“%(disposition)s”，要改请先撤销。") % {"disposition": found.get_disposition_display()})
    return found


def _settle(mismatch: Mismatch, decision: Decision, listed: bool) -> None:
    """Does to the register what the kind asks for, and closes the difference."""
    kind = mismatch.kind
    note = HANDLING[kind].listed if listed else HANDLING[kind].action
    if kind == Mismatch.Kind.ONLY_LIST:
        assert mismatch.match_id is not None
        if not applying.enrol_matches(mismatch.run, [mismatch.match_id], decision.by):
            raise Refused(_("这一行现在不能入册：%(why)s。请改正后送新一期名单。") % {"why": mismatch.explanation.rstrip("。")})
    elif mismatch.household_id is not None and (listed or kind in (Mismatch.Kind.HEAD_DIFFERS, Mismatch.Kind.MOVED)):
        touched = [mismatch.household_id, *_other_households(mismatch)]
        with _register_changes(decision, touched):
            _change_register(mismatch, decision)
    elif listed:
        raise Refused(_("登记库中找不到这一户，不能按名单改。"))
    _handle(Mismatch.objects.filter(pk=mismatch.pk), Disposition.CORRECTED, decision, note)


def _list_members(mismatch: Mismatch) -> list[tuple[BatchRow, int]]:
    """The list household's rows with the persons they are."""
    pairs = (
        Match.objects.filter(
            run=mismatch.run_id,
            person__isnull=False,
            row__batch=mismatch.run.batch_id,
            row__household=mismatch.detail.get("list_household", ""),
        )
        .exclude(row__household="")
        .filter(~Q(outcome=Match.Outcome.REVIEW) | Q(verdict=SAME))
        .select_related("row")
        .order_by("row_id")
    )
    return [(pair.row, pair.person_id) for pair in pairs if pair.row is not None and pair.person_id is not None]


def _other_households(mismatch: Mismatch) -> list[int]:
    """The register's other households of the same list household."""
    siblings = Mismatch.objects.filter(
        run=mismatch.run_id, kind=mismatch.kind, detail__list_household=mismatch.detail.get("list_household", "")
    )
    return [key for key in siblings.values_list("household_id", flat=True) if key is not None and key != mismatch.household_id]


def _change_register(mismatch: Mismatch, decision: Decision) -> None:
    household, row, on, by = mismatch.household, mismatch.row, decision.run.batch.as_of, decision.by
    assert household is not None
    assert row is not None
    members = _list_members(mismatch)
    inside = set(Membership.objects.open().filter(household=household).values_list("person_id", flat=True))
    head_key = next((person for listed_row, person in members if listed_row.relation == HEAD), None)
    match mismatch.kind:
        case Mismatch.Kind.HEAD_DIFFERS:
            if head_key is None or head_key not in inside:
                raise Refused(_("名单上的户主不在登记库这一户里，不能直接改户主。请先在一户一档中查明他在哪一户。"))
            relations = {person: each.relation for each, person in members if person in inside and person != head_key and each.relation}
            registry.change_head(household=household, head=Person.objects.get(pk=head_key), on=on, by=by, relations=relations)
        case Mismatch.Kind.MOVED:
            if "members" in mismatch.detail:
                raise Refused(_("是部分成员到了另一户，不是整户迁移。请在一户一档中办理成员转出。"))
            if not row.placed:
                raise Refused(_("名单上的住址没有认出是哪个村，不能改住址。"))
            registry.move(household=household, area=row.area, address=row.address or household.address, on=on, by=by)
        case Mismatch.Kind.SAME_ID_TWO_NAMES:
            person = mismatch.match.person if mismatch.match else None
            if person is None or not row.name:
                raise Refused(_("名单这一行没有对上登记库中的人，不能改姓名。"))
            registry.correct_person(
                person=person, reason=decision.reason or _("以%(list)s为准") % {"list": decision.run.batch.title}, by=by, name=row.name
            )
        case Mismatch.Kind.SPLIT:
            for key in _other_households(mismatch):
                registry.merge(household=Household.objects.get(pk=key), into=household, on=on, by=by)
            _handle(_siblings(mismatch), Disposition.CORRECTED, decision, _("按名单并户"))
        case Mismatch.Kind.MERGED:
            leaving = [person for _row, person in members if person in inside]
            if not leaving or head_key not in leaving or len(leaving) == len(inside):
                raise Refused(_("名单上这一户没有写明户主，或全户都在其中，不能据此分户。"))
            persons = list(Person.objects.filter(pk__in=leaving))
            head = next(person for person in persons if person.pk == head_key)
            registry.split(household=household, members=persons, head=head, on=on, by=by)


def _siblings(mismatch: Mismatch) -> QuerySet[Mismatch]:
    return Mismatch.objects.filter(
        run=mismatch.run_id,
        kind=mismatch.kind,
        detail__list_household=mismatch.detail.get("list_household", ""),
        disposition=Disposition.PENDING,
    ).exclude(pk=mismatch.pk)


@recorded("mismatch.disposed")
@transaction.atomic
def dispose(*, run: MatchRun, mismatches: Iterable[int], disposition: str, by: User, note: str = "") -> Decision:
    """A clerk records what became of differences, without a change of the register: verified as right, corrected by the sender, or not eligible."""
    if disposition not in (Disposition.CONFIRMED, Disposition.CORRECTED, Disposition.INELIGIBLE):
        raise Refused(_("请选择处理结果：已核实无误、已更正，或不符合退出。"))
    chosen = Mismatch.objects.select_for_update(no_key=True).filter(run=run, pk__in=list(mismatches), disposition=Disposition.PENDING)
    areas = set(chosen.values_list("area", flat=True))
    if not areas:
        raise Refused(_("所选的差异都已处理过。"))
    for area in areas:
        refuse_unless_decidable(run, by, area)
    decision = Decision.objects.create(
        run=run, kind=Decision.Kind.DISPOSE, verdict=disposition, reason=note.strip()[:300], by=by, at=timezone.now()
    )
    decision.size = _handle(chosen, disposition, decision, note.strip())
    decision.save(update_fields=["size"])
    return decision


@recorded("mismatch.class_accepted")
@transaction.atomic
def accept_class(*, run: MatchRun, kind: str, by: User, reason: str = "") -> Decision:
    """All pending differences of one kind are settled as its button says, in one act that can be undone as one.

    Those that need a change of the register which it refuses stay pending; ``decision.effects["left"]`` counts them.
    """
    handling = HANDLING.get(kind)
    if handling is None or not handling.at_once:
        raise Refused(_("这一类差异要逐条处理，不能一次采纳。"))
    refuse_unless_decidable(run, by, by.area if division.contains(run.area, by.area) else run.area)
    low, high = division.bounds(by.area)
    pending = Mismatch.objects.select_for_update(no_key=True, of=("self",)).filter(
        run=run, kind=kind, disposition=Disposition.PENDING, area__gte=low, area__lt=high
    )
    decision = Decision.objects.create(
        run=run, kind=Decision.Kind.CLASS, mismatch_kind=kind, reason=reason.strip()[:300], by=by, at=timezone.now(), size=0
    )
    left = 0
    if kind in (Mismatch.Kind.HEAD_DIFFERS, Mismatch.Kind.MOVED):
        done = 0
        for mismatch in pending.select_related("run", "row", "household", "match").order_by("pk"):
            try:
                with transaction.atomic():
                    _settle(mismatch, decision, listed=False)
                done += 1
            except Refused:
                left += 1
                decision.refresh_from_db(fields=["effects"])
        decision.size = done
    else:
        decision.size = _handle(pending, Disposition.CORRECTED, decision, handling.action)
    if not decision.size:
        raise Refused(_("这一类没有可以一次采纳的差异了。"))
    decision.effects = {**decision.effects, "left": left}
    decision.save(update_fields=["size", "effects"])
    return decision


# ------------------------------------------------------------------------------------------------ the register


def enrol_new(*, run: MatchRun, by: User) -> Job:
    """Those whom only the list knows, and whose row is in order, are enrolled in the background."""
    with transaction.atomic():
        batch = refuse_unless_decidable(run, by, run.area)
        if not by.may(Power.CHANGE):
            raise Refused(_("您的角色“%(role)s”不能登记农户，请找县级审批员办理。") % {"role": _(by.role_title)})
        if run.kind != MatchRun.Kind.REGISTER or run.stage != MatchRun.Stage.APPLIED:
            raise Refused(_("比对还没有完成，不能入册。"))
        return jobs.start(
            kind="rosters.enrol", title=_("登记入册 %(title)s") % {"title": batch.title}, by=by, area=run.area, run=run.pk, clerk=by.pk
        )


@recorded("mismatch.left_ended")
@transaction.atomic
def end_left(*, batch: Batch, by: User, reason: str = "") -> Decision:
    """Those matched on the list's earlier version who are not on this one leave its category on this list's day; a household leaves when
    none of its people is on the list any more."""
    run = MatchRun.objects.filter(batch=batch, kind=MatchRun.Kind.REGISTER, current=True).first()
    if run is None or not batch.category or batch.previous_id is None:
        raise Refused(_("这份名单没有上一期，没有可退出的人。"))
    refuse_unless_decidable(run, by, run.area)
    decision = Decision.objects.create(
        run=run,
        kind=Decision.Kind.DISPOSE,
        mismatch_kind="left",
        verdict=Disposition.INELIGIBLE,
        reason=reason.strip()[:300],
        by=by,
        at=timezone.now(),
    )
    per_person = Category.objects.get(pk=batch.category).scope == "person"
    with connection.cursor() as cursor:
        staging.create_detachment(cursor)
        cursor.execute(
            f"""
            INSERT INTO registry_detachment (ordinal, source, person_id, household_id)
            SELECT row_number() OVER (ORDER BY g.person_id), %(source)s, {"g.person_id, NULL" if per_person else "NULL, s.household_id"}
            FROM ({GONE}) g LEFT JOIN registry_membership s ON s.person_id = g.person_id AND s.valid_to IS NULL AND s.superseded_at IS NULL
            {
                ""
                if per_person
                else '''WHERE s.household_id IS NOT NULL AND NOT EXISTS (
                SELECT FROM registry_membership o JOIN rosters_match n ON n.person_id = o.person_id AND n.run_id = %(run)s
                       AND (n.outcome <> 'review' OR n.verdict = 'same')
                WHERE o.household_id = s.household_id AND o.valid_to IS NULL AND o.superseded_at IS NULL)'''
            }
            """,
            {"source": decision.source, "run": run.pk, "previous": batch.previous_id},
        )
    registry.detach(category=batch.category, on=batch.as_of, by=by, source=decision.source)
    keys = list(Change.objects.filter(source=decision.source, recorded_at__gte=decision.at).order_by("id").values_list("id", flat=True))
    if not keys:
        raise Refused(_("上期在、本期不在的人都已经退出了。"))
    decision.effects = {"changes": keys}
    decision.size = len(keys)
    decision.save(update_fields=["effects", "size"])
    return decision


# Persons the earlier version's comparison found on the register and this one's doesn't.
GONE = """
    SELECT DISTINCT o.person_id FROM rosters_match o JOIN rosters_matchrun e ON e.id = o.run_id AND e.batch_id = %(previous)s AND e.kind = 'register' AND e.current
    WHERE o.person_id IS NOT NULL AND (o.outcome <> 'review' OR o.verdict = 'same')
      AND NOT EXISTS (SELECT FROM rosters_match n WHERE n.run_id = %(run)s AND n.person_id = o.person_id AND (n.outcome <> 'review' OR n.verdict <> 'different'))
"""


# ------------------------------------------------------------------------------------------------ taking back


@recorded("decision.undone")
@transaction.atomic
def undo(*, decision: Decision, by: User) -> Decision:
    """Takes an act back, in the register too. Refused where something later rests on it or the department was already written to."""
    refuse_unless_decidable(decision.run, by, by.area if decision.by_id == by.pk else decision.run.area)
    decision = Decision.objects.select_for_update(no_key=True).get(pk=decision.pk)
    if decision.undone_at is not None:
        raise Refused(_("这一步已经撤销过了。"))
    if decision.kind == Decision.Kind.ENROL or (decision.kind == Decision.Kind.ADOPT and decision.mismatch_kind == Mismatch.Kind.ONLY_LIST):
        raise Refused(_("登记入册不能撤销；如登记有误，请在一户一档中销户或移出成员。"))
    made = Mismatch.objects.filter(run=decision.run, detail__decision=decision.pk)
    written = Letter.objects.filter(rows__mismatch__in=made).first()
    if written is not None:
        raise Refused(_("更正已写进《%(letter)s》退回部门，不能再撤销。") % {"letter": written.number})
    try:
        for key in reversed(_changes(decision)):
            registry.undo(change=Change.objects.get(pk=key), by=by)
    except RegisterRefused as refusal:
        raise Refused(refusal.message) from refusal
    made.delete()
    doubted = decision.effects.get("doubtful", [])
    Match.objects.filter(decision=decision).update(verdict="", decision=None, applied=False)
    Match.objects.filter(pk__in=doubted).update(verdict=DOUBTFUL)
    Mismatch.objects.filter(decision=decision).update(
        disposition=Disposition.PENDING, decision=None, note="", handled_by=None, handled_at=None
    )
    Mismatch.objects.filter(run=decision.run, kind=Mismatch.Kind.REVIEW, match__in=doubted).update(note=_("存疑，待乡镇核实"))
    decision.undone_at = timezone.now()
    decision.undone_by = by
    decision.save(update_fields=["undone_at", "undone_by"])
    return decision


def _changes(decision: Decision) -> Sequence[int]:
    keys: list[int] = decision.effects.get("changes", [])
    undone = set(Change.objects.filter(reverses__in=keys).values_list("reverses_id", flat=True))
    return [key for key in keys if key not in undone]


def undo_last(*, run: MatchRun, by: User) -> Decision:
    """Takes back the user's own last act on this comparison."""
    last = Decision.objects.filter(run=run, by=by, undone_at=None).exclude(kind=Decision.Kind.ENROL).order_by("-id").first()
    if last is None:
        raise Refused(_("没有可以撤销的操作。"))
    return undo(decision=last, by=by)


__all__ = [
    "Consequences",
    "accept_alike",
    "accept_class",
    "adopt",
    "alike",
    "consequences",
    "decide",
    "dispose",
    "end_left",
    "enrol_new",
    "undo",
    "undo_last",
]

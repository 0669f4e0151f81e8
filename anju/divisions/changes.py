"""Recording what a decision does to places, and taking back what was entered by mistake."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet, Value
from django.db.models.functions import Concat, Greatest, Substr
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.divisions import planning, recoding
from anju.divisions.loading import record
from anju.divisions.models import ChangeKind, Division, DivisionChange, FormerName, Succession
from anju.divisions.planning import ChangeRefused, New, Plan, Tree
from anju.divisions.recoding import Assignment
from anju.vocabulary import division
from anju.vocabulary.division import Level

_LOCK = 7_210_922  # one decision at a time: two could give one code away twice


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a change did: rows moved and rows left on closed codes, per ``app.Model.column``."""

    change: DivisionChange
    moved: Mapping[str, int]
    left: Mapping[str, int]


def record_change(
    *,
    kind: ChangeKind | str,
    on: date,
    old: Sequence[str],
    new: Sequence[New],
    document: str = "",
    note: str = "",
    assign: Mapping[str, str] | None = None,
    rows: Assignment | None = None,
    by: AbstractBaseUser | None = None,
) -> Outcome:
    """Carries out one decision: opens and closes codes from ``on``, and takes every table's rows along.

    ``old`` and ``new`` are the places the decision names (stems or codes, all of one level). Merged: several → one. Split: one →
    several, with ``assign`` {place below: new parent or full code} and ``rows`` for single records. Moved: each ``old`` becomes the
    ``new`` in the same position. Renamed: the code stays. Rows nobody assigned stay on the closed code and are counted in
    ``left`` (``queries.left_behind`` lists them). Raises ``ChangeRefused`` with the reason; then nothing is changed.
    """
    kind = ChangeKind(kind)
    before = [division.stem(code) for code in old]
    after = [New(division.stem(place.code), place.name.strip()) for place in new]
    given = {division.stem(code): division.stem(target) for code, target in (assign or {}).items()}
    try:
        with transaction.atomic():
            _one_at_a_time()
            tree = _tree([*before, *(place.code for place in after), *given.values()], before, on)
            plan = _plan(kind, tree, before, after, given)
            change = DivisionChange.objects.create(
                kind=kind, on=on, document=document, note=note, recorded_at=timezone.now(), recorded_by=by.get_username() if by else ""
            )
            _check_rows(rows, plan, tree)
            _carry_out(change, plan)
            moved = recoding.recode(change, plan.pairs, keep=_one_way(plan), assigned=rows, within=before)
            return Outcome(change, moved, recoding.count_left_behind(change))
    except IntegrityError as error:
        table = getattr(getattr(error.__cause__, "diag", None), "table_name", "") or ""
        raise ChangeRefused(_("变更后表 %(table)s 里会有两条相同的记录，请先处理重复的记录。") % {"table": table}) from error


def undo(*, change: DivisionChange, note: str = "", by: AbstractBaseUser | None = None) -> Outcome:
    """Takes back a change entered by mistake, as if it had never been: rows return to their codes, codes are opened and closed again.

    Rows added since under a code that disappears return with it where that code had one predecessor; else they are left, and
    listed. Raises ``ChangeRefused`` where a later change builds on it: take that one back first.
    """
    with transaction.atomic():
        _one_at_a_time()
        if change.reverses_id is not None or DivisionChange.objects.filter(reverses=change).exists():
            raise ChangeRefused(_("这次变更已经撤销过，或者本身就是一次撤销。"))
        _nothing_builds_on(change)
        reversal = DivisionChange.objects.create(
            kind=change.kind,
            on=change.on,
            document=change.document,
            note=note,
            reverses=change,
            recorded_at=timezone.now(),
            recorded_by=by.get_username() if by else "",
        )
        moved = recoding.take_back(change, reversal)
        opened = set(change.opened.values_list("code", flat=True))
        back: dict[str, list[str]] = {}
        for pair in Succession.objects.filter(change=change, new_id__in=opened):
            back.setdefault(pair.new_id, []).append(pair.old_id)
        Division.objects.filter(closed_by=change).update(valid_to=None, closed_by=None)
        Division.objects.filter(opened_by=change).update(valid_to=F("valid_from"), opened_by=None, closed_by=reversal)
        later = _added_since(reversal, opened, back)
        for former in FormerName.objects.filter(change=change).select_related("division"):
            _rename(former.division, former.name)
        FormerName.objects.filter(change=change).delete()
        since = recoding.recode(reversal, {new: olds[0] for new, olds in back.items() if len(olds) == 1} | later)
        for name, count in since.items():
            moved[name] = moved.get(name, 0) + count
        return Outcome(reversal, moved, recoding.count_left_behind(reversal))


def _added_since(reversal: DivisionChange, gone: set[str], back: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Places added (villagers' groups, mostly) below codes that disappear: closed too, and opened below the one predecessor if there is one."""
    below = Q(pk__in=[])
    for code in gone:
        below |= Q(code__gt=code, code__lt=code + "~")
    orphans = list(Division.objects.filter(below, valid_to=None).order_by("code")) if gone else []
    if not orphans:
        return {}
    homes = {pair[0] for pair in back.values() if len(pair) == 1}
    near = Q(pk__in=[])
    for code in homes:
        near |= Q(code__gte=code, code__lt=code + "~")
    places = dict(Division.objects.filter(near, valid_to=None).values_list("code", "name"))
    tree = Tree(places, Division.objects.filter(near).values_list("code", flat=True))
    plan = Plan()
    for orphan in orphans:
        plan.closed.add(orphan.code)
        above = orphan.parent_id or ""
        home = plan.pairs.get(above) or (back[above][0] if len(back.get(above, ())) == 1 else "")
        if home:
            suffix = home + orphan.code[len(above) :]
            target = suffix if suffix not in tree.taken else tree.free(home, orphan.code)
            tree.taken.add(target)
            plan.pairs[orphan.code] = target
            plan.opened[target] = planning.Opened(orphan.name, orphan.code)
    Division.objects.filter(code__in=plan.closed).update(valid_to=Greatest("valid_from", Value(reversal.on)), closed_by=reversal)
    _open(reversal, plan)
    Division.objects.filter(code__in=plan.opened).update(valid_from=None)
    return plan.pairs


def _one_at_a_time() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def in_force() -> Q:
    """Successions of changes that weren't taken back."""
    return Q(change__reverses=None, change__reversal=None)


def _nothing_builds_on(change: DivisionChange) -> None:
    codes = set(Succession.objects.filter(change=change).values_list("old_id", flat=True))
    codes |= set(Succession.objects.filter(change=change).values_list("new_id", flat=True))
    later = DivisionChange.objects.filter(id__gt=change.pk, reverses=None, reversal=None)
    touching = later.filter(
        Q(successions__old_id__in=codes) | Q(successions__new_id__in=codes) | Q(closed__code__in=codes) | Q(names__division_id__in=codes)
    ).distinct()
    if after := touching.order_by("-id").first():
        raise ChangeRefused(_("后面的变更（%(change)s）以它为基础，请先撤销那一次。") % {"change": after})


def _tree(codes: Sequence[str], old: Sequence[str], on: date) -> Tree:
    """The open places in and around the decision; refuses an old code that isn't one on that day."""
    around: set[str] = set()
    inside = Q(pk__in=[])
    for code in codes:
        around |= {code[:length] for length in (2, 4, 6, 9, 12) if length <= len(code)}
        inside |= Q(code__gte=code, code__lt=code + "~")
    touched = Division.objects.filter(inside | Q(code__in=around)).select_for_update(no_key=True).order_by("code")
    places: dict[str, str] = {}
    taken: set[str] = set()
    for place in touched:
        if place.valid_to is None:
            places[place.code] = place.name
        elif place.valid_from != place.valid_to:
            taken.add(place.code)
        if place.code in old and not place.is_valid(on):
            raise ChangeRefused(_("%(name)s（%(code)s）在 %(day)s 不存在。") % {"name": place.name, "code": place.code, "day": on})
    if unknown := [code for code in old if code not in places]:
        raise ChangeRefused(_("没有这个区划代码，或者已经撤销：%(codes)s") % {"codes": "、".join(unknown)})
    return Tree(places, taken)


def _plan(kind: ChangeKind, tree: Tree, old: Sequence[str], new: Sequence[New], assign: Mapping[str, str]) -> Plan:
    if gone := [place.code for place in new if place.code in tree.taken and place.code not in tree.places]:
        raise ChangeRefused(_("代码 %(codes)s 以前用过，不能再用。") % {"codes": "、".join(gone)})
    if kind is ChangeKind.MERGED and len(new) == 1:
        return planning.merge(tree, old, new[0], assign)
    if kind is ChangeKind.SPLIT and len(old) == 1:
        return planning.split(tree, old[0], new, assign)
    if kind is ChangeKind.MOVED:
        return planning.move(tree, old, new)
    if kind is ChangeKind.RENAMED and [place.code for place in new] == list(old):
        return planning.rename(tree, new)
    raise ChangeRefused(_("合并是多变一，拆分是一变多，更名不改代码：请核对变更前后的地方。"))


def _check_rows(rows: Assignment | None, plan: Plan, tree: Tree) -> None:
    open_after = (set(tree.places) | set(plan.opened)) - plan.closed
    for assigned in (rows or {}).values():
        if unknown := sorted(set(assigned.values()) - open_after):
            raise ChangeRefused(_("记录分配到了不存在的代码：%(codes)s") % {"codes": "、".join(unknown[:5])})


def _one_way(plan: Plan) -> set[str]:
    """Old codes whose rows can't be told from the new code alone: several came together, or the new one was there before."""
    together = Counter(new for _old, new in set(plan.named) | set(plan.pairs.items()))
    return {old for old, new in plan.pairs.items() if new not in plan.opened or together[new] > 1}


def _carry_out(change: DivisionChange, plan: Plan) -> None:
    """The tree itself: names, codes opened and closed, successions."""
    for code, name in plan.renamed.items():
        place = Division.objects.get(code=code)
        FormerName.objects.create(division=place, change=change, name=place.name, until=change.on)
        _rename(place, name)
    _open(change, plan)
    Division.objects.filter(code__in=plan.closed).update(valid_to=Greatest("valid_from", Value(change.on)), closed_by=change)
    named = set(plan.named)
    Succession.objects.bulk_create(
        [
            Succession(change=change, old_id=old, new_id=new, named=(old, new) in named)
            for old, new in sorted(named | set(plan.pairs.items()))
        ],
        batch_size=5000,
    )


def _open(change: DivisionChange, plan: Plan) -> None:
    likes = {place.code: place for place in Division.objects.filter(code__in={opened.like for opened in plan.opened.values()})}
    above_codes = {code[:length] for code in plan.opened for length in (2, 4, 6, 9, 12) if length < len(code)}
    full: dict[str, str] = dict(Division.objects.filter(code__in=above_codes, valid_to=None).values_list("code", "full_name"))
    made: list[Division] = []
    for code in sorted(plan.opened, key=lambda code: (len(code), code)):
        opened = plan.opened[code]
        like = likes[opened.like]
        parent = next((code[:length] for length in (12, 9, 6, 4, 2) if length < len(code) and code[:length] in full), None)
        _code, _parent, level, name, short, whole, core, sound, initials = record(
            code, opened.name, Level(division.level(code)), parent, full[parent] if parent else ""
        )
        full[code] = whole
        made.append(
            Division(
                code=code,
                parent_id=parent,
                level=level,
                name=name,
                short_name=short,
                full_name=whole,
                core=core,
                pinyin=sound,
                initials=initials,
                number=like.number if name == like.name else None,
                urban_rural=like.urban_rural,
                valid_from=change.on,
                opened_by=change,
            )
        )
    # A code opened once by mistake has a row already, with no day on which it was valid: it is opened anew.
    Division.objects.bulk_create(
        made,
        batch_size=2000,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=[
            "parent",
            "level",
            "name",
            "short_name",
            "full_name",
            "core",
            "pinyin",
            "initials",
            "number",
            "urban_rural",
            "valid_from",
            "valid_to",
            "opened_by",
            "closed_by",
        ],
    )


def _rename(place: Division, name: str) -> None:
    """The name here and in the full names of everything below."""
    above = Division.objects.filter(code=place.parent_id).values_list("full_name", flat=True).first() or ""
    _code, _parent, _level, name, short, whole, core, sound, initials = record(place.code, name, place.as_level, place.parent_id, above)
    low, high = division.bounds(place.code)
    below: QuerySet[Division] = Division.objects.filter(code__gt=low, code__lt=high, full_name__startswith=place.full_name)
    below.update(full_name=Concat(Value(whole), Substr("full_name", len(place.full_name) + 1)))
    Division.objects.filter(code=place.code).update(
        name=name, short_name=short, full_name=whole, core=core, pinyin=sound, initials=initials
    )

"""Taking a change back: a step of its own that reverses it, never an erasure."""

from collections.abc import Callable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.registry.actions.operation import FACTS, Operation, supersede_particulars
from anju.registry.facts import Fact, copied
from anju.registry.models import Change, FormerParticulars, Particulars, Person
from anju.registry.refusal import Refused
from anju.trail.acts import recorded


@recorded("change.undone")
@transaction.atomic
def undo(*, change: Change, by: User | None) -> Change:
    """What the change recorded is known no more, and what it superseded is known again, on every household it touched.

    Refused when something later rests on it: undo that first. Returns the reversing line.
    """
    main = change.main or change
    lines = [main, *main.others.order_by("id")]
    if main.kind in (Change.Kind.ENROLLED, Change.Kind.UNDONE):
        raise Refused(_("“%(kind)s”不能撤销") % {"kind": Change.Kind(main.kind).label})
    operation = Operation(on=clock.today(), by=by, households=[line.household for line in lines], dated=False)
    if Change.objects.filter(reverses=main).exists():
        raise Refused(_("这次变动已经撤销过"))
    try:
        with transaction.atomic():
            _reverse_facts(operation, main)
            _reverse_particulars(operation, lines)
    except IntegrityError as error:
        raise _later() from error
    for line in lines:
        subject = {"person": line.detail["person"]} if "person" in line.detail else {}
        operation.line(operation.households[line.household_id], Change.Kind.UNDONE, {"undone": line.kind, **subject}, line)
    return operation.finish()


def _later() -> Refused:
    return Refused(_("在这之后又有变动，不能直接撤销；请先撤销后来的变动"))


def _reverse_facts(operation: Operation, main: Change) -> None:
    wrote: dict[str, list[int]] = main.detail.get("wrote", {})
    withdrew: dict[str, list[int]] = main.detail.get("withdrew", {})
    stands = _restored_since(operation, main)
    for name, model in FACTS.items():
        lasting = set(wrote.get(name, ())) - set(withdrew.get(name, ()))
        for fact in model.objects.filter(pk__in=[stands(name, key) for key in lasting]).order_by("pk"):
            if fact.superseded_at is not None:
                raise _later()
            operation.withdraw(fact)
    for name, model in FACTS.items():
        lasting = set(withdrew.get(name, ())) - set(wrote.get(name, ()))
        for fact in model.objects.filter(pk__in=lasting).order_by("pk"):
            if isinstance(fact, Fact):
                operation.restored.setdefault(name, []).append((fact.pk, operation.write(copied(fact)).pk))


def _restored_since(operation: Operation, main: Change) -> Callable[[str, int], int]:
    """Where a later change was itself taken back, the fact it had superseded stands again as another row: which one."""
    copies: dict[tuple[str, int], int] = {}
    later = Change.objects.filter(household__in=operation.households, kind=Change.Kind.UNDONE, recorded_at__gt=main.recorded_at)
    for line in later.order_by("id"):
        for name, pairs in line.detail.get("restored", {}).items():
            copies.update({(name, old): new for old, new in pairs})

    def stands(name: str, key: int) -> int:
        while (name, key) in copies:
            key = copies[name, key]
        return key

    return stands


def _reverse_particulars(operation: Operation, lines: list[Change]) -> None:
    for line in lines:
        if "former" not in line.detail:
            continue
        former = FormerParticulars.objects.get(pk=line.detail["former"])
        person = Person.objects.select_for_update(no_key=True).get(pk=former.person_id)
        made: Particulars = (
            FormerParticulars.objects.filter(person=person, recorded_at=former.superseded_at).order_by("id").first() or person
        )
        fields = [*line.detail["fields"], *(["birth_precision"] if "birth_date" in line.detail["fields"] else [])]
        if any(getattr(made, field) != getattr(person, field) for field in fields):
            raise _later()
        supersede_particulars(person, operation.now, **{field: getattr(former, field) for field in fields})

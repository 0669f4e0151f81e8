"""过渡居住: a household leaves the house it lives in for another for the time being, and comes back."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.registry.actions.operation import Operation
from anju.registry.models import Change, Dwelling, Household, Occupancy
from anju.registry.queries.living import LIVING
from anju.registry.refusal import Refused
from anju.trail.acts import recorded


@recorded("dwelling.left_meanwhile")
@transaction.atomic
def move_out(*, household: Household, dwelling: Dwelling, on: date, by: User | None, source: str = "") -> Change:
    """From the day on the household lives in ``dwelling`` for the time being, and in no other house; what it owns stays its own."""
    operation = Operation(on=on, by=by, households=[household])
    row = operation.household(household)
    lives = list(Occupancy.objects.open().filter(household=row, kind__in=LIVING).order_by("pk"))
    if any(one.dwelling_id == dwelling.pk for one in lives):
        raise Refused(_("该户已经住在 %(house)s") % {"house": dwelling.number})
    for one in lives:
        if one.valid_from == on:
            operation.withdraw(one)
        else:
            operation.end(one)
    kind = Occupancy.Kind.TRANSITIONAL
    operation.write(Occupancy(household=row, dwelling=dwelling, kind=kind, area=row.area, valid_from=on, source=source))
    operation.line(
        row, Change.Kind.HOUSED, {"dwelling": dwelling.pk, "kind": kind.value, "left": [[one.dwelling_id, one.kind] for one in lives]}
    )
    return operation.finish()


@recorded("dwelling.returned_to")
@transaction.atomic
def move_back(*, out: Change, on: date, by: User | None, source: str = "") -> Change:
    """From the day on the household lives again where it lived before it moved out (``out``, what ``move_out`` gave), unless the register says so already.

    Refused where it no longer lives in that house for the time being.
    """
    operation = Operation(on=on, by=by, households=[out.household])
    row = operation.household(out.household)
    there = Occupancy.objects.open().filter(household=row, dwelling=out.detail["dwelling"], kind=Occupancy.Kind.TRANSITIONAL).first()
    if there is None:
        raise Refused(_("该户已经不在那里过渡居住"))
    if there.valid_from == on:
        operation.withdraw(there)
    else:
        operation.end(there)
    lives = {(one.dwelling_id, one.kind) for one in Occupancy.objects.open().filter(household=row)}
    for dwelling, kind in out.detail["left"]:
        if kind != Occupancy.Kind.TRANSITIONAL and (dwelling, kind) not in lives:
            operation.write(Occupancy(household=row, dwelling_id=dwelling, kind=kind, area=row.area, valid_from=on, source=source))
    operation.line(row, Change.Kind.VACATED, {"dwelling": there.dwelling_id, "kind": there.kind})
    return operation.finish()

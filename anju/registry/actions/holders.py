"""Whose an identity number is, where the asker can't see the person: that there is one is told, and where to ask; nothing else."""

from django.utils.translation import gettext as _

from anju.privacy import vault
from anju.registry.queries import elsewhere
from anju.registry.refusal import Refused


def refuse_held_elsewhere(number: str) -> None:
    """Raises ``Refused`` naming the county to ask, where the number is held outside the asker's area (the caller has looked inside)."""
    if number and (found := elsewhere.holders([str(vault.secret(vault.ID, number))])):
        (place,) = elsewhere.places(found.values()).values()
        raise Refused(_("该身份证号已登记在%(place)s，请与当地住建部门核实；对方的内容不在此显示") % {"place": place})

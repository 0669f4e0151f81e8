"""Whose an identity number is, where the asker can't see the person: that there is one is told, and where to ask; nothing else."""

from django.db import connection
from django.utils.translation import gettext as _

from anju.divisions.models import Division
from anju.privacy import vault
from anju.registry.refusal import Refused


def county_of_holder(number: str) -> str:
    """The county in which somebody holds the number, "" where nobody does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT county FROM registry_holders(ARRAY[%s]) LIMIT 1", [str(vault.secret(vault.ID, number))])
        row = cursor.fetchone()
    return str(row[0]) if row else ""


def refuse_held_elsewhere(number: str) -> None:
    """Raises ``Refused`` naming the county to ask, where the number is held outside the asker's area (the caller has looked inside)."""
    if number and (county := county_of_holder(number)):
        place = Division.objects.filter(code=county).values_list("full_name", flat=True).first() or county
        raise Refused(_("该身份证号已登记在%(place)s，请与当地住建部门核实；对方的内容不在此显示") % {"place": place})

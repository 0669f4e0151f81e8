"""Reading offices, people and their grants, inside an area."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import OuterRef, Q, QuerySet, Subquery

from anju.accounts.models import Grant, Organisation, SignIn, User, in_force
from anju.accounts.scope import within

PAGE = 40


@dataclass(frozen=True, slots=True)
class Asked:
    """What a reader of the list of people asks for."""

    text: str = ""
    role: str = ""
    state: str = ""


def people(area: str, asked: Asked) -> QuerySet[User]:
    """People of offices inside ``area``, newest account last, with when they last signed in as that area is told."""
    found = User.objects.filter(within(area, "organisation__area")).select_related("organisation").order_by("id")
    found = found.annotate(last_told=last_sign_in(area))
    if asked.text:
        found = found.filter(Q(name__contains=asked.text) | Q(login__startswith=asked.text) | Q(organisation__name__contains=asked.text))
    if asked.role:
        found = found.filter(pk__in=Grant.objects.filter(in_force(), role=asked.role).values("user"))
    if asked.state == "closed":
        return found.filter(is_active=False)
    if asked.state == "without":
        return found.filter(is_active=True).exclude(pk__in=Grant.objects.filter(in_force()).values("user"))
    if asked.state == "open":
        return found.filter(is_active=True)
    return found


def last_sign_in(area: str) -> Subquery:
    """For a query of people: when each last signed in, standing inside ``area``."""
    tried = SignIn.objects.filter(within(area, "seat"), user=OuterRef("pk"), outcome=SignIn.Outcome.OK)
    return Subquery(tried.order_by("-id").values("at")[:1])


def held(rows: Sequence[User]) -> dict[int, list[Grant]]:
    """The grants in force of each of these people, by their key."""
    found: dict[int, list[Grant]] = {row.pk: [] for row in rows}
    for grant in Grant.objects.filter(in_force(), user__in=rows).order_by("id"):
        found[grant.user_id].append(grant)
    return found


def offices(area: str) -> QuerySet[Organisation]:
    """Offices inside ``area``."""
    return Organisation.objects.filter(within(area)).order_by("area", "name")

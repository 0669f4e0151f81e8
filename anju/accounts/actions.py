"""Organisations and users come into being here."""

from django.contrib.auth.password_validation import validate_password
from django.db import transaction

from anju.accounts.models import Organisation, User


@transaction.atomic
def found(*, name: str, kind: str, area: str, parent: Organisation | None = None) -> Organisation:
    """The organisation of that name in that area; made where there is none."""
    made, _ = Organisation.objects.get_or_create(area=area, name=name, defaults={"kind": kind, "parent": parent})
    return made


@transaction.atomic
def admit(*, login: str, name: str, organisation: Organisation, role: str, password: str, check_password: bool = True) -> User:
    """A new user. The password obeys the policy unless the caller says otherwise (a demo)."""
    user = User(login=login, name=name, organisation=organisation, role=role)
    if check_password:
        validate_password(password, user)
    user.set_password(password)
    user.save()
    return user

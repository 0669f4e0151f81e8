"""Organisations, users and grants come into being, and end, here."""

from collections.abc import Iterable
from datetime import date

from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import Grant, NamedRecord, Organisation, User
from anju.accounts.roles import ADMINISTRATORS, ROLES, Power
from anju.trail.acting import doing
from anju.vocabulary import division

_ALWAYS = date(2000, 1, 1)


class NotAllowed(Exception):
    """What was asked for is refused; the message says why and what to do."""


@transaction.atomic
def found(*, name: str, kind: str, area: str, parent: Organisation | None = None) -> Organisation:
    """The organisation of that name in that area; made where there is none."""
    made, _new = Organisation.objects.get_or_create(area=area, name=name, defaults={"kind": kind, "parent": parent})
    return made


@transaction.atomic
def admit(*, login: str, name: str, organisation: Organisation, role: str, password: str, check_password: bool = True) -> User:
    """A new user with one standing grant: ``role`` in the organisation's area. The password obeys the policy unless the caller says
    otherwise (a demo)."""
    user = open_account(login=login, name=name, organisation=organisation, password=password, check_password=check_password)
    Grant.objects.create(user=user, role=role, area=organisation.area, valid_from=_ALWAYS)
    return user


@transaction.atomic
def open_account(
    *, login: str, name: str, organisation: Organisation, password: str, by: User | None = None, check_password: bool = True
) -> User:
    """An account without any right yet: the system administrator opens it, the security administrator then gives it grants."""
    if by is not None and not (by.may(Power.ADMINISTER) and division.contains(by.area, organisation.area)):
        raise NotAllowed(_("只有系统管理员可以为辖区内的机构开账号。"))
    if User.objects.filter(login=login).exists():
        raise NotAllowed(_("登录名“%(login)s”已经有人用了，请换一个。") % {"login": login})
    with doing("account.opened"):
        user = User(login=login, name=name, organisation=organisation)
        if check_password:
            validate_password(password, user)
        user.set_password(password)
        user.save()
    return user


@transaction.atomic
def give(
    *,
    user: User,
    role: str,
    area: str,
    by: User,
    reason: str,
    valid_from: date | None = None,
    valid_to: date | None = None,
    households: Iterable[str] = (),
) -> Grant:
    """Gives a right: role × area (or named households) × from/to. Holds from the person's next request.

    Raises ``NotAllowed``: the giver isn't a security administrator of that area, or the person would be two of the three administrators,
    or an administrator with a business role (三员分立, 2.15).
    """
    _check_giver(by, user, area)
    named = sorted(set(households))
    if ROLES[role].named and not named:
        raise NotAllowed(_("第三方只能看受委托的户：请列出户编号，每行一个。"))
    if named and not ROLES[role].named:
        raise NotAllowed(_("只有第三方角色可以限定到户；这个角色按区划授权。"))
    try:
        with doing("grant.given", reason), transaction.atomic():
            made = Grant.objects.create(
                user=user,
                role=role,
                area=division.stem(area),
                valid_from=valid_from or clock.today(),
                valid_to=valid_to,
                given_by=by,
                reason=reason,
            )
            NamedRecord.objects.bulk_create([NamedRecord(grant=made, kind=NamedRecord.Kind.HOUSEHOLD, key=key) for key in named])
    except IntegrityError as error:
        raise NotAllowed(_why(error)) from error
    return made


@transaction.atomic
def take_back(*, grant: Grant, by: User, reason: str) -> Grant:
    """Ends a right at once: the person's next request, and work of theirs that still runs, goes without it."""
    row = Grant.objects.select_for_update(no_key=True, of=("self",)).select_related("user").get(pk=grant.pk)
    _check_giver(by, row.user, row.area)
    if row.ended_at is not None:
        return row
    row.ended_at, row.ended_by, row.ended_why = timezone.now(), by, reason
    try:
        with doing("grant.taken", reason), transaction.atomic():
            row.save(update_fields=["ended_at", "ended_by", "ended_why"])
    except IntegrityError as error:
        raise NotAllowed(_why(error)) from error
    return row


@transaction.atomic
def close_account(*, user: User, by: User, reason: str) -> User:
    """The person can't sign in any more; their grants stay on record."""
    return _switch(user, by, reason, active=False)


@transaction.atomic
def reopen_account(*, user: User, by: User, reason: str) -> User:
    """The person can sign in again, with the grants that still hold."""
    return _switch(user, by, reason, active=True)


def _switch(user: User, by: User, reason: str, *, active: bool) -> User:
    if not (by.may(Power.ADMINISTER) and division.contains(by.area, user.organisation.area)):
        raise NotAllowed(_("只有系统管理员可以停用或启用辖区内的账号。"))
    if user.pk == by.pk:
        raise NotAllowed(_("不能停用或启用自己的账号。"))
    user.is_active = active
    try:
        with doing("account.reopened" if active else "account.closed", reason), transaction.atomic():
            user.save(update_fields=["is_active"])
    except IntegrityError as error:
        raise NotAllowed(_why(error)) from error
    return user


def _check_giver(by: User, user: User, area: str) -> None:
    if not by.may(Power.SECURE):
        raise NotAllowed(_("授权和收权由安全管理员办理。"))
    if not (division.contains(by.area, area) and division.contains(by.area, user.organisation.area)):
        raise NotAllowed(_("只能在自己辖区内，给辖区内机构的人授权。"))
    if user.pk == by.pk:
        raise NotAllowed(_("不能给自己授权或收权，请另一位安全管理员办理。"))


def _why(error: IntegrityError) -> str:
    """The refusal of the database in words."""
    text = str(error)
    if "accounts_administrators_apart" in text:
        return _("三员分立：系统、安全、审计管理员不能由同一人担任，也不能兼业务角色。请先收回另一项授权。")
    if "accounts_grant_once_open" in text:
        return _("这个人在该区划已有同样的长期授权。")
    return text.splitlines()[0]


__all__ = ["ADMINISTRATORS", "NotAllowed", "admit", "close_account", "found", "give", "open_account", "reopen_account", "take_back"]

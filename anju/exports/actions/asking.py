"""Asking for a file; another person's word where there are many rows; making it; taking it away when its days are over."""

import secrets
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import actor_of, seat
from anju.evidence import store
from anju.exports import limits
from anju.exports.kinds import ExportKind, NotThere, Numbers, RowSet, kind_of
from anju.exports.models import Export
from anju.exports.reasons import ALL_REASONS
from anju.exports.refusal import Refused
from anju.jobs import actions as jobs
from anju.trail.acting import acting, doing
from anju.vocabulary import division

_SIGNS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when read out
_NOTE = 4


def ask(*, kind: str, filters: dict[str, Any], by: User, reason: str = "", note: str = "", full: bool = False) -> Export:
    """Registers the file that is asked for and puts its making on the queue, or before another person where it holds many rows.

    ``filters`` are the page's; only those the kind knows are kept. Raises ``Refused`` where the role doesn't allow it, a reason is missing, or there is nothing to see.
    """
    declared = kind_of(kind)
    whole = declared.numbers is Numbers.WHOLE or (full and declared.numbers is Numbers.CHOICE)
    note = note.strip()[:300]
    if not declared.allows(by, False):
        raise Refused(_("您的角色“%(role)s”不能导出，请找县级审批员办理。") % {"role": _(by.role_title)})
    if whole and not declared.allows(by, True):
        raise Refused(_("您的角色“%(role)s”只能导出脱敏号码；完整号码请找县级审批员。") % {"role": _(by.role_title)})
    if reason not in ALL_REASONS:
        raise Refused(_("请选择用途；用途和导出的内容一起登记。"))
    if len(note) < _NOTE and (reason == "other" or (full and declared.numbers is Numbers.CHOICE)):
        raise Refused(_("请写明给谁、做什么用：完整号码和“其他”用途都要说明。"))
    kept = {name: str(value)[:100] for name, value in filters.items() if name in declared.filters and str(value)}
    found = rows_of(declared, kept, by, whole)
    waits = not found.own and found.total > threshold(whole)
    with transaction.atomic(), doing("export.requested", f"{ALL_REASONS[reason]} {note}".strip()):
        export = Export.objects.create(
            kind=kind,
            title=found.title[:200],
            area=found.area or by.area,
            seat=seat(by),
            filters=kept,
            columns=[str(heading)[:100] for heading in found.headings],
            rows=found.total,
            full=whole,
            reason=reason,
            note=note,
            mark="".join(secrets.choice(_SIGNS) for _sign in range(8)),
            requested_by=by,
            office=by.organisation.name,
            grant=by.role_title,
            right=by.acting,
            requested_at=timezone.now(),
            state=Export.State.WAITING if waits else Export.State.MAKING,
            needs_approval=waits,
        )
        if not waits:
            begin(export, found)
    return export


def threshold(full: bool) -> int:
    """So many rows may leave without a second person."""
    return (limits.FULL_ROWS if full else limits.MASKED_ROWS).value


def rows_of(declared: ExportKind, filters: dict[str, Any], by: User, full: bool) -> RowSet:
    """The rows as the user may see them now."""
    try:
        return declared.make(filters, by, full)
    except NotThere as nothing:
        raise Refused(_("要导出的内容已不在，或不在您的辖区内。")) from nothing


def begin(export: Export, found: RowSet) -> None:
    """What is kept already is ready at once; the rest is made in the background."""
    if found.kept is not None:
        ready(export, file_id=found.kept.pk, name=found.kept.name, size=found.kept.size, rows=found.total, as_is=True)
        return
    export.state = Export.State.MAKING
    export.job = jobs.start(
        kind="exports.write",
        title=_("导出 %(what)s") % {"what": export.title},
        by=export.requested_by,
        area=export.area,
        grant=export.right_id,
        export=export.pk,
    )
    export.save(update_fields=["state", "job"])


def ready(export: Export, *, file_id: int, name: str, size: int, rows: int, as_is: bool = False) -> None:
    """The file is there, for so many days."""
    export.state, export.file_id, export.file_name, export.file_size = Export.State.READY, file_id, name[:255], size
    export.rows, export.as_is, export.ready_at = rows, as_is, timezone.now()
    export.expires_at = export.ready_at + timedelta(days=limits.KEPT_DAYS.value)
    export.save(update_fields=["state", "file", "file_name", "file_size", "rows", "as_is", "ready_at", "expires_at"])


def may_decide(export: Export, by: User) -> bool:
    """Whether this person is the second one: holds the power, covers the area, doesn't stand below who asked, didn't ask."""
    covers = division.contains(by.area, division.holding(export.area, export.seat))
    return by.may(Power.APPROVE_EXPORT) and by.pk != export.requested_by_id and covers


def _deciding(export: Export, by: User) -> Export:
    found = Export.objects.select_for_update(no_key=True, of=("self",)).select_related("requested_by__organisation").get(pk=export.pk)
    if found.requested_by_id == by.pk:
        raise Refused(_("自己申请的导出不能自己审批，请另一位有审批权的人办理。"))
    if not may_decide(found, by):
        raise Refused(_("您不能审批这项导出。"))
    if found.state != Export.State.WAITING:
        raise Refused(_("这项导出已经办过：%(state)s。") % {"state": found.get_state_display()})
    return found


@transaction.atomic
def approve(*, export: Export, by: User, note: str = "") -> Export:
    """Another person agrees: the file is made for the one who asked, as they may see the rows now."""
    found = _deciding(export, by)
    with doing("export.approved", note, seat=found.seat):
        found.decided_by, found.decided_at, found.decision_reason = by, timezone.now(), note.strip()[:300]
        found.save(update_fields=["decided_by", "decided_at", "decision_reason"])
        begin(found, _again(found))
    return found


@transaction.atomic
def refuse(*, export: Export, by: User, reason: str) -> Export:
    """Another person doesn't agree, and says why."""
    if not reason.strip():
        raise Refused(_("不同意要写明理由，申请人能看到。"))
    found = _deciding(export, by)
    with doing("export.refused", reason, seat=found.seat):
        found.state, found.decided_by, found.decided_at = Export.State.REFUSED, by, timezone.now()
        found.decision_reason = reason.strip()[:300]
        found.save(update_fields=["state", "decided_by", "decided_at", "decision_reason"])
    return found


def _again(export: Export) -> RowSet:
    """The rows for the one who asked, whose rights may have changed since."""
    by = requester(export)
    if not still(export, by):
        raise Refused(_("申请人的权限已变，这项导出不能再办。"))
    with acting(actor_of(by)):
        return rows_of(kind_of(export.kind), export.filters, by, export.full)


def requester(export: Export) -> User:
    """Who asked, acting in the grant in which they asked; in none where that one holds no more."""
    by = User.objects.select_related("organisation").get(pk=export.requested_by_id)
    by.act_in(by.grants_in_force().filter(pk=export.right_id or 0).first())
    return by


def still(export: Export, by: User) -> bool:
    """Whether the right to this file still holds of ``by``, the ``requester``: the person, the role, the area."""
    return by.is_active and kind_of(export.kind).allows(by, export.full) and division.contains(by.area, export.area)


def remove_expired() -> int:
    """Takes away the files whose days are over; the register stays. Returns how many."""
    removed = 0
    over = Export.objects.filter(state=Export.State.READY, expires_at__lte=timezone.now())
    for key, asked_at in over.values_list("pk", "seat"):
        with transaction.atomic(), doing("export.expired", seat=asked_at):
            export = Export.objects.select_for_update(no_key=True, of=("self",)).select_related("file").get(pk=key)
            stored = export.file
            if export.state != Export.State.READY or stored is None:
                continue
            export.state, export.file = Export.State.EXPIRED, None
            export.save(update_fields=["state", "file"])
            if not export.as_is:
                store.remove(stored)
            removed += 1
    return removed

"""Signing a list together until it is locked (S4-06, S3-11)."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.rosters.models import Batch, LockSignature, Match, MatchRun
from anju.rosters.refusal import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

FOUR = (Office.HOUSING, Office.POVERTY, Office.CIVIL_AFFAIRS, Office.DISABLED_FEDERATION)


def required(batch: Batch) -> list[Office]:
    """Whose signatures lock a list: housing's and the sender's; all four departments' for the housing office's own ledger, which is the stock."""
    owner = Office(batch.owner)
    if owner is Office.HOUSING:
        return list(FOUR)
    return [Office.HOUSING] if owner is Office.VILLAGE else [Office.HOUSING, owner]


@recorded("list.signed")
def sign(*, batch: Batch, by: User) -> LockSignature:
    """A department's signature; the last one needed locks the list for ever.

    Refused while pairs wait for a verdict or the comparison isn't done, for a department that isn't asked, and for a second signature.
    """
    if not by.may(Power.LOCK):
        raise Refused(_("您的角色“%(role)s”不能会签名单，请由本部门的名单会签人办理。") % {"role": _(by.role_title)})
    if not division.contains(by.area, batch.area):
        raise Refused(_("这份名单不在您的辖区内。"))
    office = by.organisation.kind
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if batch.status == Batch.Status.LOCKED:
            raise Refused(_("名单已锁定，不需要再签。"))
        if batch.status != Batch.Status.MATCHED:
            raise Refused(_("名单%(status)s，比对完成后才能会签。") % {"status": batch.get_status_display()})
        if office not in required(batch):
            names = "、".join(_(OFFICE_NAMES[each]) for each in required(batch))
            raise Refused(_("这份名单由%(offices)s会签，贵单位不在其中。") % {"offices": names})
        run = MatchRun.objects.filter(batch=batch, kind=MatchRun.Kind.REGISTER, current=True).first()
        waiting = (
            Match.objects.filter(run=run, outcome=Match.Outcome.REVIEW, verdict__in=["", Match.Verdict.DOUBTFUL]).count() if run else 0
        )
        if waiting:
            raise Refused(_("还有 %(count)s 对没有核对完，核对完再签。") % {"count": f"{waiting:,}"})
        try:
            with transaction.atomic():
                signature = LockSignature.objects.create(batch=batch, office=office, by=by, at=timezone.now())
        except IntegrityError as error:
            raise Refused(_("%(office)s已经签过了。") % {"office": _(OFFICE_NAMES[Office(office)])}) from error
        signed = set(LockSignature.objects.filter(batch=batch).values_list("office", flat=True))
        if signed >= set(required(batch)):
            batch.status = Batch.Status.LOCKED
            batch.locked_at = timezone.now()
            batch.save(update_fields=["status", "locked_at"])
    return signature

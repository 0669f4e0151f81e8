"""Choosing the deployment's mask policy."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.exports.refusal import Refused
from anju.masks.models import MaskChoice
from anju.masks.reading import chosen
from anju.trail.acting import doing
from anju.vocabulary.masking import POLICIES


@transaction.atomic
def choose_mask(*, policy: str, by: User, reason: str) -> MaskChoice:
    """From the next request on everything is hidden by this policy: pages, exports, papers, notices. Raises ``Refused`` without a reason.

    What was printed or handed out under the earlier one keeps its mask; together the two may show more than either.
    """
    if not by.may(Power.SET_MASKS):
        raise Refused(_("脱敏规则由安全管理员或系统管理员设定。"))
    if policy not in POLICIES:
        raise Refused(_("没有这种脱敏规则。"))
    if not reason.strip():
        raise Refused(_("请写明理由和依据；换规则会留下记录。"))
    if MaskChoice.objects.exists() and chosen().code == policy:
        raise Refused(_("现在用的就是“%(policy)s”。") % {"policy": _(POLICIES[policy].title)})
    with doing("mask.chosen", reason):
        return MaskChoice.objects.create(policy=policy, reason=reason.strip()[:300], chosen_by=by, chosen_at=timezone.now())

"""Looking at a full number: with a reason, recorded, and not more often than work needs."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import seat
from anju.exports import limits
from anju.exports.models import Reveal
from anju.exports.reasons import REVEAL_REASONS
from anju.exports.refusal import Refused
from anju.trail.acting import doing
from anju.vocabulary import division


@transaction.atomic
def reveal(*, area: str, subject: str, numbers: int, by: User, reason: str, note: str = "", url: str = "") -> Reveal:
    """Records that the person sees ``numbers`` full numbers of ``subject``; only then may the caller answer with them.

    Raises ``Refused`` where the role doesn't allow it, no reason is given, or the hour's number is used up.
    """
    if not by.may(Power.REVEAL):
        raise Refused(_("您的角色“%(role)s”不能查看完整号码。") % {"role": _(by.role_title)})
    if not division.contains(by.area, area):
        raise Refused(_("不在您的辖区内。"))
    if reason not in dict(REVEAL_REASONS):
        raise Refused(_("请选择为什么要看；理由随查看一起登记。"))
    allowed = limits.REVEALS_AN_HOUR.value
    User.objects.select_for_update(no_key=True).get(pk=by.pk)  # two at once are counted one after the other
    since = timezone.now() - timedelta(hours=1)
    seen = list(Reveal.objects.filter(by=by, at__gt=since).order_by("at").values_list("at", flat=True))
    if len(seen) >= allowed:
        minutes = max(1, round((seen[0] + timedelta(hours=1) - timezone.now()).total_seconds() / 60))
        raise Refused(
            _("一小时内最多查看 %(allowed)s 次完整号码，您已用完；约 %(minutes)s 分钟后可再看。大批号码请走导出审批。")
            % {"allowed": allowed, "minutes": minutes}
        )
    with doing("number.revealed", str(dict(REVEAL_REASONS)[reason])):
        return Reveal.objects.create(
            area=area,
            seat=seat(by),
            subject=subject[:300],
            url=url,
            numbers=numbers,
            reason=reason,
            note=note.strip()[:300],
            by=by,
            office=by.organisation.name,
            grant=by.role_title,
            at=timezone.now(),
        )

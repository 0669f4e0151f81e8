"""What stands under the three administrators' care, on their first page: figures that open the very entries they count."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Max
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts import queries as people
from anju.accounts.models import Grant, Organisation, User, in_force
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.accounts.signing_in import queries as signing_in
from anju.audit import queries as audit
from anju.exports import queries as exports
from anju.operations import register, selfcheck
from anju.operations.selfcheck import Depth
from anju.trail.models import Sealing

SOON, LATELY = timedelta(days=30), timedelta(days=7)


@dataclass(frozen=True)
class Figure:
    """One figure as ``{% tile %}`` shows it."""

    label: str
    value: int
    unit: str
    url: str
    under: str = ""
    tone: str = ""


def of(user: User) -> list[Figure]:
    """The figures of an administrator; none for everybody else."""
    role = user.as_role
    if role is None or not role.administers:
        return []
    return [*_system(user), *_security(user), *_audit(user)]


def _system(user: User) -> Iterator[Figure]:
    if not user.may(Power.ADMINISTER):
        return
    results = selfcheck.run(depth=Depth.PAGE)
    failed = sum(one.state == selfcheck.FAILED for one in results)
    warned = sum(one.state == selfcheck.WARNED for one in results)
    page = reverse("operations:selfcheck")
    yield Figure(_("自检不合格"), failed, _("项"), page, _("提醒 %d 项") % warned, "late" if failed else "")
    taken = register.last(register.TAKEN)
    days = (timezone.now() - taken.taken_at).days if taken else 0
    told = _("最近一次 %s") % date_format(timezone.localtime(taken.taken_at), "SHORT_DATETIME_FORMAT") if taken else _("还没有备份过")
    yield Figure(_("备份距今"), days, _("天"), page, told, "late" if not taken else "")
    accounts = people.people(user.area, people.Asked(state="open")).count()
    offices = Organisation.objects.filter(within(user.area)).count()
    yield Figure(_("在用账号"), accounts, "", reverse("people:list") + "?state=open", _("机构 %d 个") % offices)


def _security(user: User) -> Iterator[Figure]:
    if not user.may(Power.SECURE):
        return
    locked = len(signing_in.locked_in_the_area(user))
    yield Figure(_("锁定的账号"), locked, "", reverse("security:people"), _("可当面核实后解锁"), "late" if locked else "")
    since = timezone.now() - LATELY
    wrong = signing_in.history_in_the_area(user).filter(outcome__in=signing_in.FAILED, at__gte=since).count()
    yield Figure(_("7 天内登录失败"), wrong, _("次"), reverse("security:history"), _("从谁、从哪里看登录历史"))
    without = people.people(user.area, people.Asked(state="without")).count()
    yield Figure(_("没有授权的账号"), without, "", reverse("people:list") + "?state=without", _("看不到任何农户"))
    today = clock.today()
    ending = Grant.objects.filter(in_force(), within(user.area), valid_to__lte=today + SOON).count()
    yield Figure(_("30 天内到期的授权"), ending, _("项"), reverse("people:list"), _("到期自动失效"))


def _audit(user: User) -> Iterator[Figure]:
    if not user.may(Power.AUDIT):
        return
    today = timezone.localtime().date()  # the trail tells real time
    entries = audit.entries(user, audit.Filters(since=today)).count()
    sealed = Sealing.objects.aggregate(at=Max("at"))["at"]
    told = _("最近封存 %s") % date_format(timezone.localtime(sealed), "TIME_FORMAT") if sealed else _("还没有封存")
    yield Figure(_("今天的留痕"), entries, _("条"), f"{reverse('trail:list')}?since={today.isoformat()}", told)
    since = today - SOON
    given = exports.register(user, exports.Filters(since=since), limit=1).total
    yield Figure(_("30 天内的导出"), given, _("份"), f"{reverse('exports:list')}?since={since.isoformat()}", _("谁、为什么、多少行"))
    looks = exports.reveals(user, limit=1).total
    yield Figure(_("查看完整号码"), looks, _("次"), reverse("exports:reveals"), _("每次都有理由"))

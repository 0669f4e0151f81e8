"""公示 of cases: one notice for many households; once it has hung its days without an open objection the cases go on."""

from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from anju import temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.cases import rules
from anju.cases.actions.stepping import Step, advance_many, held, may
from anju.cases.guards import LEVEL_OF
from anju.cases.looking import Look, look
from anju.cases.models import Case, CaseNotice
from anju.cases.workflow import WORKFLOW
from anju.notices import actions as notices
from anju.notices.models import Kind, Notice
from anju.refusing import Refused
from anju.registry.models import Category, Person
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.vocabulary.method import METHODS

KINDS = {Level.VILLAGE: Kind.REVIEW, Level.TOWNSHIP: Kind.TOWNSHIP, Level.COUNTY: Kind.COUNTY}
CODES = {level: code for code, level in LEVEL_OF.items()}


@recorded("case.posted")
@transaction.atomic
def post(
    *, cases: Sequence[int], level: Level, area: str, title: str, by: User, hotline: str, on: date | None = None, days: int | None = None
) -> Notice:
    """张贴公示: heads, lists, grades and results of these cases, on the board of a village, a township or the county."""
    rows = held(cases)
    way = WORKFLOW.transition(CODES[level])
    if not rows:
        raise Refused(rules.NOTICE, _("没有选要公示的改造户"))
    first = permitting.day_of(on, rules.DAY)
    known = look([one.household_id for one in rows], first, rows)
    names = dict(Person.objects.filter(pk__in=[one.head_id for one in rows]).values_list("pk", "name"))
    for case in rows:
        may(by, way, case.area)
        _may_hang(case, level, area, first, known)
        if case.head_id not in names:
            raise Refused(rules.HEAD, _("%s 的户主已不在本地；请先办户主变更") % case.number)
    shorts = dict(Category.objects.values_list("code", "short"))
    notice = notices.post(
        kind=KINDS[level], area=area, title=title, level=level, by=by, hotline=hotline, starts_on=first, days=days,
        rows=[
            {
                "head": names[case.head_id], "group": _(shorts.get(case.group, case.group)), "grade": _("无房") if case.grade == "none" else _("%s 级") % case.grade,
                "method": _(METHODS[case.method].name) if case.method else "", "result": _("拟纳入改造"),
            }
            for case in rows
        ],
    )  # fmt: skip
    temporary.insert([CaseNotice(case=case, area=case.area, notice=notice, level=int(level), entered=case.entered or 0) for case in rows])
    return notice


def _may_hang(case: Case, level: Level, area: str, first: date, known: Look) -> None:
    """Refused where the case isn't at the stage, lies elsewhere, came to the stage later, or hangs in a notice already."""
    way = WORKFLOW.transition(CODES[level])
    if case.stage not in way.sources:
        raise Refused(
            rules.ORDER,
            _("%(number)s 现在是“%(stage)s”，还不到%(way)s")
            % {"number": case.number, "stage": _(WORKFLOW.stage(case.stage).title), "way": _(way.title)},
        )
    if not division.contains(area, case.area):
        raise Refused(rules.NOTICE, _("%(number)s 不在这张公示的地方；请按村或乡镇分开公示") % {"number": case.number})
    if first < case.since:
        raise Refused(rules.DAY, _("%(number)s %(since)s 才到这一步，公示不能早于它") % {"number": case.number, "since": case.since})
    if known.hung(case, level):
        raise Refused(
            rules.NOTICE,
            _("%(number)s 已在公示“%(title)s”里；要重贴的，先撤下那一张")
            % {"number": case.number, "title": known.hung(case, level)[-1].title},
        )


def posted(*, cases: Sequence[int], level: Level, by: User, on: date | None = None) -> dict[int, Refused]:
    """公示期满: the cases whose notice has ended well go on; the others stay: key → why."""
    return advance_many(cases=cases, step=Step(code=CODES[level], on=on), by=by)

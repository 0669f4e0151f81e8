"""How each rule is looked at: what speaks against a step of a case, in words that say what to do; nothing where the rule is kept."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from anju.cases import rules, standards
from anju.cases.grounds import ground
from anju.cases.looking import Look
from anju.cases.models import Case
from anju.cases.photographs import SHOTS
from anju.cases.workflow import CHECKING, WORKFLOW
from anju.checks import BLOCK, NOTE, WARN, Check, Finding
from anju.evidence.kinds import KINDS
from anju.notices.models import Outcome
from anju.refusing import Refused
from anju.vocabulary.division import LEVEL_NAMES, Level
from anju.vocabulary.keygroup import KEY_GROUPS, OFFICE_NAMES, Office
from anju.vocabulary.method import METHODS
from anju.vocabulary.money import yuan
from anju.vocabulary.route import ROUTES
from anju.vocabulary.works import WORKS


@dataclass(frozen=True, slots=True)
class Asked:
    """The step somebody is about to do: which, on which day, what is said with it, the kinds of its photos; from the field these come afterwards."""

    code: str
    on: date
    details: Mapping[str, Any] = field(default_factory=dict)
    photos: frozenset[str] = frozenset()
    photos_follow: bool = False


MOST_MONEY = 1_000_000_000
"""No household's house costs more than ten million yuan: an amount beyond is a slip of the pen."""
Guard = Callable[[Case, Asked, Look], str | None]
GUARDS: dict[str, Guard] = {}


def _guards(rule: Check) -> Callable[[Guard], Guard]:
    def declare(guard: Guard) -> Guard:
        GUARDS[rule.id] = guard
        return guard

    return declare


def findings(case: Case, asked: Asked, look: Look) -> list[Finding]:
    """What the rules of a transition say of a case: blocks first, then warnings, then those that were lifted by name."""
    found = []
    for rule in WORKFLOW.guarded_by(asked.code):
        said = GUARDS[rule.id](case, asked, look)
        if said is not None:
            lifted = rule.id in look.waived.get(case.pk, ())
            found.append(Finding(rule.id, said, level=NOTE if lifted else rule.level))
    return sorted(found, key=lambda one: (BLOCK, WARN, NOTE).index(one.level))


# ------------------------------------------------------------------------------------------------ who and which house


@_guards(rules.IDENTITY)
def _identity(case: Case, asked: Asked, look: Look) -> str | None:
    appraised = case.appraisal.on if case.appraisal is not None else case.applied_on
    if look.confirmed(case.household, appraised) is not None:
        left = look.left(case.household, case.group)
        if left is None or case.household.closed_on is not None:
            return None
        group = next((one.short for one in KEY_GROUPS if one.code == case.group), case.group)
        return _("该户 %(on)s 起已不在“%(group)s”名单上；名单有误的先更正名单，确已调出的请按“认定不符合”办理") % {
            "on": left,
            "group": _(group),
        }
    return _("%(on)s 时没有锁定的名单确认该户是重点对象；请先会签锁定名单，再用那以后的鉴定") % {"on": appraised}


@_guards(rules.GRADE)
def _grade(case: Case, asked: Asked, look: Look) -> str | None:
    if case.grade == "none":
        return None if case.household_id in look.no_house else _("该户的无房认定已经不再有效；请重新认定，或终止本件")
    held = look.grade_of(case.household_id, case.dwelling_id)
    if held is not None and held.grade == case.grade:
        return None
    now = held.grade if held is not None else _("没有等级")
    return _("申请时房屋为 %(then)s 级，现在是 %(now)s；仍是危房的请办“改按最新鉴定重审”，不再是的请按“认定不符合”办理") % {
        "then": case.grade,
        "now": now,
    }


@_guards(rules.REGRADE)
def _regrade(case: Case, asked: Asked, look: Look) -> str | None:
    try:
        now = ground(case.household, look)
    except Refused as refused:
        return refused.said
    if now.grade != case.grade or now.dwelling != case.dwelling_id:
        return None
    return _("鉴定的结果没有变；改按最新鉴定只在等级变了的时候办理")


@_guards(rules.HOUSEHOLD)
def _household(case: Case, asked: Asked, look: Look) -> str | None:
    closed = case.household.closed_on
    if closed is None:
        return None
    if case.approved_on is None:
        return str(_("该户已于 %s 销户；请按“认定不符合”办理") % closed)
    return str(_("该户已于 %s 销户；请由县级取消资格，终止改造") % closed)


@_guards(rules.ONCE)
def _once(case: Case, asked: Asked, look: Look) -> str | None:
    if case.again_of_id is not None:
        return None
    for earlier in look.finished.get(case.household_id, ()):
        if earlier.historic:
            return _("该户 %(year)d 年已经改造（%(number)s，历年改造录入）；因灾返危的请按“返危重开”申请") % {
                "year": earlier.year,
                "number": earlier.number,
            }
        return _("该户 %(on)s 已经改造结案（%(number)s）；因灾返危的请按“返危重开”申请") % {
            "on": earlier.ended_on,
            "number": earlier.number,
        }
    for support in look.support.get(case.household_id, ()):
        return _("该户或家庭成员 %(year)d 年已享受过补助（%(kind)s）；属例外的请由县级写明理由") % {
            "year": support.year,
            "kind": support.kind,
        }
    return None


@_guards(rules.ROUTE)
def _route(case: Case, asked: Asked, look: Look) -> str | None:
    way = look.ways.get(case.household_id)
    if way is None or (ROUTES[way.route].works and case.again_of_id is not None):
        return None
    return _("该户 %(since)s 起已按“%(route)s”得到保障；请办“转其他保障途径”，那一途径不再算数的先在农户页结束它") % {
        "since": way.valid_from,
        "route": _(ROUTES[way.route].name),
    }


@_guards(rules.SAME_HEAD)
def _same_head(case: Case, asked: Asked, look: Look) -> str | None:
    now = look.heads.get(case.household_id)
    if case.household.closed_on is not None:
        return None
    if now is None:
        return _("登记库里该户没有户主；请先在农户页变更户主，再办“户主变更”")
    if now.person_id == case.head_id:
        return None
    return _("登记库里的户主现在是 %(name)s；请先办“户主变更”") % {"name": now.person.name}


@_guards(rules.HOUSE)
def _house(case: Case, asked: Asked, look: Look) -> str | None:
    other = look.other_safe_house(case.household_id, case.dwelling_id)
    if other is None:
        return None
    has = _("该户另有一处 %(grade)s 级住房（%(house)s）") % {"grade": other.grade, "house": other.appraisal.number}
    return _excluded(case, asked, standards.ANOTHER_HOUSE, has)


def _excluded(case: Case, asked: Asked, fact: str, has: str) -> str | None:
    """What a fact means here: nothing, that it has to be explained, or that nothing is paid."""
    excluded = standards.excluded(case.area, asked.on, fact)
    if excluded is None:
        return None
    return has + (_("；本地规定不予补助，请按“认定不符合”办理") if excluded else _("；确需纳入的，请由县级写明理由"))


@_guards(rules.PUBLIC_EMPLOYEE)
def _public_employee(case: Case, asked: Asked, look: Look) -> str | None:
    if case.household_id not in look.public_employees:
        return None
    return _excluded(case, asked, standards.PUBLIC_EMPLOYEE, _("家中有国家公职人员"))


# ------------------------------------------------------------------------------------------------ review, notices, joint check


@_guards(rules.MEETING)
def _meeting(case: Case, asked: Asked, look: Look) -> str | None:
    due, came, agreed = (int(asked.details.get(name) or 0) for name in ("due", "came", "agreed"))
    if not 0 < came <= due or not 0 <= agreed <= came:
        return _("请写明应到、实到和同意的人数；实到不多于应到，同意不多于实到")
    if came * 2 <= due:
        return _("应到 %(due)d 人，实到 %(came)d 人，没有过半；请重新召集会议") % {"due": due, "came": came}
    if agreed * 2 <= came:
        return _("实到 %(came)d 人，同意 %(agreed)d 人，没有过半；该户未通过评议，请按“认定不符合”办理") % {"came": came, "agreed": agreed}
    return None


@_guards(rules.MEETING_PHOTO)
def _meeting_photo(case: Case, asked: Asked, look: Look) -> str | None:
    if asked.photos_follow or asked.photos & SHOTS["review"].needed:
        return None
    return _("还没有会议现场的照片；请先拍照或上传“%(kind)s”，再登记") % {"kind": KINDS["meeting"].title}


LEVEL_OF = {"post_village": Level.VILLAGE, "post_township": Level.TOWNSHIP, "post_county": Level.COUNTY}


@_guards(rules.NOTICE)
def _notice(case: Case, asked: Asked, look: Look) -> str | None:
    level = LEVEL_OF[asked.code]
    said = {"level": _(LEVEL_NAMES[level])}
    hung = look.hung(case, level)
    if not hung:
        return _("还没有张贴%(level)s级公示；请先公示") % said
    if any(notice.outcome == Outcome.STOPPED for notice in hung):
        return _("%(level)s级公示因异议终止；请退回或认定不符合") % said
    if any(notice.pk in look.objected for notice in hung):
        return _("%(level)s级公示有异议还没有答复；请先答复") % said
    notice = hung[-1]
    if not notice.outcome:
        return _("%(level)s级公示 %(from)s 起 %(days)d 天，%(until)s 期满拍照、结束后再办") % {
            **said, "from": notice.starts_on, "days": notice.days, "until": notice.closes_on,
        }  # fmt: skip
    if notice.closed_on is not None and notice.closed_on > asked.on:
        return _("%(level)s级公示 %(on)s 才结束，日期不能早于它") % {**said, "on": notice.closed_on}
    return None


@_guards(rules.VISIT)
def _visit(case: Case, asked: Asked, look: Look) -> str | None:
    return None if "visit" in case.marks else _("还没有登记入户核实；请先入户，登记看到的情况")


@_guards(rules.JOINT)
def _joint(case: Case, asked: Asked, look: Look) -> str | None:
    offices = {f"checked_{office.value}": _(OFFICE_NAMES[office]) for office in Office}
    missing = [offices[mark] for mark in CHECKING if mark not in case.marks]
    return _("%s还没有联审") % _("、").join(missing) if missing else None


# ------------------------------------------------------------------------------------------------ approval


@_guards(rules.PLAN)
def _plan(case: Case, asked: Asked, look: Look) -> str | None:
    return None if asked.details.get("plan") else _("还没有 %(year)d 年的改造计划；请先录入年度计划") % {"year": asked.on.year}


@_guards(rules.METHOD)
def _method(case: Case, asked: Asked, look: Look) -> str | None:
    return standards.method_refused(case.area, asked.on, grade=case.grade, method=str(asked.details.get("method", "")))


@_guards(rules.AREA)
def _area(case: Case, asked: Asked, look: Look) -> str | None:
    main, auxiliary = (Decimal(str(value)) if (value := asked.details.get(name)) else None for name in ("main_area", "auxiliary_area"))
    held = case.household_id in look.double_none
    method = str(asked.details.get("method", ""))
    return standards.area_refused(case.area, asked.on, method=method, size=case.size, main=main, auxiliary=auxiliary, lower_limit=held)


@_guards(rules.AMOUNT)
def _amount(case: Case, asked: Asked, look: Look) -> str | None:
    method = METHODS.get(str(asked.details.get("method", "")))
    if method is not None and method.new and not asked.details.get("main_area"):
        return _("请写明批准的主房面积")
    if not all(
        standards.measured(Decimal(value)) for name in ("main_area", "auxiliary_area") if (value := asked.details.get(name)) is not None
    ):
        return _("面积应是 0 至 %d 平方米，小数最多两位；请改正") % standards.LARGEST
    refused = asked.details.get("no_subsidy")
    return str(refused) if refused else None


# ------------------------------------------------------------------------------------------------ before the start, and the works


def _needs(rule: Check, mark: str, words: Promise) -> None:
    @_guards(rule)
    def guard(case: Case, asked: Asked, look: Look) -> str | None:
        return None if mark in case.marks else str(words)


_needs(rules.MODE, "mode", lazy("还没有登记建设方式（自建、统建等）；请先摸清"))
_needs(rules.HOUSEHOLD_PLAN, "plan", lazy("还没有登记一户一方案"))
_needs(rules.AGREEMENT, "agreement", lazy("还没有签好并备案的协议"))
_needs(rules.MATERIALS, "materials", lazy("还没有登记备料"))
_needs(rules.TRAINING, "training", lazy("还没有登记施工培训"))


@_guards(rules.BUILDER)
def _builder(case: Case, asked: Asked, look: Look) -> str | None:
    commits = asked.details.get("kind") == "commitment"
    by_itself = case.build_mode in ("self_build", "self_repair")
    if commits and not by_itself:
        return _("不是自建，请登记三方或两方协议，写明施工方")
    office = standards.filed_with(case.area, asked.on)
    if office and not asked.details.get("filed_on"):
        return _("协议要报%s备案；请写明备案的日期，没有备案的备案后再登记") % office
    return None


@_guards(rules.STAGES)
def _stages(case: Case, asked: Asked, look: Look) -> str | None:
    shares = [int(share) for _stage, share in asked.details.get("stages", ())]
    if asked.details.get("kind") == "commitment" and not shares:
        return None
    if not shares or any(share <= 0 for share in shares) or sum(shares) != 100:
        return _("付款各阶段的比例合计应为 100%%，现在是 %(sum)d%%") % {"sum": sum(shares)}
    return None


@_guards(rules.MILESTONE)
def _milestone(case: Case, asked: Asked, look: Look) -> str | None:
    wanted = METHODS[case.method].milestones
    name = {"lay_foundation": "foundation", "raise_structure": "structure", "complete": "completion"}[asked.code]
    if name not in wanted:
        return _("“%(method)s”没有这个节点") % {"method": _(METHODS[case.method].name)}
    before = {"started": "start"}.get(case.stage, case.stage)
    left = wanted[wanted.index(before) + 1 : wanted.index(name)]
    if left:
        return _("还有节点没有登记；请按先后登记")
    return standards.milestone_refused(case.area, asked.on, name=name, since=case.since, repaired=not METHODS[case.method].new)


# ------------------------------------------------------------------------------------------------ the household's plan


def _planned(asked: Asked) -> Mapping[str, Any]:
    """What a plan says, as its step keeps it."""
    said: Mapping[str, Any] = asked.details.get("household", {})
    return said


@_guards(rules.WORKS)
def _works(case: Case, asked: Asked, look: Look) -> str | None:
    works = _planned(asked).get("works", ())
    if not works:
        return _("请选改造内容")
    if any(safety for _work, safety in works):
        return None
    return _("改造内容（%s）都与提升住房安全无关，不能单独进行；请写明加固、重建等内容") % _("、").join(
        _(WORKS[work].name) if work in WORKS else work for work, _safety in works
    )


@_guards(rules.PLANNED_AREA)
def _planned_area(case: Case, asked: Asked, look: Look) -> str | None:
    said = _planned(asked)
    main, auxiliary = (Decimal(value) if (value := said.get(name)) else None for name in ("main_area", "auxiliary_area"))
    if case.method not in METHODS or not METHODS[case.method].new:
        return None
    if main is None:
        return _("请写明拟建的主房面积")
    for name, planned, approved in ((_("主房"), main, case.main_area), (_("附属房"), auxiliary, case.auxiliary_area)):
        if planned is not None and planned > (approved or 0):
            return _("拟建%(what)s %(planned)s ㎡，超过批准的 %(approved)s ㎡；请改小，或重新报批") % {
                "what": name, "planned": f"{planned.normalize():f}", "approved": f"{(approved or Decimal(0)).normalize():f}",
            }  # fmt: skip
    if rules.AREA.id in look.waived.get(case.pk, ()):
        return None
    held = case.household_id in look.double_none
    return standards.area_refused(case.area, asked.on, method=case.method, size=case.size, main=main, auxiliary=auxiliary, lower_limit=held)


@_guards(rules.DRAWING)
def _drawing(case: Case, asked: Asked, look: Look) -> str | None:
    refused = _planned(asked).get("no_drawing")
    return str(refused) if refused else None


@_guards(rules.TOILET)
def _toilet(case: Case, asked: Asked, look: Look) -> str | None:
    said = _planned(asked)
    return _("改厕还没有农户同意；请问清农户，不同意的不列入方案") if said.get("toilet") and not said.get("toilet_consent") else None


def must_leave(case: Case) -> bool:
    """Whether the family can't live in its house while it is renovated: it is D, or is pulled down."""
    return case.grade == "D" or case.method == "rebuild"


@_guards(rules.MEANWHILE)
def _meanwhile(case: Case, asked: Asked, look: Look) -> str | None:
    said = _planned(asked)
    way = said.get("meanwhile")
    if not way or way == "stays":
        return (
            _("%s，建房期间不能住人；请写明住哪里") % (_("住房是 D 级") if case.grade == "D" else _("原房要拆除"))
            if must_leave(case)
            else None
        )
    if not said.get("meanwhile_place") and not said.get("dwelling"):
        return _("请写明建房期间住的地方，或选登记库里的房屋")
    if not said.get("meanwhile_from"):
        return _("请写明从哪天起住过去")
    refused = said.get("no_meanwhile")
    return str(refused) if refused else None


@_guards(rules.FUNDS)
def _funds(case: Case, asked: Asked, look: Look) -> str | None:
    said = _planned(asked)
    parts = {name: int(said.get(name, 0)) for name in ("subsidy", "self_raised", "loan", "donated", "granted")}
    total = int(said.get("total", 0))
    if total <= 0 or min(parts.values()) < 0 or max(parts.values()) > MOST_MONEY:
        return _("请写明总费用；各项金额不能是负数，也不能太大")
    if parts["subsidy"] != (case.subsidy or 0):
        return _("补助应是批准的 %(right)s，方案写的是 %(given)s") % {"right": yuan(case.subsidy or 0), "given": yuan(parts["subsidy"])}
    found = sum(parts.values())
    if found == total:
        return None
    return _("资金来源合计 %(sum)s，总费用 %(total)s，相差 %(rest)s；请补齐来源或改正总费用") % {
        "sum": yuan(found), "total": yuan(total), "rest": yuan(abs(total - found)),
    }  # fmt: skip


@_guards(rules.RESPONSIBLE)
def _responsible(case: Case, asked: Asked, look: Look) -> str | None:
    said = _planned(asked)
    if not said.get("village_person") or not said.get("township_person"):
        return _("请写明村里和乡镇的责任人")
    refused = said.get("no_schedule")
    return str(refused) if refused else None


@_guards(rules.DEBT)
def _debt(case: Case, asked: Asked, look: Look) -> str | None:
    return _planned(asked).get("debt_said") or None


@_guards(rules.MILESTONE_PHOTO)
def _milestone_photo(case: Case, asked: Asked, look: Look) -> str | None:
    needed = SHOTS[asked.code].needed
    if asked.photos_follow or asked.photos & needed:
        return None
    if asked.code == "start_works":
        ground = case.appraisal.on if case.appraisal is not None else case.applied_on
        if (shown := look.before.get(case.household_id)) is not None and shown >= ground:
            return None
    kinds = _("、").join(str(kind.title) for code, kind in KINDS.items() if code in needed)
    return _("还没有现场照片（%(kinds)s）；请先拍照或上传，再登记“%(step)s”") % {
        "kinds": kinds,
        "step": _(WORKFLOW.transition(asked.code).title),
    }


# ------------------------------------------------------------------------------------------------ side roads


@_guards(rules.OTHER_ROUTE)
def _other_route(case: Case, asked: Asked, look: Look) -> str | None:
    return None if case.household_id in look.ways else _("还没有登记有效的保障途径；请先登记，再转")


@_guards(rules.WRITTEN)
def _written(case: Case, asked: Asked, look: Look) -> str | None:
    written = asked.details.get("written_on")
    return None if written and written <= asked.on.isoformat() else _("放弃改造要有本人书面声明；请写明声明的日期，不晚于办理的日期")


@_guards(rules.HEAD)
def _head(case: Case, asked: Asked, look: Look) -> str | None:
    now = look.heads.get(case.household_id)
    if now is None:
        return _("登记库里该户没有户主；请先在农户页变更户主")
    return _("登记库里户主没有变；请先在农户页变更户主") if now.person_id == case.head_id else None

"""DECLARED: the stages of a renovation case and what leads from one to another (domain 4.1, 4.5).

What comes after the start is declared here and done by the apps that know its guards: an inspection accepts, the finance office pays. Agreement,
materials, training and the survey of who builds come in any order, all before the start: marks. So do, after acceptance, 销档, plate and payment.
"""

from anju.accounts.roles import Power
from anju.cases import rules
from anju.vocabulary.keygroup import Office
from anju.workflow import BACK, STAYS, Stage, Transition, Workflow

APPLYING, PREPARING, BUILDING, ACCEPTING, CLOSING = "申请审批", "协议备料", "施工", "验收挂牌", "拨付归档"

STAGES = (
    Stage("applied", "已申请", APPLYING, within=15),
    Stage("reviewed", "村评议", APPLYING, within=7),
    Stage("village_posted", "村公示", APPLYING, within=15),
    Stage("township_reviewed", "乡镇审核", APPLYING, within=7),
    Stage("township_posted", "乡镇公示", APPLYING, within=15),
    Stage("checked", "县联审", APPLYING, within=7),
    Stage("county_posted", "县公示", APPLYING, within=7),
    Stage("approved", "已批准", PREPARING, within=30),
    Stage("started", "开工", BUILDING, within=30),
    Stage("foundation", "基础", BUILDING, within=30),
    Stage("structure", "主体", BUILDING, within=30),
    Stage("completed", "竣工", ACCEPTING, within=7),
    Stage("first_accepted", "乡级初验", ACCEPTING, within=7),
    Stage("accepted", "县级验收", ACCEPTING, within=30),
    Stage("archived", "归档", CLOSING, within=15),
    Stage("closed", "结案", CLOSING, ends=True),
    Stage("returned", "退回", side=True, within=15),
    Stage("paused", "暂停", side=True, within=60),
    Stage("failed", "整改", side=True, within=30),
    Stage("refused", "不符合", ends=True),
    Stage("withdrawn", "自愿放弃", ends=True),
    Stage("other_route", "转其他途径", ends=True),
    Stage("void", "录入作废", ends=True),
)
UNAPPROVED = ("applied", "reviewed", "village_posted", "township_reviewed", "township_posted", "checked", "county_posted")
UNSTARTED = (*UNAPPROVED, "approved")
ANEW = ("return", "split", "regrade")
"""What sends a case back to be reviewed from the beginning."""
WORKING = ("started", "foundation", "structure")
CHECKING = tuple(f"checked_{office.value}" for office in Office if office is not Office.VILLAGE)
"""The mark that each of the four departments leaves in the county's joint check."""
PREPARED = ("mode", "plan", "agreement", "materials", "training")
_OF_REVIEW = (*CHECKING, "visit")
_OFFICES = {
    Office.HOUSING: "住建部门联审", Office.POVERTY: "扶贫部门联审", Office.CIVIL_AFFAIRS: "民政部门联审", Office.DISABLED_FEDERATION: "残联联审",
}  # fmt: skip

WORKFLOW = Workflow(
    start="applied",
    taken_back="void",
    stages=STAGES,
    transitions=(
        Transition("review", "登记村评议", ("applied",), "reviewed", (Power.CASE_VILLAGE,), (rules.MEETING, rules.MEETING_PHOTO)),
        Transition("post_village", "村公示期满", ("reviewed",), "village_posted", (Power.CASE_VILLAGE, Power.CASE_TOWNSHIP), (rules.NOTICE,)),
        Transition("visit", "登记入户核实", ("applied", "reviewed", "village_posted"), STAYS, (Power.CASE_TOWNSHIP,), mark="visit"),
        Transition(
            "review_township", "乡镇审核通过", ("village_posted",), "township_reviewed", (Power.CASE_TOWNSHIP,),
            (rules.HOUSEHOLD, rules.SAME_HEAD, rules.VISIT, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.ROUTE, rules.HOUSE, rules.PUBLIC_EMPLOYEE),
        ),
        Transition("post_township", "乡镇公示期满", ("township_reviewed",), "township_posted", (Power.CASE_TOWNSHIP,), (rules.NOTICE,)),
        *(
            Transition(f"check_{office.value}", title, ("township_posted",), STAYS, (Power.CASE_CHECK,), mark=f"checked_{office.value}")
            for office, title in _OFFICES.items()
        ),
        Transition(
            "check", "联审通过", ("township_posted",), "checked", (Power.CASE_APPROVE,),
            (rules.HOUSEHOLD, rules.SAME_HEAD, rules.JOINT, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.ROUTE, rules.HOUSE, rules.PUBLIC_EMPLOYEE),
        ),
        Transition("post_county", "县公示期满", ("checked",), "county_posted", (Power.CASE_APPROVE,), (rules.NOTICE,)),
        Transition(
            "approve", "批准并列入计划", ("county_posted",), "approved", (Power.CASE_APPROVE,),
            (
                *(rules.HOUSEHOLD, rules.SAME_HEAD, rules.IDENTITY, rules.GRADE, rules.ONCE, rules.ROUTE, rules.HOUSE, rules.PUBLIC_EMPLOYEE),
                *(rules.PLAN, rules.METHOD, rules.AREA, rules.AMOUNT),
            ),
        ),
        Transition("survey_mode", "登记建设方式", ("approved",), STAYS, (Power.CASE_PREPARE,), mark="mode"),
        Transition("draw_plan", "登记一户一方案", ("approved",), STAYS, (Power.CASE_PREPARE,), rules.OF_A_PLAN, mark="plan"),
        Transition(
            "redraw_plan", "变更一户一方案", ("approved", *WORKING), STAYS, (Power.CASE_PREPARE,), (rules.HOUSEHOLD_PLAN, *rules.OF_A_PLAN), reason=True
        ),
        Transition("agree", "登记协议备案", ("approved", *WORKING), STAYS, (Power.CASE_PREPARE,), (rules.MODE, rules.BUILDER, rules.STAGES), mark="agreement"),
        Transition("stock_materials", "登记备料", ("approved",), STAYS, (Power.CASE_PREPARE,), mark="materials"),
        Transition("train", "登记施工培训", ("approved",), STAYS, (Power.CASE_PREPARE,), mark="training"),
        Transition(
            "start_works", "开工", ("approved",), "started", (Power.CASE_PROGRESS,),
            (
                *(rules.HOUSEHOLD, rules.SAME_HEAD, rules.MODE, rules.HOUSEHOLD_PLAN, rules.AGREEMENT, rules.MATERIALS, rules.TRAINING),
                rules.MILESTONE_PHOTO,
            ),
        ),
        Transition("lay_foundation", "基础完成", ("started",), "foundation", (Power.CASE_PROGRESS,), (rules.MILESTONE, rules.MILESTONE_PHOTO)),
        Transition("raise_structure", "主体完成", ("foundation",), "structure", (Power.CASE_PROGRESS,), (rules.MILESTONE, rules.MILESTONE_PHOTO)),
        Transition(
            "complete", "竣工", ("started", "structure"), "completed", (Power.CASE_PROGRESS,),
            (rules.SAME_HEAD, rules.AGREEMENT, rules.MILESTONE, rules.MILESTONE_PHOTO),
        ),
        # What follows is done by inspections and funds, after guards of their own.
        Transition("accept_first", "乡级初验合格", ("completed",), "first_accepted"),
        Transition("accept", "县级验收合格", ("first_accepted",), "accepted"),
        Transition("fail", "验收不合格", ("completed", "first_accepted"), "failed", reason=True),
        Transition("mend", "整改完成", ("failed",), BACK),
        Transition("strike", "危房台账销档", ("accepted",), STAYS, mark="struck"),
        Transition("plate", "挂牌", ("accepted",), STAYS, mark="plated"),
        Transition("pay", "补助付清", ("accepted",), STAYS, mark="paid"),
        Transition("archive", "归档", ("accepted",), "archived"),
        Transition("close", "结案", ("archived",), "closed", final=True),
        # Side roads.
        Transition("return", "退回补正", UNAPPROVED[1:], "returned", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), clears=_OF_REVIEW, reason=True),
        Transition("resubmit", "补正后重报", ("returned",), "applied", (Power.CASE_VILLAGE, Power.CASE_TOWNSHIP)),
        Transition("refuse", "认定不符合", (*UNAPPROVED, "returned"), "refused", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), reason=True),
        Transition("revoke", "取消资格，终止改造", ("approved", *WORKING, "paused"), "refused", (Power.CASE_APPROVE,), reason=True),
        Transition(
            "withdraw", "农户自愿放弃", (*UNSTARTED, *WORKING, "returned", "paused"), "withdrawn", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE),
            (rules.WRITTEN,), reason=True,
        ),
        Transition(
            "take_other_route", "转其他保障途径", (*UNSTARTED, "returned", "paused"), "other_route", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE),
            (rules.OTHER_ROUTE,), reason=True,
        ),
        Transition("pause", "暂停", (*UNSTARTED, *WORKING), "paused", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), reason=True),
        Transition("resume", "恢复办理", ("paused",), BACK, (Power.CASE_TOWNSHIP, Power.CASE_APPROVE)),
        Transition(
            "change_head", "户主变更", (*UNSTARTED, *WORKING, "paused"), STAYS, (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), (rules.HEAD,), clears=("agreement",),
            reason=True,
        ),
        Transition("split", "分户，退回重审", UNSTARTED, "returned", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), clears=(*_OF_REVIEW, *PREPARED), reason=True),
        Transition(
            "regrade", "改按最新鉴定重审", (*UNAPPROVED, "returned"), "applied", (Power.CASE_TOWNSHIP, Power.CASE_APPROVE), (rules.REGRADE,), clears=_OF_REVIEW,
            reason=True,
        ),
    ),
)  # fmt: skip
ENDS = tuple(one.code for one in STAGES if one.ends)
DONE = ("completed", "first_accepted", "accepted", "archived", "closed")
"""The stages in which the works are finished."""
WITHOUT_WORKS = tuple(code for code in ENDS if code not in DONE)
"""The stages in which a case ended otherwise, or was none: such a household is in no plan, and the case is no support."""
CODES = tuple(one.code for one in STAGES)

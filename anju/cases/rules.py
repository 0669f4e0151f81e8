"""DECLARED: the rules of the renovation road. Each guards one or more transitions (``workflow.py``); ``guards.py`` says how it is looked at.

``WAIVABLE`` are those that the county may lift for one case, by name and reason; the others hold for everybody.
"""

from anju.checks import BLOCK, WARN, Check

ROLE = Check("case-role", "由有权的角色办理", "村、乡镇、县各办各的：危房改造各级签署", BLOCK)
DAY = Check("case-day", "日期按先后，只登记已经发生的事", "日期先后：身份、鉴定、批准、协议、开工、竣工、验收", BLOCK)
ORDER = Check("case-order", "按规定的先后办理", "危房改造办理程序：申请、评议、审核、审批、协议、施工、验收", BLOCK)
HOUSEHOLD = Check("case-household", "申请的是在册农户", "农户登记库", BLOCK)
REASON = Check("case-reason", "退回、终止、放弃和撤销要写明理由", "退回、终止、放弃要告知农户原因", BLOCK)
TWICE = Check("case-twice", "同一次提交只登记一次", "离线提交可能重发，只算一次", BLOCK)
ONE_OPEN = Check("case-one-open", "一户同时只有一件在办", "一户一宅（《土地管理法》第 62 条）", BLOCK)
ONCE = Check("case-once", "一户只享受一次补助，返危重开除外", "一户只补助一次，因灾返危的除外（重庆市细则）", BLOCK)
IDENTITY = Check("case-identity", "先确认身份，再用鉴定申请补助", "S4-05：先确认身份信息，后鉴定危房等级", BLOCK)
GRADE = Check("case-grade", "现住房鉴定为 C、D 级，或认定无房", "危房改造对象：住房 C、D 级或无房", BLOCK)
HOUSE = Check("case-other-house", "县内没有另一处安全住房", "唯一住房；另有安全住房的不予补助（元谋县、平罗县）", BLOCK)
PUBLIC_EMPLOYEE = Check("case-public-employee", "家中有国家公职人员的不纳入，或写明情况", "元谋县、平罗县：家中有公职人员的不予补助", BLOCK)
MEETING = Check("case-meeting", "村民会议过半数到会，到会的过半数同意", "《村民委员会组织法》第 22 条", BLOCK)
MEETING_PHOTO = Check("case-meeting-photo", "村评议要有会议照片", "农户档案第 9 项：民主评议记录和照片", BLOCK)
NOTICE = Check("case-notice", "公示满规定天数、有照片、无未决异议", "村、乡镇、县三级公示（旌德县、来安县等的程序）", BLOCK)
VISIT = Check("case-visit", "乡镇入户核实后再审核", "乡镇审核要入户核实", BLOCK)
JOINT = Check("case-joint", "四部门联审都通过", "S4-08：四部门联审", BLOCK)
METHOD = Check("case-method", "改造方式与等级相符", "住房城乡建设部 2017-03-01 会议：C 级必须加固", BLOCK)
AREA = Check("case-area", "建设面积在规定范围内，主房和附属房分开", "S4-15、S4-16：不降低也不调高标准，辅助用房不计入主房", BLOCK)
PLAN = Check("case-plan", "列入当年的改造计划", "S1-07、S4-34", BLOCK)
AMOUNT = Check("case-amount", "补助金额按当日的标准计算", "S4-25：严禁不按标准发放", BLOCK)
MODE = Check("case-mode", "先摸清建设方式，再开工", "S2-25：先摸排施工方式", BLOCK)
AGREEMENT = Check("case-agreement", "开工前签好协议，要备案的报备案", "S2-27：签订协议并备案", BLOCK)
MATERIALS = Check("case-materials", "开工前备好料", "S2-26：备工备料到户", BLOCK)
TRAINING = Check("case-training", "开工前施工人员受过培训", "S2-26：开工前技术培训", BLOCK)
BUILDER = Check("case-builder", "施工方与建设方式相符", "S2-25、S2-27：施工方式和协议各方", BLOCK)
STAGES = Check("case-pay-stages", "付款各阶段合计 100%", "协议约定分阶段付款", BLOCK)
MILESTONE = Check("case-milestone", "节点按改造方式，相邻两个隔够天数", "节点随改造方式；一天建成的房屋不可信", BLOCK)
MILESTONE_PHOTO = Check("case-milestone-photo", "开工前和每个节点都有现场照片", "S2-17；农户档案第 18 项：改造前、中、后照片", BLOCK)
ROUTE = Check("case-route", "没有别的保障途径在保障该户", "一户只按一种途径保障", BLOCK)
SAME_HEAD = Check("case-same-head", "办理的是登记库里现在的户主", "户主去世、分户、迁出的先变更", BLOCK)
REGRADE = Check("case-regrade", "等级变了，批准前才改按新的鉴定", "S1-11：对鉴定结果不认可的重新鉴定", BLOCK)
OTHER_ROUTE = Check("case-other-route", "转其他途径要先登记保障途径", "每户都有一种保障途径", BLOCK)
WRITTEN = Check("case-written", "放弃改造要有书面声明", "自愿放弃要本人书面声明", BLOCK)
HEAD = Check("case-head", "户主变更先在登记库办理", "户主去世、分户的先在登记库变更", BLOCK)
HOUSEHOLD_PLAN = Check("case-household-plan", "一户一方案，先有方案再开工", "S0-36：一户一方案", BLOCK)
WORKS = Check(
    "case-works", "改造内容要提升住房安全，不能只是粉刷、装饰", "S4-19：禁止单独进行粉刷、装饰等与提升住房安全性无关的改造", BLOCK
)
PLANNED_AREA = Check("case-planned-area", "方案的面积不超过批准的面积，也在标准以内", "S0-41、S4-15：严格控制建房面积", BLOCK)
DRAWING = Check("case-drawing", "选用的图集适用于本地和本户", "S0-47：统一工作尺度和工作标准", BLOCK)
TOILET = Check("case-toilet", "改厕要农户同意", "S2-33、S4-27：卫生厕所改造", BLOCK)
MEANWHILE = Check("case-meanwhile", "危房不住人，建房期间住哪里要落实", "S0-09：危房不住人", BLOCK)
FUNDS = Check("case-funds", "资金来源合计等于总费用，补助等于批准的金额", "S0-39、S4-25：分类补助，按标准发放", BLOCK)
DEBT = Check("case-debt", "不因建房致贫、返贫", "S0-42、S0-43：亲帮亲、邻帮邻，不因建房致贫、返贫", WARN)
RESPONSIBLE = Check("case-responsible", "责任到人、措施到户、工期到天", "S0-48、S0-49：倒排工期，责任到人、措施到户、工期到天", BLOCK)
ARCHIVE_PAPER = Check("case-archive-paper", "归入的材料写明存放处或有扫描件，取回写明理由", "一户一档：材料和存放地点", BLOCK)
ARCHIVE_REVIEW = Check("case-archive-review", "应有的材料齐全，档案才算审核通过", "档案要及时、全面、真实、完整、准确（岳阳市）", BLOCK)
OF_A_PLAN = (WORKS, PLANNED_AREA, DRAWING, TOILET, MEANWHILE, FUNDS, RESPONSIBLE, DEBT)
"""What guards a household's plan."""
TASK = Check("case-task", "任务逐级下达，期限只早不晚，上级定的户数不自行改", "S0-48、S0-64、S1-07、S4-34", BLOCK)
QUOTA = Check("case-quota", "增减任务向上级申请，附应改未改的户数", "S2-35", BLOCK)

CHECKS = (
    *(ROLE, DAY, ORDER, HOUSEHOLD, REASON, TWICE, ONE_OPEN, ONCE, IDENTITY, GRADE, HOUSE, PUBLIC_EMPLOYEE, MEETING, NOTICE, VISIT, JOINT),
    *(METHOD, AREA, PLAN, AMOUNT, MODE, AGREEMENT, MATERIALS, TRAINING, BUILDER, STAGES, MILESTONE, OTHER_ROUTE, WRITTEN, HEAD),
    *(ROUTE, SAME_HEAD, REGRADE, HOUSEHOLD_PLAN, *OF_A_PLAN, TASK, QUOTA),
    *(MEETING_PHOTO, MILESTONE_PHOTO, ARCHIVE_PAPER, ARCHIVE_REVIEW),
)
WAIVABLE = frozenset({HOUSE.id, PUBLIC_EMPLOYEE.id, AREA.id, ONCE.id, TRAINING.id})

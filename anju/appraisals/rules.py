"""DECLARED: the rules that guard appraisals; a refusal names the rule and what it rests on."""

from anju.checks import BLOCK, WARN, Check

ROLE = Check("appraisal-role", "由有权的角色办理", "领域数据字典 3.2 角色", BLOCK)
DAY = Check("appraisal-day", "只登记已经发生的事", "领域数据字典 3.27 业务日期", BLOCK)
HOUSE = Check("appraisal-house", "鉴定的是该户的房屋，以幢为单位", "建村函〔2009〕69号；领域规则 2.1.3", BLOCK)
STANDARD = Check("appraisal-standard", "按鉴定当日适用的标准", "建村函〔2009〕69号、建村函〔2019〕200号；领域规则 2.0", BLOCK)
STOREYS = Check("appraisal-storeys", "导则只适用于一、二层农房", "建村函〔2019〕200号；三层及以上按 GB 50292", BLOCK)
FORM = Check("appraisal-form", "鉴定表各项齐全、不矛盾", "农村住房安全性鉴定表；领域规则 2.1.2", BLOCK)
COMPONENTS = Check("appraisal-components", "该结构形式必有的组成部分都要鉴定", "农村住房安全性鉴定表；领域规则 2.1.2", BLOCK)
OVERRIDE = Check("appraisal-override", "结论与推算不同，要写明理由", "领域行为 4.3 V6", BLOCK)
NOT_BETTER = Check("appraisal-not-better", "结论不好于定性鉴定", "建村函〔2009〕69号；领域规则 2.1.3", BLOCK)
IDENTITY = Check("appraisal-identity", "用于申请补助的，先确认身份、后鉴定等级", "S4-05；领域行为 4.1 第 1 条", BLOCK)
APPRAISERS = Check("appraisal-appraisers", "写明鉴定人", "农村住房安全性鉴定表；领域规则 2.7", BLOCK)
TWICE = Check("appraisal-twice", "同一次提交只登记一次", "领域数据字典 3.27 离线提交", BLOCK)
STATE = Check("appraisal-state", "只有有效的鉴定可以办理", "S1-11；领域数据字典 3.7", BLOCK)
REASON = Check("appraisal-reason", "作废、摘牌和维持原结果要写明理由", "S1-11；领域数据字典 3.7", BLOCK)
OBJECTION = Check("appraisal-objection", "在期限内提出异议，异议有处理结果", "S1-11", BLOCK)
PLATE = Check("appraisal-plate", "安全认定牌只给 A、B 级或验收合格的房屋", "S0-33；领域行为 4.5", BLOCK)
HANGING = Check("appraisal-hanging", "挂牌、摘牌按先后登记", "S0-33；领域数据字典 3.7", BLOCK)
STOCK = Check("stock-locked", "存量由四部门会签锁定，锁定后只销不增", "S4-06、S3-11、S4-08", BLOCK)
NO_HOUSE = Check("no-house-reviewed", "无房户凭本人申请、村评议、乡镇审核认定", "领域规则 2.1.5、3.27", BLOCK)
ROUND = Check("round-open", "在开展的轮次、范围和日期内登记", "S0-28/29、S1-24；领域数据字典 3.7 排查轮次", BLOCK)
SCREENED = Check("screening-result", "排查不是鉴定：只记看到的情况", "领域数据字典 3.27 排查与鉴定之别", BLOCK)
HAZARD = Check("hazard-found", "险情写明怎样发现、什么情况", "领域规则 2.12、3.24", BLOCK)
CHECKED = Check("hazard-checked", "险情到现场核实，写明看到的情况", "领域规则 2.12：农户申报、部门预警后核实", BLOCK)
SAFE_AGAIN = Check("hazard-safe-again", "住上安全房才销号", "领域规则 2.12：解决后销号", BLOCK)
RECHECK = Check("recheck-drawn", "每名鉴定人员的鉴定按比例抽取复核，随机数可以重抽", "S1-28；领域规则 2.1；比例见规定的数值", BLOCK)
ANOTHER = Check("recheck-by-another", "抽取和复核都由鉴定人以外的人办理", "S1-28；领域规则 2.1", BLOCK)
SECOND = Check("recheck-second", "复核不一致的，重新鉴定并写明不同在哪里", "S1-28；领域规则 2.1", BLOCK)
HUNG_PHOTO = Check("appraisal-hung-photo", "挂牌要有照片", "S0-33；领域数据字典 3.7；张数见规定的数值", BLOCK)
PHOTOS = Check("appraisal-photos", "鉴定要有房屋照片", "领域数据字典 3.10；张数见规定的数值", WARN)

CHECKS = (
    *(ROLE, DAY, HOUSE, STANDARD, STOREYS, FORM, COMPONENTS, OVERRIDE, NOT_BETTER, IDENTITY, APPRAISERS, TWICE, STATE, REASON, OBJECTION),
    *(PLATE, HANGING, HUNG_PHOTO, STOCK, NO_HOUSE, ROUND, SCREENED, HAZARD, CHECKED, SAFE_AGAIN),
    *(RECHECK, ANOTHER, SECOND),
    PHOTOS,
)

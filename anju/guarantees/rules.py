"""DECLARED: the rules that guard how a household is said to be housed."""

from anju.checks import BLOCK, WARN, Check

ROLE = Check("guarantee-role", "由有权的角色办理", "领域数据字典 3.2 角色", BLOCK)
DAY = Check("guarantee-day", "只登记已经发生的事", "领域数据字典 3.27 业务日期", BLOCK)
HOUSEHOLD = Check("guarantee-household", "登记的是在册农户", "领域数据字典 3.4", BLOCK)
ROUTE = Check("guarantee-route", "按规定的保障途径登记", "领域规则 2.9；S4-17", BLOCK)
WORKS = Check("guarantee-works", "危房改造和新建的保障由竣工验收写入，不手工登记", "领域数据字典 3.27 保障途径", BLOCK)
PROOF = Check("guarantee-proof", "保障途径要有佐证材料", "2020 年 4 月版农户档案系统“保障信息”；领域规则 2.8", BLOCK)
PROVIDER = Check("guarantee-provider", "写明由谁提供住房", "领域规则 2.9", BLOCK)
TERM = Check("guarantee-term", "租住、借住有期限，期限内才算保障", "领域规则 2.9 V15", BLOCK)
SAFE = Check("guarantee-safe", "提供的住房本身安全", "领域规则 2.9：投亲靠友、租赁的住房也应安全", BLOCK)
REASON = Check("guarantee-reason", "结束和更正要写明理由", "领域数据字典 3.27", BLOCK)
ENDING = Check("guarantee-ending", "到期前续签或另行安置", "本系统默认（设计）：到期前 30 天提醒", WARN)

CHECKS = (ROLE, DAY, HOUSEHOLD, ROUTE, WORKS, PROOF, PROVIDER, TERM, SAFE, REASON, ENDING)

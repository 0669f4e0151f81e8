"""DECLARED: the rules that guard a problem's way; a refusal names the rule and what it rests on."""

from anju.checks import BLOCK, Check

ROLE = Check("problem-role", "由有权的角色办理", "领域数据字典 3.2 角色", BLOCK)
AREA = Check("problem-area", "只办理本辖区的问题", "S2-13 属地责任", BLOCK)
ORDER = Check("problem-order", "按 发现、交办、整改、验收、销号 的顺序办理", "S1-26 问题交办、整改销号", BLOCK)
OFFICE = Check("problem-office", "交办给管得到问题所在地的单位", "S2-22 通报所在县区，限时整改", BLOCK)
OWN_OFFICE = Check("problem-own-office", "由承办单位自己整改", "S1-31 由其对照问题自查自改", BLOCK)
DUE = Check("problem-due", "交办要有不早于当天的期限", "S2-22 限时整改", BLOCK)
REPORT = Check("problem-report", "整改要有完成情况报告", "S2-23 上报整改完成情况报告", BLOCK)
PHOTO = Check("problem-photo", "整改要有照片", "S2-23 同步上传整改照片", BLOCK)
CAUSE = Check("problem-cause", "整改要写明原因和堵住漏洞的办法", "S4-47 完善制度措施、堵塞工作漏洞", BLOCK)
SELF_CHECK = Check("problem-self-check", "整改要举一反三，查同类问题", "S1-31 举一反三、自查自改", BLOCK)
ABOVE = Check("problem-verified-above", "验收的级别要高于整改的级别", "S1-31 上一级督促整改、现场核实", BLOCK)
REASON = Check("problem-reason", "退回、改交办、移交和撤销要写明理由", "S1-26 督促整改到位", BLOCK)
CLUE = Check("problem-clue", "移交线索限于推进缓慢、整改不力、未按时完成等情形", "S0-26、S0-27", BLOCK)
NUMBERS = Check("problem-no-numbers", "台账不写证件号、电话和卡号", "个人信息保护法第 28 条；领域规则 2.15", BLOCK)
UNDO = Check("problem-undo", "撤销只限最后一步，由办理的单位撤", "S1-26；问题台账逐步留痕", BLOCK)

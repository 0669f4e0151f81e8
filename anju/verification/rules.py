"""DECLARED: the rules that guard a conclusion (domain 4.3 V15)."""

from anju.checks import BLOCK, WARN, Check

_SOURCE = "住房和城乡建设部、国务院扶贫办 2020-06-01 核验通知；领域规则 2.9、4.3 V15"

ROLE = Check("verification-role", "由有权的角色办理", "领域数据字典 3.2 角色", BLOCK)
DAY = Check("verification-day", "只登记已经发生的事", "领域数据字典 3.27 业务日期", BLOCK)
HOUSEHOLD = Check("verification-household", "核验的是在册农户", "领域数据字典 3.23", BLOCK)
VERIFIERS = Check("verification-verifiers", "写明核验人", "领域数据字典 3.23", BLOCK)
TWICE = Check("verification-twice", "同一次提交只登记一次", "领域数据字典 3.27 离线提交", BLOCK)
APPRAISED = Check("verification-appraised", "鉴定安全：现住房经鉴定或评定为 A 级或 B 级", _SOURCE, BLOCK)
RENOVATED = Check("verification-renovated", "改造安全：经改造、搬迁等途径已建成入住", _SOURCE, BLOCK)
GUARANTEED = Check("verification-guaranteed", "保障安全：有在期限内的保障和佐证", _SOURCE, BLOCK)
UNGUARANTEED = Check("verification-unguaranteed", "未保障：写明原因和打算，任何时候都可以下这个结论", _SOURCE, BLOCK)
PHOTO = Check("verification-photo", "上传现住房照片", _SOURCE, WARN)
STALE = Check("verification-stale", "依据已变的结论要重新核验", "领域规则 2.12 动态监测", WARN)
PROBLEM = Check("verification-problem", "撤销未保障的结论，由它列入台账而未交办的问题一并撤销", "S1-26 问题交办、整改销号", WARN)
CAMPAIGN = Check("verification-campaign", "核验任务有名称、范围和期限，核验到最后一户", "S2-08…11", BLOCK)

CHECKS = (CAMPAIGN, ROLE, DAY, HOUSEHOLD, VERIFIERS, TWICE, APPRAISED, RENOVATED, GUARANTEED, UNGUARANTEED, PHOTO, STALE, PROBLEM)

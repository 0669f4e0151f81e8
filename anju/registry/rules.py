"""DECLARED: the rules of a household's bank card (一卡通): to whose account the subsidy goes (V11)."""

from anju.checks import BLOCK, Check

ROLE = Check("card-role", "由有权的角色登记银行卡", "领域数据字典 3.2 角色", BLOCK)
HOUSEHOLD = Check("card-household", "银行卡登记给在册的农户", "领域数据字典 3.4", BLOCK)
DAY = Check("card-day", "银行卡从哪天起使用", "领域数据字典 3.27：两个时间", BLOCK)
NUMBER = Check("card-number", "银行卡号完整，校验成立", "领域行为 4.3 V11；ISO/IEC 7812-1", BLOCK)
HOLDER = Check("card-holder", "持卡人是户主", "领域行为 4.3 V11；领域数据字典 3.4", BLOCK)
BANK = Check("card-bank", "写明开户银行", "领域数据字典 3.4", BLOCK)
SHARED = Check("card-shared", "一个卡号只用于一户", "领域行为 4.3 V11；质量要求 8 钱付到别的账户", BLOCK)
REASON = Check("card-reason", "停用和撤销银行卡要写明理由", "领域行为 4.3 V11", BLOCK)

CHECKS = (ROLE, HOUSEHOLD, DAY, NUMBER, HOLDER, BANK, SHARED, REASON)

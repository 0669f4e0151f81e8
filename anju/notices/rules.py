"""DECLARED: the rules of public notices; a refusal names the rule and what it rests on."""

from anju.checks import BLOCK, Check

ROLE = Check("notice-role", "由有权的角色办理", "领域数据字典 3.2 角色", BLOCK)
AREA = Check("notice-area", "只在本辖区内公示", "S2-32 乡镇、村公告公示栏", BLOCK)
LEVEL = Check("notice-level", "由县、乡镇或村公示", "领域数据字典 3.15", BLOCK)
CONTENT = Check("notice-content", "公示只列可以公开的栏目", "个人信息保护法第 25、28 条；领域规则 2.10", BLOCK)
NUMBERS = Check("notice-no-numbers", "公示不出现身份证号、银行卡号和个人电话", "个人信息保护法第 28 条；领域规则 2.10", BLOCK)
ONE_MASK = Check("notice-one-mask", "同一号码不用两种脱敏写法公示", "领域规则 2.10 两种写法可拼出全号", BLOCK)
DAYS = Check("notice-days", "公示满规定天数才能结束", "领域规则 2.7 公示期，地方规定，一般不少于 7 天", BLOCK)
START_PHOTO = Check("notice-start-photo", "张贴当天要有照片", "S2-32 公告公示栏公开；领域数据字典 3.15", BLOCK)
END_PHOTO = Check("notice-end-photo", "期满时要有照片", "S2-32 公告公示栏公开；领域数据字典 3.15", BLOCK)
OBJECTIONS = Check("notice-objections", "有异议要答复完才能结束", "领域行为 4.1(3) 公示期满且无未决异议", BLOCK)
REASON = Check("notice-reason", "撤下、终止和答复要写明", "领域数据字典 3.15", BLOCK)
STATE = Check("notice-state", "已结束、已撤下的公示不再变", "领域数据字典 3.15", BLOCK)
FROZEN = Check("notice-frozen", "贴出去的内容不再改", "领域规则 2.10；政府信息公开条例第 15 条", BLOCK)

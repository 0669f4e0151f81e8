"""DECLARED: the rules by which renovations of earlier years are read in as finished and taken back."""

from anju.checks import BLOCK, WARN, Check

ROLE = Check("past-role", "由县级录入历年改造", "领域数据字典 3.2 角色；领域规则 2.8 县级建档", BLOCK)
HOUSEHOLD = Check("past-household", "登记库里有这一户和户主", "领域数据字典 3.4", BLOCK)
TWICE = Check("past-twice", "同一次改造只录一次", "领域行为 4.3 V3；领域数据字典 3.27 既往补助", BLOCK)
DAYS = Check("past-days", "批准、开工、竣工、验收按先后", "领域行为 4.3 V7", BLOCK)
YEAR = Check("past-year", "2009 年至今年", "领域规则 2.2.1；S1-24", BLOCK)
DONE = Check("past-done", "只录已完成的改造", "领域规则 2.8 竣工后及时录入", BLOCK)
MONEY = Check("past-money", "金额成立，合计相符", "领域规则 2.8 资金；质量要求 3", BLOCK)
HOUSE = Check("past-house", "改造方式与房屋相符", "领域规则 2.4；领域行为 4.1 第 2 条", BLOCK)
ROUTE = Check("past-route", "竣工后才登记为保障途径", "领域数据字典 3.27 保障途径；领域规则 2.9", BLOCK)
RESTED = Check("past-rested", "已有别的记录以它为依据，不能作废", "领域数据字典 3.27：两个时间", BLOCK)
EARLIER = Check("past-earlier", "该户另有一次改造", "领域行为 4.3 V3 一户一次", WARN)
GOING = Check("past-going", "该户同一年的改造还在办理", "领域行为 4.3 V3", WARN)
GROUP = Check("past-group", "对象类别与年份不符", "领域规则 2.2", WARN)
COST = Check("past-cost", "总造价与各项资金不符", "领域规则 2.8 资金", WARN)
PLAN = Check("past-plan", "批准日期与计划年度相差较远", "领域规则 2.8 列入年度计划", WARN)

ROW_CHECKS = (DAYS, YEAR, DONE, MONEY, HOUSE, GROUP, COST, PLAN)
CHECKS = (ROLE, HOUSEHOLD, TWICE, ROUTE, RESTED, EARLIER, GOING)

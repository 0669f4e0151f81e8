"""Housing office: the renovation ledger (危改台账) and household archive (农户档案), with works already subsidised."""

from dataclasses import replace

from anju.rosters.layouts import columns as c
from anju.tabular.layout import Column, Layout
from anju.vocabulary.keygroup import Office

METHODS = (
    ("修缮加固", "修缮加固"), ("维修加固", "修缮加固"), ("修缮", "修缮加固"), ("加固", "修缮加固"), ("维修", "修缮加固"), ("C级修缮", "修缮加固"), ("加固改造", "修缮加固"), ("修缮加固改造", "修缮加固"),
    ("原址翻建", "原址拆除重建"), ("原址重建", "原址拆除重建"), ("原址拆除重建", "原址拆除重建"), ("拆除重建", "原址拆除重建"), ("翻建", "原址拆除重建"), ("重建", "原址拆除重建"), ("新建", "原址拆除重建"), ("D级重建", "原址拆除重建"), ("拆旧建新", "原址拆除重建"), ("翻建新建", "原址拆除重建"),
    ("异地新建", "选址新建"), ("异地非集中新建", "选址新建"), ("异地相对集中新建", "选址新建"), ("选址新建", "选址新建"), ("异地重建", "选址新建"), ("易地新建", "选址新建"), ("集中新建", "选址新建"), ("迁址重建", "选址新建"), ("异地分散新建", "选址新建"),
    ("无房新建", "无房新建"), ("兜底帮建", "兜底帮建"), ("帮建", "兜底帮建"), ("置换", "置换"), ("长期租赁", "租赁"), ("租赁", "租赁"),
)  # fmt: skip

LAYOUT = Layout(
    key="housing-ledger",
    title="农村危房改造台账、农户档案（住建部门）",
    owner=Office.HOUSING,
    category=None,
    note="一行一户；带来房屋等级和以往享受过的危房改造（年度、方式、补助金额）。身份类别以各部门名单为准，本表只作参考。",
    source="领域规则 2.8 农户档案表；S4-06 锁定存量",
    signature=("改造方式", "改造年度", "危房等级", "补助金额", "建设方式", "竣工日期", "验收日期", "开工日期", "结构形式", "改造前面积", "改造后面积", "改造原因", "档案编号", "计划年度", "列入年度计划", "建造年代", "补助资金"),
    title_words=("危改", "危房改造", "台账", "农户档案", "存量危房"),
    needs=(("name",), ("id_number",)),
    per_household=True,
    columns=(
        c.SERIAL,
        *c.PLACE,
        c.renamed(c.HOUSEHOLD, "档案编号", "农户档案编号", "档案号", "改造编号", "危改编号", "户档案号", "农户档案号"),
        c.renamed(c.NAME, "户主姓名", "户主", "农户户主姓名", "改造户姓名", "改造户户主姓名", "改造对象姓名", "改造对象", "危房户姓名", "危房户主姓名", "房主姓名", "申请人姓名", "户主名称", "农户", "改造农户", "房屋户主"),
        c.renamed(c.ID_NUMBER, "户主身份证号", "户主身份证号码", "户主身份证", "户主证件号码", "户主公民身份号码", "户主身份证件号码", "改造户身份证号", "改造户身份证号码", "房主身份证号", "申请人身份证号"),
        c.SEX,
        c.BIRTH_DATE,
        c.ETHNIC,
        c.renamed(c.POPULATION, "家庭人口", "家庭人口人"),
        replace(c.CATEGORY_TEXT, title="贫困类型", aliases=("农户类别", *c.CATEGORY_TEXT.aliases), example="建档立卡贫困户"),
        c.GRADE,
        Column("structure", "结构形式", ("房屋结构", "原房屋结构", "结构类型", "住房结构", "建筑结构", "原结构形式"), example="土木"),
        Column("year_built", "建造年代", ("建造年份", "建成年份", "建房时间", "房屋建造年代", "建造时间", "建房年代"), "text", example="1985"),
        Column("area_before", "改造前面积", ("原房屋面积", "建筑面积", "房屋面积", "住房面积", "原面积", "旧房面积", "原建筑面积"), "text", example="60"),
        Column("area_after", "改造后面积", ("新建面积", "改造面积", "竣工面积", "新房面积", "建设面积"), "text", example="60"),
        Column("support_year", "改造年度", ("计划年度", "列入年度计划", "改造年份", "实施年度", "年度", "改造时间", "享受年度", "任务年度", "危改年度", "改造计划年度", "享受危改年度", "补助年度", "指标年度", "享受危房改造年度"), "int", example=2017, note="享受过危房改造补助的年度，四位数字。"),
        Column("support_kind", "改造方式", ("改造类型", "建设类型", "改造形式", "改造类别", "实施方式", "改造方案", "改建方式", "危改方式", "建设性质"), "choice", choices=METHODS, example="修缮加固", note="修缮加固、原址翻建、异地新建、无房新建等。"),
        Column("support_amount", "补助金额", ("补助资金", "补助金额元", "补助资金总额", "财政补助", "补助标准", "户均补助", "补助总额", "政府补助", "各级补助合计", "补助金额合计", "财政补助资金", "危改补助资金", "补助资金合计", "实际补助金额", "补助款", "拨付金额", "补助金额万元"), "money", example="14000", note="单位元；列名写明“万元”的按万元换算。"),
        Column("build_mode", "建设方式", ("建房方式", "自建统建", "施工方式"), example="自建"),
        Column("total_cost", "总造价", ("总投资", "工程造价", "总费用", "改造总造价", "总投入"), "money", example="30000"),
        Column("started_on", "开工日期", ("开工时间",), "date", example="2017-05-10"),
        Column("finished_on", "竣工日期", ("竣工时间", "完工日期", "完工时间"), "date", example="2017-09-20"),
        Column("accepted_on", "验收日期", ("验收时间", "竣工验收日期", "竣工验收时间"), "date", example="2017-10-15"),
        Column("appraised_on", "鉴定日期", ("鉴定时间", "评定时间", "评定日期"), "date", example="2017-03-01"),
        c.renamed(c.CARD_NO, "一卡通账号"),
        c.ADDRESS,
        c.DIVISION,
        c.PHONE,
        c.NOTE_TEXT,
        replace(c.RELATION, title="与户主关系"),
    ),
)  # fmt: skip

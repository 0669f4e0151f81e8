"""Columns that many senders share, with every heading met for them. A layout takes them as they are or with its own changes."""

from dataclasses import replace

from anju.tabular.layout import Column

ID_NUMBER = Column(
    "id_number",
    "身份证号",
    (
        "身份证号码", "身份证", "公民身份号码", "公民身份证号码", "公民身份证号", "居民身份证号码", "居民身份证号", "居民身份证", "证件号码", "证件号", "身份证件号码",
        "身份证件号", "有效证件号码", "成员身份证号", "成员身份证号码", "成员证件号码", "成员身份证", "家庭成员身份证号", "家庭成员身份证号码", "家庭成员证件号码",
        "本人身份证号", "本人身份证号码", "人员身份证号", "人员身份证号码", "人员证件号码", "姓名身份证号", "身份号码", "二代身份证号", "身份证编号",
        "农户身份证号", "农户身份证号码", "对象身份证号", "对象身份证号码", "保障对象身份证号", "保障对象身份证号码", "身份证号身份证号码", "SFZH", "SFZHM", "GMSFHM", "ZJHM", "id_number", "idcard", "id_no", "idno", "id",
    ),
    "id_number",
    required=True,
    example="210922198503021237",
    note="18 位（老号码 15 位也可），整列设为“文本”；最后一位可为 X。变成 5.30326E+17 的号码无法还原，须重新录入。",
)  # fmt: skip
NAME = Column(
    "name",
    "姓名",
    (
        "成员姓名", "家庭成员姓名", "家庭成员", "人员姓名", "本人姓名", "公民姓名", "农户姓名", "对象姓名", "保障对象姓名", "保障对象", "人口姓名", "贫困人口姓名",
        "名字", "成员名称", "姓名姓名", "XM", "name", "full_name", "person_name",
    ),
    "name",
    required=True,
    example="张守田",
    note="一格一人；少数民族姓名中的点写“·”。",
)  # fmt: skip
SEX = Column("sex", "性别", ("成员性别", "人员性别", "性别男女", "XB", "sex", "gender"), "sex", example="男", note="填“男”或“女”。")
BIRTH_DATE = Column(
    "birth_date",
    "出生日期",
    (
        "出生年月",
        "出生年月日",
        "出生时间",
        "生日",
        "成员出生日期",
        "出生",
        "CSRQ",
        "birth_date",
        "birthday",
        "date_of_birth",
        "dob",
        "born",
    ),
    "date",
    example="1985-03-02",
    note="1985-03-02、1985.3.2、19850302、1985年3月2日都可以。",
)
RELATION = Column(
    "relation",
    "与户主关系",
    ("与户主的关系", "户主关系", "家庭关系", "与户主之关系", "关系", "成员与户主关系", "与申请人关系", "与申请人的关系", "与救助申请人关系", "与户主称谓", "称谓", "与家庭户主关系", "YHZGX", "relation", "relationship"),
    "relation",
    example="户主",
    note="户主、配偶、长子、女儿、儿媳、父亲、母亲、孙子等。",
)  # fmt: skip
HOUSEHOLD = Column(
    "household",
    "户编号",
    (
        "户号", "家庭编号", "户编码", "农户编号", "农户编码", "家庭编码", "户码", "户ID", "户籍编号", "户口编号", "户口本编号", "户籍号", "户口簿号", "户口簿编号", "户口本号",
        "贫困户编号", "户主编号", "家庭户编号", "户序号", "户内编号", "农户代码", "HBH", "HH", "household", "household_id", "household_no", "hhid", "family_id",
    ),
    "code",
    example="2109221000001",
    note="同一户的人填同一个编号；整列设为“文本”。",
)  # fmt: skip
HEAD_NAME = Column(
    "head_name",
    "户主姓名",
    ("户主", "户主名称", "户主名字", "家庭户主", "家庭户主姓名", "所属户主", "户主本人姓名", "户主姓名户主", "HZXM", "head_name", "head"),
    "name",
    example="张守田",
)
HEAD_ID_NUMBER = Column(
    "head_id_number",
    "户主身份证号",
    (
        "户主身份证号码",
        "户主身份证",
        "户主证件号码",
        "户主证件号",
        "户主公民身份号码",
        "户主身份证件号码",
        "户主公民身份证号",
        "HZSFZH",
        "head_id_number",
        "head_id",
    ),
    "id_number",
    example="210922198503021237",
)
PROVINCE = Column("province", "省", ("省份", "省区市", "省自治区直辖市", "省级", "所属省", "province"), example="辽宁省")
CITY = Column(
    "city",
    "市",
    ("地市", "市州", "市州盟", "市地州盟", "地市州", "市级", "所属市", "地级市", "州市", "city", "prefecture"),
    example="阜新市",
)
COUNTY = Column(
    "county",
    "县",
    ("县区", "县市区", "县市", "区县", "县市区旗", "区县市", "县级", "所属县", "县区市", "旗县", "旗县区", "县名", "county"),
    example="彰武县",
)
TOWNSHIP = Column(
    "township",
    "乡",
    (
        "乡镇",
        "乡镇街道",
        "镇",
        "镇乡",
        "镇街",
        "乡镇名称",
        "所属乡镇",
        "所在乡镇",
        "街道",
        "街道乡镇",
        "乡镇街",
        "乡镇场",
        "镇街道",
        "苏木乡镇",
        "township",
        "town",
    ),
    example="大冷镇",
)
VILLAGE = Column(
    "village",
    "行政村",
    (
        "村",
        "村社区",
        "行政村社区",
        "村名",
        "村委会",
        "村居",
        "所属村",
        "所在村",
        "村级",
        "行政村名称",
        "社区",
        "村居委会",
        "村名称",
        "居村委会",
        "嘎查村",
        "village",
    ),
    example="程沟村",
)
GROUP = Column(
    "group",
    "村民小组",
    (
        "自然村",
        "组",
        "小组",
        "村组",
        "自然村组",
        "村民组",
        "自然屯",
        "屯",
        "居民小组",
        "社",
        "自然村屯",
        "组别",
        "生产队",
        "屯组",
        "自然村名称",
        "group",
    ),
    example="一组",
)
ADDRESS = Column(
    "address",
    "家庭住址",
    ("地址", "住址", "详细地址", "家庭地址", "现住址", "居住地址", "户籍地址", "户口所在地", "户籍所在地", "家庭详细地址", "住址详细地址", "实际居住地", "通讯地址", "房屋地址", "房屋坐落", "坐落", "居住地", "address"),
    example="彰武县大冷镇程沟村一组",
)  # fmt: skip
DIVISION = Column(
    "division",
    "行政区划代码",
    ("区划代码", "行政区划", "所属区划", "地区编码", "地区代码", "区划编码", "行政区划编码", "村编码", "村代码", "行政区划名称", "所属行政区划", "所属区域", "所在地区", "所属地区", "地区", "区划", "division", "area", "region", "area_code"),
    "text",
    example="210922102201",
)  # fmt: skip
PHONE = Column(
    "phone",
    "联系电话",
    (
        "电话",
        "手机",
        "手机号",
        "手机号码",
        "联系方式",
        "电话号码",
        "户主电话",
        "本人电话",
        "户主联系电话",
        "家庭电话",
        "phone",
        "mobile",
        "tel",
    ),
    "phone",
    example="13800000000",
)
ETHNIC = Column("ethnic", "民族", ("族别", "成员民族", "MZ", "ethnic"), example="汉族")
POPULATION = Column(
    "population",
    "家庭人口",
    (
        "人数",
        "家庭人口数",
        "家庭人数",
        "人口",
        "人口数",
        "户内人口",
        "家庭成员数",
        "家庭总人口",
        "共同生活人数",
        "家庭成员人数",
        "现有人口",
        "population",
    ),
    "int",
    example=3,
)
RECOGNISED_ON = Column(
    "recognised_on",
    "认定日期",
    ("认定时间", "识别时间", "识别日期", "纳入时间", "纳入日期", "享受开始日期", "开始享受日期", "起始日期", "享受起始时间", "审批日期", "批准日期", "审批时间", "批准时间", "救助开始时间", "开始救助日期", "起始时间", "建档时间", "确认日期", "发证日期", "首次发证日期", "签发日期"),
    "date",
    example="2019-01-01",
)  # fmt: skip
REMOVED_ON = Column(
    "removed_on",
    "退出日期",
    (
        "退出时间",
        "停发日期",
        "停发时间",
        "终止日期",
        "终止时间",
        "停保日期",
        "停保时间",
        "注销日期",
        "取消日期",
        "退保时间",
        "救助终止时间",
        "有效期至",
        "有效期止",
        "截止日期",
    ),
    "date",
)
CARD_NO = Column(
    "card_no",
    "银行账号",
    ("一卡通账号", "银行卡号", "一卡通", "开户账号", "银行账户", "账号", "卡号", "社保卡号", "惠农一卡通", "惠农补贴账号", "打卡账号"),
    "code",
    example="6222020000000000000",
)
CARD = replace(
    CARD_NO,
    title="银行卡号",
    aliases=(CARD_NO.title, *(name for name in CARD_NO.aliases if name != "银行卡号")),
    kind="card",
    example="6222021001116245702",
)
CATEGORY_TEXT = Column(
    "category_text",
    "农户类别",
    ("贫困类型", "农户类型", "身份类别", "对象类别", "对象类型", "家庭类型", "户类型", "人员类别", "类别", "困难类型", "重点对象类别", "四类对象", "4类对象", "四类重点对象类别",
        "四类对象类别",
        "4类对象类别",
        "四类重点对象",
        "4类重点对象",
        "重点对象类型",
        "六类对象",
        "低收入群体类别", "农户属性", "户属性", "脱贫属性", "贫困户属性", "贫困户类型", "救助类别", "身份", "保障类别"),
    example="建档立卡贫困户",
)  # fmt: skip
GRADE = Column(
    "grade",
    "危房等级",
    (
        "房屋等级",
        "鉴定等级",
        "房屋危险等级",
        "危险等级",
        "房屋安全等级",
        "住房等级",
        "鉴定结果",
        "等级",
        "住房安全等级",
        "危房级别",
        "房屋鉴定等级",
        "安全等级",
        "房屋危险性等级",
    ),
    "choice",
    choices=(
        *tuple((word, code) for code in "ABCD" for word in (code, f"{code}级", f"{code}级危房", f"{code}类", f"{code}級", f"{code}级房屋")),
        ("一级", "D"),
        ("二级", "C"),
        ("三级", "C"),
        ("无房", "NONE"),
        ("无房户", "NONE"),
        ("安全", "A"),
        ("未鉴定", ""),
    ),
    example="C",
    note="A、B、C、D 或“无房”；贵州口径一级为 D，二、三级为 C。",
)
NOTE_TEXT = Column("remark", "备注", ("说明", "备注说明", "其他说明", "情况说明", "remark", "note"))
SERIAL = Column("serial", "序号", ("编号", "行号", "No", "顺序号", "序列号"), "text", example=1)

PLACE = (PROVINCE, CITY, COUNTY, TOWNSHIP, VILLAGE, GROUP)
CARRIED_HOUSEHOLD = replace(HOUSEHOLD, carried=True)
CARRIED_HEAD = replace(HEAD_NAME, carried=True)
CARRIED_HEAD_ID = replace(HEAD_ID_NUMBER, carried=True)


def renamed(column: Column, title: str, *more: str) -> Column:
    """The column under a sender's own title; the usual title and further headings become aliases."""
    return replace(column, title=title, aliases=(column.title, *more, *column.aliases))

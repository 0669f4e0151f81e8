"""The seven columns a list of persons is compared by, and the headings under which senders write them."""

import re
from dataclasses import dataclass

from anju.vocabulary.text import half_width, without_spaces


@dataclass(frozen=True, slots=True)
class Field:
    """A column that takes part in the comparison; ``aliases`` are headings in order of preference, without spaces and notes."""

    key: str
    label: str
    aliases: tuple[str, ...]
    parts: tuple[str, ...] = ()  # words that make an unknown heading this column
    never: tuple[str, ...] = ()  # words that make it another column


FIELDS: tuple[Field, ...] = (
    Field(
        "id_number",
        "身份证号",
        (
            "身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "公民身份证号", "居民身份证号", "居民身份证号码", "证件号码", "证件号", "身份号码",
            "人员身份证号", "人员身份证号码", "人员证件号码", "成员身份证号", "成员身份证号码", "成员证件号码", "本人身份证号", "本人身份证号码", "个人身份证号",
            "身份证件号码", "身份证件号", "有效身份证件号码", "有效证件号码", "身份证", "证号", "身份证编号", "二代身份证号", "姓名身份证号", "申请人身份证号", "持证人身份证号",
            "残疾人身份证号", "家庭成员身份证号", "家庭成员身份证号码", "户主身份证号", "户主身份证号码", "户主证件号码", "残疾证号", "SFZ", "SFZH", "SFZHM", "GMSFZH", "GMSFZHM", "ZJH", "GMSFHM", "ZJHM",
            "IDNUMBER", "IDNO", "IDCARD", "IDCARDNO", "IDCARDNUMBER", "NATIONALID", "NATIONALIDNUMBER", "CITIZENID", "IDENTITYNUMBER", "ID",
        ),
        ("身份证", "身份号", "证件号", "IDCARD", "IDNUM", "NATIONALID"),
        ("户主", "配偶", "监护", "代理", "有效期", "类型", "类别", "是否", "联系人", "负责人"),
    ),
    Field(
        "name",
        "姓名",
        (
            "姓名", "人员姓名", "成员姓名", "家庭成员姓名", "本人姓名", "个人姓名", "公民姓名", "居民姓名", "名字", "人名", "贫困人口姓名", "保障人员姓名", "保障对象姓名", "对象姓名",
            "残疾人姓名", "持证人姓名", "申请人姓名", "申请人", "家庭成员", "成员", "户主姓名", "户主", "XM", "RYXM", "CYXM", "NAME", "FULLNAME", "PERSONNAME", "PERSON", "MEMBERNAME",
        ),
        ("姓名", "FULLNAME"),
        ("户主", "配偶", "监护", "代理", "银行", "村主任", "联系人", "负责人", "曾用", "父亲", "母亲", "填表", "帮扶"),
    ),
    Field("sex", "性别", ("性别", "人员性别", "成员性别", "性别代码", "XB", "XBDM", "SEX", "GENDER"), ("性别",)),
    Field(
        "relation",
        "与户主关系",
        (
            "与户主关系", "与户主的关系", "户主关系", "家庭关系", "成员关系", "与户主之关系", "关系", "与申请人关系", "与申请人的关系", "家庭成员关系", "与本人关系", "与户主关系代码",
            "YHZGX", "HZGX", "JTGX", "GX", "REL", "RELATION", "RELATIONSHIP", "RELATIONTOHEAD", "RELATIONSHIPTOHEAD",
        ),
        ("户主关系", "申请人关系", "户主的关系", "RELATION"),
    ),
    Field(
        "household",
        "户编号",
        (
            "户编号", "户号", "家庭编号", "户编码", "家庭户编号", "家庭户号", "户籍编号", "家庭编码", "农户编号", "农户编码", "户ID", "家庭ID", "户序号", "户主身份证号", "户主身份证号码",
            "户主证件号码", "户主证件号", "户主公民身份号码", "所属户编号", "户籍号", "户口簿号", "户口本号", "户口号", "档案编号", "农户档案号", "低保证号", "救助证号", "户标识", "户主身份证",
            "HBH", "HH", "HBM", "HID", "HHCODE", "HHNO", "HCODE", "JTBH", "JTBM", "HHBH", "HOUSEHOLD", "HOUSEHOLDID", "HOUSEHOLDNO", "HOUSEHOLDNUMBER", "HHID", "FAMILYID", "FAMILYNO", "FAMILYNUMBER",
        ),
        ("户编号", "户编码", "户号", "家庭编", "户主身份证", "户主证件", "HOUSEHOLD", "FAMILY"),
        ("开户", "账户", "账号", "银行", "电话", "门牌", "姓名", "NAME", "HEAD", "SIZE", "人口", "人数"),
    ),
    Field(
        "division",
        "行政区划",
        (
            "行政村", "村", "村名", "村名称", "所在村", "行政村名称", "区划代码", "行政区划代码", "行政区划", "区划", "区划编码", "行政区划编码", "地区编码", "地区代码", "村代码", "村编码", "所属村",
            "所在行政村", "村(社区)", "村（社区）", "村居", "村社区", "村委会", "村组", "住址", "地址", "家庭住址", "家庭地址", "详细住址", "详细地址", "现住址", "现住地址", "居住地址", "户籍地址", "户籍地",
            "户口所在地", "常住地址", "居住地", "所在地", "所属区划", "所属地区", "地区", "单位", "所在地区", "乡镇村", "乡村", "XZC", "CUN", "QHDM", "QH", "XZQH", "XZQHDM", "XZQHBM", "QHBM", "DZ", "ZZ", "JTZZ", "JTDZ", "HKSZD", "ADDR", "CUNMC", "XZCMC",
            "DIVISION", "DIVISIONCODE", "ADDRESS", "VILLAGE", "VILLAGECODE", "AREA", "AREACODE", "REGION", "REGIONCODE", "LOCATION",
        ),
        ("区划", "住址", "地址", "行政村", "VILLAGE", "ADDRESS"),
        ("邮编", "网址", "IP", "变更"),
    ),
    Field(
        "birth_date",
        "出生日期",
        (
            "出生日期", "出生年月", "出生年月日", "生日", "出生时间", "出生", "CSRQ", "CSNY", "CSNYR", "SR", "BIRTHDT", "BIRTHDATE", "DATEOFBIRTH", "BIRTHDAY", "DOB", "BIRTH", "BORN",
        ),
        ("出生", "生日", "BIRTH"),
        ("出生地", "医学", "证明"),
    ),
)  # fmt: skip

KEYS = tuple(field.key for field in FIELDS)
LABELS = {field.key: field.label for field in FIELDS}

_NOTE = re.compile(r"[(（\[【].*?[)）\]】]")
_STRIP = re.compile(r"[*＊#:：;；,，.。、/\\\-_—·\"'“”‘’|]+")


def heading_key(raw: str) -> str:
    """A heading as it is compared: without spaces, stars, punctuation and notes in brackets, upper case."""
    text = without_spaces(half_width(raw))
    bare = _STRIP.sub("", _NOTE.sub("", text)).upper()
    return bare or _STRIP.sub("", text).upper()


_ALIAS: dict[str, dict[str, int]] = {
    field.key: {heading_key(a): n for n, a in reversed(list(enumerate(field.aliases)))} for field in FIELDS
}


def _rank(field: Field, heading: str) -> int | None:
    """How well a heading names a field: smaller is better, None is not at all."""
    key = heading_key(heading)
    if not key or len(key) > 24:
        return None
    if (position := _ALIAS[field.key].get(key)) is not None:
        return position
    if any(word in key for word in field.never):
        return None
    if any(word in key for word in field.parts):
        return 1000 + len(key)
    return None


def recognise(headings: list[str]) -> dict[str, int]:
    """Which column is which: ``{key: column index}``, each column used once, the best-named column for each field."""
    ranked = sorted(
        (rank, position, column, field.key)
        for position, field in enumerate(FIELDS)
        for column, heading in enumerate(headings)
        if (rank := _rank(field, heading)) is not None
    )
    found: dict[str, int] = {}
    for _, _, column, key in ranked:
        if key not in found and column not in found.values():
            found[key] = column
    return found


def candidates(key: str, headings: list[str]) -> list[int]:
    """Every column whose heading names the field, best first."""
    field = next(each for each in FIELDS if each.key == key)
    ranked = sorted((rank, column) for column, heading in enumerate(headings) if (rank := _rank(field, heading)) is not None)
    return [column for _, column in ranked]


_TOWN_WORDS = frozenset(
    heading_key(word)
    for word in (
        "乡镇",
        "所在乡镇",
        "乡镇名称",
        "乡镇街道",
        "乡（镇）",
        "乡(镇)",
        "镇",
        "乡",
        "街道",
        "乡镇(街道)",
        "所属乡镇",
        "XZ",
        "XIANGZHEN",
        "TOWN",
        "TOWNSHIP",
    )
)


def town_column(headings: list[str]) -> int | None:
    """The column of the township, which makes a bare village name unambiguous."""
    for column, heading in enumerate(headings):
        if heading_key(heading) in _TOWN_WORDS or (heading_key(heading) == "" and heading.strip("() （）") in ("乡", "镇")):
            return column
    return None


def looks_like_headings(headings: list[str]) -> int:
    """How many of the seven columns a row of a sheet names; two or more make it a heading row."""
    return len(recognise(headings))

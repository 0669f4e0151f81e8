"""Disabled persons' federation: poor disabled persons, by the disability certificate.

The certificate's number is the holder's ID number, a digit for the kind and one for the grade (20 characters); a later copy of
a lost certificate adds ``B1``, ``B2``.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from anju.checks import NOTE, WARN, Check, Finding
from anju.tabular import columns as c
from anju.tabular.layout import Column, Layout, RowRule
from anju.tabular.values import finding
from anju.vocabulary import idnumber
from anju.vocabulary.keygroup import Office

KINDS = {"1": "视力", "2": "听力", "3": "言语", "4": "肢体", "5": "智力", "6": "精神", "7": "多重"}
LEVELS = {"1": "一级", "2": "二级", "3": "三级", "4": "四级"}

FORM = Check("cj-cert-form", "残疾证号格式不对", "中华人民共和国残疾人证管理办法", WARN)
DIFFERS = Check("cj-cert-differs", "残疾证号与身份证号、残疾类别或等级不一致", "中华人民共和国残疾人证管理办法", WARN)
DERIVED = Check("cj-derived", "身份证号由残疾证号推出", "中华人民共和国残疾人证管理办法", NOTE)

_CERTIFICATE = re.compile(r"(\d{17}[\dX])([1-7])([1-4])(B\d{1,2})?")


def _cross_check(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    """The number's parts against the other columns; what is missing there is taken from it, with a note."""
    number = values.get("cert_no")
    if number is None:
        return
    heading = headings["cert_no"]
    match = _CERTIFICATE.fullmatch(number)
    if match is None:
        findings.append(
            finding(FORM.id, heading, "cert_no", "残疾证号应为 20 位（18 位身份证号＋类别 1 位＋等级 1 位，补发的后加 B1）；请核对", WARN)
        )
        return
    in_cert, kind, level = match.group(1, 2, 3)
    own = values.get("id_number")
    if own is None and idnumber.is_valid(in_cert):
        faults = [found for found in findings if found.field == "id_number"]
        if all(found.check == "id-empty" for found in faults):
            values["id_number"] = in_cert
            findings[:] = [found for found in findings if found.field != "id_number"]
            if faults:
                findings.append(finding(DERIVED.id, heading, "id_number", "身份证号为空，取残疾证号前 18 位", NOTE))
        else:
            findings.append(finding(DERIVED.id, heading, "id_number", "残疾证号前 18 位是有效的身份证号，可据此改正本行身份证号", NOTE))
    elif own is not None and own != in_cert:
        findings.append(finding(DIFFERS.id, heading, "cert_no", "残疾证号前 18 位与身份证号不同；请核对哪一个写错了", WARN))
    for key, digit, names, word in (("disability_kind", kind, KINDS, "类别"), ("disability_level", level, LEVELS, "等级")):
        said = values.get(key)
        if said is None:
            values[key] = digit
        elif said != digit and not (key == "disability_kind" and "7" in (said, digit)):
            findings.append(
                finding(
                    DIFFERS.id,
                    heading,
                    "cert_no",
                    f"残疾证号表示的残疾{word}是“{names[digit]}”，与本行填写的“{names.get(said, said)}”不同；请核对",
                    WARN,
                )
            )


_KIND_CHOICES = (
    *tuple((word, digit) for digit, name in KINDS.items() for word in (name, f"{name}残疾", f"{name}类", digit, f"{name}残")),
    ("肢残", "4"), ("聋哑", "2"), ("盲", "1"), ("听力言语", "7"), ("听力语言", "7"), ("语言", "3"), ("语言残疾", "3"), ("多重残疾", "7"), ("其他", "8"),
)  # fmt: skip
_LEVEL_CHOICES = (
    *tuple((word, digit) for digit, name in LEVELS.items() for word in (name, name[0], digit, f"{digit}级", f"{name[0]}等", f"{name}残疾")),
    ("Ⅰ级", "1"), ("Ⅱ级", "2"), ("Ⅲ级", "3"), ("Ⅳ级", "4"), ("壹级", "1"), ("贰级", "2"), ("叁级", "3"), ("肆级", "4"),
)  # fmt: skip

LAYOUT = Layout(
    key="disabled-persons",
    title="贫困残疾人名单（残联）",
    owner=Office.DISABLED_FEDERATION,
    category="CJ",
    note="一行一人；残疾证号前 18 位是身份证号，第 19 位是残疾类别，第 20 位是残疾等级，系统会互相核对。",
    source="S4-14 贫困残疾人家庭由残联认定；残疾人保障法第二条",
    signature=("残疾证号", "残疾人证号", "残疾类别", "残疾等级", "残疾类型", "监护人", "残疾级别", "残疾证号码", "残疾人姓名"),
    title_words=("残疾", "残联"),
    needs=(("name",), ("id_number", "cert_no")),
    columns=(
        c.SERIAL,
        *c.PLACE,
        c.renamed(c.NAME, "姓名", "残疾人姓名", "持证人姓名", "残疾人"),
        c.SEX,
        Column("cert_no", "残疾证号", ("残疾人证号", "残疾证号码", "残疾人证号码", "残疾证编号", "残疾人证编号", "持证号码", "残疾证", "残疾人证", "证号", "残疾人证件号", "残疾证件号码"), "code", example="21092219850302123743", note="20 位，补发的后加 B1；整列设为“文本”。"),
        replace(c.renamed(c.ID_NUMBER, "身份证号", "残疾人身份证号", "残疾人身份证号码", "持证人身份证号"), note="为空时取残疾证号前 18 位。"),
        c.BIRTH_DATE,
        Column("disability_kind", "残疾类别", ("残疾类型", "残疾种类", "残疾类", "类别", "主要残疾类别"), "choice", choices=_KIND_CHOICES, example="肢体", note="视力、听力、言语、肢体、智力、精神、多重。"),
        Column("disability_level", "残疾等级", ("残疾级别", "等级", "级别", "残疾程度", "主要残疾等级"), "choice", choices=_LEVEL_CHOICES, example="三级", note="一级至四级。"),
        c.RELATION,
        c.HOUSEHOLD,
        c.HEAD_NAME,
        c.HEAD_ID_NUMBER,
        Column("guardian", "监护人", ("监护人姓名", "联系人", "法定监护人"), "name", example="张守田"),
        replace(c.CATEGORY_TEXT, aliases=("贫困类型", "困难类型", "贫困类别", "农户类型", "家庭类型", "是否贫困", "经济状况", "家庭经济状况", "贫困残疾人类别"), example="贫困残疾人"),
        c.renamed(c.RECOGNISED_ON, "发证日期", "初次发证日期"),
        c.renamed(c.REMOVED_ON, "有效期至", "有效期"),
        c.ETHNIC,
        c.ADDRESS,
        c.DIVISION,
        c.PHONE,
        c.CARD_NO,
        c.NOTE_TEXT,
    ),
    rules=(RowRule((FORM, DIFFERS, DERIVED), _cross_check),),
)  # fmt: skip

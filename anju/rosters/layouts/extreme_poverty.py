"""Civil affairs: persons in extreme poverty (特困); only those supported at home (分散供养) belong to the programme."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from anju.checks import NOTE, Check, Finding
from anju.tabular import columns as c
from anju.tabular.layout import Column, Layout, RowRule
from anju.tabular.values import finding
from anju.vocabulary.keygroup import Office

IN_INSTITUTION = Check("tk-in-institution", "集中供养，不属于分散供养特困人员", "S4-04 农村分散供养特困人员", NOTE)


def _note_institution(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    if values.get("care_mode") == "集中":
        findings.append(
            finding(
                IN_INSTITUTION.id,
                headings["care_mode"],
                "care_mode",
                "集中供养人员住在机构，不属于农村危房改造的分散供养特困人员；本行保留备查",
                NOTE,
            )
        )


LAYOUT = Layout(
    key="extreme-poverty-persons",
    title="特困人员名单（民政部门）",
    owner=Office.CIVIL_AFFAIRS,
    category="TK",
    note="一行一人；供养方式为“分散”的属于重点对象，“集中”的保留备查。",
    source="S4-04、S4-14 农村分散供养特困人员由民政部门认定；社会救助暂行办法第十四条",
    signature=("供养方式", "特困证号", "特困供养证号", "供养证号", "五保证号", "照料护理人", "照料人", "供养类别", "自理能力", "护理等级", "供养金", "供养形式", "特困人员姓名", "救助供养证号"),
    title_words=("特困", "五保", "分散供养"),
    columns=(
        c.SERIAL,
        *c.PLACE,
        Column("cert_no", "特困证号", ("特困供养证号", "特困供养证编号", "供养证号", "供养证编号", "五保证号", "五保供养证号", "救助供养证号", "特困人员救助供养证号", "证书编号", "特困证编号", "特困编号", "救助证号"), "code", example="辽彰特0001"),
        c.renamed(c.NAME, "姓名", "特困人员姓名", "供养对象姓名", "五保对象姓名", "特困对象姓名", "供养人员姓名", "特困人员", "申请人姓名", "申请人", "户主姓名", "户主"),
        c.renamed(c.ID_NUMBER, "身份证号", "特困人员身份证号", "特困人员身份证号码", "供养对象身份证号", "申请人身份证号", "申请人身份证号码", "户主身份证号", "户主身份证号码"),
        c.SEX,
        c.BIRTH_DATE,
        Column("care_mode", "供养方式", ("供养形式", "供养类型", "供养类别", "分散集中", "分散或集中", "供养方式分散集中", "救助供养方式", "集中分散", "供养"), "choice",
               choices=(("分散", "分散"), ("分散供养", "分散"), ("居家", "分散"), ("居家供养", "分散"), ("农村分散", "分散"), ("农村分散供养", "分散"), ("分散特困", "分散"),
                        ("集中", "集中"), ("集中供养", "集中"), ("机构供养", "集中"), ("机构", "集中"), ("农村集中", "集中"), ("农村集中供养", "集中"), ("集中特困", "集中")),
               example="分散", note="填“分散”或“集中”。"),
        Column("care_ability", "自理能力", ("生活自理能力", "自理情况", "护理等级", "护理类别", "失能等级"), example="全自理"),
        Column("carer", "照料护理人", ("照料人", "监护人", "照料人姓名", "监护人姓名", "照护人"), "name", example="李守华"),
        Column("monthly_amount", "月供养金", ("供养金", "月供养标准", "供养标准", "月保障金额", "基本生活费", "月救助金额", "月补助金额"), "money", example="680"),
        c.RELATION,
        c.HOUSEHOLD,
        replace(c.CATEGORY_TEXT, aliases=("人员类别", "对象类别", "救助类别", "类别"), example="特困人员"),
        c.renamed(c.RECOGNISED_ON, "认定日期", "享受供养时间", "供养开始时间", "享受时间", "开始供养日期", "供养起始时间"),
        c.REMOVED_ON,
        c.ETHNIC,
        c.ADDRESS,
        c.DIVISION,
        c.PHONE,
        c.CARD_NO,
        c.NOTE_TEXT,
    ),
    rules=(RowRule((IN_INSTITUTION,), _note_institution),),
)  # fmt: skip

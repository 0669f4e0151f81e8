"""Kinds of offices that take part (domain 3.2, ORG_KIND)."""

OFFICE_KINDS: dict[str, str] = {
    "housing": "住建部门",
    "poverty": "扶贫（乡村振兴）部门",
    "civil_affairs": "民政部门",
    "disabled_federation": "残联",
    "finance": "财政部门",
    "audit": "审计部门",
    "discipline": "纪检监察",
    "township": "乡镇政府",
    "village": "村委会",
    "stationed_team": "驻村工作队",
    "headquarters": "指挥部",
    "headquarters_office": "指挥部办公室",
    "third_party_appraiser": "第三方鉴定机构",
    "third_party_evaluator": "第三方评估机构",
    "third_party_caller": "第三方拨测机构",
    "builder": "施工单位",
    "consultant": "设计、监理、咨询单位",
    "quality_supervision": "质量安全监督机构",
}

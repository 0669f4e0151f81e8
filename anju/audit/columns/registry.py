"""Households, persons, houses."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "registry_category": {
        "code": _("类别代码"), "name": _("类别名称"), "short": _("简称"), "name_en": _("英文名称"), "owner": _("主管部门"), "scope": _("按户还是按人"),
        "primary_order": _("主类别的次序"), "province": _("限于哪个省"),
    },
    "registry_change": {
        "detail": _("明细"), "main_id": _("属于哪次变更"),
    },
    "registry_datedflag": {
        "flag": _("标记"),
    },
    "registry_dwelling": {
        "number": _("房屋编号"), "replaces_id": _("替代哪处房屋"),
    },
    "registry_dwellingstate": {
        "lng": _("经度"), "lat": _("纬度"), "coordinates": _("坐标系"), "is_only": _("唯一住房"), "homestead_no": _("宅基地证号"),
        "year_built": _("建造年份"), "structure": _("结构"), "storeys": _("层数"), "bays": _("开间数"), "main_area": _("主房面积（㎡）"),
        "auxiliary_area": _("附房面积（㎡）"), "more": _("其他情况"),
    },
    "registry_formerparticulars": {
        "name": _("姓名"),
    },
    "registry_household": {
        "number": _("户编号"), "groups": _("对象类别"), "opened_on": _("立户日期"), "closed_on": _("销户日期"), "merged_into_id": _("并入哪户"),
    },
    "registry_householdcard": {
        "holder_id": _("持卡人"), "card_no": _("银行卡号"), "bank": _("开户银行"), "renew": _("户主已变更，待换卡"), "replaces_id": _("换下的卡"),
        "ended_reason": _("结束的理由"),
    },
    "registry_numberseries": {
        "village": _("村"), "last": _("最后的序号"),
    },
    "registry_occupancy": {
        "kind": _("居住方式"),
    },
    "registry_pastsupport": {
        "kind": _("补助项目"), "amount": _("金额（分）"),
    },
    "registry_person": {
        "name": _("姓名"),
    },
    "registry_registration": {
        "ending": _("怎样销户"), "merged_into_id": _("并入哪户"),
    },
}  # fmt: skip

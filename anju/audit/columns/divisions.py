"""Places, the business day, and by which keys numbers are found."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "privacy_lookupkeys": {"only": _("唯一的一行"), "key_number": _("密钥号"), "leaving": _("正在换下的密钥号")},
    "clock_businessday": {
        "only": _("唯一的一行"), "day": _("业务日期"),
    },
    "divisions_division": {
        "code": _("区划代码"), "parent_id": _("上级区划"), "level": _("层级"), "short_name": _("简称"), "full_name": _("全称"),
        "core": _("名称的主干"), "pinyin": _("拼音"), "initials": _("拼音首字母"), "number": _("排序号"), "urban_rural": _("城乡分类"),
        "state_on": _("状态日期"), "opened_by_id": _("由哪次变更设立"), "closed_by_id": _("由哪次变更撤销"),
    },
    "divisions_divisionload": {
        "prefixes": _("装入的范围"), "added": _("新增个数"),
    },
    "divisions_divisiontag": {
        "tag": _("标签"),
    },
    "divisions_formername": {
        "name": _("曾用名"), "until": _("用到哪天"),
    },
    "divisions_recoded": {
        "table": _("改码的表"), "column": _("改码的列"), "old": _("旧代码"), "new": _("新代码"), "keys": _("改码的行"), "size": _("行数"),
    },
    "divisions_seismicintensity": {
        "intensity": _("设防烈度"), "design_group": _("设计地震分组"),
    },
    "divisions_succession": {
        "old_id": _("原区划"), "new_id": _("现区划"), "named": _("沿用名称"),
    },
}  # fmt: skip

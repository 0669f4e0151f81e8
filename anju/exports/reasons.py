"""What a file or a full number is needed for: the usual reasons, in the order the office meets them."""

from django.utils.translation import gettext_lazy as _

EXPORT_REASONS = (
    ("daily", _("日常核对、查漏补缺")),
    ("department", _("与部门核对名单、交换差异")),
    ("field", _("入户核查、走访")),
    ("report", _("上报上级主管部门")),
    ("inspection", _("审计、纪检、巡察调阅")),
    ("archive", _("归档留存")),
    ("other", _("其他（请说明）")),
)
REVEAL_REASONS = (
    ("identify", _("核对是不是本人")),
    ("correct", _("更正证件号")),
    ("answer", _("答复本人来电来访")),
    ("inspection", _("审计、纪检、巡察调阅")),
)
LETTER = ("letter", _("随函发出、办理来函"))
ALL_REASONS = dict((*EXPORT_REASONS, *REVEAL_REASONS, LETTER))

"""Tables and long work as the office calls them; a watched table or a kind of work without a word fails a test of the house."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from anju.trail.acts import ACTS

TABLES: dict[str, Any] = {
    "clock_businessday": _("业务日期"),
    "jobs_job": _("后台任务"),
    "divisions_division": _("行政区划"),
    "divisions_formername": _("区划曾用名"),
    "divisions_divisiontag": _("县的年度标签"),
    "divisions_seismicintensity": _("设防烈度"),
    "divisions_divisionchange": _("区划变更"),
    "divisions_succession": _("区划沿革"),
    "divisions_recoded": _("改码记录"),
    "divisions_divisionload": _("区划装入"),
    "accounts_organisation": _("机构"),
    "accounts_user": _("账号"),
    "accounts_grant": _("授权"),
    "accounts_passwordstate": _("密码"),
    "accounts_pastpassword": _("用过的密码"),
    "accounts_secondfactor": _("手机验证"),
    "accounts_recoverycode": _("备用码"),
    "accounts_namedrecord": _("授权指明的对象"),
    "accounts_signin": _("登录记录"),
    "trail_archived": _("留痕归档"),
    "trail_restoration": _("从备份恢复"),
    "evidence_storedfile": _("存档文件"),
    "exports_export": _("导出登记"),
    "exports_download": _("导出的下载"),
    "exports_reveal": _("看全号登记"),
    "masks_maskchoice": _("脱敏规则"),
    "registry_category": _("对象类别"),
    "registry_household": _("农户"),
    "registry_numberseries": _("户编号序列"),
    "registry_person": _("人员"),
    "registry_formerparticulars": _("人员以前的信息"),
    "registry_registration": _("户籍登记"),
    "registry_membership": _("户内成员"),
    "registry_belonging": _("类别归属"),
    "registry_dwelling": _("房屋"),
    "registry_dwellingstate": _("房屋情况"),
    "registry_occupancy": _("居住关系"),
    "registry_datedflag": _("标记"),
    "registry_pastsupport": _("既往补助"),
    "registry_change": _("户的变更"),
    "rosters_columnmapping": _("表头对应"),
    "rosters_batch": _("名单"),
    "rosters_rowcells": _("名单原样单元格"),
    "rosters_batchrow": _("名单的行"),
    "rosters_matchrun": _("比对"),
    "rosters_match": _("比对结果"),
    "rosters_mismatch": _("差异"),
    "rosters_decision": _("判定和处理"),
    "rosters_letter": _("退回函"),
    "rosters_letterrow": _("退回函的行"),
    "rosters_locksignature": _("会签"),
}
WORK: dict[str, Any] = {
    "audit.verify": _("核验留痕"),
    "exports.write": _("生成导出的文件"),
    "rosters.compare": _("两份名单互比"),
    "rosters.enrol": _("名单上的新户入册"),
    "rosters.match": _("名单比对"),
    "rosters.receive": _("读入名单各行"),
}


def act(action: str) -> str:
    """What was done, in words: an act by its name, long work by its; "" where it has none."""
    return str(ACTS.get(action) or WORK.get(action) or "")

"""Plans and 应改尽改 in the office's words: what is counted, where a household stands, places by their short names."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from anju.cases import qualified
from anju.divisions import queries as divisions


def parts() -> dict[str, str]:
    """What is counted, as the page says it."""
    return {
        "pending": _("申请在办"),
        "approved": _("已批准"),
        "surveyed": _("已摸排"),
        "prepared": _("开工前手续齐"),
        "started": _("已开工"),
        "completed": _("已竣工"),
        "late_start": _("逾期开工"),
        "late_completion": _("逾期竣工"),
    }


def named(codes: Iterable[str]) -> dict[str, str]:
    """Short names, the nation's among them."""
    return {"": str(_("全国")), **divisions.short_names([code for code in codes if code])}


def states() -> dict[str, tuple[str, str, str, str]]:
    """Where a household stands: (word, tone, who has to act, what)."""
    return {
        qualified.NOT_APPLIED: (_("没有申请"), "late", _("村、乡镇"), _("受理申请")),
        qualified.RETURNED: (_("退回补正"), "late", _("村、乡镇"), _("补正后重报")),
        qualified.PAUSED: (_("暂停"), "hold", _("乡镇、县"), _("恢复办理，或写明结论")),
        qualified.LAPSED: (_("其他途径已到期"), "late", _("乡镇"), _("续签，或重新申请")),
        qualified.AGAIN: (_("改造后又成危房"), "late", _("乡镇"), _("核实原因，因灾的按返危重开")),
        qualified.REFUSED: (_("认定不符合"), "idle", _("县"), _("结论已写明；情况变了的重新申请")),
        qualified.WITHDRAWN: (_("书面放弃"), "idle", _("乡镇"), _("再核实意愿，落实别的安全住处")),
        qualified.GOING: (_("办理中"), "doing", "", ""),
        qualified.ONCE: (_("已享受过补助"), "idle", _("县"), _("属例外的写明理由")),
        qualified.EMPLOYEE: (_("家中有公职人员"), "idle", _("县"), _("当地规定不予补助")),
        qualified.UNLOCKED: (_("名单未锁定"), "soon", _("县、各部门"), _("会签锁定名单")),
    }


def groups() -> dict[str, str]:
    """Several states at once, as the page says them."""
    return {"missing": _("应改未改"), "in": _("已在办理"), "concluded": _("有书面结论"), "excluded": _("按规定不纳入"), "": _("全部存量")}

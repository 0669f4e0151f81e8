"""What people do, in the words of the work: an entry's ``action`` is one of these codes where the write went through an action of its own."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.utils.translation import gettext_lazy as _

from anju.trail.acting import current, doing

F = TypeVar("F", bound=Callable[..., Any])

ACTS: dict[str, Any] = {
    "account.opened": _("开账号"),
    "account.closed": _("停用账号"),
    "account.reopened": _("启用账号"),
    "grant.given": _("授予权限"),
    "grant.taken": _("收回权限"),
    "office.founded": _("登记机构"),
    "account.signed_in": _("登录系统"),
    "account.session_ended": _("结束登录"),
    "account.password_changed": _("更换密码"),
    "account.password_reset": _("重设密码"),
    "account.second_factor_reset": _("重设手机验证"),
    "account.unlocked": _("解锁账号"),
    "account.history_purged": _("清除到期的登录记录"),
    "trail.expired": _("归档到期的留痕"),
    "system.restored": _("从备份恢复"),
    "list.received": _("收下名单"),
    "list.declared_empty": _("登记零名单"),
    "list.columns_mapped": _("指明表头"),
    "list.resumed": _("续收名单"),
    "list.matched_again": _("重新比对"),
    "list.compared": _("两份名单互比"),
    "list.voided": _("作废名单"),
    "list.signed": _("会签名单"),
    "list.read": _("读入名单各行"),
    "list.matched": _("名单比对"),
    "list.enrolled": _("名单上的新户入册"),
    "pair.judged": _("判定是否同一人"),
    "pair.judged_alike": _("同类一次判定"),
    "mismatch.adopted": _("处理差异"),
    "mismatch.disposed": _("处置差异"),
    "mismatch.class_accepted": _("同类差异一次处理"),
    "mismatch.left_ended": _("退出名单的停止类别"),
    "decision.undone": _("撤销判定或处理"),
    "letter.written": _("退回部门核实"),
    "letter.answered": _("答复退回的差异"),
    "register.enrolled": _("入册"),
    "register.attached": _("关联登记库"),
    "register.detached": _("停止类别"),
    "household.head_changed": _("更换户主"),
    "household.split": _("分户"),
    "household.merged": _("并户"),
    "household.moved": _("迁移"),
    "household.closed": _("销户"),
    "household.member_added": _("成员增加"),
    "household.member_removed": _("成员减少"),
    "person.corrected": _("更正个人信息"),
    "category.set": _("纳入类别"),
    "category.ended": _("退出类别"),
    "flag.set": _("加注标记"),
    "flag.ended": _("取消标记"),
    "dwelling.recorded": _("登记房屋"),
    "dwelling.described": _("更新房屋情况"),
    "dwelling.occupied": _("登记居住"),
    "dwelling.vacated": _("登记搬离"),
    "support.recorded": _("登记既往补助"),
    "change.undone": _("撤销变更"),
    "entry.marked": _("登记上级系统录入情况"),
    "entry.withdrawn": _("撤回上级系统录入登记"),
    "import.received": _("收下批量录入的表"),
    "import.read": _("读入批量录入的各行"),
    "import.applied": _("批量登记"),
    "import.resumed": _("续办批量录入"),
    "import.undone": _("撤销批量录入"),
    "export.requested": _("申请导出"),
    "export.approved": _("同意导出"),
    "export.refused": _("不同意导出"),
    "export.made": _("生成导出的文件"),
    "export.downloaded": _("下载导出的文件"),
    "export.expired": _("清除过期的导出文件"),
    "number.revealed": _("查看完整号码"),
    "mask.chosen": _("设定脱敏规则"),
    "problem.opened": _("登记问题"),
    "problem.handed_over": _("交办问题"),
    "problem.planned": _("报整改方案"),
    "problem.rectified": _("报整改完成"),
    "problem.verified": _("问题验收销号"),
    "problem.sent_back": _("问题验收退回"),
    "problem.transferred": _("问题移交线索"),
    "problem.clue_answered": _("记线索处理结果"),
    "problem.undone": _("撤销问题的上一步"),
    "notice.posted": _("张贴公示"),
    "notice.photographed": _("公示拍照"),
    "notice.objected": _("登记公示异议"),
    "notice.objection_answered": _("答复公示异议"),
    "notice.closed": _("结束公示"),
    "notice.stopped": _("终止公示"),
    "notice.withdrawn": _("撤下公示"),
    "album.opened": _("建相册"),
    "album.expected": _("设定照片要求"),
    "album.moved": _("相册随户变动"),
    "photo.added": _("上传照片"),
    "photo.described": _("更正照片说明"),
    "photo.explained": _("说明照片疑点"),
    "photo.unexplained": _("撤销疑点说明"),
    "photo.withdrawn": _("撤下照片"),
    "photo.restored": _("恢复照片"),
    "photo.published": _("设定照片是否公开"),
    "appraisal.submitted": _("提交房屋鉴定"),
    "appraisal.acknowledged": _("登记农户对鉴定的签字"),
    "appraisal.withdrawn": _("作废鉴定"),
    "appraisal.reported": _("生成鉴定报告"),
    "objection.received": _("登记对鉴定的异议"),
    "objection.answered": _("答复对鉴定的异议"),
    "objection.withdrawn": _("登记农户撤回异议"),
    "posting.issued": _("制作公示牌或认定牌"),
    "posting.hung": _("登记挂牌"),
    "posting.removed": _("登记摘牌"),
    "round.opened": _("开展排查轮次"),
    "round.staffed": _("登记排查投入"),
    "round.closed": _("结束排查轮次"),
    "screening.recorded": _("登记排查结果"),
    "screening.undone": _("撤销排查结果"),
    "recheck.drawn": _("抽取复核"),
    "recheck.settled": _("登记复核结果"),
    "recheck.voided": _("作废复核抽查"),
    "hazard.reported": _("登记险情"),
    "hazard.checked": _("核实险情"),
    "hazard.evacuated": _("登记转移"),
    "hazard.closed": _("险情销号"),
    "stock.made": _("制作危房存量台账"),
    "stock.signed": _("会签危房存量台账"),
    "stock.voided": _("作废危房存量台账"),
    "stock.struck": _("危房存量销档"),
    "no_house.determined": _("认定无房户"),
    "no_house.ended": _("结束无房认定"),
    "guarantee.recorded": _("登记保障途径"),
    "guarantee.corrected": _("更正保障途径"),
    "guarantee.ended": _("结束保障途径"),
    "guarantee.withdrawn": _("撤销保障途径"),
    "case.applied": _("受理改造申请"),
    "case.advanced": _("办理改造环节"),
    "case.posted": _("公示改造对象"),
    "case.undone": _("撤销改造环节"),
    "case.history_recorded": _("录入历年改造"),
    "case.history_voided": _("作废录入的历年改造"),
    "case.waived": _("豁免改造规则"),
    "case.unwaived": _("收回规则豁免"),
    "agreement.filed": _("登记改造协议"),
    "plan.made": _("录入年度改造计划"),
    "campaign.opened": _("开展核验任务"),
    "campaign.closed": _("结束核验任务"),
    "verification.concluded": _("核验结论"),
    "verification.withdrawn": _("撤销核验结论"),
}


def recorded(act: str) -> Callable[[F], F]:
    """Declares an action's name in the trail. What it calls in turn is recorded under the same name: what the person did, not how.

    A ``reason`` given to the action goes along. Stands above ``@transaction.atomic``, so that a failed transaction doesn't keep it from ending.
    """
    if act not in ACTS:
        raise ValueError(f"{act} isn't declared in ACTS")

    def declare(action: F) -> F:
        @functools.wraps(action)
        def named(*args: Any, **given: Any) -> Any:
            if current().action in ACTS:
                return action(*args, **given)
            with doing(act, str(given.get("reason") or "")):
                return action(*args, **given)

        return cast(F, named)

    return declare

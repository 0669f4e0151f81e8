"""What a step and an agreement say, in the office's words."""

from typing import Any

from django.utils.translation import gettext as _

from anju.cases.models import Agreement, CaseStep
from anju.cases.standing import APPLY, FINISHED, UNDO
from anju.cases.views.within import method_said, mode_said
from anju.cases.workflow import WORKFLOW
from anju.vocabulary.money import yuan


def step_title(step: CaseStep) -> str:
    """What was done."""
    if step.code in (APPLY, UNDO, FINISHED):
        return {APPLY: _("受理申请"), UNDO: _("撤销"), FINISHED: _("历年改造录入")}[step.code]
    return _(WORKFLOW.transition(step.code).title)


def said_of(step: CaseStep) -> str:
    """What was said with a step."""
    said: dict[str, Any] = step.details
    if step.code == "review":
        told = _("应到 %(due)s 人，实到 %(came)s 人，同意 %(agreed)s 人；主持 %(chair)s，记录 %(recorder)s")
        return str(told % {name: said.get(name, "") for name in ("due", "came", "agreed", "chair", "recorder")})
    if step.code == "approve":
        area = _("主房 %s ㎡") % said["main_area"] if said.get("main_area") else ""
        money = _("补助 %s") % yuan(said["subsidy"]) if said.get("subsidy") is not None else ""
        return _("，").join(one for one in (method_said(said.get("method", "")), area, money) if one)
    if step.code == FINISHED:
        return str(_("%d 年的改造，录入时已经完成") % said["year"])
    if step.code in ("draw_plan", "redraw_plan"):
        plan = said.get("household", {})
        return str(_("总费用 %(total)s，农户承担 %(own)s")) % {
            "total": yuan(plan.get("total", 0)), "own": yuan(plan.get("self_raised", 0) + plan.get("loan", 0)),
        }  # fmt: skip
    if step.code == "survey_mode":
        return mode_said(said.get("build_mode", ""))
    if step.code == "withdraw" and said.get("written_on"):
        return str(_("书面声明 %s") % said["written_on"])
    return str(said.get("seen") or said.get("opinion") or said.get("note") or "")


def agreement_said(one: Agreement, holds: Agreement | None) -> dict[str, Any]:
    """An agreement: who signed, until when, how it is paid, where it was filed."""
    facts = [
        (_("施工方"), one.builder),
        (_("证书或登记编号"), one.builder_certificate),
        (_("签订"), one.signed_on.isoformat()),
        (_("约定工期"), _("%(from)s 至 %(to)s") % {"from": one.start_due, "to": one.finish_due}),
        (_("付款"), _("，").join(f"{name} {share}%" for name, share in one.stages)),
        (_("备案"), " ".join(str(part) for part in (one.filed_on or "", one.filed_number) if part)),
        (_("旧房"), _("入住后 %d 天内拆除") % one.old_house_days if one.old_house_days else ""),
        (_("补助付给施工方"), _("农户同意") if one.pays_builder else ""),
        (_("公开本户信息"), _("农户同意") if one.publishes else _("农户不同意")),
    ]
    return {
        "kind": one.get_kind_display(),
        "facts": [(name, value) for name, value in facts if value],
        "holds": holds is not None and one.pk == holds.pk,
    }

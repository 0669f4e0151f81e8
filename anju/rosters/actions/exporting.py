"""Asking for workbooks; they are made in the background."""

import io
from typing import Any

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.jobs import actions as jobs
from anju.jobs.models import Job
from anju.rosters import layouts
from anju.rosters.models import Batch
from anju.rosters.queries.rowsets import WHAT
from anju.rosters.refusal import Refused
from anju.tabular import writing
from anju.vocabulary import division

TITLES = {
    "rows": "人员",
    "differences": "差异",
    "batches": "名单一览",
    "cross": "部门名单交叉",
    "versions": "两期对照",
    "pairs": "两份名单对照",
    "letter": "退回函附件",
}


def export(*, what: str, filters: dict[str, Any], by: User) -> Job:
    """What a page shows, with its very filters, as a workbook; ``job.result["file"]`` is the stored file's key.

    Numbers are masked unless ``filters["full"]`` is set by somebody who may change the register.
    """
    if what not in WHAT:
        raise Refused(_("这一页不能导出。"))
    if not by.may(Power.EXPORT):
        raise Refused(_("您的角色“%(role)s”不能导出，请找县级审批员办理。") % {"role": _(by.role_title)})
    return jobs.start(
        kind="rosters.export",
        title=_("导出 %(what)s") % {"what": TITLES[what]},
        by=by,
        area=by.area,
        what=what,
        filters=dict(filters),
        clerk=by.pk,
    )


def error_workbook(*, batch: Batch, by: User) -> Job:
    """The sender's workbook back with what is wrong in each row; afterwards ``batch.error_workbook``."""
    if not division.contains(by.area, batch.area):
        raise Refused(_("这份名单不在您的辖区内。"))
    if not (by.may(Power.EXPORT) or by.may(Power.RECEIVE)):
        raise Refused(_("您的角色“%(role)s”不能下载原表，请找县级审批员办理。") % {"role": _(by.role_title)})
    if batch.file_id is None or batch.read_at is None:
        raise Refused(_("这份名单没有原表，或还没有读完。"))
    return jobs.start(
        kind="rosters.error_workbook",
        title=_("标注原表 %(list)s") % {"list": batch.title},
        by=by,
        area=batch.area,
        batch=batch.pk,
        clerk=by.pk,
    )


def template(*, layout: str) -> bytes:
    """The empty workbook a sender fills in."""
    if layout not in layouts.BY_KEY:
        raise Refused(_("没有这种名单版式。"))
    made = io.BytesIO()
    writing.template(layouts.BY_KEY[layout], made)
    return made.getvalue()

"""Handing a file over to the browser of the one who asked for it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.evidence.models import StoredFile
from anju.exports.actions.asking import requester, still
from anju.exports.models import Download, Export
from anju.exports.refusal import Refused
from anju.trail.acting import current, doing


@transaction.atomic
def hand_over(*, export: Export, by: User) -> StoredFile:
    """The file, for the one who asked and only while their right holds; that it was taken is kept.

    Raises ``Refused`` for anybody else, after the right ended, and after the file's days are over.
    """
    if export.requested_by_id != by.pk:
        raise Refused(_("只有申请人本人可以下载。"))
    if not still(export, requester(export)):
        raise Refused(_("您的角色或辖区已变，不能再下载这个文件。"))
    if export.state == Export.State.READY and export.expires_at and export.expires_at <= timezone.now():
        raise Refused(_("文件已过保留期；需要时请重新导出。"))
    if export.state != Export.State.READY or export.file is None:
        raise Refused(_("这项导出没有可下载的文件：%(state)s。") % {"state": export.get_state_display()})
    with doing("export.downloaded", export.reason_said):
        Download.objects.create(export=export, by=by, at=timezone.now(), address=current().address[:45])
    return export.file

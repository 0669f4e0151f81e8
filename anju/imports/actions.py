"""Reading a workbook of records in, going on with one, taking one back."""

from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.divisions.models import Division
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.evidence.uploading import media_type
from anju.imports.kinds import Kind, declared, kind_of, open_to
from anju.imports.models import ImportBatch
from anju.imports.refusal import AlreadyImported, Refused
from anju.jobs import actions as jobs
from anju.jobs.models import Job
from anju.tabular.as_of import guess
from anju.tabular.reading import recognise
from anju.tabular.recognition import Recognition
from anju.tabular.unreadable import Unreadable
from anju.trail.acts import recorded
from anju.vocabulary import division, hiding

_WORK = ("imports.record", "imports.undo")


@recorded("import.received")
def receive(*, file: BinaryIO | Path, name: str, by: User, area: str, kind: str = "", as_of: date | None = None) -> ImportBatch:
    """A workbook of records arrives: the file is kept, recognised by its headings, and its rows are read and applied in the background.

    ``kind`` is the key of a declared kind where recognition shouldn't choose; ``as_of`` the day it describes (by default what its name says, else
    today). Raises ``AlreadyImported`` for the very same file, ``Refused`` for what can't be read or isn't this user's work: nothing is kept then.
    """
    area = division.stem(area)
    kinds = _kinds(by, kind)
    if not division.contains(by.area, area):
        raise Refused(_("“%(area)s”不在您的辖区内，不能录入。") % {"area": area})
    if len(area) < 6 or not Division.objects.filter(code=area).exists():
        raise Refused(_("请先在页面上方选定一个县或乡镇，再录入；一份表录入一个地方。"))
    day = as_of or guess(name, clock.today()) or clock.today()
    if day > clock.today():
        raise Refused(_("数据截止日 %(day)s 晚于今天，请改正。") % {"day": day})
    with transaction.atomic():
        try:
            stored = store.put(file, name=name, media_type=media_type(name), by=by)
        except (store.StoreFull, store.Damaged) as fault:
            raise Refused(str(fault)) from fault
        seen = _recognise(stored, kinds, by)
        assert seen.layout is not None
        chosen = next(one for one in kinds if one.layout is seen.layout)
        _refuse_again(stored, area, chosen)
        batch = ImportBatch(
            area=area,
            kind=chosen.key,
            title=_title(chosen, area, day),
            as_of=day,
            file=stored,
            sha256=stored.sha256,
            recognition=seen.as_data(hiding.plain),
            by=by,
            at=clock.now(),
        )
        try:
            with transaction.atomic():
                batch.save()
        except IntegrityError:
            _refuse_again(stored, area, chosen)
            raise
        _start(batch, "imports.record", by)
    return batch


@recorded("import.resumed")
def resume(*, batch: ImportBatch, by: User) -> ImportBatch:
    """Goes on with a workbook whose work stopped or was killed, behind the last row that is in. A background worker takes killed jobs up by itself; a
    killed command line does it here."""
    undoing = batch.status == ImportBatch.Status.UNDOING
    refuse_unless(by, batch, _("接着登记"), batch.declared.undone_with(own=batch.by_id == by.pk) if undoing else None)
    waiting = Job.objects.filter(kind__in=_WORK, arguments__batch=batch.pk, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    if settings.JOBS == "inline":
        for job in waiting.order_by("id"):
            jobs.perform(job_id=job.pk)
    batch.refresh_from_db()
    if waiting.exists():
        return batch
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("file", "by").get(pk=batch.pk)
        if batch.status == ImportBatch.Status.STOPPED:
            batch.status, batch.message = ImportBatch.Status.APPLYING, ""
            batch.save(update_fields=["status", "message"])
        if batch.status in (ImportBatch.Status.READING, ImportBatch.Status.APPLYING):
            _start(batch, "imports.record", by)
        elif batch.status == ImportBatch.Status.UNDOING:
            _start(batch, "imports.undo", by)
    batch.refresh_from_db()
    return batch


@recorded("import.undone")
def undo(*, batch: ImportBatch, by: User, reason: str) -> ImportBatch:
    """Takes a whole workbook back: what its rows recorded is known no more, except where something later rests on it."""
    refuse_unless(by, batch, _("撤销"), batch.declared.undone_with(own=batch.by_id == by.pk))
    if not reason.strip():
        raise Refused(_("请写明撤销的原因。"))
    with transaction.atomic():
        batch = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("file", "by").get(pk=batch.pk)
        if batch.status not in (ImportBatch.Status.DONE, ImportBatch.Status.STOPPED):
            raise Refused(_("“%(title)s”%(status)s，不能撤销。") % {"title": batch.title, "status": batch.get_status_display()})
        if batch.declared.undo is None:
            raise Refused(_("“%(kind)s”录入后不能整份撤销，请逐户更正。") % {"kind": batch.kind_title})
        batch.status, batch.message = ImportBatch.Status.UNDOING, ""
        batch.applied_to = batch.rows.aggregate(last=Max("pk"))["last"] or 0
        batch.save(update_fields=["status", "message", "applied_to"])
        _start(batch, "imports.undo", by)
    batch.refresh_from_db()
    return batch


def refuse_unless(by: User, batch: ImportBatch, doing: str, power: Power | None = None) -> None:
    """The power (by default the kind's) and the area of the workbook, or a refusal that says why not."""
    if not by.may(power or batch.declared.power):
        raise Refused(
            _("您的角色“%(role)s”不能%(doing)s“%(kind)s”。") % {"role": _(by.role_title), "doing": doing, "kind": batch.kind_title}
        )
    if not division.contains(by.area, batch.area):
        raise Refused(_("这份表不在您的辖区内，不能%(doing)s。") % {"doing": doing})


def _kinds(by: User, kind: str) -> list[Kind]:
    """The kinds the workbook may be of."""
    if kind:
        if kind not in {one.key for one in declared()}:
            raise Refused(
                _("没有“%(kind)s”这种批量录入。可录入：%(known)s") % {"kind": kind, "known": "、".join(one.key for one in declared())}
            )
        if not by.may(kind_of(kind).power):
            raise Refused(_("您的角色“%(role)s”不能录入“%(kind)s”。") % {"role": _(by.role_title), "kind": _(kind_of(kind).title)})
        return [kind_of(kind)]
    if not (kinds := open_to(by)):
        raise Refused(_("您的角色“%(role)s”没有可批量录入的内容。") % {"role": _(by.role_title)})
    return kinds


def _recognise(stored: StoredFile, kinds: list[Kind], by: User) -> Recognition:
    """What the file is, among the kinds; or a refusal that says what its headings lack, or whose work it is."""
    try:
        with store.memory(stored) as original:
            seen = recognise(original, [one.layout for one in kinds], name=stored.name)
            if seen.known:
                return seen
            other = [one for one in declared() if one not in kinds]
            elsewhere = recognise(original, [one.layout for one in other], name=stored.name) if other else seen
    except Unreadable as unreadable:
        raise Refused(unreadable.message) from unreadable
    found = next((one for one in other if one.layout is elsewhere.layout), None)
    if found is not None and not by.may(found.power):
        raise Refused(_("这是“%(kind)s”，您的角色“%(role)s”不能录入。") % {"kind": _(found.title), "role": _(by.role_title)})
    if found is not None:
        raise Refused(_("这是“%(kind)s”，不是所选的“%(chosen)s”；请改选种类再传。") % {"kind": _(found.title), "chosen": _(kinds[0].title)})
    lacks = _("缺少必需的列：%(missing)s。") % {"missing": "、".join(seen.missing)} if seen.missing else ""
    raise Refused(
        _("看不出这是哪一种表。%(lacks)s可录入的有：%(kinds)s；请下载模板，对照改好表头再传。")
        % {"lacks": lacks, "kinds": "、".join(_(one.title) for one in kinds)}
    )


def _refuse_again(stored: StoredFile, area: str, kind: Kind) -> None:
    earlier = (
        ImportBatch.objects.filter(sha256=stored.sha256, area=area, kind=kind.key)
        .exclude(status__in=ImportBatch.GONE)
        .select_related("by", "file")
        .first()
    )
    if earlier is not None:
        raise AlreadyImported(
            _("这个文件在 %(when)s 已由 %(who)s 录入过，当时的文件名是“%(file)s”。内容一字未变，不再重复录入，可直接打开那一份。")
            % {
                "when": timezone.localtime(earlier.at).strftime("%Y-%m-%d %H:%M"),
                "who": earlier.by.name,
                "file": earlier.file.name,
            },
            earlier,
        )


@override(settings.LANGUAGE_CODE)
def _title(kind: Kind, area: str, day: date) -> str:
    place = Division.objects.filter(code=area).values_list("short_name", flat=True).first() or area
    return f"{place} {_(kind.title)} {day:%Y-%m-%d}"[:120]


def _start(batch: ImportBatch, work: str, by: User) -> None:
    title = _("批量录入 %(title)s") if work == "imports.record" else _("撤销录入 %(title)s")
    batch.job = jobs.start(kind=work, title=title % {"title": batch.title}, by=by, area=batch.area, batch=batch.pk)
    batch.save(update_fields=["job"])

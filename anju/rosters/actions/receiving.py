"""Taking a department's list in: keeping the file, seeing what it is, mapping unknown columns, starting the work."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.divisions.models import Division
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.evidence.uploading import media_type
from anju.jobs import actions as jobs
from anju.jobs.models import Job
from anju.registry.models import Category, Household
from anju.rosters import layouts
from anju.rosters.models import Batch, ColumnMapping, MatchRun
from anju.rosters.refusal import AlreadyReceived, Refused
from anju.tabular.layout import Layout, plain_heading
from anju.tabular.reading import recognise
from anju.tabular.recognition import Recognition
from anju.tabular.unreadable import Unreadable
from anju.trail.acts import recorded
from anju.vocabulary import division, hiding

VILLAGE_ROLL = "village-roll"
_JOBS = ("rosters.receive", "rosters.match")
_UNFINISHED = (Batch.Status.RECEIVING, Batch.Status.RECEIVED, Batch.Status.MATCHING)


def refuse_unless(user: User, power: Power, area: str, doing: str) -> None:
    """The power and the area of the user, or a refusal that says who can."""
    if not user.may(power):
        raise Refused(_("您的角色“%(role)s”不能%(doing)s，请找县级审批员办理。") % {"role": _(user.role_title), "doing": doing})
    if not division.contains(user.area, area):
        raise Refused(_("这份名单不在您的辖区内，不能%(doing)s。") % {"doing": doing})


def fingerprint(headings: Sequence[str]) -> str:
    """What tells one sender's headings from another's, whatever their order."""
    plain = sorted({plain_heading(heading) for heading in headings if heading})
    return hashlib.sha256("\n".join(plain).encode()).hexdigest()


@recorded("list.received")
def receive(
    *,
    file: BinaryIO | Path,
    name: str,
    by: User,
    area: str,
    as_of: date | None = None,
    owner: str = "",
    category: str = "",
    layout: str = "",
    mapping: Mapping[str, str] | None = None,
    title: str = "",
    previous: Batch | None = None,
    enrols: bool | None = None,
) -> Batch:
    """A department's list arrives: the file is kept, recognised, and its rows are read in the background.

    ``area`` is the stem of the place the list is of; ``as_of`` the day it describes (default: today); ``layout`` the key of a declared layout
    where recognition shouldn't choose; ``mapping`` our column → heading, kept for the next file with these headings. ``previous`` is by
    default the latest list of the same office, category and area. A file with unknown headings is kept with status *mapping*: see
    ``map_columns``. Raises ``AlreadyReceived`` for the very same file, ``Refused`` for a file that can't be read: nothing is kept then.
    """
    area = division.stem(area)
    refuse_unless(by, Power.RECEIVE, area, _("接收名单"))
    if len(area) < 6 or not Division.objects.filter(code=area).exists():
        raise Refused(_("没有“%(area)s”这个县或乡镇。请先装入行政区划，或检查区划代码。") % {"area": area})
    day = as_of or clock.today()
    if day > clock.today():
        raise Refused(_("数据截止日 %(day)s 晚于今天，请改正。") % {"day": day})
    if layout and layout not in layouts.BY_KEY:
        raise Refused(_("没有“%(layout)s”这种名单版式。可选：%(known)s") % {"layout": layout, "known": "、".join(layouts.BY_KEY)})
    if mapping and not layout:
        raise Refused(_("指明列的对应关系时，请同时选择名单版式。"))
    with transaction.atomic():
        try:
            stored = store.put(file, name=name, media_type=media_type(name), by=by)
        except (store.StoreFull, store.Damaged) as fault:
            raise Refused(str(fault)) from fault
        _refuse_again(stored, area)
        seen, kept = _recognise(stored, area, layout, mapping)
        if mapping:
            kept = _keep_mapping(area, seen.shown_headings(), layout, mapping, by)
        return _open(
            stored=stored,
            seen=seen,
            mapping=kept,
            by=by,
            area=area,
            day=day,
            owner=owner,
            category=category,
            chosen=layout,
            title=title,
            previous=previous,
            enrols=enrols,
        )


@recorded("list.declared_empty")
def receive_none(*, by: User, area: str, owner: str, category: str, as_of: date | None = None, previous: Batch | None = None) -> Batch:
    """A department reports that nobody is on its list this time 零名单: a list without file and rows, signed and locked like any other."""
    area = division.stem(area)
    refuse_unless(by, Power.RECEIVE, area, _("登记零名单"))
    _refuse_other_office(by, owner)
    day = as_of or clock.today()
    return Batch.objects.create(
        area=area,
        owner=owner,
        category=category,
        title=_("%(list)s（零名单）") % {"list": _title(category, "", day)},
        as_of=day,
        previous=previous or _previous(area, owner, category, "", day),
        status=Batch.Status.MATCHED,
        received_by=by,
        received_at=clock.now(),
        read_at=timezone.now(),
    )


@recorded("list.columns_mapped")
def map_columns(*, batch: Batch, layout: str, mapping: Mapping[str, str], by: User) -> Batch:
    """A clerk points out which heading is which of our columns; kept by the headings, and the list is read with it.

    ``mapping``: our column's key → heading as in the file. Raises ``Refused`` where needed columns are missing.
    """
    refuse_unless(by, Power.RECEIVE, batch.area, _("指明表头"))
    if layout not in layouts.BY_KEY:
        raise Refused(_("请选择这份名单的版式。"))
    chosen = {key: heading for key, heading in mapping.items() if heading}
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if batch.status != Batch.Status.MAPPING:
            raise Refused(_("这份名单的表头已经指明过了。"))
        assert batch.file is not None
        try:
            with store.memory(batch.file) as original:
                seen = recognise(original, [layouts.BY_KEY[layout]], chosen, name=batch.file.name)
        except Unreadable as unreadable:
            raise Refused(unreadable.message) from unreadable
        except store.Damaged as damaged:
            raise Refused(str(damaged)) from damaged
        if not seen.known:
            raise Refused(_("还缺少必需的列：%(missing)s。请指出它们是哪一列。") % {"missing": "、".join(seen.missing)})
        kept = _keep_mapping(batch.area, batch.recognition["headings"], layout, chosen, by)
        declared = layouts.BY_KEY[layout]
        batch.layout = layout
        batch.mapping = kept
        batch.category = batch.category or declared.category or ""
        batch.recognition = seen.as_data(hiding.plain)
        batch.status = Batch.Status.RECEIVING
        batch.message = ""
        batch.job = _start(batch, by)
        batch.save()
    return batch


@recorded("list.resumed")
def resume(*, batch: Batch, by: User | None) -> Batch:
    """Goes on with a list whose work was interrupted. A background worker takes its jobs up again by itself; a killed command line
    does it here: work that is still open is done now, and started anew where there is none."""
    waiting = Job.objects.filter(kind__in=_JOBS, arguments__batch=batch.pk, status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
    if settings.JOBS == "inline":
        for job in waiting.order_by("id"):
            jobs.perform(job_id=job.pk)
    batch.refresh_from_db()
    if batch.status in _UNFINISHED and not waiting.exists():
        with transaction.atomic():
            batch.job = _start(batch, by)
            batch.save(update_fields=["job"])
        batch.refresh_from_db()
    return batch


@recorded("list.matched_again")
def rematch(*, batch: Batch, by: User) -> Job:
    """Compares a list with the register anew, because the register has changed; what was decided on the same pairs still holds."""
    refuse_unless(by, Power.RECEIVE, batch.area, _("重新比对"))
    with transaction.atomic():
        batch = Batch.objects.select_for_update(no_key=True).get(pk=batch.pk)
        if batch.status not in (Batch.Status.RECEIVED, Batch.Status.MATCHING, Batch.Status.MATCHED):
            raise Refused(_("名单“%(title)s”%(status)s，不能重新比对。") % {"title": batch.title, "status": batch.get_status_display()})
        if batch.job and batch.job.open:
            raise Refused(_("这份名单正在比对，请等它完成。"))
        MatchRun.objects.filter(batch=batch, current=True).exclude(kind=MatchRun.Kind.LIST).exclude(stage=MatchRun.Stage.NEW).update(
            current=False
        )
        batch.status = Batch.Status.MATCHING
        batch.message = ""
        batch.job = _start(batch, by)
        batch.save(update_fields=["status", "message", "job"])
    return batch.job


@recorded("list.compared")
def compare_lists(*, batch: Batch, other: Batch, by: User) -> MatchRun:
    """Compares any list with any other, person by person; the register isn't touched. An earlier comparison of the two is kept."""
    for each in (batch, other):
        if not division.contains(by.area, each.area):
            raise Refused(_("名单“%(title)s”不在您的辖区内。") % {"title": each.title})
        if each.read_at is None or each.rows_total == 0:
            raise Refused(_("名单“%(title)s”还没有接收完或没有人员，不能比对。") % {"title": each.title})
    if batch.pk == other.pk:
        raise Refused(_("请选择另一份名单。"))
    with transaction.atomic():
        run, made = MatchRun.objects.get_or_create(
            batch=batch,
            kind=MatchRun.Kind.LIST,
            other=other,
            current=True,
            defaults={"area": batch.area, "started_at": timezone.now(), "started_by": by},
        )
        if made:
            run.job = jobs.start(
                kind="rosters.compare",
                title=_("比对 %(a)s 与 %(b)s") % {"a": batch.title, "b": other.title},
                by=by,
                area=batch.area,
                run=run.pk,
            )
            run.save(update_fields=["job"])
    return run


@recorded("list.voided")
def void(*, batch: Batch, by: User, reason: str) -> Batch:
    """Sets a list aside 作废 that should never have come: wrong file, wrong place. What it brought to the register stays there."""
    refuse_unless(by, Power.RECEIVE, batch.area, _("作废名单"))
    if not reason.strip():
        raise Refused(_("请写明作废的原因。"))
    changed = (
        Batch.objects.filter(pk=batch.pk)
        .exclude(status__in=[Batch.Status.LOCKED, Batch.Status.VOIDED])
        .update(status=Batch.Status.VOIDED, message=reason[:500])
    )
    batch.refresh_from_db()
    if not changed:
        raise Refused(_("名单“%(title)s”%(status)s，不能作废。") % {"title": batch.title, "status": batch.get_status_display()})
    return batch


def _refuse_again(stored: StoredFile, area: str) -> None:
    earlier = (
        Batch.objects.filter(sha256=stored.sha256, area=area)
        .exclude(status__in=[Batch.Status.VOIDED, Batch.Status.FAILED])
        .select_related("received_by", "file")
        .first()
    )
    if earlier is not None:
        when = timezone.localtime(earlier.received_at)
        raise AlreadyReceived(
            _(
                "这个文件在 %(when)s 已由 %(who)s 送过，当时的文件名是“%(file)s”，名单是“%(title)s”。内容一字未变，不再重复接收，可直接打开那份名单。"
            )
            % {
                "when": when.strftime("%Y-%m-%d %H:%M"),
                "who": earlier.received_by.name,
                "file": earlier.file.name if earlier.file else "",
                "title": earlier.title,
            },
            earlier,
        )


def _recognise(stored: StoredFile, area: str, layout: str, mapping: Mapping[str, str] | None) -> tuple[Recognition, ColumnMapping | None]:
    chosen: list[Layout] = [layouts.BY_KEY[layout]] if layout else list(layouts.ALL)
    try:
        with store.memory(stored) as original:
            seen = recognise(original, chosen, mapping, name=stored.name)
            if seen.known or mapping:
                return seen, None
            kept = (
                ColumnMapping.objects.filter(fingerprint=fingerprint(seen.shown_headings()), area__in=_above(area))
                .order_by("-area")
                .first()
            )
            if kept is None or (layout and kept.layout != layout):
                return seen, None
            return recognise(original, [layouts.BY_KEY[kept.layout]], kept.columns, name=stored.name), kept
    except Unreadable as unreadable:
        raise Refused(unreadable.message) from unreadable


def _above(area: str) -> list[str]:
    return [area[:length] for length in (0, 2, 4, 6, 9) if length <= len(area)]


def _keep_mapping(area: str, headings: Sequence[str], layout: str, mapping: Mapping[str, str], by: User) -> ColumnMapping:
    kept, _made = ColumnMapping.objects.update_or_create(
        area=area[:6],
        fingerprint=fingerprint(headings),
        defaults={"layout": layout, "headings": list(headings), "columns": dict(mapping), "created_by": by},
    )
    return kept


def _refuse_other_office(by: User, owner: str) -> None:
    if by.role == "sender" and by.organisation.kind != owner:
        raise Refused(_("名单报送员只能报送本部门的名单。"))


@override(settings.LANGUAGE_CODE)
def _title(category: str, layout: str, day: date) -> str:
    named = Category.objects.filter(code=category).values_list("name", flat=True).first() if category else None
    kind = (
        _("%(category)s名单") % {"category": named} if named else (layouts.BY_KEY[layout].title.partition("（")[0] if layout else _("名单"))
    )
    return _("%(kind)s %(year)s年%(month)s月") % {"kind": kind, "year": day.year, "month": day.month}


def _previous(area: str, owner: str, category: str, layout: str, day: date) -> Batch | None:
    return (
        Batch.objects.filter(
            area=area, owner=owner, category=category, as_of__lte=day, status__in=[Batch.Status.MATCHED, Batch.Status.LOCKED]
        )
        .filter(**({} if category else {"layout": layout}))
        .order_by("-as_of", "-id")
        .first()
    )


def _open(
    *,
    stored: StoredFile,
    seen: Recognition,
    mapping: ColumnMapping | None,
    by: User,
    area: str,
    day: date,
    owner: str,
    category: str,
    chosen: str,
    title: str,
    previous: Batch | None,
    enrols: bool | None,
) -> Batch:
    known = seen.layout
    key = known.key if known else chosen
    owner = owner or (str(known.owner) if known else by.organisation.kind)
    if owner not in {code for code, _name in Batch._meta.get_field("owner").choices or ()}:
        raise Refused(_("请选择这份名单由哪个部门报送。"))
    _refuse_other_office(by, owner)
    category = category or (known.category if known and known.category else "")
    if category and not Category.objects.filter(code=category).exists():
        raise Refused(_("没有“%(category)s”这个对象类别。") % {"category": category})
    if enrols is None:
        # The first list of an area makes its register; one that comes while another is still being read isn't the first.
        enrols = key == VILLAGE_ROLL or not (
            Household.objects.filter(within(area)).exists() or Batch.objects.filter(within(area), status__in=_UNFINISHED).exists()
        )
    batch = Batch(
        area=area,
        owner=owner,
        category=category,
        layout=key,
        title=title or _title(category, key, day),
        as_of=day,
        file=stored,
        sha256=stored.sha256,
        previous=previous or _previous(area, owner, category, key, day),
        mapping=mapping,
        recognition=seen.as_data(hiding.plain),
        enrols=enrols,
        status=Batch.Status.RECEIVING if known else Batch.Status.MAPPING,
        message="" if known else _("系统不认识这份名单的表头，请指明各列是什么；指明一次，以后自动识别。"),
        received_by=by,
        received_at=clock.now(),
    )
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError:
        _refuse_again(stored, area)
        raise
    if known:
        batch.job = _start(batch, by)
        batch.save(update_fields=["job"])
    return batch


def _start(batch: Batch, by: User | None) -> Job:
    if batch.status == Batch.Status.RECEIVING:
        return jobs.start(
            kind="rosters.receive", title=_("接收 %(title)s") % {"title": batch.title}, by=by, area=batch.area, batch=batch.pk
        )
    return jobs.start(kind="rosters.match", title=_("比对 %(title)s") % {"title": batch.title}, by=by, area=batch.area, batch=batch.pk)

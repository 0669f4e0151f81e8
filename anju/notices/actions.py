"""Every write to notices: keyword only, one transaction. Refusals are ``anju.refusing.Refused``."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, policy
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, ROLES, Power
from anju.checks import Check
from anju.evidence import albums, photos, store
from anju.evidence.checks import NO_PLACE, NO_TIME
from anju.evidence.expecting import Expected
from anju.evidence.models import Basis
from anju.evidence.pictures import Unusable
from anju.evidence.refusal import Refused as NotTaken
from anju.notices import rules
from anju.notices.content import masked, refuse_numbers
from anju.notices.models import LEVELS, Board, BoardPhoto, Kind, Notice, Objection, Outcome, PostedNumber
from anju.policy.keys import COUNTY_NOTICE_DAYS, NOTICE_DAYS, NOTICE_PHOTOS
from anju.privacy import vault
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division, masking, numbers
from anju.vocabulary.division import LEVEL_NAMES, Level

MOST_DAYS = 365


def _allow(by: User, power: Power, area: str, *, below: bool = False) -> None:
    """Refuses who hasn't the power, and who acts outside their area. ``below``: who works inside the notice's area may too."""
    if not by.may(power):
        titles = _("、").join(_(role.title) for role in ROLES.values() if power in role.powers)
        raise Refused(
            rules.ROLE,
            _("您的角色“%(role)s”不能%(do)s，由%(roles)s办理")
            % {"role": _(by.role_title) if by.role_title else _("没有授权"), "do": _(POWER_NAMES[power]), "roles": titles},
        )
    if not division.contains(by.area, area) and not (below and division.contains(area, by.area)):
        raise Refused(rules.AREA, _("这张公示不在您的辖区内"))


def _day(on: date | None) -> date:
    today = clock.today()
    if on is not None and on > today:
        raise Refused(rules.STATE, _("日期 %(day)s 还没有到") % {"day": on.isoformat()})
    return on or today


def _told(text: str, rule: Check, asks: str, *, longest: int) -> str:
    words = text.strip()
    if not words:
        raise Refused(rule, asks)
    if len(words) > longest:
        raise Refused(rule, _("写了 %(written)d 字，最多 %(most)d 字") % {"written": len(words), "most": longest})
    return words


def _running(notice: Notice) -> Notice:
    """The notice as it is now, held until the end of the transaction; refuses one that is closed or taken down."""
    notice.refresh_from_db(from_queryset=Notice.objects.select_for_update(no_key=True))
    if notice.withdrawn_on is not None:
        raise Refused(rules.STATE, _("公示已于 %(day)s 撤下") % {"day": notice.withdrawn_on.isoformat()})
    if notice.closed_on is not None:
        raise Refused(
            rules.STATE, _("公示已于 %(day)s 结束：%(how)s") % {"day": notice.closed_on.isoformat(), "how": notice.get_outcome_display()}
        )
    return notice


@recorded("notice.posted")
@transaction.atomic
def post(
    *,
    kind: str,
    area: str,
    title: str,
    rows: Iterable[Mapping[str, object]],
    by: User,
    hotline: str,
    days: int | None = None,
    columns: Sequence[str] = (),
    intro: str = "",
    level: Level | None = None,
    starts_on: date | None = None,
    boards: Sequence[str] = (Board.BOARD, Board.WEB),
    key: str = "",
) -> Notice:
    """张贴: what ``rows`` say (keys of ``content.COLUMNS`` → values, unmasked) is masked by the deployment's policy and frozen.

    ``level``: who posts, the county, township or village (that of ``area`` where left out). ``days``: how long it hangs, the first
    day included; what policy says there and then where left out, and never less. ``starts_on``: the first day (today); the photo has to show it. ``key``: the same key posts once; the notice that exists is returned unchanged. Raises ``Refused`` for
    a column that isn't public, a number that names somebody, an identity number that hung out under another mask.
    """
    area = division.stem(area)
    _allow(by, Power.NOTICES_POST, area)
    if key and (known := Notice.objects.filter(key=key).first()):
        return known
    if kind not in Kind.values or not boards or not set(boards) <= set(Board.values):
        raise Refused(rules.CONTENT, _("公示的种类或张贴处不在分类里"))
    level = level or min(division.level(area), Level.VILLAGE)
    if level not in LEVELS or level > division.level(area) or level < division.level(by.area):
        raise Refused(rules.LEVEL, _("%(level)s级不能在这个范围公示") % {"level": _(LEVEL_NAMES[level])})
    first = starts_on or clock.today()
    days = _days(days, level, area, first)
    heading = _told(title, rules.CONTENT, _("没有写公示的标题"), longest=120)
    number = _told(hotline, rules.CONTENT, _("没有写异议电话"), longest=60)
    refuse_numbers(heading, where=_("标题"))
    refuse_numbers(intro, where=_("说明"))
    given = [dict(row) for row in rows]
    content = masked(given, columns)
    try:
        with transaction.atomic():
            notice = Notice.objects.create(
                kind=kind, level=level, area=area, title=heading, intro=intro.strip()[:1000], content=content.kept(), rows=len(content.rows),
                mask=content.policy, key=key, days=days, starts_on=first, boards=list(dict.fromkeys(boards)), token=secrets.token_urlsafe(16),
                hotline=number, office=by.organisation, posted_by=by, posted_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as twice:
        if key and (known := Notice.objects.filter(key=key).first()):
            return known
        raise Refused(rules.AREA, _("同一内容已在别的辖区公示")) from twice
    if any(name == "id_number" for name, _title in content.columns):
        _one_mask([str(row.get("id_number") or "") for row in given], content.policy, first)
    return notice


def days_asked(level: Level, area: str, on: date) -> policy.Rule[int]:
    """How many days a notice hangs there, with the document that says so."""
    return policy.rule(COUNTY_NOTICE_DAYS if level is Level.COUNTY else NOTICE_DAYS, area, on)


def _days(days: int | None, level: Level, area: str, on: date) -> int:
    asked = days_asked(level, area, on)
    wanted = asked.value if days is None else days
    if wanted < asked.value:
        raise Refused(
            rules.DAYS,
            _("填了 %(days)d 天，这里至少 %(least)d 天：%(source)s") % {"days": wanted, "least": asked.value, "source": asked.source},
        )
    if wanted > MOST_DAYS:
        raise Refused(rules.DAYS, _("公示最多 %(most)d 天") % {"most": MOST_DAYS})
    return wanted


def _one_mask(written: Sequence[str], policy: str, on: date) -> None:
    """Remembers under which mask these identity numbers hang; refuses one that hung under another."""
    kept = vault.keep_all((vault.ID, number) for number in written if number)
    tokens = {kept[vault.ID, number]: at for at, number in reversed(list(enumerate(written, 1))) if number}
    PostedNumber.objects.bulk_create([PostedNumber(token=token, mask=policy, on=on) for token in sorted(tokens)], ignore_conflicts=True)
    other = PostedNumber.objects.filter(token__in=tokens).exclude(mask=policy).first()
    if other is not None:
        raise Refused(
            rules.ONE_MASK,
            _("第 %(row)s 行的身份证号曾按“%(mask)s”公示过；再按“%(now)s”公示，两张合起来会露出全号。请不列身份证号")
            % {
                "row": tokens[other.token],
                "mask": _(masking.POLICIES[other.mask].title),
                "now": _(masking.POLICIES[policy].title),
            },
        )


@recorded("notice.photographed")
@transaction.atomic
def photograph_start(*, notice: Notice, by: User, file: BinaryIO | bytes | Path, **told: Any) -> Notice:
    """The photo of a board when the notice was put up. Where no photo stands yet, the days are counted from the day it was taken, if that is later.

    ``told`` is what the device says (``captured_at``, ``device``, ``place``, ``client_id``), as ``evidence.photos.add`` takes it; without a word of
    when it was taken, it is today's.
    """
    notice = _running(notice)
    first = not standing(notice, BoardPhoto.Moment.START).exists()
    day = _photograph(notice, BoardPhoto.Moment.START, since=notice.starts_on, by=by, file=file, told=told)
    if day < notice.starts_on:
        raise Refused(rules.START_PHOTO, _("公示从 %(day)s 起，照片早于这一天") % {"day": notice.starts_on.isoformat()})
    if first:
        notice.start_photo_on = notice.starts_on = day
        notice.end_photo_on = None
        notice.save(update_fields=["start_photo_on", "starts_on", "end_photo_on"])
        notice.refresh_from_db(fields=["closes_on"])
    return notice


@recorded("notice.photographed")
@transaction.atomic
def photograph_end(*, notice: Notice, by: User, file: BinaryIO | bytes | Path, **told: Any) -> Notice:
    """The photo of a board at the end: taken on the notice's last day or later. ``told`` as in ``photograph_start``."""
    notice = _running(notice)
    if notice.start_photo_on is None:
        raise Refused(rules.START_PHOTO, _("还没有张贴时的照片，先补上；公示从拍到的那天算起"))
    day = _photograph(notice, BoardPhoto.Moment.END, since=notice.last_day, by=by, file=file, told=told)
    if day < notice.last_day:
        raise Refused(rules.END_PHOTO, _("公示到 %(day)s 为止，这一天起才拍期满的照片") % {"day": notice.last_day.isoformat()})
    if notice.end_photo_on is None:
        notice.end_photo_on = day
        notice.save(update_fields=["end_photo_on"])
    return notice


def _photograph(
    notice: Notice, moment: BoardPhoto.Moment, *, since: date, by: User, file: BinaryIO | bytes | Path, told: dict[str, Any]
) -> date:
    """Takes the photo in and returns the day it was taken. What the checks found stays with the photo."""
    _allow(by, Power.NOTICES_PHOTOGRAPH, notice.area, below=True)
    rule = rules.START_PHOTO if moment == BoardPhoto.Moment.START else rules.END_PHOTO
    area = notice.area if division.contains(by.area, notice.area) else by.area
    last = BoardPhoto.objects.filter(notice=notice, moment=moment, area=area).select_related("photo__album").first()
    # An album of its own for each end: the picture of the start doesn't pass for that of the end.
    album = (
        last.photo.album
        if last
        else albums.new(
            area=area,
            title=f"{notice.title} {moment.label}",
            owner=f"notice:{notice.pk}:{moment.value}",
            expected=Expected(since=since, basis=Basis.COUNTY, area=area),
            by=by,
        )
    )
    try:
        photo = photos.add(album=album, file=file, kind="board", by=by, **told)
    except (Unusable, NotTaken) as refused:
        raise Refused(rule, refused.message) from refused
    except store.StoreFull as full:
        raise Refused(rule, str(full)) from full
    at = photo.at
    day = min(timezone.localtime(at).date(), clock.today()) if at else clock.today()
    BoardPhoto.objects.get_or_create(photo=photo, defaults={"notice": notice, "area": area, "moment": moment, "on": day})
    return day


def standing(notice: Notice, moment: str) -> QuerySet[BoardPhoto]:
    """The photos that count: not withdrawn, and without a finding that speaks against them unless another person has explained it. That a
    photo carries no place or no time (it came from a desk) doesn't speak against it."""
    found = BoardPhoto.objects.filter(notice=notice, moment=moment, photo__withdrawn_at__isnull=True)
    return found.filter(Q(photo__explained_at__isnull=False) | Q(photo__findings__contained_by=[NO_PLACE.id, NO_TIME.id])).order_by(
        "on", "id"
    )


@recorded("notice.objected")
@transaction.atomic
def object_to(
    *,
    notice: Notice,
    about: str,
    channel: str,
    by: User,
    who: str = "",
    phone: str = "",
    row: int | None = None,
    on: date | None = None,
) -> Objection:
    """登记异议: somebody came, wrote or called. ``row`` is the line of the notice it is about; ``who`` and ``phone`` may stay empty."""
    notice = _running(notice)
    _allow(by, Power.NOTICES_HEAR, notice.area, below=True)
    words = _told(about, rules.REASON, _("没有写异议的内容"), longest=1000)
    if found := numbers.naming(words):
        raise Refused(rules.NUMBERS, _("异议内容里有%(what)s，请去掉；电话写在联系电话栏") % {"what": _(found)})
    if channel not in Objection.Channel.values:
        raise Refused(rules.REASON, _("没有选异议是怎么来的"))
    if row is not None and not 1 <= row <= notice.rows:
        raise Refused(rules.CONTENT, _("公示只有 %(rows)s 行") % {"rows": notice.rows})
    day = _day(on)
    if day < notice.starts_on:
        raise Refused(rules.STATE, _("公示从 %(day)s 起，异议早于这一天") % {"day": notice.starts_on.isoformat()})
    area = notice.area if division.contains(by.area, notice.area) else by.area
    return Objection.objects.create(
        notice=notice,
        area=area,
        who=who.strip()[:60],
        phone=phone.strip(),
        channel=channel,
        row=row,
        about=words,
        received_on=day,
        received_by=by,
    )


@recorded("notice.objection_answered")
@transaction.atomic
def answer_objection(*, objection: Objection, result: str, answer: str, by: User, on: date | None = None) -> Objection:
    """答复异议: what the office found and said to who objected; answered once."""
    notice = _running(objection.notice)
    _allow(by, Power.NOTICES_HEAR, notice.area, below=True)
    objection.refresh_from_db(from_queryset=Objection.objects.select_for_update(no_key=True))
    if objection.result:
        raise Refused(
            rules.FROZEN, _("这条异议已于 %(day)s 答复") % {"day": objection.answered_on.isoformat() if objection.answered_on else ""}
        )
    if result not in Objection.Result.values or not result:
        raise Refused(rules.REASON, _("没有选异议是否成立"))
    words = _told(answer, rules.REASON, _("没有写答复的内容"), longest=1000)
    if found := numbers.naming(words):
        raise Refused(rules.NUMBERS, _("答复里有%(what)s，请去掉") % {"what": _(found)})
    day = _day(on)
    if day < objection.received_on:
        raise Refused(rules.STATE, _("答复早于收到异议的 %(day)s") % {"day": objection.received_on.isoformat()})
    objection.result, objection.answer, objection.answered_on, objection.answered_by = result, words, day, by
    objection.save(update_fields=["result", "answer", "answered_on", "answered_by"])
    return objection


def counted_from(notice: Notice) -> date:
    """The first day that counts: that of the notice, or of the first photo that still stands, if that is later."""
    first = standing(notice, BoardPhoto.Moment.START).first()
    return max(notice.starts_on, first.on) if first else notice.starts_on


def hindrances(notice: Notice, on: date) -> list[tuple[Check, str]]:
    """Why the notice can't be closed on a day, every reason with its rule; empty where it can."""
    found: list[tuple[Check, str]] = []
    start = counted_from(notice)
    last, closes = start + timedelta(days=notice.days - 1), start + timedelta(days=notice.days)
    if on < closes:
        days = {"days": notice.days, "start": start.isoformat(), "last": last.isoformat(), "close": closes.isoformat()}
        found.append((rules.DAYS, _("公示 %(days)d 天，从 %(start)s 到 %(last)s，%(close)s 起才能结束") % days))
    asked = policy.value(NOTICE_PHOTOS, notice.area, notice.starts_on)
    for moment, rule, since in ((BoardPhoto.Moment.START, rules.START_PHOTO, start), (BoardPhoto.Moment.END, rules.END_PHOTO, last)):
        stand = standing(notice, moment).filter(on__gte=since if moment == BoardPhoto.Moment.END else notice.starts_on).count()
        if stand < asked:
            taken = notice.photos.filter(moment=moment, photo__withdrawn_at__isnull=True).count()
            found.append((rule, _short_of(moment, stand, taken, asked)))
    if waiting := notice.objections.filter(result="").count():
        found.append((rules.OBJECTIONS, _("还有 %(count)d 条异议没有答复") % {"count": waiting}))
    return found


def _short_of(moment: str, stand: int, taken: int, asked: int) -> str:
    when = str(BoardPhoto.Moment(moment).label)
    if taken > stand:
        return _("%(when)s的照片有疑点，先由另一人核实说明，或重新拍") % {"when": when}
    if stand:
        return _("%(when)s的照片有 %(stand)d 张，要 %(asked)d 张") % {"when": when, "stand": stand, "asked": asked}
    return _("没有%(when)s的照片") % {"when": when}


@recorded("notice.closed")
@transaction.atomic
def close(*, notice: Notice, by: User, on: date | None = None) -> Notice:
    """结束: after its days, with the photos of both ends and every objection answered. The outcome follows: 无异议 or 有异议-已处理."""
    notice = _running(notice)
    _allow(by, Power.NOTICES_POST, notice.area)
    day = _day(on)
    if hindered := hindrances(notice, day):
        raise Refused(*hindered[0])
    notice.outcome = Outcome.SETTLED if notice.objections.exists() else Outcome.NONE
    notice.closed_on, notice.closed_by = day, by
    notice.starts_on = notice.start_photo_on = counted_from(notice)
    end = standing(notice, BoardPhoto.Moment.END).filter(on__gte=notice.last_day).first()
    notice.end_photo_on = end.on if end else None
    notice.save(update_fields=["outcome", "closed_on", "closed_by", "starts_on", "start_photo_on", "end_photo_on"])
    return notice


@recorded("notice.stopped")
@transaction.atomic
def stop(*, notice: Notice, by: User, reason: str, on: date | None = None) -> Notice:
    """终止: an objection holds, so the notice ends without its purpose (有异议-终止); before its days if need be."""
    notice = _running(notice)
    _allow(by, Power.NOTICES_POST, notice.area)
    words = _told(reason, rules.REASON, _("没有写终止的理由"), longest=300)
    if not notice.objections.filter(result__in=[Objection.Result.UPHELD, Objection.Result.PARTLY]).exists():
        raise Refused(rules.OBJECTIONS, _("没有成立的异议，不能终止；贴错了请撤下"))
    if waiting := notice.objections.filter(result="").count():
        raise Refused(rules.OBJECTIONS, _("还有 %(count)d 条异议没有答复") % {"count": waiting})
    notice.outcome, notice.closed_on, notice.closed_by, notice.closed_why = Outcome.STOPPED, _day(on), by, words
    notice.save(update_fields=["outcome", "closed_on", "closed_by", "closed_why"])
    return notice


@recorded("notice.withdrawn")
@transaction.atomic
def withdraw(*, notice: Notice, by: User, reason: str) -> Notice:
    """撤下: posted by mistake, or something on it mustn't hang. Its web page is gone at once; that it hung stays known."""
    notice = _running(notice)
    _allow(by, Power.NOTICES_POST, notice.area)
    words = _told(reason, rules.REASON, _("没有写撤下的理由"), longest=300)
    notice.withdrawn_on, notice.withdrawn_by, notice.withdrawn_why = clock.today(), by, words
    notice.save(update_fields=["withdrawn_on", "withdrawn_by", "withdrawn_why"])
    return notice

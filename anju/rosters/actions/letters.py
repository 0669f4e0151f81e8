"""Back to the department: a numbered letter with the rows it should look at, and its answer."""

import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from anju import clock, memory
from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.divisions.models import Division
from anju.evidence import store
from anju.rosters import exporting
from anju.rosters.kinds import HANDLING
from anju.rosters.models import Batch, Disposition, Letter, LetterRow, MatchRun, Mismatch
from anju.rosters.queries import rowsets
from anju.rosters.refusal import Refused
from anju.tabular.layout import Column, Layout
from anju.tabular.reading import read, recognise
from anju.tabular.unreadable import Unreadable
from anju.tabular.writing import Stamp
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

_LOCK = 0x6C657474  # "lett": numbers of a year are given one after the other
_ANSWERS = (Disposition.CONFIRMED, Disposition.CORRECTED, Disposition.INELIGIBLE)

ANSWER = Layout(
    key="letter-answer",
    title="退回函核实结果",
    owner=Office.HOUSING,
    category=None,
    columns=(
        Column("letter", "函号", required=True),
        Column("ordinal", "序号", kind="int", required=True),
        Column(
            "answer",
            "核实结果",
            kind="choice",
            choices=(
                ("已核实无误", "confirmed"),
                ("已更正", "corrected"),
                ("不符合退出", "ineligible"),
                ("无误", "confirmed"),
                ("核实无误", "confirmed"),
                ("更正", "corrected"),
                ("退出", "ineligible"),
                ("不符合", "ineligible"),
            ),
        ),
        Column("note", "核实说明", ("说明", "备注")),
    ),
    signature=("函号", "核实结果"),
    needs=(("letter",), ("ordinal",), ("answer",)),
)

_QUESTIONS = {
    Mismatch.Kind.ID_REPAIRED: "请核对身份证号，按登记库所列号码更正或说明",
    Mismatch.Kind.ID_DAMAGED: "号码无法还原，请重新填报完整的身份证号",
    Mismatch.Kind.SAME_ID_TWO_NAMES: "同一号码两个姓名，请核对姓名和号码是谁的",
    Mismatch.Kind.LISTED_TWICE: "同一人重复列出，请核实保留哪一行",
    Mismatch.Kind.IN_TWO_HOUSEHOLDS: "同一人在两户，请核实属于哪一户",
    Mismatch.Kind.HEAD_DIFFERS: "户主与登记库不一致，请核实户主",
    Mismatch.Kind.SPLIT: "登记库已分户，请核实并分别列户",
    Mismatch.Kind.MERGED: "登记库是一户，请核实是否已分户",
    Mismatch.Kind.MOVED: "住址与登记库不同村，请核实是否迁移",
    Mismatch.Kind.ELSEWHERE: "此人已登记在外地，请核实是否仍符合条件",
    Mismatch.Kind.ONLY_LIST: "登记库中没有此人，请核实姓名、号码和住址",
    Mismatch.Kind.REVIEW: "疑为登记库中的另一写法，请核实是否同一人",
}


@recorded("letter.written")
def write_letter(
    *, batch: Batch, kinds: Sequence[str], by: User, answer_by: date | None = None, rows: Iterable[int] | None = None
) -> Letter:
    """A numbered letter to the sending department with its pending differences of some kinds, as text and as a workbook to answer in.

    ``rows``: keys of differences, where not all of those kinds are meant. Differences already in a letter that waits for an answer aren't
    asked twice. Raises ``Refused`` where nothing is left to ask.
    """
    if not by.may(Power.DECIDE) or not division.contains(by.area, batch.area):
        raise Refused(_("只有县级审批员可以给报送部门写退回函。"))
    if unknown := set(kinds) - set(HANDLING):
        raise Refused(_("没有这种差异：%(kinds)s") % {"kinds": "、".join(unknown)})
    run = MatchRun.objects.filter(batch=batch, kind=MatchRun.Kind.REGISTER, current=True).first()
    with transaction.atomic():
        chosen = Mismatch.objects.filter(run=run, kind__in=list(kinds), disposition=Disposition.PENDING).exclude(
            Exists(LetterRow.objects.filter(mismatch=OuterRef("pk"), answer=""))
        )
        if rows is not None:
            chosen = chosen.filter(pk__in=list(rows))
        asked = list(chosen.order_by("row_id", "id"))
        if not asked:
            raise Refused(_("所选类别没有待核的差异，或都已在等待答复的函里。"))
        day = clock.today()
        serial, number = _number(batch.area, day)
        letter = Letter(
            batch=batch,
            area=batch.area,
            year=day.year,
            serial=serial,
            number=number,
            office=batch.owner,
            addressee=_office(batch),
            sender=by.organisation.name,
            on=day,
            answer_by=answer_by,
            kinds=list(dict.fromkeys(one.kind for one in asked)),
            written_by=by,
            written_at=timezone.now(),
        )
        letter.body = _body(letter, batch, asked)
        letter.save()
        LetterRow.objects.bulk_create(
            [
                LetterRow(letter=letter, ordinal=at, mismatch=one, question=_QUESTIONS[Mismatch.Kind(one.kind)])
                for at, one in enumerate(asked, 1)
            ],
            batch_size=2000,
        )
        with override(settings.LANGUAGE_CODE):  # the office answers in this workbook, whatever language its writer reads
            caption = _("%(number)s 附件：%(list)s需核实的 %(count)s 行") % {"number": number, "list": batch.title, "count": len(asked)}
            moment = timezone.localtime(letter.written_at).strftime("%Y-%m-%d %H:%M")
            stamp = Stamp(number=number, mark=number, who=f"{letter.sender} {by.name}", moment=moment, full=True)
            letter.attachment = exporting.write(rowsets.letter_set(letter), name=f"{number}附件.xlsx", by=by, caption=caption, stamp=stamp)
        letter.save(update_fields=["attachment"])
    return letter


def _number(area: str, day: date) -> tuple[int, str]:
    """The year's next number of the place: 彰危改比对〔2020〕3号."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCK, area])
    serial = (Letter.objects.filter(area=area, year=day.year).aggregate(last=Max("serial"))["last"] or 0) + 1
    name = Division.objects.filter(code=area).values_list("short_name", flat=True).first() or ""
    return serial, f"{name[:1]}危改比对〔{day.year}〕{serial}号"


def _office(batch: Batch) -> str:
    """The sending office by its own name where it is known here."""
    places = [batch.area[:length] for length in (4, 6, 9) if length <= len(batch.area)]
    office = Organisation.objects.filter(kind=batch.owner, area__in=places).order_by("-area", "id").first()
    return office.name if office else OFFICE_NAMES[Office(batch.owner)]


def _chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


@override(settings.LANGUAGE_CODE)
def _body(letter: Letter, batch: Batch, asked: list[Mismatch]) -> str:
    counts = Counter(one.kind for one in asked)
    kinds = "，".join(f"{Mismatch.Kind(kind).label} {count:,} 行" for kind, count in counts.most_common())
    until = _("请于%(day)s前") % {"day": _chinese(letter.answer_by)} if letter.answer_by else _("请")
    return "\n".join(
        (
            f"{letter.addressee}：",
            _(
                "贵单位报送的《%(list)s》（数据截至%(day)s，共 %(total)s 行）已与农户登记库完成身份信息比对。现有 %(count)s 行需要贵单位核实：%(kinds)s，逐行清单见附件。"
            )
            % {
                "list": batch.title,
                "day": _chinese(batch.as_of),
                "total": f"{batch.rows_total:,}",
                "count": f"{len(asked):,}",
                "kinds": kinds,
            },
            _(
                "%(until)s逐行核实，在附件“核实结果”栏填写“已核实无误”“已更正”或“不符合退出”，需要说明的写在“核实说明”栏，加盖公章后连同电子表格一并反馈。"
            )
            % {"until": until},
            _("附件：需核实人员清单（%(count)s 行）") % {"count": f"{len(asked):,}"},
            letter.sender,
            _chinese(letter.on),
        )
    )


# ------------------------------------------------------------------------------------------------ the answer


def _may_answer(letter: Letter, by: User) -> None:
    if not by.may(Power.ANSWER) or not division.contains(by.area, letter.area):
        raise Refused(_("您的角色“%(role)s”不能答复退回函。") % {"role": _(by.role_title)})
    if by.role == "sender" and by.organisation.kind != letter.office:
        raise Refused(_("这封函不是写给贵单位的。"))


@recorded("letter.answered")
@transaction.atomic
def record_answer(*, letter: Letter, by: User, answers: Mapping[int, tuple[str, str]]) -> int:
    """What the department found, row by row: ordinal → (disposition, note); the differences take it over. Returns how many rows.

    A row answered before may be answered anew. Raises ``Refused`` for an unknown row or answer: then none is taken.
    """
    _may_answer(letter, by)
    if not answers:
        raise Refused(_("没有填写任何核实结果。"))
    letter = Letter.objects.select_for_update(no_key=True).get(pk=letter.pk)
    rows = {row.ordinal: row for row in LetterRow.objects.filter(letter=letter, ordinal__in=list(answers))}
    if unknown := sorted(set(answers) - set(rows)):
        raise Refused(_("函里没有序号 %(numbers)s。") % {"numbers": "、".join(map(str, unknown[:10]))})
    now = timezone.now()
    changed: dict[tuple[str, str], list[int]] = {}
    for ordinal, (answer, note) in answers.items():
        if answer not in _ANSWERS:
            raise Refused(_("序号 %(number)s 的核实结果只能是：已核实无误、已更正、不符合退出。") % {"number": ordinal})
        row = rows[ordinal]
        row.answer, row.answer_note, row.answered_by, row.answered_at = answer, note.strip()[:300], by, now
        changed.setdefault((answer, row.answer_note), []).append(row.mismatch_id)
    LetterRow.objects.bulk_update(list(rows.values()), ["answer", "answer_note", "answered_by", "answered_at"], batch_size=1000)
    for (answer, note), keys in changed.items():
        said = _("%(letter)s 答复") % {"letter": letter.number} + (f"：{note}" if note else "")
        Mismatch.objects.filter(pk__in=keys).update(disposition=answer, note=said[:300], handled_by=by, handled_at=now, decision=None)
    if not LetterRow.objects.filter(letter=letter, answer="").exists():
        letter.answered_at = now
        letter.save(update_fields=["answered_at"])
    return len(answers)


def upload_answer(*, letter: Letter, file: BinaryIO, name: str, by: User) -> int:
    """The letter's workbook, filled in and sent back: the rows with a result are recorded, the file is kept. Returns how many rows."""
    _may_answer(letter, by)
    with memory.file() as kept:
        shutil.copyfileobj(file, kept, 1 << 20)
        memory.freeze(kept)
        answers = _read_answers(letter, memory.path(kept), name)
        kept.seek(0)
        with transaction.atomic():
            count = record_answer(letter=letter, by=by, answers=answers)
            try:
                stored = store.put(kept, name=name, media_type=exporting.XLSX, by=by)
            except store.StoreFull as full:
                raise Refused(str(full)) from full
            Letter.objects.filter(pk=letter.pk).update(answer_file=stored)
    return count


def _read_answers(letter: Letter, path: Path, name: str) -> dict[int, tuple[str, str]]:
    try:
        seen = recognise(path, [ANSWER], name=name)
        if not seen.known:
            raise Refused(_("这不是退回函的附件：没有“函号”“序号”“核实结果”这几列。请在函的附件上填写后上传。"))
        answers: dict[int, tuple[str, str]] = {}
        for row in read(path, seen):
            if row.values.get("letter") not in (None, letter.number):
                raise Refused(_("这是另一封函（%(other)s）的附件，请到那封函下答复。") % {"other": row.values["letter"]})
            wrong = [found.message for found in row.findings if found.field in ("ordinal", "answer") and found.level != "note"]
            if wrong:
                raise Refused(_("第 %(row)s 行：%(what)s") % {"row": row.row, "what": "；".join(wrong)})
            if row.values.get("answer"):
                answers[int(row.values["ordinal"])] = (str(row.values["answer"]), str(row.values.get("note") or ""))
    except Unreadable as unreadable:
        raise Refused(unreadable.message) from unreadable
    return answers

"""Whether the trail is as it was written: the chain is computed anew and compared, record by record, with what was sealed.

What an owner of the database could do and how it shows: an edited or exchanged entry no longer fits its hash; a deleted one leaves a gap; one slipped
in carries a doubt from the sealer; a tail cut off, or a chain computed anew over changed entries, differs from the file outside the database.
"""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.db import connection
from django.utils import timezone

from anju.trail import archived, outside, restoring, sealing, watching
from anju.trail.acting import SYSTEM, acting
from anju.trail.outside import START, Break, Head
from anju.trail.sealing import CANONICAL

_CHUNK = 20_000
_DOUBTS = {
    "late": "是后来塞进去的：它声称的那笔写入早已结束，当时并没有这条",
    "backdated": "写入的时间被改早了：那时还没有这笔写入",
    "ahead": "时间在封存之后，对不上",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """The first record that isn't as it was: its number in the chain, the entry's own number where there is one, and what is wrong."""

    no: int
    seq: int | None
    what: str

    def __str__(self) -> str:
        entry = f"（留痕 {self.seq}）" if self.seq is not None else ""
        return f"第 {self.no} 号{entry}：{self.what}"


@dataclass(slots=True)
class Verified:
    """What was verified: how many records up to which head, in how many seconds; the first bad one, and what else should be looked into.

    ``notices`` say what is known and in order: restores that were declared, pieces that lie in an archive.
    """

    records: int
    head: Head
    seconds: float
    bad: Finding | None = None
    warnings: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against the trail."""
        return self.bad is None and not self.warnings


def verify(*, start: int = 1, root: Head | None = None, progress: Callable[[int], None] | None = None) -> Verified:
    """Seals what waits, then walks the chain from number ``start``; ``root`` is a head printed earlier that must still be in it.

    Where a piece of the chain lies in an archive the walk begins behind it, with the hash the archive ends on.
    """
    with acting(SYSTEM), archived.nothing_moves():
        began = time.perf_counter()
        sealing.seal(thorough=True)
        kept, _coming = outside.heads()
        base, astray = archived.base()
        start = max(start, base.no + 1)
        head, bad = _walk(start, base, [one for one in (kept, root) if one is not None], progress)
        done = Verified(head.no - start + 1, head, 0.0, _broken(_earlier(astray and Finding(*astray), bad)), watching.gaps())
        done.notices += [*map(str, restoring.restores()), *restoring.told_by_the_trail_alone(), *archived.told()]
        done.notices += [
            f"日根第 {root.no:,} 号如果打印于 {timezone.localtime(one.at):%Y-%m-%d %H:%M} 恢复之前，它属于恢复前的链，与现在的链不同是应当的"
            for one in restoring.restores()
            if bad is not None and root is not None and one.common < root.no <= one.until
        ]
        if root is not None and root.no <= base.no:
            done.notices.append(f"第 {root.no:,} 号已归档，这个根要用 anju trail verify --archive 文件 --root 核验")
        if kept is None and head.no:
            done.warnings.append("数据库之外没有链尾记录，末尾是否被截去无从判断；请从备份补回安装目录下的 trail 文件夹")
        done.seconds = time.perf_counter() - began
        found = Last(
            *(timezone.now(), done.records, start, done.head.no, done.seconds, done.sound, str(done.bad or ""), done.warnings, done.notices)
        )
        outside.keep("verified", json.dumps(asdict(found) | {"at": found.at.isoformat()}))
    return done


@dataclass(frozen=True, slots=True)
class Last:
    """What the last verification found."""

    at: datetime
    records: int
    start: int
    head: int
    seconds: float
    sound: bool
    bad: str
    warnings: list[str]
    notices: list[str] = field(default_factory=list)


def last() -> Last | None:
    """The last verification of this database's trail, None where there was none."""
    try:
        kept = json.loads((outside.folder() / "verified").read_text("utf-8"))
    except FileNotFoundError:
        return None
    return Last(**{**kept, "at": datetime.fromisoformat(kept["at"])})


def _earlier(*findings: Finding | None) -> Finding | None:
    return min((one for one in findings if one is not None), key=lambda one: one.no, default=None)


def _broken(bad: Finding | None) -> Finding | None:
    """The first record concerned, with what was found broken at the chain's end before: a rewriting told only roughly gives way to an exact finding."""
    breaks = outside.breaks()
    cut = [_of_break(one) for one in breaks if one.found.no < one.wanted.no]
    rewritten = [_of_break(one) for one in breaks if one.found.no >= one.wanted.no]
    return _earlier(bad, *cut) or _earlier(*rewritten)


def _of_break(one: Break) -> Finding:
    when = timezone.localtime(one.at).strftime("%Y-%m-%d %H:%M:%S")
    if one.found.no < one.wanted.no:
        return Finding(one.found.no + 1, None, f"末尾被截去：{when} 封存时链到第 {one.found.no} 号为止，而库外留存到第 {one.wanted.no} 号")
    first = max(one.wanted.no - (one.wanted.no - 1) % sealing.CHECKPOINT, 1)
    return Finding(first, None, f"从这一段起有记录被改写，链也重新算过：{when} 封存时第 {one.wanted.no} 号的哈希与库外留存的不同")


def _walk(start: int, base: Head, known: list[Head], progress: Callable[[int], None] | None) -> tuple[Head, Finding | None]:
    """The last head that is sound, and the first record that isn't; ``base`` is where the archives end, ``known`` heads that must be in the chain."""
    kept = outside.checkpoints() | {one.no: one.hash for one in known if one.no}
    furthest = max((one.no for one in known), default=0)
    if base.no and kept.get(base.no, base.hash) != base.hash:
        return base, Finding(base.no, None, "归档所接的哈希与库外留存的不同")
    with connection.cursor() as cursor:
        head = base
        if start > base.no + 1:
            cursor.execute("SELECT hash FROM trail_seal WHERE no = %s", [start - 1])
            row = cursor.fetchone()
            if row is None:
                return Head(start - 1, START.hash), Finding(start - 1, None, "封存缺失，不能从这里开始核验")
            head = Head(start - 1, bytes(row[0]))
        trusted = head.no
        while True:
            cursor.execute(
                f"""SELECT s.no, s.seq, s.hash, s.doubt, {CANONICAL}, e.seq FROM trail_seal s LEFT JOIN trail_entry e ON e.seq = s.seq
                    WHERE s.no > %s ORDER BY s.no LIMIT %s""",
                [head.no, _CHUNK],
            )
            rows = cursor.fetchall()
            for no, seq, stored, doubt, canonical, present in rows:
                if no != head.no + 1:
                    return head, Finding(
                        head.no + 1, None, "记录和它的封存都被删除" if no == head.no + 2 else f"到第 {no - 1} 号，记录和封存都被删除"
                    )
                if present is None:
                    return head, Finding(no, seq, "记录被删除，封存还在")
                digest = sealing.link(head.hash, canonical, doubt)
                if digest != bytes(stored):
                    return head, Finding(no, seq, "内容与封存时不符：被改动，或与别的记录调换")
                if doubt:
                    return head, Finding(no, seq, _DOUBTS.get(doubt, doubt))
                head = Head(no, digest)
                if no in kept:
                    if kept[no] != digest:
                        return Head(trusted, START.hash), Finding(
                            trusted + 1, None, f"到第 {no} 号之间有记录被改写，链也重新算过：与库外留存的哈希不同"
                        )
                    trusted = no
            if progress is not None and rows:
                progress(head.no)
            if len(rows) < _CHUNK:
                if furthest > head.no:
                    return head, Finding(head.no + 1, None, f"末尾被截去：链到第 {head.no} 号为止，而留存的根是第 {furthest} 号")
                return head, None

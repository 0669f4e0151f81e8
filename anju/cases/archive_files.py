"""The complete files of many households in one archive file: a PDF for each, in the folders of its township and village, as they go to the archive room."""

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.cases import actions
from anju.cases.papers import UNPRINTED
from anju.cases.whole_file import whole_file
from anju.divisions import queries as divisions
from anju.documents import Mark
from anju.jobs.progress import Refused
from anju.registry.models import Household
from anju.registry.queries.cards import heads
from anju.tabular.writing import Stamp

MOST = 2000
_PIECE = 100
_UNFIT = str.maketrans(dict.fromkeys('/\\:*?"<>|\0', "_"))


@dataclass(frozen=True)
class Run:
    """An archive file being made for ``by``: ``told(files, place)`` hears how far it is, ``stamp`` stands on every page, ``lost`` takes the numbers of
    households whose file can't be made, with why."""

    by: User
    stamp: Stamp
    told: Callable[[int, str], None]
    lost: list[tuple[str, str]] = field(default_factory=list)


def archives(households: QuerySet[Household], out: BinaryIO, run: Run) -> int:
    """Writes the files of these households; how many. That each was taken out is kept. Raises ``Refused`` where there are none, or too many for one
    file; ``store.Away`` where the file store doesn't answer: then none of the others would come either."""
    many = households.count()
    if not many:
        raise Refused(_("这里没有改造档案可导出。"))
    if many > MOST:
        said = {"many": f"{many:,}", "most": f"{MOST:,}"}
        raise Refused(_("选中 %(many)s 户，一次最多导出 %(most)s 户的档案；请按乡镇、村或条件分几次导出。") % said)
    wanted = list(households.order_by("number").values_list("pk", flat=True))
    mark, written = Mark(run.stamp.line, (run.stamp.number, run.stamp.mark)), 0
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.comment = run.stamp.line.encode()
        for first in range(0, len(wanted), _PIECE):
            piece = list(Household.objects.filter(pk__in=wanted[first : first + _PIECE]).order_by("number"))
            names = divisions.short_names({code for one in piece for code in (one.area[:9], one.area[:12])})
            head, taken = heads([one.pk for one in piece]), []
            for one in piece:
                township, village = names.get(one.area[:9], one.area[:9]), names.get(one.area[:12], one.area[:12])
                try:
                    content = whole_file(one, run.by, mark)
                except UNPRINTED as why:
                    run.lost.append((one.number, str(why)))
                    continue
                if content is None:
                    continue
                person = f" {head[one.pk].person.name}" if one.pk in head else ""
                name = f"{one.number}{person}.pdf".translate(_UNFIT)
                archive.writestr(zipfile.ZipInfo(f"{township}/{village}（{one.area[:12]}）/{name}"), content)
                taken.append(one)
                written += 1
                run.told(written, f"{township}{village}")
            actions.read_archives(households=taken, by=run.by)
    return written

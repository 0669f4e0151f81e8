"""A small county for tests: two townships, their people, the senders' files written as those offices write them."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from anju.divisions.loading import record
from anju.divisions.models import Division
from anju.vocabulary import division, idnumber

TODAY = date(2020, 6, 10)
AS_OF = date(2020, 5, 31)
COUNTY = "210922"
OTHER_COUNTY = "210921"

PLACES = (
    ("21", "辽宁省"),
    ("2109", "阜新市"),
    ("210921", "阜新蒙古族自治县"),
    ("210921100", "阜新镇"),
    ("210921100201", "桃李村委会"),
    ("210922", "彰武县"),
    ("210922109", "满堂红镇"),
    ("210922109201", "小官村委会"),
    ("210922109202", "大官村委会"),
    ("210922115", "大冷镇"),
    ("210922115201", "程沟村委会"),
)
ROLL = ("户号", "户主姓名", "姓名", "性别", "身份证号", "与户主关系", "乡镇", "村", "联系电话", "户口性质")
ALLOWANCE = ("低保证号", "户主姓名", "成员姓名", "性别", "身份证号", "与户主关系", "乡镇", "村", "月保障金额")


def place(code: str, name: str) -> None:
    """One division, under the one above."""
    above = division.parent(code)
    parent = Division.objects.filter(code=above).first() if above else None
    made = record(code, name, division.level(code), parent.code if parent else None, parent.full_name if parent else "")
    names = ("code", "parent_id", "level", "name", "short_name", "full_name", "core", "pinyin", "initials")
    Division.objects.create(**dict(zip(names, made, strict=True)))


def number(born: str, sequence: int, area: str = COUNTY) -> str:
    """A valid identity number that belongs to nobody."""
    first = f"{area[:6]}{born}{sequence:03d}"
    return first + idnumber.check_digit(first)


def broken(valid: str) -> str:
    """The number with its seventeenth digit wrong, so that the check digit doesn't hold."""
    return f"{valid[:16]}{(int(valid[16]) + 2) % 10}{valid[17]}"


@dataclass(frozen=True)
class Someone:
    """A person of the county."""

    household: str
    name: str
    born: str
    sequence: int
    relation: str
    township: str = "满堂红镇"
    village: str = "小官村"

    @property
    def sex(self) -> str:
        return "男" if self.sequence % 2 else "女"

    @property
    def id_number(self) -> str:
        return number(self.born, self.sequence)


ZHOU = Someone("109001", "周德海", "19540412", 11, "户主")
ZHAO = Someone("109001", "赵凤芹", "19570814", 22, "配偶")
PENG = Someone("109001", "周鹏", "20090203", 33, "孙子")
SUN = Someone("109002", "孙福", "19491001", 15, "户主")
LIU = Someone("109003", "刘守义", "19620305", 17, "户主", "满堂红镇", "大官村")
LIU_WIFE = Someone("109003", "王桂兰", "19640718", 26, "配偶", "满堂红镇", "大官村")
LIU_SON = Someone("109003", "刘建军", "19880911", 35, "次子", "满堂红镇", "大官村")
BAO = Someone("115001", "包玉霞", "19710123", 42, "户主", "大冷镇", "程沟村")
BAO_SON = Someone("115001", "白明", "19960606", 51, "长子", "大冷镇", "程沟村")
EVERYBODY = (ZHOU, ZHAO, PENG, SUN, LIU, LIU_WIFE, LIU_SON, BAO, BAO_SON)


def write(path: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """A CSV as Excel saves it in China."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headings)
    writer.writerows(rows)
    path.write_bytes(out.getvalue().encode("gb18030"))
    return path


def roll(path: Path, people: Iterable[Someone] = EVERYBODY) -> Path:
    """The village roll of these people."""
    heads = {p.household: p.name for p in EVERYBODY if p.relation == "户主"}
    rows = [
        (p.household, heads.get(p.household, p.name), p.name, p.sex, p.id_number, p.relation, p.township, p.village, "", "农业")
        for p in people
    ]
    return write(path, ROLL, rows)


def allowance_row(
    person: Someone, *, cert: str, head: str, name: str = "", id_number: str = "", relation: str = "", village: str = ""
) -> tuple[object, ...]:
    """One row of the allowance list; what is given differs from the person's own."""
    return (
        cert,
        head,
        name or person.name,
        person.sex,
        id_number or person.id_number,
        relation or person.relation,
        person.township,
        village or person.village,
        "560",
    )

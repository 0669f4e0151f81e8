"""Ten thousand known numbers go through the whole of receiving, comparing, enrolling, searching; afterwards the database's files hold none of them.

Looked through are the tables' own bytes, the write-ahead log and the server's log after a checkpoint, and every row of every table as text. One number
put into a column in the open shows that the search finds what there is.
"""

import mmap
import random
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.registry import actions as registry
from anju.registry import queries
from anju.registry.models import Household, Person
from anju.rosters.actions import deciding, letters, receiving
from anju.rosters.models import Batch, BatchRow, Match, MatchRun, Mismatch
from anju.rosters.queries import batches, review
from anju.rosters.tests import county
from anju.vocabulary import idnumber

MANY = 10_000
_NUMBER = re.compile(rb"(?=([0-9]{17}[0-9Xx]))")
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙", "桂兰国栋凤芹德海玉霞庆山守义秀英长福"
_DISABILITY = ("乡镇", "村", "姓名", "性别", "残疾证号", "身份证号", "残疾类别", "残疾等级", "联系电话", "银行账号", "备注")


def _people(many: int) -> list[tuple[str, str, str]]:
    """(name, number, telephone): real in form, random, never met before."""
    chance = random.Random()
    made = []
    for at in range(many):
        born = f"{chance.randint(1930, 2015)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
        number = county.number(born, at % 1000, f"{chance.randint(11, 65)}{at // 1000:02d}{chance.randint(10, 99)}")
        made.append((chance.choice(_SURNAMES) + "".join(chance.choices(_GIVEN, k=2)), number, f"139{chance.randint(0, 99_999_999):08d}"))
    return made


def _sex(number: str) -> str:
    return "男" if idnumber.sex(number) == "1" else "女"


@pytest.fixture
def clerk(transactional_db: None, jobs_inline: None) -> User:
    """The county's housing clerk."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    office = found(name="彰武县住建局", kind="housing", area=county.COUNTY)
    return admit(login="clerk", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)


def _send(path: Path, by: User, **more: Any) -> Batch:
    batch = receiving.receive(file=path, name=path.name, by=by, area=county.COUNTY, as_of=county.AS_OF, **more)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.MATCHED, batch.message
    return batch


def _roll(path: Path, people: list[tuple[str, str, str]]) -> Path:
    rows = []
    for household, members in enumerate(_threes(people)):
        for place, (name, number, phone) in enumerate(members):
            relation = ("户主", "配偶", "长子")[place]
            shown = f"{name} {number}" if household % 500 == 499 else name
            rows.append((f"{household:06d}", members[0][0], shown, _sex(number), number, relation, "满堂红镇", "小官村", phone, "农业"))
    return county.write(path, county.ROLL, rows)


def _threes(people: list[tuple[str, str, str]]) -> Iterator[list[tuple[str, str, str]]]:
    for at in range(0, len(people), 3):
        yield people[at : at + 3]


def _disabled(path: Path, people: list[tuple[str, str, str]]) -> Path:
    """A third of them, some numbers damaged, some names written otherwise, the certificate made of the number."""
    rows = []
    for at, (name, number, phone) in enumerate(people):
        given = county.broken(number) if at % 7 == 0 else "" if at % 11 == 0 else number
        named = name[:-1] + "花" if at % 13 == 0 else name
        remark = f"原号码 {number}，电话 {phone}" if at % 5 == 0 else ""
        rows.append(("满堂红镇", "小官村", named, _sex(number), f"{number}43", given, "肢体", "三级", phone, f"6222{at:015d}", remark))
    return county.write(path, _DISABILITY, rows)


def _work(clerk: User, people: list[tuple[str, str, str]], tmp_path: Path) -> None:
    """What a county does with its lists."""
    _send(_roll(tmp_path / "花名册.csv", people), clerk)
    assert Person.objects.exclude(id_number="").count() > MANY * 0.9
    listed = _send(_disabled(tmp_path / "残疾人.csv", people[:3000]), clerk, layout="disabled-persons")
    later = _send(_disabled(tmp_path / "残疾人二.csv", people[500:3400]), clerk, layout="disabled-persons")
    receiving.compare_lists(batch=listed, other=later, by=clerk)
    run = MatchRun.objects.get(batch=listed, kind="register", current=True)
    assert Match.objects.filter(run=run, outcome="auto").count() > 2000
    assert Mismatch.objects.filter(run=run, kind="id_repaired").count() > 100
    letters.write_letter(batch=listed, kinds=["id_repaired", "id_damaged"], by=clerk)
    for pair in Match.objects.filter(run=run, outcome="review", person__isnull=False)[:3]:
        review.page(pair, clerk)
        review.full_numbers(pair)
        deciding.decide(match=pair, verdict="same", by=clerk)
    batches.rows(listed, clerk)
    for _name, number, _phone in people[:20]:
        assert queries.search(text=number, within=county.COUNTY).hits
        assert queries.search(text=number[-4:], within=county.COUNTY).hits
    household = Household.objects.order_by("id")[0]
    registry.add_member(
        household=household,
        person=registry.NewPerson("新人", _people(1)[0][1]),
        relation_code="20",
        on=county.AS_OF,
        by=clerk,
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        Person.objects.filter(pk=Person.objects.exclude(id_number="").order_by("-id")[0].pk).update(
            id_number=people[0][1], id_conflict=False
        )


def _checkpoint() -> None:
    """Everything the server holds in memory goes to its files."""
    server = database.address("postgres")
    with psycopg.connect(
        host=server.host, port=server.port, user=server.user, password=server.password, dbname="postgres", autocommit=True
    ) as it:
        it.execute("CHECKPOINT")


def _files() -> Iterator[Path]:
    """The test database's own files, the write-ahead log, the server's log, what the server spilled."""
    data = database.home() / "postgresql" / "data"
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid FROM pg_database WHERE datname = current_database()")
        (oid,) = cursor.fetchone() or (0,)
    for folder in (data / "base" / str(oid), data / "pg_wal", data / "base" / "pgsql_tmp", data / "global", data.parent):
        if folder.is_dir():
            yield from (file for file in folder.iterdir() if file.is_file() and file.stat().st_size)


def _numbers_in(file: Path, wanted: set[bytes]) -> set[bytes]:
    with file.open("rb") as stream, mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content:
        return {match.group(1) for match in _NUMBER.finditer(content)} & wanted


def test_none_of_ten_thousand_numbers_is_in_the_database(clerk: User, tmp_path: Path) -> None:
    people = _people(MANY)
    marked = _people(1)[0][1]
    _work(clerk, people, tmp_path)
    Household.objects.filter(pk=Household.objects.order_by("id")[0].pk).update(address=f"证号{marked}")
    _checkpoint()
    wanted = {number.encode() for _name, number, _phone in people}
    telephones = {phone for _name, _number, phone in people}
    seen: dict[str, set[bytes]] = {}
    for file in _files():
        if held := _numbers_in(file, wanted | {marked.encode()}):
            seen[str(file)] = held
    assert any(marked.encode() in held for held in seen.values()), "the search itself finds nothing"
    assert set().union(*seen.values()) == {marked.encode()}, {file: sorted(held)[:3] for file, held in seen.items()}
    assert _in_rows(wanted, telephones) == []


def _in_rows(wanted: set[bytes], telephones: set[str]) -> list[tuple[str, str]]:
    """Every row of every table as text, where compressed or split values are whole."""
    numbers = {number.decode() for number in wanted}
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = [row[0] for row in cursor.fetchall()]
    found_ = []
    for table in tables:
        with transaction.atomic(), connection.chunked_cursor() as cursor:
            cursor.execute(f"SELECT t::text FROM {table} t")
            for (row,) in cursor:
                found_ += [(table, part) for part in re.findall(r"(?=([0-9]{17}[0-9Xx]))", row) if part in numbers]
                found_ += [(table, part) for part in re.findall(r"(?<![0-9])(139[0-9]{8})(?![0-9])", row) if part in telephones]
    return found_


def test_the_numbers_are_there_for_those_who_have_the_keys(clerk: User, tmp_path: Path) -> None:
    people = _people(30)
    _send(_roll(tmp_path / "花名册.csv", people), clerk)
    assert {row.id_number.clear for row in BatchRow.objects.all()} == {number for _name, number, _phone in people}
    assert {person.phone.clear for person in Person.objects.all()} == {phone for _name, _number, phone in people}

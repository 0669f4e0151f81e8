"""An import killed at any moment and started again ends like one that was left alone: rows, comparison, register (quality 2)."""

import csv
import random
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from django.db import connection

from anju import database
from anju.privacy import vault
from anju.privacy.models import Secret
from anju.rosters import cells
from anju.rosters.models import RowCells
from tests.journeys.conftest import COUNTY, Order, number

KILLS = 20
_ROLL = ("户号", "户主姓名", "姓名", "性别", "身份证号", "与户主关系", "乡镇", "村", "户口性质")
_ALLOWANCE = ("低保证号", "户主姓名", "成员姓名", "性别", "身份证号", "与户主关系", "乡镇", "村", "月保障金额")
_VILLAGES = (("满堂红镇", "小官村"), ("满堂红镇", "大官村"), ("大冷镇", "程沟村"), ("大冷镇", "大庙村"))
_SURNAMES, _GIVEN = "王李张刘陈赵周吴郑孙马胡朱高林何", "桂兰国栋凤芹德海玉霞庆山守义秀英长福永久淑清占山"


def _people(households: int) -> Iterator[tuple[str, str, list[tuple[str, str, str]]]]:
    """(household, head, [(name, number, relation)]), the same every time."""
    chance = random.Random(20200610)
    for at in range(households):
        surname = chance.choice(_SURNAMES)
        members = []
        for place, relation in enumerate(("户主", "配偶", "长子")[: chance.randint(1, 3)]):
            name = (surname if place != 1 else chance.choice(_SURNAMES)) + chance.choice(_GIVEN) + chance.choice(_GIVEN)
            born = f"{1940 + 20 * (place == 2) + chance.randint(0, 40)}{chance.randint(1, 12):02d}{chance.randint(1, 28):02d}"
            members.append((name, number(COUNTY, born, chance.randint(0, 998)), relation))
        yield f"H{at:05d}", members[0][0], members


def _damaged(chance: random.Random, name: str, id_number: str) -> tuple[str, str]:
    """A row as a busy clerk types it: some numbers wrong, some names by ear."""
    draw = chance.random()
    if draw < 0.08:
        return name, id_number[:9] + str((int(id_number[9]) + 1) % 10) + id_number[10:]
    if draw < 0.10:
        return name, "2.10922E+17"
    if draw < 0.13:
        return name[:-1] + chance.choice(_GIVEN), id_number
    return name, id_number


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> list[list[str]]:
    """A village roll and the allowance list of every fourth household."""
    folder = tmp_path_factory.mktemp("lists")
    roll, allowance = folder / "roll.csv", folder / "allowance.csv"
    chance = random.Random(7)
    with roll.open("w", newline="", encoding="utf-8-sig") as first, allowance.open("w", newline="", encoding="utf-8-sig") as second:
        whole, some = csv.writer(first), csv.writer(second)
        whole.writerow(_ROLL)
        some.writerow(_ALLOWANCE)
        for at, (household, head, members) in enumerate(_people(240)):
            township, village = _VILLAGES[at % len(_VILLAGES)]
            for name, id_number, relation in members:
                sex = "男" if int(id_number[16]) % 2 else "女"
                whole.writerow((household, head, name, sex, id_number, relation, township, village, "农业"))
                if at % 4 == 0:
                    typed, typed_number = _damaged(chance, name, id_number)
                    some.writerow((f"低{at:05d}", head, typed, sex, typed_number, relation, township, village, "560"))
    return [[str(roll), COUNTY, "village-roll"], [str(allowance), COUNTY, "allowance-households"]]


_KEPT = "'trail_%', 'divisions_%', 'accounts_%', 'registry_category', 'clock_%', 'django_%', 'auth_%', 'procrastinate_%'"


def emptied() -> None:
    """The register and the lists as before the first list, ids included; places, people and categories stay."""
    owner = database.address(database.OWNER)
    with psycopg.connect(
        host=owner.host, port=owner.port, dbname=connection.settings_dict["NAME"], user=owner.user, password=owner.password, autocommit=True
    ) as own:
        tables = own.execute(
            f"SELECT string_agg(tablename, ', ') FROM pg_tables WHERE schemaname = 'public' AND NOT tablename LIKE ANY(ARRAY[{_KEPT}])"
        ).fetchone()
        assert tables is not None
        own.execute(f"TRUNCATE {tables[0]} RESTART IDENTITY")


_STATE = {
    "lists": "SELECT title, status, rows_total, rows_clean, rows_noted, rows_faulty, places_unresolved, faults::text FROM rosters_batch ORDER BY title",
    "rows": """SELECT b.layout, r.sheet, r.row, r.name, r.id_number, r.id_text, r.household, r.area, r.outcome, r.findings::text
               FROM rosters_batchrow r JOIN rosters_batch b ON b.id = r.batch_id ORDER BY 1, 2, 3""",
    "matches": """SELECT b.layout, r.row, m.outcome, m.passed, m.score, p.name, p.id_number, h.number, m.applied, m.explanation
                  FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id JOIN rosters_batch b ON b.id = r.batch_id
                  LEFT JOIN registry_person p ON p.id = m.person_id LEFT JOIN registry_household h ON h.id = m.household_id ORDER BY 1, 2, 6, 7""",
    "runs": "SELECT b.layout, n.kind, n.stage, n.flow::text, n.applied::text FROM rosters_matchrun n JOIN rosters_batch b ON b.id = n.batch_id ORDER BY 1, 2",
    "differences": """SELECT b.layout, d.kind, r.row, d.listed, d.held, d.explanation, d.disposition
                      FROM rosters_mismatch d JOIN rosters_batchrow r ON r.id = d.row_id JOIN rosters_batch b ON b.id = r.batch_id ORDER BY 1, 2, 3, 4""",
    "households": "SELECT number, area, address, groups, opened_on, closed_on FROM registry_household ORDER BY number",
    "members": """SELECT h.number, p.name, p.id_number, p.birth_date, p.sex, p.id_conflict, m.relation, m.valid_from, m.valid_to
                  FROM registry_membership m JOIN registry_household h ON h.id = m.household_id JOIN registry_person p ON p.id = m.person_id
                  WHERE m.superseded_at IS NULL ORDER BY 1, 2, 3""",
    "belongings": """SELECT b.category_id, h.number, p.name, b.valid_from, b.valid_to FROM registry_belonging b
                     LEFT JOIN registry_household h ON h.id = b.household_id LEFT JOIN registry_person p ON p.id = b.person_id
                     WHERE b.superseded_at IS NULL ORDER BY 1, 2, 3""",
    "tokens": "SELECT t.token, p.name, p.id_number FROM registry_nametoken t JOIN registry_person p ON p.id = t.person_id ORDER BY 1, 2, 3",
    "timeline": 'SELECT h.number, c.kind, c."on", count(*) FROM registry_change c JOIN registry_household h ON h.id = c.household_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
}


def _state() -> dict[str, list[tuple[Any, ...]]]:
    with connection.cursor() as cursor:
        found: dict[str, list[tuple[Any, ...]]] = {}
        for name, sql in _STATE.items():
            cursor.execute(sql)
            found[name] = cursor.fetchall()
    found["cells"] = sorted(
        (held.batch.layout, held.sheet, int(row), sent)
        for held in RowCells.objects.select_related("batch")
        for row, sent in cells.open_part(held.batch_id, held.sheet, held.row, bytes(held.sealed)).items()
    )
    found["numbers"] = sorted(vault.opened(Secret.objects.values_list("token", flat=True)).items())
    return found


def test_an_import_killed_at_random_moments_ends_like_one_left_alone(importing: Order, lists: list[list[str]]) -> None:
    undisturbed = importing(None, lists=lists)
    assert undisturbed["code"] == 0
    expected = _state()
    assert {name for name, rows in expected.items() if not rows} == set()
    chance = random.Random()
    kills = 0
    while kills < KILLS:
        emptied()
        for _attempt in range(KILLS):
            answer = importing(chance.uniform(0.05, undisturbed["seconds"]) if kills < KILLS else None, lists=lists)
            if not answer["killed"]:
                assert answer["code"] == 0
                break
            kills += 1
        else:
            assert importing(None, lists=lists)["code"] == 0
        found = _state()
        for name, rows in expected.items():
            assert found[name] == rows, f"{name} after {kills} kills"

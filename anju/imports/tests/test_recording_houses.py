"""A workbook of houses: each row finds its household, what it says stands on the register, what it can't say goes back."""

from decimal import Decimal
from pathlib import Path

import pytest

from anju.accounts.models import User
from anju.imports import actions
from anju.imports.models import ImportBatch, ImportCells, ImportRow
from anju.imports.tests.conftest import FOREIGN, HEADINGS, Send, enrol, number_of, write
from anju.registry import actions as registry
from anju.registry.models import Change, Dwelling, DwellingState, Household, Occupancy
from anju.rosters.tests import county
from anju.vocabulary import coordinates


def _houses() -> list[tuple[str, int | None, str, Decimal | None]]:
    open_states = DwellingState.objects.open().select_related("dwelling").order_by("dwelling__number")
    return [(one.dwelling.number, one.year_built, one.structure, one.main_area) for one in open_states]


def _said(batch: ImportBatch, row: int) -> str:
    return "；".join(one["message"] for one in ImportRow.objects.get(batch=batch, row=row).findings)


def test_a_row_finds_its_household_by_number_by_the_heads_identity_number_or_by_name_and_village(send: Send, tmp_path: Path) -> None:
    zhou, sun, liu = (number_of(name) for name in ("周德海", "孙福", "刘守义"))
    rows: list[dict[str, object]] = [
        {"户编号": zhou, "建造年代": 1985, "结构形式": "砖木", "主房面积": 60.5, "层数": 1},
        {"户主身份证号": county.SUN.id_number, "建造年代": "1978年", "结构形式": "土木", "主房面积": "45㎡"},
        {"户主姓名": "刘守义", "乡镇": "满堂红镇", "村": "大官村", "建造年代": 2001, "结构形式": "砖混结构"},
    ]
    batch = send(write(tmp_path / "房屋情况 20200531.xlsx", rows))
    assert (batch.status, batch.rows_total, batch.rows_applied, batch.rows_noted, batch.rows_refused) == ("done", 3, 3, 0, 0)
    assert _houses() == [
        (f"{zhou}-1", 1985, "brick_timber", Decimal("60.50")),
        (f"{sun}-1", 1978, "earth_timber", Decimal("45.00")),
        (f"{liu}-1", 2001, "brick_concrete", None),
    ]
    assert set(Occupancy.objects.values_list("household__number", "kind")) == {
        (one, kind) for one in (zhou, sun, liu) for kind in ("own", "live")
    }
    lines = Change.objects.filter(kind="dwelling_recorded").order_by("id")
    assert [one.source for one in lines] == [f"imports.row:{row.pk}" for row in batch.rows.order_by("id")]
    assert ImportRow.objects.get(batch=batch, row=2).values == {
        "year_built": 1985,
        "structure": "brick_timber",
        "main_area": "60.5",
        "storeys": 1,
    }
    assert ImportCells.objects.filter(batch=batch).count() == 1


@pytest.mark.parametrize(
    ("row", "check", "words"),
    [
        ({"户编号": "210922109201-0009"}, "household-unknown", "照抄编号"),
        ({"户编号": "H0001"}, "household-unknown", "不是本系统的户编号"),
        ({"户主身份证号": county.number("19700101", 5)}, "household-unknown", "没有人登记这个号码"),
        ({"户主身份证号": county.ZHAO.id_number}, "household-contradicted", "的成员，不是户主；请改写户编号 210922109201-0001"),
        ({"户主姓名": "刘守义", "乡镇": "满堂红镇", "村": "小官村"}, "household-unknown", "没有户主叫“刘守义”的在册户"),
        ({"户主姓名": "刘守义", "乡镇": "满堂红镇"}, "household-unknown", "写明所在村"),
        ({}, "household-unsaid", "没有写明是哪一户"),
        ({"户编号": "210922109201-0001", "户主姓名": "孙福"}, "household-contradicted", "的户主不是“孙福”"),
        ({"户编号": "210922109201-0001", "户主身份证号": county.SUN.id_number}, "household-contradicted", "不是同一个人"),
        (
            {"户主姓名": "孙福", "乡镇": "满堂红镇", "村": "小官村", "户主身份证号": county.number("19700101", 5)},
            "household-contradicted",
            "另一个号码",
        ),
        ({"户编号": "210921100201-0001"}, "household-elsewhere", "已登记在辽宁省阜新市阜新蒙古族自治县，请与当地住建部门核实"),
        ({"户主身份证号": FOREIGN.id_number}, "household-elsewhere", "已登记在辽宁省阜新市阜新蒙古族自治县，请与当地住建部门核实"),
    ],
)
def test_a_row_whose_household_isnt_certain_goes_back_with_its_reason(
    send: Send, tmp_path: Path, row: dict[str, object], check: str, words: str
) -> None:
    batch = send(
        write(
            tmp_path / "a.xlsx",
            [{**row, "建造年代": 1985, "结构形式": "砖木", "层数": 1}, {"户编号": number_of("包玉霞"), "建造年代": 1990}],
        )
    )
    assert (batch.status, batch.rows_applied, batch.rows_refused, batch.faults) == ("done", 1, 1, {check: 1})
    assert words in _said(batch, 2)
    assert "佟" not in _said(batch, 2)
    assert ImportRow.objects.get(batch=batch, row=2).household_id is None
    assert Dwelling.objects.count() == 1


def test_heads_of_one_name_in_a_village_are_told_apart_by_the_number_only(send: Send, tmp_path: Path, clerk: User) -> None:
    enrol(
        [
            county.Someone("109090", "孙福", "19550303", 91, "户主"),
            county.Someone("109091", "孙福", "19660404", 93, "户主", "满堂红镇", "大官村"),
        ],
        clerk,
    )
    named = {"户主姓名": "孙福", "乡镇": "满堂红镇", "建造年代": 1985}
    batch = send(write(tmp_path / "a.xlsx", [{**named, "村": "小官村"}, {**named, "村": "大官村"}]))
    assert "有 2 户户主叫“孙福”；请写户编号" in _said(batch, 2)
    assert (batch.rows_refused, batch.rows_applied) == (1, 1)


def test_a_name_that_differs_while_the_number_agrees_is_recorded_and_told(send: Send, tmp_path: Path) -> None:
    rows = [{"户主身份证号": county.ZHOU.id_number, "户主姓名": "周得海", "村": "大官村", "乡镇": "满堂红镇", "建造年代": 1985}]
    batch = send(write(tmp_path / "a.xlsx", rows))
    assert (batch.rows_noted, batch.faults) == (1, {"head-differs": 1, "village-differs": 1})
    assert Dwelling.objects.count() == 1


def test_a_household_stands_in_a_workbook_once_unless_its_houses_are_numbered(send: Send, tmp_path: Path) -> None:
    zhou, sun = number_of("周德海"), number_of("孙福")
    headings = (*HEADINGS, "房屋序号")
    rows = [
        {"户编号": zhou, "建造年代": 1985},
        {"户编号": zhou, "建造年代": 1986},
        {"户编号": sun, "建造年代": 1970, "房屋序号": 1},
        {"户编号": sun, "建造年代": 1999, "房屋序号": 2},
        {"户编号": sun, "建造年代": 2005, "房屋序号": 5},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows, headings))
    assert (batch.rows_applied, batch.rows_refused) == (3, 2)
    assert "第 2 行已写过这一户" in _said(batch, 3)
    assert "没有第 5 处" in _said(batch, 6)
    assert [(number, year) for number, year, _structure, _area in _houses()] == [
        (f"{zhou}-1", 1985),
        (f"{sun}-1", 1970),
        (f"{sun}-2", 1999),
    ]
    unclear = send(write(tmp_path / "b.xlsx", [{"户编号": sun, "主房面积": 80}]))
    assert "登记了 2 处房屋" in _said(unclear, 2)


def test_a_second_workbook_describes_the_house_anew_and_leaves_what_it_doesnt_say(send: Send, tmp_path: Path) -> None:
    zhou = number_of("周德海")
    send(
        write(tmp_path / "a.xlsx", [{"户编号": zhou, "建造年代": 1985, "主房面积": 60}], HEADINGS),
        as_of=county.AS_OF.replace(month=4, day=1),
    )
    batch = send(write(tmp_path / "b.xlsx", [{"户编号": zhou, "主房面积": 72.5, "层数": 2}]))
    assert batch.rows_applied == 1
    assert _houses() == [(f"{zhou}-1", 1985, "", Decimal("72.50"))]
    then = DwellingState.objects.as_of(county.AS_OF.replace(month=4, day=1)).get()
    assert (then.main_area, then.storeys, then.valid_to) == (Decimal("60.00"), None, county.AS_OF)
    again = send(write(tmp_path / "c.xlsx", [{"户编号": zhou, "主房面积": 72.5}]))
    assert (again.rows_applied, DwellingState.objects.count()) == (1, 3)
    older = send(write(tmp_path / "d.xlsx", [{"户编号": zhou, "主房面积": 50}]), as_of=county.AS_OF.replace(month=3))
    assert "比本表的日期新" in _said(older, 2)


def test_places_are_kept_in_wgs84_with_the_system_they_came_in(send: Send, tmp_path: Path) -> None:
    east, north = coordinates.wgs84_to_gcj02(122.538611, 42.386389)
    rows = [
        {"户编号": number_of("周德海"), "经度": east, "纬度": north, "坐标系": "高德"},
        {"户编号": number_of("孙福"), "经度": 42.386389, "纬度": 122.538611},
        {"户编号": number_of("刘守义"), "经度": 122.538611},
        {"户编号": number_of("包玉霞"), "经度": 12253.8, "纬度": 4238.6},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows))
    state = DwellingState.objects.get()
    assert (round(float(state.lng or 0), 4), round(float(state.lat or 0), 4), state.coordinates) == (122.5386, 42.3864, "GCJ02")
    assert [_said(batch, row).partition("：")[2].partition("；")[0] for row in (3, 4, 5)] == [
        "经度和纬度写反了",
        "经度、纬度要同时写",
        "不在国内，或不是以度为单位的小数",
    ]
    assert "lng" not in ImportRow.objects.get(batch=batch, row=2).values


def test_a_household_that_has_left_is_refused_also_when_it_leaves_meanwhile(send: Send, tmp_path: Path, clerk: User) -> None:
    sun, zhou = (Household.objects.get(number=number_of(name)) for name in ("孙福", "周德海"))
    registry.merge(household=sun, into=zhou, on=county.AS_OF, by=clerk)
    batch = send(write(tmp_path / "a.xlsx", [{"户编号": sun.number, "建造年代": 1985}]))
    assert f"已并入 {zhou.number}；请改写" in _said(batch, 2)


def test_undoing_a_workbook_takes_back_what_it_wrote_and_restores_what_was_known(
    send: Send, tmp_path: Path, clerk: User, done: object
) -> None:
    zhou, sun, liu = (number_of(name) for name in ("周德海", "孙福", "刘守义"))
    send(write(tmp_path / "a.xlsx", [{"户编号": zhou, "建造年代": 1985}]), as_of=county.AS_OF.replace(month=4, day=1))
    rows = [{"户编号": zhou, "主房面积": 80}, {"户编号": sun, "主房面积": 50}, {"户编号": liu, "主房面积": 66}]
    batch = send(write(tmp_path / "b.xlsx", rows))
    changed = Household.objects.get(number=liu)
    registry.describe_dwelling(
        dwelling=Dwelling.objects.get(number=f"{liu}-1"), household=changed, on=county.TODAY, by=clerk, state={"status": "empty"}
    )
    with done():  # type: ignore[operator]
        actions.undo(batch=batch, by=clerk, reason="传错了表")
    batch.refresh_from_db()
    assert (batch.status, batch.rows_undone, batch.rows_noted) == ("done", 2, 1)
    assert "1 行在录入之后又有变动" in batch.message
    assert _houses() == [(f"{zhou}-1", 1985, "", None), (f"{liu}-1", None, "", Decimal("66.00"))]
    assert not Occupancy.objects.open().filter(household__number=sun).exists()
    assert Change.objects.filter(kind="undone").count() == 2


def test_a_house_in_another_county_goes_back_and_one_just_over_the_border_is_told(send: Send, tmp_path: Path) -> None:
    rows = [
        {"户编号": number_of("周德海"), "经度": 116.42, "纬度": 39.90},
        {"户编号": number_of("孙福"), "经度": 122.93, "纬度": 42.386389},
        {"户编号": number_of("刘守义"), "经度": 122.538611, "纬度": 42.386389},
    ]
    batch = send(write(tmp_path / "a.xlsx", rows))
    assert batch.rows.get(row=2).outcome == "refused"
    assert "千米；请核对经纬度和坐标系" in _said(batch, 2)
    assert batch.rows.get(row=4).outcome == "applied"
    assert batch.rows.get(row=3).outcome == "noted"
    assert batch.faults == {"house-elsewhere": 1, "house-near-border": 1}

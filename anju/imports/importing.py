"""房屋情况: what a workbook says of households' houses, for the register. Appraisals need houses, and photos need to know where they stand."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.checks import BLOCK, WARN, Check, Finding
from anju.divisions import queries as divisions
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.registry.actions import housing
from anju.registry.staging import Housing, Taking
from anju.tabular.columns import ADDRESS
from anju.tabular.layout import Column, RowRule
from anju.vocabulary import coordinates

STRUCTURES = (
    ("土木", "earth_timber"), ("土木结构", "earth_timber"), ("砖木", "brick_timber"), ("砖木结构", "brick_timber"), ("砖土混杂", "brick_earth"), ("砖土", "brick_earth"),
    ("木结构", "timber"), ("木", "timber"), ("石木", "stone_timber"), ("石木结构", "stone_timber"), ("砖混", "brick_concrete"), ("砖混结构", "brick_concrete"),
    ("石结构", "stone"), ("石", "stone"), ("窑洞", "cave"), ("生土", "raw_earth"), ("土坯", "raw_earth"), ("框架", "frame"), ("框架/混凝土", "frame"), ("混凝土", "frame"),
    ("钢筋混凝土", "frame"), ("钢混", "frame"), ("钢结构", "steel"), ("其他", "other"), ("其它", "other"),
)  # fmt: skip
KINDS = (
    ("自有自住", "own+live"), ("自有", "own"), ("自有未住", "own"), ("居住", "live"), ("租住", "rent"), ("租房", "rent"), ("借住", "borrow"), ("过渡", "transitional"),
    ("过渡安置", "transitional"),
)  # fmt: skip
YES_NO = (("是", "1"), ("否", "0"), ("唯一", "1"), ("不是", "0"), ("Y", "1"), ("N", "0"))
SYSTEMS = (
    ("WGS84", "WGS84"), ("WGS-84", "WGS84"), ("CGCS2000", "CGCS2000"), ("国家2000", "CGCS2000"), ("2000国家大地坐标系", "CGCS2000"), ("GCJ02", "GCJ02"),
    ("GCJ-02", "GCJ02"), ("高德", "GCJ02"), ("腾讯", "GCJ02"), ("火星坐标", "GCJ02"), ("BD09", "BD09"), ("BD-09", "BD09"), ("百度", "BD09"),
)  # fmt: skip

_SOURCE = "领域数据字典 3.6"
YEAR = Check("house-year", "建造年代不成立", _SOURCE, BLOCK)
STOREYS = Check("house-storeys", "层数或间数不成立", _SOURCE, BLOCK)
AREA = Check("house-area", "房屋面积不成立", _SOURCE, BLOCK)
AREA_ODD = Check("house-area-odd", "房屋面积少见", _SOURCE, WARN)
PLACE = Check("house-place", "经纬度不成立", "领域规则 2.16 坐标", BLOCK)
ELSEWHERE = Check("house-elsewhere", "房屋位置不在本县", "领域规则 2.16 坐标；S1-30 照片与房屋的距离", BLOCK)
NEAR_BORDER = Check("house-near-border", "房屋位置略出县界", "领域规则 2.16 坐标", WARN)
PLACE_HALF = Check("house-place-half", "经度、纬度只写了一个", "领域规则 2.16 坐标", BLOCK)
NOTHING = Check("house-nothing", "没有写房屋情况", "S2-06 数据力求精准", BLOCK)
ROW_CHECKS = (YEAR, STOREYS, AREA, AREA_ODD, PLACE, PLACE_HALF, NOTHING)
APPLY_CHECKS = (
    ELSEWHERE,
    NEAR_BORDER,
    Check(housing.SEVERAL, "有几处房屋，没有写明是哪一处", _SOURCE, BLOCK),
    Check(housing.ABSENT, "没有这一处房屋", _SOURCE, BLOCK),
    Check(housing.LATER, "登记的情况比本表新", "领域数据字典 3.27：两个时间", BLOCK),
    Check(housing.ENDED, "登记的房屋已不存在", _SOURCE, BLOCK),
    Check(housing.TAKEN, "房屋编号已在别处使用", _SOURCE, BLOCK),
    Check(housing.KINDS_DIFFER, "居住关系与登记库不一致", "领域数据字典 3.27：居住关系", WARN),
    Check(housing.RESTED_ON, "录入之后又有变动，没有撤销", "领域数据字典 3.27：两个时间", BLOCK),
)
_LEVELS = {check.id: check.level for check in APPLY_CHECKS}
_EARLIEST, _LATEST, _MOST_STOREYS, _MOST_BAYS = 1500, 2100, 30, 99
_LARGEST, _USUAL = Decimal(2000), (Decimal(8), Decimal(600))
_BORDER = 5_000  # metres: the known boundaries are that rough in places
_CHINA = (Decimal(73), Decimal(136), Decimal(3), Decimal(54))
_OWN = (
    "address",
    "year_built",
    "structure",
    "storeys",
    "bays",
    "main_area",
    "auxiliary_area",
    "is_only",
    "homestead_no",
    "lng",
    "lat",
    "kinds",
    "status",
)


def _judge(values: dict[str, Any], findings: list[Finding], headings: Mapping[str, str]) -> None:
    """What can't be true of a house, and where it stands in WGS-84."""

    def say(check: Check, key: str, words: str) -> None:
        heading = headings.get(key, "")
        findings.append(Finding(check.id, f"“{heading}”列：{words}" if heading else words, heading, key, check.level))

    year = values.get("year_built")
    if year is not None and not _EARLIEST <= year <= _LATEST:
        say(YEAR, "year_built", f"写的是 {year}，不是一个年份；请写四位年份，不晚于今年")
    for key, most in (("storeys", _MOST_STOREYS), ("bays", _MOST_BAYS)):
        if (number := values.get(key)) is not None and not 1 <= number <= most:
            say(STOREYS, key, f"写的是 {number}；请核对，应在 1 到 {most} 之间")
    for key in ("main_area", "auxiliary_area"):
        area = values.get(key)
        if area is None:
            continue
        if not 0 <= area <= _LARGEST or (key == "main_area" and area == 0):
            say(AREA, key, f"写的是 {area} 平方米；请核对单位和小数点")
        elif key == "main_area" and not _USUAL[0] <= area <= _USUAL[1]:
            say(AREA_ODD, key, f"{area} 平方米少见；请核对单位和小数点")
    _locate(values, say)
    if not any(key in values for key in _OWN):
        say(NOTHING, "year_built", "这一行没有写任何房屋情况；请补填，或删去本行")


def _locate(values: dict[str, Any], say: Any) -> None:
    lng, lat, system = values.get("lng"), values.get("lat"), values.get("coordinates", "WGS84")
    if lng is None and lat is None:
        return
    if lng is None or lat is None:
        say(PLACE_HALF, "lat" if lat is None else "lng", "经度、纬度要同时写；请补上另一个")
        return
    west, east, south, north = _CHINA
    if west <= lat <= east and south <= lng <= north:
        say(PLACE, "lng", "经度和纬度写反了；请对调两列")
    elif not (west <= lng <= east and south <= lat <= north):
        say(PLACE, "lng", "不在国内，或不是以度为单位的小数；请写成 122.538611 和 42.386389")
    else:
        place = coordinates.read(float(lng), float(lat), system)
        values["lng"], values["lat"] = (Decimal(repr(degrees)).quantize(Decimal("0.000001")) for degrees in (place.lng, place.lat))
        values["coordinates"] = system


LAYOUT = record_layout(
    key="houses",
    title="农户房屋情况表",
    note="同一户有几处房屋的各写一行，用“房屋序号”分开；空着的格子不改动已登记的内容。",
    source="领域数据字典 3.6；S0-28 逐户摸底",
    signature=("房屋序号", "经度", "纬度", "坐标系", "层数", "间数", "主房面积", "附属房面积", "是否唯一住房", "宅基地证号", "居住关系", "使用状态", "建造年代", "结构形式"),
    title_words=("房屋情况", "房屋信息", "住房情况", "房屋台账", "住房信息"),
    needs=(("year_built", "structure", "storeys", "main_area", "lng"),),
    columns=(
        Column("serial", "房屋序号", ("第几处房屋", "房屋编号", "房号", "第几处"), "int", example=1, note="一户只有一处房屋时可不写。"),
        Column("year_built", "建造年代", ("建造年份", "建成年份", "建房时间", "房屋建造年代", "建造时间", "建房年代", "建成时间", "建房年份"), "int", example=1985, note="四位年份。"),
        Column("structure", "结构形式", ("房屋结构", "结构类型", "住房结构", "建筑结构", "结构", "结构类别"), "choice", choices=STRUCTURES, example="砖木"),
        Column("storeys", "层数", ("房屋层数", "楼层数", "层"), "int", example=1),
        Column("bays", "间数", ("房屋间数", "开间", "间"), "int", example=3),
        Column("main_area", "主房面积", ("建筑面积", "房屋面积", "住房面积", "面积", "建筑面积平方米", "房屋建筑面积", "主房面积平方米"), "decimal", example=60.5, note="平方米，不含厨房、仓房等附属房。"),
        Column("auxiliary_area", "附属房面积", ("附属用房面积", "附房面积", "辅助用房面积"), "decimal", example=12, note="平方米。"),
        Column("lng", "经度", ("东经", "房屋经度", "坐标经度", "longitude", "lng", "lon"), "decimal", example=122.538611, note="以度为单位的小数。"),
        Column("lat", "纬度", ("北纬", "房屋纬度", "坐标纬度", "latitude", "lat"), "decimal", example=42.386389),
        Column("coordinates", "坐标系", ("坐标系统", "坐标来源"), "choice", choices=SYSTEMS, example="WGS84", note="不写按 WGS84。高德、腾讯地图上取的写 GCJ02，百度地图上取的写 BD09。"),
        Column("is_only", "是否唯一住房", ("唯一住房", "是否唯一房屋"), "choice", choices=YES_NO, example="是"),
        Column("homestead_no", "宅基地证号", ("宅基地使用证号", "土地证号", "不动产权证号"), "code", example=""),
        Column("kinds", "居住关系", ("房屋权属", "权属", "居住情况"), "choice", choices=KINDS, example="自有自住", note="新登记的房屋不写按自有自住。"),
        Column("status", "使用状态", ("房屋状态", "使用情况", "是否空置"), "choice", choices=(("在用", "used"), ("使用", "used"), ("空置", "empty"), ("闲置", "empty")), example="在用"),
        ADDRESS,
    ),
    rules=(RowRule(ROW_CHECKS, _judge),),
)  # fmt: skip


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """Houses go on the register, or are described anew, as of the day of the workbook."""
    found: dict[int, list[Finding]] = {}
    for row in rows:
        if row.values.get("year_built", 0) > batch.as_of.year:
            found.setdefault(row.id, []).append(_too_late(row, batch))
    for row, metres in _outside(rows, batch.area):
        found.setdefault(row.id, []).append(_off(metres))
    blocked = {key for key, findings in found.items() if any(one.level == BLOCK for one in findings)}
    sound = [_housing(at, row) for at, row in enumerate(rows) if row.id not in blocked]
    for key, findings in _by_row(rows, housing.record_houses(on=batch.as_of, by=batch.by, rows=sound).findings).items():
        found.setdefault(key, []).extend(findings)
    return found


def _outside(rows: Sequence[Row], area: str) -> Iterator[tuple[Row, float]]:
    """Rows whose house lies outside the county, and how far, in metres."""
    placed = [row for row in rows if "lng" in row.values]
    points = [(float(row.values["lng"]), float(row.values["lat"])) for row in placed]
    yield from ((row, metres) for row, metres in zip(placed, divisions.metres_outside(area, points), strict=True) if metres)


def _off(metres: float) -> Finding:
    check = ELSEWHERE if metres > _BORDER else NEAR_BORDER
    return Finding(check.id, f"不在本县境内，离县界约 {metres / 1000:,.1f} 千米；请核对经纬度和坐标系", "", "lng", check.level)


def _too_late(row: Row, batch: ImportBatch) -> Finding:
    words = f"写的是 {row.values['year_built']}，晚于本表的 {batch.as_of.year} 年；请核对"
    return Finding(YEAR.id, words, "", "year_built", YEAR.level)


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """What these rows put on the register is known no more."""
    taken = [Taking(at, row.source, row.household_id) for at, row in enumerate(rows)]
    return _by_row(rows, housing.unrecord_houses(by=by, rows=taken))


def _housing(ordinal: int, row: Row) -> Housing:
    values = row.values
    given = {key: values[key] for key in (*_OWN, "serial", "coordinates") if key in values and key != "is_only"}
    only = {"is_only": values["is_only"] == "1"} if "is_only" in values else {}
    return Housing(ordinal, row.source, row.household_id, **given, **only)


def _by_row(rows: Sequence[Row], found: Sequence[Any]) -> dict[int, Sequence[Finding]]:
    """Findings of the register, which names rows by their source, by row."""
    keys = {row.source: row.id for row in rows}
    answered: dict[int, Sequence[Finding]] = {}
    for one in found:
        answered[keys[one.source]] = (
            *answered.get(keys[one.source], ()),
            Finding(one.check, one.message, "", "serial", _LEVELS[one.check]),
        )
    return answered


HOUSES = register(
    Kind(
        "houses",
        "房屋情况",
        LAYOUT,
        Power.CHANGE,
        apply,
        why="鉴定前摸底：房屋的年代、结构、面积和位置",
        undo=undo,
        once=("serial",),
        sealed=frozenset({"lng", "lat"}),
        checks=APPLY_CHECKS,
    )
)

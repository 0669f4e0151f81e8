"""The workbooks from which households are entered in the national systems.

Their import formats aren't published (domain 5, item 4): the columns are those of the forms that are known (domain 2.8, 2.9), in their order.
"""

from dataclasses import dataclass

from anju.entries.models import SystemEntry

S = SystemEntry.System


@dataclass(frozen=True, slots=True)
class OutField:
    """One column: our key of it (``fields``), and the heading the form has."""

    key: str
    heading: str


@dataclass(frozen=True, slots=True)
class OutLayout:
    """One system's workbook: a row a household. ``source`` is where its columns come from."""

    system: str
    title: str
    fields: tuple[OutField, ...]
    source: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The head row."""
        return tuple(one.heading for one in self.fields)


def _fields(*pairs: tuple[str, str]) -> tuple[OutField, ...]:
    return tuple(OutField(key, heading) for key, heading in pairs)


_PLACE = (
    ("province", "省"), ("city", "市"), ("county", "县"), ("township", "乡镇"), ("village", "行政村"), ("group", "村民小组"),
)  # fmt: skip
_WHO = (("number", "户编号"), ("head_name", "户主姓名"), ("head_id_number", "户主身份证号"))

LAYOUTS: dict[str, OutLayout] = {
    one.system: one
    for one in (
        OutLayout(
            S.ARCHIVE,
            "农村危房改造农户档案表",
            _fields(
                *_PLACE, *_WHO,
                ("sex", "性别"), ("ethnic", "民族"), ("birth_date", "出生日期"), ("phone", "联系电话"), ("population", "家庭人口"), ("category", "贫困类型"),
                ("border_line", "是否边境一线"), ("income", "家庭年人均收入"),
                ("year_built", "建造年代"), ("structure", "结构形式"), ("house_area", "建筑面积"), ("grade", "危房等级"), ("damage", "损坏情况说明"), ("is_only", "是否唯一住房"),
                ("plan_year", "列入年度计划"), ("cause", "改造原因"), ("method", "改造方式"), ("build_mode", "建设方式"), ("new_structure", "改造后结构形式"),
                ("new_area", "改造后面积"), ("new_storeys", "改造后层数"), ("approved_on", "批准日期"), ("started_on", "开工日期"), ("finished_on", "竣工日期"),
                ("accepted_on", "验收日期"), ("acceptance", "验收结果"), ("builder", "施工方（工匠）"), ("builder_certificate", "工匠证书编号"),
                ("total_cost", "总造价"), ("central_fund", "中央补助"), ("province_fund", "省级补助"), ("city_fund", "市级补助"), ("county_fund", "县级补助"),
                ("subsidy", "补助合计"), ("self_fund", "自筹"), ("loan", "贷款"), ("other_fund", "其他"), ("paid_on", "拨付日期"), ("card_no", "一卡通账号"),
                ("energy_saving", "是否节能示范户"), ("energy_work", "示范内容"),
                ("photo_before", "改造前照片"), ("photo_during", "改造中照片"), ("photo_after", "改造后照片"),
            ),
            "领域规则 2.8 农户纸质档案表（六组指标）",
        ),
        OutLayout(
            S.SAFETY,
            "住房安全有保障核验表",
            _fields(
                *_PLACE, *_WHO,
                ("population", "家庭人口"), ("category", "对象类别"), ("structure", "结构形式"), ("year_built", "建造年代"), ("house_area", "建筑面积"),
                ("lng", "经度"), ("lat", "纬度"), ("grade", "房屋等级"), ("appraised_on", "鉴定日期"), ("conclusion", "住房安全类型"), ("route", "具体保障方式"),
                ("proof", "佐证材料"), ("lives_here", "是否实际居住"), ("verified_on", "核验日期"), ("verifiers", "核验人"), ("photo_present", "现状照片"),
            ),
            "领域规则 2.9 三类住房安全；数据字典 3.23",
        ),
        OutLayout(
            S.POVERTY,
            "贫困户住房信息表",
            _fields(
                *_PLACE, *_WHO,
                ("population", "家庭人口"), ("house_area", "A18 住房面积"), ("area_per_head", "A19 人均住房面积"), ("house_dangerous", "A20 主要住房是否危房"),
                ("had_support", "A21 是否享受危房政策"), ("grade", "房屋等级"), ("structure", "结构形式"), ("house_kind", "新房、旧房、无房"),
            ),
            "领域规则 2.8 国家扶贫系统户表 A18–A21",
        ),
    )
}  # fmt: skip

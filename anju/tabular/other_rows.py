"""Rows below the headings that aren't data: sums, notes, repeated headings, column numbers, the template's example."""

import re
from collections.abc import Sequence

from anju.tabular.plan import SheetPlan
from anju.tabular.values import Cell, as_text, looks_like_id
from anju.vocabulary.text import half_width, without_spaces

EMPTY = "空行"
_SUM_ROW = re.compile(r"^[*※（(]*(合计|总计|小计|共计|累计|总人数|总户数|人数合计|户数合计)[\d户人口共:：）)、,.]*")
_NOTE_ROW = re.compile(
    r"^[*※（(]*(本页|本表|填表|填报|制表|制单|经办|审核|审批人|复核|负责人|单位负责人|单位[:：(（]|单位盖章|盖章|签字|签章|"
    r"备注[:：]|注[:：.、\d]|注意|说明|附注|附件|联系电话[:：]|联系人[:：]|日期[:：]|时间[:：]|报送|截止|截至|主管|分管|统计人|村委会(负责人|盖章|[:：(（])|以上|以下空白|此页|第.{1,4}页)"
)
_PLACE_LINE = re.compile(r".{2,}(省|市|县|区|乡|镇|街道|村|社区|组|屯|队|社)[:：]?")
_NUMBER = re.compile(r"[0-9A-Za-z]+(-[0-9A-Za-z]+)*")
_EXAMPLE = re.compile(r"^[（(【]?(示例|样例|例[:：]|填写示例|举例)")
_IDENTITY = ("id_number", "name", "head_name", "head_id_number", "cert_no", "household", "case")


class OtherRows:
    """Tells the rows of one sheet that are left out, with the reason; doubtful ones are kept as data."""

    def __init__(self, plan: SheetPlan) -> None:
        columns = plan.columns
        self._persons = [columns[key] for key in ("name", "id_number", "head_name") if key in columns]
        self._identity = {columns[key] for key in _IDENTITY if key in columns}
        self._id_columns = [columns[key] for key in ("id_number", "head_id_number") if key in columns]
        self._serial = columns.get("serial", -1)
        self._headings = frozenset(heading for heading in plan.headings if heading)
        self._heading_rows = {tuple(text for text in line if text) for line in plan.heading_rows}
        self._first_words = frozenset(line[0] for line in self._heading_rows if line)

    def worth_asking(self, cells: Sequence[Cell]) -> bool:
        """A quick no for ordinary rows: name and number are there and the first cell is no heading, count or example."""
        width = len(cells)
        for index in self._persons:
            if index >= width or cells[index] is None:
                return True
        first = next((raw for raw in cells if raw is not None), None)
        if type(first) is str and not first.isdigit():
            return first.strip() in self._first_words or _EXAMPLE.match(first) is not None
        return first == 1 and len(cells) > 1 and cells[1] == 2

    def reason(self, cells: Sequence[Cell]) -> str:
        """Why a row isn't data; empty where it is."""
        filled = [(index, raw) for index, raw in enumerate(cells) if raw is not None and not (type(raw) is str and not raw.strip())]
        if not filled:
            return EMPTY
        texts = tuple(as_text(raw).strip() for _, raw in filled)
        if texts in self._heading_rows or sum(1 for text in texts if text in self._headings) >= max(2, len(texts) - 1):
            return "重复的表头"
        numbers = [raw for _, raw in filled if type(raw) is int]
        if len(numbers) == len(filled) >= 3 and numbers == list(range(numbers[0], numbers[0] + len(numbers))):
            return "列序号行"
        if _EXAMPLE.match(texts[0]):
            return "填写示例"
        if any(index < len(cells) and looks_like_id(cells[index]) for index in self._id_columns):
            return ""
        first = without_spaces(half_width(texts[0]))
        if _SUM_ROW.match(first) or (_NOTE_ROW.match(first) and (len(first) > 4 or len(filled) <= 3)):
            return "合计或说明行"
        if all(index == self._serial for index, _ in filled):
            return "只有序号的空行"
        long = len(first) > 12 and not _NUMBER.fullmatch(first)
        if len(filled) == 1 and len(cells) > 2 and (filled[0][0] not in self._identity or long or _PLACE_LINE.fullmatch(first)):
            return "标题或说明行"
        if (
            not any(index in self._identity for index, _ in filled)
            and len(filled) <= 2
            and not any(type(raw) in {int, float} for _, raw in filled[1:])
        ):
            return "标题或说明行"
        return ""

"""村评议: what villagers' meetings decided of each household, with who was to come, who came and who agreed."""

from collections.abc import Sequence

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import actions, rules
from anju.cases.importing.shared import CASE, COUNTED, REFERS, STEP_CHECKS, Cases, bounded, taken_back
from anju.imports import answers
from anju.imports.kinds import Findings, Kind, Row, record_layout, register
from anju.imports.models import ImportBatch
from anju.tabular.layout import Column

COLUMNS = (
    Column("meeting_on", "会议日期", ("评议日期", "评议时间", "会议时间"), "date", example="2020-03-12"),
    Column("due", "应到人数", ("应到", "应到会人数"), "int", example=40),
    Column("came", "实到人数", ("实到", "到会人数", "实到会人数"), "int", example=28),
    Column("agreed", "同意人数", ("同意", "赞成人数", "同意票数"), "int", example=26),
    Column("chair", "主持人", ("会议主持人", "主持"), "name", example="金国栋"),
    Column("recorder", "记录人", ("会议记录人", "记录"), "name", example="金淑珍"),
)
_NUMBERS, _LARGEST = ("due", "came", "agreed"), 100_000
LAYOUT = record_layout(
    key="votes",
    title="村评议记录表",
    by=CASE,
    columns=COLUMNS,
    note="一户一行；同一次会议的应到、实到人数各行相同。",
    signature=("应到人数", "实到人数", "同意人数", "会议日期", "评议日期"),
    title_words=("评议",),
    needs=(("due",), ("came",), ("agreed",)),
    source="领域规则 2.7 村民会议评议；《村民委员会组织法》第 22 条",
    rules=(
        COUNTED,
        answers.demanding(answers.titles(COLUMNS), said=(*_NUMBERS, "chair", "recorder"), understood=("meeting_on",)),
        bounded(rules.MEETING, answers.titles(COLUMNS), _NUMBERS, _LARGEST),
    ),
)  # fmt: skip
_FIELDS = {rules.DAY.id: "meeting_on", rules.MEETING.id: "agreed", rules.ORDER.id: "case", rules.ROLE.id: "case"}


def apply(rows: Sequence[Row], batch: ImportBatch) -> Findings:
    """The meetings' votes are recorded; those without a majority go back."""
    going = Cases(rows, _FIELDS)
    meetings = [
        actions.Meeting(
            case=case, on=row.values.get("meeting_on", batch.as_of), due=row.values["due"], came=row.values["came"], agreed=row.values["agreed"],
            chair=row.values["chair"], recorder=row.values["recorder"], source=row.source,
        )
        for case, row in going.rows.items()
    ]  # fmt: skip
    return going.answered(actions.review_meetings(meetings=meetings, by=batch.by))


def undo(rows: Sequence[Row], batch: ImportBatch, by: User) -> Findings:
    """The votes are taken back; the cases wait for a meeting again."""
    return taken_back(rows, batch, by, _FIELDS)


VOTES = register(
    Kind(
        "votes",
        "村评议",
        LAYOUT,
        Power.CASE_VILLAGE,
        apply,
        why="村民会议逐户的表决：应到、实到、同意",
        undo=undo,
        refers=REFERS,
        checks=(*STEP_CHECKS, rules.MEETING),
    )
)

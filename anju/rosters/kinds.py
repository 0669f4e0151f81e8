"""What can be done about each kind of difference: the words on the button and what pressing it means."""

from dataclasses import dataclass

from anju.rosters.models import Mismatch


@dataclass(frozen=True, slots=True)
class Handling:
    """How one kind of difference is settled.

    ``action``: the words on the button ("" where only a letter or a look at the household helps); ``meaning``: what it does;
    ``listed``: the other way round, where the register follows the list; ``at_once``: whether a whole class may be accepted in one act.
    """

    action: str
    meaning: str
    listed: str = ""
    at_once: bool = False


K = Mismatch.Kind

HANDLING: dict[str, Handling] = {
    K.ID_REPAIRED: Handling("采纳修复", "证件号以登记库为准，名单中的错号退回报送部门更正", at_once=True),
    K.HEAD_DIFFERS: Handling("改户主", "登记库这一户改以名单上的户主为户主", at_once=True),
    K.REVIEW: Handling("核对", "两边并排核对，判定是不是同一人"),
    K.SAME_ID_TWO_NAMES: Handling("以登记库为准", "姓名以登记库为准，退回报送部门更正", "改登记库姓名", at_once=True),
    K.SPLIT: Handling("确认分户", "登记库已分户，以登记库为准，名单退回报送部门分户", "按名单并户", at_once=True),
    K.MERGED: Handling("确认并户", "登记库是一户，以登记库为准，名单退回报送部门并户", "按名单分户", at_once=True),
    K.MOVED: Handling("改住址", "登记库这一户迁到名单上的村", at_once=True),
    K.LISTED_TWICE: Handling("按一人计", "重复的行按一人计，退回报送部门删去", at_once=True),
    K.IN_TWO_HOUSEHOLDS: Handling("", "同一人在两户里，须先在一户一档中查明属于哪一户"),
    K.ID_DAMAGED: Handling("", "号码无法还原，须由报送部门重新填报"),
    K.ELSEWHERE: Handling("", "外地已登记此人，须与当地核实"),
    K.ONLY_LIST: Handling("登记入册", "登记库中没有的人按名单入册"),
}

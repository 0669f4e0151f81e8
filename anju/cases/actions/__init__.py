"""Every write to cases: keyword only, one transaction, recorded. Refusals are ``anju.refusing.Refused``."""

from anju.cases.actions.applying import Application, apply, apply_many, reopen
from anju.cases.actions.approving import Approval, approve, approve_many, check_many
from anju.cases.actions.archiving import file_paper, read_paper, reckon, review_archive, take_back_paper
from anju.cases.actions.household_plan import (
    Plan,
    add_drawing,
    draw_plan,
    draw_plans,
    move_meanwhile,
    redraw_plan,
    retire_drawing,
    return_home,
)
from anju.cases.actions.past import Finished, record_finished, void_finished
from anju.cases.actions.planning import HandedDown, Share, hand_down, make_plan
from anju.cases.actions.posting import post, posted
from anju.cases.actions.preparing import Signed, agree, agree_many, prepare, survey_mode, survey_modes
from anju.cases.actions.quota import answer_quota, ask_quota, note_quota, withdraw_quota
from anju.cases.actions.reviewing import (
    Meeting,
    Opinion,
    Vote,
    give_opinions,
    review_many,
    review_meetings,
    review_township,
    visit,
    visit_many,
)
from anju.cases.actions.siding import change_head, pause, refuse, regrade, resubmit, resume, send_back, split, take_other_route, withdraw
from anju.cases.actions.stepping import Own, Step, advance, advance_many, undo, unwaive, waive
from anju.cases.actions.taking_back import call_off_many, undo_many
from anju.cases.actions.working import report, report_many

__all__ = [
    "Application",
    "Approval",
    "Finished",
    "HandedDown",
    "Meeting",
    "Opinion",
    "Own",
    "Plan",
    "Share",
    "Signed",
    "Step",
    "Vote",
    "add_drawing",
    "advance",
    "advance_many",
    "agree",
    "agree_many",
    "answer_quota",
    "apply",
    "apply_many",
    "approve",
    "approve_many",
    "ask_quota",
    "call_off_many",
    "change_head",
    "check_many",
    "draw_plan",
    "draw_plans",
    "file_paper",
    "give_opinions",
    "hand_down",
    "make_plan",
    "move_meanwhile",
    "note_quota",
    "pause",
    "post",
    "posted",
    "prepare",
    "read_paper",
    "reckon",
    "record_finished",
    "redraw_plan",
    "refuse",
    "regrade",
    "reopen",
    "report",
    "report_many",
    "resubmit",
    "resume",
    "retire_drawing",
    "return_home",
    "review_archive",
    "review_many",
    "review_meetings",
    "review_township",
    "send_back",
    "split",
    "survey_mode",
    "survey_modes",
    "take_back_paper",
    "take_other_route",
    "undo",
    "undo_many",
    "unwaive",
    "visit",
    "visit_many",
    "void_finished",
    "waive",
    "withdraw",
    "withdraw_quota",
]

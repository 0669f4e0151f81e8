"""Every write to cases: keyword only, one transaction, recorded. Refusals are ``anju.refusing.Refused``."""

from anju.cases.actions.applying import apply, apply_many, reopen
from anju.cases.actions.approving import Approval, approve, approve_many, check_many
from anju.cases.actions.planning import HandedDown, Share, hand_down, make_plan
from anju.cases.actions.posting import post, posted
from anju.cases.actions.preparing import Signed, agree, agree_many, prepare, survey_mode, survey_modes
from anju.cases.actions.quota import answer_quota, ask_quota, note_quota, withdraw_quota
from anju.cases.actions.reviewing import Vote, review_many, review_township, visit, visit_many
from anju.cases.actions.siding import change_head, pause, refuse, resubmit, resume, send_back, split, take_other_route, withdraw
from anju.cases.actions.stepping import Step, advance, advance_many, undo, waive
from anju.cases.actions.working import report, report_many

__all__ = [
    "Approval",
    "HandedDown",
    "Share",
    "Signed",
    "Step",
    "Vote",
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
    "change_head",
    "check_many",
    "hand_down",
    "make_plan",
    "note_quota",
    "pause",
    "post",
    "posted",
    "prepare",
    "refuse",
    "reopen",
    "report",
    "report_many",
    "resubmit",
    "resume",
    "review_many",
    "review_township",
    "send_back",
    "split",
    "survey_mode",
    "survey_modes",
    "take_other_route",
    "undo",
    "visit",
    "visit_many",
    "waive",
    "withdraw",
    "withdraw_quota",
]

"""Every write to cases: keyword only, one transaction, recorded. Refusals are ``anju.refusing.Refused``."""

from anju.cases.actions.applying import apply, apply_many, reopen
from anju.cases.actions.approving import Approval, approve, approve_many, check_many, make_plan
from anju.cases.actions.past import Finished, record_finished, void_finished
from anju.cases.actions.posting import post, posted
from anju.cases.actions.preparing import Signed, agree, agree_many, prepare, survey_mode, survey_modes
from anju.cases.actions.reviewing import Vote, review_many, review_township, visit, visit_many
from anju.cases.actions.siding import change_head, pause, refuse, regrade, resubmit, resume, send_back, split, take_other_route, withdraw
from anju.cases.actions.stepping import Step, advance, advance_many, undo, unwaive, waive
from anju.cases.actions.working import report, report_many

__all__ = [
    "Approval",
    "Finished",
    "Signed",
    "Step",
    "Vote",
    "advance",
    "advance_many",
    "agree",
    "agree_many",
    "apply",
    "apply_many",
    "approve",
    "approve_many",
    "change_head",
    "check_many",
    "make_plan",
    "pause",
    "post",
    "posted",
    "prepare",
    "record_finished",
    "refuse",
    "regrade",
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
    "unwaive",
    "visit",
    "visit_many",
    "void_finished",
    "waive",
    "withdraw",
]

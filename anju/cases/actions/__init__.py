"""Every write to cases: keyword only, one transaction, recorded. Refusals are ``anju.refusing.Refused``."""

from anju.cases.actions.applying import apply, reopen
from anju.cases.actions.approving import Approval, approve, approve_many, check_many, make_plan
from anju.cases.actions.posting import post, posted
from anju.cases.actions.preparing import agree, prepare, survey_mode
from anju.cases.actions.reviewing import Vote, review_many, review_township, visit
from anju.cases.actions.siding import change_head, pause, refuse, regrade, resubmit, resume, send_back, split, take_other_route, withdraw
from anju.cases.actions.stepping import Step, advance, advance_many, undo, unwaive, waive
from anju.cases.actions.working import report

__all__ = [
    "Approval",
    "Step",
    "Vote",
    "advance",
    "advance_many",
    "agree",
    "apply",
    "approve",
    "approve_many",
    "change_head",
    "check_many",
    "make_plan",
    "pause",
    "post",
    "posted",
    "prepare",
    "refuse",
    "regrade",
    "reopen",
    "report",
    "resubmit",
    "resume",
    "review_many",
    "review_township",
    "send_back",
    "split",
    "survey_mode",
    "take_other_route",
    "undo",
    "unwaive",
    "visit",
    "waive",
    "withdraw",
]

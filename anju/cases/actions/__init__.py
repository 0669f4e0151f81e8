"""Every write to cases: keyword only, one transaction, recorded. Refusals are ``anju.refusing.Refused``."""

from anju.cases.actions.applying import Application, apply, apply_many, reopen
from anju.cases.actions.approving import Approval, approve, approve_many, check_many, make_plan
from anju.cases.actions.posting import post, posted
from anju.cases.actions.preparing import agree, prepare, survey_mode
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
from anju.cases.actions.siding import change_head, pause, refuse, resubmit, resume, send_back, split, take_other_route, withdraw
from anju.cases.actions.stepping import Own, Step, advance, advance_many, undo, waive
from anju.cases.actions.taking_back import call_off_many, undo_many
from anju.cases.actions.working import report

__all__ = [
    "Application",
    "Approval",
    "Meeting",
    "Opinion",
    "Own",
    "Step",
    "Vote",
    "advance",
    "advance_many",
    "agree",
    "apply",
    "apply_many",
    "approve",
    "approve_many",
    "call_off_many",
    "change_head",
    "check_many",
    "give_opinions",
    "make_plan",
    "pause",
    "post",
    "posted",
    "prepare",
    "refuse",
    "reopen",
    "report",
    "resubmit",
    "resume",
    "review_many",
    "review_meetings",
    "review_township",
    "send_back",
    "split",
    "survey_mode",
    "take_other_route",
    "undo",
    "undo_many",
    "visit",
    "visit_many",
    "waive",
    "withdraw",
]

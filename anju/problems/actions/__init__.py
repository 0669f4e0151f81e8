"""Every write to the ledger: keyword only, one transaction, each one step. Refusals are ``anju.refusing.Refused``."""

from anju.problems.actions.handing import answer_clue, hand_over, transfer
from anju.problems.actions.opening import open_problem
from anju.problems.actions.rectifying import rectify, report_plan
from anju.problems.actions.stepping import no_numbers
from anju.problems.actions.undoing import strike, undo
from anju.problems.actions.verifying import send_back, verify

__all__ = [
    "answer_clue",
    "hand_over",
    "no_numbers",
    "open_problem",
    "rectify",
    "report_plan",
    "send_back",
    "strike",
    "transfer",
    "undo",
    "verify",
]

"""What an action answers when a rule of the programme speaks against it: what is the matter, what to do, and which rule says so."""

from django.utils.translation import gettext as _

from anju.checks import Check


class Refused(Exception):
    """Nothing was changed; ``message`` is Chinese and ends with the rule and what it rests on; ``rule`` is that rule, ``said`` the message without it."""

    def __init__(self, rule: Check, said: str) -> None:
        message = _("%(said)s（规则：%(rule)s；依据：%(source)s）") % {"said": said, "rule": _(rule.label), "source": _(rule.source)}
        super().__init__(message)
        self.message = message
        self.rule = rule
        self.said = said

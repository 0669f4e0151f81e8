"""What an action on a notice answers when it can't be done."""

from django.utils.translation import gettext as _

from anju.checks import Check


class Refused(Exception):
    """Nothing was changed; ``message`` says in Chinese what is the matter, what to do, and which rule says so; ``rule`` is that rule."""

    def __init__(self, rule: Check, said: str) -> None:
        message = _("%(said)s（规则：%(rule)s；依据：%(source)s）") % {"said": said, "rule": _(rule.label), "source": _(rule.source)}
        super().__init__(message)
        self.message = message
        self.rule = rule

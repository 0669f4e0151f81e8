"""Policy 规定的数值: numbers the programme sets, as dated data with their source. Pure Python; see README.md."""

from anju.policy.lookup import find, read, rule, rules, value
from anju.policy.rules import NoRule, Rule, Rules, UnknownKey

__all__ = ["NoRule", "Rule", "Rules", "UnknownKey", "find", "read", "rule", "rules", "value"]

"""The business clock: which day it is for the work. Settable, so that a demo lives on 2020-06-10 (domain 3.27)."""

from anju.clock.reading import now, one_day, today

__all__ = ["now", "one_day", "today"]

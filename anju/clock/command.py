"""``anju clock [--set 2020-06-10 | --calendar]``."""

import argparse
from datetime import date

from anju.clock import today
from anju.clock.actions import set_today


def main(arguments: list[str]) -> int:
    """Prints the business date after doing what was asked."""
    parser = argparse.ArgumentParser(prog="anju clock", description="查看或设置业务日期")
    parser.add_argument("--set", type=date.fromisoformat, metavar="YYYY-MM-DD", help="设为这一天")
    parser.add_argument("--calendar", action="store_true", help="恢复为日历日期")
    options = parser.parse_args(arguments)
    if options.set or options.calendar:
        set_today(day=options.set)
    print(today().isoformat())
    return 0

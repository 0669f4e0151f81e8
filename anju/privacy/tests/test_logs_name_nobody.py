"""Whatever is logged, however: no identity number, no bank card, no mobile number comes out."""

import io
import logging
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from django.conf import settings

from anju.privacy import logs
from anju.vocabulary import idnumber

PERSONAL = 10_000


def identity(dice: random.Random) -> str:
    """A valid number that belongs to nobody."""
    born = date(1920, 1, 1) + timedelta(days=dice.randrange(36_000))
    first = f"{dice.choice(('210922', '410881', '530326', '620123'))}{born:%Y%m%d}{dice.randrange(1000):03d}"
    return first + idnumber.check_digit(first)


def card(dice: random.Random) -> str:
    """Sixteen to nineteen digits that obey Luhn."""
    body = "62" + "".join(str(dice.randrange(10)) for _ in range(dice.choice((13, 16))))
    return next(body + str(last) for last in range(10) if logs.luhn(body + str(last)))


def mobile(dice: random.Random) -> str:
    return f"1{dice.choice('3456789')}{dice.randrange(10**9):09d}"


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What a plain handler of the root logger writes: it has no filter of its own."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("make", [identity, card, mobile])
def test_a_number_is_taken_out_wherever_it_stands(make: object) -> None:
    dice = random.Random(7)
    shapes = ("{}", "证件号{}不对", "GET /households/?q={}&page=2", "({{'id': '{}'}},)", "a={},b=1", "…{}。", "+86 {}", "{} ")
    for _ in range(PERSONAL):
        number = make(dice)  # type: ignore[operator]
        text = dice.choice(shapes).format(number)
        assert number not in logs.cleaned(text), text
        assert number[-8:] not in logs.cleaned(text)


def test_numbers_written_in_groups_or_full_width_or_in_the_old_form_are_known() -> None:
    for text in (
        "110105 19491231 0021",
        "6222 0212 0001 2345 678",
        "１１０１０５１９４９１２３１００２１",
        "11010519491231002x",
        "138-0013-8000",
        "110105491231002",
    ):
        number = text if text != "6222 0212 0001 2345 678" else "4111 1111 1111 1111"
        assert not any(mark.isdigit() for mark in logs.cleaned(number)), number


def test_two_numbers_side_by_side_both_go() -> None:
    left = logs.cleaned("110105194912310021 13800138000")
    assert not any(mark.isdigit() for mark in left)
    assert "13800138000" not in logs.cleaned("13800138000 13900139000")


def test_what_names_nobody_stays() -> None:
    for text in ("2026-11-25 20:19:34", "210922115201", "SELECT 1234567890", "[200] 41,248 户 0.003", "21092211520100010"):
        assert logs.cleaned(text) == text


def test_message_arguments_and_traceback_are_cleaned(written: io.StringIO) -> None:
    number = "110105194912310021"
    log = logging.getLogger("django.request")
    log.warning("%s of %d: 50%%", number, 3)
    log.error("row %(row)s", {"row": {"id": number}})
    try:
        raise ValueError(f"no such person: {number}")
    except ValueError:
        log.exception("failed", stack_info=True)
    log.warning("a mistake %s %s", number)  # noqa: PLE1206
    told = written.getvalue()
    assert number not in told
    assert told.count(logs.ID_NUMBER) >= 4
    assert "of 3: 50%" in told
    assert "Traceback" in told
    assert "ValueError: no such person" in told


def test_a_record_without_such_numbers_stays_as_it_was(written: io.StringIO, caplog: pytest.LogCaptureFixture) -> None:
    logging.getLogger("anju").warning("%s ready, 50%% done", "import")
    assert caplog.records[-1].args == ("import",)
    assert "import ready, 50% done" in written.getvalue()


def test_a_process_prints_no_number_of_an_uncaught_exception() -> None:
    code = (
        "import django, logging, threading; django.setup()\n"
        "thread = threading.Thread(target=lambda: int('x110105194912310021')); thread.start(); thread.join()\n"
        "logging.getLogger('gunicorn.access').error('GET /?q=%(q)s', {'q': '110105194912310021'})\n"
        "raise RuntimeError('110105194912310021')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "110105194912310021" not in done.stderr
    assert done.stderr.count(logs.ID_NUMBER) == 3


def test_the_settings_use_both_lines_of_defence() -> None:
    assert settings.LOGGING_CONFIG == "anju.privacy.logs.configure"
    handlers: dict[str, dict[str, list[str]]] = settings.LOGGING["handlers"]  # type: ignore[assignment]
    assert all("personal" in handler["filters"] for handler in handlers.values())
    assert logging.getLogRecordFactory() is logs._Record

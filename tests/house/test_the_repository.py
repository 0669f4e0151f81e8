"""Rules of the house that no other tool checks; each says why."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
_SOURCES = {".py", ".ts", ".html", ".css", ".md", ".toml", ".json", ".txt", ".in", ".sql", ""}


def _files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True, check=True
    )
    paths = [ROOT / name for name in listed.stdout.decode().split("\0") if name]
    return [path for path in paths if path.is_file() and path.suffix in _SOURCES]


FILES = _files()


@pytest.mark.parametrize("lock", sorted(ROOT.glob("requirements/*.txt")), ids=lambda path: path.name)
def test_a_python_lock_carries_hashes_and_no_address(lock: Path) -> None:
    text = lock.read_text()
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_the_front_ends_lock_carries_no_address_to_download_from() -> None:
    text = (ROOT / "frontend" / "package-lock.json").read_text()
    assert '"resolved"' not in text
    assert '"integrity"' in text


def test_every_dependency_says_why_it_is_here() -> None:
    for name in ("run.in", "dev.in"):
        for line in (ROOT / "requirements" / name).read_text().splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.search(r"#\s*\S.{10,}", line), f"{name}: {line!r} has no reason behind it"


def test_no_file_is_named_for_nothing() -> None:
    vague = {"utils.py", "util.py", "helpers.py", "helper.py", "common.py", "misc.py", "services.py", "signals.py"}
    assert not [path for path in FILES if path.name in vague], "a helper is named for its idea and lives with its owner"


def test_templates_obey_the_content_security_policy() -> None:
    inline = re.compile(r"\sstyle=\"|\son[a-z]+=\"|<style[\s>]|javascript:|<script(?![^>]*\bsrc=)(?![^>]*application/json)", re.IGNORECASE)
    found = [path for path in FILES if path.suffix == ".html" and inline.search(path.read_text())]
    assert not found, f"inline script or style is refused by the browser: {found}"


def test_what_is_worked_out_while_typing_follows_what_was_typed_last() -> None:
    """Unless told to replace it, a request that is under way holds back the later ones and all but one of them is lost: an amount of before stays."""
    asked = {
        (file.name, tag)
        for file in Path("anju").rglob("templates/**/*.html")
        for tag in re.findall(r"<[^>]*hx-trigger=\"[^\"]*from:[^>]*>", file.read_text())
    }
    assert asked
    assert [name for name, tag in asked if 'hx-sync="replace"' not in tag] == []


def test_business_dates_come_from_the_business_clock() -> None:
    clock = re.compile(r"date\.today\(|localdate\(|datetime\.now\(\)")
    allowed = {ROOT / "anju" / "clock" / "reading.py"}
    found = [
        path
        for path in (ROOT / "anju").rglob("*.py")
        if path not in allowed and "tests" not in path.parts and clock.search(path.read_text())
    ]
    assert not found, f"use anju.clock.today(): {found}"


def test_no_signals_are_received() -> None:
    receivers = re.compile(r"@receiver|\b(pre|post)_(save|delete)\.connect|from django\.dispatch")
    found = [path for path in (ROOT / "anju").rglob("*.py") if "tests" not in path.parts and receivers.search(path.read_text())]
    assert not found, f"the flow should be readable from the call: {found}"


def test_views_and_forms_are_private_to_their_app() -> None:
    for path in (ROOT / "anju").rglob("*.py"):
        app = path.relative_to(ROOT / "anju").parts[0]
        for other in re.findall(r"from anju\.(\w+)\.(?:views|forms)\b", path.read_text()):
            assert app in (other, "web"), f"{path} reaches into {other}'s pages; call its actions or queries"

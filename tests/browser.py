"""The browser of the journeys: Debian's Chromium where there is one, Playwright's own elsewhere."""

import contextlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Playwright, sync_playwright

_FONT = "fonts-noto-cjk"


def system_chromium() -> str | None:
    """The path of an installed Chromium."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def launch(playwright: Playwright) -> Browser:
    """A headless browser, in Chinese."""
    chinese = {**os.environ, "LANGUAGE": "zh_CN"}
    return playwright.chromium.launch(executable_path=system_chromium(), args=["--no-sandbox", "--lang=zh-CN"], env=chinese)  # type: ignore[arg-type]


@contextlib.contextmanager
def browser() -> Iterator[Browser]:
    """A browser for a script outside the test runner."""
    with sync_playwright() as playwright:
        opened = launch(playwright)
        yield opened
        opened.close()


def _has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh"], capture_output=True, check=False).stdout.strip())


def install() -> int:
    """Makes sure that there is a browser and a Chinese font: Debian's packages as root, Playwright's browser otherwise."""
    if system_chromium() and _has_chinese_font():
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)  # type: ignore[call-overload]
        return int(subprocess.run(["apt-get", "install", "-y", "-qq", "chromium", _FONT, "fontconfig"], check=False, **quiet).returncode)  # type: ignore[call-overload]
    if not system_chromium():
        return subprocess.run([Path(sys.executable), "-m", "playwright", "install", "chromium"], check=False).returncode
    return 0


if __name__ == "__main__":
    raise SystemExit(install())

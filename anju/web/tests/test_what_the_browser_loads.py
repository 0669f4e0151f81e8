"""The built files and the templates keep what the content policy promises."""

import json
import re
from pathlib import Path

import pytest

from anju.web import frontend

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = sorted([*ROOT.glob("anju/*/templates/**/*.html"), *ROOT.glob("anju/*/templatetags/*.py")])
# Names, not addresses: namespaces of formats, and pages that a library's own messages mention.
INERT = {"www.w3.org", "github.com", "maplibre.org", "maplibre.invalid", "wiki.openstreetmap.org"}


@pytest.fixture(scope="session")
def built() -> Path:
    frontend.build()
    return frontend.BUILT


def test_every_built_file_of_the_manifest_is_there(built: Path) -> None:
    manifest = json.loads(frontend.MANIFEST.read_text())
    for part in manifest.values():
        for name in [part["file"], *part.get("css", ())]:
            assert (built / name).stat().st_size > 100


def test_style_sheets_load_nothing_from_another_host(built: Path) -> None:
    for path in built.rglob("*.css"):
        text = path.read_text()
        assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//[^)]{0,80}", text), path
        assert "@import" not in text


def test_scripts_know_no_foreign_host_they_could_ask(built: Path) -> None:
    for path in built.rglob("*.js"):
        hosts = set(re.findall(r"https?://([a-zA-Z0-9.-]+)", path.read_text()))
        assert hosts <= INERT, f"{path.name}: {hosts - INERT}"


def test_no_built_page_needs_eval(built: Path) -> None:
    ours = [path for path in built.rglob("*.js") if path.name.startswith(("theme-",))]
    assert ours
    for path in ours:
        assert "eval(" not in path.read_text()


def test_the_lock_file_names_no_registry() -> None:
    lock = json.loads((ROOT / "frontend/package-lock.json").read_text())
    assert lock["lockfileVersion"] == 3
    assert not [name for name, package in lock["packages"].items() if "resolved" in package]
    text = (ROOT / "frontend/package-lock.json").read_text()
    addresses = [
        line
        for line in re.findall(r"https?://[^\"]+", text)
        if "sponsor" not in line and "opencollective" not in line and "fund" not in line
    ]
    assert not [address for address in addresses if "npm" in address or "registry" in address]


def test_no_template_carries_inline_style_or_script() -> None:
    for path in TEMPLATES:
        text = path.read_text()
        assert not re.search(r"\sstyle=", text), path
        assert not re.search(r"\son[a-z]+=\"", text), path
        assert not re.search(r"hx-on|javascript:", text), path
        for attributes, body in re.findall(r"<script([^>]*)>(.*?)</script>", text, re.S):
            assert "src=" in attributes, path
            assert not body.strip(), path


def test_every_icon_a_template_names_is_in_the_sprite(built: Path) -> None:
    known = {*json.loads((ROOT / "frontend/office/icons.json").read_text()), "seal"}
    for path in TEMPLATES:
        named = set(re.findall(r"{% icon \"([a-z0-9-]+)\"", path.read_text()))
        assert named <= known, f"{path}: {named - known}"
    sprite = next(built.glob("assets/icons-*.svg")).read_text()
    assert all(f'id="{name}"' in sprite for name in known)


def test_a_build_with_unchanged_sources_does_nothing(built: Path) -> None:
    assert frontend.build() is False


def test_the_fingerprint_follows_the_sources_and_not_the_packages(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "a.ts").write_text("1")
    first = frontend.fingerprint(tmp_path)
    (tmp_path / "node_modules/x.js").write_text("x")
    assert frontend.fingerprint(tmp_path) == first
    (tmp_path / "a.ts").write_text("2")
    assert frontend.fingerprint(tmp_path) != first

"""`make sbom`: the bills of materials name every locked package, with its version and hash, and nothing else."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def bills() -> dict[str, dict[str, Any]]:
    subprocess.run(["make", "--silent", "sbom"], cwd=ROOT, check=True, capture_output=True)
    return {name: json.loads((ROOT / "build" / "sbom" / f"{name}.cdx.json").read_text()) for name in ("python", "frontend")}


def _listed(bill: dict[str, Any]) -> set[tuple[str, str]]:
    assert bill["bomFormat"] == "CycloneDX"
    return {(f"{one['group']}/{one['name']}" if one.get("group") else one["name"], one["version"]) for one in bill["components"]}


def test_every_python_package_of_the_lock_is_listed(bills: dict[str, dict[str, Any]]) -> None:
    locked = set(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", (ROOT / "requirements" / "run.txt").read_text(), re.M))
    assert len(locked) > 30
    assert _listed(bills["python"]) == locked
    for component in bills["python"]["components"]:
        assert component["externalReferences"][0]["hashes"], component["name"]


def test_every_package_of_the_front_ends_lock_is_listed(bills: dict[str, dict[str, Any]]) -> None:
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text())["packages"]
    locked = {(place.rpartition("node_modules/")[2], one["version"]) for place, one in packages.items() if place}
    assert len(locked) > 50
    assert _listed(bills["frontend"]) == locked


def test_the_bills_are_no_part_of_the_repository() -> None:
    assert subprocess.run(["git", "check-ignore", "build/sbom/python.cdx.json"], cwd=ROOT, check=False, capture_output=True).returncode == 0

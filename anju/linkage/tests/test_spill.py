"""What doesn't fit into memory goes to a disk only encrypted, and where secrets are kept not to a disk at all."""

from pathlib import Path

from anju.linkage import engine

_PEOPLE = "SELECT '210922' || (19000000 + range % 900000) || lpad((range % 10000)::VARCHAR, 4, '0') AS id_number, hash(range)::VARCHAR || hash(range + 1)::VARCHAR AS name FROM range(600000)"


def _spilled(folder: Path, spill: Path | None) -> dict[Path, bytes]:
    """The spill's files while a sort that is larger than its memory runs."""
    con = engine.connect(folder, "48MB", 1, spill)
    con.execute(f"CREATE TABLE people AS {_PEOPLE}")
    con.execute("CREATE TABLE sorted AS SELECT * FROM people ORDER BY name")
    assert con.execute("SELECT count(*), count(DISTINCT id_number) > 100000 FROM sorted").fetchone() == (600_000, True)
    found = {path: path.read_bytes() for path in (spill or folder).rglob("*") if path.is_file()}
    con.close()
    return found


def test_a_spill_beside_a_users_files_holds_no_clear_number(tmp_path: Path) -> None:
    found = _spilled(tmp_path, None)
    assert sum(map(len, found.values())) > 1 << 20
    assert not any(b"2109221" in data for data in found.values())


def test_a_spill_in_memory_leaves_nothing_beside_the_work(tmp_path: Path) -> None:
    work, spill = tmp_path / "work", tmp_path / "memory"
    work.mkdir()
    spill.mkdir()
    assert sum(map(len, _spilled(work, spill).values())) > 1 << 20
    assert list(work.rglob("*")) == []

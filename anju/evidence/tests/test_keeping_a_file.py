"""Files are kept once, sealed, and found again whatever keys and versions come."""

import contextlib
import io
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from anju import memory
from anju.evidence import command, store
from anju.evidence.models import StoredFile
from anju.privacy import keys
from tests.kept import place

pytestmark = pytest.mark.django_db
CONTENT = "户主,证件号\n王桂兰,210922196503021234\n".encode() * 9_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A store of its own with a key ring of its own."""
    settings.FILE_STORE = tmp_path / "files"
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "secret" / "keys.json"))
    return tmp_path / "files"


def put(content: bytes = CONTENT, name: str = "低保.csv") -> StoredFile:
    return store.put(io.BytesIO(content), name=name, media_type="text/csv", by=None)


def put_in_clear(folder: Path, content: bytes = CONTENT) -> StoredFile:
    """As an earlier version kept it."""
    stored = put(content)
    sealed = place(stored)
    assert sealed is not None
    sealed.unlink()
    clear = folder / stored.sha256[:2] / stored.sha256
    clear.parent.mkdir(exist_ok=True)
    clear.write_bytes(content)
    return stored


def on_disk(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def content(stored: StoredFile) -> bytes:
    with store.open(stored) as source:
        return source.read()


def test_the_same_content_is_kept_once_and_remembered_twice(folder: Path) -> None:
    first, second = put(), put(name="again.csv")
    assert first.pk != second.pk
    assert len(on_disk(folder)) == 1
    assert content(first) == content(second) == CONTENT
    assert first.size == len(CONTENT)


def test_neither_content_nor_name_on_disk_tells_what_it_is(folder: Path) -> None:
    stored = put()
    (path,) = on_disk(folder)
    assert b"210922" not in path.read_bytes()
    assert stored.sha256 not in str(path)


def test_it_can_be_read_from_any_place(folder: Path) -> None:
    with store.open(put()) as source:
        source.seek(200_000)
        assert source.read(50) == CONTENT[200_000:200_050]
        assert source.seek(0, os.SEEK_END) == len(CONTENT)


def test_who_needs_a_path_gets_one_in_memory_that_a_child_can_be_given(folder: Path) -> None:
    with store.memory(put()) as path:
        assert path.read_bytes() == CONTENT
        held = memory.descriptor(path)
        assert held is not None
        read = subprocess.run(
            [sys.executable, "-c", f"print(len(open({str(path)!r}, 'rb').read()))"], pass_fds=[held], capture_output=True, check=True
        )
        assert int(read.stdout) == len(CONTENT)
        with pytest.raises(PermissionError), path.open("r+b", buffering=0) as tampering:
            tampering.write(b"x")
        assert len(on_disk(folder)) == 1


def test_what_an_earlier_version_kept_in_clear_is_found_and_then_sealed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored, other = put_in_clear(folder), put_in_clear(folder, b"another list")
    assert content(stored) == CONTENT
    assert command.main(["check"]) == 1
    sealing = store.seal_clear()
    next(sealing)  # interrupted after the first
    del sealing
    assert len(store.left_clear()) == 1
    assert command.main(["seal"]) == 0
    assert store.left_clear() == []
    assert content(stored) == CONTENT
    assert content(other) == b"another list"
    assert len(on_disk(folder)) == 2
    assert command.main(["check"]) == 0
    assert "打不开 0 个，未加密 0 个" in capsys.readouterr().out


def test_a_clear_file_that_was_changed_is_told_and_left_for_a_person(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stored = put_in_clear(folder)
    (path,) = on_disk(folder)
    path.write_bytes(CONTENT + b"x")
    assert command.main(["seal"]) == 1
    assert path.exists()
    assert "内容与文件名不符" in capsys.readouterr().err
    assert [fault.stored for fault in store.damaged()] == [stored]


def test_the_same_content_received_again_seals_what_lay_in_clear_or_damaged(folder: Path) -> None:
    stored = put_in_clear(folder)
    put()
    (path,) = on_disk(folder)
    assert b"210922" not in path.read_bytes()
    path.write_bytes(path.read_bytes()[:-40])
    put()
    assert content(stored) == CONTENT


def test_after_a_rotation_the_older_key_is_needed_no_more(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = [put(bytes([number]) * 100_000, f"{number}.csv") for number in range(5)]
    put(b"refused, so no row knows of it").delete()
    keys.add()
    assert len(store.under_older_keys()) == 6
    assert content(kept[0]) == bytes([0]) * 100_000
    rotating = store.rotate()
    for _ in range(2):
        next(rotating)
    del rotating  # killed here
    assert command.main(["rotate"]) == 0
    assert store.under_older_keys() == []
    assert len(on_disk(folder)) == 6
    ring = keys.ring()
    newest = keys.KeyRing(ring.active, ring.active, {ring.active: ring.masters[ring.active]})
    monkeypatch.setattr(keys, "ring", lambda: newest)
    assert [content(stored)[0] for stored in kept] == [0, 1, 2, 3, 4]
    assert list(store.damaged()) == []


def test_one_file_is_sealed_anew_by_itself(folder: Path) -> None:
    stored = put()
    keys.add()
    store.seal_anew(stored)
    assert store.under_older_keys() == []
    assert len(on_disk(folder)) == 1
    assert content(stored) == CONTENT


def _change(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def _swap(path: Path) -> None:
    data, head, block = path.read_bytes(), 45, 65_552
    path.write_bytes(data[:head] + data[head + block : head + 2 * block] + data[head : head + block] + data[head + 2 * block :])


def _truncate(path: Path) -> None:
    os.truncate(path, 45 + 65_552)


def _replace(path: Path) -> None:
    other = place(put(b"another content", "other.csv"))
    assert other is not None
    path.write_bytes(other.read_bytes())


@pytest.mark.parametrize(
    ("harm", "why"), [(_change, "改动过"), (_swap, "改动过"), (_truncate, "截断"), (_replace, "换成了另一个"), (Path.unlink, "不在了")]
)
def test_a_harmed_file_is_refused_by_name_and_listed(folder: Path, harm: Any, why: str, capsys: pytest.CaptureFixture[str]) -> None:
    stored, whole = put(), put(b"whole", "whole.csv")
    path = place(stored)
    assert path is not None
    harm(path)
    with pytest.raises(store.Damaged, match=f"低保.csv.*{why}.*备份"):
        content(stored)
    with pytest.raises(store.Damaged), store.memory(stored):
        pass
    assert [fault.stored for fault in store.damaged()] == [stored]
    assert content(whole) == b"whole"
    assert command.main(["check"]) == 1
    assert why in capsys.readouterr().err


def test_a_missing_key_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = put()
    ring = keys.add()
    without = keys.KeyRing(2, 2, {2: ring.masters[2]})
    path = place(stored)
    assert path is not None
    monkeypatch.setattr(keys, "ring", lambda: without)
    with pytest.raises(store.Damaged):
        content(stored)
    assert command.main(["rotate"]) == 1
    assert path.exists()


@contextlib.contextmanager
def _held_by_another_process(where: Path) -> Iterator[None]:
    program = f"from anju import memory; from pathlib import Path; import sys\nwith memory.held(Path({str(where)!r})): print('held', flush=True); sys.stdin.read()"
    holder = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"held\n"
    yield
    holder.kill()
    holder.wait()


def test_what_killed_work_left_is_removed_and_what_is_in_use_is_not(folder: Path) -> None:
    put()
    used, left = store.work() / "match-1", store.work() / "match-2"
    with _held_by_another_process(used):
        left.mkdir(parents=True)
        (left / "left.csv").write_text("210922196503021234")
        half, fresh = folder / ".aside-1", folder / ".aside-2"
        half.write_bytes(b"half")
        fresh.write_bytes(b"half")
        os.utime(half, (0, time.time() - 48 * 3600))
        assert store.clear_work() >= 2
        assert used.is_dir()
        assert not left.exists()
        assert [path.exists() for path in (half, fresh)] == [False, True]
    assert used.exists()
    store.clear_work()
    assert not used.exists()


def test_a_full_disk_is_told_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(store.StoreFull, match="清理磁盘"):
        put()
    assert on_disk(folder) == []
    assert not StoredFile.objects.exists()

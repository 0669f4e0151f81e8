"""A key goes when nothing rests on it any more, not before; what does is said, with what to do about it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from anju.accounts.signing_in.models import SignedInSession
from anju.accounts.tests.door import enrolled, enter, user
from anju.evidence import command as files
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.operations import archive, backup, command, register, selfcheck
from anju.privacy import keys, lookup, vault

NUMBERS = [(vault.ID, "210922195404120914"), (vault.PHONE, "13904180001")]


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Keys, files and backups of the test's own."""
    settings.FILE_STORE = tmp_path / "files"
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "secret" / "keys.json"))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_BACKUPS", str(tmp_path / "backups"))
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")


def _said(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = command.main(["keys", *arguments])
    told = capsys.readouterr()
    return code, told.out + told.err


def _typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text + "\n"))


@pytest.mark.django_db(transaction=True)
def test_a_key_goes_when_nothing_rests_on_it(
    ring: None, client: Client, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tokens = vault.keep_all(NUMBERS)
    stored = store.put(io.BytesIO(b"original list"), name="花名册.csv", media_type="text/csv", by=None)
    code_of = enrolled(user(login="phone", area="210921"))
    user(role="city_viewer")
    enter(client)
    client.post("/households/find/", {"q": "赵凤芹"})
    first = backup.take(to=register.folder())
    assert archive.keys_of(first) == {1}
    assert selfcheck.refusals() == []

    code, said = _said(capsys, "retire", "1")
    assert (code, "正在使用" in said) == (1, True)
    assert _said(capsys, "rotate", "--index")[0] == 0
    middle = backup.take(to=register.folder() / "elsewhere")
    assert archive.keys_of(middle) == {1, 2}, "its files are still under the old key"
    code, said = _said(capsys, "status")
    assert "还不能停用：库存文件 1 个、会话里输入过的检索词 1 条、备份和留痕归档 2 份" in said
    assert "库存文件：1 个用 1 号密钥，待换" in said
    assert "号码检索：2 个用 2 号密钥\n" in said
    code, said = _said(capsys, "retire", "1")
    assert code == 1
    assert "库存文件 1 个：运行 anju files rotate" in said
    assert "备份和留痕归档 2 份：用新密钥另做一份备份" in said

    assert files.main(["rotate"]) == 0
    last = backup.take(to=register.folder() / "last")
    assert archive.keys_of(last) == {2}
    first.unlink()
    middle.unlink()
    assert "检索词" in _said(capsys, "retire", "1")[1]
    SignedInSession.objects.all().delete()

    _typed(monkeypatch, "no")
    code, said = _said(capsys, "retire", "1")
    assert (code, "没有停用" in said, sorted(keys.ring().masters)) == (2, True, [1, 2])
    _typed(monkeypatch, "1")
    code, said = _said(capsys, "retire", "1")
    assert (code, "已停用 1 号密钥" in said, sorted(keys.ring().masters)) == (0, True, [2])

    assert lookup.find(NUMBERS) == tokens
    assert vault.opened(tokens.values()) == {token: text for (_kind, text), token in tokens.items()}
    assert store.open(StoredFile.objects.get(pk=stored.pk)).read() == b"original list"
    assert enter(client, login="phone").headers["Location"] == "/login/code/"
    assert client.post("/login/code/", {"code": code_of()}).status_code == 302
    assert backup.verify(path=last).tables > 0
    assert selfcheck.refusals() == [], "a retired key isn't a lost one"
    assert "已停用：1 号" in _said(capsys, "list")[1]
    assert "早已停用" in _said(capsys, "retire", "1")[1]
    assert keys.add().active == 3, "a number is never given again"


@pytest.mark.django_db
def test_what_is_sealed_while_one_is_asked_keeps_the_key(
    ring: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vault.keep_all(NUMBERS)
    former = keys.ring()
    assert _said(capsys, "rotate", "--index")[0] == 0

    class Typing:
        def readline(self) -> str:
            with monkeypatch.context() as patch:  # another process, which read the ring before
                patch.setattr(keys, "ring", lambda: former)
                store.put(io.BytesIO(b"late"), name="a.csv", media_type="text/csv", by=None)
            return "1\n"

    monkeypatch.setattr("sys.stdin", Typing())
    code, said = _said(capsys, "retire", "1")
    assert (code, "库存文件 1 个" in said, sorted(keys.ring().masters)) == (1, True, [1, 2])


@pytest.mark.django_db
def test_an_archive_of_an_earlier_version_needs_every_key_up_to_its_own(
    ring: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys.add()
    path = register.folder() / "anju-20200610-010101.anju"
    path.parent.mkdir()
    with path.open("wb") as out:
        writer = archive.Writer(out)
        writer.head({"version": "1"})
        writer.manifest({"tables": {}})
    assert archive.keys_of(path) == {1, 2}
    assert "备份和留痕归档：1 份用 1 号密钥\n" in _said(capsys, "status")[1]
    path.write_bytes(path.read_bytes()[:60])
    assert archive.keys_of(path) == set()
    assert "备份" not in _said(capsys, "status")[1]


@pytest.mark.django_db
def test_a_key_of_the_environment_is_taken_out_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ANJU_KEYS", '{"active": 1, "index": 1, "keys": {"1": "%s"}}' % ("YWJj" * 11))
    code, said = _said(capsys, "retire", "1")
    assert (code, "ANJU_KEYS" in said) == (2, True)

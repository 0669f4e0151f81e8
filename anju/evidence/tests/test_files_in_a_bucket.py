"""Files kept in a bucket of an S3-compatible service are kept as in a folder: sealed, once, whole; damage and an absent service are told."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from anju.evidence import bucket, command, queries, store
from anju.evidence.models import StoredFile
from anju.evidence.shelf import Unreachable, shelf
from anju.operations import backup, register, selfcheck
from anju.privacy import keys

pytestmark = pytest.mark.django_db
NUMBER = b"210922196503021234"
CONTENT = b"name,number\nWang," + NUMBER + b"\n" + bytes(range(256)) * 3_000


@pytest.fixture
def service(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """An empty bucket of a service on this machine, in use for kept files; a client of its own looks into it."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    _host, port = server.get_host_and_port()
    for name, value in {
        "ANJU_S3_ENDPOINT": f"http://127.0.0.1:{port}",
        "AWS_ACCESS_KEY_ID": "anju",
        "AWS_SECRET_ACCESS_KEY": "anju",
        "AWS_DEFAULT_REGION": "cn-north-1",
        "ANJU_KEYS_FILE": str(tmp_path / "secret" / "keys.json"),
        "AWS_EC2_METADATA_DISABLED": "true",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    settings.FILE_STORE = "s3://fuxin/anju"
    client = boto3.client("s3", endpoint_url=f"http://127.0.0.1:{port}")
    client.create_bucket(Bucket="fuxin", CreateBucketConfiguration={"LocationConstraint": "cn-north-1"})
    yield client
    for key in there(client):
        client.delete_object(Bucket="fuxin", Key=key)
    client.delete_bucket(Bucket="fuxin")
    bucket._client.cache_clear()
    server.stop()


def put(content: bytes = CONTENT, name: str = "低保.csv") -> StoredFile:
    return store.put(io.BytesIO(content), name=name, media_type="text/csv", by=None)


def there(client: Any) -> dict[str, bytes]:
    listed = client.list_objects_v2(Bucket="fuxin").get("Contents", ())
    return {one["Key"]: client.get_object(Bucket="fuxin", Key=one["Key"])["Body"].read() for one in listed}


def content(stored: StoredFile) -> bytes:
    with store.open(stored) as source:
        return source.read()


def test_what_is_put_in_comes_out_and_lies_there_once_and_sealed(service: Any) -> None:
    first, second = put(), put(name="again.csv")
    assert first.sha256 == second.sha256
    ((key, sealed),) = there(service).items()
    assert key == f"anju/{store.name_of(first)}"
    assert key.endswith(".sealed")
    assert NUMBER not in sealed
    assert content(second) == CONTENT
    with store.open(first) as source:
        source.seek(70_000)
        assert source.read(10) == CONTENT[70_000:70_010]
    assert queries.kept() == queries.Kept(2, (), ())
    assert store.orphans() == 0
    assert shelf().sizes() == {key.removeprefix("anju/"): len(sealed)}


def test_a_changed_and_a_missing_file_are_told(service: Any, capsys: pytest.CaptureFixture[str]) -> None:
    changed, missing, whole = put(), put(b"missing", "missing.csv"), put(b"whole", "whole.csv")
    sealed = bytearray(there(service)[f"anju/{store.name_of(changed)}"])
    sealed[500] ^= 1
    service.put_object(Bucket="fuxin", Key=f"anju/{store.name_of(changed)}", Body=bytes(sealed))
    service.delete_object(Bucket="fuxin", Key=f"anju/{store.name_of(missing)}")
    with pytest.raises(store.Damaged, match=r"低保.csv.*改动过"):
        content(changed)
    with pytest.raises(store.Damaged, match=r"missing.csv.*不在了"):
        content(missing)
    assert content(whole) == b"whole"
    assert {fault.stored for fault in store.damaged()} == {changed, missing}
    assert command.main(["check"]) == 1
    assert "missing.csv" in capsys.readouterr().err


def test_a_rotated_key_seals_what_lies_there_anew(service: Any) -> None:
    stored = put()
    before = set(there(service))
    keys.add()
    assert len(store.under_older_keys()) == 1
    assert command.main(["rotate"]) == 0
    assert store.under_older_keys() == []
    after = set(there(service))
    assert len(after) == 1
    assert after.isdisjoint(before)
    assert content(stored) == CONTENT


def test_more_files_than_one_answer_lists_are_all_known(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bucket, "_PAGE", 3)
    kept = [put(f"{at}".encode()) for at in range(10)]
    assert sorted(shelf().names()) == sorted(name for one in kept if (name := store.name_of(one)))


def test_a_service_that_does_not_answer_keeps_nothing_and_says_so(
    service: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored = put()
    monkeypatch.setenv("ANJU_S3_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(store.StoreFull, match="文件没有存下：存放文件的地方连不上，请稍后再试"):
        put(b"new", "new.csv")
    assert not StoredFile.objects.filter(name="new.csv").exists()
    with pytest.raises(store.Away, match=r"^存放文件的地方连不上，请稍后再试"):
        content(stored)
    assert command.main(["check"]) == 1
    assert capsys.readouterr().err.startswith("存放文件的地方连不上")


def test_a_file_that_was_kept_is_kept_where_nothing_may_be_deleted(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put()

    def refused(_self: object, name: str) -> None:
        raise Unreachable(f"AccessDenied {name}")

    monkeypatch.setattr(bucket.Bucket, "remove", refused)
    assert content(put(name="again.csv")) == CONTENT
    with pytest.raises(Unreachable):
        store.seal_anew(StoredFile.objects.earliest("pk"))


def test_to_know_the_keys_of_files_their_heads_are_read_alone(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    monkeypatch.setattr(bucket.Bucket, "open", lambda _self, _name: pytest.fail("the whole file was fetched"))
    assert store.standing() == {keys.ring().active: 1}
    assert queries.kept() == queries.Kept(1, (), ())


@pytest.mark.django_db(transaction=True)
def test_a_backup_takes_them_along_and_brings_them_back(service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")
    stored = put()
    path = backup.take(to=tmp_path / "kept")
    service.delete_object(Bucket="fuxin", Key=f"anju/{store.name_of(stored)}")
    _proof, aside = backup.restore(path=path)
    try:
        assert content(StoredFile.objects.get()) == CONTENT
    finally:
        backup._let_go()
        backup.discard(name=aside)


def test_the_self_check_names_a_service_that_does_not_answer(service: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put()
    monkeypatch.setenv("ANJU_S3_ENDPOINT", "http://127.0.0.1:9")
    (said,) = [one for one in selfcheck.run(depth=selfcheck.Depth.PAGE) if one.check.id == "files-kept"]
    assert said.state == selfcheck.FAILED
    assert said.said.startswith("存放文件的地方连不上")
    assert "ANJU_S3_ENDPOINT" in said.todo


@pytest.mark.django_db(transaction=True)
def test_a_backup_says_that_the_service_does_not_answer(service: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")
    put()
    monkeypatch.setenv("ANJU_S3_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises((backup.BackupFailed, Unreachable), match="存放文件的地方连不上"):
        backup.take(to=tmp_path / "kept")
    assert not list((tmp_path / "kept").glob("*.anju"))

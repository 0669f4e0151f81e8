"""The self-check finds what it is there to find, and what is serious keeps the site from starting."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DataError, IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju import database
from anju.accounts.actions import admit, found
from anju.accounts.models import Organisation, User
from anju.clock.actions import set_today
from anju.evidence import store
from anju.operations import backup, command, register, selfcheck
from anju.operations.selfcheck import Depth
from anju.privacy import keys, reindexing, rotating, vault
from anju.trail import verifying
from anju.web import command as web
from conftest import as_owner
from tests.kept import place

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """Keys, register and files of its own."""
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "secret" / "keys.json"))
    monkeypatch.setattr(verifying, "last", lambda: None)
    monkeypatch.setattr(register, "_place", lambda: tmp_path / "backups.jsonl")
    monkeypatch.setattr(register, "_known_place", lambda: tmp_path / "keys.known")
    settings.FILE_STORE = tmp_path / "files"


def state(id_: str, depth: Depth = Depth.FULL) -> str:
    return asked(id_, depth).state


def asked(id_: str, depth: Depth = Depth.FULL) -> selfcheck.Result:
    (one,) = selfcheck.run(depth=depth, probes=[probe for probe in selfcheck.PROBES if probe.check.id == id_])
    return one


def answering(monkeypatch: pytest.MonkeyPatch, *row: object) -> None:
    """The database answers this."""
    monkeypatch.setattr(selfcheck, "_asked", lambda _statement: row)


def test_this_installation_is_sound_but_for_its_backups() -> None:
    keys.ring()
    failed = {one.check.id for one in selfcheck.run() if one.state == "fail"}
    assert failed == {"backup-age", "backup-verified"}
    assert selfcheck.refusals() == []


@pytest.mark.parametrize("setting", ["fsync", "synchronous-commit"])
def test_a_database_that_forgets_keeps_the_site_from_starting(setting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    ask = selfcheck._asked
    name = setting.replace("-", "_")
    monkeypatch.setattr(selfcheck, "_asked", lambda statement: ("off",) if statement == f"SHOW {name}" else ask(statement))
    (refusal,) = selfcheck.refusals()
    assert refusal.check.id == f"pg-{setting}"
    assert "断电" in refusal.todo


def test_synchronous_commit_really_turned_off_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
    assert state("pg-synchronous-commit") == "fail"


@pytest.mark.parametrize(
    ("id_", "bad"),
    [
        ("pg-full-page-writes", ("off",)),
        ("pg-checksums", ("off",)),
        ("pg-log", ("default", "none", "panic")),
        ("pg-log", ("terse", "all", "panic")),
        ("pg-version", (160004, "16.4")),
        ("pg-locale", ("SQL_ASCII", "C", "C")),
        ("pg-locale", ("UTF8", "zh_CN.UTF-8", "zh_CN.UTF-8")),
        ("pg-role", ("postgres", True, True, True)),
        ("pg-owner", (3,)),
        ("system-clock", (timezone.now() + timedelta(minutes=5), None)),
        ("system-clock", (timezone.now(), timezone.now() + timedelta(days=1))),
    ],
)
def test_a_bad_answer_of_the_database_is_a_no(id_: str, bad: tuple[object, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, *bad)
    one = asked(id_)
    assert one.state == "fail"
    assert one.todo


def test_a_number_of_policy_without_a_source_keeps_the_site_from_starting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert state("policy-numbers") == "ok"
    (tmp_path / "21-liaoning.toml").write_text("[[notices.days]]\nvalue = 10\nfrom = 2020-01-01\n")
    monkeypatch.setenv("ANJU_POLICY", str(tmp_path))
    (refusal,) = selfcheck.refusals()
    assert refusal.check.id == "policy-numbers"
    assert "source" in refusal.said
    assert "ANJU_POLICY" in refusal.todo


def test_the_servers_log_holds_no_row_and_no_parameter() -> None:
    """What the server itself reports stands in it, to show that it is the log looked at."""
    secret = "".join(str(dice) for dice in os.urandom(8))
    office = Organisation.objects.create(name=f"office {secret}", kind="housing", area="21")
    again = Organisation(name=office.name, kind="housing", area="21")
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()
    with pytest.raises(DataError, match=secret), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT %s::date", [secret])
    with backup._keeper("postgres") as keeper:
        keeper.execute(f"DO $$ BEGIN RAISE LOG 'noted {secret[::-1]} backwards'; END $$")
    log = (database.home() / "postgresql" / "log").read_text(errors="replace")
    assert f"noted {secret[::-1]} backwards" in log
    assert secret not in log


@pytest.mark.django_db(transaction=True)
def test_the_owner_in_place_of_the_application_is_noticed() -> None:
    with as_owner():
        assert state("pg-owner") == "fail"
        assert "CREATEDB" in asked("pg-role").said
    assert state("pg-owner") == "ok"


@pytest.mark.parametrize("key", ["", "short", "a" * 80, "django-insecure-" + "x1y2z3w4v5" * 6])
def test_a_weak_or_sample_secret_keeps_the_site_from_starting(key: str, settings: Any) -> None:
    keys.ring()
    settings.SECRET_KEY = key
    assert [one.check.id for one in selfcheck.refusals()] == ["secret-key"]


def test_a_lost_key_file_is_noticed_and_not_made_anew() -> None:
    assert selfcheck.refusals() == []
    keys.place().unlink()
    (refusal,) = selfcheck.refusals()
    assert refusal.check.id == "key-ring"
    assert "不见了" in refusal.said
    assert not keys.place().exists()


def test_an_exchanged_key_is_noticed_and_a_new_one_is_learnt() -> None:
    assert selfcheck.refusals() == []
    keys.add()
    assert selfcheck.refusals() == []
    assert set(register.known_keys()) == {1, 2}
    keys.place().unlink()
    keys.ring()  # another installation's
    (refusal,) = selfcheck.refusals()
    assert "1、2 号" in refusal.said
    assert set(register.known_keys()) == {1, 2}


def test_a_change_of_keys_that_is_not_complete_is_told_of() -> None:
    vault.keep_all([(vault.ID, "210922195404120914"), (vault.PHONE, "13904180001")])
    assert (state("keys-changed"), state("keys-changed", Depth.PAGE)) == ("ok", "skip")
    keys.add()
    assert "2 行" in asked("keys-changed").said
    assert rotating.rotate() == 2
    assert state("keys-changed") == "ok"
    keys.add(index=True)
    assert asked("keys-changed", Depth.PAGE).state == "warn"
    assert rotating.rotate() == reindexing.change() == 2
    assert state("keys-changed") == "ok"


def test_an_index_key_that_numbers_are_found_by_and_is_gone_keeps_the_site_from_starting() -> None:
    vault.keep_all([(vault.ID, "210922195404120914")])
    keys.add()
    assert rotating.rotate() == 1
    keys.find_by(2)
    keys.retire(1)
    (refusal,) = selfcheck.refusals()
    assert (refusal.check.id, "1 号检索密钥" in refusal.said) == ("key-ring", True)
    assert reindexing.change() == 1
    assert selfcheck.refusals() == []


def test_a_key_file_others_may_read_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    keys.ring()
    assert state("key-file") == "ok"
    keys.place().chmod(0o644)
    assert "0644" in asked("key-file").said
    assert state("key-file") == "fail"
    monkeypatch.setenv("ANJU_KEYS", keys.place().read_text())
    assert state("key-file") == "skip"


def test_debug_is_refused_beyond_this_machine(settings: Any) -> None:
    keys.ring()
    settings.DEBUG = True
    assert state("debug-off") == "fail"
    assert selfcheck.refusals(host="127.0.0.1") == []
    assert [one.check.id for one in selfcheck.refusals(host="0.0.0.0")] == ["debug-off"]


def test_hosts_room_day_and_https(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert state("allowed-hosts") == "fail"
    assert state("https") == "warn"
    settings.HTTPS = True
    assert state("https") == "ok"
    assert state("business-day") == "ok"
    set_today(day=date(2020, 6, 10))
    assert "2020-06-10" in asked("business-day").said
    assert state("business-day") == "warn"

    class Usage:
        free = 3 * 1024**3

    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage)
    assert (state("disk-room"), state("disk-room-ahead")) == ("ok", "warn")
    Usage.free = 1024
    assert state("disk-room") == "fail"


def test_a_step_not_migrated_is_noticed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'evidence'")
    assert state("migrations-applied") == "fail"


def test_files_missing_cut_or_changed_are_noticed() -> None:
    first = store.put(io.BytesIO(b"one"), name="a.csv", media_type="text/csv", by=None)
    other = store.put(io.BytesIO(b"two"), name="b.csv", media_type="text/csv", by=None)
    assert {state("files-kept", depth) for depth in Depth} == {"ok"}
    assert state("files-orphaned") == "ok"
    places = [place(first), place(other)]
    assert places[0] is not None
    assert places[1] is not None
    sealed = places[0].read_bytes()
    places[0].write_bytes(sealed[:-1] + bytes([sealed[-1] ^ 1]))  # as long, but other bytes
    assert state("files-kept") == "ok"
    assert first.sha256[:16] in asked("files-kept", Depth.DEEP).said
    places[0].write_bytes(b"o")
    assert state("files-kept") == "fail"
    places[1].unlink()
    assert "缺 1 个" in asked("files-kept").said
    other.delete()
    first.delete()
    assert state("files-orphaned") == "warn"


def test_a_trail_found_touched_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verifying, "last", lambda: None)
    assert state("trail-sound") == "skip"
    found_ = verifying.Last(timezone.now(), 10, 1, 10, 0.1, False, "第 3 号：被改写", [])
    monkeypatch.setattr(verifying, "last", lambda: found_)
    assert asked("trail-sound").said == "第 3 号：被改写"
    assert state("trail-sound") == "fail"
    monkeypatch.setattr(verifying, "last", lambda: replace(found_, sound=True, bad=""))
    assert state("trail-sound") == "ok"


def test_an_old_backup_is_as_good_as_none() -> None:
    now = timezone.now()
    for what, age, id_, expected in (
        (register.TAKEN, timedelta(days=3), "backup-age", "fail"),
        (register.TAKEN, timedelta(hours=20), "backup-age", "ok"),
        (register.VERIFIED, timedelta(days=40), "backup-verified", "fail"),
        (register.VERIFIED, timedelta(days=20), "backup-verified", "ok"),
    ):
        register.note(what, archive_id="a", path=Path("x.anju"), taken_at=now - age, size=1)
        assert state(id_) == expected


def test_a_demonstration_needs_no_backup(settings: Any) -> None:
    settings.DEMO = True
    assert state("backup-age") == state("backup-verified") == "skip"


def test_a_question_that_fails_is_a_no(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_statement: str) -> tuple[object, ...]:
        raise RuntimeError("the line is dead")

    monkeypatch.setattr(selfcheck, "_asked", broken)
    assert state("pg-version") == "fail"
    assert "the line is dead" in asked("pg-version").said


def test_the_command_tells_what_to_do_and_exits_with_one(capsys: pytest.CaptureFixture[str], settings: Any) -> None:
    assert command.main(["selfcheck"]) == 1
    told = capsys.readouterr().out
    assert "✗ 备份：还没有备份过\n    → 运行 anju backup" in told
    assert "✓ 写入落盘（fsync）：fsync = on" in told
    settings.DEMO = True
    assert command.main(["selfcheck", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["good"] is True
    assert {one["id"] for one in answer["checks"]} == {check.id for check in selfcheck.CHECKS}


def test_serve_and_worker_say_why_they_do_not_start(
    settings: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SECRET_KEY = "short"
    monkeypatch.setattr(connection, "close", lambda: None)
    monkeypatch.setattr(connection, "close_pool", lambda: None)
    assert web.main(["serve", "--port", "1"]) == 3
    assert web.main(["worker"]) == 3
    assert capsys.readouterr().err.count("✗ 会话签名密钥") == 2


@pytest.fixture
def administrator() -> User:
    office = found(name="彰武县住建局", kind="housing", area="210922")
    return admit(login="admin", name="管理员", organisation=office, role="system_administrator", password="-", check_password=False)


def test_the_page_is_the_administrators(administrator: User, client: Client) -> None:
    client.force_login(administrator)
    page = client.get(reverse("operations:selfcheck"))
    assert page.status_code == 200
    text = page.content.decode()
    assert "还没有备份过" in text
    assert "fsync = on" in text
    clerk = admit(login="c", name="周敏", organisation=administrator.organisation, role="county_clerk", password="-", check_password=False)
    client.force_login(clerk)
    assert client.get(reverse("operations:selfcheck")).status_code == 403


def test_a_wrong_answer_on_the_page_leaves_the_rest_standing(administrator: User, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_depth: Depth) -> selfcheck.Answer:
        with connection.cursor() as cursor:
            cursor.execute("SELECT no_such_column")
        return selfcheck.Answer(True, "")

    probes = (selfcheck.Probe(selfcheck.CHECKS[0], "x", broken), *selfcheck.PROBES[1:])
    monkeypatch.setattr(selfcheck.run, "__kwdefaults__", {"depth": Depth.FULL, "probes": probes})
    client.force_login(administrator)
    assert "没能检查：column &quot;no_such_column&quot; does not exist" in client.get(reverse("operations:selfcheck")).content.decode()


def test_with_https_the_deployment_check_has_nothing_to_say() -> None:
    command_ = [sys.executable, "-m", "django", "check", "--deploy", "--fail-level", "WARNING"]
    environment = {**os.environ, "ANJU_HTTPS": "1", "DJANGO_SETTINGS_MODULE": "anju.web.settings"}
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)  # the browser journeys set it
    done = subprocess.run(command_, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "0 silenced" in done.stdout


def test_the_page_speaks_english_too(administrator: User, client: Client, settings: Any) -> None:
    client.force_login(administrator)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    text = client.get(reverse("operations:selfcheck")).content.decode()
    main = text[text.index("<main") : text.index("</main>")]
    left = re.findall(r"[㐀-鿿]+", re.sub(r"<td[^>]*lang=\"zh-Hans\".*?</td>", "", main))
    assert left == []
    assert "Nothing is lost" in main

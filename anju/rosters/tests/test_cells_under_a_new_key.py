"""The original cells of lists are sealed anew by the application's own role, which sees no row unless somebody acts: none is passed by."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone

from anju.accounts.actions import admit, found
from anju.privacy import cipher, keys, rotating
from anju.privacy.cells import TOGETHER
from anju.rosters import cells
from anju.rosters.models import Batch, RowCells
from anju.rosters.tests import county
from anju.trail.acting import NOBODY, acting

ROWS, COUNTIES = 1500, (county.COUNTY, county.OTHER_COUNTY, "110101")
PARTS = ROWS // TOGETHER


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key file of the test's own."""
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.delenv("ANJU_KEYS", raising=False)


def _lists() -> dict[int, str]:
    """A list of each county, one of them locked: the batches and what their cells say."""
    clerk = admit(
        login="clerk", name="周敏", organisation=found(name="彰武县住建局", kind="housing", area=county.COUNTY), role="county_clerk",
        password="-", check_password=False,
    )  # fmt: skip
    made = {}
    for area in COUNTIES:
        batch = Batch.objects.create(
            area=area, owner="housing", title="花名册", as_of=county.AS_OF, received_by=clerk, received_at=timezone.now(), status="received"
        )
        sent = [("表一", row, f'[["{area}","第{row}行"],{{}}]') for row in range(2, ROWS + 2)]
        RowCells.objects.bulk_create(cells.seal(batch.pk, sent))
        made[batch.pk] = area
    Batch.objects.filter(area=COUNTIES[0]).update(status="locked", locked_at=timezone.now())
    return made


def _whole(lists: dict[int, str]) -> bool:
    """Whether every cell of every list opens and says what was sent."""
    read: dict[int, set[tuple[str, str]]] = {batch: set() for batch in lists}
    for one in RowCells.objects.order_by("pk"):
        for row, (sent, _more) in cells.open_part(one.batch_id, one.sheet, one.row, bytes(one.sealed)).items():
            assert sent[1] == f"第{row}行"
            read[one.batch_id].add((sent[0], row))
    return read == {batch: {(area, str(row)) for row in range(2, ROWS + 2)} for batch, area in lists.items()}


def _flags() -> tuple[bool, ...]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = 'rosters_rowcells'")
        on, forced = cursor.fetchone() or (False, False)
        cursor.execute(
            "SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, 'pg_database_owner', 'MEMBER') FROM pg_roles WHERE rolname = current_user"
        )
        return bool(on), bool(forced), bool((cursor.fetchone() or (True,))[0])


@pytest.mark.django_db
def test_every_list_is_sealed_anew_though_nobody_acts(ring: None) -> None:
    lists = _lists()
    new = keys.add(index=True).active
    assert _flags() == (True, True, False), "row policies hold for this role"
    with acting(NOBODY):
        assert RowCells.objects.count() == 0, "without acting no row is seen"
        assert rotating.unfinished() >= len(COUNTIES) * PARTS
        assert rotating.rotate(piece=7) >= len(COUNTIES) * PARTS
        assert RowCells.objects.count() == 0, "and afterwards neither"
    assert [(one.key_number, one.rows) for one in rotating.standing() if one.table == "rosters_rowcells"] == [(new, len(COUNTIES) * PARTS)]
    assert {cipher.key_number(bytes(sealed)) for sealed in RowCells.objects.values_list("sealed", flat=True)} == {new}
    keys.retire(1)
    assert _whole(lists)


@pytest.mark.django_db(transaction=True)
def test_killed_in_a_process_of_the_site_it_goes_on(ring: None) -> None:
    """The process has the site's role and settings and nobody acts in it (``ANJU_ACTS`` isn't set)."""
    lists = _lists()
    new = keys.add().active
    left = []
    for pieces in (1, 3, 4):
        worker = subprocess.Popen(
            [sys.executable, "-m", "anju.privacy.tests.rotator", str(connection.settings_dict["NAME"]), "3"],
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.WEB.parents[1],
            env={
                **{name: value for name, value in os.environ.items() if name != "ANJU_ACTS"},
                "DJANGO_SETTINGS_MODULE": "anju.web.settings",
            },
        )
        assert worker.stdout is not None
        for _piece in range(pieces):
            worker.stdout.readline()
        worker.send_signal(signal.SIGKILL)
        worker.stdout.close()
        worker.wait(30)
        left.append(rotating.unfinished())
        assert _whole(lists)
    assert len(COUNTIES) * PARTS > left[0] > left[1] > left[2] > 0
    assert rotating.rotate() == left[2]
    assert [(one.key_number, one.rows) for one in rotating.standing() if one.table == "rosters_rowcells"] == [(new, len(COUNTIES) * PARTS)]
    assert _whole(lists)

"""The departments' files: every department of every county, in its own habit, and the truth beside them."""

import csv
import json
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from anju.demo import damage, place, senders, truth, world
from anju.rosters import layouts
from anju.tabular.reading import read, recognise
from anju.vocabulary import idnumber

HERE = place.invented("2109", counties=5, townships=4, villages=5)
HOUSEHOLDS = 2_000


class City:
    """The files of a small city, read back."""

    def __init__(self, folder: Path, sent: list[senders.Sent]) -> None:
        self.folder, self.sent = folder, sent
        with (folder / "truth/persons.csv").open(encoding="utf-8", newline="") as file:
            self.persons = {row["person"]: row for row in csv.DictReader(file)}
        with (folder / "truth/rows.csv").open(encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    folder = tmp_path_factory.mktemp("city")
    return City(folder, senders.write("fuxin", HERE, folder, households=HOUSEHOLDS, processes=1))


def test_the_registered_poor_households_are_exactly_as_many_as_asked(city: City) -> None:
    lists = [s for s in city.sent if s.category == "JDLK" and not s.earlier]
    assert sum(s.households for s in lists) == HOUSEHOLDS
    numbers = set()
    for sent in lists:
        seen = recognise(city.folder / sent.file, list(layouts.ALL), name=sent.file)
        numbers |= {row.values["household"] for row in read(city.folder / sent.file, seen)}
    assert len(numbers) == HOUSEHOLDS


def test_fuxin_has_its_41248_households_and_65_townships() -> None:
    assert world.FUXIN.jdlk == 41_248
    assert world.HUIZE.households == 281_000
    made = world.make(HERE, world.FUXIN.scaled(0.1), seed=1)
    assert int(made.poor.sum()) == 4_125


def test_every_registered_household_has_one_sound_number(city: City) -> None:
    broken = set(damage.ID_MISTAKES) | {"id-of-another"}
    poor = {s.file for s in city.sent if s.category == "JDLK"}
    rows = [t for t in city.rows if t["file"] in poor]
    sound = {t["household"] for t in rows if not set(t["damages"].split(";")) & broken}
    assert sound == {t["household"] for t in rows}
    assert any(set(t["damages"].split(";")) & broken for t in rows)


def test_every_department_of_every_county_sends_its_list(city: City) -> None:
    for county in HERE.counties:
        kinds = Counter((s.owner, s.category) for s in city.sent if s.county == county and not s.earlier and not s.left_open)
        for office, category in (
            ("poverty", "JDLK"),
            ("civil_affairs", "DB"),
            ("civil_affairs", "TK"),
            ("disabled_federation", "CJ"),
            ("housing", ""),
        ):
            assert kinds[office, category] == 1


def test_the_habits_differ(city: City) -> None:
    files = {s.file for s in city.sent}
    assert any(name.endswith(".csv") for name in files)
    assert any(len(CalamineWorkbook.from_path(city.folder / name).sheet_names) > 1 for name in files if name.endswith(".xlsx"))
    gbk = next(name for name in files if name.endswith(".csv"))
    with pytest.raises(UnicodeDecodeError):
        (city.folder / gbk).read_text(encoding="utf-8")


def test_declared_layouts_recognise_the_files_and_two_have_to_be_mapped(city: City) -> None:
    unknown = []
    for sent in city.sent:
        seen = recognise(city.folder / sent.file, list(layouts.ALL), name=sent.file)
        if seen.layout is None:
            unknown.append(sent)
        else:
            assert seen.layout.key == sent.layout, sent.file
    assert sorted(sent.left_open for sent in unknown) == [False, True]
    for sent in unknown:
        assert recognise(city.folder / sent.file, [layouts.BY_KEY[sent.layout]], sent.mapping, name=sent.file).known


def _values(city: City, sent: senders.Sent) -> dict[tuple[str, int], dict[str, Any]]:
    seen = recognise(city.folder / sent.file, [layouts.BY_KEY[sent.layout]], sent.mapping or None, name=sent.file)
    return {(row.sheet if sent.file.endswith("xlsx") else "", row.row): row.values for row in read(city.folder / sent.file, seen)}


def test_the_truth_names_every_row_and_undamaged_rows_say_the_truth(city: City) -> None:
    forms = set(damage.ID_FORMS) | set(damage.NAME_FORMS) | {"birth-form"}
    for sent in city.sent:
        values = _values(city, sent)
        listed = {(t["sheet"], int(t["row"])): t for t in city.rows if t["file"] == sent.file}
        assert set(values) == set(listed), sent.file
        for key, row in listed.items():
            true = city.persons[row["person"]]
            kinds = set(row["damages"].split(";")) - {""}
            if not {k for k in kinds - forms if k.startswith("id-")}:
                assert values[key]["id_number"] == true["id_number"], (sent.file, key, kinds)
            if not {k for k in kinds - {"name-spaced", "name-noted"} if k.startswith("name-")}:
                assert values[key]["name"] == true["name"], (sent.file, key, kinds)


def test_every_row_of_a_list_that_prints_the_household_once_is_placed(city: City) -> None:
    for sent in (s for s in city.sent if s.layout in ("village-roll", "allowance-households")):
        for key, values in _values(city, sent).items():
            assert values.get("village") or values.get("address"), (sent.file, key)


def test_people_on_the_lists_belong_to_the_groups(city: City) -> None:
    flag = {"JDLK": "jdlk", "DB": "db", "TK": "tk", "CJ": "cj"}
    for sent in city.sent:
        if sent.category and not sent.earlier:
            rows = [t for t in city.rows if t["file"] == sent.file and "merged" not in t["damages"]]
            assert all(city.persons[t["person"]][flag[sent.category]] == "1" for t in rows)


def test_the_groups_overlap(city: City) -> None:
    on: dict[str, set[str]] = {}
    for person in city.persons.values():
        for group in ("jdlk", "db", "tk", "cj"):
            if person[group] == "1" and person["alive_here"] == "1":
                on.setdefault(group, set()).add(person["person"])
    assert 0.25 < len(on["jdlk"] & on["db"]) / len(on["db"]) < 0.55
    assert on["tk"] & on["jdlk"]
    assert not on["tk"] & on["db"]
    assert on["cj"] - on["jdlk"] - on["db"]


def test_an_earlier_version_has_people_who_joined_and_left(city: City) -> None:
    assert any(s.earlier for s in city.sent)
    for earlier in (s for s in city.sent if s.earlier):
        later = next(s for s in city.sent if s.category == earlier.category and not s.earlier and s.county == earlier.county)
        assert date.fromisoformat(earlier.as_of) < date.fromisoformat(later.as_of)
        before, after = ({t["person"] for t in city.rows if t["file"] == s.file} for s in (earlier, later))
        assert before - after
        assert after - before
        assert len(before & after) > 0.8 * len(after)


def test_the_roll_brings_households_without_a_group(city: City) -> None:
    roll = next(s for s in city.sent if s.layout == "village-roll")
    on_roll = {t["person"] for t in city.rows if t["file"] == roll.file}
    assert any(all(city.persons[p][g] == "0" for g in ("jdlk", "db", "tk", "cj")) for p in on_roll)


def test_the_ledger_tells_the_works_of_earlier_years(city: City) -> None:
    years: Counter[int] = Counter()
    for sent in (s for s in city.sent if s.layout == "housing-ledger"):
        for values in _values(city, sent).values():
            years[values["support_year"]] += 1
            assert values["support_amount"] > 0
    assert max(years) == 2019, "this year's are cases"
    assert len(years) > 8


def test_certificates_of_disability_are_the_number_the_kind_and_the_grade(city: City) -> None:
    sent = next(s for s in city.sent if s.category == "CJ" and not s.mapping)
    for values in _values(city, sent).values():
        assert len(values["cert_no"]) == 20
        assert idnumber.is_valid(values["cert_no"][:18])


def test_every_kind_of_damage_is_in_the_lists(city: City) -> None:
    seen = {kind for t in city.rows for kind in t["damages"].split(";")} - {""}
    assert set(damage.ID_FORMS) | set(damage.ID_MISTAKES) | {"id-of-another"} <= seen
    assert {"name-same-sound", "name-same-shape", "name-traditional", "name-other", "name-spaced"} <= seen
    assert {"sex-wrong", "birth-wrong", "listed-twice", "in-two-households", "head-changed", "split", "left"} <= seen
    assert seen <= set(damage.LABELS)


def test_the_manifest_says_what_a_clerk_would(city: City) -> None:
    manifest = json.loads((city.folder / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["day"] == truth.BUSINESS_DAY.isoformat()
    assert [f["file"] for f in manifest["files"]] == [s.file for s in city.sent]
    orders = [f["order"] for f in manifest["files"]]
    assert orders == sorted(orders)
    assert all((city.folder / f["file"]).exists() for f in manifest["files"])


def test_two_processes_write_what_one_writes(city: City, tmp_path: Path) -> None:
    senders.write("fuxin", HERE, tmp_path, households=HOUSEHOLDS, processes=2)
    assert (tmp_path / "truth/rows.csv").read_bytes() == (city.folder / "truth/rows.csv").read_bytes()
    assert (tmp_path / "manifest.json").read_bytes() == (city.folder / "manifest.json").read_bytes()
    for sent in city.sent:
        assert (tmp_path / sent.file).read_bytes() == (city.folder / sent.file).read_bytes(), sent.file


def test_huize_rolls_every_village_of_the_county(tmp_path: Path) -> None:
    here = place.invented("5303", counties=1, townships=4, villages=4, first=26)
    sent = senders.write("huize", here, tmp_path, households=600, processes=1)
    assert {s.county for s in sent} == {"530326"}
    roll = next(s for s in sent if s.layout == "village-roll")
    assert roll.rows > sum(s.rows for s in sent if s.category == "JDLK") * 2
    names = CalamineWorkbook.from_path(tmp_path / roll.file).sheet_names
    assert set(names) >= {v.township_name for v in here.villages}
    persons = (tmp_path / "truth/persons.csv").read_text(encoding="utf-8")
    assert ",5322261" in persons
    assert ",5303262" in persons


def test_hunan_is_a_pair_for_the_command_line(tmp_path: Path) -> None:
    assert senders.write("hunan", HERE, tmp_path, households=300) == []
    meta = json.loads((tmp_path / "meta.json").read_text(encoding="utf-8"))
    assert meta["households"] == 300
    assert (tmp_path / "left.csv").exists()

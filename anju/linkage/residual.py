"""What one hash join on the number left open: normalised, compared by what is known about places and households, decided.

Works on the few per cent of rows that are not plain. Tables: ``left_rest``/``right_rest`` (normalised), ``left_again``/``right_again`` (listed twice),
``linked`` (accepted pairs of all passes), ``doubtful`` (pairs for a person to decide), ``scored`` (every pair that was compared, with weights).
"""

import logging
import re
from collections.abc import Callable

import duckdb
import pyarrow as pa
from splink import DuckDBAPI, Linker

from anju.linkage import areas
from anju.linkage.model import AUTO_WEIGHT, FEATURES, MARGIN, REVIEW_WEIGHT, condition, gamma, settings
from anju.linkage.normal import quoted
from anju.linkage.sounds import sounds

SIDES = ("left", "right")

# how a pair was found: the reason's kind (explaining.py words them)
HOW_NAME_TIDIED, HOW_NAME_SOUND, HOW_NAME_CHAR, HOW_NAME_PART, HOW_NAME_MISSING = 10, 11, 12, 13, 14
HOW_SCORED = 30


def _count(con: duckdb.DuckDBPyConnection, sql: str) -> int:
    (count,) = con.execute(sql).fetchone() or (0,)
    return int(count)


def _dictionary(con: duckdb.DuckDBPyConnection, side: str, column: str, tidied: str, expression: str) -> None:
    """``left_sex_map`` and so on: each distinct text of a column once, with what it means; then a join replaces a computation per row.

    In steps, because a macro writes its argument out wherever it uses it: ``tidied`` is computed once, ``expression`` is over ``t``.
    """
    con.execute(
        f"CREATE OR REPLACE TABLE {side}_{column}_texts AS SELECT DISTINCT {column} AS text FROM {side}_left_over WHERE {column} IS NOT NULL"
    )
    con.execute(f"CREATE OR REPLACE TABLE {side}_{column}_tidied AS SELECT text, {tidied} AS t FROM {side}_{column}_texts")
    con.execute(f"CREATE OR REPLACE TABLE {side}_{column}_map AS SELECT text, {expression} AS value FROM {side}_{column}_tidied")
    con.execute(f"DROP TABLE {side}_{column}_texts; DROP TABLE {side}_{column}_tidied")


def _normalise(con: duckdb.DuckDBPyConnection, side: str, where: str) -> None:
    """``left_raw``: the rows of a list for which ``where`` holds, every value in comparable form."""
    con.execute(f"CREATE OR REPLACE TABLE {side}_left_over AS SELECT * FROM {side}_list WHERE {where}")
    for column, tidied, expression in (
        ("name", "name_text(text)", "name_known(t)"),
        ("sex", "text", "sex_code(t)"),
        ("relation", "relation_text(text)", "relation_code(t)"),
        ("birth_date", "day_digits(text)", "CASE WHEN t <> '' THEN day_of(t) END"),
    ):
        _dictionary(con, side, column, tidied, expression)
    con.execute(
        f"""CREATE OR REPLACE TABLE {side}_number AS
        WITH texts AS (SELECT row, k, CASE WHEN k IS NOT NULL THEN key_text(k) WHEN regexp_matches(id_number, '[0-9０-９]') THEN nullif(id_body(id_text(id_number)), '') END AS t FROM {side}_left_over)
        SELECT row, t, k IS NOT NULL AND k % 1000 <> 0 AND key_valid(k) AS valid,
            k IS NULL AND coalesce(regexp_full_match(t, '[0-9](\\.[0-9]+)?E[+]?[0-9]+'), false) AS science,
            CASE WHEN k IS NULL THEN replace(regexp_extract(t, '^([0-9.]+)E', 1), '.', '') END AS mantissa
        FROM texts"""
    )
    con.execute(
        f"""CREATE OR REPLACE TABLE {side}_raw AS
        SELECT x.row, x.k, i.t AS id_text, x.id_number AS id_raw,
            CASE WHEN i.t IS NULL THEN NULL WHEN science THEN CASE WHEN length(mantissa) >= 15 THEN mantissa[1:15] WHEN length(mantissa) >= 5 THEN mantissa[1:-2] END
                 WHEN x.k IS NOT NULL OR (length(i.t) BETWEEN 12 AND 22 AND regexp_matches(i.t, '[0-9]{{5}}')) THEN i.t END AS id,
            i.valid AS idvalid, science OR coalesce(x.k % 1000 = 0, false) AS idcut,
            CASE WHEN science AND length(mantissa) >= 15 THEN mantissa[1:15] WHEN science THEN mantissa[1:-2] ELSE i.t[1:15] END AS idhead,
            CASE WHEN x.k IS NOT NULL THEN CASE WHEN key_birth(x.k) BETWEEN 18800101 AND 20991231 AND real_day(key_birth(x.k)) THEN key_birth(x.k) END
                 WHEN science AND length(mantissa) >= 14 AND real_day(whole(mantissa[7:14])) THEN whole(mantissa[7:14]) END AS idborn,
            n.value AS name, x.name AS name_raw, s.value AS sexcol, CASE WHEN i.valid THEN key_sex(x.k) END AS idsex, b.value AS borncol, x.birth_date AS born_raw,
            l.value AS relation, x.relation AS relation_text, x.h AS house, x.household AS house_text, x.d, x.division AS area_text
        FROM {side}_left_over x JOIN {side}_number i ON i.row = x.row LEFT JOIN {side}_name_map n ON n.text = x.name LEFT JOIN {side}_sex_map s ON s.text = x.sex
        LEFT JOIN {side}_relation_map l ON l.text = x.relation LEFT JOIN {side}_birth_date_map b ON b.text = x.birth_date"""
    )
    con.execute(f"DROP TABLE {side}_left_over; DROP TABLE {side}_number; DROP TABLE {side}_name_map; DROP TABLE {side}_birth_date_map")


def _sounds(con: duckdb.DuckDBPyConnection) -> None:
    names = [
        n
        for (n,) in con.execute(
            "SELECT name FROM left_raw WHERE name IS NOT NULL UNION SELECT name FROM right_raw WHERE name IS NOT NULL"
        ).fetchall()
    ]
    table = pa.table({"name": pa.array(names, pa.string()), "sound": pa.array(sounds(names), pa.string())})
    con.register("sound_rows", table)
    con.execute("CREATE OR REPLACE TABLE sound_of AS SELECT * FROM sound_rows")
    con.unregister("sound_rows")


def _rest(con: duckdb.DuckDBPyConnection, side: str, table: str = "rest") -> None:
    """``left_rest``: the normalised rows with sound, place on the right list's terms, and the households of already matched mates."""
    place = "LEFT JOIN area_map p ON p.d = x.d" if side == "left" else "LEFT JOIN right_place p ON p.d = x.d"
    con.execute(
        f"""CREATE OR REPLACE TABLE {side}_{table} AS
        SELECT x.row, x.k, x.id_text, x.id_raw, x.id, x.idvalid, x.idcut, x.idhead, x.idborn, x.name, x.name_raw, s.sound,
            coalesce(x.borncol, x.idborn) AS born, x.born_raw, coalesce(x.sexcol, x.idsex) AS sex, p.village AS area, p.town AS town, x.area_text, x.d,
            x.house, x.house_text, x.relation, x.relation_text, NULL::BIGINT AS stolen
        FROM {side}_raw x LEFT JOIN sound_of s ON s.name = x.name {place}"""
    )
    con.execute(f"DROP TABLE {side}_raw")


_BILLION = 1_000_000_000_000


def _standing(row: str) -> str:
    """SQL: of several rows of one person the lowest counts: where they belong to the household properly, then the earliest."""
    return f"((coalesce({row}.relation, '') IN ('97', '99'))::BIGINT * {_BILLION} + {row}.row)"


def same_person(one: str, other: str) -> str:
    """SQL: two rows of one list with one name are one person: neither number, birthday, sex nor place in the household says otherwise."""

    def differs(column: str) -> str:
        return f"coalesce({one}.{column} <> {other}.{column}, false)"

    known = f"{one}.id IS NOT NULL AND {other}.id IS NOT NULL"
    near = (
        f"({known} AND NOT ({one}.idvalid AND {other}.idvalid AND {one}.id <> {other}.id) AND (damerau_levenshtein({one}.id, {other}.id) <= 2 "
        f"OR ({one}.idcut AND length({one}.idhead) > 5 AND starts_with({other}.id, {one}.idhead)) OR ({other}.idcut AND length({other}.idhead) > 5 AND starts_with({one}.id, {other}.idhead))))"
    )
    other_day = f"({differs('born')} AND {one}.born % 100 > 0 AND {other}.born % 100 > 0)"
    other_place = f"({differs('relation')} AND coalesce({one}.born % 100 = 0 OR {other}.born % 100 = 0, true))"
    return f"({near} OR (NOT ({known}) AND NOT {other_day} AND NOT {differs('sex')} AND NOT {other_place}))"


def _listed_twice(con: duckdb.DuckDBPyConnection, side: str) -> None:
    """Rows of one list that are one person: the first is compared, the others are set aside and flagged."""
    con.execute(
        f"""CREATE OR REPLACE TABLE {side}_again AS
        WITH alike AS (
            SELECT a.row AS one, b.row AS other FROM {side}_rest a JOIN {side}_rest b ON a.k = b.k AND a.sound = b.sound AND a.row < b.row WHERE NOT a.idcut
            UNION ALL
            SELECT a.row, b.row FROM {side}_rest a JOIN {side}_rest b ON a.name = b.name AND a.house = b.house AND a.row < b.row WHERE {same_person("a", "b")}
            UNION ALL
            SELECT a.row, b.row FROM {side}_rest a JOIN {side}_rest b ON a.k = b.k AND a.house = b.house AND a.row < b.row
            WHERE a.idvalid AND NOT coalesce(a.sex <> b.sex, false) AND NOT coalesce(a.relation <> b.relation, false) AND {condition("name", "char", "a", "b")}
        ), both_ways AS (SELECT one, other FROM alike UNION SELECT other, one FROM alike),
        ranked AS (SELECT e.one AS row, min(CASE WHEN o.house = x.house THEN {_standing("x")} - x.row + o.row ELSE {_standing("o")} END) AS best, any_value({_standing("x")}) AS own
            FROM both_ways e JOIN {side}_rest o ON o.row = e.other JOIN {side}_rest x ON x.row = e.one GROUP BY e.one)
        SELECT row, best % {_BILLION} AS first_row FROM ranked WHERE best < own"""
    )
    con.execute(f"DELETE FROM {side}_again WHERE first_row IN (SELECT row FROM {side}_again)")


def _open(con: duckdb.DuckDBPyConnection, side: str) -> None:
    """``left_open``: what is still to be linked."""
    con.execute(
        f"CREATE OR REPLACE TABLE {side}_open AS SELECT x.*, NULL::UBIGINT[] AS mates FROM {side}_rest x WHERE x.row NOT IN (SELECT row FROM {side}_again)"
    )


def _still_open(con: duckdb.DuckDBPyConnection, mates: bool) -> None:
    """Takes the rows just linked out of the open ones; gives left rows the households where their mates were found."""
    con.execute("CREATE OR REPLACE TEMP TABLE just AS SELECT lr, rr FROM linked WHERE how >= 10")
    con.execute("DELETE FROM right_open WHERE row IN (SELECT rr FROM just)")
    con.execute("DELETE FROM left_open WHERE row IN (SELECT lr FROM just)")
    if mates:
        con.execute("CREATE OR REPLACE TABLE right_open AS SELECT * FROM right_open")
        con.execute(
            "CREATE OR REPLACE TABLE house_edge AS SELECT DISTINCT lh, rh FROM linked WHERE lh IN (SELECT house FROM left_open) AND rh IS NOT NULL"
        )
        con.execute(
            "CREATE OR REPLACE TABLE left_open AS SELECT x.* REPLACE (m.mates AS mates) FROM left_open x "
            "LEFT JOIN (SELECT lh, list(rh) AS mates FROM house_edge GROUP BY lh) m ON m.lh = x.house"
        )


def _link(con: duckdb.DuckDBPyConnection, heads: dict[str, str], found: str) -> int:
    """Adds pairs (``found``: lr, rr, pass, how, weight) to ``linked``; returns how many."""
    before = _count(con, "SELECT count(*) FROM linked")
    lhead = heads["left"].format("x").replace("x.relation", "l.relation_text").replace("x.h ", "l.house ")
    rhead = heads["right"].format("x").replace("x.relation", "r.relation_text").replace("x.h ", "r.house ")
    con.execute(
        f"""INSERT INTO linked BY NAME SELECT f.lr, f.rr, l.house AS lh, r.house AS rh, l.d AS ld, r.d AS rd, {lhead} AS lhead, {rhead} AS rhead,
        f.pass::UTINYINT AS pass, f.how::UTINYINT AS how FROM ({found}) f JOIN left_rest l ON l.row = f.lr JOIN right_rest r ON r.row = f.rr"""
    )
    return _count(con, "SELECT count(*) FROM linked") - before


def _same_number(con: duckdb.DuckDBPyConnection, heads: dict[str, str]) -> None:
    """One number on both lists, the name the same, of the same sound, or one character away."""
    like = " ".join(
        f"WHEN {condition('name', value)} THEN {how}"
        for value, how in (
            ("same", HOW_NAME_TIDIED),
            ("sound", HOW_NAME_SOUND),
            ("char", HOW_NAME_CHAR),
            ("moved", HOW_NAME_PART),
            ("part", HOW_NAME_PART),
        )
    )
    con.execute(
        f"""CREATE OR REPLACE TABLE numbered AS
        SELECT l.row AS lr, r.row AS rr, CASE {like} WHEN l.name IS NULL OR r.name IS NULL THEN {HOW_NAME_MISSING} END AS how,
            (l.sex <> r.sex) AS other_sex, l.idvalid AS valid
        FROM left_open l JOIN right_open r ON l.k = r.k WHERE NOT l.idcut"""
    )
    _link(
        con,
        heads,
        f"""SELECT lr, rr, 0 AS pass, how FROM (
            SELECT *, row_number() OVER (PARTITION BY lr ORDER BY how, rr) AS a, row_number() OVER (PARTITION BY rr ORDER BY how, lr) AS b
            FROM numbered WHERE how IS NOT NULL AND NOT (coalesce(other_sex, false) AND how > {HOW_NAME_SOUND}) AND (valid OR how <= {HOW_NAME_SOUND})
        ) WHERE a = 1 AND b = 1""",
    )
    for side in SIDES:
        row = "lr" if side == "left" else "rr"
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE owner AS SELECT x.k, min(x.row) AS row FROM {side}_rest x JOIN linked ON linked.{row} = x.row AND linked.how >= 10 WHERE x.k IS NOT NULL GROUP BY x.k"
        )
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE stolen AS SELECT x.row, o.row AS owner FROM {side}_open x JOIN owner o ON o.k = x.k AND o.row <> x.row
            WHERE x.row NOT IN (SELECT {row} FROM linked WHERE how >= 10)"""
        )
        if _count(con, "SELECT count(*) FROM stolen"):
            for table in ("rest", "open"):
                con.execute(
                    f"""CREATE OR REPLACE TABLE {side}_{table} AS SELECT x.* REPLACE (
                        s.owner AS stolen, CASE WHEN s.owner IS NULL THEN x.id END AS id, x.idvalid AND s.owner IS NULL AS idvalid,
                        CASE WHEN s.owner IS NULL THEN x.idborn END AS idborn, CASE WHEN s.owner IS NULL OR x.born_raw IS NOT NULL THEN x.born END AS born
                    ) FROM {side}_{table} x LEFT JOIN stolen s ON s.row = x.row"""
                )


def _foreign_numbers(con: duckdb.DuckDBPyConnection) -> None:
    """A number that belongs to somebody already linked says nothing about the row that borrowed it."""
    con.execute(
        """CREATE OR REPLACE TEMP TABLE owned AS SELECT DISTINCT k FROM (
            SELECT x.k FROM left_rest x JOIN linked ON linked.lr = x.row AND how >= 10 WHERE x.idvalid
            UNION ALL SELECT x.k FROM right_rest x JOIN linked ON linked.rr = x.row AND how >= 10 WHERE x.idvalid)"""
    )
    for side in SIDES:
        _disown(con, side, f"SELECT row FROM {side}_open WHERE idvalid AND k IN (SELECT k FROM owned)")


def _disown(con: duckdb.DuckDBPyConnection, side: str, rows: str) -> int:
    """Rows whose number is another person's: it is no longer compared (``stolen`` 0: whose it is stands on the other list)."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE disowned AS {rows}")
    count = _count(con, "SELECT count(*) FROM disowned")
    for table in ("rest", "open") if count else ():
        con.execute(
            f"""UPDATE {side}_{table} SET stolen = coalesce(stolen, 0), id = NULL, idvalid = false, idborn = NULL, born = CASE WHEN born_raw <> '' THEN born END
            WHERE row IN (SELECT row FROM disowned)"""
        )
    return count


def _borrowed(con: duckdb.DuckDBPyConnection) -> int:
    """One number, two names, and one of the two names has its own counterpart near by: the number was borrowed within the family."""
    named = f"g_name >= {gamma('name', 'sound')} AND (g_mates = 1 OR g_area = {gamma('area', 'village')})"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE clash AS SELECT s.lr, s.rr,
            s.rr IN (SELECT rr FROM score WHERE {named}) AS right_known, s.lr IN (SELECT lr FROM score WHERE {named}) AS left_known
        FROM score s WHERE s.g_id = {gamma("id", "same")} AND s.g_name BETWEEN 0 AND {gamma("name", "family")}"""
    )
    found = _disown(con, "right", "SELECT rr AS row FROM clash WHERE right_known AND NOT left_known")
    found += _disown(con, "left", "SELECT lr AS row FROM clash WHERE left_known AND NOT right_known")
    con.execute("DELETE FROM score WHERE (lr, rr) IN (SELECT (lr, rr) FROM clash WHERE left_known OR right_known)")
    return found


def _name_birth_area(con: duckdb.DuckDBPyConnection, heads: dict[str, str]) -> None:
    """Name, birthday and village the same and once on each side; the numbers missing, or close enough to be one."""
    slip = f"({condition('id', 'slip')} OR {condition('id', 'slips')} OR {condition('id', 'cut')})"
    _link(
        con,
        heads,
        f"""WITH l1 AS (SELECT name, born, area, any_value(row) AS row FROM left_open WHERE born % 100 > 0 GROUP BY ALL HAVING count(*) = 1),
        r1 AS (SELECT name, born, area, any_value(row) AS row FROM right_open WHERE born % 100 > 0 GROUP BY ALL HAVING count(*) = 1)
        SELECT l.row AS lr, r.row AS rr, CASE WHEN l.id IS NULL OR r.id IS NULL THEN 2 ELSE 1 END AS pass, {HOW_SCORED} AS how
        FROM l1 JOIN r1 ON l1.name = r1.name AND l1.born = r1.born AND l1.area = r1.area JOIN left_open l ON l.row = l1.row JOIN right_open r ON r.row = r1.row
        WHERE coalesce(l.sex = r.sex, true) AND (l.id IS NULL OR r.id IS NULL OR {slip})""",
    )


_BLOCKS: tuple[tuple[str, str, int], ...] = (
    ("the number", "k", 100),
    ("village and birthday", "area, born", 400),
    ("village and name", "area, name", 100),
    ("village and sound", "area, sound", 100),
    ("name and birthday", "name, born", 100),
    ("sound and birthday", "sound, born", 100),
    ("township and name", "town, name", 25),
    ("name alone, where rare", "name", 9),
    ("end of the number", "right(id, 8)", 100),
    ("beginning of the number", "left(id, 14)", 100),
    ("birthday in the number", "idborn, sound", 100),
    ("village and end of the number", "area, right(id, 4)", 100),
    ("village and beginning of the number", "area, left(id, 10)", 400),
)


def _candidates(con: duckdb.DuckDBPyConnection) -> int:
    """Pairs worth comparing: they share a key that few rows have (a key's pairs are capped, so a list without keys can't explode)."""
    parts = []
    for number, (_label, keys, cap) in enumerate(_BLOCKS):
        columns = [f"{key.strip()} AS k{n}" for n, key in enumerate(_split(keys))]
        names = [f"k{n}" for n in range(len(columns))]
        known = " AND ".join(f"{name} IS NOT NULL" for name in names)
        if "(id, " in keys:
            known += f" AND length({names[-1]}) = {keys.rsplit(', ', 1)[1].removesuffix(')')}"
        using = ", ".join(names)
        for side in SIDES:
            con.execute(f"CREATE OR REPLACE TEMP TABLE {side}_key AS SELECT row, {', '.join(columns)} FROM {side}_open")
            con.execute(
                f"CREATE OR REPLACE TEMP TABLE {side}_size AS SELECT {using}, count(*) AS n FROM {side}_key WHERE {known} GROUP BY ALL"
            )
        con.execute(
            f"""CREATE OR REPLACE TEMP TABLE block_{number} AS SELECT l.row AS lr, r.row AS rr
            FROM (SELECT {using} FROM left_size JOIN right_size USING ({using}) WHERE left_size.n * right_size.n <= {cap}) s
            JOIN left_key l USING ({using}) JOIN right_key r USING ({using})"""
        )
        parts.append(f"SELECT lr, rr FROM block_{number}")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE block_house AS SELECT l.row AS lr, r.row AS rr FROM house_edge e JOIN left_open l ON l.house = e.lh
        JOIN right_open r ON r.house = e.rh"""
    )
    parts.append("SELECT lr, rr FROM block_house")
    con.execute(f"CREATE OR REPLACE TABLE candidate AS SELECT DISTINCT lr, rr FROM ({' UNION ALL '.join(parts)})")
    for number in range(len(_BLOCKS)):
        con.execute(f"DROP TABLE block_{number}")
    con.execute("DROP TABLE block_house")
    return _count(con, "SELECT count(*) FROM candidate")


def _split(keys: str) -> list[str]:
    return re.split(r",\s*(?![^(]*\))", keys)


def _score(con: duckdb.DuckDBPyConnection, prior: float) -> None:
    """Splink scores exactly the candidate pairs with the shipped weights: table ``score``."""
    logging.getLogger("splink").setLevel(logging.ERROR)
    columns = "row, k, id, idvalid, idcut, idhead, idborn, name, sound, born, sex, area, town, mates, house, relation"
    for side in SIDES:
        con.execute(
            f"CREATE OR REPLACE TABLE splink_{side} AS SELECT {columns} FROM {side}_open WHERE row IN (SELECT {'lr' if side == 'left' else 'rr'} FROM candidate)"
        )
    api = DuckDBAPI(connection=con)
    left, right = api.register("splink_left", dataset_display_name="left"), api.register("splink_right", dataset_display_name="right")
    linker = Linker([left, right], settings(prior), log_level=logging.ERROR, validate_settings=False)
    con.execute(
        "CREATE OR REPLACE TABLE splink_pairs AS SELECT 'left-__-' || lr AS join_key_l, 'right-__-' || rr AS join_key_r, '0' AS match_key FROM candidate"
    )
    linker.table_management.register_blocked_pairs_for_predict(api.register("splink_pairs"))
    predicted = linker.inference.predict(threshold_match_weight=-8).physical_name
    kept = ", ".join(f"gamma_{each.key}::TINYINT AS g_{each.key}, mw_{each.key}::FLOAT AS w_{each.key}" for each in FEATURES)
    con.execute(
        f"""CREATE OR REPLACE TABLE score AS SELECT row_l AS lr, row_r AS rr, match_weight::FLOAT AS weight, {kept} FROM {predicted}"""
    )
    con.execute(f"DROP TABLE IF EXISTS {predicted}")


def _judge(con: duckdb.DuckDBPyConnection) -> None:
    """Best pair of each row on each side, and by how much it beats the next: table ``judged``."""
    veto_number = f"(g_id IN ({gamma('id', 'twin')}, {gamma('id', 'other')}))"
    family, differs = gamma("name", "family"), gamma("name", "differs")
    # one number, two names: the same person only if everything else says so, and nobody of the family could be meant
    settled = (
        f"(g_sex <> 0 AND g_relation = 1 AND g_born NOT IN ({gamma('born', 'differs')}, {gamma('born', 'year')}) "
        f"AND ((g_name = {family} AND (g_mates = 1 OR g_area = {gamma('area', 'village')})) OR (g_name = {differs} AND g_mates = 1 AND g_born > 0 AND g_sex = 1)))"
    )
    veto_name = f"(g_id = {gamma('id', 'same')} AND g_name BETWEEN 0 AND {family} AND NOT {settled})"
    far_name = f"(g_name BETWEEN 0 AND {gamma('name', 'family')} AND g_id < {gamma('id', 'cut')})"
    con.execute(
        f"""CREATE OR REPLACE TABLE judged AS
        WITH ranked AS (
            SELECT *, row_number() OVER (PARTITION BY lr ORDER BY weight DESC, rr) AS a, row_number() OVER (PARTITION BY rr ORDER BY weight DESC, lr) AS b,
                lead(weight) OVER (PARTITION BY lr ORDER BY weight DESC, rr) AS next_a, lead(weight) OVER (PARTITION BY rr ORDER BY weight DESC, lr) AS next_b
            FROM score
        )
        SELECT * EXCLUDE (a, b, next_a, next_b), greatest(coalesce(next_a, -99), coalesce(next_b, -99)) AS rival,
            CASE WHEN weight >= {AUTO_WEIGHT} AND weight - greatest(coalesce(next_a, -99), coalesce(next_b, -99)) >= {MARGIN}
                AND NOT {veto_number} AND NOT {veto_name} AND NOT {far_name} THEN 'auto' ELSE 'review' END AS outcome,
            CASE WHEN g_id = {gamma("id", "same")} THEN 0 WHEN g_id >= {gamma("id", "slips")} AND g_id <> {gamma("id", "head")} THEN 1
                 WHEN g_id IN (-1, {gamma("id", "head")}) AND g_name = {gamma("name", "same")} AND g_born >= {gamma("born", "id")} AND g_area = {gamma("area", "village")} THEN 2
                 WHEN g_mates = 1 AND weight - w_mates < {AUTO_WEIGHT} THEN 4 ELSE 3 END AS pass
        FROM ranked WHERE a = 1 AND b = 1"""
    )


def settle(con: duckdb.DuckDBPyConnection, heads: dict[str, str], prior: float, tell: Callable[[str], None]) -> None:
    """Runs the passes after the plain join; fills ``linked``, ``doubtful``, ``scored``."""
    for side in SIDES:
        _normalise(con, side, f"row NOT IN (SELECT {'lr' if side == 'left' else 'rr'} FROM linked)")
    areas.read_places(con)
    areas.learn(con, "SELECT ld, rd, count(*) AS n FROM linked WHERE ld IS NOT NULL AND rd IS NOT NULL GROUP BY ALL")
    _sounds(con)
    for side in SIDES:
        _rest(con, side)
        _listed_twice(con, side)
    for side in SIDES:
        _open(con, side)
    tell("比对同号异名与写法不同的证件号")
    _same_number(con, heads)
    _still_open(con, mates=False)
    tell("比对姓名、出生日期、村")
    _name_birth_area(con, heads)
    for last in (False, False, True):
        _still_open(con, mates=True)
        _foreign_numbers(con)
        tell("逐项计分，比较余下的人")
        if not _candidates(con):
            break
        _score(con, prior)
        borrowed = _borrowed(con)
        _judge(con)
        added = _link(con, heads, f"SELECT lr, rr, pass, {HOW_SCORED} AS how FROM judged WHERE outcome = 'auto'")
        if last or not (added or borrowed):
            break
    con.execute("CREATE TABLE IF NOT EXISTS judged AS SELECT NULL::BIGINT AS lr, NULL::BIGINT AS rr WHERE false")
    if _count(con, "SELECT count(*) FROM duckdb_columns() WHERE table_name = 'judged' AND column_name = 'outcome'"):
        con.execute(
            f"CREATE OR REPLACE TABLE doubtful AS SELECT lr, rr, weight, pass FROM judged WHERE weight >= {REVIEW_WEIGHT} "
            "AND lr NOT IN (SELECT lr FROM linked WHERE how >= 10) AND rr NOT IN (SELECT rr FROM linked WHERE how >= 10)"
        )
    else:
        con.execute("CREATE OR REPLACE TABLE doubtful (lr BIGINT, rr BIGINT, weight FLOAT, pass INTEGER)")
    tell("查找重复列出的人")
    for side in SIDES:
        listed_again(con, side)


def listed_again(con: duckdb.DuckDBPyConnection, side: str) -> None:
    """Rows left over that are a person already linked by another row of the same list: set aside; the earlier of the two rows is the one that counts."""
    row, other = ("lr", "right") if side == "left" else ("rr", "left")
    mine = "l" if side == "left" else "r"
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE over AS SELECT * FROM {side}_rest WHERE name IS NOT NULL AND row NOT IN (SELECT {row} FROM linked WHERE how >= 10)
        AND row NOT IN (SELECT row FROM {side}_again) AND row NOT IN (SELECT {row} FROM doubtful)"""
    )
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE kin_rows AS
        SELECT DISTINCT row FROM (
            SELECT y.row FROM {side}_list y JOIN (SELECT DISTINCT house, row FROM over WHERE house IS NOT NULL) x ON y.h = x.house AND y.row <> x.row
            UNION ALL
            SELECT y.row FROM {side}_list y JOIN (SELECT DISTINCT name_raw, born_raw FROM over WHERE born_raw <> '') x ON y.name = x.name_raw AND y.birth_date = x.born_raw
            UNION ALL
            SELECT y.row FROM {side}_list y JOIN (SELECT DISTINCT name_raw, try_cast(left(id, 10) AS BIGINT) AS head FROM over WHERE length(id) > 14) x ON y.name = x.name_raw AND key_first17(y.k) // 10000000 = x.head
            UNION ALL
            SELECT y.row FROM {side}_list y JOIN (SELECT DISTINCT name_raw, try_cast(id[-8:-2] AS BIGINT) AS tail FROM over WHERE length(id) > 14) x ON y.name = x.name_raw AND key_first17(y.k) % 10000000 = x.tail
        )"""
    )
    _normalise(con, side, "row IN (SELECT row FROM kin_rows)")
    _rest(con, side, "kin")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE found_again AS
        SELECT x.row, min({_standing("y")}) % {_BILLION} AS kin, any_value({_standing("x")}) > min({_standing("y")}) AS later FROM over x JOIN {side}_kin y ON x.name = y.name AND x.row <> y.row
        WHERE {same_person("x", "y")} AND (x.house = y.house OR (x.born = y.born AND x.area = y.area) OR damerau_levenshtein(x.id, y.id) <= 2
            OR (x.idcut AND length(x.idhead) >= 14 AND starts_with(y.id, x.idhead))) GROUP BY x.row"""
    )
    con.execute("DELETE FROM found_again WHERE kin IN (SELECT row FROM found_again)")
    con.execute(
        """CREATE OR REPLACE TEMP TABLE swapped AS SELECT f.row AS first_row, f.kin, x.house, x.d, x.idvalid, x.id IS NULL AS unnumbered
        FROM found_again f JOIN over x ON x.row = f.row WHERE NOT f.later QUALIFY row_number() OVER (PARTITION BY f.kin ORDER BY f.row) = 1"""
    )
    con.execute(f"INSERT INTO {side}_again SELECT row, kin FROM found_again WHERE later")
    if not _count(con, "SELECT count(*) FROM swapped"):
        return
    _bring_in(con, side, f"row IN (SELECT kin FROM swapped) AND row NOT IN (SELECT row FROM {side}_rest)")
    partner = "rr" if side == "left" else "lr"
    con.execute(f"CREATE OR REPLACE TEMP TABLE partners AS SELECT {partner} AS row FROM linked WHERE {row} IN (SELECT kin FROM swapped)")
    _bring_in(con, other, f"row IN (SELECT row FROM partners) AND row NOT IN (SELECT row FROM {other}_rest)")
    con.execute(f"INSERT INTO {side}_again SELECT s.kin, s.first_row FROM swapped s WHERE s.kin IN (SELECT {row} FROM linked)")
    con.execute(
        f"""UPDATE linked SET {row} = s.first_row, {mine}h = s.house, {mine}d = s.d, how = {HOW_SCORED},
        pass = CASE WHEN s.unnumbered THEN 2 WHEN s.idvalid THEN 0 ELSE 1 END FROM swapped s WHERE linked.{row} = s.kin"""
    )


def _bring_in(con: duckdb.DuckDBPyConnection, side: str, where: str) -> None:
    """Normalises more rows of a list into ``left_rest``, so that they can be explained."""
    _normalise(con, side, where)
    _rest(con, side, "more")
    con.execute(f"INSERT INTO {side}_rest BY NAME SELECT * FROM {side}_more; DROP TABLE {side}_more")


__all__ = ["HOW_SCORED", "SIDES", "quoted", "settle"]

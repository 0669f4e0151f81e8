"""Places as two lists write them, made comparable without any table of places.

A village is a code on one list, an address on the other, a renamed village next year. Rows already matched by identity number show
which place of the left list is which place of the right one; that learnt correspondence is what every later comparison of places uses.
"""

import duckdb

_GROUP = "第?[0-9一二三四五六七八九十百]+(组|队|社|号|户|院|栋|单元|屯|村民小组).*$"

MACROS = (
    "area_text(raw) AS regexp_replace(regexp_replace(upper(translate(raw, '０１２３４５６７８９　', '0123456789 ')), '[\\s\\p{Z}\\p{Cf}/,，、\\-|>·''’.]', '', 'g'), '(村民委员会|村委会|村民村)', '村', 'g')",
    "area_village(t) AS CASE WHEN t IS NULL OR t = '' THEN NULL "
    "WHEN regexp_full_match(t, '[0-9]{12,}') THEN t[1:12] WHEN regexp_full_match(t, '[0-9]+') THEN t "
    "WHEN regexp_matches(t, '^[0-9]{12}') THEN t[1:12] "
    "ELSE coalesce(nullif(regexp_extract(replace(replace(replace(t, '村民小组', '组'), '居民委员会', '社区'), '居委会', '社区'), '^(.*(?:村|社区|嘎查))', 1), ''), "
    f"nullif(regexp_replace(t, '{_GROUP}', ''), ''), t) END",
    "area_town(t) AS CASE WHEN t IS NULL OR t = '' THEN NULL WHEN regexp_matches(t, '^[0-9]{9}') THEN t[1:9] WHEN regexp_full_match(t, '[0-9]+') THEN NULL "
    "ELSE nullif(regexp_extract(t, '^(.*?[^县市区旗州](?:镇|乡|街道|苏木))', 1), '') END",
)


def install(con: duckdb.DuckDBPyConnection) -> None:
    """Declares the macros."""
    for macro in MACROS:
        name, _, body = macro.partition(" AS ")
        con.execute(f"CREATE OR REPLACE TEMP MACRO {name} AS ({body})")


def read_places(con: duckdb.DuckDBPyConnection) -> None:
    """Tables ``left_place``/``right_place``: each distinct place once (``d`` its hash), with its village and township part."""
    for side in ("left", "right"):
        con.execute(
            f"CREATE OR REPLACE TABLE {side}_place AS SELECT d, any_value(area_text(division)) AS text, any_value(area_village(area_text(division))) AS village, "
            f"any_value(area_town(area_village(area_text(division)))) AS town FROM (SELECT d, any_value(division) AS division FROM {side}_list WHERE d IS NOT NULL GROUP BY d) GROUP BY d"
        )


def learn(con: duckdb.DuckDBPyConnection, seen: str) -> None:
    """From pairs already known (``seen``: a relation of ld, rd, n) learns which left place is which right place.

    Makes ``area_map(d, village, town)``: for each left place the right list's village and township, where known; and ``right_place``
    serves the right side itself. A place never seen in a pair stands for itself if the right list writes the same.
    """
    for part in ("village", "town"):
        con.execute(
            f"""CREATE OR REPLACE TABLE {part}_edge AS
            SELECT l.{part} AS theirs, r.{part} AS ours, sum(s.n) AS n
            FROM ({seen}) s JOIN left_place l ON l.d = s.ld JOIN right_place r ON r.d = s.rd
            WHERE l.{part} IS NOT NULL AND r.{part} IS NOT NULL GROUP BY ALL"""
        )
        con.execute(
            f"""CREATE OR REPLACE TABLE {part}_map AS
            WITH best AS (
                SELECT theirs, arg_max(ours, n) AS ours, max(n) AS n, sum(n) AS total FROM {part}_edge GROUP BY theirs
            ), same AS (
                SELECT DISTINCT l.{part} AS theirs FROM left_place l SEMI JOIN right_place r ON l.{part} = r.{part}
            )
            -- both lists write places alike: then a place is itself, unless it is gone from the right list
            SELECT coalesce(b.theirs, s.theirs) AS theirs,
                CASE WHEN s.theirs IS NOT NULL AND (SELECT count(*) FROM same) * 2 > (SELECT count(DISTINCT {part}) FROM left_place) THEN s.theirs ELSE coalesce(b.ours, s.theirs) END AS ours
            FROM best b FULL JOIN same s ON s.theirs = b.theirs"""
        )
    con.execute(
        "CREATE OR REPLACE TABLE area_map AS SELECT p.d, v.ours AS village, t.ours AS town FROM left_place p "
        "LEFT JOIN village_map v ON v.theirs = p.village LEFT JOIN town_map t ON t.theirs = p.town"
    )

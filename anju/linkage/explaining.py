"""Why each row ended where it did, in a sentence a county clerk understands; made from evidence in sets, a template per kind of reason."""

from typing import Any

import duckdb

from anju.linkage.model import FEATURES, aliased, gamma
from anju.linkage.normal import quoted
from anju.linkage.passes import KINDS, PASSES
from anju.linkage.residual import HOW_NAME_CHAR, HOW_NAME_MISSING, HOW_NAME_PART, HOW_NAME_SOUND, HOW_NAME_TIDIED, HOW_SCORED

_PASS_IDS = "[" + ", ".join(quoted(each.id) for each in PASSES) + "]"


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[tuple[Any, ...]]:
    return con.execute(sql).fetchall()


def _plain(left: str, right: str) -> str:
    """The reason of the bulk, by how the two numbers were written."""
    return f"""CASE how WHEN 0 THEN '身份证号、姓名一致'
        WHEN 1 THEN '身份证号、姓名一致（{left}的证件号已升位或去掉空格、全角）'
        WHEN 2 THEN '身份证号、姓名一致（{right}的证件号已升位或去掉空格、全角）'
        ELSE '身份证号、姓名一致（两边证件号已升位或去掉空格、全角）' END"""


def _level_labels() -> str:
    """SQL: the weights table of a scored pair as JSON for the evidence panel."""
    parts = []
    for feature in FEATURES:
        labels = "[" + ", ".join(quoted(level.label) for level in reversed(feature.levels)) + "]"
        verdicts = "[" + ", ".join(quoted(level.verdict) for level in reversed(feature.levels)) + "]"
        shown = {
            "id": "masked({}.id_text)",
            "name": "{}.name_raw",
            "born": "coalesce({}.born_raw, born_shown({}.born))",
            "sex": "CASE {}.sex WHEN '1' THEN '男' WHEN '2' THEN '女' END",
        }.get(feature.key, {"area": "{}.area_text", "mates": "{}.house_text", "relation": "{}.relation_text"}.get(feature.key, "NULL"))
        left, right = shown.replace("{}", "l"), shown.replace("{}", "r")
        parts.append(
            f"{{'feature': {quoted(feature.key)}, 'label': CASE WHEN g_{feature.key} >= 0 THEN {labels}[g_{feature.key} + 1] ELSE {quoted(feature.label + '缺一方')} END, "
            f"'left': ({left})::VARCHAR, 'right': ({right})::VARCHAR, 'weight': round(coalesce(w_{feature.key}, 0)::DOUBLE, 1), "
            f"'verdict': CASE WHEN g_{feature.key} >= 0 THEN {verdicts}[g_{feature.key} + 1] ELSE '+' END}}"
        )
    return f"to_json([{', '.join(parts)}])::VARCHAR"


_ID_WORDS = f"""CASE
    WHEN l.stolen IS NOT NULL THEN '{{left}}所填证件号是另一人的'
    WHEN r.stolen IS NOT NULL THEN '{{right}}所填证件号是另一人的'
    WHEN l.id_text IS NULL AND r.id_text IS NULL THEN '两边都没有身份证号'
    WHEN l.id_text IS NULL THEN '{{left}}没有身份证号'
    WHEN r.id_text IS NULL THEN '{{right}}没有身份证号'
    WHEN g_id = {gamma("id", "same")} THEN '身份证号相同'
    WHEN l.idcut AND r.idcut THEN '两边证件号都被 Excel 抹去末位'
    WHEN l.idcut THEN '{{left}}证件号被 Excel 抹去末位，余下各位' || CASE WHEN g_id >= {gamma("id", "head")} THEN '与{{right}}一致' ELSE '与{{right}}不同' END
    WHEN r.idcut THEN '{{right}}证件号被 Excel 抹去末位，余下各位' || CASE WHEN g_id >= {gamma("id", "head")} THEN '与{{left}}一致' ELSE '与{{left}}不同' END
    WHEN g_id = {gamma("id", "slip")} THEN slip_words(l.id_text, r.id_text, l.idvalid, r.idvalid)
    WHEN g_id = {gamma("id", "slips")} THEN '两边身份证号有两处不同，' || CASE WHEN r.idvalid THEN '{{right}}的号码校验位成立' WHEN l.idvalid THEN '{{left}}的号码校验位成立' ELSE '校验位都不成立' END
    WHEN g_id = {gamma("id", "twin")} THEN '两个身份证号只差一两位，但校验位都成立'
    WHEN g_id = {gamma("id", "other")} THEN '两个身份证号不同，校验位都成立'
    WHEN NOT l.idvalid AND NOT r.idvalid THEN '两边身份证号不同，都不成立'
    WHEN NOT l.idvalid THEN '{{left}}身份证号不成立，与{{right}}不同'
    ELSE '{{right}}身份证号不成立，与{{left}}不同' END"""

_SLIP_WORDS = (
    "slip_words(a, b, av, bv) AS CASE WHEN length(a) = 18 AND length(b) = 18 THEN "
    "CASE WHEN hamming(a, b) = 1 THEN '{left}与{right}的身份证号第 ' || list_position(list_transform(range(1, 19), lambda i: a[i] <> b[i]), true) || ' 位不同' "
    "ELSE '{left}与{right}的身份证号相邻两位颠倒' END "
    "WHEN length(a) < length(b) THEN '{left}身份证号少一位' WHEN length(a) > length(b) THEN '{left}身份证号多一位' ELSE '两边身份证号只差一处' END "
    "|| CASE WHEN av AND NOT bv THEN '，{left}的校验位成立' WHEN bv AND NOT av THEN '，改正后校验位成立' ELSE '，校验位都不成立' END"
)


def _declare(con: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    con.execute(
        "CREATE OR REPLACE TEMP MACRO born_shown(b) AS (CASE WHEN b IS NULL THEN NULL ELSE substr(b::VARCHAR, 1, 4) || '-' || substr(b::VARCHAR, 5, 2) || CASE WHEN b % 100 > 0 THEN '-' || substr(b::VARCHAR, 7, 2) ELSE '' END END)"
    )
    name, _, body = _SLIP_WORDS.replace("{left}", left).replace("{right}", right).partition(" AS ")
    con.execute(f"CREATE OR REPLACE TEMP MACRO {name} AS ({body})")


def _agreements(skip_id: bool = True) -> str:
    """SQL: what agrees, as ``姓名、出生日期、村相同``, then what is near, then what contradicts."""
    same, near, against = [], [], []
    for feature in FEATURES:
        if skip_id and feature.key == "id":
            continue
        g = f"g_{feature.key}"
        for n, level in enumerate(reversed(feature.levels)):
            if level.verdict == "=":
                word = {"mates": "同户成员", "relation": "与户主关系", "area": "村"}.get(feature.key, feature.label)
                same.append(f"CASE WHEN {g} = {n} THEN {quoted(word)} END")
            elif level.verdict == "≈":
                near.append(f"CASE WHEN {g} = {n} THEN {quoted(level.label)} END")
            elif feature.key != "relation":
                against.append(f"CASE WHEN {g} = {n} THEN {quoted(level.label)} END")
    listed = "nullif(array_to_string(list_filter([{}], lambda x: x IS NOT NULL), '、'), '')"
    return (
        f"coalesce('；' || {listed.format(', '.join(same))} || '一致', '') || coalesce('；' || {listed.format(', '.join(near))}, '') "
        f"|| coalesce('；但' || {listed.format(', '.join(against))}, '')"
    )


def explain(con: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    """Makes the result's tables ``pairs``, ``left_only``, ``right_only``, ``flags``."""
    _declare(con, left, right)
    id_words = _ID_WORDS.replace("{left}", left).replace("{right}", right)
    _score_all(con)
    con.execute(
        f"""CREATE OR REPLACE TABLE told AS
        SELECT x.lr, x.rr, x.outcome, x.pass, x.how, x.weight, x.rival, x.* EXCLUDE (lr, rr, outcome, pass, how, weight, rival),
            CASE x.how WHEN {HOW_NAME_TIDIED} THEN '身份证号、姓名一致（写法统一后）'
                WHEN {HOW_NAME_SOUND} THEN '身份证号一致，姓名同音：' || coalesce(l.name_raw, '') || '／' || coalesce(r.name_raw, '')
                WHEN {HOW_NAME_CHAR} THEN '身份证号一致，姓名差一字：' || coalesce(l.name_raw, '') || '／' || coalesce(r.name_raw, '')
                WHEN {HOW_NAME_PART} THEN '身份证号一致，姓名写法不同：' || coalesce(l.name_raw, '') || '／' || coalesce(r.name_raw, '')
                WHEN {HOW_NAME_MISSING} THEN '身份证号一致，有一方没有写明姓名'
                ELSE {id_words} || {_agreements()}
                    || CASE WHEN x.outcome = 'review' AND x.rival > x.weight - 5 THEN '；还有另一人也相近，请核对' WHEN x.outcome = 'review' THEN '；不能自动认定，请核对' ELSE '' END
            END AS explanation
        FROM compared x JOIN left_rest l ON l.row = x.lr JOIN right_rest r ON r.row = x.rr"""
    )
    probability = "1 / (1 + pow(2, -least(greatest(t.weight, -30), 30)))"
    score = (
        f"CASE WHEN t.how < {HOW_SCORED} THEN 0.999 WHEN t.outcome = 'auto' THEN round(0.95 + 0.0499 * {probability}, 4) "
        f"ELSE round(0.70 + 0.2499 * {probability.replace('t.weight', '((t.weight - 4) / 4)')}, 4) END"
    )
    con.execute(
        f"""CREATE OR REPLACE VIEW pairs AS
        SELECT lr AS left_row, rr AS right_row, 'auto' AS outcome, 'id' AS pass, 1.0::DOUBLE AS score, {_plain(left, right)} AS explanation, NULL::VARCHAR AS evidence
        FROM linked WHERE how < {HOW_NAME_TIDIED}
        UNION ALL
        SELECT t.lr, t.rr, t.outcome, {_PASS_IDS}[t.pass + 1], ({score})::DOUBLE, t.explanation, t.evidence FROM (SELECT x.*, {_level_labels()} AS evidence
            FROM told x JOIN left_rest l ON l.row = x.lr JOIN right_rest r ON r.row = x.rr) t"""
    )
    _only(con, "left", right)
    _only(con, "right", left)
    _flags(con, left, right)


def _score_all(con: duckdb.DuckDBPyConnection) -> None:
    """``compared``: every pair that isn't plain, accepted or doubtful, with the level each feature reached (computed from the model's conditions)."""
    columns = []
    for feature in FEATURES:
        whens = " ".join(
            f"WHEN {aliased(level.condition, 'a', 'b')} THEN {len(feature.levels) - 1 - n}"
            for n, level in enumerate(feature.levels)
            if level.condition != "ELSE"
        )
        columns.append(f"(CASE WHEN {aliased(feature.missing, 'a', 'b')} THEN -1 {whens} ELSE 0 END)::TINYINT AS g_{feature.key}")
    con.execute(
        f"""CREATE OR REPLACE TABLE levels AS
        WITH chosen AS (
            SELECT lr, rr, 'auto' AS outcome, pass, how FROM linked WHERE how >= {HOW_NAME_TIDIED}
            UNION ALL SELECT lr, rr, 'review', pass, {HOW_SCORED} FROM doubtful
        ), houses AS (SELECT lh, list(DISTINCT rh) AS mates FROM house_pair WHERE lh IN (SELECT house FROM left_rest) GROUP BY lh),
        a AS (SELECT x.*, m.mates FROM left_rest x LEFT JOIN houses m ON m.lh = x.house)
        SELECT c.*, {", ".join(columns)} FROM chosen c JOIN a ON a.row = c.lr JOIN (SELECT *, NULL::UBIGINT[] AS mates FROM right_rest) b ON b.row = c.rr"""
    )
    weights = []
    for feature in FEATURES:
        values = "[" + ", ".join(f"{level.weight:.3f}" for level in reversed(feature.levels)) + "]"
        weights.append(f"(CASE WHEN g_{feature.key} >= 0 THEN {values}[g_{feature.key} + 1] ELSE 0 END)::DOUBLE AS w_{feature.key}")
    (start,) = con.execute(
        "SELECT -log2(greatest((SELECT count(*) FROM left_list), (SELECT count(*) FROM right_list), 1000))"
    ).fetchone() or (0.0,)
    con.execute(f"CREATE OR REPLACE TABLE weighed AS SELECT *, {', '.join(weights)} FROM levels")
    has_rival = "rival" in {name for name, *_ in con.execute("DESCRIBE judged").fetchall()}
    con.execute(
        f"""CREATE OR REPLACE TABLE compared AS SELECT w.*, {start} + {" + ".join(f"w.w_{f.key}" for f in FEATURES)} AS weight,
        {"coalesce(j.rival, -99)" if has_rival else "-99"} AS rival FROM weighed w LEFT JOIN judged j ON j.lr = w.lr AND j.rr = w.rr"""
    )
    con.execute("DROP TABLE levels; DROP TABLE weighed;")


def _only(con: duckdb.DuckDBPyConnection, side: str, other: str) -> None:
    row = "lr" if side == "left" else "rr"
    con.execute(
        f"""CREATE OR REPLACE TABLE {side}_only AS
        SELECT x.row AS {side}_row, CASE
            WHEN g.first_row IS NOT NULL THEN '与本表第 ' || g.first_row || ' 行是同一人，重复列出'
            WHEN x.stolen IS NOT NULL THEN '所填证件号是' || CASE WHEN x.stolen > 0 THEN '本表第 ' || x.stolen || ' 行那一人的' ELSE '另一人的' END || '；按姓名等在{other}没有找到本人'
            WHEN x.id_text IS NULL THEN '没有身份证号；按姓名、出生日期、村在{other}没有找到'
            WHEN x.idcut THEN '身份证号被 Excel 抹去末位；按姓名、出生日期、村在{other}没有找到'
            WHEN NOT x.idvalid THEN '身份证号不成立；按改正一两位及姓名、出生日期、村在{other}没有找到'
            ELSE '身份证号在{other}没有；按姓名、出生日期、村也没有找到' END AS explanation
        FROM {side}_rest x LEFT JOIN {side}_again g ON g.row = x.row
        WHERE x.row NOT IN (SELECT {row} FROM linked WHERE how >= {HOW_NAME_TIDIED}) AND x.row NOT IN (SELECT {row} FROM doubtful)"""
    )


def _flags(con: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE flags (side VARCHAR, row BIGINT, flag VARCHAR, likely_id VARCHAR, other_row BIGINT, explanation VARCHAR)"
    )
    for side, row, other, other_row, name in (("left", "lr", "right", "rr", right), ("right", "rr", "left", "lr", left)):
        con.execute(
            f"""INSERT INTO flags SELECT '{side}', x.row, CASE WHEN o.idvalid AND c.outcome = 'auto' THEN 'id_repaired' ELSE 'id_damaged' END,
            CASE WHEN o.idvalid THEN o.id END, c.{other_row},
            CASE WHEN x.idcut THEN '身份证号被 Excel 抹去末位' WHEN length(x.id_text) <> 18 THEN '身份证号是 ' || length(x.id_text) || ' 位，应为 18 位' ELSE '身份证号校验位不成立' END
            || CASE WHEN o.idvalid THEN '；{name}第 ' || o.row || ' 行的号码成立，应为 ' || masked(o.id) ELSE '；没有可用来更正的号码' END
            FROM {side}_rest x LEFT JOIN compared c ON c.{row} = x.row LEFT JOIN {other}_rest o ON o.row = c.{other_row}
            WHERE x.id_text IS NOT NULL AND NOT x.idvalid AND x.stolen IS NULL AND NOT (key_valid(x.k) AND coalesce(o.id = x.id, true))"""
        )
        con.execute(
            f"""INSERT INTO flags SELECT '{side}', c.{row}, 'same_id_two_names', NULL, c.{other_row},
            '证件号相同，姓名不同：' || coalesce(x.name_raw, '空') || '／' || coalesce(o.name_raw, '空')
            FROM compared c JOIN {side}_rest x ON x.row = c.{row} JOIN {other}_rest o ON o.row = c.{other_row}
            WHERE x.k = o.k AND NOT x.idcut AND x.stolen IS NULL AND o.stolen IS NULL AND c.g_name BETWEEN 0 AND {gamma("name", "same") - 1}"""
        )
        con.execute(
            f"""INSERT INTO flags SELECT '{side}', x.row, 'same_id_two_names', NULL, nullif(x.stolen, 0), CASE WHEN x.stolen > 0 THEN '所填证件号与本表第 ' || x.stolen || ' 行相同，姓名不同' ELSE '所填证件号是另一人的，姓名不同' END
            FROM {side}_rest x WHERE x.stolen IS NOT NULL"""
        )
        con.execute(
            f"""INSERT INTO flags SELECT '{side}', g.row, CASE WHEN x.house <> f.house THEN 'in_two_households' ELSE 'listed_twice' END, NULL, g.first_row,
            '与第 ' || g.first_row || ' 行是同一人' || CASE WHEN x.house <> f.house THEN '，却在两户里' ELSE '，重复列出' END
            FROM {side}_again g JOIN {side}_rest x ON x.row = g.row JOIN {side}_rest f ON f.row = g.first_row"""
        )


def summary(con: duckdb.DuckDBPyConnection, lefts: int, rights: int) -> dict[str, Any]:
    """Counts per outcome, pass, flag and kind of household."""
    outcomes = dict(_rows(con, "SELECT 'auto', count(*) FROM linked UNION ALL SELECT 'review', count(*) FROM doubtful"))
    (left_only,) = _rows(con, "SELECT count(*) FROM left_only")[0]
    (right_only,) = _rows(con, "SELECT count(*) FROM right_only")[0]
    by_pass = {each.id: {"auto": 0, "review": 0} for each in PASSES}
    for number, outcome, count in _rows(
        con, "SELECT pass, 'auto', count(*) FROM linked GROUP BY pass UNION ALL SELECT pass, 'review', count(*) FROM doubtful GROUP BY pass"
    ):
        by_pass[PASSES[number].id][outcome] = count
    kinds = dict.fromkeys(KINDS, 0) | dict(_rows(con, "SELECT kind, count(*) FROM households GROUP BY kind"))
    flags = {
        side: dict(_rows(con, f"SELECT flag, count(*) FROM flags WHERE side = '{side}' GROUP BY flag ORDER BY flag"))
        for side in ("left", "right")
    }
    return {
        "rows": {"left": lefts, "right": rights},
        "outcomes": {**outcomes, "left_only": left_only, "right_only": right_only},
        "passes": by_pass,
        "flags": flags,
        "households": kinds,
    }

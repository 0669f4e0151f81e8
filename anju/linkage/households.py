"""Households from persons: which household of one list is which of the other, by the members they share (S1-08, S2-06)."""

import duckdb


def infer(con: duckdb.DuckDBPyConnection, left: str, right: str) -> None:
    """Table ``households(left_household, right_household, kind, explanation, shared)`` from ``linked``.

    A pair of households that share nobody else is the same household: *head_differs* where the heads are not one person, *moved* where
    the places differ, else *same*. A household whose members fill several households of the other list is *split* (or *merged*, seen from the
    other side). Where single members went over to a household that isn't theirs alone, that pair is *moved*.
    """
    con.execute(
        """CREATE OR REPLACE TABLE edge AS
        SELECT lh, rh, count(*) AS shared, bool_or(lhead AND rhead) AS one_head, bool_or(lhead) AS lhead, bool_or(rhead) AS rhead,
            any_value(ld) AS ld, any_value(rd) AS rd, min(lr) AS lr, min(rr) AS rr
        FROM linked WHERE lh IS NOT NULL AND rh IS NOT NULL GROUP BY lh, rh"""
    )
    con.execute("CREATE OR REPLACE TABLE left_many AS SELECT lh FROM edge GROUP BY lh HAVING count(*) > 1")
    con.execute("CREATE OR REPLACE TABLE right_many AS SELECT rh FROM edge GROUP BY rh HAVING count(*) > 1")
    # households where each list has a head, but the head isn't among the shared members
    con.execute(
        """CREATE OR REPLACE TABLE tangled AS
        WITH t AS (SELECT *, lh IN (SELECT lh FROM left_many) AS lm, rh IN (SELECT rh FROM right_many) AS rm FROM edge WHERE lh IN (SELECT lh FROM left_many) OR rh IN (SELECT rh FROM right_many)),
        d AS (SELECT *, sum((NOT rm)::INT) OVER (PARTITION BY lh) AS own_right, sum((NOT lm)::INT) OVER (PARTITION BY rh) AS own_left,
                max(shared) OVER (PARTITION BY lh) AS best_l, max(shared) OVER (PARTITION BY rh) AS best_r FROM t)
        SELECT lh, rh, CASE
            WHEN lm AND NOT rm AND own_right >= 2 THEN 'split'
            WHEN rm AND NOT lm AND own_left >= 2 THEN 'merged'
            WHEN shared = best_l AND shared = best_r THEN 'base'
            ELSE 'moved' END AS shape FROM d"""
    )
    # how many people of the left household's place are found in the right one's: a move is what hardly anybody else did
    con.execute(
        """CREATE OR REPLACE TABLE place_seen AS
        SELECT DISTINCT e.ld, e.rd, l.village AS theirs, r.village AS ours FROM edge e JOIN left_place l ON l.d = e.ld JOIN right_place r ON r.d = e.rd WHERE l.village <> r.village"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE place_pair AS
        SELECT s.ld, s.rd, coalesce(e.n, 0) AS n, t.total,
            s.theirs IN (SELECT village FROM right_place WHERE village IS NOT NULL) AND s.ours IN (SELECT village FROM left_place WHERE village IS NOT NULL) AS alike
        FROM place_seen s JOIN (SELECT theirs, sum(n) AS total FROM village_edge GROUP BY theirs) t ON t.theirs = s.theirs
        LEFT JOIN village_edge e ON e.theirs = s.theirs AND e.ours = s.ours"""
    )
    con.execute(
        """CREATE OR REPLACE TABLE house_pair AS
        SELECT e.lh, e.rh, e.shared, e.lr, e.rr,
            CASE WHEN t.shape IN ('split', 'merged') THEN t.shape WHEN t.shape = 'moved' THEN 'moved'
                 WHEN (e.lhead OR e.rhead) AND NOT e.one_head THEN 'head_differs'
                 WHEN coalesce((p.n - e.shared) * 20 < p.total AND (p.alike OR p.total - e.shared >= 10), false) THEN 'moved' ELSE 'same' END AS kind,
            CASE WHEN t.shape = 'split' THEN 'split' WHEN t.shape = 'merged' THEN 'merged' WHEN t.shape = 'moved' THEN 'left'
                 WHEN (e.lhead OR e.rhead) AND NOT e.one_head THEN CASE WHEN coalesce((p.n - e.shared) * 20 < p.total AND (p.alike OR p.total - e.shared >= 10), false) THEN 'head_and_place' WHEN NOT e.lhead THEN 'head_gone' WHEN NOT e.rhead THEN 'head_new' ELSE 'head' END
                 WHEN coalesce((p.n - e.shared) * 20 < p.total AND (p.alike OR p.total - e.shared >= 10), false) THEN 'moved' ELSE 'same' END AS why
        FROM edge e LEFT JOIN tangled t ON t.lh = e.lh AND t.rh = e.rh LEFT JOIN place_pair p ON p.ld = e.ld AND p.rd = e.rd"""
    )
    con.execute(
        f"""CREATE OR REPLACE TABLE households AS
        SELECT l.household AS left_household, r.household AS right_household, h.kind,
            CASE h.why WHEN 'same' THEN '两边 ' || h.shared || ' 人对上，是同一户'
                WHEN 'head' THEN '两边 ' || h.shared || ' 人对上，但户主不是同一人'
                WHEN 'head_gone' THEN '两边 ' || h.shared || ' 人对上；{left}的户主不在{right}这一户里，户主已换'
                WHEN 'head_new' THEN '两边 ' || h.shared || ' 人对上；{right}的户主不在{left}这一户里，户主已换'
                WHEN 'head_and_place' THEN '两边 ' || h.shared || ' 人对上，但户主不是同一人，住址也不同村'
                WHEN 'moved' THEN '两边 ' || h.shared || ' 人对上，但住址不同村，可能已迁移'
                WHEN 'left' THEN '有 ' || h.shared || ' 人从{left}的这一户转到{right}的这一户，其余成员不在一起'
                WHEN 'split' THEN '{left}的一户在{right}里分成了几户，这里有 ' || h.shared || ' 人'
                ELSE '{left}的几户在{right}里并成了一户，这里有 ' || h.shared || ' 人' END AS explanation,
            h.shared
        FROM house_pair h JOIN left_list l ON l.row = h.lr JOIN right_list r ON r.row = h.rr"""
    )

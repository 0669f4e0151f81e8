"""The tally's rows taken together: what is alike in a place becomes one row again, so that counting it costs what there is to count."""

from django.db import connection, transaction

_GATHER = """
WITH stirred AS (SELECT DISTINCT digits, area, stage FROM cases_casetally WHERE NOT gathered),
gone AS (
    DELETE FROM cases_casetally t USING stirred s WHERE t.digits = s.digits AND t.area = s.area AND t.stage = s.stage
    RETURNING t.digits, t.area, t.stage, t.since, t.marks, t.grade, t.method, t."group", t.number
)
INSERT INTO cases_casetally (digits, area, stage, since, marks, grade, method, "group", number, gathered)
SELECT digits, area, stage, since, marks, grade, method, "group", sum(number), true FROM gone
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(number) <> 0 ORDER BY 1, 2, 3
"""


@transaction.atomic
def gather() -> int:
    """One row for each kind of case in each place where something moved; the sums stay. Done by the system. Returns how many rows there are of these.

    Who counts meanwhile sees the rows of before; who gathers at the same time finds them gone and takes nothing twice.
    """
    with connection.cursor() as cursor:
        cursor.execute(_GATHER)
        return int(cursor.rowcount)

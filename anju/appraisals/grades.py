"""The dated grade of a house, read off its appraisals: each holds from its day until the next one's; of one day the last recorded counts.

What is known is brought in line whatever happened (a new paper, a late one, one withdrawn): facts that no longer follow are superseded, those
that follow and aren't there are written, and every paper says what replaced it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection

from anju import temporary
from anju.registry.models import Dwelling

# Each paper of the houses with the one that follows it; a paper that another of its very day follows never held.
_SPELLS = """
CREATE TEMP TABLE appraisals_spell ON COMMIT DROP AS
SELECT p.id, p.household_id, p.dwelling_id, p.area, p.grade, p.source, p."on" AS since, p.state, p.superseded_by_id,
       lead(p.id) OVER w AS next_id, lead(p."on") OVER w AS until
FROM appraisals_appraisal p WHERE p.dwelling_id = ANY(%(houses)s) AND p.state <> 'withdrawn'
WINDOW w AS (PARTITION BY p.dwelling_id ORDER BY p."on", p.id)
"""
_SAID = """
UPDATE appraisals_appraisal p SET state = CASE WHEN s.next_id IS NULL THEN 'valid' ELSE 'superseded' END, superseded_by_id = s.next_id, state_at = %(now)s
FROM appraisals_spell s WHERE p.id = s.id
AND (s.state, s.superseded_by_id) IS DISTINCT FROM (CASE WHEN s.next_id IS NULL THEN 'valid' ELSE 'superseded' END, s.next_id)
"""
_ENDED = """
UPDATE appraisals_housegrade g SET superseded_at = %(now)s WHERE g.dwelling_id = ANY(%(houses)s) AND g.superseded_at IS NULL
AND NOT EXISTS (SELECT FROM appraisals_spell s WHERE s.id = g.appraisal_id AND s.since = g.valid_from AND s.until IS NOT DISTINCT FROM g.valid_to
                AND (s.until IS NULL OR s.until > s.since))
"""
_WRITTEN = """
INSERT INTO appraisals_housegrade (household_id, dwelling_id, grade, appraisal_id, area, valid_from, valid_to, recorded_at, source)
SELECT s.household_id, s.dwelling_id, s.grade, s.id, s.area, s.since, s.until, %(now)s, s.source FROM appraisals_spell s
WHERE (s.until IS NULL OR s.until > s.since) AND NOT EXISTS (
    SELECT FROM appraisals_housegrade g WHERE g.appraisal_id = s.id AND g.valid_from = s.since AND g.valid_to IS NOT DISTINCT FROM s.until
    AND g.superseded_at IS NULL)
ORDER BY s.id
"""


def settle(houses: Iterable[int], now: datetime) -> None:
    """Brings the grades of houses (their keys) in line with their appraisals; the houses stay locked until the end of the transaction."""
    keys = sorted(set(houses))
    if not keys:
        return
    list(Dwelling.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").values_list("pk"))
    given: dict[str, Any] = {"houses": keys, "now": now}
    with connection.cursor() as cursor:
        temporary.drop(cursor, "appraisals_spell")
        for step in (_SPELLS, _SAID, _ENDED, _WRITTEN):
            cursor.execute(step, given)

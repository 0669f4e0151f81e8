"""Cards are seen inside the area of a person's grant, every write leaves an entry, and a card of a former head asks to be renewed."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import rows_inside
from anju.registry.following import follows_household
from anju.trail.watching import watch

# Whose is a card in use, wherever they live? Of those outside the asker's area only the county is told (3.27, 4.5).
_IN_USE = """
CREATE FUNCTION registry_cards_in_use(numbers text[]) RETURNS TABLE (card_no text, card_id bigint, household_id bigint, county text, closed boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low text := coalesce(current_setting('anju.low', true), '');
    high text := coalesce(current_setting('anju.high', true), '');
    named text := coalesce(current_setting('anju.named', true), '');
BEGIN
    PERFORM set_config('anju.low', '0', true), set_config('anju.high', '~', true), set_config('anju.named', '', true);
    RETURN QUERY SELECT c.card_no::text, c.id, c.household_id, left(h.area, 6), h.closed_on IS NOT NULL
        FROM registry_householdcard c JOIN registry_household h ON h.id = c.household_id
        WHERE c.card_no = ANY(numbers) AND c.valid_to IS NULL AND c.superseded_at IS NULL;
    PERFORM set_config('anju.low', low, true), set_config('anju.high', high, true), set_config('anju.named', named, true);
END $$;
REVOKE ALL ON FUNCTION registry_cards_in_use FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN GRANT EXECUTE ON FUNCTION registry_cards_in_use TO anju_app; END IF;
END $$;
"""

# A household's head is told by a new row, whatever the change: lists, a new head, a division, what was taken back.
_HEADS = """
CREATE FUNCTION registry_cards_of_heads() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE registry_householdcard c SET renew = c.holder_id <> m.person_id
    FROM come m
    WHERE c.household_id = m.household_id AND m.relation = '02' AND m.valid_to IS NULL AND m.superseded_at IS NULL
        AND c.valid_to IS NULL AND c.superseded_at IS NULL AND c.renew <> (c.holder_id <> m.person_id);
    RETURN NULL;
END $$;
CREATE TRIGGER registry_cards_of_heads AFTER INSERT ON registry_membership REFERENCING NEW TABLE AS come
    FOR EACH STATEMENT EXECUTE FUNCTION registry_cards_of_heads();
"""
_HEADLESS = "DROP TRIGGER registry_cards_of_heads ON registry_membership; DROP FUNCTION registry_cards_of_heads()"


class Migration(migrations.Migration):
    dependencies = [("registry", "0010_cards")]

    operations = [
        rows_inside("registry_householdcard", named="registry_householdcard.household_id IN (SELECT registry_named_households())"),
        *follows_household("registry_householdcard"),
        RunSQL(_IN_USE, "DROP FUNCTION registry_cards_in_use"),
        RunSQL(_HEADS, _HEADLESS),
        watch("registry_householdcard"),
    ]

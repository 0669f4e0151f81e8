"""What each open fact took the place of, as the rows tell: the one superseded when it was recorded; one restored replaces what it did at first."""

from django.db import migrations

# In steps: a fact restored twice follows from the one restored once.
_FILL = """
UPDATE {table} made SET replaces_id = held.id FROM {table} held
WHERE held.household_id = made.household_id AND held.superseded_at = made.recorded_at AND held.id < made.id
  AND held.valid_to IS NULL AND made.valid_to IS NULL AND held.valid_from <= made.valid_from;
DO $$
BEGIN
    LOOP
        UPDATE {table} again SET replaces_id = first.replaces_id FROM {table} ended, {table} first
        WHERE ended.household_id = again.household_id AND ended.superseded_at = again.recorded_at
          AND ended.valid_to IS NOT NULL AND again.valid_to IS NULL AND ended.valid_from = again.valid_from
          AND first.household_id = ended.household_id AND first.superseded_at = ended.recorded_at
          AND first.valid_to IS NULL AND first.valid_from = ended.valid_from
          AND first.replaces_id IS NOT NULL AND again.replaces_id IS NULL;
        EXIT WHEN NOT FOUND;
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("guarantees", "0004_what_it_replaces")]

    operations = [migrations.RunSQL(_FILL.format(table="guarantees_guarantee"), migrations.RunSQL.noop)]

"""Albums and photos are seen inside the area of a person's grant only. Whether a picture or a device already stands for another owner is asked of
the whole country: of what lies elsewhere the county is told, never the content (4.5)."""

from django.db import migrations

from anju.accounts.policies import rows_inside
from anju.trail.watching import watch

_NAMED = (
    "evidence_album.owner <> '' AND evidence_album.owner IN (SELECT n.key FROM accounts_namedrecord n WHERE n.kind = 'household' "
    "AND n.grant_id = (SELECT nullif(current_setting('anju.grant', true), '')::bigint))"
)

# Each opens the whole for its one question and puts the asker's area back.
_BEGIN = """LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low text := coalesce(current_setting('anju.low', true), '');
    high text := coalesce(current_setting('anju.high', true), '');
    named text := coalesce(current_setting('anju.named', true), '');
BEGIN
    PERFORM set_config('anju.low', '0', true), set_config('anju.high', '~', true), set_config('anju.named', '', true);
"""
_END = """
    PERFORM set_config('anju.low', low, true), set_config('anju.high', high, true), set_config('anju.named', named, true);
END $$;
"""
_OTHER = "a.id <> own_album AND (a.owner = '' OR a.owner <> own_owner) AND p.withdrawn_at IS NULL"

COPIES = f"""
CREATE FUNCTION evidence_copies(original text, content text, own_owner text, own_album bigint) RETURNS TABLE (photo_id bigint, county text)
{_BEGIN}
    RETURN QUERY SELECT p.id, left(p.area, 6) FROM evidence_photo p JOIN evidence_album a ON a.id = p.album_id
        WHERE (p.original_sha256 = original OR p.content_sha256 = content) AND {_OTHER} ORDER BY p.id LIMIT 5;
{_END}
"""

# ``looks``: the signs of each way the picture may appear; the probes (``look``, ``band``, ``value``) say where in the index to search for which.
LOOKALIKES = f"""
CREATE FUNCTION evidence_lookalikes(looks bigint[], look integer[], band integer[], value integer[], near integer, own_owner text, own_album bigint,
    most integer) RETURNS TABLE (photo_id bigint, county text, signs bigint, pattern bytea)
{_BEGIN}
    RETURN QUERY
    WITH probe AS (SELECT * FROM unnest(look, band, value) AS u(look, band, value)),
    met AS (
        {" UNION ALL ".join(f"SELECT f.photo_id, u.look, f.signs FROM probe u JOIN evidence_fingerprint f ON f.band{number} = u.value WHERE u.band = {number}" for number in range(4))}
    ),
    close AS (
        SELECT m.photo_id, min(bit_count((m.signs # looks[m.look])::bit(64))) AS apart FROM met m
        WHERE bit_count((m.signs # looks[m.look])::bit(64)) <= near GROUP BY m.photo_id
    )
    SELECT p.id, left(p.area, 6), f.signs, f.pattern FROM close c JOIN evidence_photo p ON p.id = c.photo_id
        JOIN evidence_fingerprint f ON f.photo_id = p.id JOIN evidence_album a ON a.id = p.album_id
        WHERE {_OTHER} ORDER BY c.apart, p.id LIMIT most;
{_END}
"""

DEVICE = f"""
CREATE FUNCTION evidence_device(asked text, at timestamptz, hours double precision, own_user bigint, east numeric, north numeric)
    RETURNS TABLE (photo_id bigint, county text, other boolean, seconds double precision, metres double precision)
{_BEGIN}
    RETURN QUERY SELECT p.id, left(p.area, 6), p.by_id <> own_user, abs(extract(epoch FROM p.captured_at - at))::double precision,
        CASE WHEN east IS NOT NULL AND p.lng IS NOT NULL AND p.place_from = 'told' THEN 2 * 6371008.8 * asin(least(1, sqrt(
            power(sin(radians(p.lat::double precision - north::double precision) / 2), 2) + cos(radians(north::double precision))
            * cos(radians(p.lat::double precision)) * power(sin(radians(p.lng::double precision - east::double precision) / 2), 2)))) END
        FROM evidence_photo p WHERE p.device = asked AND p.device <> '' AND p.withdrawn_at IS NULL
            AND p.captured_at BETWEEN at - make_interval(secs => hours * 3600) AND at + make_interval(secs => hours * 3600)
        ORDER BY abs(extract(epoch FROM p.captured_at - at)), p.id LIMIT 200;
{_END}
"""

_NAMES = ("evidence_copies", "evidence_lookalikes", "evidence_device")
GRANTS = "".join(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC;" for name in _NAMES) + (
    "DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN "
    + "".join(f"GRANT EXECUTE ON FUNCTION {name} TO anju_app;" for name in _NAMES)
    + " END IF; END $$;"
)


class Migration(migrations.Migration):
    dependencies = [("evidence", "0003_albums_and_photos"), ("accounts", "0002_grants"), ("trail", "0001_entries")]

    operations = [
        rows_inside("evidence_album", named=_NAMED),
        rows_inside("evidence_photo", named="evidence_photo.album_id IN (SELECT a.id FROM evidence_album a)"),
        rows_inside("evidence_fingerprint", named="evidence_fingerprint.photo_id IN (SELECT p.id FROM evidence_photo p)"),
        watch("evidence_album", "evidence_photo", "evidence_fingerprint"),
        migrations.RunSQL(COPIES + LOOKALIKES + DEVICE + GRANTS, "".join(f"DROP FUNCTION {name};" for name in reversed(_NAMES))),
    ]

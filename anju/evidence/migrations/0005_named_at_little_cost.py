"""What a third party sees is asked of functions whose cost is declared, as in the register."""

from django.db import migrations

from anju.accounts.policies import named_anew, named_ids

_ALBUMS = """SELECT a.id FROM evidence_album a WHERE a.owner <> '' AND a.owner IN (SELECT n.key FROM accounts_namedrecord n
    WHERE n.kind = 'household' AND n.grant_id = nullif(current_setting('anju.grant', true), '')::bigint)"""


class Migration(migrations.Migration):
    dependencies = [("evidence", "0004_looking_beyond")]

    operations = [
        named_ids("evidence_named_albums", _ALBUMS),
        named_anew(
            "evidence_photo",
            "evidence_photo.album_id IN (SELECT a.id FROM evidence_album a)",
            "evidence_photo.album_id IN (SELECT evidence_named_albums())",
        ),
        named_ids("evidence_named_photos", "SELECT p.id FROM evidence_photo p WHERE p.album_id IN (SELECT evidence_named_albums())"),
        named_anew(
            "evidence_fingerprint",
            "evidence_fingerprint.photo_id IN (SELECT p.id FROM evidence_photo p)",
            "evidence_fingerprint.photo_id IN (SELECT evidence_named_photos())",
        ),
    ]

"""An export and a look at full numbers keep at which level their person stood; the database tells them there and above. Downloads with their export."""

from typing import Any

from django.db import migrations

import anju.divisions.fields
from anju.accounts.policies import readings_stay_with_the_reader, rows_of
from anju.vocabulary import division


def _seats(apps: Any, _editor: Any) -> None:
    """Of exports so far: by the grant in which they were asked for; of looks: by the widest grant the person had there."""
    exports, reveals, grants = apps.get_model("exports", "Export"), apps.get_model("exports", "Reveal"), apps.get_model("accounts", "Grant")
    pairs = exports.objects.values_list("requested_by", "requested_by__organisation__area", "right", "right__area", "area").distinct()
    for person, office, right, granted, area in pairs:
        rows = exports.objects.filter(requested_by=person, right=right, area=area)
        rows.update(seat=division.holding(office, area if granted is None else granted))
    for person, office, area in reveals.objects.values_list("by", "by__organisation__area", "area").distinct():
        held = [one for one in grants.objects.filter(user=person).values_list("area", flat=True) if division.contains(one, area)]
        reveals.objects.filter(by=person, area=area).update(seat=division.holding(office, min(held, key=len, default=area)))


class Migration(migrations.Migration):
    dependencies = [("exports", "0002_seen_and_watched"), ("trail", "0002_readings_stay_with_the_reader")]

    operations = [
        *(
            migrations.AddField(
                model_name=model,
                name="seat",
                field=anju.divisions.fields.AreaField(blank=True, db_collation="C", default="", max_length=15),
            )
            for model in ("export", "reveal")
        ),
        migrations.RunPython(_seats, migrations.RunPython.noop),
        readings_stay_with_the_reader("exports_export", "requested_by_id"),
        readings_stay_with_the_reader("exports_reveal", "by_id"),
        rows_of("exports_download", "exports_export", "export_id"),
    ]

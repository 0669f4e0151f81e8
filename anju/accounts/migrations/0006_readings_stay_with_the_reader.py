"""A try to come in keeps at which level the person stood; the database tells it there and above. What a machine does for a reader is the reader's own."""

from typing import Any

from django.db import migrations, models

import anju.divisions.fields
from anju.accounts.policies import rows_of_kinds_own, tries_to_come_in
from anju.vocabulary import division


def _seats(apps: Any, _editor: Any) -> None:
    """Of tries so far: the smallest area that holds the person's office and every right they were ever given."""
    sign_ins, users, grants = (apps.get_model("accounts", name) for name in ("SignIn", "User", "Grant"))
    tried = sign_ins.objects.exclude(user=None).values("user").distinct()
    for pk, office in users.objects.filter(pk__in=tried).values_list("pk", "organisation__area"):
        held = grants.objects.filter(user=pk).exclude(role="third_party_appraiser").values_list("area", flat=True)
        sign_ins.objects.filter(user=pk).update(seat=division.holding(office, *held))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_signing_in_watched"), ("jobs", "0003_watched")]

    operations = [
        migrations.AddField(
            model_name="signin",
            name="seat",
            field=anju.divisions.fields.AreaField(blank=True, db_collation="C", default="", max_length=15),
        ),
        migrations.AddIndex(model_name="signin", index=models.Index(fields=["at"], name="accounts_signin_at")),
        migrations.RunPython(_seats, migrations.RunPython.noop),
        tries_to_come_in("accounts_signin"),
        rows_of_kinds_own("jobs_job", "created_by_id", ("exports.write", "audit.verify")),
    ]

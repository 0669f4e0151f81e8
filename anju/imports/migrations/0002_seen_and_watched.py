"""Workbooks of records are seen inside the area of a person's grant, by a third party those they sent; every write leaves an entry in the trail."""

from django.db import migrations

from anju.accounts.policies import made_by, rows_inside, rows_inside_or_above, rows_of
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("imports", "0001_initial"), ("accounts", "0005_signing_in_watched"), ("trail", "0001_entries")]

    operations = [
        rows_inside_or_above("imports_importbatch", named=made_by("imports_importbatch", "by_id")),
        rows_inside("imports_importrow", named="EXISTS (SELECT FROM imports_importbatch b WHERE b.id = imports_importrow.batch_id)"),
        rows_of("imports_importcells", "imports_importbatch", "batch_id"),
        watch("imports_importbatch", "imports_importrow", "imports_importcells"),
    ]

"""A choice of a mask policy leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("masks", "0001_initial"), ("trail", "0001_entries")]

    operations = [watch("masks_maskchoice")]

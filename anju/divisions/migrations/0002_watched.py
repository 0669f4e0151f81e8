"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("divisions", "0001_initial"), ("trail", "0001_entries")]

    operations = [
        watch(
            *("divisions_division", "divisions_formername", "divisions_divisiontag", "divisions_seismicintensity"),
            *("divisions_divisionchange", "divisions_succession", "divisions_recoded", "divisions_divisionload"),
        )
    ]

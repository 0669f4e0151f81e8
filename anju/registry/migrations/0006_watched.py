"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_row_policies"), ("trail", "0001_entries")]

    operations = [
        watch(
            *("registry_category", "registry_household", "registry_numberseries", "registry_person"),
            *("registry_formerparticulars", "registry_registration", "registry_membership", "registry_belonging"),
            *("registry_dwelling", "registry_dwellingstate", "registry_occupancy", "registry_datedflag"),
            *("registry_pastsupport", "registry_change"),
        )
    ]

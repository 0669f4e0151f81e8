"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_grants"), ("trail", "0001_entries")]

    operations = [watch("accounts_organisation", "accounts_user", "accounts_grant", "accounts_namedrecord")]

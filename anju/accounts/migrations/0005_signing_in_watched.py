"""Locks, changed passwords and second factors leave entries in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_signing_in")]

    operations = [watch("accounts_passwordstate", "accounts_pastpassword", "accounts_secondfactor", "accounts_recoverycode")]

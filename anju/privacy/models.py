"""The vault of personal numbers, and by which keys they are found."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from anju.privacy import lookup, vault
from anju.privacy.rotating import Sealing


class Secret(models.Model):
    """One personal number, sealed (SM4-GCM) and bound to its token. Nothing else in the database holds it.

    ``lookup`` is the number's blind index (HMAC-SM3), ``tail`` that of an identity number's last four characters, both under the index key
    ``lookup_key``; ``key_number`` is the master key it is sealed under. ``token_key`` is the index key a token was itself made with, of the numbers
    that entered before tokens were drawn.
    """

    SEALING: ClassVar[Sealing] = Sealing(vault.PURPOSE, ("token",), vault.bound)

    token = models.CharField(max_length=vault.LENGTH, db_collation="C", primary_key=True)
    kind = models.CharField(max_length=8, db_collation="C")
    lookup = models.CharField(max_length=lookup.LENGTH, db_collation="C")
    lookup_key = models.PositiveIntegerField()
    tail = models.CharField(max_length=vault.LENGTH, db_collation="C", blank=True, default="")
    sealed = models.BinaryField()
    key_number = models.PositiveIntegerField()
    token_key = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(token__regex=vault.SQL_FORM), name="privacy_secret_token_form"),
            models.UniqueConstraint(fields=["lookup"], name="privacy_secret_lookup_once"),
        ]
        indexes = [models.Index(fields=["tail"], condition=~Q(tail=""), name="privacy_secret_tail")]

    def __str__(self) -> str:
        return self.token


class LookupKeys(models.Model):
    """By which index keys numbers are found, one row: ``key_number``, and ``leaving`` while that one is taking the place of another."""

    only = models.BooleanField(primary_key=True, default=True)
    key_number = models.PositiveIntegerField()
    leaving = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="privacy_lookupkeys_one_row"),
            models.CheckConstraint(condition=Q(leaving__isnull=True) | ~Q(leaving=F("key_number")), name="privacy_lookupkeys_two_keys"),
        ]

    def __str__(self) -> str:
        return f"{self.key_number}, {self.leaving}"

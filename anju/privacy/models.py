"""The vault of personal numbers."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from anju.privacy import vault
from anju.privacy.rotating import Sealing


class Secret(models.Model):
    """One personal number, sealed (SM4-GCM) and bound to its token (HMAC-SM3). Nothing else in the database holds it.

    ``tail`` is the blind index of an identity number's last four characters; ``key_number`` the master key it is sealed under.
    """

    SEALING: ClassVar[Sealing] = Sealing(vault.PURPOSE, ("token",), vault.bound)

    token = models.CharField(max_length=vault.LENGTH, db_collation="C", primary_key=True)
    kind = models.CharField(max_length=8, db_collation="C")
    tail = models.CharField(max_length=vault.LENGTH, db_collation="C", blank=True, default="")
    sealed = models.BinaryField()
    key_number = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(token__regex=vault.SQL_FORM), name="privacy_secret_token_form")]
        indexes = [models.Index(fields=["tail"], condition=~Q(tail=""), name="privacy_secret_tail")]

    def __str__(self) -> str:
        return self.token

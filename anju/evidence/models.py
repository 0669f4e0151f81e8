"""What is known of a kept file; its bytes lie in the store under their hash."""

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """A file somebody gave or the system made. The same content given twice is kept once but remembered twice."""

    sha256 = models.CharField(max_length=64, db_index=True, db_collation="C")
    size = models.BigIntegerField()
    name = models.CharField(max_length=255)
    media_type = models.CharField(max_length=100)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    def __str__(self) -> str:
        return self.name

"""The record of every write, and the chain that holds it together. Text references only: what is deleted or merged stays told."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class KeysField(models.Field):  # type: ignore[type-arg]
    """Whole-number keys as ranges (``int8multirange``): a list of 281,000 new rows is one range, and a key is found by an index."""

    description = "keys"

    def db_type(self, connection: Any) -> str:
        """PostgreSQL's type."""
        return "int8multirange"


class Operation(models.TextChoices):
    """What the statement did."""

    INSERT = "insert", _("新增")
    UPDATE = "update", _("修改")
    DELETE = "delete", _("删除")
    TRUNCATE = "truncate", _("清空")


class Entry(models.Model):
    """One statement that changed rows of one table: who, from where, when, what and why. Written by the database, never changed.

    ``keys`` are the rows' keys (``names`` where a table's key is a text); ``before`` and ``after`` are digests of the rows' whole content,
    ordered by key, so that nothing personal stands here; ``changed`` names the columns of a small update. ``within`` is the smallest area
    that holds all the rows as coded on that day, for a table without an area that in which the person acted. ``seat`` is the level at which the
    person stood (None in entries older than that): a reading is told there and above only. ``role`` is the database role.
    """

    seq = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    txid = models.BigIntegerField()
    user = models.TextField(db_collation="C")
    login = models.TextField(db_collation="C")
    office = models.TextField()
    grant = models.TextField(db_collation="C")
    address = models.TextField(db_collation="C")
    action = models.TextField(db_collation="C")
    reason = models.TextField()
    role = models.TextField(db_collation="C")
    table = models.TextField(db_collation="C")
    operation = models.CharField(max_length=8, choices=Operation, db_collation="C")
    rows = models.BigIntegerField()
    keys = KeysField()
    names = ArrayField(models.TextField(), null=True)
    within = models.CharField(max_length=15, db_collation="C", help_text=_("记录当日的代码，以后不随区划变更"))
    before = models.BinaryField(null=True)
    after = models.BinaryField(null=True)
    changed = ArrayField(models.TextField(), null=True)
    seat = models.CharField(max_length=15, null=True, db_collation="C", help_text=_("办理人所在的层级，记录当日的代码"))

    class Meta:
        indexes = [
            GistIndex(fields=["table", "keys"], name="trail_entry_of_row"),
            models.Index(fields=["within", "seq"], name="trail_entry_within"),
            models.Index(fields=["login", "seq"], name="trail_entry_of_login"),
            models.Index(fields=["table", "seq"], name="trail_entry_of_table"),
            models.Index(fields=["action", "seq"], name="trail_entry_of_action"),
        ]


class Seal(models.Model):
    """An entry's place in the chain: ``hash`` = SM3(hash of the seal before ‖ the entry). ``no`` has no gaps.

    ``doubt`` says what was wrong with the entry when the sealer first saw it; it is part of what is hashed.
    """

    no = models.BigIntegerField(primary_key=True)
    seq = models.BigIntegerField(unique=True)
    hash = models.BinaryField()
    doubt = models.CharField(max_length=20, blank=True, default="", db_collation="C")

    class Meta:
        indexes = [models.Index(fields=["no"], condition=~models.Q(doubt=""), name="trail_seal_doubted")]


class Sealing(models.Model):
    """One run of the sealer: which numbers it gave, when, up to which hash, and what the next run may rely on.

    Every transaction below ``settled`` had ended and was looked at. ``xid`` is the run's own transaction and ``seen`` the last entry number given
    out before it began; up to ``floor`` no entry can appear any more. A run that gave no number only moves ``floor``.
    """

    first = models.BigIntegerField()
    last = models.BigIntegerField(db_index=True)
    hash = models.BinaryField()
    at = models.DateTimeField(db_index=True)
    xid = models.BigIntegerField(db_index=True)
    settled = models.BigIntegerField()
    seen = models.BigIntegerField()
    floor = models.BigIntegerField()
    cluster = models.CharField(max_length=20, db_collation="C")


class Archived(models.Model):
    """A piece of the chain that was taken out of the database into a sealed file: numbers ``first`` to ``last``, between two hashes.

    ``before`` is the hash of the number before ``first``; the next piece, or the chain in the database, goes on from ``hash``. Written by
    ``anju trail expire`` alone, never changed.
    """

    first = models.BigIntegerField(unique=True)
    last = models.BigIntegerField(unique=True)
    before = models.BinaryField()
    hash = models.BinaryField()
    earliest = models.DateTimeField()
    latest = models.DateTimeField()
    name = models.CharField(max_length=100)
    at = models.DateTimeField()
    by = models.CharField(max_length=60)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(last__gte=models.F("first")), name="trail_archived_piece")]

    def __str__(self) -> str:
        return self.name


class Restoration(models.Model):
    """The database was put back from a backup; ``common`` is the last number kept of the chain of before, ``lost`` how many records are gone with it."""

    at = models.DateTimeField()
    archive = models.CharField(max_length=40, db_collation="C")
    name = models.CharField(max_length=200)
    taken_at = models.DateTimeField()
    by = models.CharField(max_length=100)
    reason = models.CharField(max_length=200, blank=True, default="")
    former_end = models.BigIntegerField(null=True)
    found_end = models.BigIntegerField()
    common = models.BigIntegerField()
    lost = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["archive", "at"], name="trail_restoration_once")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.name}"

"""A piece of long work, as the person who asked for it sees it."""

from django.conf import settings
from django.db import models

from anju.divisions.fields import AreaField


class Job(models.Model):
    """Work asked for: what, by whom, how far. ``arguments`` is all a handler needs to start or to resume."""

    class Status(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未完成"
        CANCELLED = "cancelled", "已取消"

    kind = models.CharField(max_length=60, db_collation="C")
    title = models.CharField(max_length=200)
    area = AreaField()
    status = models.CharField(max_length=10, choices=Status.choices, default=Status.QUEUED, db_collation="C")
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    message = models.CharField(max_length=500, default="", blank=True)
    arguments = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    grant = models.BigIntegerField(null=True, help_text="在哪项授权下提出")
    cancel_requested = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="jobs")
    created_at = models.DateTimeField(auto_now_add=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_by", "-id"]), models.Index(fields=["status"])]

    def __str__(self) -> str:
        return self.title

    @property
    def open(self) -> bool:
        """Whether it still waits or runs."""
        return self.status in (self.Status.QUEUED, self.Status.RUNNING)

    @property
    def share(self) -> float:
        """How much is done, 0–1."""
        return min(self.done / self.total, 1.0) if self.total else 0.0

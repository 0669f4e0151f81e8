"""One row at most: the day the installation lives on, where it isn't the calendar's."""

from django.db import models


class BusinessDay(models.Model):
    """The day set by hand; without a row the calendar of Asia/Shanghai counts."""

    only = models.BooleanField(primary_key=True, default=True)
    day = models.DateField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(only=True), name="clock_one_row")]

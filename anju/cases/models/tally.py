"""How many cases of a place are alike: what the counts of a page are read from, whatever the number of cases."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from anju.divisions.fields import AreaField


class CaseTally(models.Model):
    """So many cases more, or fewer, that are alike in a place; the sum of a place's rows is what there is of each kind.

    The database writes them itself with every statement that changes cases (``cases_tally``), for the province, the city, the county, the township and the
    village of each: ``digits`` long is the code of the place. Nobody waits for anybody, for no row is ever changed; now and then they are gathered
    (``actions.tallying``). Of cases that ended the day and the marks don't count.
    """

    digits = models.PositiveSmallIntegerField()
    area = AreaField(follows=False)
    stage = models.CharField(max_length=20, db_collation="C")
    since = models.DateField(null=True, blank=True)
    marks = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    grade = models.CharField(max_length=4, db_collation="C")
    method = models.CharField(max_length=16, db_collation="C", blank=True, default="")
    group = models.CharField(max_length=16, db_collation="C")
    number = models.IntegerField()
    gathered = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["digits", "area", "stage"], name="case_tally_of_place"),
            models.Index(fields=["digits", "area"], condition=models.Q(gathered=False), name="case_tally_to_gather"),
        ]

    def __str__(self) -> str:
        return f"{self.area} {self.stage} {self.number:+}"

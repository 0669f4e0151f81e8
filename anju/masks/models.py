"""The choices of a mask policy, newest last; the newest holds."""

from django.conf import settings
from django.db import models

from anju.vocabulary.masking import POLICIES


class MaskChoice(models.Model):
    """From then on the whole deployment hides by this policy. Never changed or deleted: what hung out under an earlier one stays known."""

    policy = models.CharField(max_length=20, db_collation="C")
    reason = models.CharField(max_length=300)
    chosen_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(policy__in=sorted(POLICIES)), name="masks_choice_policy"),
            models.CheckConstraint(condition=~models.Q(reason=""), name="masks_choice_reason"),
        ]

    def __str__(self) -> str:
        return self.policy

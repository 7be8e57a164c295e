"""What an editor pressed a moment ago, for as long as it can be taken back."""

import secrets

from django.conf import settings
from django.db import models


def new_key() -> str:
    """What the button that takes it back knows: nobody guesses it."""
    return secrets.token_urlsafe(24)


class Press(models.Model):
    """One press of a button, and how every row that it took was before."""

    key = models.CharField(max_length=43, unique=True, default=new_key)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: The model whose rows were pressed, as a permission names it.
    model = models.CharField(max_length=40)
    label = models.CharField(max_length=100)
    #: The rows of ``model`` that were taken, whose history tells of the undo as it told of the press.
    rows = models.JSONField(default=list)
    before = models.JSONField(default=dict)
    pressed_at = models.DateTimeField()
    undo_until = models.DateTimeField(db_index=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "social_presses"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.label} {self.pk}"

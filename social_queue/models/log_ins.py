"""One log-in at a platform in progress: who began it in which session, and what it brought, sealed."""

from django.conf import settings
from django.db import models

from social_queue.vault import EncryptedJSONField


class LoginAttempt(models.Model):
    """Used once, within ten minutes, by the session that began it. Tokens are here only until the list is ticked."""

    #: Hashes: whoever reads the table can take up nobody's log-in.
    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    platform = models.CharField(max_length=30)
    way = models.CharField(max_length=30)
    #: What the platform gave at the start and wants to see again.
    kept = EncryptedJSONField(blank=True, default="", editable=False)
    #: The places that were found, with their tokens.
    found = EncryptedJSONField(blank=True, default="", editable=False)
    made_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    found_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "login_attempts"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.platform} {self.pk}"

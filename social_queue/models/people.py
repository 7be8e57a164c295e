"""People beside what Django keeps of them: invitations, what they like, what they did, and who did not come in."""

from axes.models import AccessFailureLog
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group
from django.db import models
from django.utils.translation import gettext_lazy as _


class FailedLogIn(AccessFailureLog):
    """One wrong password or code; a proxy, so that it has a page and a permission of its own."""

    class Meta:
        app_label = "queue"
        proxy = True
        verbose_name = _("failed log-in")
        verbose_name_plural = _("failed log-ins")

    def __str__(self) -> str:
        return f"{self.username or '–'} ({self.ip_address})"


class Activity(LogEntry):
    """One thing that somebody did; a proxy, so that it has a page and a permission of its own."""

    class Meta:
        app_label = "queue"
        proxy = True
        default_permissions = ("view",)
        verbose_name = _("activity")
        verbose_name_plural = _("activities")

    def __str__(self) -> str:
        return self.object_repr


class Habits(models.Model):
    """How a person wants the desk: empty means as the site, or the browser, has it."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="habits")
    zone = models.CharField(max_length=64, blank=True, default="", db_default="")
    language = models.CharField(max_length=10, blank=True, default="", db_default="")

    class Meta:
        db_table = "social_habits"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person)


class Hearing(models.Model):
    """Which alerts a person wants to hear of, in which chat or by mail, and up to which alert that was done."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="hearing")
    chat = models.CharField(max_length=64, blank=True, default="", db_default="")
    mail = models.EmailField(blank=True, default="", db_default="")
    kinds = models.JSONField(default=list)
    quiet_hours = models.CharField(max_length=20, blank=True, default="", db_default="")
    after = models.BigIntegerField(default=0, db_default=0)
    #: How far the mails have come; a bot that is away holds up no mail, nor the other way round.
    mail_after = models.BigIntegerField(default=0, db_default=0)
    error = models.TextField(blank=True, default="")
    mail_error = models.TextField(blank=True, default="")

    class Meta:
        db_table = "social_hearings"
        default_permissions = ()

    def __str__(self) -> str:
        return str(self.person)


class Invitation(models.Model):
    """A link that makes one person, once, within a day. Only the hash of its secret is here."""

    secret_hash = models.CharField(max_length=64, unique=True)
    role = models.ForeignKey(Group, models.CASCADE, related_name="+", verbose_name=_("role"))
    note = models.CharField(_("for whom"), max_length=150, blank=True, default="", db_default="")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "social_invitations"
        default_permissions = ()
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")

    def __str__(self) -> str:
        return self.note or str(self.role)

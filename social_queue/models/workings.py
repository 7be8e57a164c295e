"""Rows the machinery needs: rules, locks and signs of life."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class CooldownRule(models.Model):
    """The same thing is not said twice within ``minutes`` of itself."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    #: Names in ``data`` whose values make two items "the same".
    fields = models.JSONField(_("data fields"), default=list)
    minutes = models.PositiveIntegerField(_("minutes"), default=60)
    #: Sources the rule speaks for; empty means all.
    sources = models.JSONField(_("sources"), default=list, blank=True)
    per_account = models.BooleanField(
        _("account by account"), default=False, help_text=_("On: only the accounts that said it recently are left out.")
    )
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        db_table = "cooldown_rules"
        verbose_name = _("cooldown rule")
        verbose_name_plural = _("cooldown rules")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Lock(models.Model):
    """A named row to lock: those who hold it in a transaction are alone with what the name stands for."""

    name = models.CharField(max_length=190, unique=True)

    class Meta:
        db_table = "social_locks"

    def __str__(self) -> str:
        return self.name


class PlatformState(models.Model):
    """Whether a platform as a whole is spoken to; without a row nothing was ever wrong with it."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        PROBING = "probing", _("paused, tried once a minute")

    platform = models.CharField(_("platform"), max_length=30, unique=True)
    state = models.CharField(_("status"), max_length=20, choices=State, default=State.OPEN)
    #: Since when it is paused, why in a word (an alert's kind) and in a sentence.
    since_at = models.DateTimeField(null=True, blank=True)
    kind = models.CharField(max_length=30, blank=True)
    reason = models.TextField(blank=True)
    next_probe_at = models.DateTimeField(null=True, blank=True)
    #: Posts that could not reach it, one after the other: what each was before, in case it is nobody's failure.
    unreached = models.JSONField(default=list)

    class Meta:
        db_table = "platform_states"
        indexes = [models.Index(fields=["state", "next_probe_at"], name="platform_probe")]

    def __str__(self) -> str:
        return self.platform


class Heartbeat(models.Model):
    """The last sign of life of one kind of work; ``held_until`` makes it a role that one worker plays at a time.

    ``disk_free``: bytes left on the fullest disk that a host's workers write to, in the row of its cluster.
    """

    name = models.CharField(max_length=60, unique=True)
    worker = models.CharField(max_length=120, blank=True)
    beat_at = models.DateTimeField(null=True, blank=True)
    held_until = models.DateTimeField(null=True, blank=True)
    disk_free = models.BigIntegerField(null=True, blank=True)

    class Meta:
        db_table = "social_heartbeats"

    def __str__(self) -> str:
        return self.name

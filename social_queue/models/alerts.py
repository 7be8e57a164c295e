"""Trouble a human must hear of, once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.accounts import PlatformAccount
from social_queue.models.posts import Post


class Alert(models.Model):
    """One problem from the moment it is raised until it is resolved; told once, and once more when it is over."""

    class Kind(models.TextChoices):
        TOKEN_INVALID = "token_invalid", _("token invalid")
        TOKEN_EXPIRING = "token_expiring", _("token expires soon")
        ACCOUNT_BLOCKED = "account_blocked", _("account blocked")
        REJECTED = "rejected", _("post refused")
        FAILING = "failing", _("third failure")
        GIVEN_UP = "given_up", _("given up")
        UNDECIDED = "undecided", _("nobody can tell whether it is out")
        WAITING_LONG = "waiting_long", _("waits for over an hour")
        OUR_FAULT = "our_fault", _("our own fault")
        DOUBLE_RISK = "double_risk", _("may be out twice")
        WEBHOOK_RUBBISH = "webhook_rubbish", _("a source sends what can't be used")
        SHORTLINK = "shortlink", _("short links fall back")
        PLATFORM_DOWN = "platform_down", _("a platform does not answer")
        SITE_FAULT = "site_fault", _("a setting of the site is wrong")
        FEED_TROUBLE = "feed_trouble", _("a feed can't be used")
        RECEIVER_PAUSED = "receiver_paused", _("a receiver of events does not answer")
        NO_TICK = "no_tick", _("nothing is being dispatched")
        MISSED = "missed", _("posts were missed")
        NOT_RECALLABLE = "not_recallable", _("can't be taken back")
        NOT_CORRECTABLE = "not_correctable", _("can't be corrected")
        REPEAT_STUCK = "repeat_stuck", _("a repeat can't go on")
        FOLLOW_UPS_OFF = "follow_ups_off", _("follow-ups were switched off")

    kind = models.CharField(_("kind"), max_length=30, choices=Kind)
    #: What the problem is about ("account:4", "post:17"); unique together with kind while open, null once resolved.
    open_key = models.CharField(max_length=190, null=True, unique=True, editable=False)
    account = models.ForeignKey(PlatformAccount, models.CASCADE, null=True, blank=True, related_name="alerts")
    post = models.ForeignKey(Post, models.CASCADE, null=True, blank=True, related_name="alerts")
    text = models.TextField(_("text"))
    raised_at = models.DateTimeField(_("raised"))
    resolved_at = models.DateTimeField(_("resolved"), null=True, blank=True)
    #: How often the problem came back while this row was open.
    occurrences = models.PositiveIntegerField(_("times"), default=1)
    sent_at = models.DateTimeField(_("told"), null=True, blank=True)
    #: Telegram's number of the message that tells of it, several alerts of one cause share it; null when none does.
    message_id = models.BigIntegerField(null=True, editable=False)
    resolution_sent_at = models.DateTimeField(_("resolution told"), null=True, blank=True)
    send_failures = models.PositiveSmallIntegerField(_("failed tellings"), default=0)
    #: When telling is (next) due; null when there is nothing to tell.
    tell_not_before = models.DateTimeField(null=True, blank=True, db_index=True, editable=False)
    send_error = models.TextField(_("why telling failed"), blank=True)

    class Meta:
        db_table = "social_alerts"
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-raised_at", "-id"]
        indexes = [
            models.Index(fields=["resolved_at", "raised_at"], name="alert_open"),
            models.Index(fields=["message_id"], name="alert_message"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

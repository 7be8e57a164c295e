"""What happened, for programs that want to know, and the programs that are told."""

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.inbound import ApiKey
from social_queue.models.items import QueueItem
from social_queue.vault import EncryptedJSONField


def new_event_id() -> str:
    """What a receiver knows an event by: 128 random bits, so that two sites never say the same."""
    return f"evt_{secrets.token_hex(16)}"


class EventType(models.TextChoices):
    """What is told; the part before the dot says whose status changed."""

    POST_PUBLISHED = "post.published", _("post published")
    POST_FAILED = "post.failed", _("post failed")
    POST_UNDECIDED = "post.undecided", _("post undecided")
    POST_RECALLED = "post.recalled", _("post taken back")
    POST_CORRECTED = "post.corrected", _("post corrected")
    ITEM_POSTED = "item.posted", _("item posted")
    ITEM_PARTIAL = "item.partial", _("item partly posted")
    ITEM_FAILED = "item.failed", _("item failed")
    ITEM_SKIPPED = "item.skipped", _("item skipped")
    ITEM_SENT_BACK = "item.sent_back", _("item sent back")
    ACCOUNT_NEEDS_TOKEN = "account.needs_token", _("account needs a token")
    ACCOUNT_BLOCKED = "account.blocked", _("account blocked")


class Event(models.Model):
    """One change, written in the transaction that made it, and numbered afterwards in the order of being committed."""

    uid = models.CharField(_("id"), max_length=40, default=new_event_id, editable=False)
    #: Null until ``numbering`` has seen the row committed: whoever has read up to a number has missed nothing before.
    sequence = models.BigIntegerField(_("sequence"), null=True, unique=True, editable=False)
    type = models.CharField(_("type"), max_length=40)
    occurred_at = models.DateTimeField(_("occurred"), auto_now_add=True)
    data = models.JSONField(_("data"), default=dict)
    #: No foreign key: an event outlives what it tells of, and must cost the writer as little as can be.
    item_number = models.BigIntegerField(_("item"), null=True, db_index=True)
    source = models.CharField(_("source"), max_length=100, blank=True)

    class Meta:
        db_table = "social_events"
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"


class Subscription(models.Model):
    """An address that is told of events in their order. One with an ``item`` is that item's callback."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")  # given up after the last retry, or an editor's wish; goes on where it stopped
        ENDED = "ended", _("ended")  # the receiver answered 410

    url = models.CharField(_("address"), max_length=2000)
    #: Host and port: no two requests go to the same at once.
    host = models.CharField(max_length=300, editable=False)
    types = models.JSONField(_("events"), default=list, blank=True)
    #: Who made it through the API; one whose key was revoked is told nothing.
    key = models.ForeignKey(ApiKey, models.CASCADE, null=True, blank=True, related_name="subscriptions")
    #: Events of items that came in under the key's own name, and no others: the key may not read.
    only_own = models.BooleanField(_("own items only"), default=False)
    item = models.OneToOneField(
        QueueItem, models.CASCADE, null=True, blank=True, related_name="callback", verbose_name=_("item")
    )
    #: {"current": …, "previous": …}; the previous one signs beside it until ``previous_valid_until``.
    secrets = EncryptedJSONField(_("secrets"), blank=True, default="", editable=False)
    previous_valid_until = models.DateTimeField(_("old secret works until"), null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    #: The sequence of the newest event that was taken, or was none of ours.
    after = models.BigIntegerField(_("told up to"), default=0, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    retry_at = models.DateTimeField(_("next try"), null=True, blank=True, editable=False)
    #: Somebody is telling it at the moment; ends by itself when he has died.
    held_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: How long the last answer took: slow receivers share fewer threads.
    took_ms = models.PositiveIntegerField(default=0, editable=False)
    last_error = models.TextField(_("last trouble"), blank=True, editable=False)
    stopped_at = models.DateTimeField(_("stopped"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        db_table = "event_subscriptions"
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        ordering = ["id"]
        indexes = [models.Index(fields=["status", "retry_at"], name="subscription_due")]

    def __str__(self) -> str:
        return self.url


class EventSending(models.Model):
    """One try at telling a receiver of one event."""

    subscription = models.ForeignKey(
        Subscription, models.SET_NULL, null=True, related_name="sendings", verbose_name=_("subscription")
    )
    url = models.CharField(_("address"), max_length=2000)
    #: Null for the hello of the test button.
    event = models.ForeignKey(Event, models.CASCADE, null=True, related_name="sendings", verbose_name=_("event"))
    number = models.PositiveSmallIntegerField(_("try"), default=1)
    sent_at = models.DateTimeField(_("sent"))
    took_ms = models.PositiveIntegerField(_("milliseconds"), default=0)
    http_status = models.PositiveSmallIntegerField(_("HTTP"), null=True, blank=True)
    error = models.TextField(_("what happened"), blank=True)

    class Meta:
        db_table = "event_sendings"
        verbose_name = _("event sent")
        verbose_name_plural = _("events sent")
        ordering = ["-id"]
        indexes = [models.Index(fields=["sent_at"], name="sending_sent")]

    def __str__(self) -> str:
        return f"{self.pk}"

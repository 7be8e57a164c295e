"""Who may push content in, and what came through the webhooks' door."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.items import QueueItem
from social_queue.vault import EncryptedJSONField


class ApiKey(models.Model):
    """A generator's key. Only its SHA-256 is kept; ``prefix`` finds the row and tells keys apart in lists."""

    name = models.CharField(_("name"), max_length=100, unique=True, help_text=_("Also the source of what it pushes."))
    prefix = models.CharField(_("prefix"), max_length=16, unique=True, editable=False)
    key_hash = models.CharField(max_length=64, editable=False)
    scopes = models.JSONField(_("scopes"), default=list)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    expires_at = models.DateTimeField(
        _("works until"), null=True, blank=True, help_text=_("Empty: until somebody revokes it.")
    )
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)
    #: The minute in which the key was last used, and how often in it: what API_RATE_LIMIT limits.
    minute_started_at = models.DateTimeField(null=True, blank=True, editable=False)
    minute_requests = models.PositiveIntegerField(default=0, editable=False)
    #: The same of picture cards, which cost far more than other requests: CARD_RATE_LIMIT.
    cards_minute_started_at = models.DateTimeField(null=True, blank=True, editable=False)
    minute_cards = models.PositiveIntegerField(default=0, db_default=0, editable=False)
    #: What signs the callbacks of its items: {"current": …, "previous": …}; null until one was needed.
    callback_secrets = EncryptedJSONField(null=True, blank=True, editable=False)  # type: ignore[misc]  # null reads as an empty Sealed
    callback_previous_until = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "social_api_keys"
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class WebhookSource(models.Model):
    """A system that pushes signed deliveries to /api/autopost/webhook/<slug>."""

    class Scheme(models.TextChoices):
        STANDARD = "standard", _("Standard Webhooks")
        HMAC = "hmac", _("plain HMAC-SHA256 header")

    slug = models.SlugField(_("slug"), max_length=60, unique=True)
    scheme = models.CharField(_("scheme"), max_length=20, choices=Scheme, default=Scheme.STANDARD)
    header = models.CharField(_("signature header"), max_length=100, default="X-Hub-Signature-256")
    #: {"current": …, "previous": …}; the previous one is accepted until ``previous_valid_until``.
    secrets = EncryptedJSONField(_("secrets"), blank=True, default="", editable=False)
    previous_valid_until = models.DateTimeField(_("old secret works until"), null=True, blank=True, editable=False)
    field_map = models.JSONField(_("field map"), default=dict, blank=True)
    same_bytes_once = models.BooleanField(
        _("the same bytes are one delivery"),
        default=True,
        db_default=True,
        help_text=_(
            "Plain HMAC signs the body alone: without this, whoever has seen a delivery can send it again under "
            "another id. Off only for a sender whose bodies repeat on purpose."
        ),
    )
    arrives_as_draft = models.BooleanField(_("arrives as draft"), default=False)
    default_channels = models.JSONField(_("default channels"), default=list, blank=True)
    paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        db_table = "webhook_sources"
        verbose_name = _("webhook source")
        verbose_name_plural = _("webhook sources")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class WebhookLog(models.Model):
    """One delivery as it arrived, written before anything else is done with it."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("received")
        ACCEPTED = "accepted", _("accepted")
        DUPLICATE = "duplicate", _("seen before")
        IGNORED = "ignored", _("not meant for us")  # the field map's "when" says so, or it is a ping
        REJECTED = "rejected", _("refused")
        ERROR = "error", _("our own fault")

    received_at = models.DateTimeField(_("received"))
    #: The slug as called, so that an unknown or deleted source still leaves a readable row.
    source = models.CharField(_("source"), max_length=100)
    #: Null until the signature was found good, so that a refused delivery does not use up its id.
    delivery_id = models.CharField(_("delivery"), max_length=190, null=True, blank=True)
    #: SHA-256 of the signed body, of plain HMAC only: what is signed decides what is a copy. Null like the id.
    content_id = models.CharField(max_length=64, null=True, blank=True, editable=False)
    remote_ip = models.GenericIPAddressField(_("from"), null=True, blank=True)
    #: Whom the limit on refused deliveries counts as one: the address, or of IPv6 its first half.
    network = models.CharField(max_length=45, blank=True, default="", db_default="", editable=False)
    headers = models.JSONField(_("headers"), default=dict)
    #: All of it, or its beginning when nobody knows who sent it; then the two columns after it tell of the whole.
    body = models.BinaryField(_("body"), editable=False)
    body_size = models.PositiveBigIntegerField(_("size of the body"), default=0, db_default=0, editable=False)
    body_sha256 = models.CharField(
        _("SHA-256 of the body"), max_length=64, blank=True, default="", db_default="", editable=False
    )
    #: How many more deliveries this row stands for: those beyond the limit of a minute.
    repeats = models.PositiveIntegerField(_("and so many more"), default=0, db_default=0, editable=False)
    signature_ok = models.BooleanField(_("signature good"), default=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.RECEIVED)
    http_status = models.PositiveSmallIntegerField(_("answered"), null=True, blank=True)
    #: What we answered, given again to a replay.
    answer = models.JSONField(_("answer"), default=dict, blank=True)
    detail = models.TextField(_("what happened"), blank=True)
    item = models.ForeignKey(QueueItem, models.SET_NULL, null=True, blank=True, related_name="deliveries")

    class Meta:
        db_table = "webhooks_log"
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-received_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["source", "delivery_id"], name="delivery_once"),
            models.UniqueConstraint(fields=["source", "content_id"], name="content_once"),
        ]
        indexes = [
            models.Index(fields=["received_at", "id"], name="delivery_received"),
            models.Index(fields=["status", "received_at"], name="delivery_status"),
            models.Index(fields=["network", "received_at"], name="delivery_network"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.pk}"

"""One thing worth saying, and the keys that it is known by."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.series import Series


def picture_name(_item: "QueueItem | None", given: str) -> str:
    """Where an uploaded picture is kept. ``/media/`` is public, so nothing of its own name stays but the ending."""
    name, ending = secrets.token_hex(16), re.search(r"\.[a-z0-9]{1,5}$", given.lower())
    return f"items/{name[:2]}/{name}{ending[0] if ending else ''}"


class QueueItem(models.Model):
    """Title, summary, link, picture, data, when; laid down once, said on every chosen account."""

    class Status(models.TextChoices):
        DRAFT = "draft", _("draft")  # waits for an editor; has no posts yet
        READY = "ready", _("ready")  # nothing of it was claimed yet
        POSTING = "posting", _("posting")  # some of it is under way, waiting to retry or undecided
        POSTED = "posted", _("posted")  # everything that was not cancelled is out
        PARTIAL = "partial", _("partly posted")  # some is out, some failed
        FAILED = "failed", _("failed")  # nothing is out
        SKIPPED = "skipped", _("skipped")  # repeats another item within the cooldown
        CANCELLED = "cancelled", _("cancelled")  # an operator's wish, or too late

    title = models.CharField(_("title"), max_length=300)
    summary = models.TextField(_("summary"), blank=True)
    link = models.CharField(_("link"), max_length=2000)
    image_url = models.CharField(_("picture address"), max_length=2000, blank=True)
    alt_text = models.CharField(_("alternative text"), max_length=1000, blank=True, default="", db_default="")
    image = models.ImageField(_("picture"), upload_to=picture_name, blank=True)
    #: What of the picture must stay when a platform cuts it: "50,30" is half across and near the top, in percent.
    focus = models.CharField(_("focus point"), max_length=7, blank=True, default="", db_default="")
    hashtags = models.JSONField(_("hashtags"), default=list, blank=True)
    data = models.JSONField(_("data"), default=dict, blank=True)
    meta = models.JSONField(_("meta"), default=dict, blank=True)
    #: What the generator asked for; empty means every active account.
    channels = models.JSONField(_("channels"), default=list, blank=True)
    #: {slug of an account or name of a platform: its own words}; elsewhere the platform's template speaks.
    captions = models.JSONField(_("own words"), default=dict, blank=True, db_default={})
    #: {"generated": bool, "tool": str}, as its maker declared it; null where nothing was declared.
    ai = models.JSONField(_("made by machine"), null=True, blank=True)
    #: [{"text", "channels"?}]: what follows each post, in order; where ``channels`` are named, there alone.
    follow_ups = models.JSONField(_("follow-ups"), default=list, blank=True, db_default=[])
    #: data.game and data.window, folded for comparison (case and surplus spaces do not matter).
    game = models.CharField(_("game"), max_length=190, blank=True)
    window = models.CharField(_("window"), max_length=190, blank=True)
    source = models.CharField(_("source"), max_length=100)
    idempotency_key = models.CharField(_("idempotency key"), max_length=200, null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=200, null=True, blank=True)
    #: SHA-256 of the canonical body, so that a replay is told from a different item under the same key.
    body_hash = models.CharField(max_length=64, blank=True, editable=False)
    #: The first answer given for this item; a replay gets it again.
    receipt = models.JSONField(default=dict, blank=True, editable=False)
    #: Where events of this item are told besides the subscriptions; empty for nowhere.
    callback_url = models.CharField(_("callback address"), max_length=2000, blank=True, default="", db_default="")
    publish_at = models.DateTimeField(_("publish at"))
    #: It asked for the next free slot of each account; ``publish_at`` is then the first of them.
    next_slot = models.BooleanField(_("in the next slot"), default=False, db_default=False)
    expires_at = models.DateTimeField(_("expires at"), null=True, blank=True)
    #: ``item_once_per_repeat`` begins with it, so an index of its own would only be written, never needed.
    series = models.ForeignKey(
        Series, models.SET_NULL, null=True, blank=True, db_index=False, related_name="items", verbose_name=_("repeat")
    )
    #: The moment of the series that it was made for, wherever it was moved since.
    series_at = models.DateTimeField(null=True, blank=True, editable=False)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.READY)
    skip_reason = models.CharField(_("why it was skipped"), max_length=200, blank=True)
    duplicate_of = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="repeats", verbose_name=_("repeats")
    )
    #: The fingerprint of what was approved; empty where nobody had to approve it.
    approved_as = models.CharField(max_length=64, blank=True, default="", db_default="", editable=False)
    #: A draft that somebody has sent back waits for its writer, not for an approval.
    sent_back_at = models.DateTimeField(_("sent back"), null=True, blank=True)
    sent_back_reason = models.CharField(
        _("why it was sent back"), max_length=500, blank=True, default="", db_default=""
    )
    created_at = models.DateTimeField(_("received"), auto_now_add=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    #: The media of an item that is not stored yet; of one that is, ``media`` has the rows.
    media_to_be: "Sequence[Any] | None" = None

    class Meta:
        db_table = "social_queue"
        verbose_name = _("queue item")
        verbose_name_plural = _("queue items")
        ordering = ["-publish_at", "-id"]
        permissions = [("approve_queueitem", _("May approve drafts and send skipped items"))]
        constraints = [
            models.UniqueConstraint(fields=["source", "idempotency_key"], name="item_once_per_key"),
            models.UniqueConstraint(fields=["source", "reference"], name="item_once_per_reference"),
            models.UniqueConstraint(fields=["series", "series_at"], name="item_once_per_repeat"),
        ]
        indexes = [
            models.Index(fields=["status", "publish_at", "id"], name="item_status_publish"),
            # Lists of one game, and the cooldown, which looks at the hours around a moment.
            models.Index(fields=["game", "publish_at", "id"], name="item_game"),
            models.Index(fields=["source", "publish_at", "id"], name="item_source"),
            models.Index(fields=["publish_at", "id"], name="item_publish"),
            models.Index(fields=["created_at", "id"], name="item_created"),
            # The unique constraint begins with the source, which whoever looks an item up need not know.
            models.Index(fields=["reference"], name="item_reference"),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.title[:60]}"


class FurtherKey(models.Model):
    """An Idempotency-Key that came with the reference of an item: it stands for that item's body, too."""

    source = models.CharField(_("source"), max_length=100)
    #: SHA-256 of it, which every database compares letter for letter.
    key = models.CharField(max_length=64)
    #: Without a constraint: a version before this table removes items of which it does not know that they have any.
    item = models.ForeignKey(
        QueueItem, models.CASCADE, related_name="further_keys", db_constraint=False, verbose_name=_("queue item")
    )
    created_at = models.DateTimeField(_("received"), auto_now_add=True, db_index=True)

    class Meta:
        db_table = "further_keys"
        verbose_name = _("further key")
        verbose_name_plural = _("further keys")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["source", "key"], name="further_key_once")]

    def __str__(self) -> str:
        return self.key

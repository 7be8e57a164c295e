"""Feeds that are looked at by a schedule, and what is known of each of their entries."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.items import QueueItem


class Feed(models.Model):
    """An RSS, Atom or JSON feed whose new entries become queue items."""

    slug = models.SlugField(_("slug"), max_length=60, unique=True, help_text=_("Also the source of its items."))
    url = models.CharField(_("address"), max_length=2000)
    every_minutes = models.PositiveIntegerField(
        _("looked at every … minutes"), default=30, validators=[MinValueValidator(1), MaxValueValidator(10080)]
    )
    newest = models.PositiveSmallIntegerField(
        _("entries at the first look"),
        default=10,
        validators=[MaxValueValidator(100)],
        help_text=_("So many of the newest become items; older ones count as known."),
    )
    field_map = models.JSONField(_("field map"), default=dict, blank=True)
    default_channels = models.JSONField(_("default channels"), default=list, blank=True)
    arrives_as_draft = models.BooleanField(_("arrives as draft"), default=False)
    into_slots = models.BooleanField(
        _("into the next free slots"), default=False, help_text=_("Instead of at once; for accounts that have slots.")
    )
    paused = models.BooleanField(_("paused"), default=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    #: What the server gave us to ask with the next time; empty: the whole feed is asked for.
    etag = models.CharField(max_length=300, blank=True, editable=False)
    last_modified = models.CharField(max_length=100, blank=True, editable=False)
    #: Null: never looked at, so it is due.
    next_look_at = models.DateTimeField(_("next look"), null=True, blank=True, db_index=True, editable=False)
    looked_at = models.DateTimeField(_("last look"), null=True, blank=True, editable=False)
    #: From here on every entry that is not known is new; null: the next look is the first at its address.
    begun_at = models.DateTimeField(null=True, blank=True, editable=False)
    failures = models.PositiveSmallIntegerField(default=0, editable=False)
    error = models.TextField(_("what happened"), blank=True, editable=False)
    #: What the last whole look said beside: moved, mended, cut off.
    notes = models.JSONField(default=list, blank=True, editable=False)
    last_new = models.PositiveIntegerField(default=0, editable=False)
    last_known = models.PositiveIntegerField(default=0, editable=False)
    last_bad = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        db_table = "feeds"
        verbose_name = _("feed")
        verbose_name_plural = _("feeds")
        ordering = ["slug"]

    def __str__(self) -> str:
        return self.slug


class FeedEntry(models.Model):
    """One entry that was seen: it became an item, was passed over, or can't be used as it is (``error``)."""

    feed = models.ForeignKey(Feed, models.CASCADE, related_name="entries", verbose_name=_("feed"))
    #: SHA-256 of what it is known by: its id, else its link, else its title and date.
    key = models.CharField(max_length=64)
    title = models.CharField(_("title"), max_length=300, blank=True)
    item = models.ForeignKey(QueueItem, models.SET_NULL, null=True, blank=True, related_name="+")
    error = models.TextField(_("what happened"), blank=True)
    first_seen_at = models.DateTimeField(_("first seen"))
    #: To within a day.
    last_seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        db_table = "feed_entries"
        verbose_name = _("feed entry")
        verbose_name_plural = _("feed entries")
        ordering = ["-id"]
        constraints = [models.UniqueConstraint(fields=["feed", "key"], name="feed_entry_once")]
        indexes = [models.Index(fields=["last_seen_at"], name="feed_entry_seen")]

    def __str__(self) -> str:
        return self.title or f"{self.pk}"

"""Clicks, one row each, their sums by the hour, and counters that only grow."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from connectors import platform_choices


def _written(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATETIME_FORMAT")


class Click(models.Model):
    """One visit of /go/<code>. No address is kept; ``visitor`` is a hash whose salt changes every day."""

    # Plain numbers, not foreign keys: a click must cost one insert and survive the pruning of what it points to.
    queue_item = models.PositiveBigIntegerField(_("item"))
    post = models.PositiveBigIntegerField(_("post"))
    platform = models.CharField(_("platform"), max_length=30, choices=platform_choices)
    variant = models.CharField(_("variant"), max_length=10, blank=True)
    clicked_at = models.DateTimeField(_("clicked"))
    referrer_host = models.CharField(_("came from"), max_length=190, blank=True)
    #: Device class (phone, tablet, desktop, other), or the robot's name.
    agent = models.CharField(_("device"), max_length=40, blank=True)
    visitor = models.CharField(max_length=32, blank=True)
    is_robot = models.BooleanField(_("robot"), default=False)

    class Meta:
        db_table = "metrics_clicks"
        verbose_name = _("click")
        verbose_name_plural = _("clicks")
        ordering = ["-clicked_at", "-id"]
        indexes = [
            models.Index(fields=["post", "clicked_at"], name="click_post"),
            models.Index(fields=["clicked_at"], name="click_time"),
        ]

    def __str__(self) -> str:
        return f"{self.post} · {_written(self.clicked_at)}"


class ClickTotal(models.Model):
    """The clicks of one post in one hour, added up; kept for ever, when the single clicks are long gone."""

    post = models.PositiveBigIntegerField(_("post"))
    queue_item = models.PositiveBigIntegerField(_("item"))
    account = models.PositiveBigIntegerField(_("account"))
    platform = models.CharField(_("platform"), max_length=30, choices=platform_choices)
    variant = models.CharField(_("variant"), max_length=10, blank=True)
    game = models.CharField(_("game"), max_length=190, blank=True)
    #: The beginning of the hour, UTC.
    hour_at = models.DateTimeField(_("hour"))
    humans = models.PositiveIntegerField(_("people"), default=0)
    robots = models.PositiveIntegerField(_("robots"), default=0)

    class Meta:
        db_table = "metrics_click_totals"
        verbose_name = _("clicks an hour")
        verbose_name_plural = _("clicks an hour")
        ordering = ["-hour_at"]
        constraints = [models.UniqueConstraint(fields=["post", "hour_at"], name="one_total_per_post_and_hour")]
        indexes = [models.Index(fields=["hour_at"], name="total_hour")]

    def __str__(self) -> str:
        return f"{self.post} · {_written(self.hour_at)}"


class Tally(models.Model):
    """A counter that only grows, whatever is pruned; Prometheus reads these."""

    class Of(models.TextChoices):
        CLICKS = "clicks", _("clicks")
        ATTEMPTS = "attempts", _("attempts")
        WEBHOOKS = "webhooks", _("webhook deliveries")
        ITEMS = "items", _("queue items")

    of = models.CharField(max_length=20, choices=Of)
    platform = models.CharField(max_length=30, blank=True)
    #: An attempt's outcome, a delivery's status, ``human`` or ``robot``.
    result = models.CharField(max_length=30)
    #: The smallest bound (seconds, as text) that an attempt's duration kept within; "+Inf" beyond all of them.
    bound = models.CharField(max_length=10, blank=True)
    count = models.PositiveBigIntegerField(default=0)
    seconds = models.FloatField(default=0)

    class Meta:
        db_table = "metrics_tallies"
        constraints = [models.UniqueConstraint(fields=["of", "platform", "result", "bound"], name="one_tally_each")]

    def __str__(self) -> str:
        return f"{self.of} {self.platform} {self.result} {self.bound}"


class Watermark(models.Model):
    """How far the rows of one kind have been added up; whoever adds holds the row's lock."""

    name = models.CharField(max_length=20, unique=True)
    #: Everything before this moment is in the sums; null: nothing is.
    added_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "metrics_watermarks"

    def __str__(self) -> str:
        return self.name


class VisitorSalt(models.Model):
    """What a day's visitor hashes are made with; gone after two days, and with it every way back to an address."""

    day = models.DateField(unique=True)
    #: 256 random bits, as hexadecimal digits.
    salt = models.CharField(max_length=64)
    made_at = models.DateTimeField()

    class Meta:
        db_table = "metrics_visitor_salts"

    def __str__(self) -> str:
        return str(self.day)


class KeptPost(models.Model):
    """A published post whose row was pruned: its link leads on, and it counts among those that went out."""

    post = models.PositiveBigIntegerField(primary_key=True)
    queue_item = models.PositiveBigIntegerField()
    account = models.PositiveBigIntegerField()
    platform = models.CharField(max_length=30, choices=platform_choices)
    variant = models.CharField(max_length=10, blank=True)
    game = models.CharField(max_length=190, blank=True)
    code = models.CharField(max_length=16)
    url = models.CharField(max_length=6000)
    published_at = models.DateTimeField()

    class Meta:
        db_table = "metrics_kept_posts"
        indexes = [
            models.Index(fields=["code"], name="kept_code"),
            models.Index(fields=["published_at"], name="kept_published"),
        ]

    def __str__(self) -> str:
        return self.code

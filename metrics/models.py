"""Clicks, one row each, and their daily sums."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors import platform_choices


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
        return f"{self.post} {self.clicked_at:%Y-%m-%d %H:%M}"

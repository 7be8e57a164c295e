"""What is said again and again: a rule, and the words that each time says."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Series(models.Model):
    """One repeat. Its times are laid down as ordinary items, two weeks ahead."""

    source = models.CharField(_("source"), max_length=100)
    #: The ingest body that each item is made of, without what belongs to the first alone.
    payload = models.JSONField(_("body"), default=dict)
    rule = models.CharField(_("rule"), max_length=600)
    #: The IANA name of the zone whose clock the rule is read by.
    zone = models.CharField(_("zone"), max_length=64)
    begins_at = models.DateTimeField(_("begins"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    #: Seconds after its moment at which each item expires; null for never.
    lasts_s = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    draft = models.BooleanField(_("as drafts"), default=False)
    #: The last moment that an item was laid down for; null before the first.
    laid_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: When the next items are to be laid down; null once the rule has come to its end.
    lay_not_before = models.DateTimeField(null=True, blank=True, editable=False, db_index=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        db_table = "social_series"
        verbose_name = _("repeat")
        verbose_name_plural = pgettext_lazy("what is said again and again", "repeats")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.payload.get("title", self.pk))[:60]

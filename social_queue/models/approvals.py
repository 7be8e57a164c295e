"""What somebody has let go out: who, when, and what it was then."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.items import QueueItem


class Approval(models.Model):
    """One approval of an item, bound to what was approved; the row stays as evidence when it has ended."""

    item = models.ForeignKey(QueueItem, models.CASCADE, related_name="approvals")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    approved_at = models.DateTimeField()
    #: SHA-256 of ``content``, as ``QueueItem.approved_as`` has it.
    fingerprint = models.CharField(max_length=64)
    content = models.JSONField(default=dict)
    #: {account id: an editor's own words}, kept for the posts that the next approval makes.
    words = models.JSONField(default=dict)
    #: How it read and looked then: {"texts": {slug: caption}, "follow_ups": {slug: [text]}, "pictures": [{"name",
    #: "sha256"}]}; the last two only where there are any.
    evidence = models.JSONField(default=dict, db_default={})
    #: When it ended before the item went out, and why: the item was changed, or the press was taken back.
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        db_table = "social_approvals"
        default_permissions = ()
        permissions = [("export_approval", _("May export who approved what"))]
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.item_id} {self.approved_at:%Y-%m-%d %H:%M}"

"""Pictures and videos: each content once, and what an item carries, in order."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.items import QueueItem


class MediaFile(models.Model):
    """A picture or a video that was uploaded, kept once however often it came."""

    class Kind(models.TextChoices):
        IMAGE = "image", _("picture")
        VIDEO = "video", _("video")

    #: Of the bytes as they came; what is kept has lost where and with which camera they were made.
    sha256 = models.CharField(max_length=64, unique=True)
    #: Its name in the store.
    file = models.CharField(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind)
    media_type = models.CharField(max_length=60)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    #: Of a video; 0 of a picture.
    seconds = models.FloatField(default=0, db_default=0)
    bytes = models.PositiveBigIntegerField()
    #: The last upload of these bytes; what neither an item nor a repeat uses goes a day later.
    uploaded_at = models.DateTimeField()

    class Meta:
        db_table = "media_files"
        default_permissions = ()
        indexes = [models.Index(fields=["uploaded_at"], name="media_uploaded")]

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class ItemMedium(models.Model):
    """One of several pictures and videos of an item, or a single one that was uploaded: a file of ours or an address.

    The item's own columns (``image`` or ``image_url``, and ``alt_text``) say the same of the first one: for a version
    that knows only those, and for whoever asks what the item looks like.
    """

    item = models.ForeignKey(QueueItem, models.CASCADE, related_name="media")
    position = models.PositiveSmallIntegerField()
    file = models.ForeignKey(MediaFile, models.PROTECT, null=True, related_name="carried_by")
    url = models.CharField(max_length=2000, blank=True, default="", db_default="")
    alt = models.CharField(max_length=1000, blank=True, default="", db_default="")

    class Meta:
        db_table = "social_media"
        default_permissions = ()
        ordering = ["item", "position"]
        constraints = [models.UniqueConstraint(fields=["item", "position"], name="one_medium_per_position")]

    def __str__(self) -> str:
        return f"{self.item_id}.{self.position}"

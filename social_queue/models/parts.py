"""What follows a post: each follow-up is a part of it, with a status and attempts of its own."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from social_queue.models.accounts import PlatformAccount
from social_queue.models.posts import Post

#: The post itself is the first part and has no row here.
FIRST_FOLLOW_UP = 2


class Part(models.Model):
    """One comment or reply under a post that is out. Its status is written by ``part_states`` alone."""

    post = models.ForeignKey(Post, models.CASCADE, related_name="parts", verbose_name=_("post"))
    #: The post's own, so that a claim finds what is due of an account by one look at an index.
    account = models.ForeignKey(PlatformAccount, models.PROTECT, related_name="+", db_index=False)
    number = models.PositiveSmallIntegerField(_("place in the thread"))
    text = models.TextField(_("text"))
    status = models.CharField(_("status"), max_length=20, choices=Post.Status, default=Post.Status.PENDING)
    #: As a post's; null while a part before this one is not out, so that it is nobody's to claim.
    not_before = models.DateTimeField(_("not before"), null=True, blank=True)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    attempts_made = models.PositiveIntegerField(_("attempts"), default=0)
    failures_in_row = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    #: Empty, too, where a person saw that it is out and nobody knows its id.
    external_id = models.CharField(_("id on the platform"), max_length=200, blank=True)
    permalink = models.CharField(_("address on the platform"), max_length=500, blank=True)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    error_kind = models.CharField(_("kind of trouble"), max_length=30, blank=True)
    error = models.TextField(_("what happened"), blank=True)
    #: When it first became undecided or first had to wait for something that is not a failure.
    waiting_since_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        db_table = "social_parts"
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["post", "number"]
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["post", "number"], name="part_number_once")]
        indexes = [
            models.Index(fields=["account", "status", "not_before", "id"], name="part_claim"),
            models.Index(fields=["status", "not_before", "id"], name="part_due"),
            models.Index(fields=["status", "lease_until"], name="part_lease"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}.{self.number}"

"""One queue item on one account, every try at delivering it, and what is still to be done with it when it is out."""

import secrets
import string

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from connectors import platform_choices
from social_queue.models.accounts import PlatformAccount
from social_queue.models.items import QueueItem

_CODE_LETTERS = string.ascii_letters + string.digits
_CODE_LENGTH = 8


def new_code() -> str:
    """Eight random letters and digits for ``/go/<code>``: 218 million million of them."""
    # One look into the system's randomness for all of them.
    number, letters = secrets.randbelow(len(_CODE_LETTERS) ** _CODE_LENGTH), list[str]()
    while len(letters) < _CODE_LENGTH:
        number, place = divmod(number, len(_CODE_LETTERS))
        letters.append(_CODE_LETTERS[place])
    return "".join(letters)


class Post(models.Model):
    """The unit of delivery. Its status is written by ``states`` alone."""

    class Status(models.TextChoices):
        PENDING = "pending", _("pending")  # waits for its time, or to be retried
        PUBLISHING = "publishing", _("publishing")  # a worker holds it until its lease ends
        PUBLISHED = "published", _("published")  # it is out, and we know its id there
        FAILED = "failed", _("failed")  # an operator must look
        UNKNOWN = "unknown", _("undecided")  # may be out; the platform or a human is asked first
        CANCELLED = "cancelled", _("cancelled")  # will not go out
        RECALLED = "recalled", _("taken back")  # was out, and is deleted on the platform

    #: ``one_post_per_item_and_account`` begins with it.
    item = models.ForeignKey(QueueItem, models.CASCADE, db_index=False, related_name="posts", verbose_name=_("item"))
    account = models.ForeignKey(PlatformAccount, models.PROTECT, related_name="posts", verbose_name=_("account"))
    platform = models.CharField(_("platform"), max_length=30, choices=platform_choices)
    code = models.CharField(_("link code"), max_length=16, unique=True, default=new_code)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.PENDING)
    #: For a pending post the earliest next try; for an unknown one the earliest next question to the platform.
    not_before = models.DateTimeField(_("not before"))
    #: The account's slot that it has taken; null when it has none or gave it back.
    slot_at = models.DateTimeField(_("slot"), null=True, blank=True, editable=False)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    attempts_made = models.PositiveIntegerField(_("attempts"), default=0)
    failures_in_row = models.PositiveSmallIntegerField(_("failures in a row"), default=0)
    variant = models.CharField(_("variant"), max_length=10, blank=True)
    caption = models.TextField(_("caption"), blank=True)
    caption_edited = models.BooleanField(_("caption rewritten by hand"), default=False)
    #: The worded link as it stands in the caption: /go/, Bitly or plain. Empty until the first claim.
    #: Plain, it is a link of up to 2000 characters which tracking lets grow by up to 500.
    short_link = models.CharField(_("short link"), max_length=2500, blank=True)
    tracked_url = models.CharField(_("tracked link"), max_length=2500, blank=True)
    #: Of an album it names ten pieces, each with what was uploaded of it.
    draft_ref = models.CharField(_("draft on the platform"), max_length=4000, blank=True)
    external_id = models.CharField(_("id on the platform"), max_length=200, null=True, blank=True)
    permalink = models.CharField(_("address on the platform"), max_length=500, blank=True)
    #: Where the account posted to when it was sent: an id on the platform may mean another post in another place.
    sent_to = models.CharField(max_length=190, blank=True, default="", db_default="", editable=False)
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    #: Somebody wants it back: it is deleted, or never goes out.
    recall_asked_at = models.DateTimeField(_("asked back"), null=True, blank=True)
    recalled_at = models.DateTimeField(_("taken back"), null=True, blank=True)
    #: When its text was last changed where it is out; ``caption`` is the new one, its errands keep the old.
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True)
    error_kind = models.CharField(_("kind of trouble"), max_length=30, blank=True)
    error = models.TextField(_("what happened"), blank=True)
    #: The account while publishing, else null: one post in flight per account, on every database.
    in_flight_account = models.PositiveBigIntegerField(null=True, blank=True, unique=True, editable=False)
    #: When the post first became undecided or first had to wait for something that is not a failure.
    waiting_since_at = models.DateTimeField(null=True, blank=True, editable=False)
    clicks = models.PositiveIntegerField(_("clicks"), default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        db_table = "social_posts"
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["item", "account"], name="one_post_per_item_and_account"),
            models.UniqueConstraint(fields=["account", "slot_at"], name="one_post_per_slot"),
            models.CheckConstraint(
                condition=~Q(status="published") | (Q(external_id__isnull=False) & ~Q(external_id="")),
                name="published_has_external_id",
            ),
            models.CheckConstraint(
                condition=Q(in_flight_account__isnull=True) | Q(in_flight_account=F("account")),
                name="in_flight_is_own_account",
            ),
        ]
        indexes = [
            models.Index(fields=["account", "status", "not_before", "id"], name="post_claim"),
            models.Index(fields=["status", "not_before", "id"], name="post_due"),
            models.Index(fields=["status", "lease_until"], name="post_lease"),
            # Lists of one status, the newest first.
            models.Index(fields=["status", "id"], name="post_status"),
            models.Index(fields=["published_at", "id"], name="post_published"),
            # Whoever has the platform's number looks for its post.
            models.Index(fields=["external_id"], name="post_there"),
        ]

    def __str__(self) -> str:
        return f"{self.pk}"


class Attempt(models.Model):
    """One try: written before the platform is called, completed after it."""

    class Outcome(models.TextChoices):
        PUBLISHED = "published", _("published")
        TRANSIENT = "transient", _("passing trouble")
        RATE_LIMITED = "rate_limited", _("rate limited")
        ACCOUNT_BLOCKED = "account_blocked", _("account blocked")
        NOT_READY = "not_ready", _("not ready yet")
        TOKEN_INVALID = "token_invalid", _("token invalid")
        REJECTED = "rejected", _("refused")
        OUTCOME_UNKNOWN = "outcome_unknown", _("no answer")
        REPEAT_REFUSED = "repeat_refused", _("refused as a repeat")
        SITE_FAULT = "site_fault", _("a setting of the site is wrong")
        ADDRESS_MOVED = "address_moved", _("address moved")
        OUR_FAULT = "our_fault", _("our own fault")
        LEASE_ENDED = "lease_ended", _("worker vanished")
        RECALLED = "recalled", _("taken back")
        NOT_RECALLABLE = "not_recallable", _("can't be taken back")
        CORRECTED = "corrected", _("corrected")
        NOT_CORRECTABLE = "not_correctable", _("can't be corrected")

    class Kind(models.TextChoices):
        POST = "post", _("publishing")
        RECALL = "recall", _("taking back")
        CORRECT = "correct", _("correction")

    #: ``attempt_once_per_part`` begins with it.
    post = models.ForeignKey(Post, models.CASCADE, db_index=False, related_name="attempts", verbose_name=_("post"))
    #: Which part of the post it tries: 1 is the post itself, what follows has rows in ``social_parts``.
    part_number = models.PositiveSmallIntegerField(_("part"), default=1, db_default=1)
    number = models.PositiveIntegerField(_("number"))
    #: What was tried.
    kind = models.CharField(_("what"), max_length=10, choices=Kind, default=Kind.POST, db_default=Kind.POST)
    worker = models.CharField(_("worker"), max_length=120)
    started_at = models.DateTimeField(_("started"))
    #: The point of no return: from here on the post may be out.
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=20, choices=Outcome, blank=True)
    http_status = models.PositiveSmallIntegerField(_("HTTP"), null=True, blank=True)
    error = models.TextField(_("what happened"), blank=True)
    #: In the hands of whoever took up an errand: its open key.
    errand_key = ""

    class Meta:
        db_table = "social_attempts"
        verbose_name = _("attempt")
        verbose_name_plural = _("attempts")
        ordering = ["post", "part_number", "number"]
        constraints = [models.UniqueConstraint(fields=["post", "part_number", "number"], name="attempt_once_per_part")]
        indexes = [
            models.Index(fields=["ended_at"], name="attempt_ended"),
            models.Index(fields=["outcome", "id"], name="attempt_outcome"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}#{self.number}"


class Errand(models.Model):
    """One deletion or correction, from the moment it is asked for; each try at it is an attempt of its post."""

    class Kind(models.TextChoices):
        RECALL = "recall", _("taking back")
        CORRECT = "correct", _("correction")

    post = models.ForeignKey(Post, models.CASCADE, related_name="errands")
    #: The post's, once more: errands are taken account by account.
    account = models.ForeignKey(PlatformAccount, models.CASCADE, related_name="errands")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    #: A correction's: the follow-up that it is of; null for the post itself.
    part = models.ForeignKey("Part", models.CASCADE, null=True, related_name="errands")
    #: "recall:17" while it is to be done, null once it is over: one of a kind and post.
    open_key = models.CharField(max_length=60, null=True, unique=True, editable=False)
    asked_at = models.DateTimeField(_("asked for"))
    #: The earliest next try; no deletion is tried before its time to undo is over.
    not_before = models.DateTimeField()
    failures_in_row = models.PositiveSmallIntegerField(default=0, db_default=0)
    #: A correction's words, and those that it replaces: once it is done, those that stood there until then.
    text = models.TextField(blank=True, default="", db_default="")
    old_text = models.TextField(blank=True, default="", db_default="")
    #: Who asked: a person, and the name that they, a program or a command had then.
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    asked_by = models.CharField(max_length=190, blank=True, default="", db_default="")
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    #: How it ended, as its last attempt says; empty while it is open or when it was called off.
    outcome = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        db_table = "social_errands"
        default_permissions = ()
        indexes = [
            models.Index(fields=["ended_at", "not_before"], name="errand_due"),
            models.Index(fields=["account", "ended_at", "not_before", "id"], name="errand_claim"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.post_id}"


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

"""One place we may post to."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors import platform_choices
from social_queue.vault import EncryptedJSONField, Sealed


class PlatformAccount(models.Model):
    """A Page, an Instagram professional account, a Telegram chat, an X handle."""

    class Status(models.TextChoices):
        ACTIVE = "active", _("active")
        PAUSED = "paused", _("paused")  # an editor's wish; posts wait
        NEEDS_TOKEN = "needs_token", _("needs a token")  # the platform refused the credentials; posts wait
        BLOCKED = "blocked", _("blocked")  # the platform refused the account; posts wait

    class LinkMode(models.TextChoices):
        SITE = "", _("as the site")
        GO = "go", _("our own short link, clicks counted")
        BITLY = "bitly", _("Bitly")
        PLAIN = "plain", _("the full link")

    class LatePolicy(models.TextChoices):
        SEND = "send", _("send it at once")
        SKIP = "skip", _("leave it out")
        SPREAD = "spread", _("spread it over the hours that follow")

    platform = models.CharField(_("platform"), max_length=30, choices=platform_choices)
    slug = models.SlugField(_("slug"), max_length=60, unique=True, help_text=_("What generators write in “channels”."))
    name = models.CharField(_("name"), max_length=120, blank=True)
    address = models.CharField(
        _("address"), max_length=190, help_text=_("What the platform calls the place: its id, name or handle.")
    )
    credentials = EncryptedJSONField(_("credentials"), blank=True, default="")
    options = models.JSONField(_("options"), default=dict, blank=True)
    status = models.CharField(_("status"), max_length=20, choices=Status, default=Status.ACTIVE)
    paused_until = models.DateTimeField(_("paused until"), null=True, blank=True)
    include_link = models.BooleanField(
        _("include the link"), default=True, help_text=_("X bills a post with a link about thirteen times one without.")
    )
    link_mode = models.CharField(_("link"), max_length=10, choices=LinkMode, default=LinkMode.SITE, blank=True)
    min_interval_s = models.PositiveIntegerField(_("seconds between posts"), default=0)
    zone = models.CharField(
        _("zone"), max_length=64, blank=True, default="", db_default="", help_text=_("Such as Asia/Jakarta.")
    )
    #: As ``timing.weekly`` writes it.
    slots = models.CharField(_("weekly slots"), max_length=1000, blank=True, default="", db_default="")
    #: As ``timing.quiet`` writes it.
    quiet_hours = models.CharField(_("quiet hours"), max_length=11, blank=True, default="", db_default="")
    late_policy = models.CharField(
        _("what was missed"), max_length=10, choices=LatePolicy, default=LatePolicy.SEND, db_default=LatePolicy.SEND
    )
    late_after = models.PositiveIntegerField(_("missed after so many minutes"), default=120, db_default=120)
    resend_unknown = models.BooleanField(
        _("send again when nobody can tell"), default=False, help_text=_("May post twice. Off unless a gap is worse.")
    )
    token_expires_at = models.DateTimeField(_("token expires"), null=True, blank=True)
    data_access_expires_at = models.DateTimeField(_("data access expires"), null=True, blank=True)
    token_checked_at = models.DateTimeField(_("token checked"), null=True, blank=True)
    last_error = models.TextField(_("last trouble"), blank=True)
    #: May comments or replies be written with its token? Null: nobody has told.
    may_follow_up = models.BooleanField(null=True, editable=False)
    #: Follow-ups that the platform refused in a row because of the account, not of their words.
    follow_ups_refused = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
    last_served_at = models.DateTimeField(_("last served"), null=True, blank=True, editable=False)
    #: The earliest next post, when a minimum interval is set; written by claim and by begin_sending.
    resting_until = models.DateTimeField(null=True, blank=True, editable=False)
    #: Since when it may post again after it was paused, refused, or its platform was away; null: it always might.
    resumed_at = models.DateTimeField(null=True, blank=True, editable=False)
    #: Put away: nothing new goes there, and what went there stays readable.
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    class Meta:
        db_table = "platform_accounts"
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["platform", "slug"]
        constraints = [models.UniqueConstraint(fields=["platform", "address"], name="one_account_per_address")]
        indexes = [models.Index(fields=["status", "last_served_at"], name="account_fairness")]

    def __str__(self) -> str:
        return self.slug


def credentials_of(account: PlatformAccount) -> dict:
    """The account's plain credentials. Raises VaultClosed when the key that sealed them is gone."""
    held = account.credentials
    return held.open() if isinstance(held, Sealed) else dict(held or {})

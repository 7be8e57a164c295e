"""What editors say about how posts are worded."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from connectors import platform_choices


class CaptionTemplate(models.Model):
    """An editor's own wording; while active it replaces the file for the same platform and variant."""

    platform = models.CharField(_("platform"), max_length=30, choices=platform_choices)
    variant = models.CharField(_("variant"), max_length=10, default="A")
    body = models.TextField(_("wording"))
    active = models.BooleanField(_("in use"), default=True)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        db_table = "caption_templates"
        verbose_name = _("caption template")
        verbose_name_plural = _("caption templates")
        ordering = ["platform", "variant"]
        constraints = [models.UniqueConstraint(fields=["platform", "variant"], name="one_template_per_variant")]

    def __str__(self) -> str:
        return f"{self.platform} {self.variant}"


class EarlierWording(models.Model):
    """A text that another one replaced."""

    template = models.ForeignKey(CaptionTemplate, models.CASCADE, related_name="earlier")
    body = models.TextField()
    replaced_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    replaced_at = models.DateTimeField()

    class Meta:
        db_table = "earlier_wordings"
        default_permissions = ()
        ordering = ["-replaced_at", "-id"]

    def __str__(self) -> str:
        return f"{self.template} {self.pk}"

    @property
    def place(self) -> str:
        """Where a page keeps its text."""
        return f"earlier-{self.pk}"


class LabelLine(models.Model):
    """An editor's own line below what a machine made; it goes before the setting's for the same language."""

    #: A code such as ``id`` or ``pt-br`` in small letters; "" is the setting's one line for all.
    language = models.CharField(_("language"), max_length=35, unique=True, blank=True)
    line = models.CharField(_("line"), max_length=200)
    updated_at = models.DateTimeField(_("changed"), auto_now=True)

    class Meta:
        db_table = "label_lines"
        # Whoever may change wordings may change these.
        default_permissions = ()
        verbose_name = _("line about AI")
        verbose_name_plural = _("lines about AI")
        ordering = ["language"]

    def __str__(self) -> str:
        return self.line


class HashtagSet(models.Model):
    """Hashtags that are put under many posts, by the name that editors call them."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    tags = models.JSONField(_("hashtags"), default=list)

    class Meta:
        db_table = "hashtag_sets"
        default_permissions = ()
        verbose_name = _("hashtag set")
        verbose_name_plural = _("hashtag sets")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class VariantCounter(models.Model):
    """A number that grows by one a use, so that variants alternate evenly under concurrency."""

    key = models.CharField(max_length=100, unique=True)
    value = models.PositiveBigIntegerField(default=0)

    class Meta:
        db_table = "variant_counters"

    def __str__(self) -> str:
        return self.key

"""Rows as the API shows them: the columns' own names; an account is its slug, an item and a repeat are ids."""

from django.utils import timezone, translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from social_queue.api.media import rows
from social_queue.api.thread_rows import AttemptRow, CorrectionRow, FollowUpRow, PartRow
from social_queue.models import Post, QueueItem, Series
from social_queue.operations.correcting import asking as correcting
from social_queue.operations.following import shown
from social_queue.reading import moments
from social_queue.timing import outlook, rules_in_words, upcoming
from social_queue.wording import links


class ShortPostRow(serializers.ModelSerializer):
    """A post in one line."""

    account = serializers.SlugRelatedField(slug_field="slug", read_only=True)
    platform = serializers.CharField(read_only=True)
    status = serializers.ChoiceField(choices=Post.Status.choices, read_only=True)
    link = serializers.SerializerMethodField(help_text="As it stands, or will stand, in the caption.")
    not_before = serializers.SerializerMethodField(help_text="When it goes, as things stand.")
    waits_for = serializers.SerializerMethodField(help_text="slot, quiet_hours, interval, or null.")

    class Meta:
        model = Post
        fields = ("id", "account", "platform", "status", "link", "not_before", "waits_for")
        read_only_fields: tuple[str, ...] = fields

    def get_link(self, post: Post) -> str:
        return links.expected_link(post).short

    @extend_schema_field(OpenApiTypes.DATETIME)
    def get_not_before(self, post: Post) -> str | None:
        return moments.show(outlook.of(post).not_before)

    @extend_schema_field(serializers.ChoiceField(outlook.REASONS, allow_null=True))
    def get_waits_for(self, post: Post) -> str | None:
        return outlook.of(post).waits_for


class PostRow(ShortPostRow):
    """A post with all its columns."""

    class Meta:
        model = Post
        fields: tuple[str, ...] = (
            *("id", "item", "account", "platform", "code", "status", "not_before", "waits_for", "slot_at"),
            *("lease_until", "attempts_made"),
            *("failures_in_row", "variant", "caption", "caption_edited", "link", "short_link", "tracked_url"),
            *("draft_ref", "external_id", "permalink", "published_at", "recall_asked_at", "recalled_at"),
            *("corrected_at", "error_kind", "error", "clicks", "created_at"),
        )
        read_only_fields: tuple[str, ...] = fields


class PostDetail(PostRow):
    """A post with every attempt at it."""

    attempts = AttemptRow(many=True, read_only=True)
    parts = serializers.SerializerMethodField(help_text="The post itself and what follows it, in order.")
    correction = serializers.SerializerMethodField(help_text="The text that it is to have, while it waits for it.")

    class Meta(PostRow.Meta):
        fields = (*PostRow.Meta.fields, "attempts", "parts", "correction")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(PartRow(many=True))
    def get_parts(self, post: Post) -> list:
        rows = shown.of(post)
        waiting = correcting.waiting_below(post) if any(row.part for row in rows) else {}
        return PartRow(rows, many=True, context={"waiting": waiting}).data

    @extend_schema_field(CorrectionRow(allow_null=True))
    def get_correction(self, post: Post) -> dict | None:
        waits = correcting.waiting([post]).get(post.pk)
        return {"caption": waits.text, "waits_until": moments.show(waits.not_before)} if waits else None


class ItemRow(serializers.ModelSerializer):
    """A queue item with its posts in short."""

    status = serializers.ChoiceField(choices=QueueItem.Status.choices, read_only=True)
    image = serializers.SerializerMethodField(help_text="Address of an uploaded picture, or empty.")
    hashtags = serializers.ListField(child=serializers.CharField(), read_only=True)
    channels = serializers.ListField(child=serializers.CharField(), read_only=True)
    captions = serializers.DictField(child=serializers.CharField(), read_only=True)
    media = serializers.SerializerMethodField(help_text="Pictures and videos in their order.")
    follow_ups = FollowUpRow(many=True, read_only=True)
    data = serializers.DictField(read_only=True)
    meta = serializers.DictField(read_only=True)
    ai = serializers.DictField(read_only=True, allow_null=True)
    posts = ShortPostRow(many=True, read_only=True)

    class Meta:
        model = QueueItem
        fields: tuple[str, ...] = (
            *(
                "id",
                "title",
                "summary",
                "link",
                "image_url",
                "image",
                "alt_text",
                "focus",
                "media",
                "callback_url",
                "hashtags",
                "data",
                "meta",
                "channels",
                "captions",
                "follow_ups",
                "ai",
            ),
            *("game", "window", "source", "idempotency_key", "reference", "publish_at", "expires_at", "status"),
            *("skip_reason", "duplicate_of", "series", "created_at", "updated_at", "posts"),
        )
        read_only_fields: tuple[str, ...] = fields

    def get_image(self, item: QueueItem) -> str:
        return item.image.url if item.image else ""

    @extend_schema_field(rows.Carried(many=True))
    def get_media(self, item: QueueItem) -> list[dict]:
        return rows.of(item)


class ItemDetail(ItemRow):
    """A queue item with its posts in full, and every attempt at any of them in the order of time."""

    posts = PostDetail(many=True, read_only=True)
    attempts = serializers.SerializerMethodField()

    class Meta(ItemRow.Meta):
        fields: tuple[str, ...] = (*ItemRow.Meta.fields, "attempts")
        read_only_fields: tuple[str, ...] = fields

    @extend_schema_field(AttemptRow(many=True))
    def get_attempts(self, item: QueueItem) -> list:
        tries = [attempt for post in item.posts.all() for attempt in post.attempts.all()]
        return AttemptRow(sorted(tries, key=lambda attempt: (attempt.started_at, attempt.pk)), many=True).data


class SeriesRow(serializers.ModelSerializer):
    """A repeat; ``next`` is its next moment, null when it is over."""

    in_words = serializers.SerializerMethodField(
        help_text="The rule, its zone and its end as an English sentence; the rule itself where there is none for it."
    )
    next = serializers.SerializerMethodField()

    class Meta:
        model = Series
        fields: tuple[str, ...] = (
            "id",
            "rule",
            "in_words",
            "zone",
            "begins_at",
            "until",
            "next",
            "source",
            "cancelled_at",
            "created_at",
        )
        read_only_fields: tuple[str, ...] = fields

    def get_in_words(self, series: Series) -> str:
        with translation.override("en"):
            return rules_in_words.of(series)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_next(self, series: Series) -> str | None:
        return moments.show(upcoming.moment(series, now=timezone.now()))

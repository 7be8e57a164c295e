"""Every try at a post, and what follows it, as the API shows them."""

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from social_queue.models import Attempt, Post
from social_queue.operations.following import shown
from social_queue.reading import moments

#: What a part may wait for beside its time.
WAITS_FOR = ("part",)


class AttemptRow(serializers.ModelSerializer):
    """One try at delivering a post; its outcome is empty while it is under way."""

    outcome = serializers.CharField(read_only=True)
    kind = serializers.CharField(read_only=True, help_text="post, recall or correct: what was tried.")

    class Meta:
        model = Attempt
        fields = (
            "post",
            "kind",
            "part_number",
            "number",
            "worker",
            "started_at",
            "sent_at",
            "ended_at",
            "outcome",
            "http_status",
            "error",
        )
        read_only_fields: tuple[str, ...] = fields


class CorrectionRow(serializers.Serializer):
    """Another text for a post that is out, and when it is next tried to put it there."""

    caption = serializers.CharField()
    waits_until = serializers.DateTimeField()


class FollowUpRow(serializers.Serializer):
    """What an item has to follow its posts."""

    text = serializers.CharField()
    channels = serializers.ListField(child=serializers.CharField(), required=False)


class PartRow(serializers.Serializer):
    """The post itself, or one of the follow-ups behind it."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(("post", "follow_up"))
    status = serializers.ChoiceField(Post.Status.choices)
    external_id = serializers.CharField()
    permalink = serializers.CharField()
    attempts = serializers.IntegerField()
    text = serializers.CharField()
    not_before = serializers.DateTimeField(allow_null=True)
    waits_for = serializers.ChoiceField(WAITS_FOR, allow_null=True, help_text="part: one before it stands.")
    error_kind = serializers.CharField()
    error = serializers.CharField()
    correction = serializers.SerializerMethodField(
        help_text="The text that this follow-up is to have, while it waits for it; that of the post stands beside it."
    )

    @extend_schema_field(CorrectionRow(allow_null=True))
    def get_correction(self, row: shown.Row) -> dict | None:
        waits = self.context.get("waiting", {}).get(row.part.pk) if row.part else None
        return {"caption": waits.text, "waits_until": moments.show(waits.not_before)} if waits else None


class PreviewedFollowUp(serializers.Serializer):
    """One part of a thread as it would go out, counted as its platform counts."""

    text = serializers.CharField()
    length = serializers.IntegerField()
    limit = serializers.IntegerField()


class Problem(serializers.Serializer):
    """Something about a caption worth knowing."""

    code = serializers.CharField()
    message = serializers.CharField()


class PreviewedPost(serializers.Serializer):
    """A caption as it would go out; length and limit are counted as the platform counts."""

    account = serializers.CharField()
    platform = serializers.CharField()
    caption = serializers.CharField()
    length = serializers.IntegerField()
    limit = serializers.IntegerField()
    ai_label = serializers.CharField(required=False, help_text="flag or line, where readers are told of a machine.")
    problems = Problem(many=True)
    follow_ups = PreviewedFollowUp(many=True, required=False, help_text="Left out where nothing follows.")

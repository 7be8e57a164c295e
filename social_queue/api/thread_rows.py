"""What follows posts, as the API shows it."""

from rest_framework import serializers

from social_queue.models import Post


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
    waits_for = serializers.ChoiceField(("part",), allow_null=True, help_text="part: one before it stands.")
    error_kind = serializers.CharField()
    error = serializers.CharField()

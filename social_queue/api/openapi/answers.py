"""What the API answers where no table stands behind it."""

from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers

from social_queue.api.openapi import codes
from social_queue.api.serializers import ItemDetail, ItemRow, PostRow
from social_queue.api.thread_rows import PreviewedPost
from social_queue.timing import outlook


class QueuedPost(serializers.Serializer):
    """A post that was made."""

    id = serializers.IntegerField()
    account = serializers.CharField()
    platform = serializers.CharField()
    status = serializers.CharField()
    link = serializers.CharField()
    not_before = serializers.DateTimeField(help_text="When it goes, as things stand.")
    waits_for = serializers.ChoiceField(outlook.REASONS, allow_null=True)


class ErrorBody(serializers.Serializer):
    """Why not."""

    code = serializers.ChoiceField(codes.ERROR_CODES, help_text="For machines; there are no others.")
    message = serializers.CharField(help_text="For people.")
    fields = serializers.DictField(child=serializers.ListField(child=serializers.CharField()))
    codes = serializers.DictField(
        child=serializers.ListField(child=serializers.ChoiceField(codes.FIELD_CODES)),
        help_text="The twin of fields for machines: a code for each sentence, in the same places.",
    )
    posts = QueuedPost(many=True, required=False, help_text="Of a conflict: what went already.")
    log = serializers.IntegerField(required=False, help_text="Of a delivery by webhook: its number on the desk.")


class Error(serializers.Serializer):
    """The one shape of every error."""

    error = ErrorBody()


class LeftOut(serializers.Serializer):
    """An account that said the same recently, and does not say it again."""

    account = serializers.CharField()
    duplicate_of = serializers.IntegerField()


class Queued(serializers.Serializer):
    """A new item, and the posts that will say it."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    publish_at = serializers.DateTimeField()
    posts = QueuedPost(many=True)
    left_out = LeftOut(many=True, required=False)
    series = serializers.IntegerField(required=False, help_text="The repeat that begins with it.")
    notes = serializers.ListField(
        child=serializers.CharField(),
        required=False,
        help_text="What was left to us: a zone, an account without slots.",
    )


class Skipped(serializers.Serializer):
    """It repeats another item within the cooldown."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    skip_reason = serializers.CharField()
    duplicate_of = serializers.IntegerField(allow_null=True)


class Result(serializers.Serializer):
    """What one item of an array was answered: what it would have been answered alone, and at which place it stood."""

    index = serializers.IntegerField()
    status_code = serializers.IntegerField()
    idempotent_replay = serializers.BooleanField(required=False)
    id = serializers.IntegerField(required=False)
    status = serializers.CharField(required=False)
    publish_at = serializers.DateTimeField(required=False)
    posts = QueuedPost(many=True, required=False)
    left_out = LeftOut(many=True, required=False)
    series = serializers.IntegerField(required=False)
    notes = serializers.ListField(child=serializers.CharField(), required=False)
    skip_reason = serializers.CharField(required=False)
    duplicate_of = serializers.IntegerField(required=False, allow_null=True)
    error = ErrorBody(required=False)


class Results(serializers.Serializer):
    """One answer for each item of an array."""

    results = Result(many=True)


class Preview(serializers.Serializer):
    """A caption an account."""

    posts = PreviewedPost(many=True)


class CardFile(serializers.Serializer):
    """Where the card is, and its size in pixels."""

    file_url = serializers.CharField()
    width = serializers.IntegerField()
    height = serializers.IntegerField()


class ItemPage(serializers.Serializer):
    """One page of queue items."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = ItemRow(many=True)


class PostPage(serializers.Serializer):
    """One page of posts."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PostRow(many=True)


class ItemDone(ItemDetail):
    """The item afterwards, with how many of its posts were taken, and why the others were left."""

    taken = serializers.IntegerField()
    left = serializers.DictField(child=serializers.IntegerField())

    class Meta(ItemDetail.Meta):
        fields = (*ItemDetail.Meta.fields, "taken", "left")


class ItemInShort(serializers.Serializer):
    """What a change tells a key that may not read."""

    id = serializers.IntegerField()
    status = serializers.CharField()


class PostInShort(ItemInShort):
    """The same of a post."""


class NothingElse(OpenApiSerializerExtension):
    """Says that there is nothing else in it, which tells it from the whole one; found because it exists."""

    target_class = ItemInShort
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: str) -> dict:
        """The schema."""
        properties = {"id": {"type": "integer"}, "status": {"type": "string"}}
        return {
            "type": "object",
            "description": "What a change tells a key without the scope read.",
            "properties": properties,
            "required": list(properties),
            "additionalProperties": False,
        }

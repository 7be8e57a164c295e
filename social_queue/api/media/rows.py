"""An item's pictures and videos as the API shows them."""

from rest_framework import serializers

from social_queue.media import carried, files
from social_queue.models import MediaFile, QueueItem


class Carried(serializers.Serializer):
    """A picture or a video of an item."""

    type = serializers.ChoiceField(MediaFile.Kind.choices, help_text="Of an address as far as its ending tells.")
    url = serializers.CharField()
    upload = serializers.CharField(allow_null=True, help_text="The id of the upload; null for an address.")
    alt = serializers.CharField()


def of(item: QueueItem) -> list[dict]:
    """In their order."""
    return [
        {
            "type": medium.kind,
            "url": medium.url or files.public_url(medium.name),
            "upload": medium.file.sha256 if medium.file else None,
            "alt": medium.alt,
        }
        for medium in carried.of(item)
    ]

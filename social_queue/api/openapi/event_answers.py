"""What the doors for events, subscriptions and accounts answer."""

from rest_framework import serializers

from social_queue.models import EventType, PlatformAccount
from social_queue.models import Subscription as Row
from social_queue.upkeep.health import WORST_FIRST


class EventItem(serializers.Serializer):
    """The item as it was after the change."""

    id = serializers.IntegerField()
    reference = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    status = serializers.CharField()


class EventPost(serializers.Serializer):
    """The post as it was after the change."""

    id = serializers.IntegerField()
    status = serializers.CharField()
    external_id = serializers.CharField(allow_null=True)
    permalink = serializers.CharField()
    error_kind = serializers.CharField()
    error = serializers.CharField()


class EventAccount(serializers.Serializer):
    """The account that it is about."""

    slug = serializers.CharField()
    platform = serializers.CharField()


class EventData(serializers.Serializer):
    """What it is about; item is null for events of accounts."""

    item = EventItem(allow_null=True)
    post = EventPost(required=False)
    account = EventAccount(required=False)
    reason = serializers.CharField(required=False, help_text="Why an item was sent back.")


class Event(serializers.Serializer):
    """Something happened."""

    id = serializers.CharField()
    sequence = serializers.IntegerField()
    type = serializers.ChoiceField(EventType.choices)
    occurred_at = serializers.DateTimeField()
    data = EventData()


class Events(serializers.Serializer):
    """Events in order."""

    events = Event(many=True)
    next_after = serializers.IntegerField()


class Subscription(serializers.Serializer):
    """An address that is told of events; none named means all."""

    id = serializers.IntegerField()
    url = serializers.CharField()
    events = serializers.ListField(child=serializers.ChoiceField(EventType.choices))
    status = serializers.ChoiceField(Row.Status.choices)
    told_up_to = serializers.IntegerField(help_text="The sequence up to which it was told.")
    failures = serializers.IntegerField(help_text="Tries in a row that failed.")
    next_try_at = serializers.DateTimeField(allow_null=True)
    last_error = serializers.CharField()
    created_at = serializers.DateTimeField()


class NewSubscription(Subscription):
    """With its secret, shown once."""

    secret = serializers.CharField(help_text="whsec_…")


class SubscriptionPage(serializers.Serializer):
    """One page of subscriptions."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = Subscription(many=True)


class VideoLimits(serializers.Serializer):
    """What a platform accepts of a video; null where it names no rule."""

    types = serializers.ListField(child=serializers.CharField())
    bytes = serializers.IntegerField()
    least_seconds = serializers.FloatField(allow_null=True)
    most_seconds = serializers.FloatField(allow_null=True)


class AccountLimits(serializers.Serializer):
    """What its platform accepts; null when the platform's module was taken away."""

    text = serializers.IntegerField(allow_null=True, help_text="Characters as the platform counts them.")
    text_with_media = serializers.IntegerField(allow_null=True)
    media = serializers.ListField(child=serializers.CharField(), help_text="Media types.")
    media_bytes = serializers.IntegerField(allow_null=True)
    needs_media = serializers.BooleanField()
    media_count = serializers.IntegerField(allow_null=True, help_text="Pictures and videos of one post, at most.")
    media_mixed = serializers.BooleanField(help_text="May pictures and videos go out in one post?")
    video = VideoLimits(allow_null=True, help_text="null: no video is taken.")


class Account(serializers.Serializer):
    """A place we may post to; never a secret."""

    slug = serializers.CharField()
    platform = serializers.CharField()
    name = serializers.CharField()
    status = serializers.ChoiceField(PlatformAccount.Status.choices)
    token = serializers.ChoiceField(WORST_FIRST)
    zone = serializers.CharField()
    next_slots = serializers.ListField(child=serializers.DateTimeField())
    limits = AccountLimits()


class AccountPage(serializers.Serializer):
    """One page of accounts."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = Account(many=True)

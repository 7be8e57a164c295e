"""What the API answers about slots and repeats."""

from rest_framework import serializers

from social_queue.api.serializers import SeriesRow


class Slot(serializers.Serializer):
    """A free slot."""

    account = serializers.CharField()
    at = serializers.DateTimeField()


class Slots(serializers.Serializer):
    """Free slots, account by account."""

    results = Slot(many=True)


class SeriesPage(serializers.Serializer):
    """One page of repeats."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = SeriesRow(many=True)


class SeriesDone(SeriesRow):
    """The repeat afterwards, with how many of its items were cancelled."""

    cancelled_items = serializers.IntegerField()

    class Meta(SeriesRow.Meta):
        fields = (*SeriesRow.Meta.fields, "cancelled_items")

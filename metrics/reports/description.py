"""How the door for reports is described in the API's schema."""

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers

from metrics.reports import figures
from social_queue.api.openapi import schema

_EXAMPLE = {"rows": [{"key": "2026-12-01", "clicks": 412, "robots": 38, "posts": 12}]}


class ClickRow(serializers.Serializer):
    """What one day, platform, account, source or variant came to."""

    key = serializers.CharField(help_text="A day, or a name; empty for what is not known any more.")
    clicks = serializers.IntegerField(help_text="By people.")
    robots = serializers.IntegerField()
    posts = serializers.IntegerField(help_text="Published in the span.")


class ClickReport(serializers.Serializer):
    """Days in their order; all others by clicks."""

    rows = ClickRow(many=True)


CLICKS = extend_schema(
    operation_id="click_report",
    summary="Clicks and posts of a span of days",
    description="Days of the site's time zone, both included; without any, the last 30. Days to come have no rows.",
    parameters=[
        schema.query("by", "What a row is about; usually day.", enum=list(figures.BY)),
        schema.query("from", "The first day, ISO 8601."),
        schema.query("to", "The last day, ISO 8601; usually today."),
    ],
    responses={200: ClickReport, **schema.errors()},
    examples=[OpenApiExample("A day", _EXAMPLE, response_only=True, status_codes=["200"])],
)

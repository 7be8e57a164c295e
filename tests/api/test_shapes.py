"""What the schema says may be sent is what is taken, field by field, and shown again."""

from social_queue.api import serializers
from social_queue.api.openapi import shapes
from social_queue.intake.incoming import RULES
from social_queue.operations import editing


def test_the_schema_of_ingest_has_exactly_the_fields_that_have_a_rule():
    assert set(shapes.INCOMING["properties"]) == set(RULES)


def test_the_schema_of_changes_has_exactly_the_fields_that_may_be_changed():
    assert set(shapes.CHANGES["properties"]) == {*editing.EDITABLE, "repeat"}


def test_every_field_that_is_taken_is_shown():
    # What repeats is shown as the series that it begins.
    shown = {"repeat": "series"}
    assert [name for name in RULES if shown.get(name, name) not in serializers.ItemRow.Meta.fields] == []

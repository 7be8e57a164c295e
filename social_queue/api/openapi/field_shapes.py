"""JSON schemas of fields that take some explaining."""

from social_queue.intake import field_rules

HASHTAGS = {
    "type": "array",
    "items": {"type": "string"},
    "maxItems": 100,
    "nullable": True,
    "description": "With or without #. A second #, a comma or a line break in a text starts another tag, blanks join "
    "one: “#promo #sale” are two, “Gates of Olympus” is #GatesofOlympus. At most 100 tags of 100 characters.",
}
ALT_TEXT = {
    "type": "string",
    "maxLength": field_rules.LONGEST_ALT_TEXT,
    "nullable": True,
    "description": "What the picture shows, for people who can't see it; left out: the title.",
    "example": "A golden gate under three suns",
}

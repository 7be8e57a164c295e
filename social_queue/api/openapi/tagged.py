"""Doors in groups, by the first part of their address."""

from drf_spectacular.openapi import AutoSchema

_GROUPS = {
    **dict.fromkeys(("ingest", "preview", "cards", "media", "webhook"), "content"),
    **dict.fromkeys(("queue", "posts"), "results"),
    **dict.fromkeys(("events", "subscriptions"), "events"),
    **dict.fromkeys(("accounts",), "accounts"),
    **dict.fromkeys(("slots", "series"), "time"),
}


class Tagged(AutoSchema):
    """The framework's, with our groups."""

    def get_tags(self) -> list[str]:
        """Doors whose address begins in a way that is new here are in the group of that name."""
        first = self.path.removeprefix("/api/autopost/").split("/")[0]
        return [_GROUPS.get(first, first)]

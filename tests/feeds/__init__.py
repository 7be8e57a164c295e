"""Feeds: read, judged, queued, each entry once."""

"""The pretended Bot API."""

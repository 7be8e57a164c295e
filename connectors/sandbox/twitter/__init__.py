"""The pretended X API v2."""

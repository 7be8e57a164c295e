"""The pretended Graph API."""

"""Meta's Graph API, for Facebook Pages and Instagram."""

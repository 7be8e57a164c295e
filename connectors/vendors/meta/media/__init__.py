"""Albums and videos on Pages and Instagram accounts."""

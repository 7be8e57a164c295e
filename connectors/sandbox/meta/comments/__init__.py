"""Comments under posts and media."""

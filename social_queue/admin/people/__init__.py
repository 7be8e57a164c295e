"""Log-in, second factor, users and groups."""

"""Caption templates: found, looked through, and rendered in a sandbox of a few tags and filters."""

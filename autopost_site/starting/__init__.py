"""Whether what the settings say can be started at all, and what is said when it can't."""

from autopost_site.starting import agreed, told

__all__ = ["agreed", "told"]

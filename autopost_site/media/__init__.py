"""Pictures: where the settings say that they are kept, and how they are given to whoever asks."""

from autopost_site.media.storage import storages

__all__ = ["storages"]

"""The pictures of a post: the item's own, a fetched one, or a drawn card."""

__all__ = ["archive", "cards", "files", "illustrations", "thumbnails"]

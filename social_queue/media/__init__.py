"""The pictures and videos of a post: uploaded, fetched, or a drawn card."""

__all__ = ["archive", "cards", "carried", "files", "illustrations", "judging", "originals", "strays", "thumbnails"]

"""A against B: which caption variant is better, and which the next post gets."""

__all__ = ["contest", "dealing"]

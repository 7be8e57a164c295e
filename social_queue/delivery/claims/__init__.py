"""Which posts a claim takes, and what becomes of one that was never heard of."""

__all__: list[str] = []

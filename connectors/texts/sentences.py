"""What others say, put beside a sentence of ours."""


def ended(said: str) -> str:
    """With a full stop where it has no end, since another sentence follows."""
    return said if said.endswith((".", "!", "?")) else f"{said}."

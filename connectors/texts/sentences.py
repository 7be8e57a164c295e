"""What others say, put beside a sentence of ours."""


def ended(said: str) -> str:
    """With a full stop where it has no end, since another sentence follows."""
    return said if said.endswith((".", "!", "?")) else f"{said}."


def plain(fault: Exception) -> str:
    """Of what the system refuses its words, without Python's number and path; of any other fault what it says."""
    return (isinstance(fault, OSError) and fault.strerror) or str(fault)

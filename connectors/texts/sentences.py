"""What others say, put beside a sentence of ours."""

from collections.abc import Iterable

#: More names than this nobody reads in an answer.
_MOST_NAMES = 50


def ended(said: str) -> str:
    """With a full stop where it has no end, since another sentence follows."""
    return said if said.endswith((".", "!", "?")) else f"{said}."


def plain(fault: Exception) -> str:
    """Of what the system refuses its words, without Python's number and path; of any other fault what it says."""
    return (isinstance(fault, OSError) and fault.strerror) or str(fault)


def known(names: Iterable[str], *, none: str) -> str:
    """Which names there are, for whoever typed another; where there are none, ``none`` says what to do."""
    found = list(names)
    more = f" and {len(found) - _MOST_NAMES} more" if len(found) > _MOST_NAMES else ""
    return f"Known: {', '.join(found[:_MOST_NAMES])}{more}." if found else none

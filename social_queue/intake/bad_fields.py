"""Why a value of an ingest body can't be used: its type, its length, a letter in it."""

from typing import TypeVar

from social_queue.reading import invisible
from social_queue.sentences import said

Kind = TypeVar("Kind")

_KINDS = {
    str: said("text"),
    bool: said("true or false"),
    int: said("a number"),
    float: said("a number"),
    list: said("a list"),
    dict: said("an object"),
    type(None): said("null"),
}


class BadField(ValueError):
    """Why a value can't be used, in sentences that go on after the field's name."""

    def __init__(self, *sentences: str) -> None:
        super().__init__(" ".join(sentences))
        self.sentences = list(sentences)


def of_type(value: object, kind: type[Kind]) -> Kind:
    if value is None:
        raise BadField(said("must not be null."))
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise BadField(said("must be %(wanted)s, not %(given)s.", wanted=_KINDS[kind], given=kind_of(value)))
    return value


def kind_of(value: object) -> str:
    return _KINDS.get(type(value), _KINDS[type(None)])


def too_long(most: int, given: str) -> BadField:
    return BadField(said("must be at most %(most)s characters, not %(count)s.", most=most, count=len(given)))


def all_visible(value: str) -> str:
    """The text itself, unless it holds a letter that nobody sees."""
    if letter := invisible.invisible(value):
        raise BadField(said("must not contain invisible characters (%(letter)s).", letter=letter))
    return value


def without_controls(value: str) -> str:
    """The text itself, unless it holds a control character other than a line feed."""
    if letter := invisible.control(value):
        raise BadField(said("must not contain control characters (%(letter)s).", letter=letter))
    return value

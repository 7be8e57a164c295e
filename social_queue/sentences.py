"""Sentences that are answered and stored in English, and can be said to whoever reads them in his own language.

What refuses something speaks to generators and to rows of tables, which know English only, and now and then to an
editor who is looking on. So these sentences are English text that knows how it was put together; the admin, which
knows its reader, has them `translated`.
"""

from collections.abc import Mapping

from django.utils.translation import gettext


class Sentence(str):
    """English text; ``pattern`` and ``values`` are what it was made of."""

    __slots__ = ("pattern", "values")
    pattern: str
    values: dict[str, object]

    def __new__(cls, pattern: str, values: Mapping[str, object] | None = None) -> "Sentence":
        """A pattern without values is taken letter for letter, so it may hold a %."""
        self = super().__new__(cls, pattern % values if values else pattern)
        self.pattern, self.values = pattern, dict(values or {})
        return self

    def __str__(self) -> "Sentence":
        """Itself, so that an exception's text is still a sentence."""
        return self


def said(pattern: str, **values: object) -> Sentence:
    """A sentence in English; `make words` finds the pattern for the translators as it finds those of gettext."""
    return Sentence(pattern, values)


def about(name: str, sentence: str) -> Sentence:
    """A sentence that goes on after the name of what it is about."""
    return Sentence("%(name)s %(sentence)s", {"name": name, "sentence": sentence})


def joined(*sentences: str) -> Sentence:
    """Several sentences as one, each translated for itself."""
    names = [f"sentence{number}" for number in range(len(sentences))]
    return Sentence(" ".join(f"%({name})s" for name in names), dict(zip(names, sentences, strict=True)))


def translated(text: str) -> str:
    """What the reader of this request reads: a sentence in his language; plain text as it is."""
    if not isinstance(text, Sentence):
        return text
    values = {name: _value(value) for name, value in text.values.items()}
    return gettext(text.pattern) % values if values else gettext(text.pattern)


def _value(value: object) -> object:
    return translated(value) if isinstance(value, str) else value

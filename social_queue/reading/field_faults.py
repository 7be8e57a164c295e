"""What is wrong with a body, field by field."""

from collections.abc import Mapping


class FieldFaults(ValueError):
    """A body that can't be used. ``fields``: {field, or "body": [sentence, …]}, all of them at once."""

    def __init__(self, fields: Mapping[str, list[str]]) -> None:
        self.fields = dict(fields)
        super().__init__(" ".join(f"{name} {sentence}" for name in self.fields for sentence in self.fields[name]))

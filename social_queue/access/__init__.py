"""Who may come in, by which name and key, and from where."""

__all__ = [
    "callers",
    "habits",
    "hearing",
    "invitations",
    "keys",
    "log_ins",
    "roles",
    "second_factor",
    "senders",
    "ways",
]

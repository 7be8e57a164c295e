"""What people may see and do with what is in the queue."""

__all__ = [
    "accounts",
    "correcting",
    "done",
    "editing",
    "evidence",
    "following",
    "items",
    "mending",
    "posts",
    "pressing",
    "previews",
    "recalling",
    "repeats",
    "rewording",
    "trial_posts",
    "undecided",
    "undo",
]

"""How a post reads on its platform: template, caption, variant, link."""

__all__ = [
    "captions",
    "checks",
    "faults",
    "fit",
    "following",
    "hashtags",
    "labels",
    "links",
    "markup",
    "outgoing",
    "own_words",
    "templates",
    "utm",
    "variants",
]

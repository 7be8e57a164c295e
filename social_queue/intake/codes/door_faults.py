"""More sentences about fields and their codes: of repeats, cards, captions, changes, and parameters of an address."""

SENTENCES: dict[str, tuple[str, ...]] = {
    "required": (
        'is required here: say {"generated": true} where a machine made it, and false where none did.',
        "needs publish_at, the moment from which on it repeats.",
        "A card needs a title.",
    ),
    "unknown_field": ("has no %(names)s; it takes %(known)s.",),
    "unknown_parameter": ("is not a parameter here. Known are %(known)s.",),
    "wrong_type": (
        'must be an object such as {"generated": true}.',
        "must be an object with the fields to change.",
        "must be text or a number.",
        "must be a list; “%(path)s” leads to %(what)s in this body.",
        "This must be text, not %(kind)s.",
        "The data must be an object.",
    ),
    "empty": (
        "is an empty list: there is nothing to queue.",
        "A post that is out needs words. To have it gone, take it back.",
    ),
    "too_long": (
        "is too long: the link would grow by over %(most)s characters.",
        "is too long: what is joined may have at most %(most)s characters.",
        "A title has at most %(most)s characters, this one has %(count)s.",
    ),
    "too_many": ("may make at most %(most)s items, not %(count)s.",),
    "too_large": ("is too much: all items of a delivery may have %(most)s letters together.",),
    "bad_address": (
        "is no address for events: %(why)s",
        "must be an absolute http(s) address.",
        "must be an absolute http(s) address with a host.",
    ),
    "bad_character": (
        "must not contain white space or control characters.",
        "must not contain line breaks, control characters or broken characters.",
        "This holds half a character (an unpaired surrogate).",
    ),
    "bad_number": (
        "must be a number from 1 to %(most)s.",
        "must be the sequence of an event, or 0.",
        "must be the number of an item.",
        "must be two whole numbers from 0 to 100, across and down, such as 50,30.",
        "The RTP must be a number from 0 to 100.",
        "The RTP must be from 0 to 100, not %(value)s.",
    ),
    "bad_cursor": (
        "is not one of ours.",
        "belongs to another ordering.",
    ),
    "bad_moment": ("must be a day in ISO 8601, such as 2026-12-01.",),
    "bad_span": ("must be at most %(most)s days after “from”, not before it.",),
    "bad_rule": (
        "rrule needs FREQ, one of %(known)s.",
        "rrule has a part that can't be read: %(part)s.",
        "rrule may have a COUNT of at most %(most)s.",
        "rrule may have COUNT or UNTIL, not both.",
        "rrule names more than %(most)s times a day.",
        "rrule can't be read: %(reason)s.",
        "rrule yields nothing: no day from publish_at on answers to it.",
        "rrule yields nothing that is still to come.",
        "rrule may have at most %(most)s letters.",
        "rrule must be text such as FREQ=WEEKLY;BYDAY=MO,TH, with no part twice.",
        "It does not repeat.",
    ),
    "unknown_zone": (
        "There is no zone %(name)s; one is called like Asia/Jakarta.",
        "There is no zone %(name)s; did you mean %(near)s?",
    ),
    "unknown_account": ("is not an account's slug.",),
    "not_a_choice": (
        "must be one of %(known)s.",
        "must be one or, with commas, several of %(known)s.",
        "There is no theme %(value)r; the themes are %(known)s.",
        "Cards speak %(known)s, not %(value)r.",
    ),
    "bad_markup": (
        "%(label)s does not take the tag <%(tag)s>, only these: %(known)s.",
        "The tag <%(name)s> is never closed.",
        "The tag </%(name)s> closes nothing.",
        "A < stands alone; write &lt; for it.",
    ),
    "gone": (
        "can't be changed any more: %(slugs)s was tried.",
        "can't name %(slugs)s again: it is cancelled there.",
    ),
    "twice": ("names one platform by two of its names.",),
}

"""Where people see an account: its public page, as far as its address tells."""

import re

#: What a name is put behind; where the address is a number that no public page has, there is none.
#: https://core.telegram.org/api/links#public-username-links
_PAGES = {
    "telegram": (re.compile(r"@(\w{4,})"), "https://t.me/"),
    "twitter": (re.compile(r"@?(\w{1,15})"), "https://x.com/"),
    "facebook": (re.compile(r"(\d{5,})"), "https://www.facebook.com/"),
}


def page_of(platform: str, address: str) -> str:
    """Its http address, or ""."""
    pattern, before = _PAGES.get(platform, (None, ""))
    found = pattern.fullmatch(address) if pattern else None
    return f"{before}{found[1]}" if found else ""

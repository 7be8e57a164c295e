"""Who asked for a link: a person's browser, and on what device, or a robot that only looks at it.

`docs/decisions/robots.md` says how the rules were chosen and how well they do.
"""

import re
from collections.abc import Mapping
from functools import lru_cache

from crawlerdetect import CrawlerDetect

# What only robots say of themselves, and the addresses they leave. Lower case.
_CONFESSIONS = (
    *("bot", "crawl", "spider", "scanner", "preview", "fetch", "headless", "lighthouse", "prerender", "playwright"),
    *("selenium", "monitor", "synthetic", "scrape", "scrapy", "http:", "https:", "www.", "mailto:", ".com", ".ai/"),
)
# Telephones called so.
_INNOCENT = re.compile(r"cubot|\b(?:id|m|b) ?bot ?\d")
_MAIL = re.compile(r"@[a-z][\w-]*\.[a-z]")
# What every person's browser says of itself: its family, and the kind of device it runs on.
_FAMILY = re.compile(r"Mozilla/\d|Opera[/ ]|UCWEB|UCBrowser|MIDP|BlackBerry|Nokia|NetFront|Obigo|Dolfin|SAMSUNG")
_DEVICE = re.compile(
    r"Windows|Macintosh|X11|Linux|Android|iPhone|iPad|iPod|CrOS|Tizen|KAIOS|Web0S|PlayStation|Xbox|Nintendo|MIDP|J2ME"
    r"|BlackBerry|BB10|PlayBook|Symb|S60|Nokia|SAMSUNG|Opera Mini|MeeGo|webOS|Bada|Mac_PowerPC|BSD|Mobile;|Tablet;"
)
# Apps and systems that fetch without showing a page, though they name the device.
_NO_PAGE = re.compile(r"^Dalvik/|CFNetwork/|PowerShell|ms-?office|Microsoft Office", re.IGNORECASE)
# No browser has a word this long; the long list would take a third of a second over one of a thousand letters.
_BABBLE = re.compile(r"[\w-]{80}")
# Most people come in this shape; whoever does needs no look at the long list.
_USUAL = re.compile(
    r"Mozilla/5\.0 \((?:Windows NT|Macintosh|X11|Linux|Android|iPhone|iPad)[\w.,;:/+ -]*\)"
    r" (?:AppleWebKit/[\d.]+ \(KHTML, like Gecko\)|Gecko/[\d.]+)"
    r"(?: (?:Version|Chrome|CriOS|Firefox|FxiOS|Mobile|Safari|SamsungBrowser|OPR|Edg|EdgA|EdgiOS|UCBrowser|GSA"
    r"|XiaoMi/MiuiBrowser|VivoBrowser|HeyTapBrowser|HuaweiBrowser)(?:/[\w.-]+)?)*"
    r"(?: ?\[FB[\w;./,: -]*\]| MetaIAB Facebook| (?:Instagram|Barcelona) [\w.]+ (?:Android )?\([\w.,;/=: -]*\)"
    r"| Twitter for iPhone[\w./]*| TwitterAndroid| Telegram-Android/[\d.]+ \([\w.,;/ -]*\))?"
)
_NEITHER = re.compile(r"SMART-TV|SmartTV|\bTV\b|BRAVIA|Web0S|AFT[A-Z]|PlayStation|Xbox|Nintendo|CrKey", re.IGNORECASE)
_TABLET = re.compile(r"iPad|Tablet|PlayBook|Kindle|Silk/|KF[A-Z]{3,5}\b")
_PHONE = re.compile(r"iPhone|iPod|Mobi|Opera Mini|MIDP|J2ME|UCWEB|KAIOS|BlackBerry|BB10|Symb|S60|Nokia|MeeGo")
_DESKTOP = re.compile(r"Windows|Macintosh|Mac_PowerPC|X11|CrOS|Linux|BSD")
# A browser that fetches ahead says so in one of these; nobody reads it yet. Also as WSGI spells the names.
_AHEAD = tuple(
    spelt
    for name in ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
    for spelt in (name, name.lower(), "HTTP_" + name.upper().replace("-", "_"))
)
_ADDRESS = re.compile(r"\+?https?:\S*|www\.\S+|[\w.-]+@\S+")
_WORD = re.compile(r"[A-Za-z][\w.-]*\w")
_ENGINES = re.compile(
    r"(?:Mozilla|AppleWebKit|Chrome|Safari|Gecko|Firefox|Version|Mobile)/[\w.]+|\(KHTML, like Gecko\)"
)
_list = CrawlerDetect()


def is_robot(user_agent: str, *, method: str = "GET", headers: Mapping[str, str] | None = None) -> bool:
    """Whether nobody reads what this request asks for; only a GET is a visit.

    `headers` may be Django's `request.headers` or `request.META`, or a plain mapping.
    """
    return method.upper() != "GET" or _fetched_ahead(headers or {}) or device_class(user_agent) == "robot"


def device_class(user_agent: str) -> str:
    """One of `phone`, `tablet`, `desktop`, `robot`, and `other` (televisions, consoles).

    An iPad calls itself a desktop nowadays; no agent can tell.
    """
    return _classify((user_agent or "").strip()[:500])


def robot_name(user_agent: str) -> str:
    """What a robot calls itself, at most 40 characters; `unnamed` when it does not say."""
    words = _WORD.findall(_ENGINES.sub("", _ADDRESS.sub("", user_agent[:500])))
    named = [word for word in words if any(part in word.lower() for part in _CONFESSIONS) and len(word) > 4]
    return (named or words or ["unnamed"])[0 if named or not user_agent.startswith("Mozilla") else -1][:40]


def _fetched_ahead(headers: Mapping[str, str]) -> bool:
    values = (headers.get(name) for name in _AHEAD)
    return any(value and ("prefetch" in value or "preview" in value or "prerender" in value) for value in values)


@lru_cache(maxsize=16_384)
def _classify(agent: str) -> str:
    if _confesses(agent.lower()) or not (_USUAL.fullmatch(agent) or _is_browser(agent)):
        return "robot"
    if _NEITHER.search(agent):
        return "other"
    phone = _PHONE.search(agent)
    if _TABLET.search(agent) or ("Android" in agent and not phone):
        return "tablet"
    if phone:
        return "phone"
    return "desktop" if _DESKTOP.search(agent) else "other"


def _confesses(agent: str) -> bool:
    if "bot" in agent:
        agent = _INNOCENT.sub("", agent)
    return any(word in agent for word in _CONFESSIONS) or ("@" in agent and bool(_MAIL.search(agent)))


def _is_browser(agent: str) -> bool:
    if not _FAMILY.search(agent) or not _DEVICE.search(agent) or _NO_PAGE.search(agent) or _BABBLE.search(agent):
        return False
    return not _list.is_crawler(agent)

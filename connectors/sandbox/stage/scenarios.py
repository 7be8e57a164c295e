"""The bad days a platform can have: their names, what each means, and which of them an address meets next."""

import random
import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass

GRAPH = ("facebook", "instagram")
EVERYWHERE = ("facebook", "instagram", "telegram", "twitter", "bitly")
PREPARING = ("facebook", "instagram", "twitter")
POSTING = ("facebook", "instagram", "telegram", "twitter")


@dataclass(frozen=True)
class Scenario:
    """One bad day. ``created``: is the post on the wall afterwards (None: it depends, on a coin or on the post)."""

    name: str
    meaning: str
    created: bool | None
    platforms: tuple[str, ...] = EVERYWHERE


_ALL = (
    Scenario("ok", "Everything works.", True),
    Scenario("slow", "The answer comes, but only after a while (2 s).", True),
    Scenario("refuse", "503 before anything was created. One port cannot refuse by address: use a closed port.", False),
    Scenario("rate_limit", "Too many calls; the vendor tells in its own way how long to wait.", False),
    Scenario("token_expired", "Every call of the address, reads too, is refused: the token no longer works.", False),
    Scenario("reject", "The content is refused for good.", False),
    Scenario("server_error", "500, and nothing was created.", False),
    Scenario("accept_then_500", "Created, then 500.", True),
    Scenario("accept_then_hang_up", "Created, then the connection is closed without an answer.", True),
    Scenario("time_out", "No answer at all; a coin decides whether it was created.", None),
    Scenario("accept_then_time_out", "Created, then no answer at all.", True),
    Scenario("drop_then_time_out", "Not created, and no answer at all.", False),
    Scenario("not_ready_twice", "A container says IN_PROGRESS twice, publishing it is 9007.", True, ("instagram",)),
    Scenario("blocked", "A human must free the account: policy, checkpoint, kicked, suspended.", False, POSTING),
    Scenario("billing", "402: nothing works until a person tops up.", False, ("twitter",)),
    Scenario("duplicate", "Refused as the same as an earlier post.", False, ("facebook", "twitter")),
    Scenario("quota", "The day's or month's allowance is used up.", False, ("instagram", "twitter", "bitly")),
    Scenario("no_permission", "The token lacks a right it needs for posting.", False, POSTING),
    Scenario("lagging", "The new post shows in listings only after a while (3 s).", True, ("facebook",)),
    Scenario("account_gone", "100/33 about the account itself: it is not there for this token.", False, GRAPH),
    Scenario("container_unreadable", "A container can't be read (100/33), yet be published.", True, ("instagram",)),
    Scenario(
        "picture_refused",
        "The platform may not fetch a picture by its address (turned away or sent elsewhere); an upload is taken.",
        None,
        ("facebook", "instagram", "telegram"),
    ),
    Scenario("reply_refused", "A comment or a reply is refused for good; posts go through.", None, POSTING),
    Scenario("change_refused", "Another text is refused for good; posts go through.", None, ("facebook", "telegram")),
    Scenario("answered_late", "Deleting, or changing a text, is done at once and answered late (5 s).", True, POSTING),
    Scenario("partly_sent", "Refused at message #2: what comes before it is out and stays.", True, ("telegram",)),
    Scenario("fetched_later", "What can't be fetched shows in a container's status alone.", True, ("instagram",)),
    Scenario("child_fails", "The next item of a carousel fails once it was looked at.", True, ("instagram",)),
    Scenario(
        "draft_hang_up",
        "A photo, container or upload that nobody sees is made, then the connection is closed without an answer.",
        None,
        PREPARING,
    ),
    Scenario("never_ready", "A container or video is never ready: not one word of what is wrong.", None, PREPARING),
    Scenario("tweet_fields_ignored", "Fields asked for as tweet.fields do not come.", True, ("twitter",)),
    Scenario("migrate", "The group became a supergroup with another id; nothing was created.", False, ("telegram",)),
)

#: Every scenario by its name, in the order of the documentation.
SCENARIOS: Mapping[str, Scenario] = {scenario.name: scenario for scenario in _ALL}
SCENARIO_NAMES: tuple[str, ...] = tuple(SCENARIOS)

#: Seconds reported or waited unless a scenario was set with its own ``seconds``.
WAITS: Mapping[str, float] = {"slow": 2, "lagging": 3, "answered_late": 5, "rate_limit": 300}

#: Words a random fault may use (``faults(rates=...)``).
FAULTS = ("slow", "refuse", "rate_limit", "server_error", "accept_then_500", "accept_then_hang_up", "time_out",
          "accept_then_time_out", "drop_then_time_out")  # fmt: skip

_LONGEST_FIRST = sorted((name for name in SCENARIOS if name != "ok"), key=len, reverse=True)


@dataclass
class Setting:
    """A scenario chosen for one address: for the next ``times`` calls it concerns, or until another is set."""

    name: str
    times: int | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Day:
    """What one call meets. ``seconds``: how long it waits, or the wait that its answer asks for."""

    name: str = "ok"
    seconds: float = 0


def address_key(address: str) -> str:
    """Addresses are compared without regard to case and to a leading @."""
    return address.strip().lstrip("@").casefold()


def named_in(address: str) -> str:
    """The scenario whose name the address contains (the longest one), or "ok"."""
    folded = address_key(address).replace("-", "_")
    return next((name for name in _LONGEST_FIRST if name in folded), "ok")


class ScenarioBook:
    """Chooses the day of every call: set by hand, by header, by the address' own name, or at random."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._settings: dict[str, Setting] = {}
        self._rates: dict[str, float] = {}
        self.random_everywhere = False  # do calls that delete or correct meet them, too?
        self._random = random.Random()

    def set(self, address: str, name: str, *, times: int | None = None, seconds: float | None = None) -> None:
        """Give an address its day; KeyError for a name never declared."""
        if name not in SCENARIOS:
            raise KeyError(f"There is no scenario {name!r}; known are {', '.join(SCENARIOS)}.")
        with self._lock:
            self._settings[address_key(address)] = Setting(name, times, seconds)

    def set_faults(self, rates: Mapping[str, float], *, seed: int | None = None, everywhere: bool = False) -> None:
        """Let creating calls of addresses without a scenario fail at random; the rates add up to at most 1.

        ``everywhere``: deletions and corrections as well.
        """
        unknown = sorted(set(rates) - set(FAULTS))
        if unknown:
            raise KeyError(f"No such fault: {', '.join(unknown)}; known are {', '.join(FAULTS)}.")
        with self._lock:
            self._rates, self.random_everywhere = dict(rates), everywhere
            self._random = random.Random(seed)

    def look(self, address: str, header: str) -> str:
        """The name of the day at this address; uses nothing up."""
        with self._lock:
            return self._setting(address, header).name

    def take(self, address: str, header: str, *, among: Collection[str], random_too: bool = False) -> Day:
        """The day of this call if it is one of ``among``, else an ordinary one; uses up one of its ``times``."""
        with self._lock:
            setting = self._setting(address, header)
            if setting.name == "ok" and random_too:
                setting = Setting(self._draw())
            if setting.name not in among:
                return Day()
            if setting.times is not None:
                setting.times -= 1
            seconds = WAITS.get(setting.name, 0) if setting.seconds is None else setting.seconds
            return Day(setting.name, seconds)

    def coin(self) -> bool:
        """Heads or tails, repeatable after ``set_faults(seed=...)``."""
        with self._lock:
            return self._random.random() < 0.5

    def _setting(self, address: str, header: str) -> Setting:
        chosen = self._settings.get(address_key(address))
        if chosen is not None and (chosen.times is None or chosen.times > 0):
            return chosen
        if header in SCENARIOS:
            return Setting(header)
        return Setting("ok" if chosen is not None else named_in(address))

    def _draw(self) -> str:
        point = self._random.random()
        for name, rate in self._rates.items():
            point -= rate
            if point < 0:
                return name
        return "ok"

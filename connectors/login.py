"""How people log in on a platform's own page instead of pasting tokens; plain Python, each vendor fills it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from connectors.errors import ConnectorError, RateLimited, TransientError
from connectors.texts import log_in_words as words
from connectors.texts.sentences import ended

#: Where nobody says otherwise: the version of Meta's API, and (connect, read) seconds.
VERSION = "v26.0"
TIMEOUT = (5.0, 30.0)


class LoginTrouble(Exception):
    """A wrong turn of a log-in; nothing was changed.

    ``code``: denied, state, scopes, nothing_found, code, unreachable or not_professional. ``pattern`` and ``values``
    make the sentence that helps, in whatever language; a value that is a tuple holds patterns of its own.
    """

    def __init__(self, code: str, pattern: str, **values: object) -> None:
        fields = {name: ", ".join(value) if isinstance(value, tuple) else value for name, value in values.items()}
        super().__init__(pattern % fields)
        self.code, self.pattern, self.values = code, pattern, values


@dataclass(frozen=True)
class Ask:
    """Something that is typed on our own page, where a platform has no page for it."""

    name: str
    label: str
    help: str = ""
    secret: bool = False
    required: bool = True


@dataclass(frozen=True)
class Start:
    """Where a person goes to log in. ``kept`` is needed when he comes back and never shown.

    ``state``: what the platform will bring back in place of ours; ``pin``: it shows digits, which are typed in here.
    """

    url: str
    kept: Mapping[str, str] = field(default_factory=dict, repr=False)
    state: str = ""
    pin: bool = False


@dataclass(frozen=True)
class Grant:
    """What a log-in brought: tokens and the facts that came with them."""

    token: str = field(repr=False)
    facts: Mapping[str, object] = field(default_factory=dict, repr=False)
    #: Ids of the places that were ticked in the platform's dialog, where it tells them.
    ticked: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """One account that can be connected; with ``problem``, a pattern, it can't be, and that says why."""

    address: str
    name: str
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    #: Options of the account that follow from the way of the log-in.
    options: Mapping[str, str] = field(default_factory=dict)
    problem: str = ""
    #: Other addresses under which the same place may be known already.
    aliases: tuple[str, ...] = ()
    #: ISO 8601; set where only the exchange itself says when the token ends, else "".
    expires_at: str = ""
    #: May follow-ups be written by it? Set where only the exchange itself says so, else None.
    may_follow_up: bool | None = None


@dataclass(frozen=True)
class Found:
    """All places of a grant, and patterns of sentences about what is missing among them."""

    places: tuple[Place, ...]
    notes: tuple[tuple[str, Mapping[str, str]], ...] = ()


@dataclass(frozen=True)
class Check:
    """One line of the list of what the operator's app needs; ``well`` None: only a person can tell."""

    pattern: str
    values: Mapping[str, object] = field(default_factory=dict)
    well: bool | None = None


class Login:
    """One way to log in on a platform; made for one site, whose apps and addresses are in ``site``."""

    #: The way's name, as the account's option has it where there are several.
    name: ClassVar[str]
    label: ClassVar[str]
    platform_label: ClassVar[str]
    #: What it needs to know -> the setting that tells it. Those in ``required`` may not be empty.
    site_settings: ClassVar[Mapping[str, str]]
    required: ClassVar[tuple[str, ...]] = ()
    #: Typed in here, instead of a page of the platform's.
    asks: ClassVar[tuple[Ask, ...]] = ()
    #: Patterns: what the operator must do once at the platform, in order.
    steps: ClassVar[tuple[str, ...]] = ()
    #: Rights that the app needs, as the platform names them.
    rights: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self, site: Mapping[str, str], *, version: str = VERSION, timeout: tuple[float, float] = TIMEOUT
    ) -> None:
        self.site = dict(site)
        self.version = version
        self.timeout = timeout

    @property
    def missing(self) -> tuple[str, ...]:
        """The settings that are empty and may not be."""
        return tuple(self.site_settings[name] for name in self.required if not self.site.get(name))

    @property
    def has_page(self) -> bool:
        """Does the platform have a page that a person is sent to?"""
        return not self.asks

    def begin(self, state: str, back: str) -> Start:
        """Where to send the person; ``back`` is the address he returns to. Raises LoginTrouble."""
        raise NotImplementedError

    def state_in(self, query: Mapping[str, str]) -> str:
        """What of the answer tells which log-in it belongs to."""
        return query.get("state", "")

    def exchange(self, query: Mapping[str, str], back: str, *, kept: Mapping[str, str]) -> Grant:
        """The tokens for what the person brought back. Raises LoginTrouble."""
        raise NotImplementedError

    def places(self, grant: Grant) -> Found:
        """What can be connected by the grant. Raises LoginTrouble when that is nothing."""
        raise NotImplementedError

    def check_app(self, back: str) -> tuple[Check, ...]:
        """What can be asked about the operator's app without anybody logging in."""
        return ()

    def trouble(self, fault: ConnectorError) -> LoginTrouble:
        """What an error of the platform means for the person at the button."""
        if isinstance(fault, TransientError | RateLimited):
            return LoginTrouble("unreachable", words.UNREACHABLE, platform=self.platform_label)
        return LoginTrouble("code", words.NOT_TAKEN, platform=self.platform_label, said=ended(fault.message))


def address_with(address: str, **parameters: str) -> str:
    """The address of a page with parameters."""
    return f"{address}?{urlencode(parameters)}"

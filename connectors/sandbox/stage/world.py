"""Everything the pretended platforms remember: the wall, the calls, drafts and pictures."""

import hashlib
import itertools
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from connectors.looks.links import links_in
from connectors.looks.media import Shown
from connectors.sandbox.stage import films
from connectors.sandbox.stage.scenarios import ScenarioBook

#: Videos beyond this are not kept: a sandbox that runs for days would fill the memory.
LARGEST_KEPT = 8 * 1024 * 1024
#: The platforms that have a feed on the wall.
PLATFORMS = ("facebook", "instagram", "telegram", "twitter")


@dataclass(frozen=True)
class Posting:
    """One post that is really out. ``text`` is what a reader sees; ``markup`` is Telegram's HTML, cleaned."""

    platform: str
    address: str
    id: str
    text: str
    posted_at: datetime
    permalink: str = ""
    link: str = ""
    media: tuple[Shown, ...] = ()
    markup: str = ""
    silent: bool = False
    #: The id of the post, comment or message that this one answers.
    reply_to: str = ""
    #: The platform's own flag: a machine made it.
    ai: bool = False
    more_links: tuple[str, ...] = ()
    preview_link: str = ""
    edited_at: datetime | None = None
    visible_from: float = field(default=0, repr=False)

    @property
    def media_url(self) -> str:
        """The first picture's or video's address."""
        return self.media[0].url if self.media else ""

    @property
    def alt_text(self) -> str:
        """The first one's alternative text."""
        return self.media[0].alt if self.media else ""

    @property
    def links(self) -> list[str]:
        """The addresses a reader can follow, in order, each once."""
        found = [*links_in(self.text), *self.more_links, *([self.link] if self.link else [])]
        return list(dict.fromkeys(found))

    def as_json(self) -> dict:
        """The post as ``/wall.json`` tells it; moments in ISO 8601, UTC."""
        values = {name: value for name, value in vars(self).items() if name not in ("more_links", "visible_from")}
        edited_at = self.edited_at.isoformat() if self.edited_at else None
        values |= {"media": [vars(one) for one in self.media], "media_url": self.media_url, "alt_text": self.alt_text}
        return values | {"links": self.links, "posted_at": self.posted_at.isoformat(), "edited_at": edited_at}


@dataclass
class Call:
    """One request to a platform. ``status`` None: not answered (yet, or ever). Tokens are left out of ``path``."""

    method: str
    path: str
    came_at: datetime
    platform: str = ""
    address: str = ""
    creates: bool = False
    scenario: str = "ok"
    status: int | None = None
    created: bool = False

    def as_json(self) -> dict:
        """The call as ``/_sandbox/calls.json`` tells it."""
        return vars(self) | {"came_at": self.came_at.isoformat()}


#: (platform, address) -> what the account is called, or "".
Names = Callable[[str, str], str]


def _nameless(_platform: str, _address: str) -> str:
    return ""


class World:
    """The shared memory of all platforms; change it only while holding ``lock``."""

    def __init__(self, latency: float = 0.0, names: Names | None = None) -> None:
        self.names = names or _nameless
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.url = ""
        self._usual_latency = latency
        self.reset()

    def reset(self) -> None:
        """Forget everything that happened and every scenario."""
        with self.lock:
            self.scenarios = ScenarioBook()
            self.wall: list[Posting] = []
            self.calls: list[Call] = []
            self.pictures: dict[str, tuple[bytes, str]] = {}
            self.shelves: defaultdict[str, dict] = defaultdict(dict)
            self.latency = self._usual_latency
            #: Ids grow and differ from run to run, so that a restarted sandbox never hands out an old one.
            self._numbers = itertools.count(time.time_ns() // 10_000_000 % 10**11)

    def number(self) -> int:
        """A number of up to 12 digits never given before."""
        with self.lock:
            return next(self._numbers)

    def put_up(self, posting: Posting) -> Posting:
        """Publish: from now on it is on the wall."""
        with self.lock:
            self.wall.append(posting)
        return posting

    def put_instead(self, old: Posting, new: Posting) -> None:
        """Change a post where it hangs."""
        with self.lock:
            self.wall[self.wall.index(old)] = new

    def take_down(self, posting: Posting) -> None:
        """From now on it never was on the wall."""
        with self.lock:
            self.wall.remove(posting)

    def keep_picture(self, content: bytes, media_type: str) -> str:
        """Store a picture once; returns the address under which the sandbox shows it."""
        key = hashlib.sha256(content).hexdigest()[:24]
        with self.lock:
            self.pictures[key] = (content, media_type)
        return f"{self.url}/_media/{key}"

    def keep_film(self, content: bytes, media_type: str) -> str:
        """The same for a video; of a large one only that it was there."""
        return self.keep_picture(content if len(content) <= LARGEST_KEPT else films.drawn(), media_type)

    def postings(self, platform: str, address: str = "") -> list[Posting]:
        """What is out on a platform (at an address), oldest first."""
        with self.lock:
            return [one for one in self.wall if one.platform == platform and address in ("", one.address)]

    def find(self, platform: str, identifier: str) -> Posting | None:
        """The post with this id, or None."""
        return next((one for one in self.postings(platform) if one.id == identifier), None)


def now() -> datetime:
    """The moment, as the platforms see it."""
    return datetime.now(UTC)

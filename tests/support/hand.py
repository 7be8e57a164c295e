"""A person at a desk: does what a hand does in a browser and counts it, by the keystroke-level model."""

from dataclasses import dataclass

#: Seconds for a click (with the way to it), a key, and a page that comes.
#: Card, Moran and Newell, “The keystroke-level model for user performance time with interactive systems”, 1980.
CLICK, KEY, PAGE = 1.3, 0.25, 2.0


@dataclass(frozen=True)
class Cost:
    """What a job took."""

    clicks: int
    keys: int
    pages: int

    @property
    def seconds(self) -> float:
        return self.clicks * CLICK + self.keys * KEY + self.pages * PAGE


class Hand:
    """``click``, ``type`` and ``key`` on one tab; whatever else the test does costs nothing."""

    def __init__(self, tab) -> None:
        self.tab, self.clicks, self.keys, self.pages = tab, 0, 0, 0

    def click(self, place, *, page: bool = False, left: int | None = None) -> None:
        """``place``: a selector or a locator; its first element. ``page``: another page comes by it. ``left``: so many
        pixels from its left edge, not in the middle.
        """
        there = self.at(place)
        there.click(**({} if left is None else {"position": {"x": left, "y": there.bounding_box()["height"] / 2}}))
        self.count(clicks=1, pages=page)

    def choose(self, place, **option) -> None:
        """Open a list and take one of it: two clicks."""
        self.at(place).select_option(**option)
        self.count(clicks=2)

    def type(self, text: str) -> None:
        """Into whatever has the focus."""
        self.tab.keyboard.type(text)
        self.count(keys=len(text))

    def key(self, name: str) -> None:
        """One key, or several held together."""
        self.tab.keyboard.press(name)
        self.count(keys=1)

    def replace(self, place, text: str) -> None:
        """Click into a field, mark all of it and type something else."""
        self.click(place)
        self.key("ControlOrMeta+a")
        self.type(text)

    def file(self, place, given) -> None:
        """Choose a file: the field, and its name in the system's own window."""
        with self.tab.expect_file_chooser() as chooser:
            self.click(place)
        chooser.value.set_files(given)
        self.count(clicks=1)

    def drag(self, place, there) -> None:
        """Press, carry and let go: two clicks."""
        self.at(place).drag_to(self.at(there))
        self.count(clicks=2)

    def count(self, *, clicks: int = 0, keys: int = 0, pages: int | bool = 0) -> None:
        """What was done beside these."""
        self.clicks, self.keys, self.pages = self.clicks + clicks, self.keys + keys, self.pages + pages

    def at(self, place):
        """The element."""
        return self.tab.locator(place).first if isinstance(place, str) else place.first

    @property
    def cost(self) -> Cost:
        return Cost(self.clicks, self.keys, self.pages)

    @property
    def seconds(self) -> float:
        return self.cost.seconds

"""What the tests of picture cards share: sample cards, and ways to measure a picture."""

import io
import math
from functools import lru_cache

from PIL import Image, ImageChops, ImageDraw

from social_queue.media.card_design import Card, compose
from social_queue.media.card_design.canvas import Canvas
from social_queue.media.card_design.colour import contrast

SAFE = 64  # pixels from the edge that no text may enter
LONG = (
    "Malam ini mesin Gates of Olympus menunjukkan tren kemenangan beruntun sejak pukul tujuh malam dengan rata-rata "
    "pengganda di atas lima ratus kali, dan komunitas pemain di Surabaya, Medan, serta Makassar melaporkan putaran "
    "gratis yang lebih sering muncul daripada biasanya pada hari kerja lho!!!!!!!!!!!!!!!!!!!!!!!"
)[:300]
FULL = {
    "game": "Gates of Olympus 1000",
    "rtp": 97.2,
    "window": "19:00-21:00",
    "jam": "19:15",
    "pattern": "10x Spin manual ✅❌✅, 20x Turbo, 5x Auto, lalu kembali ke manual sampai putaran gratis muncul",
}
CARDS = {
    "full": {"title": "Gates of Olympus lagi panas malam ini 🔥⚡", **FULL},
    "only a title": {"title": "Starlight Princess"},
    "only an RTP": {"title": "Sweet Bonanza di atas rata-rata", "rtp": 96.51},
    "only times": {"title": "Mahjong Ways 2: jam gacor sore ini", "window": "15:00-17:30", "jam": "15:45"},
    "only a pattern": {"title": "Pola hari ini", "pattern": "Turbo → Manual"},
    "long": {
        "title": LONG,
        **FULL,
        "footer": "18+ · Bermainlah dengan bijak. " * 8,
        "brand": "Kabar Slot Nusantara " * 6,
    },
    "one long word": {"title": "Kemenanganberuntun" * 16, **FULL},
    "many scripts": {"title": "麻将胡了 2 今晚火热 🀄 ọ̀ naïve नमस्ते สวัสดี مرحبا ★ 𝗚𝗮𝗰𝗼𝗿", "rtp": 100, "game": "PG 麻将"},
}


def photo(
    colour: tuple[int, int, int] | None = None, *, size: tuple[int, int] = (900, 600), kind: str = "JPEG"
) -> bytes:
    """A picture as a file: plain, or when no colour is given a chequerboard from black to white."""
    image = Image.new("RGB", size, colour or (0, 0, 0))
    pen = ImageDraw.Draw(image)
    if not colour:
        for x in range(0, size[0], 120):
            pen.rectangle((x, 0, x + 59, size[1]), (255, 255, 255))
    file = io.BytesIO()
    image.save(file, kind)
    return file.getvalue()


@lru_cache(maxsize=32)
def both(card: Card) -> tuple[Canvas, Canvas]:
    """The card, and the same without its text."""
    return compose(card), compose(card, lettering=False)


def changed(first: Image.Image, second: Image.Image, *, least: int = 24) -> Image.Image:
    """Mask of the pixels in which two pictures differ noticeably."""
    bands = ImageChops.difference(first, second).split()
    strongest = ImageChops.lighter(ImageChops.lighter(bands[0], bands[1]), bands[2])
    return strongest.point(lambda value: 255 if value >= least else 0)


def text_pixels(card: Card) -> Image.Image:
    """Mask of the card's text."""
    written, bare = both(card)
    return changed(written.image, bare.image)


def worst_contrast(card: Card) -> tuple[float, str]:
    """The lowest contrast between any text and any pixel that lies under it, and that text."""
    written, bare = both(card)
    mask = changed(written.image, bare.image)
    return min((_contrast(line, bare.image, mask), line.text) for line in written.written if line.text)


def _contrast(line, bare: Image.Image, mask: Image.Image) -> float:
    inked = mask.crop(line.box)
    backing = Image.composite(bare.crop(line.box), Image.new("RGB", inked.size, line.style.fill), inked)
    under = {colour for _, colour in backing.getcolors(10**6)} - {line.style.fill}
    return min((contrast(line.style.fill, colour) for colour in under), default=21)


def lit_degrees(mask: Image.Image, ring: tuple[int, int, int, int]) -> int:
    """How many of the 360 rays from the middle of a ring (its box) meet a pixel of the mask."""
    left, top, right, _ = ring
    radius = (right - left) / 2
    lit = 0
    for degree in range(360):
        across, down = math.cos(math.radians(degree)), math.sin(math.radians(degree))
        ray = [
            (left + radius + across * radius * part, top + radius + down * radius * part) for part in (0.86, 0.9, 0.94)
        ]
        inside = [(round(x), round(y)) for x, y in ray if x < mask.width and y < mask.height]
        lit += any(mask.getpixel(place) for place in inside)
    return lit


def saturated(image: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels in the box have a strong colour."""
    _, saturation, value = image.crop(box).convert("HSV").split()
    strong = zip(saturation.tobytes(), value.tobytes(), strict=True)
    return sum(depth > 150 and light > 100 for depth, light in strong)

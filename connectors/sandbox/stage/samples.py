"""Pictures the sandbox draws itself: samples for tests and the demo, and stand-ins for documentation hosts."""

import colorsys
import functools
import hashlib
import io
import math
import random
from urllib.parse import urlsplit

from PIL import Image, ImageDraw, ImageFont

from connectors.sandbox.stage import films

_FORMATS = {"png": "PNG", "gif": "GIF", "webp": "WEBP", "bmp": "BMP", "tif": "TIFF", "tiff": "TIFF"}
SLOW_SECONDS = 8

#: name -> (width, height); everything is a JPEG unless the name says otherwise.
SAMPLES = {
    "photo.jpg": (1080, 1080),
    "wide.jpg": (1200, 630),
    "portrait.jpg": (1080, 1350),
    "panorama.jpg": (2400, 800),
    "tall.png": (800, 1600),
    "photo.png": (1080, 1080),
    "photo.gif": (480, 480),
    "photo.webp": (1080, 1080),
    "tiny.jpg": (160, 160),
    "thread.png": (30, 900),
    "slow.jpg": (640, 640),
}


def _hue(seed: str, offset: float = 0.0) -> float:
    return (int(hashlib.sha256(seed.encode()).hexdigest()[:4], 16) / 0xFFFF + offset) % 1


def _colour(hue: float, light: float, strength: float = 0.6) -> tuple[int, int, int]:
    red, green, blue = (round(255 * part) for part in colorsys.hls_to_rgb(hue, light, strength))
    return red, green, blue


def _sky(width: int, height: int, seed: str) -> Image.Image:
    top, bottom = _colour(_hue(seed), 0.34), _colour(_hue(seed, 0.13), 0.78, 0.75)
    column = Image.new("RGB", (1, 64))
    for row in range(64):
        share = row / 63
        column.putpixel((0, row), tuple(round(a + (b - a) * share) for a, b in zip(top, bottom, strict=True)))
    return column.resize((width, height), Image.Resampling.BICUBIC)


def _hills(draw: ImageDraw.ImageDraw, width: int, height: int, seed: str) -> None:
    chance = random.Random(seed)
    for layer in range(4):
        base, swing = height * (0.58 + 0.11 * layer), height * (0.09 - 0.012 * layer)
        phase, waves = chance.uniform(0, 6.28), chance.uniform(1.2, 2.6)
        step = max(2, width // 160)
        crest = [
            (
                x,
                base
                - swing * math.sin(phase + waves * 6.28 * x / width)
                - swing / 3 * math.sin(3 * phase + 19 * x / width),
            )
            for x in range(0, width + step, step)
        ]
        draw.polygon(
            [*crest, (width, height), (0, height)], fill=_colour(_hue(seed, 0.02 * layer), 0.36 - 0.075 * layer, 0.5)
        )


def _words(draw: ImageDraw.ImageDraw, width: int, height: int, words: str) -> None:
    size = max(12, min(width // 14, int(1.7 * width / max(len(words), 1)), height // 8))
    font = ImageFont.load_default(size)
    place = (width / 2, height * 0.9)
    draw.text((place[0] + size / 18, place[1] + size / 18), words, font=font, anchor="mm", fill=(0, 0, 0))
    draw.text(place, words, font=font, anchor="mm", fill=(255, 255, 255))


@functools.lru_cache(maxsize=128)
def drawing(words: str, width: int, height: int, picture_format: str = "JPEG") -> bytes:
    """A landscape with words on it; the words also choose the colours."""
    image = _sky(width, height, words)
    draw = ImageDraw.Draw(image)
    radius = min(width, height) * 0.13
    centre = (width * (0.25 + 0.5 * _hue(words, 0.4)), height * 0.34)
    draw.ellipse([centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius], fill=(255, 244, 214))
    _hills(draw, width, height, words)
    _words(draw, width, height, words)
    stored = io.BytesIO()
    image.save(stored, picture_format, **({"quality": 88} if picture_format in ("JPEG", "WEBP") else {}))
    return stored.getvalue()


def placeholder(url: str) -> bytes:
    """What stands at an address on a documentation host: a picture in the format its ending names, or a video."""
    parts = urlsplit(url)
    ending = parts.path.rpartition(".")[2].lower()
    if ending in ("mp4", "mov"):
        return films.drawn()
    return drawing(parts.hostname or "example", 1080, 1080, _FORMATS.get(ending, "JPEG"))


@functools.lru_cache(maxsize=1)
def _huge() -> bytes:
    """Noise does not compress: a JPEG of about 9 MB, too large for all but an upload to Telegram."""
    noise = Image.frombytes("RGB", (2700, 2700), random.Random(7).randbytes(2700 * 2700 * 3))
    stored = io.BytesIO()
    noise.save(stored, "JPEG", quality=96)
    return stored.getvalue()


def sample(name: str) -> tuple[bytes, str] | None:
    """Content and media type of a sample picture, or None for an unknown name."""
    if name == "text.html":
        return b"<!doctype html><title>Not a picture</title><p>This page is not a picture.", "text/html; charset=utf-8"
    if name == "broken.jpg":
        return drawing("broken", 640, 640)[:4000], "image/jpeg"
    if name == "film.mp4":
        return films.drawn(), "video/mp4"
    if name == "huge.jpg":
        return _huge(), "image/jpeg"
    if name not in SAMPLES:
        return None
    ending = name.rpartition(".")[2]
    picture_format = _FORMATS.get(ending, "JPEG")
    return drawing(name, *SAMPLES[name], picture_format), f"image/{picture_format.lower()}"

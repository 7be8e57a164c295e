"""Colours of a card: mixing them, and keeping text readable on them."""

import colorsys

from PIL import ImageColor

RGB = tuple[int, int, int]
WHITE: RGB = (255, 255, 255)
BLACK: RGB = (0, 0, 0)
READABLE = 4.5  # WCAG 2.2, level AA, text of any size: https://www.w3.org/TR/WCAG22/#contrast-minimum


def parse(text: str) -> RGB:
    """`#rgb`, `#rrggbb` or a CSS name; ValueError when it is none of them."""
    return ImageColor.getrgb(text)[:3]


def mix(first: RGB, second: RGB, *, share: float) -> RGB:
    """`share` 0 is all of the first colour, 1 all of the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def turn(colour: RGB, degrees: float, *, lightness: float | None = None, saturation: float | None = None) -> RGB:
    """The colour further round the colour wheel, with another lightness or saturation (0-1) when given; a grey,
    which is nowhere on the wheel, stays a grey."""
    hue, own_lightness, own_saturation = colorsys.rgb_to_hls(*(part / 255 for part in colour))
    turned = colorsys.hls_to_rgb(
        (hue + degrees / 360) % 1,
        own_lightness if lightness is None else lightness,
        own_saturation if saturation is None or own_saturation < 0.05 else saturation,
    )
    red, green, blue = (round(part * 255) for part in turned)
    return red, green, blue


def luminance(colour: RGB) -> float:
    """Relative luminance, 0-1: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance"""
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _unit(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: RGB, second: RGB) -> float:
    """Contrast ratio, 1-21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def readable(colour: RGB, backing: RGB, *, ratio: float = READABLE) -> RGB:
    """The colour itself, or as little of white or black mixed in as makes it readable on the backing."""
    pole = max(WHITE, BLACK, key=lambda extreme: contrast(extreme, backing))
    for step in range(41):
        candidate = mix(colour, pole, share=step / 40)
        if contrast(candidate, backing) >= ratio:
            return candidate
    return pole


def ink_on(backing: RGB) -> RGB:
    """White or a near-black, whichever reads better on the backing."""
    night = (14, 14, 22)
    return WHITE if contrast(WHITE, backing) >= contrast(night, backing) else night


def _unit(colour: RGB) -> tuple[float, ...]:
    return tuple(part / 255 for part in colour)

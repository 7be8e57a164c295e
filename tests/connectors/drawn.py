"""Pictures that tests draw for themselves."""

import io

from PIL import Image, ImageDraw


def picture_bytes(width=640, height=480, kind="JPEG", *, mode="RGB", colour="teal", **details) -> bytes:
    """A picture of one colour; ``details`` go to Pillow's save."""
    out = io.BytesIO()
    Image.new(mode, (width, height), colour).save(out, kind, **details)
    return out.getvalue()


def noisy_bytes(width, height, kind="PNG", **details) -> bytes:
    """A picture that cannot be compressed well."""
    out = io.BytesIO()
    Image.effect_noise((width, height), 90).convert("RGB").save(out, kind, **details)
    return out.getvalue()


def moving_bytes(kind="GIF") -> bytes:
    """Three frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", (64, 64), colour) for colour in ("red", "green", "blue")]
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def turned_bytes(orientation: int) -> bytes:
    """A JPEG of 600 × 400 as the camera saw it, with its mark; the left half is red, the right one blue."""
    image = Image.new("RGB", (600, 400), "red")
    ImageDraw.Draw(image).rectangle((300, 0, 600, 400), fill="blue")
    exif = Image.Exif()
    exif[0x0112] = orientation
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    return out.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def near(pixel, colour, *, by=12) -> bool:
    """Is a pixel of about this colour?"""
    return all(abs(have - want) <= by for have, want in zip(pixel[:3], colour, strict=True))

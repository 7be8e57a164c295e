"""Turning any picture into plain sRGB on white: what every platform shows the same."""

import io

from PIL import Image, ImageCms


def flattened(image: Image.Image) -> Image.Image:
    """The first frame in RGB: colour profile applied (then dropped), transparency on white."""
    image.load()
    image = _in_srgb(image)
    if image.has_transparency_data:
        layer = image.convert("RGBA")
        image = Image.new("RGB", layer.size, "white")
        image.paste(layer, mask=layer.getchannel("A"))
    image = _eight_bits(image).convert("RGB")
    # What is left (profile, orientation, camera data) describes the picture that was.
    image.info.clear()
    return image


def is_srgb(image: Image.Image) -> bool:
    """Is it in colours that need no translation? True as well when nothing is said of them."""
    if image.mode not in ("RGB", "RGBA", "L", "LA", "P", "1"):
        return False
    profile = image.info.get("icc_profile")
    if not profile:
        return True
    try:
        return "srgb" in ImageCms.getProfileDescription(io.BytesIO(profile)).lower()
    except (ImageCms.PyCMSError, OSError, ValueError):
        return True


def _in_srgb(image: Image.Image) -> Image.Image:
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        # None comes back only from a change in place.
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):
        # A broken or foreign profile: the numbers as they stand are the best guess.
        return image


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen bits a pixel scaled down; Pillow would only cut off what is above 255."""
    if image.mode.startswith("I;16") or image.mode == "I":
        return image.convert("I").point(lambda value: value * (1 / 257)).convert("L")
    return image

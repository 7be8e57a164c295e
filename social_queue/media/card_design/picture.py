"""The optional picture behind a card."""

import io

from PIL import Image, ImageFilter, ImageOps, UnidentifiedImageError

from social_queue.media.card_design.card import BadCard
from social_queue.media.card_design.colour import RGB
from social_queue.sentences import said

MOST_PIXELS = 50_000_000  # a picture that unpacks to more is an attack or a mistake


def cover(data: bytes, size: tuple[int, int], *, blur: float = 0) -> Image.Image:
    """The picture upright, scaled and cropped to fill the size. Raises BadCard naming `background`."""
    try:
        return _cover(data, size, blur=blur)
    except UnidentifiedImageError as error:
        raise BadCard({"background": [said("The background is not a picture.")]}) from error
    # Pillow's decoders have no common ancestor for broken files: these are what they raise.
    except (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError) as error:
        sentence = said("The background picture can't be read: %(why)s.", why=str(error))
        raise BadCard({"background": [sentence]}) from error


def _cover(data: bytes, size: tuple[int, int], *, blur: float) -> Image.Image:
    picture = Image.open(io.BytesIO(data))
    if picture.width * picture.height > MOST_PIXELS:
        raise ValueError(said("it has more than %(most)s pixels", most=f"{MOST_PIXELS:,}"))
    # What is blurred anyway is worked on at half the size.
    half = (size[0] // 2, size[1] // 2) if blur else size
    picture.draft(None, (max(half), max(half)))  # a large JPEG is unpacked at a half, quarter or eighth of its size
    fitted = ImageOps.fit(_flat(ImageOps.exif_transpose(picture)), half, Image.Resampling.BICUBIC)
    if not blur:
        return fitted
    return fitted.filter(ImageFilter.GaussianBlur(blur / 2)).resize(size, Image.Resampling.BICUBIC)


def _flat(picture: Image.Image) -> Image.Image:
    """Without transparency: white shows through."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    rich = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rich.size, (255, 255, 255)), rich).convert("RGB")


def darken(picture: Image.Image, darkest: RGB, *, brightest: RGB) -> Image.Image:
    """The picture with its tones squeezed in between two colours."""
    bands = [
        band.point(lambda value, low=low, high=high: round(low + value * (high - low) / 255))
        for band, low, high in zip(picture.split(), darkest, brightest, strict=True)
    ]
    return Image.merge("RGB", bands)

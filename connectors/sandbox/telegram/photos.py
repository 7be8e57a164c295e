"""How the pretended Telegram comes by a photo: an address it downloads, an upload, or one it has already.

https://core.telegram.org/bots/api#sendphoto · https://core.telegram.org/bots/api#sending-files
"""

from connectors.sandbox.stage import pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.telegram.refusals import bad_request

LARGEST_BY_URL, LARGEST_UPLOAD = 5 * 1024 * 1024, 10 * 1024 * 1024
MOST_PIXELS_IN_SIDES, STEEPEST_RATIO = 10_000, 20
_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "MPO")


def photo_of(exchange: Exchange, given: dict) -> dict:
    """Check and keep the photo: ``{"media_url", "sizes"}``."""
    files, named = exchange.request.files, given.get("photo", "")
    upload = files.get(named.removeprefix("attach://") if named.startswith("attach://") else "photo")
    known = exchange.world.shelves["files"].get(named)
    if known and not upload:
        return known
    content, limit = (upload.content, LARGEST_UPLOAD) if upload else (_download(exchange, named), LARGEST_BY_URL)
    picture = _inspect(content, by_url=upload is None)
    if picture.size > limit:
        raise bad_request("file is too big")
    steep = max(picture.ratio, 1 / picture.ratio) > STEEPEST_RATIO
    if picture.width + picture.height > MOST_PIXELS_IN_SIDES or steep:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    size: dict[str, object] = {
        "file_id": f"AgAC{exchange.world.number()}",
        "file_unique_id": f"AQAD{exchange.world.number()}",
    }
    size |= {"width": picture.width, "height": picture.height, "file_size": picture.size}
    photo = {"media_url": exchange.world.keep_picture(picture.content, picture.media_type), "sizes": [size]}
    with exchange.world.lock:
        exchange.world.shelves["files"][size["file_id"]] = photo
    return photo


def _download(exchange: Exchange, address: str) -> bytes:
    if not address:
        raise bad_request("there is no photo in the request")
    if not address.lower().startswith(("http://", "https://")):
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not pictures.is_http_url(address):
        raise bad_request("wrong HTTP URL specified")
    if exchange.take("picture_refused").name == "picture_refused":
        raise bad_request("failed to get HTTP URL content")
    try:
        return pictures.fetch(address, agent=pictures.TELEGRAM_AGENT)
    except pictures.Unfetchable as error:
        raise bad_request("failed to get HTTP URL content") from error


def _inspect(content: bytes, *, by_url: bool) -> pictures.Picture:
    try:
        picture = pictures.inspect(content)
    except pictures.NotAPicture as error:
        looks_like_one = content[:2] in (b"\xff\xd8", b"\x89P", b"GI", b"BM", b"II", b"MM")
        wrong = "wrong type of the web page content"
        raise bad_request("IMAGE_PROCESS_FAILED" if looks_like_one or not by_url else wrong) from error
    if picture.format not in _FORMATS:
        wrong = "wrong type of the web page content"
        use = "Photo has unsupported extension. Use one of .jpg, .jpeg, .gif, .png, .tif or .bmp"
        raise bad_request(wrong if by_url else use)
    return picture

"""How the pretended Telegram comes by a photo or video: an address it downloads, an upload, or one it has already.

https://core.telegram.org/bots/api#sendphoto · https://core.telegram.org/bots/api#sending-files
"""

from connectors.looks.media import Shown
from connectors.sandbox.stage import films, pictures
from connectors.sandbox.stage.exchange import Exchange
from connectors.sandbox.stage.wire import Upload
from connectors.sandbox.telegram.hanging import Medium
from connectors.sandbox.telegram.refusals import bad_request

LARGEST_BY_URL, LARGEST_UPLOAD = 5 * 1024 * 1024, 10 * 1024 * 1024
LARGEST_VIDEO_BY_URL, LARGEST_VIDEO_UPLOAD = 20 * 1024 * 1024, 50 * 1024 * 1024
MOST_PIXELS_IN_SIDES, STEEPEST_RATIO = 10_000, 20
_FORMATS = ("JPEG", "PNG", "GIF", "TIFF", "BMP", "MPO")


def photo_of(exchange: Exchange, given: dict) -> Medium:
    """Check and keep the photo."""
    upload, named = _upload(exchange, given, "photo"), given.get("photo", "")
    known = exchange.world.shelves["files"].get(named)
    if known and not upload:
        return known
    largest = LARGEST_UPLOAD if upload else LARGEST_BY_URL
    content = upload.content if upload else _download(exchange, named, "photo", largest=pictures.LARGEST_DOWNLOAD)
    picture, limit = _inspect(content, by_url=upload is None), largest
    if picture.size > limit:
        raise bad_request("file is too big")
    steep = max(picture.ratio, 1 / picture.ratio) > STEEPEST_RATIO
    if picture.width + picture.height > MOST_PIXELS_IN_SIDES or steep:
        raise bad_request("PHOTO_INVALID_DIMENSIONS")
    told = _named(exchange) | {"width": picture.width, "height": picture.height, "file_size": picture.size}
    address = exchange.world.keep_picture(picture.content, picture.media_type)
    return _kept(exchange, told, Medium(Shown("image", address), {"photo": [told]}))


def video_of(exchange: Exchange, given: dict) -> Medium:
    """Check and keep the video. https://core.telegram.org/bots/api#sendvideo"""
    upload, named = _upload(exchange, given, "video"), given.get("video", "")
    known = exchange.world.shelves["files"].get(named)
    if known and not upload:
        return known
    largest = LARGEST_VIDEO_UPLOAD if upload else LARGEST_VIDEO_BY_URL
    content = upload.content if upload else _download(exchange, named, "video", largest=largest)
    if len(content) > largest:
        raise bad_request("file is too big")
    try:
        film = films.inspect(content)
    except films.NotAFilm as error:
        wrong = "VIDEO_CONTENT_TYPE_INVALID" if upload else "wrong type of the web page content"
        raise bad_request(wrong) from error
    told = _named(exchange) | {"width": film.width, "height": film.height, "duration": round(film.seconds)}
    told |= {"mime_type": film.media_type, "file_size": film.size}
    address = exchange.world.keep_film(content, film.media_type)
    return _kept(exchange, told, Medium(Shown("video", address), {"video": told}))


def _upload(exchange: Exchange, given: dict, name: str) -> Upload | None:
    named = given.get(name, "")
    return exchange.request.files.get(named.removeprefix("attach://") if named.startswith("attach://") else name)


def _named(exchange: Exchange) -> dict[str, object]:
    return {"file_id": f"AgAC{exchange.world.number()}", "file_unique_id": f"AQAD{exchange.world.number()}"}


def _kept(exchange: Exchange, told: dict[str, object], medium: Medium) -> Medium:
    with exchange.world.lock:
        exchange.world.shelves["files"][told["file_id"]] = medium
    return medium


def _download(exchange: Exchange, address: str, what: str, *, largest: int) -> bytes:
    if not address:
        raise bad_request(f"there is no {what} in the request")
    if not address.lower().startswith(("http://", "https://")):
        raise bad_request("wrong file identifier/HTTP URL specified")
    if not pictures.is_http_url(address):
        raise bad_request("wrong HTTP URL specified")
    if exchange.take("picture_refused").name == "picture_refused":
        raise bad_request("failed to get HTTP URL content")
    try:
        return pictures.fetch(address, agent=pictures.TELEGRAM_AGENT, largest=largest)
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

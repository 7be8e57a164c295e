"""Reading a picture that the caller put into a file for us to upload."""

from pathlib import Path

from connectors.errors import Rejected, TransientError

#: How a file of each type begins, its media type, and the ending by which platforms judge an upload.
_BEGINNINGS = (
    (b"\xff\xd8\xff", "image/jpeg", ".jpg"),
    (b"\x89PNG\r\n\x1a\n", "image/png", ".png"),
    (b"GIF8", "image/gif", ".gif"),
    (b"RIFF", "image/webp", ".webp"),
)


def picture_file(path: str) -> tuple[str, bytes, str]:
    """(name, content, media type) as ``requests`` takes a file; Rejected when it is no picture.

    TransientError where it can't be read now: it was there a moment ago, and nothing was sent yet.

    Name and type follow from the bytes: our copies are named after their content, and Telegram refuses a photo whose
    name has no ending that it knows.
    """
    file = Path(path)
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TransientError(f"The picture {file.name} cannot be read: {error.strerror}.") from error
    for beginning, media_type, ending in _BEGINNINGS:
        if content.startswith(beginning):
            return f"picture{ending}", content, media_type
    raise Rejected(f"The file {file.name} holds no picture that can be uploaded.")
